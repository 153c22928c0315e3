/** A job that is driven to its end, whatever comes. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { CampaignKind, Job, JobProgress } from '../src/campaign/job.ts';
import { InputError, PhysicsError } from '../src/data/errors.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { endClaim, makeClaim } from '../src/node/campaign-claim.ts';
import { type Drive, driveJob, type Outcome } from '../src/node/campaign-drive.ts';
import { slicesOf } from '../src/node/campaign-work.ts';
import type { Disk } from '../src/node/disk.ts';
import { WriteError } from '../src/node/files.ts';
import { count, kindOf, open } from './support/count-campaign.ts';
import { errno } from './support/errno.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

describe('a job that is driven', () => {
  const first: Job = { id: 'count-0', task: 'count', input: { seed: 7, slices: 4, numbers: 3 }, needs: [] };

  function begin(extra: Partial<Drive> = {}, wrap?: (disk: Disk) => Disk) {
    const { disk, store } = open(wrap);
    store.addJob(first);
    const claim = makeClaim('/c/jobs/count-0', { number: 1, from: 0 }, disk);
    if (claim === undefined) throw new Error('no claim');
    const drive: Drive = {
      store,
      kind: count,
      job: first,
      needs: new Map(),
      claim,
      engine,
      checkpointSeconds: 1000,
      pausing: () => false,
      ...extra,
    };
    return { disk, drive, claim, store };
  }

  function end(drive: Drive, before: (slice: number) => void = () => {}): Outcome {
    const steps = driveJob(drive);
    for (let slice = 0; ; slice++) {
      before(slice);
      const step = steps.next();
      if (step.done) return step.value;
    }
  }
  const failing = (error: unknown, meanwhile: () => void = () => {}): CampaignKind =>
    kindOf([first], () => ({
      advance() {
        meanwhile();
        throw error;
      },
    }));
  const asOne = { ...first, task: 'one' };

  it('is done, with its progress after every slice but the last', () => {
    const { drive, disk } = begin();
    const seen: JobProgress[] = [];
    const steps = driveJob(drive);
    for (let step = steps.next(); !step.done; step = steps.next()) seen.push(step.value);
    expect(seen.map(({ done, total }) => [done, total])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
    ]);
    expect(disk.list('/c/jobs/count-0').sort()).toEqual([
      'arrays.bin',
      'job.json',
      'last.bin',
      'records.log',
      'result.json',
      'timing.json',
    ]);
  });

  it('is checkpointed as often as asked for: before every slice, or after 1 s, 2, 4 … up to the interval', () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const written = (checkpointSeconds: number) => {
      let files = 0;
      const job = { ...first, input: { seed: 7, slices: 13, numbers: 3 } };
      const { drive } = begin({ checkpointSeconds, job }, (disk) => ({
        ...disk,
        rename(from, to) {
          files += Number(to.includes('checkpoint-'));
          disk.rename(from, to);
        },
      }));
      const slices: number[] = [];
      // a second for each slice
      expect(
        end(drive, (slice) => {
          now += 1000;
          if (files > slices.length) slices.push(slice);
        }),
      ).toEqual({ how: 'done' });
      return slices;
    };
    // noticed before the slice after the next
    expect(written(1000)).toEqual([2, 4, 8]);
    expect(written(2)).toEqual([2, 4, 6, 8, 10, 12]);
    expect(written(0)).toHaveLength(12);
    vi.restoreAllMocks();
  });

  it('pauses with a checkpoint that the next one goes on from', () => {
    let pausing = false;
    const { drive, store, disk } = begin({ pausing: () => pausing });
    const paused = end(drive, (slice) => {
      pausing = slice === 2;
    });
    expect(paused).toEqual({ how: 'paused' });
    expect(disk.list('/c/jobs/count-0')).toContain('checkpoint-1-0.bin');
    expect(slicesOf(store, first, store.names('count-0'))).toBe(2);
    endClaim(drive.claim, 'paused', '', disk);
    const claim = makeClaim('/c/jobs/count-0', { number: 2, from: 2 }, disk);
    if (claim === undefined) throw new Error('no claim');
    const said: string[] = [];
    const next = { ...drive, claim, pausing: () => false, onMessage: (message: string) => said.push(message) };
    let slices = 0;
    expect(
      end(next, () => {
        slices++;
      }),
    ).toEqual({ how: 'done' });
    expect([slices, said]).toEqual([2, []]);
    expect(store.result(first)?.records.count).toBe(4);
  });

  it('is lost once another has it, whatever it was about to do', () => {
    const lost = (extra: Partial<Drive>) => {
      const { drive, disk, claim } = begin(extra);
      const held = () => disk.files().size;
      let files = 0;
      const outcome = end(drive, (slice) => {
        if (slice !== 2) return;
        endClaim(claim, 'lost', 'asleep', disk);
        files = held();
      });
      expect(held()).toBe(files);
      return outcome;
    };
    let asked = 0;
    expect(lost({})).toEqual({ how: 'lost' });
    expect(lost({ checkpointSeconds: 0 })).toEqual({ how: 'lost' });
    expect(lost({ pausing: () => asked++ >= 2 })).toEqual({ how: 'lost' });
  });

  it.each<[unknown, Outcome]>([
    [new PhysicsError('it melted'), { how: 'physics', message: 'it melted' }],
    [new InputError('no such atom'), { how: 'input', message: 'no such atom' }],
    [new Error('a bug'), { how: 'error', message: 'a bug' }],
    ['a bare text', { how: 'error', message: 'a bare text' }],
    [Object.assign(new Error('odd'), { code: 'ERR_INVALID_ARG_TYPE' }), { how: 'error', message: 'odd' }],
    [errno('EMFILE'), { how: 'disk', message: 'EMFILE' }],
    [
      new WriteError('/c/x', errno('ENOSPC')),
      { how: 'disk', message: '/c/x: cannot be written: the disk is full (ENOSPC)' },
    ],
  ])('fails with %s', (error, outcome) => {
    expect(end(begin({ kind: failing(error), job: asOne }).drive)).toEqual(outcome);
  });

  it('has not failed where it was taken over: files that it needs were tidied away', () => {
    const lostDuring = (error: unknown) => {
      const { drive, claim, disk } = begin({ job: asOne });
      return end({ ...drive, kind: failing(error, () => endClaim(claim, 'lost', '', disk)) });
    };
    for (const error of [new InputError('no such file'), errno('ENOENT')])
      expect(lostDuring(error)).toEqual({ how: 'lost' });
    // of physics it is certain all the same
    expect(lostDuring(new PhysicsError('it melted'))).toEqual({ how: 'physics', message: 'it melted' });
  });

  it('is not begun where it was taken over before its thread was there', () => {
    const { drive, claim, disk } = begin();
    endClaim(claim, 'lost', '', disk);
    const files = disk.files();
    expect(end(drive)).toEqual({ how: 'lost' });
    expect(disk.files()).toEqual(files);
  });

  it('has failed of the disk where nobody can look whose it is', () => {
    let broken = false;
    const { drive } = begin({ kind: failing(errno('EIO')), job: asOne }, (disk) => ({
      ...disk,
      stat(path) {
        if (broken) throw errno('EIO');
        return disk.stat(path);
      },
    }));
    const steps = driveJob({
      ...drive,
      pausing() {
        broken = true;
        return false;
      },
    });
    expect(steps.next()).toEqual({ done: true, value: { how: 'disk', message: 'EIO' } });
  });

  it('needs a task that there is', () => {
    const outcome = end(begin({ job: { ...first, task: 'knit' } }).drive);
    expect(outcome).toEqual({ how: 'input', message: 'count has no task "knit"' });
  });
});
