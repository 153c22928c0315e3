/** Threads that begin on the same campaigns at the same moment: every job has one owner, once. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { type CountConfig, countCampaign } from '../src/campaign/count.ts';
import type { CampaignKind } from '../src/campaign/job.ts';
import { createBoard } from '../src/node/campaign-board.ts';
import { makeClaim } from '../src/node/campaign-claim.ts';
import { createCampaign } from '../src/node/campaign-create.ts';
import { openStore, type Store } from '../src/node/campaign-store.ts';
import { gone } from './support/count-campaign.ts';
import type { Race } from './support/race.ts';
import { record } from './support/trust/record.ts';

const RACES = 100;
const THREADS = 4;
const kind = countCampaign as CampaignKind;
const config: CountConfig = { campaign: 'count', jobs: 3, slices: 3, numbers: 10, seed: 7, faults: {} };
const jobs = ['count-0', 'count-1', 'count-2', 'total'];
/** In memory: what is raced for are names. */
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'frenkel-races-'));
afterAll(() => rmSync(root, { recursive: true }));

/** In every other one the first jobs are held by a process that is gone. */
function lay(number: number): Store {
  const folder = join(root, `c${number}`);
  const store = openStore(folder, createCampaign(folder, { kind: 'count', config, resources: {}, source: '' }));
  createBoard(store, kind).refresh({ write: true });
  if (number % 2 === 1)
    for (const id of jobs.slice(0, 2)) makeClaim(store.jobFolder(id), { number: 1, from: 0, owner: gone });
  return store;
}

const finished = (worker: Worker) =>
  new Promise<number>((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a thread ended with code ${code}`)));
  });

it(`${RACES} races of ${THREADS} threads: never two owners of a job, and every job once`, async () => {
  const program = join(root, 'race.mjs');
  await build({
    ...{ entryPoints: ['test/support/race.ts'], outfile: program, bundle: true, format: 'esm', platform: 'node' },
    target: 'node20',
    logLevel: 'silent',
  });
  const stores = Array.from({ length: RACES }, (_, k) => lay(k));
  const words = new SharedArrayBuffer(4 * (2 + 2 * RACES * jobs.length));
  const workerData: Race = { folders: stores.map(({ folder }) => folder), threads: THREADS, jobs, words };
  const together = await Promise.all(
    Array.from({ length: THREADS }, () => finished(new Worker(pathToFileURL(program), { workerData }))),
  );
  const shared = new Int32Array(words);
  const begun = Array.from({ length: RACES * jobs.length }, (_, k) => shared[3 + 2 * k]);
  const twice = begun.filter((times) => times !== 1).length;
  const two = together.reduce((sum, n) => sum + n, 0);
  record(
    'R23.simultaneous',
    `${two} of ${RACES} races of ${THREADS} threads, ${begun.length} jobs`,
    two === 0 && twice === 0,
  );
  expect([two, twice]).toEqual([0, 0]);
  const results = stores.map((store) => {
    const board = createBoard(store, kind);
    board.refresh();
    return { done: board.results.size, total: board.results.get('total') };
  });
  expect(results[0].done).toBe(jobs.length);
  for (const result of results) expect(result).toEqual(results[0]);
});
