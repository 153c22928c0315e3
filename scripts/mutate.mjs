// Mutation testing of what test/strength/groups.json lists: node scripts/mutate.mjs [--sample 60] [--seed 1] [--only name] [--minutes 60] [--workers 2] [--write]
//
// Every test runs once with probes in the sources, which says which tests come to which piece of them and how long they take
// (probes.mjs, kept in build/mutate/reach). Then mutants are drawn, of each area as many as --sample says (0: all), from each
// file in proportion to its mutants; each runs the tests that come to its piece, the fastest file of them first, until one fails
// that passes without it (mutate-worker.mjs, in copies of the tracked files). A sample is the function of its seed and the
// sources; what it found is kept in build/mutate/answers-<seed>.json, so that a run goes on where it was stopped, and is never tried again.
// --longest: single tests that take longer, in seconds, are left out; --most: so are those beyond so many seconds for one mutant.
import { execFileSync, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { mutantsOf } from './mutants.mjs';
import { pieceOf, withProbes } from './probes.mjs';
import { drawSample, summarize } from './sample.mjs';
import { areas, files, tests } from './strength.mjs';

const { values: options } = parseArgs({
  options: {
    sample: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '60' },
    workers: { type: 'string', default: '2' },
    longest: { type: 'string', default: '40' },
    most: { type: 'string', default: '90' },
    write: { type: 'boolean', default: false },
  },
});
const home = resolve('build/mutate');
const deadline = performance.now() + 60_000 * Number(options.minutes);
const sha = (text) => createHash('sha256').update(text).digest('hex');
const readJson = (path, otherwise) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : otherwise);
const brief = (text) => text.replace(/\s+/g, ' ').slice(0, 60);
const copyOf = (worker) => join(home, `copy-${worker}`, 'main');

function makeCopy(copy) {
  mkdirSync(copy, { recursive: true });
  const flags = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const names = execFileSync('git', flags, { encoding: 'utf8' }).split('\0');
  const kept = /^(src|test|assembly|examples|potentials|docs|[^/]+$)/;
  for (const folder of ['src', 'test']) rmSync(join(copy, folder), { recursive: true, force: true });
  for (const name of names.filter((each) => kept.test(each) && existsSync(each))) cpSync(name, join(copy, name));
  cpSync('src/generated', join(copy, 'src/generated'), { recursive: true });
  for (const name of ['node_modules', 'dist'])
    if (!existsSync(join(copy, name)) && existsSync(name)) symlinkSync(resolve(name), join(copy, name));
  // tests look for reference data beside the checkout
  const shared = join(copy, '../shared');
  if (existsSync('../shared') && !existsSync(shared)) symlinkSync(resolve('../shared'), shared);
}

const children = new Set();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const child of children) child.kill('SIGTERM');
    process.exit(1);
  });

/** Sends every message to whichever worker is free; `take` gets each answer. Ends when all are done or the time is up. */
async function share(messages, probes, take) {
  const queue = [...messages];
  const work = (k) =>
    new Promise((done, fail) => {
      // sessions of their own: the scheduler shares time among sessions
      const worker = fork(resolve('scripts/mutate-worker.mjs'), [copyOf(k), probes], {
        stdio: 'inherit',
        detached: true,
      });
      children.add(worker);
      let current;
      worker.on('message', (answer) => {
        if (!answer.ready) take(current, answer);
        current = performance.now() < deadline ? queue.shift() : undefined;
        worker.send(current === undefined ? { stop: true } : current);
      });
      worker.on('exit', (code) => {
        children.delete(worker);
        return code === 0 ? done() : fail(new Error(`a worker ended with ${code}`));
      });
    });
  const count = Math.min(Number(options.workers), queue.length);
  await Promise.all(Array.from({ length: count }, (_, k) => work(k)));
}

/** What every file of tests comes to, as it was last found; those that have changed run again. */
async function reachOfTests() {
  const storeOf = (test) => join(home, 'reach', `${test.replaceAll('/', '_')}.json`);
  const probes = join(home, 'probes');
  for (const folder of ['reach', 'probes']) mkdirSync(join(home, folder), { recursive: true });
  const there = tests.filter((test) => existsSync(test));
  const isOld = (test) => readJson(storeOf(test))?.key !== sha(readFileSync(test));
  await share(
    there.filter(isOld).map((test) => ({ map: test })),
    probes,
    ({ map }, reach) => {
      writeFileSync(storeOf(map), JSON.stringify(reach));
      console.log(
        `${map}: ${reach.seconds.toFixed(1)} s${reach.failed > 0 ? `, ${reach.failed} FAILED: not used` : ''}`,
      );
    },
  );
  const known = there.map((test) => readJson(storeOf(test))).filter((reach) => reach?.passed > 0);
  return known.map(({ reached, apart, ...reach }) => ({
    ...reach,
    apart: new Set(apart),
    by: Object.entries(reached)
      .filter(([id]) => Object.hasOwn(reach.tests, id))
      .map(([id, pieces]) => ({ id, pieces: new Set(pieces) })),
  }));
}

/** The tests of a file that come to a piece; undefined: none. */
function reaching(reach, file, piece, hash) {
  const coming = (isIt) => reach.by.filter(({ pieces }) => [...pieces].some(isIt)).map(({ id }) => id);
  const all = () => Object.keys(reach.tests);
  const ofFile = (name) => name.startsWith(`${file} `);
  const touched = () => {
    const ids = coming(ofFile);
    return ids.length > 0 ? ids : [...reach.apart].some(ofFile) ? all() : [];
  };
  // pieces of a source that has changed since have other numbers
  if (reach.hashes[file] !== hash || piece === undefined) return touched();
  const name = `${file} ${piece}`;
  const ids = reach.by.filter(({ pieces }) => pieces.has(name)).map(({ id }) => id);
  return ids.length > 0 || !reach.apart.has(name) ? ids : touched();
}

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);

/** Which tests a mutant runs, the files that find most for their time first. */
function planOf(mutant, source, reaches, kills) {
  const { pieces } = withProbes(mutant.file, source);
  const piece = pieceOf(pieces, mutant);
  const plan = reaches.flatMap((reach) => {
    const ids = reaching(reach, mutant.file, piece, sha(source)).filter((id) => reach.tests[id] < options.longest);
    if (ids.length === 0) return [];
    const seconds = reach.load + sum(ids.map((id) => reach.tests[id]));
    return [{ test: reach.test, ids, seconds, worth: kills(mutant.file, reach.test) / seconds }];
  });
  plan.sort((a, b) => b.worth - a.worth || a.seconds - b.seconds);
  let total = 0;
  return plan.filter(({ seconds }, k) => {
    total += seconds;
    return k === 0 || total < options.most;
  });
}

for (let k = 0; k < Number(options.workers); k++) makeCopy(copyOf(k));
const reaches = await reachOfTests();
const answersPath = join(home, `answers-${options.seed}.json`);
const answers = readJson(answersPath, {});
const all = Object.keys(areas).flatMap((area) =>
  files
    .filter((each) => each.area === area)
    .flatMap(({ file }) => mutantsOf(file, readFileSync(file, 'utf8')).map((mutant) => ({ area, file, ...mutant }))),
);
const drawn = drawSample(all, Number(options.sample), options.seed);
const kills = (file, test) => Object.values(answers).filter((each) => each.file === file && each.by === test).length;
const messages = drawn
  .filter(({ key, file }) => answers[key] === undefined && file.includes(options.only))
  .map((mutant) => ({
    mutant,
    source: readFileSync(mutant.file, 'utf8'),
    // when it is sent: what others were found by is known then
    get plan() {
      return planOf(mutant, this.source, reaches, kills);
    },
  }));
await share(messages, '', ({ mutant }, { how, by, failed, unsound, seconds }) => {
  const { key, file, line, kind, before, text } = mutant;
  answers[key] = { how, by, failed, unsound: unsound.length > 0 ? unsound : undefined, file, seconds };
  writeFileSync(answersPath, JSON.stringify(answers, null, 1));
  const why = [by, failed, ...unsound.map((test) => `(unsound: ${test})`)].filter(Boolean).join(' ');
  console.log(`${how} ${seconds.toFixed(1)} s ${file}:${line} ${kind}: ${brief(before)} → ${brief(text)} ${why}`);
});
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const equivalent = readJson('test/strength/equivalent.json', {});
const summary = {
  date: new Date().toISOString().slice(0, 10),
  seed: Number(options.seed),
  commit,
  ...summarize(drawn, answers, equivalent),
};
console.log(JSON.stringify(summary, null, 1));
if (options.write) {
  const path = 'test/strength/mutation.json';
  const others = readJson(path, { samples: [] }).samples.filter(({ seed }) => seed !== summary.seed);
  writeFileSync(path, `${JSON.stringify({ samples: [...others, summary] }, null, 2)}\n`);
}
