/** Who may take a job: the board, claims, and the tries that count. */
import { describe, expect, it } from 'vitest';
import type { Job } from '../src/campaign/job.ts';
import { createBoard } from '../src/node/campaign-board.ts';
import { beat, createObserver, type End, holds, makeClaim, readClaims } from '../src/node/campaign-claim.ts';
import { badEnds, judge } from '../src/node/campaign-tries.ts';
import type { Disk } from '../src/node/disk.ts';
import { WriteError, writeAtomic } from '../src/node/files.ts';
import { type Owner, thisProcess } from '../src/node/lock.ts';
import { gone, jobOf, kindOf, open } from './support/count-campaign.ts';
import { errno } from './support/errno.ts';
import { memoryDisk } from './support/memory-disk.ts';

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
  it('begins at a whole number of slices, whatever its file says', () => {
    const from = (text: string) => {
      const disk = memoryDisk();
      disk.makeFolder('/j');
      writeAtomic('/j/claim.1', `{"from":${text}}`, disk);
      return readClaims('/j', ['claim.1'], disk)[0].from;
    };
    expect(['0', '7', '"3"', '9007199254740991'].map(from)).toEqual([0, 7, 3, 2 ** 53 - 1]);
    for (const text of ['31e400', '-1e999', '-1', '1.5', '1e300', '{}', '[1,2]', 'null', '"x"'])
      expect(from(text), text).toBe(0);
  });

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
