/** What work on a claimed job finds there, and what it leaves. */
import { beforeAll, describe, expect, it } from 'vitest';
import { countCampaign } from '../src/campaign/count.ts';
import type { Job, Task, Work } from '../src/campaign/job.ts';
import { InputError, PhysicsError } from '../src/data/errors.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { makeClaim } from '../src/node/campaign-claim.ts';
import { formatRecord } from '../src/node/campaign-log.ts';
import { contextOf, openWork } from '../src/node/campaign-work.ts';
import type { Disk } from '../src/node/disk.ts';
import { WriteError, writeAtomic } from '../src/node/files.ts';
import { config, count, jobOf, kindOf, open } from './support/count-campaign.ts';
import { errno } from './support/errno.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

describe('the context of a job', () => {
  it('has the results of its needs, and of them alone', () => {
    const { store } = open();
    const [a, b] = [jobOf('a'), jobOf('b', ['a'])];
    store.addJob(a);
    expect(() => contextOf(store, b, new Map([['a', a]]), engine)).toThrow('job a has no result, and b needs it');
    store.saveResult(a, { result: { x: 1 }, records: { count: 0, sha256: '' }, arrays: null });
    const context = contextOf(store, b, new Map([['a', a]]), engine);
    expect([...context.results]).toEqual([['a', { x: 1 }]]);
    expect([context.records('a'), context.arrays('a'), context.input]).toEqual([[], {}, null]);
    expect(() => context.records('c')).toThrow('job b does not need c');
    expect(() => context.arrays('c')).toThrow('job b does not need c');
    expect(() => context.resource('x')).toThrow('the campaign has no resource x');
  });
});

describe('work on a claimed job', () => {
  const job = jobOf('a');
  function start(work: Partial<Work>, wrap?: (disk: Disk) => Disk, prepare: (disk: Disk) => void = () => {}) {
    const { disk, store } = open(wrap);
    store.addJob(job);
    prepare(disk);
    const claim = makeClaim('/c/jobs/a', { number: 2, from: 0 }, disk);
    if (claim === undefined) throw new Error('no claim');
    const task = kindOf([job], () => work).tasks.get('one') as Task;
    return { disk, store, begin: () => openWork(store, job, claim, task, contextOf(store, job, new Map(), engine)) };
  }
  const log = (...xs: number[]) => Buffer.concat(xs.map((x, k) => formatRecord(k, { x })));

  it('goes wrong where two logs of its predecessors contradict each other', () => {
    const { begin } = start({}, undefined, (disk) => {
      writeAtomic('/c/jobs/a/records-0.log', log(1, 2), disk);
      writeAtomic('/c/jobs/a/records-1.log', log(1, 3), disk);
    });
    expect(begin).toThrow(/records-1\.log:2: record 1 differs/);
  });

  it('does without a log or checkpoint that goes away meanwhile', () => {
    let names = ['records-1.log', 'checkpoint-1-0.bin'];
    const { begin } = start({}, (disk) => ({
      ...disk,
      list: (path) => [...disk.list(path), ...names.splice(0)],
    }));
    names = ['records-1.log', 'checkpoint-1-0.bin'];
    const work = begin();
    expect([work.messages, work.slices, work.slice()]).toEqual([[], 0, 'done']);
  });

  it('must make all the records again that were there', () => {
    const { begin, store } = start({ takeRecords: () => [{ x: 1 }] }, undefined, (disk) =>
      writeAtomic('/c/jobs/a/records-1.log', log(1, 2, 3), disk),
    );
    const work = begin();
    expect(() => work.slice()).toThrow(/records-2\.log: ended after 1 records; 3 were there/);
    expect(store.result(job)).toBeUndefined();
  });

  it('keeps the log where a network file system shows no new names yet', () => {
    const { begin, store } = start(
      { takeRecords: () => [{ x: 1 }] },
      (disk) => ({ ...disk, stat: (path) => (/records-2\.log$/.test(path) ? undefined : disk.stat(path)) }),
      (disk) => writeAtomic('/c/jobs/a/records-1.log', log(1), disk),
    );
    expect(begin().slice()).toBe('done');
    expect(store.result(job)?.records.count).toBe(1);
  });

  it('is closed where its task cannot begin', () => {
    let descriptors = 0;
    const { disk, store } = open((inner) => ({
      ...inner,
      open: (path, flags) => {
        descriptors++;
        return inner.open(path, flags);
      },
      close: (descriptor) => {
        descriptors--;
        inner.close(descriptor);
      },
    }));
    store.addJob(job);
    const claim = makeClaim('/c/jobs/a', { number: 1, from: 0 }, disk);
    const task: Task = {
      name: 'one',
      start() {
        throw new InputError('no');
      },
      restore: () => expect.fail('nothing to restore'),
    };
    expect(() => openWork(store, job, claim as never, task, contextOf(store, job, new Map(), engine))).toThrow('no');
    expect(descriptors).toBe(0);
  });

  it('cannot end where the log cannot take its name', () => {
    const { begin } = start({}, (disk) => ({
      ...disk,
      rename(from, to) {
        if (to.endsWith('/records.log')) throw errno('EACCES');
        disk.rename(from, to);
      },
    }));
    expect(() => begin().slice()).toThrow(new WriteError('/c/jobs/a/records.log', errno('EACCES')));
  });

  it('notices arrays that the disk did not keep', () => {
    const { begin } = start({ arrays: () => ({ x: Float64Array.of(1) }) }, (disk) => ({
      ...disk,
      readPart: (path, from, length) =>
        path.endsWith('arrays.bin')
          ? disk.readPart(path, from, length).map((byte) => byte ^ 1)
          : disk.readPart(path, from, length),
    }));
    expect(() => begin().slice()).toThrow(/arrays\.bin: cannot be written: it does not hold what was written/);
  });
});

describe('faults on purpose', () => {
  it('are those of the jobs that are named, at their middle', async () => {
    const faults = { 'count-0': 'physics', 'count-1': 'throw' } as const;
    const [bad, buggy, good] = count.plan({ ...config, jobs: 3, faults }, new Map([['count-0', null]]));
    expect([bad.input, buggy.input, good.input]).toMatchObject([{ fault: 'physics' }, { fault: 'throw' }, {}]);
    expect(good.input).not.toHaveProperty('fault');
    const task = countCampaign.tasks.get('count') as Task;
    const begin = (job: Job) => task.start({ ...contextOf(open().store, job, new Map(), engine), input: job.input });
    const work = begin(bad);
    expect(work.progress().text).toBe('mean 0.000000');
    expect([work.advance(), work.advance()]).toEqual([true, true]);
    expect(() => work.advance()).toThrow(new PhysicsError('a fault on purpose at slice 2'));
    const broken = begin(buggy);
    broken.advance();
    broken.advance();
    expect(() => broken.advance()).toThrow(new Error('a bug on purpose'));
    const whole = begin(good);
    expect([1, 2, 3, 4].map(() => whole.advance())).toEqual([true, true, true, false]);
    expect(task.cost?.(good.input, () => null)).toEqual({ evaluations: 0 });
  });
});
