/** One of several threads that work on the same campaigns at the same moments; bundled by campaign-races.test.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { countCampaign } from '../../src/campaign/count.ts';
import type { CampaignKind } from '../../src/campaign/job.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { readCampaign } from '../../src/node/campaign-create.ts';
import { type Executor, hereExecutor } from '../../src/node/campaign-executor.ts';
import { runCampaign } from '../../src/node/campaign-run.ts';
import { openStore } from '../../src/node/campaign-store.ts';

export interface Race {
  folders: string[];
  threads: number;
  /** Names of all jobs of a campaign. */
  jobs: string[];
  /** Words: threads that wait, rounds that began; then for each campaign and job those at work, and how often it was begun. */
  words: SharedArrayBuffer;
}

const { folders, threads, jobs, words } = workerData as Race;
const shared = new Int32Array(words);
const kind = countCampaign as CampaignKind;
const engine = await createEngine();
let together = 0;

/** Goes on when all threads are here. */
function meet(round: number): void {
  if (Atomics.add(shared, 0, 1) === threads * (round + 1) - 1) {
    Atomics.store(shared, 1, round + 1);
    Atomics.notify(shared, 1);
  }
  while (Atomics.load(shared, 1) <= round) Atomics.wait(shared, 1, round, 100);
}

/** Counts who is at work on which job. */
const counting =
  (round: number): Executor =>
  (job) => {
    const at = 2 + 2 * (round * jobs.length + jobs.indexOf(job.job.id));
    if (Atomics.add(shared, at, 1) !== 0) together++;
    Atomics.add(shared, at + 1, 1);
    const running = hereExecutor(engine)(job);
    return { ...running, done: running.done.finally(() => Atomics.sub(shared, at, 1)) };
  };

for (const [round, folder] of folders.entries()) {
  const record = readCampaign(folder);
  if (record === undefined) throw new Error(`${folder} holds no campaign`);
  const store = openStore(folder, record);
  meet(round);
  await runCampaign(store, kind, { workers: 2, executor: counting(round), checkpointSeconds: 0, poll: 0.002 });
}
parentPort?.postMessage(together);
