/**
 * A slice that takes longer than the lease (relaxing or diagonalising a large cell is one slice): its owner keeps the
 * job by the signs of life of its process; where these stay out, the job is taken over and the late result refused.
 * The clock is the test's: nothing here depends on how busy the machine is.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '../src/campaign/job.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { type Claim, createObserver, holds, readClaims } from '../src/node/campaign-claim.ts';
import { createCampaign } from '../src/node/campaign-create.ts';
import { driveJob, type Outcome } from '../src/node/campaign-drive.ts';
import type { Executor } from '../src/node/campaign-executor.ts';
import { type CampaignEnd, runCampaign } from '../src/node/campaign-run.ts';
import { openStore, type Store } from '../src/node/campaign-store.ts';
import { threadExecutor } from '../src/node/campaign-threads.ts';
import { contextOf, openWork } from '../src/node/campaign-work.ts';
import { nodeDisk } from '../src/node/disk.ts';
import { config, count, jobOf, kindOf, open, until } from './support/count-campaign.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const LEASE = 120;
/** Seconds of one slice. */
const LONG = 5 * LEASE;
const slowJob: Job = jobOf('slow');
/** One job of one slice, whose result says what it always says. */
const kind = kindOf([slowJob], () => ({ takeRecords: () => [{ part: 1 }], result: () => ({ sum: 2 }) }));
/** An owner whom the other process cannot see: only the lease tells whether it lives. */
const elsewhere = (pid: number) => ({ pid, host: 'elsewhere', boot: 'b', start: '1' });

/** How a job's thread is slow: in its slice, or before it looks at the job at all. */
type Slow = 'slice' | 'start';

/** Runs a job's slice, which is over after `seconds` of the test's clock, as a thread beside the process's own would. */
function slowExecutor(seconds: number, slow: Slow, seen: Outcome[]): Executor {
  return (job) => {
    let killed = false;
    const { store, claim, kind, needs } = job;
    const task = kind.tasks.get(job.job.task);
    if (task === undefined) throw new Error('no task');
    const work =
      slow === 'slice' ? openWork(store, job.job, claim, task, contextOf(store, job.job, needs, engine)) : undefined;
    const end = (): Outcome => {
      const state = work?.slice();
      work?.close();
      if (state === 'more') throw new Error('more than one slice');
      if (state !== undefined) return { how: state };
      const step = driveJob({ ...job, engine, pausing: () => false }).next();
      if (!step.done) throw new Error('more than one slice');
      return step.value;
    };
    const done = new Promise<Outcome>((resolve) => {
      setTimeout(() => {
        const outcome = end();
        seen.push(outcome);
        if (!killed) resolve(outcome);
      }, 1000 * seconds);
    });
    return {
      done,
      pause: () => {},
      // a thread that is terminated may be in the middle of its last write: it goes on here, the worst that can be
      kill: () => {
        killed = true;
      },
    };
  };
}

interface Run {
  end: Promise<CampaignEnd>;
  /** How the slices of its jobs ended. */
  seen: Outcome[];
  said: string[];
}

const begin = (store: Store, pid: number, seconds: number, beat: number, slow: Slow = 'slice'): Run => {
  const [seen, said]: [Outcome[], string[]] = [[], []];
  const end = runCampaign(store, kind, {
    workers: 1,
    executor: slowExecutor(seconds, slow, seen),
    lease: LEASE,
    beat,
    hang: 1e6,
    owner: elsewhere(pid),
    onMessage: (message) => said.push(message),
  });
  return { end, seen, said };
};

describe('a slice longer than the lease', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('keeps its job: the process shows signs of life beside it', async () => {
    const { store } = open(undefined, kind);
    const owner = begin(store, 1, LONG, 10);
    const other = begin(store, 2, 1, 10);
    await vi.advanceTimersByTimeAsync(1000 * (LONG - 5));
    const claims = readClaims('/c/jobs/slow', store.names('slow'), store.disk);
    expect(claims.map(({ number, end }) => [number, end])).toEqual([[1, undefined]]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await owner.end).toMatchObject({ status: 'complete', finished: 1 });
    expect(await other.end).toMatchObject({ status: 'complete', finished: 1 });
    expect([owner.seen, other.seen, owner.said, other.said]).toEqual([[{ how: 'done' }], [], [], []]);
  });

  it.each<Slow>(['slice', 'start'])(
    'is taken over where these stay out, once, after the lease; the late owner writes nothing: %s',
    async (how) => {
      const { store, disk } = open(undefined, kind);
      const cut = begin(store, 1, LONG, 1e6, how);
      const other = begin(store, 2, 1, 10);
      await vi.advanceTimersByTimeAsync(1000 * (LEASE - 5));
      expect(other.seen).toEqual([]);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(other.seen).toEqual([{ how: 'done' }]);
      expect(other.said).toEqual([`slow: taken over: no sign of life from process 1 on elsewhere for ${LEASE} s`]);
      expect(store.result(slowJob)?.result).toEqual({ sum: 2 });
      const files = disk.files();
      await vi.advanceTimersByTimeAsync(1000 * LONG);
      expect(cut.seen).toEqual([{ how: 'lost' }]);
      expect(disk.files()).toEqual(files);
      expect([await cut.end, await other.end]).toMatchObject(Array(2).fill({ status: 'complete', finished: 1 }));
    },
  );

  it('that is late while its successor is at work spoils nothing of its', async () => {
    const { store, disk } = open(undefined, kind);
    const cut = begin(store, 1, LONG, 1e6);
    const other = begin(store, 2, LONG, 10);
    await vi.advanceTimersByTimeAsync(1000 * (LONG - 5));
    const before = [...disk.files().keys()].filter((path) => path.startsWith('/c/jobs/slow/')).sort();
    expect(before.map((path) => path.slice('/c/jobs/slow/'.length))).toContain('claim.2');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(cut.seen).toEqual([{ how: 'lost' }]);
    expect(store.result(slowJob)).toBeUndefined();
    expect(holds({ folder: '/c/jobs/slow', number: 2 }, store.disk)).toBe(true);
    await vi.advanceTimersByTimeAsync(1000 * LONG);
    expect(other.seen).toEqual([{ how: 'done' }]);
    expect(store.result(slowJob)?.records.count).toBe(1);
    await Promise.all([cut.end, other.end]);
  });
});

describe('a thread that computes without a pause', () => {
  it('does not keep its process from showing signs of life', async () => {
    const root = mkdtempSync(join(tmpdir(), 'frenkel-lease-'));
    try {
      const campaign = { kind: count.name, config, resources: {}, source: '' };
      const store = openStore(join(root, 'c'), createCampaign(join(root, 'c'), campaign, { kernelHash: 'k' }));
      const file = join(root, 'thread.mjs');
      mkdirSync(join(root, 'x'));
      writeFileSync(file, 'for (;;);');
      let stop = false;
      const end = runCampaign(store, kind, {
        workers: 1,
        executor: (job) => {
          const running = threadExecutor(file)(job);
          return { ...running, pause: () => running.kill({ how: 'paused' }) };
        },
        beat: 0.01,
        stopping: () => stop,
      });
      const claim: Claim = { folder: store.jobFolder('slow'), number: 1 };
      const path = join(claim.folder, 'claim.1');
      const times = new Set<number>();
      // whoever looks sees it change, again and again
      const observer = createObserver(1e6, { disk: nodeDisk });
      await until(() => {
        if (nodeDisk.stat(path) !== undefined) times.add(statSync(path).mtimeMs);
        return times.size > 3;
      });
      const [record] = readClaims(claim.folder, store.names('slow'));
      expect([observer.gone(claim.folder, record), holds(claim)]).toEqual([undefined, true]);
      stop = true;
      expect(await end).toMatchObject({ status: 'paused', finished: 0 });
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
