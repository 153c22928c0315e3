/** A campaign that counts, its jobs, and executors that a test plays: in memory, without files. */
import { type CountConfig, countCampaign } from '../../src/campaign/count.ts';
import type { CampaignKind, Job, Task, Work } from '../../src/campaign/job.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createCampaign } from '../../src/node/campaign-create.ts';
import type { Outcome } from '../../src/node/campaign-drive.ts';
import { type Executor, type ExecutorJob, hereExecutor } from '../../src/node/campaign-executor.ts';
import { type CampaignOptions, runCampaign } from '../../src/node/campaign-run.ts';
import { openStore, type Store } from '../../src/node/campaign-store.ts';
import type { Disk } from '../../src/node/disk.ts';
import { type Owner, thisProcess } from '../../src/node/lock.ts';
import { memoryDisk } from './memory-disk.ts';

export const config: CountConfig = { campaign: 'count', jobs: 2, slices: 4, numbers: 3, seed: 7, faults: {} };
export const gone: Owner = { ...thisProcess(), pid: 2 ** 22 + 1, start: '1' };
export const count = countCampaign as CampaignKind;

export function open(wrap: (disk: Disk) => Disk = (disk) => disk, kind: CampaignKind = count) {
  const disk = memoryDisk();
  const record = createCampaign('/c', { kind: kind.name, config, resources: {}, source: '' }, { disk });
  const store = openStore('/c', record, { disk: wrap(disk) });
  return { disk, store };
}

/** A kind whose only jobs are these, all of one task. */
export function kindOf(jobs: Job[], start: () => Partial<Work>): CampaignKind {
  const work = (): Work => ({
    advance: () => false,
    takeRecords: () => [],
    save: () => null,
    progress: () => ({ done: 1, total: 1, text: '' }),
    result: () => null,
    ...start(),
  });
  const task: Task = { name: 'one', start: work, restore: work };
  return { ...count, plan: () => jobs, tasks: new Map([['one', task]]) };
}
export const jobOf = (id: string, needs: string[] = []): Job => ({ id, task: 'one', input: null, needs });

/** All of a campaign in this thread, without waiting. */
export const runHere = (store: Store, engine: Engine, kind = count, options: Partial<CampaignOptions> = {}) =>
  runCampaign(store, kind, {
    workers: 1,
    executor: hereExecutor(engine),
    checkpointSeconds: 0,
    poll: 0.001,
    backoff: 0,
    ...options,
  });

/** An executor that the test plays: jobs end when it says so. */
export function byHand() {
  const begun: (ExecutorJob & { end(outcome: Outcome): void; paused: boolean; killed?: Outcome })[] = [];
  const executor: Executor = (job) => {
    let settle: (outcome: Outcome) => void = () => {};
    const done = new Promise<Outcome>((resolve) => {
      settle = resolve;
    });
    const one = { ...job, end: settle, paused: false, killed: undefined as Outcome | undefined };
    begun.push(one);
    return {
      done,
      pause() {
        one.paused = true;
        settle({ how: 'paused' });
      },
      kill(outcome) {
        one.killed = outcome;
        settle(outcome);
      },
    };
  };
  return { begun, executor };
}
/** Waits for something that is certain to come. */
export const until = async (what: () => boolean) => {
  for (const begin = performance.now(); !what(); ) {
    if (performance.now() - begin > 300_000) throw new Error('it never came');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};
