/** A process at work on a campaign, in the rare orders that no whole campaign comes to by itself. */
import { hostname } from 'node:os';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { CampaignKind, Job } from '../src/campaign/job.ts';
import type { Json } from '../src/data/atoms.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createBoard } from '../src/node/campaign-board.ts';
import { endClaim, makeClaim, readClaims } from '../src/node/campaign-claim.ts';
import { type CampaignOptions, runCampaign } from '../src/node/campaign-run.ts';
import { openStore, type Store } from '../src/node/campaign-store.ts';
import type { Disk } from '../src/node/disk.ts';
import { writeAtomic } from '../src/node/files.ts';
import { thisProcess } from '../src/node/lock.ts';
import { byHand, count, gone, jobOf, kindOf, open, runHere, until } from './support/count-campaign.ts';
import { errno } from './support/errno.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
const run = (store: Store, kind = count, options: Partial<CampaignOptions> = {}) =>
  runHere(store, engine, kind, options);

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
      // it waits for 60 s without a job: a minute passes as soon as it was seen to wait
      let time = 0;
      const clock = what === 'claim' ? vi.spyOn(performance, 'now').mockImplementation(() => time) : undefined;
      const end = await run(openStore('/c', store.record, { disk: rival }), count, {
        executor: (job) => {
          if (job.job.id === 'count-0') throw new Error('it was not ours');
          return { done: Promise.resolve({ how: 'paused' as const }), pause() {}, kill() {} };
        },
        idle: what === 'claim' ? 60 : undefined,
        stopping: () => !once && what === 'result',
        onProgress: (snapshot) => {
          elsewhere.push(snapshot.elsewhere);
          if (snapshot.elsewhere > 0) time += 61_000;
        },
      });
      clock?.mockRestore();
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
      'last.bin',
      'records.log',
      'result.json',
      'timing.json',
    ]);
  });
});
