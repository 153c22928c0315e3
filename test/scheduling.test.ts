/** Claims, tries and ends of jobs in the rare orders that no whole campaign comes to by itself. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CountConfig, countCampaign } from '../src/campaign/count.ts';
import { differences } from '../src/campaign/differences.ts';
import type { CampaignKind, Job, JobProgress, Task, Work } from '../src/campaign/job.ts';
import type { Json } from '../src/data/atoms.ts';
import { InputError, PhysicsError } from '../src/data/errors.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createBoard } from '../src/node/campaign-board.ts';
import { beat, createObserver, type End, endClaim, holds, makeClaim, readClaims } from '../src/node/campaign-claim.ts';
import { createCampaign } from '../src/node/campaign-create.ts';
import { type Drive, driveJob, type Outcome } from '../src/node/campaign-drive.ts';
import { type Executor, type ExecutorJob, hereExecutor } from '../src/node/campaign-executor.ts';
import { formatRecord } from '../src/node/campaign-log.ts';
import { type CampaignOptions, runCampaign } from '../src/node/campaign-run.ts';
import { openStore, type Store } from '../src/node/campaign-store.ts';
import { threadExecutor } from '../src/node/campaign-threads.ts';
import { badEnds, judge } from '../src/node/campaign-tries.ts';
import { contextOf, openWork, slicesOf } from '../src/node/campaign-work.ts';
import type { Disk } from '../src/node/disk.ts';
import { codeOf, WriteError, writeAtomic } from '../src/node/files.ts';
import { type Owner, thisProcess } from '../src/node/lock.ts';
import { createBreather, createTimer, plain, provenance } from '../src/node/run.ts';
import { memoryDisk } from './support/memory-disk.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
const root = mkdtempSync(join(tmpdir(), 'frenkel-scheduling-'));
afterAll(() => rmSync(root, { recursive: true }));

const errno = (code: string) => Object.assign(new Error(code), { code });
const config: CountConfig = { campaign: 'count', jobs: 2, slices: 4, numbers: 3, seed: 7, faults: {} };
const gone: Owner = { ...thisProcess(), pid: 2 ** 22 + 1, start: '1' };
const count = countCampaign as CampaignKind;

function open(wrap: (disk: Disk) => Disk = (disk) => disk, kind: CampaignKind = count) {
  const disk = memoryDisk();
  const record = createCampaign('/c', { kind: kind.name, config, resources: {}, source: '' }, { disk });
  const store = openStore('/c', record, { disk: wrap(disk) });
  return { disk, store };
}

/** A kind whose only jobs are these, all of one task. */
function kindOf(jobs: Job[], start: () => Partial<Work>): CampaignKind {
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
const jobOf = (id: string, needs: string[] = []): Job => ({ id, task: 'one', input: null, needs });

const run = (store: Store, kind = count, options: Partial<CampaignOptions> = {}) =>
  runCampaign(store, kind, {
    workers: 1,
    executor: hereExecutor(engine),
    checkpointSeconds: 0,
    poll: 0.001,
    backoff: 0,
    ...options,
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
  const failing = (error: unknown): CampaignKind =>
    kindOf([first], () => ({
      advance() {
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
    for (const error of [new InputError('no such file'), errno('ENOENT')]) {
      const { drive, claim, disk } = begin({ kind: failing(error), job: asOne });
      endClaim(claim, 'lost', '', disk);
      expect(end(drive)).toEqual({ how: 'lost' });
    }
    // of physics it is certain all the same
    const { drive, claim, disk } = begin({ kind: failing(new PhysicsError('it melted')), job: asOne });
    endClaim(claim, 'lost', '', disk);
    expect(end(drive)).toEqual({ how: 'physics', message: 'it melted' });
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

describe('a board', () => {
  it('refuses a plan with two jobs of one name, and knows no others', () => {
    const { store } = open();
    expect(() =>
      createBoard(
        store,
        kindOf([jobOf('a'), jobOf('a')], () => ({})),
      ).refresh(),
    ).toThrow('the plan has two jobs of one name');
    const board = createBoard(
      store,
      kindOf([jobOf('a')], () => ({})),
    );
    board.refresh({ of: ['a', 'nobody'] });
    expect(board.job('a')).toEqual(jobOf('a'));
    expect(() => board.job('nobody')).toThrow('no job nobody is planned');
    // nothing was written
    expect(store.names('a')).toEqual([]);
  });

  it('tells what waits from what a failure keeps from ever beginning', () => {
    const { store } = open();
    const jobs = [
      jobOf('a'),
      jobOf('b'),
      jobOf('c', ['a']),
      jobOf('d', ['c']),
      jobOf('e', ['b']),
      jobOf('f', ['e', 'c']),
    ];
    const board = createBoard(
      store,
      kindOf(jobs, () => ({})),
    );
    board.refresh({ write: true });
    const ids = (of: Job[]) => of.map(({ id }) => id);
    const parts = () => {
      const { waiting, blocked } = board.waiting();
      return [ids(board.open()), ids(waiting), ids(blocked)];
    };
    expect(parts()).toEqual([['a', 'b'], ['c', 'd', 'e', 'f'], []]);
    store.saveFailure('a', { kind: 'physics', message: '', tries: 1 });
    board.refresh();
    expect(parts()).toEqual([['b'], ['e'], ['c', 'd', 'f']]);
    store.saveResult(jobs[1], { result: 1, records: { count: 0, sha256: '' }, arrays: null });
    board.refresh({ of: ['b'] });
    expect(parts()).toEqual([['e'], [], ['c', 'd', 'f']]);
    // a result counts more than a failure
    store.saveResult(jobs[0], { result: 1, records: { count: 0, sha256: '' }, arrays: null });
    board.refresh();
    expect([parts(), board.failed.size, [...board.results.keys()].sort()]).toEqual([
      [['c', 'e'], ['d', 'f'], []],
      0,
      ['a', 'b'],
    ]);
  });
});

describe('a claim', () => {
  const owner = (extra: Partial<Owner>): Owner => ({ ...thisProcess(), host: 'elsewhere', ...extra });

  it('is read whatever its file has become; a disk that refuses is an error', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    for (const [name, text] of [
      ['claim.1', '{'],
      ['claim.2', 'null'],
      ['claim.2.end', '{"message":7}'],
      ['claim.10', '{"owner":{"pid":0,"host":"a","boot":"","start":""},"from":"3"}'],
      ['claim.9', '{"owner":{"pid":5,"host":"a","boot":"","start":7},"from":"x"}'],
      ['claim.9.end', '{"how":"hang"}'],
      ['claim.x', ''],
    ])
      writeAtomic(`/j/${name}`, text, disk);
    const bare = { owner: undefined, from: 0 };
    expect(readClaims('/j', [...disk.list('/j'), 'claim.11'], disk)).toEqual([
      { number: 1, ...bare },
      { number: 2, ...bare, end: { how: 'lost', message: '7' } },
      { number: 9, ...bare, end: { how: 'hang', message: '' } },
      { number: 10, ...bare, from: 3 },
      { number: 11, ...bare },
    ]);
    const broken: Disk = {
      ...disk,
      readFile() {
        throw errno('EIO');
      },
    };
    expect(() => readClaims('/j', ['claim.1'], broken)).toThrow('EIO');
  });

  it('keeps its owner', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    makeClaim('/j', { number: 3, from: 12, owner: gone }, disk);
    expect(readClaims('/j', disk.list('/j'), disk)).toEqual([{ number: 3, owner: gone, from: 12 }]);
  });

  it('of nobody knows is gone after the lease; one that vanished says nothing', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    let now = 0;
    const observer = createObserver(10, { disk, now: () => now });
    const claim = { number: 1, owner: undefined, from: 0 };
    expect(observer.gone('/j', claim)).toBeUndefined();
    makeClaim('/j', { number: 1, from: 0 }, disk);
    expect(observer.gone('/j', claim)).toBeUndefined();
    now = 10_000;
    expect(observer.gone('/j', claim)).toBeUndefined();
    now = 10_001;
    expect(observer.gone('/j', claim)).toBe('no sign of life from process ? on ? for 10 s');
    // the same host, alive
    expect(createObserver(10, { disk }).gone('/j', { ...claim, owner: thisProcess() })).toBeUndefined();
    expect(createObserver(10, { disk }).gone('/j', { ...claim, owner: owner({}) })).toBeUndefined();
  });

  it('is held until it is ended, removed or followed', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    const claim = makeClaim('/j', { number: 4, from: 0 }, disk);
    if (claim === undefined) throw new Error('no claim');
    expect([holds(claim, disk), beat(claim, disk)]).toEqual([true, true]);
    makeClaim('/j', { number: 5, from: 0 }, disk);
    expect([holds(claim, disk), beat(claim, disk)]).toEqual([false, false]);
    disk.remove('/j/claim.5');
    expect(holds(claim, disk)).toBe(true);
    disk.remove('/j/claim.4');
    expect(holds(claim, disk)).toBe(false);
  });

  it('cannot be kept alive where it vanishes or the disk refuses', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    const claim = makeClaim('/j', { number: 1, from: 0 }, disk);
    if (claim === undefined) throw new Error('no claim');
    const touching = (code: string): Disk => ({
      ...disk,
      touch() {
        throw errno(code);
      },
    });
    expect(beat(claim, touching('ENOENT'))).toBe(false);
    expect(() => beat(claim, touching('EROFS'))).toThrow(new WriteError('/j/claim.1', errno('EROFS')));
  });

  it('counts as a try until there was progress or a pardon', () => {
    const ends = (...hows: (string | undefined)[]) =>
      badEnds(
        hows.map((how, i) => ({
          number: i + 1,
          owner: undefined,
          from: 0,
          ...(how && { end: { how, message: '' } }),
        })) as never,
        0,
      ).map(({ number }) => number);
    expect(ends('crash', 'paused', 'hang', undefined)).toEqual([3, 1]);
    expect(ends('crash', 'pardon', 'error')).toEqual([3]);
    expect(ends()).toEqual([]);
    // the last one that was seen to go wrong tells why; of 30 that vanished none did
    const three = ['crash', 'error', 'hang', 'lost'].map((how, i) => ({
      number: i + 1,
      owner: undefined,
      from: 0,
      end: { how: how as End, message: `${how} ${i}` },
    }));
    expect(judge(three, 0)).toEqual({ kind: 'hang', message: 'hang 2', tries: 4 });
    expect(judge(three.slice(0, 2), 0)).toBeUndefined();
  });
});

/** An executor that the test plays: jobs end when it says so. */
function byHand() {
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
const until = async (what: () => boolean) => {
  for (const begin = performance.now(); !what(); ) {
    if (performance.now() - begin > 60_000) throw new Error('it never came');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};

describe('a process at work', () => {
  it('gives jobs what was asked for, by default checkpoints every 30 s', async () => {
    const { store } = open();
    const { begun, executor } = byHand();
    let stop = false;
    const end = runCampaign(store, count, { workers: 5, executor, stopping: () => stop });
    await until(() => begun.length === 1);
    expect(begun[0]).toMatchObject({ checkpointSeconds: 30, claim: { number: 1 }, job: { id: 'count-0' } });
    stop = true;
    expect(await end).toMatchObject({ status: 'paused', finished: 0, planned: 1 });
    expect(begun[0].paused).toBe(true);
    const claims = readClaims('/c/jobs/count-0', store.names('count-0'), store.disk);
    expect(claims).toMatchObject([{ number: 1, end: { how: 'paused', message: '' } }]);
    // what comes late from a job that has ended is not its progress
    begun[0].onProgress({ done: 1, total: 2, text: '' });
  });

  it('shows how far its jobs are and how far they were', async () => {
    const { store } = open();
    const { begun, executor } = byHand();
    let seen: Json = null;
    let stop = false;
    const said: string[] = [];
    const end = run(store, count, {
      executor,
      stopping: () => stop,
      onMessage: (message) => said.push(message),
      onProgress: (snapshot) => {
        const [mine] = snapshot.running;
        seen = mine === undefined ? null : ({ ...mine.progress, from: mine.from } as unknown as Json);
      },
    });
    await until(() => JSON.stringify(seen) === '{"done":0,"total":0,"text":"starting","from":0}');
    begun[0].onProgress({ done: 2, total: 4, text: 'two' });
    begun[0].onProgress({ done: 3, total: 4, text: 'three' });
    begun[0].onMessage('a sentence');
    await until(() => JSON.stringify(seen) === '{"done":3,"total":4,"text":"three","from":2}');
    stop = true;
    await end;
    expect(said).toEqual(['a sentence']);
  });

  it('leaves jobs that had their tries, and tries them again when asked to', async () => {
    const { store, disk } = open();
    createBoard(store, count).refresh({ write: true });
    const folder = '/c/jobs/count-0';
    for (const number of [1, 2, 3]) {
      const claim = makeClaim(folder, { number, from: 0, owner: gone }, disk);
      if (claim) endClaim(claim, 'crash', `crash ${number}`, disk);
    }
    const said: string[] = [];
    const onMessage = (message: string) => said.push(message);
    const end = await run(store, count, { onMessage, executor: () => expect.fail('no more tries') });
    expect(end).toMatchObject({ status: 'complete', finished: 0, planned: 1 });
    expect([...end.failed]).toEqual([['count-0', { kind: 'crash', message: 'crash 3', tries: 3 }]]);
    expect(said).toEqual(['count-0: failed: crash 3']);
    expect(store.failure('count-0')).toEqual({ kind: 'crash', message: 'crash 3', tries: 3 });
    const again = await run(store, count, { retry: true });
    expect(again).toMatchObject({ status: 'complete', finished: 3 });
    expect(again.failed.size).toBe(0);
    expect(store.failure('count-0')).toBeUndefined();
  });

  it('tries a failed job again though another process has just claimed it', async () => {
    const { store, disk } = open();
    createBoard(store, count).refresh({ write: true });
    store.saveFailure('count-0', { kind: 'physics', message: 'on purpose', tries: 1 });
    let raced = false;
    const rival: Disk = {
      ...disk,
      link(from, to) {
        if (!raced && to.endsWith('claim.1')) {
          raced = true;
          makeClaim('/c/jobs/count-0', { number: 1, from: 0, owner: gone }, disk);
        }
        disk.link(from, to);
      },
    };
    const end = await run(openStore('/c', store.record, { disk: rival }), count, { retry: true });
    expect(end).toMatchObject({ status: 'complete', finished: 3 });
    expect(raced).toBe(true);
  });

  it('pardons a job without claims, and one whose last claim never ended', async () => {
    const { store, disk } = open();
    createBoard(store, count).refresh({ write: true });
    store.saveFailure('count-0', { kind: 'physics', message: 'on purpose', tries: 1 });
    expect(await run(store, count, { retry: true })).toMatchObject({ status: 'complete', finished: 3 });
    const other = open();
    createBoard(other.store, count).refresh({ write: true });
    makeClaim('/c/jobs/count-0', { number: 1, from: 0, owner: gone }, other.disk);
    other.store.saveFailure('count-0', { kind: 'physics', message: 'on purpose', tries: 1 });
    expect(await run(other.store, count, { retry: true })).toMatchObject({ status: 'complete', finished: 3 });
    expect(disk.list('/c/jobs/count-0')).not.toContain('failed.json');
  });

  it('waits before it tries again, longer after every try', async () => {
    const { store } = open();
    const { begun, executor } = byHand();
    const said: string[] = [];
    const times: number[] = [];
    const end = run(store, count, { executor, backoff: 0.05, onMessage: (message) => said.push(message) });
    for (let k = 0; k < 3; k++) {
      await until(() => begun.length > k);
      times.push(performance.now());
      begun[k].end({ how: 'crash', message: `crash ${k}` });
    }
    expect((await end).failed.get('count-0')).toEqual({ kind: 'crash', message: 'crash 2', tries: 3 });
    expect(said).toEqual([
      'count-0: crash 0; it is tried again',
      'count-0: crash 1; it is tried again',
      'count-0: failed: crash 2',
    ]);
    // 50 ms, then 100 ms
    expect(times[1] - times[0]).toBeGreaterThan(45);
    expect(times[2] - times[1]).toBeGreaterThan(95);
  });

  it('leaves a job to who was faster, and to who has just finished it', async () => {
    for (const what of ['result', 'failure', 'claim'] as const) {
      const { store, disk } = open();
      createBoard(store, count).refresh({ write: true });
      const job: Job = createBoard(store, count).jobs[0] ?? {
        id: 'count-0',
        task: 'count',
        input: { seed: 7, slices: 4, numbers: 3 },
        needs: [],
      };
      // between our look at the job and our claim
      let once = true;
      const rival: Disk = {
        ...disk,
        link(from, to) {
          if (once && to.endsWith('claim.1')) {
            once = false;
            if (what === 'result')
              store.saveResult(job, { result: { sum: 1 }, records: { count: 0, sha256: '' }, arrays: null });
            if (what === 'failure') store.saveFailure('count-0', { kind: 'physics', message: 'melted', tries: 1 });
            if (what === 'claim') makeClaim('/c/jobs/count-0', { number: 1, from: 0, owner: thisProcess() }, disk);
          }
          disk.link(from, to);
        },
      };
      const elsewhere: number[] = [];
      const end = await run(openStore('/c', store.record, { disk: rival }), count, {
        executor: (job) => {
          if (job.job.id === 'count-0') throw new Error('it was not ours');
          return { done: Promise.resolve({ how: 'paused' as const }), pause() {}, kill() {} };
        },
        idle: what === 'claim' ? 0.01 : undefined,
        stopping: () => !once && what === 'result',
        onProgress: (snapshot) => elsewhere.push(snapshot.elsewhere),
      });
      const names = disk.list('/c/jobs/count-0').sort();
      if (what === 'result') expect([end.status, names]).toEqual(['paused', ['job.json', 'result.json']]);
      if (what === 'failure') {
        expect(end).toMatchObject({ status: 'complete', finished: 0 });
        expect(names).toEqual(['claim.1', 'claim.1.end', 'failed.json', 'job.json']);
      }
      if (what === 'claim') {
        expect(end.status).toBe('idle');
        expect(Math.max(...elsewhere)).toBe(1);
      }
    }
  });

  it('takes over what a dead process had, and says so', async () => {
    const { store, disk } = open();
    createBoard(store, count).refresh({ write: true });
    makeClaim('/c/jobs/count-0', { number: 1, from: 0, owner: gone }, disk);
    const said: string[] = [];
    const end = await run(store, count, { onMessage: (message) => said.push(message) });
    expect(end.status).toBe('complete');
    expect(said).toEqual([`count-0: taken over: process ${gone.pid} on ${hostname()} is gone`]);
  });

  it('stops a job whose claim another process ended', async () => {
    const { store, disk } = open();
    const { begun, executor } = byHand();
    const end = run(store, count, { executor, beat: 0.005, idle: 0.02 });
    await until(() => begun.length === 1);
    await until(() => disk.list('/c/jobs/count-0').includes('owner.json'));
    expect(JSON.parse(new TextDecoder().decode(disk.readFile('/c/jobs/count-0/owner.json')))).toMatchObject({
      host: hostname(),
      pid: process.pid,
      text: 'starting',
    });
    endClaim(begun[0].claim, 'lost', 'asleep', disk);
    makeClaim('/c/jobs/count-0', { number: 2, from: 0, owner: thisProcess() }, disk);
    expect((await end).status).toBe('idle');
    expect(begun[0].killed).toEqual({ how: 'lost' });
  });

  it('lives on where its signs of life cannot be written', async () => {
    let beats = 0;
    const { store } = open((disk) => ({
      ...disk,
      touch() {
        beats++;
        throw errno('ENOSPC');
      },
    }));
    const { begun, executor } = byHand();
    let stop = false;
    const end = run(store, count, { executor, beat: 0.002, stopping: () => stop });
    await until(() => beats > 3);
    expect(begun[0].killed).toBeUndefined();
    stop = true;
    expect((await end).status).toBe('paused');
  });

  it('stops in order where a job found the disk full, and its jobs with it', async () => {
    const { store } = open();
    const two = kindOf([jobOf('a'), jobOf('b')], () => ({}));
    const { begun, executor } = byHand();
    const end = run(store, two, { workers: 2, executor });
    await until(() => begun.length === 2);
    begun[0].end({ how: 'disk', message: '/c/x: the disk is full' });
    expect(await end).toMatchObject({ status: 'disk', message: '/c/x: the disk is full', finished: 0 });
    expect(begun[1].paused).toBe(true);
    for (const id of ['a', 'b'])
      expect(readClaims(`/c/jobs/${id}`, store.names(id), store.disk)).toMatchObject([{ end: { how: 'paused' } }]);
  });

  it('stops in order where the end of a job cannot be written', async () => {
    let full = false;
    const { store } = open((disk) => ({
      ...disk,
      open(path, flags) {
        if (full && flags !== 'r') throw errno('ENOSPC');
        return disk.open(path, flags);
      },
    }));
    const { begun, executor } = byHand();
    const end = run(store, count, { executor });
    await until(() => begun.length === 1);
    full = true;
    begun[0].end({ how: 'physics', message: 'it melted' });
    expect(await end).toMatchObject({ status: 'disk', message: expect.stringContaining('the disk is full') });
    full = false;
    expect(store.failure('count-0')).toBeUndefined();
  });

  it('hands bugs on, whatever was thrown', async () => {
    const { store } = open();
    let planned = 0;
    const broken: CampaignKind = {
      ...count,
      plan: (...args) => {
        if (planned++ > 1) throw 'a bare text';
        return count.plan(...args);
      },
    };
    await expect(run(store, broken)).rejects.toBe('a bare text');
  });

  it('kills what runs where it breaks down itself', async () => {
    const { store } = open();
    const { begun, executor } = byHand();
    const end = run(store, count, {
      executor,
      onProgress() {
        throw new Error('the terminal is gone');
      },
    });
    await expect(end).rejects.toThrow('the terminal is gone');
    expect(begun.map(({ killed }) => killed)).toEqual([{ how: 'lost' }]);
  });

  it('removes what a process left that was killed while it tidied up', async () => {
    const { store, disk } = open();
    await run(store);
    writeAtomic('/c/jobs/count-0/checkpoint-1-0.bin', 'x', disk);
    writeAtomic('/c/jobs/count-0/owner.json', '{}', disk);
    await run(store);
    expect(disk.list('/c/jobs/count-0').sort()).toEqual([
      'arrays.bin',
      'job.json',
      'records.log',
      'result.json',
      'timing.json',
    ]);
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

describe('jobs between the events of this thread', () => {
  it('can be stopped at once', async () => {
    const { store } = open();
    const job = createBoardJob(store);
    const claim = makeClaim('/c/jobs/count-0', { number: 1, from: 0 }, store.disk);
    if (claim === undefined) throw new Error('no claim');
    const said: JobProgress[] = [];
    const running = hereExecutor(engine)({
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

describe('what drivers share', () => {
  it('a timer rings every so many seconds, a breath is taken every 20 ms', () => {
    let now = 5;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const [timer, always, breathe] = [createTimer(2), createTimer(0), createBreather()];
    const at = (time: number) => {
      now = time;
      return [timer(), always(), breathe() !== undefined];
    };
    expect(at(5)).toEqual([false, true, false]);
    expect(at(24.9)).toEqual([false, true, false]);
    expect(at(25)).toEqual([false, true, true]);
    expect(at(30)).toEqual([false, true, false]);
    expect(at(2004)).toEqual([false, true, true]);
    expect(at(2005)).toEqual([true, true, false]);
    expect(at(2006)).toEqual([false, true, false]);
    expect(at(4004)).toEqual([false, true, true]);
    expect(at(4005)).toEqual([true, true, false]);
    vi.restoreAllMocks();
  });

  it('potentials without a name go by their kernel', () => {
    const potential = { kernel: 'lj', cutoff: 1, species: [18], params: Float64Array.of(1), reference: 'x' };
    const named = provenance({ ...potential, name: 'Ar' } as never).potential as { name: string; sha256: string };
    const bare = provenance(potential as never).potential as { name: string; sha256: string };
    expect([named.name, bare.name]).toEqual(['Ar', 'lj']);
    expect(named.sha256).not.toBe(bare.sha256);
  });

  it('options are JSON, whole numbers of any size among them', () => {
    expect(plain({ seed: 2n ** 64n, steps: 3, nothing: undefined })).toEqual({
      seed: '18446744073709551616',
      steps: 3,
    });
  });
});

it('differences are told as sentences, a few of them', () => {
  const before = { a: { b: [1, { c: 2 }], long: 'x'.repeat(100) }, n: null, gone: 1 };
  const after = { a: { b: [1, { c: 3 }], long: 'x' }, n: {}, more: [1] };
  expect(differences(before, after)).toEqual([
    'a.b.1.c: 2 became 3',
    `a.long: "${'x'.repeat(56)}… became "x"`,
    'n: null became {}',
    'gone: 1 became nothing',
    'more: nothing became [1]',
  ]);
  expect(differences(before, after, 2)).toHaveLength(2);
  expect(differences({ a: [1, 2] }, { a: [1] })).toEqual(['a: [1,2] became [1]']);
  expect(differences({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  expect(codeOf(undefined)).toBe('');
});
