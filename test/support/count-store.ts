/** Campaigns that count, in directories and in memory: begun, abandoned, damaged, and the sum that they must come to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type CountConfig, countCampaign } from '../../src/campaign/count.ts';
import type { CampaignKind, Job, Task } from '../../src/campaign/job.ts';
import { fillUniform } from '../../src/data/rng.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createBoard } from '../../src/node/campaign-board.ts';
import { makeClaim } from '../../src/node/campaign-claim.ts';
import { createCampaign } from '../../src/node/campaign-create.ts';
import { hereExecutor } from '../../src/node/campaign-executor.ts';
import { type CampaignOptions, runCampaign } from '../../src/node/campaign-run.ts';
import { openStore, type Store } from '../../src/node/campaign-store.ts';
import { contextOf, openWork } from '../../src/node/campaign-work.ts';
import { type Disk, nodeDisk } from '../../src/node/disk.ts';
import { gone } from './count-campaign.ts';
import { memoryDisk } from './memory-disk.ts';

export const engine = await createEngine();
export const root = mkdtempSync(join(tmpdir(), 'frenkel-campaign-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

export const config: CountConfig = { campaign: 'count', jobs: 2, slices: 6, numbers: 5, seed: 7, faults: {} };

export function openCount(disk: Disk, extra: Partial<CountConfig> = {}, messages: string[] = []): Store {
  const folder = disk === nodeDisk ? join(root, String(folders++)) : '/c';
  const campaign = { kind: 'count', config: { ...config, ...extra }, resources: {}, source: '' };
  const record = createCampaign(folder, campaign, { disk, kernelHash: 'k' });
  return openStore(folder, record, { disk, onMessage: (message) => messages.push(message) });
}

export const work = (
  store: Store,
  options: Partial<CampaignOptions> = {},
  kind: CampaignKind = countCampaign as CampaignKind,
) =>
  runCampaign(store, kind, {
    workers: 2,
    executor: hereExecutor(engine),
    checkpointSeconds: 0,
    poll: 0.001,
    backoff: 0,
    ...options,
  });

export const totalOf = (store: Store) => {
  const board = createBoard(store, countCampaign as CampaignKind);
  board.refresh();
  return board.results.get('total');
};

/** What the whole campaign adds up to, written separately. */
export function expected({ jobs, slices, numbers, seed }: CountConfig): number {
  let total = 0;
  for (let job = 0; job < jobs; job++) {
    let sum = 0;
    for (let slice = 0; slice < slices; slice++) {
      const block = new Float64Array(numbers);
      fillUniform(block, BigInt(seed + job), 'trials', slice);
      sum += block.reduce((a, b) => a + b, 0);
    }
    total += sum;
  }
  return total;
}

/** A count job with its first slices done by an owner that then vanished. */
export function abandoned(slices: number) {
  const disk = memoryDisk();
  const store = openCount(disk);
  const job: Job = createBoardJob(store);
  const claim = makeClaim(store.jobFolder(job.id), { number: 1, from: 0, owner: gone }, disk);
  if (claim === undefined) throw new Error('no claim');
  const task = countCampaign.tasks.get('count') as Task;
  const begun = openWork(store, job, claim, task, contextOf(store, job, new Map(), engine));
  for (let i = 0; i < slices; i++) {
    begun.slice();
    begun.checkpoint();
  }
  return { disk, store, job, claim, begun, folder: store.jobFolder(job.id) };
}

export function createBoardJob(store: Store): Job {
  const board = createBoard(store, countCampaign as CampaignKind);
  board.refresh({ write: true });
  return board.job('count-0');
}

export function change(disk: Disk, path: string, edit: (bytes: Uint8Array) => Uint8Array): void {
  const bytes = edit(disk.readFile(path));
  disk.remove(path);
  const descriptor = disk.open(path, 'wx');
  disk.write(descriptor, bytes);
  disk.close(descriptor);
}

/** Opens work on count-0 for a claim. */
export function createCampaignOwner(store: Store) {
  return (claim: { folder: string; number: number }) => {
    const job = createBoardJob(store);
    return openWork(
      store,
      job,
      claim,
      countCampaign.tasks.get('count') as Task,
      contextOf(store, job, new Map(), engine),
    );
  };
}
