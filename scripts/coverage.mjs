// Branches that tests come to, of what test/strength/groups.json lists: npm run coverage
//
// Runs the tests listed there with coverage (children, such as the program itself, do not count), prints each file with the
// branches that were missed, and writes test/strength/branches.json, from which test/strength.test.ts makes the row R25.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { areas, files, tests } from './strength.mjs';

const LEAST = 0.95;
const include = Object.values(areas)
  .flat()
  .map((pattern) => `--coverage.include=${pattern}`);
const run = spawnSync('npx', ['vitest', 'run', ...tests, '--coverage', ...include], { stdio: 'inherit' });
if (run.status !== 0) process.exit(run.status ?? 1);

const covered = JSON.parse(readFileSync('build/coverage/coverage-final.json', 'utf8'));
const round = (x) => Number(x.toFixed(4));
const perFile = {};
for (const { area, file } of files) {
  const { b = {}, branchMap = {} } = covered[resolve(file)] ?? {};
  const missed = Object.entries(b).flatMap(([id, hits]) =>
    hits.flatMap((count, k) =>
      count > 0 ? [] : [branchMap[id].locations[k]?.start.line ?? branchMap[id].loc.start.line],
    ),
  );
  const branches = Object.values(b).flat().length;
  perFile[file] = {
    area,
    branches,
    reached: branches - missed.length,
    missed: [...new Set(missed)].sort((x, y) => x - y),
  };
}
const shareOf = (some) => {
  const [reached, branches] = ['reached', 'branches'].map((key) => some.reduce((sum, one) => sum + one[key], 0));
  return { branches, reached, share: round(reached / branches) };
};
const summary = Object.fromEntries(
  Object.keys(areas).map((area) => [area, shareOf(Object.values(perFile).filter((one) => one.area === area))]),
);
for (const [file, { branches, reached, missed }] of Object.entries(perFile)) {
  const share = branches === 0 ? 1 : reached / branches;
  const lines = missed.length > 0 ? `  lines ${missed.join(' ')}` : '';
  console.log(
    `${share < LEAST ? '!' : ' '} ${(100 * share).toFixed(1).padStart(5)} % of ${String(branches).padStart(4)}  ${file}${lines}`,
  );
}
const below = Object.entries(perFile)
  .filter(([, { branches, reached }]) => reached < LEAST * branches)
  .map(([file, { branches, reached }]) => [file, round(reached / branches)]);
const result = { date: new Date().toISOString().slice(0, 10), areas: summary, below: Object.fromEntries(below) };
writeFileSync('test/strength/branches.json', `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify(summary, null, 1));
