/** Jobs between the events of this thread and in threads of their own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Job, JobProgress } from '../src/campaign/job.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createBoard } from '../src/node/campaign-board.ts';
import { makeClaim } from '../src/node/campaign-claim.ts';
import { type ExecutorJob, hereExecutor } from '../src/node/campaign-executor.ts';
import type { Store } from '../src/node/campaign-store.ts';
import { threadExecutor } from '../src/node/campaign-threads.ts';
import { count, open, until } from './support/count-campaign.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-executors-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('jobs between the events of this thread', () => {
  it('can be stopped at once', async () => {
    const { store } = open();
    const job = createBoardJob(store);
    const claim = makeClaim('/c/jobs/count-0', { number: 1, from: 0 }, store.disk);
    if (claim === undefined) throw new Error('no claim');
    const said: JobProgress[] = [];
    const running = hereExecutor(await createEngine())({
      store,
      kind: count,
      job,
      needs: new Map(),
      claim,
      checkpointSeconds: 0,
      onProgress(progress) {
        said.push(progress);
        running.kill({ how: 'hang', message: 'enough' });
      },
      onMessage: () => {},
    });
    expect(await running.done).toEqual({ how: 'hang', message: 'enough' });
    expect(said).toHaveLength(1);
  });
});

function createBoardJob(store: Store): Job {
  const board = createBoard(store, count);
  board.refresh({ write: true });
  return board.job('count-0');
}

describe('jobs in threads', () => {
  const program = (text: string) => {
    const file = join(root, 'thread.mjs');
    writeFileSync(file, text);
    return file;
  };
  const job = (seen: unknown[]): ExecutorJob =>
    ({
      store: { folder: '/c' },
      job: { id: 'count-0' },
      claim: { number: 3 },
      checkpointSeconds: 7,
      onProgress: (progress: unknown) => seen.push(progress),
      onMessage: (message: unknown) => seen.push(message),
    }) as unknown as ExecutorJob;

  it('are told what to do, and say how it goes', async () => {
    const seen: unknown[] = [];
    const file = program(`
      import { parentPort, workerData } from 'node:worker_threads';
      const { flag, ...start } = workerData;
      parentPort.postMessage({ message: JSON.stringify(start) });
      parentPort.postMessage({ progress: { done: 1 } });
      while (Atomics.load(new Int32Array(flag), 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      parentPort.postMessage({ outcome: { how: 'paused', word: Atomics.load(new Int32Array(flag), 0) } });
      parentPort.postMessage({ outcome: { how: 'done' } });
    `);
    const running = threadExecutor(file)(job(seen));
    await until(() => seen.length === 2);
    running.pause();
    expect(await running.done).toEqual({ how: 'paused', word: 1 });
    expect(seen).toEqual(['{"folder":"/c","job":"count-0","claim":3,"checkpointSeconds":7}', { done: 1 }]);
  });

  it('end as they are killed', async () => {
    const running = threadExecutor(program('for (;;);'))(job([]));
    running.kill({ how: 'hang', message: 'no slice' });
    expect(await running.done).toEqual({ how: 'hang', message: 'no slice' });
  });

  it('need the program of this installation', () => {
    // among the sources there is no bundle
    expect(() => threadExecutor()).toThrow('campaign-thread.js is missing from the installation');
  });
});
