// A process of mutate.mjs that runs tests in a copy of its own: `node mutate-worker.mjs <copy> <folder of probes or ''>`.
//
// It is sent { map: test }, and answers with which tests come to which pieces of which sources and how long each takes
// (probes.mjs); or { mutant, source, plan }, and answers whether one of the planned tests notices it.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withProbes } from './probes.mjs';
import { files } from './strength.mjs';

const [copy, probes = ''] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
/** Tests that take longer than this and 2.5 times their time hang, seconds. */
const LATE = 6;
const sha = (text) => createHash('sha256').update(text).digest('hex');
const names = new Map(files.map(({ file }) => [join(copy, file), file]));

process.chdir(copy);
process.env.FRENKEL_PROBES = probes;
// of each format, where tests read thousands of damaged files
process.env.FRENKEL_MUTANTS ??= '300';
const { createVitest } = await import('vitest/node');
const plugin = {
  name: 'probes',
  enforce: 'pre',
  transform: (code, id) => (names.has(id) ? { code: withProbes(names.get(id), code).text, map: null } : undefined),
};
const vitest = await createVitest(
  'test',
  {
    root: copy,
    watch: false,
    reporters: [{}],
    bail: probes ? 0 : 1,
    maxWorkers: 1,
    pool: 'forks',
    include: ['test/**/*.test.ts'],
    setupFiles: probes ? [join(here, 'probe-setup.mjs')] : [],
  },
  probes ? { plugins: [plugin] } : {},
);
await vitest.standalone?.();
const project = vitest.projects[0];

/** The processes that run tests for this one. */
function workers() {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  return table
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)/.exec(line))
    .filter((match) => match && Number(match[2]) === process.pid && match[3].includes('vitest'))
    .map((match) => Number(match[1]));
}

function killWorkers() {
  for (const pid of workers()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended
    }
  }
}

// a mutant that hangs would outlive this process
const leave = () => {
  killWorkers();
  process.exit(1);
};
for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, leave);

/** Runs tests of a file, all where no `ids` are given: the module as vitest reports it, and whether it was late. */
async function runTests(test, ids, seconds) {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killWorkers();
  }, 1000 * seconds);
  vitest.state.errorsSet.clear();
  const specification = project.createSpecification(join(copy, test), ids ? { testIds: ids } : undefined);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([specification]);
  clearTimeout(timer);
  // those of earlier runs are among them
  const module = testModules.find(({ moduleId }) => moduleId === join(copy, test));
  if (module === undefined && !late) throw new Error(`${test} did not run`);
  return { module, late, passed: !late && unhandledErrors.length === 0 && module.ok() };
}

const ended = (module) => [...module.children.allTests()].filter((test) => /passed|failed/.test(test.result().state));

/** What the tests of a file that pass come to; some fail with probes, or beside whatever else runs. */
async function map(test) {
  const begin = performance.now();
  const { module, late } = await runTests(test, undefined, 600);
  const took = (performance.now() - begin) / 1000;
  const timeOf = (one) => (one.diagnostic()?.duration ?? 0) / 1000;
  const ran = late ? [] : ended(module);
  const tests = Object.fromEntries(
    ran.filter((one) => one.result().state === 'passed').map((one) => [one.id, timeOf(one)]),
  );
  const load = Math.max(0.5, took - ran.reduce((sum, one) => sum + timeOf(one), 0));
  const found = join(probes, `${sha(test)}.json`);
  const seen = existsSync(found) ? JSON.parse(readFileSync(found, 'utf8')) : { apart: [], reached: {} };
  const hashes = Object.fromEntries(files.map(({ file }) => [file, sha(readFileSync(join(copy, file)))]));
  const passed = Object.keys(tests).length;
  return {
    test,
    key: sha(readFileSync(join(copy, test))),
    passed,
    failed: ran.length - passed,
    load,
    tests,
    hashes,
    ...seen,
  };
}

/** Whether these tests of a file pass without a mutant; kept. */
const sound = new Map();

async function isSound(test, ids, seconds) {
  const key = `${test} ${ids}`;
  if (!sound.has(key)) sound.set(key, (await runTests(test, ids, seconds)).passed);
  return sound.get(key);
}

/** One file of tests against one mutant: 'killed', 'timeout', 'survived', or 'unsound' where its tests fail anyway. */
async function trial({ put, source, mutated }, { test, ids, seconds }) {
  const limit = LATE + 2.5 * seconds;
  put(mutated);
  const { module, late, passed } = await runTests(test, ids, limit);
  put(source);
  if (passed) return { how: 'survived' };
  // a busy machine is no fault that was noticed
  if (late) return { how: (await runTests(test, ids, limit)).passed ? 'timeout' : 'unsound' };
  // what ran until the first failure passes without the mutant
  const ran = ended(module).map(({ id }) => id);
  const failed = ended(module).find((one) => one.result().state === 'failed')?.fullName;
  return { how: (await isSound(test, ran.length > 0 ? ran : ids, 2 * limit)) ? 'killed' : 'unsound', failed };
}

async function tryMutant({ mutant, source, plan }) {
  const path = join(copy, mutant.file);
  const put = (text) => {
    writeFileSync(path, text);
    vitest.invalidateFile(path);
  };
  const mutated = source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end);
  const unsound = [];
  try {
    for (const each of plan) {
      const { how, failed } = await trial({ put, source, mutated }, each);
      if (how === 'killed' || how === 'timeout') return { how, by: each.test, failed, unsound };
      if (how === 'unsound') unsound.push(each.test);
    }
    return { how: plan.length > 0 ? 'survived' : 'unreached', unsound };
  } finally {
    put(source);
  }
}

process.on('message', async (message) => {
  if (message.stop) {
    await vitest.close();
    rmSync(probes || join(copy, 'none'), { recursive: true, force: true });
    process.exit(0);
  }
  const begin = performance.now();
  const answer = message.map ? await map(message.map) : await tryMutant(message);
  process.send({ ...answer, seconds: (performance.now() - begin) / 1000 });
});
process.send({ ready: true });
