// Mutation testing of what test/strength/groups.json lists: node scripts/mutate.mjs [--sample 100] [--seed 1] [--only name] [--minutes 60] [--longest 45] [--write]
//
// Works in a copy of the tracked files, build/mutate/copy. First every file of tests runs alone with coverage, which says which
// of them come to a line; then each mutant runs those, the fastest first, until one fails. Answers are kept in
// build/mutate/answers.json: a run goes on where it was stopped, and after tests were
// added only the survivors are tried again. --sample: mutants of each area, drawn at random; 0: all.
// --longest: files of tests that take longer, in seconds, are left out.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mutantsOf } from './mutants.mjs';
import { areas, files, tests } from './strength.mjs';

const { values: options } = parseArgs({
  options: {
    sample: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '60' },
    longest: { type: 'string', default: '45' },
    write: { type: 'boolean', default: false },
  },
});
/** Tests that take longer than this and four times their time hang, seconds. */
const LATE = 20;
const root = process.cwd();
const home = resolve('build/mutate');
const copy = join(home, 'copy');
const sha = (text) => createHash('sha256').update(text).digest('hex');
const readJson = (path, otherwise) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : otherwise);

function makeCopy() {
  mkdirSync(copy, { recursive: true });
  const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  const kept = /^(src|test|assembly|examples|potentials|docs|[^/]+$)/;
  for (const folder of ['src', 'test']) rmSync(join(copy, folder), { recursive: true, force: true });
  for (const name of names.split('\0').filter((each) => kept.test(each) && existsSync(each)))
    cpSync(name, join(copy, name));
  cpSync('src/generated', join(copy, 'src/generated'), { recursive: true });
  for (const name of ['node_modules', 'dist'])
    if (!existsSync(join(copy, name)) && existsSync(name)) symlinkSync(resolve(name), join(copy, name));
  // tests look for reference data beside the checkout
  if (existsSync('../shared') && !existsSync(join(home, 'shared')))
    symlinkSync(resolve('../shared'), join(home, 'shared'));
}

const hashOf = (file) => sha(readFileSync(file));

/** Which lines of which files a file of tests comes to, and how long it takes; kept until it changes. */
function reachOf(test) {
  const store = join(home, 'reach', `${test.replaceAll('/', '_')}.json`);
  const key = hashOf(test);
  const known = readJson(store);
  if (known?.key === key) return known;
  const out = join(home, 'coverage');
  rmSync(out, { recursive: true, force: true });
  const begin = performance.now();
  const flags = ['--coverage', '--coverage.reporter=json', `--coverage.reportsDirectory=${out}`, '--reporter=dot'];
  const run = spawnSync('npx', ['vitest', 'run', test, ...flags], { cwd: copy, stdio: 'ignore' });
  const seconds = (performance.now() - begin) / 1000;
  const statements = {};
  if (run.status === 0)
    for (const [path, { statementMap, s }] of Object.entries(readJson(join(out, 'coverage-final.json'), {})))
      statements[path.slice(copy.length + 1)] = Object.entries(statementMap).map(([id, { start, end }]) => [
        start.line,
        end.line,
        s[id] > 0,
      ]);
  const hashes = Object.fromEntries(files.map(({ file }) => [file, hashOf(file)]));
  const reach = { key, seconds, passed: run.status === 0, statements, hashes };
  mkdirSync(dirname(store), { recursive: true });
  writeFileSync(store, JSON.stringify(reach));
  console.log(`${test}: ${seconds.toFixed(1)} s${run.status === 0 ? '' : ', FAILED: not used'}`);
  return reach;
}

/** The smallest statement around a line was reached; lines outside of all, and of sources that have changed, with the file. */
function reaches(reach, file, line) {
  const all = reach.statements[file];
  if (all === undefined) return false;
  let best;
  for (const [from, to, hit] of all)
    if (from <= line && line <= to && (best === undefined || to - from < best.size || (to - from === best.size && hit)))
      best = { size: to - from, hit };
  return best === undefined || reach.hashes[file] !== hashOf(file) ? all.some(([, , hit]) => hit) : best.hit;
}

/** The mutants that are tried: of each area those with the smallest hashes, so each is as likely as any other. */
function draw() {
  const most = Number(options.sample) || Number.POSITIVE_INFINITY;
  return Object.keys(areas).flatMap((area) =>
    files
      .filter((each) => each.area === area)
      .flatMap(({ file }) => mutantsOf(file, readFileSync(file, 'utf8')).map((mutant) => ({ area, file, ...mutant })))
      .map((mutant) => ({ ...mutant, rank: sha(`${options.seed} ${mutant.key}`) }))
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .map((mutant, place, all) => ({ ...mutant, place, of: all.length }))
      .slice(0, most),
  );
}

/** The processes that run tests for this one. */
function workers() {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  const found = table.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)/.exec(line)).filter((match) => match !== null);
  return found
    .filter(([, , parent, args]) => Number(parent) === process.pid && args.includes('vitest'))
    .map(([, pid]) => Number(pid));
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
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    killWorkers();
    process.exit(1);
  });

/** Runs a file of tests in this process's vitest; 'killed', 'timeout' or 'survived'. */
async function trial(vitest, test, seconds) {
  const specifications = await vitest.globTestSpecifications([test]);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killWorkers();
  }, 1000 * seconds);
  vitest.state.errorsSet.clear();
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  clearTimeout(timer);
  if (late) return 'timeout';
  // those of earlier runs are among them
  const own = testModules.find(({ moduleId }) => moduleId === join(copy, test));
  if (own === undefined) throw new Error(`${test} did not run`);
  return unhandledErrors.length > 0 || !own.ok() ? 'killed' : 'survived';
}

/** Whether a test passes without a mutant, in this process: only then its failure counts. */
const sound = new Map();

async function isSound(vitest, { test, seconds }) {
  if (!sound.has(test)) sound.set(test, (await trial(vitest, test, 2 * LATE + 8 * seconds)) === 'survived');
  if (!sound.get(test)) console.log(`${test} fails without a mutant: not used`);
  return sound.get(test);
}

async function tryMutant(vitest, file, source, mutant, reaching) {
  const path = join(copy, file);
  const put = (text) => {
    writeFileSync(path, text);
    vitest.invalidateFile(path);
  };
  const mutated = source.slice(0, mutant.start) + mutant.text + source.slice(mutant.end);
  try {
    for (const each of reaching) {
      if (sound.get(each.test) === false) continue;
      put(mutated);
      const limit = LATE + 4 * each.seconds;
      const answer = await trial(vitest, each.test, limit);
      put(source);
      // a busy machine is no fault that was noticed
      if (answer === 'timeout' && (await trial(vitest, each.test, limit)) !== 'survived') continue;
      if (answer !== 'survived' && (await isSound(vitest, each))) return { how: answer, by: each.test };
    }
    return { how: reaching.length > 0 ? 'survived' : 'unreached' };
  } finally {
    put(source);
  }
}

const isKilled = ({ how }) => how === 'killed' || how === 'timeout';

/** Scores with their standard errors, survivors. */
function summarize(drawn, answers, date) {
  const scores = {};
  for (const area of Object.keys(areas)) {
    const tried = drawn.filter((mutant) => mutant.area === area && answers[mutant.key] !== undefined);
    const killed = tried.filter(({ key }) => isKilled(answers[key])).length;
    const score = killed / (tried.length || 1);
    const error = Math.sqrt((score * (1 - score)) / (tried.length || 1));
    scores[area] = {
      mutants: tried[0]?.of ?? 0,
      tried: tried.length,
      killed,
      score: round(score),
      error: round(error),
    };
  }
  const survivors = drawn
    .map(({ key, file, line, kind, before, text }) => ({
      ...answers[key],
      file,
      line,
      kind,
      before: brief(before),
      text: brief(text),
    }))
    .filter(({ how }) => how === 'survived' || how === 'unreached')
    .map(({ how, file, line, kind, before, text }) => `${file}:${line} ${kind}: ${before} → ${text} (${how})`);
  return { date, seed: Number(options.seed), scores, survivors };
}

const round = (x) => Number(x.toFixed(4));
const brief = (text) => text.replace(/\s+/g, ' ').slice(0, 60);

makeCopy();
const reach = tests
  .filter((test) => existsSync(test))
  .map((test) => ({ test, ...reachOf(test) }))
  .filter(({ passed, seconds }) => passed && seconds < Number(options.longest))
  .sort((a, b) => a.seconds - b.seconds);
process.env.FRENKEL_MUTATE = '1';
process.chdir(copy);
const { createVitest } = await import('vitest/node');
const vitest = await createVitest('test', {
  root: copy,
  watch: false,
  reporters: [{}],
  bail: 1,
  maxWorkers: 1,
  pool: 'forks',
  include: tests,
});
await vitest.standalone?.();
process.chdir(root);

const answersPath = join(home, 'answers.json');
const answers = readJson(answersPath, {});
const deadline = performance.now() + 60_000 * Number(options.minutes);
const drawn = draw();
const work = drawn.filter(({ file }) => file.includes(options.only)).sort((a, b) => a.place - b.place);
for (const { file, ...mutant } of work) {
  if (performance.now() > deadline) break;
  const { key, line, kind, before, text } = mutant;
  const source = readFileSync(join(copy, file), 'utf8');
  // those that found others in this file first
  const kills = (test) => Object.values(answers).filter((each) => each.file === file && each.by === test).length;
  const reaching = reach
    .filter((each) => reaches(each, file, line))
    .map((each) => ({ ...each, kills: kills(each.test) }))
    .sort((a, b) => b.kills / b.seconds - a.kills / a.seconds || a.seconds - b.seconds);
  const known = answers[key];
  if (known !== undefined && isKilled(known)) continue;
  const untried = reaching.filter((each) => known?.survived?.[each.test] !== each.key);
  if (known !== undefined && untried.length === 0) continue;
  process.chdir(copy);
  const begin = performance.now();
  const answer = await tryMutant(vitest, file, source, mutant, untried);
  process.chdir(root);
  const survived = Object.fromEntries(reaching.map((each) => [each.test, each.key]));
  const how = answer.how === 'unreached' && reaching.length > 0 ? 'survived' : answer.how;
  answers[key] = { ...answer, how, file, ...(isKilled(answer) ? {} : { survived }) };
  writeFileSync(answersPath, JSON.stringify(answers, null, 1));
  const cost = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`${answer.how} ${cost} s ${file}:${line} ${kind}: ${brief(before)} → ${brief(text)} ${answer.by ?? ''}`);
}
await vitest.close();
const summary = summarize(drawn, answers, new Date().toISOString().slice(0, 10));
console.log(JSON.stringify(summary, null, 1));
if (options.write) writeFileSync('test/strength/mutation.json', `${JSON.stringify(summary, null, 2)}\n`);
