import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CountConfig, countCampaign } from '../src/campaign/count.ts';
import type { CampaignKind, Job, Task } from '../src/campaign/job.ts';
import { InputError } from '../src/data/errors.ts';
import { fillUniform, uniform } from '../src/data/rng.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createBoard } from '../src/node/campaign-board.ts';
import {
  beat,
  type ClaimRecord,
  createObserver,
  endClaim,
  holds,
  makeClaim,
  readClaims,
} from '../src/node/campaign-claim.ts';
import { createCampaign, readCampaign } from '../src/node/campaign-create.ts';
import { driveJob } from '../src/node/campaign-drive.ts';
import { hereExecutor } from '../src/node/campaign-executor.ts';
import { formatRecord, mergeLog, recordOf } from '../src/node/campaign-log.ts';
import { type CampaignOptions, runCampaign, type Snapshot } from '../src/node/campaign-run.ts';
import { openStore, type Store } from '../src/node/campaign-store.ts';
import { threadExecutor } from '../src/node/campaign-threads.ts';
import { judge } from '../src/node/campaign-tries.ts';
import { contextOf, openWork } from '../src/node/campaign-work.ts';
import { type Disk, nodeDisk } from '../src/node/disk.ts';
import { createFile } from '../src/node/exclusive.ts';
import { type Owner, thisProcess } from '../src/node/lock.ts';
import { memoryDisk } from './support/memory-disk.ts';

let engine: Engine;
const root = mkdtempSync(join(tmpdir(), 'frenkel-campaign-'));
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

const config: CountConfig = { campaign: 'count', jobs: 2, slices: 6, numbers: 5, seed: 7, faults: {} };
const gone: Owner = { ...thisProcess(), pid: 2 ** 22 + 1, start: '1' };

function openCount(disk: Disk, extra: Partial<CountConfig> = {}, messages: string[] = []): Store {
  const folder = disk === nodeDisk ? join(root, String(folders++)) : '/c';
  const campaign = { kind: 'count', config: { ...config, ...extra }, resources: {}, source: '' };
  const record = createCampaign(folder, campaign, { disk, kernelHash: 'k' });
  return openStore(folder, record, { disk, onMessage: (message) => messages.push(message) });
}

const work = (
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

const totalOf = (store: Store) => {
  const board = createBoard(store, countCampaign as CampaignKind);
  board.refresh();
  return board.results.get('total');
};

/** What the whole campaign adds up to, written separately. */
function expected({ jobs, slices, numbers, seed }: CountConfig): number {
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

describe('a campaign', () => {
  it('runs what the plan asks for, with results, arrays and records of the needs', async () => {
    const store = openCount(nodeDisk);
    const end = await work(store);
    expect(end).toMatchObject({ status: 'complete', planned: 3, finished: 3, blocked: [] });
    const total = expected(config);
    expect(totalOf(store)).toEqual({ total, arrays: total, records: total });
    const again = await work(store, { executor: () => expect.fail('nothing is left to do') });
    expect(again.finished).toBe(3);
  });

  it('is shared by several at once', async () => {
    const store = openCount(nodeDisk, { jobs: 6 });
    const ends = await Promise.all([1, 2, 3].map(() => work(store)));
    for (const end of ends) expect(end).toMatchObject({ status: 'complete', finished: 7 });
    expect(totalOf(store)).toMatchObject({ total: expected({ ...config, jobs: 6 }) });
  });

  it('pauses and goes on, however often', async () => {
    const store = openCount(memoryDisk());
    for (let round = 0; ; round++) {
      let slices = 0;
      // told of a job before its first slice, too
      const onProgress = ({ running }: Snapshot) => {
        slices += running.filter(({ progress }) => progress.total > 0).length;
      };
      const end = await work(store, { workers: 1, stopping: () => slices > 0, onProgress });
      if (end.status === 'complete') break;
      expect(round).toBeLessThan(100);
    }
    expect(totalOf(store)).toMatchObject({ total: expected(config) });
  });

  it('waits for a directory that cannot be read for a while, and stops in order where it stays so', async () => {
    const disk = memoryDisk();
    let broken = 0;
    const flaky: Disk = {
      ...disk,
      list(path) {
        if (broken-- > 0) throw Object.assign(new Error('ESTALE'), { code: 'ESTALE' });
        return disk.list(path);
      },
    };
    const store = openCount(flaky);
    const said: string[] = [];
    broken = 5;
    const first = await work(store, { onMessage: (message) => said.push(message) });
    expect([first.status, said]).toEqual(['complete', ['ESTALE; trying again']]);
    const again = openCount(Object.assign(flaky, memoryDisk(), { list: flaky.list }));
    broken = Number.POSITIVE_INFINITY;
    expect(await work(again)).toMatchObject({ status: 'disk', message: 'ESTALE' });
  });

  it('keeps the plan honest: a job that changes is refused', async () => {
    const store = openCount(memoryDisk());
    store.addJob({ id: 'count-0', task: 'count', input: { seed: 99 }, needs: [] });
    await expect(work(store)).rejects.toThrow('/c/jobs/count-0/job.json: differs from what this version');
  });

  it('is one configuration and one version of the kernels', () => {
    const disk = memoryDisk();
    openCount(disk);
    expect(() => openCount(disk, { jobs: 3 })).toThrow('/c: holds another campaign (jobs: 2 became 3)');
    const campaign = { kind: 'count', config, resources: { a: 1 }, source: '' };
    expect(() => createCampaign('/c', campaign, { disk, kernelHash: 'k' })).toThrow(
      /resources\.a: nothing became "[0-9a-f]/,
    );
    const same = { ...campaign, resources: {} };
    expect(() => createCampaign('/c', same, { disk, kernelHash: 'other' })).toThrow('another version of the kernels');
    createFile('/c/x', 'x', disk);
    disk.remove('/c/campaign.json');
    createFile('/c/campaign.json', '{"schema":"frenkel campaign 1"}', disk);
    expect(() => readCampaign('/c', disk)).toThrow('/c/campaign.json: is no record of a campaign');
  });
});

/** A count job with its first slices done by an owner that then vanished. */
function abandoned(slices: number) {
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

function createBoardJob(store: Store): Job {
  const board = createBoard(store, countCampaign as CampaignKind);
  board.refresh({ write: true });
  return board.job('count-0');
}

function change(disk: Disk, path: string, edit: (bytes: Uint8Array) => Uint8Array): void {
  const bytes = edit(disk.readFile(path));
  disk.remove(path);
  const descriptor = disk.open(path, 'wx');
  disk.write(descriptor, bytes);
  disk.close(descriptor);
}

describe('damage', () => {
  it('of the newest checkpoint falls back to the one before, anywhere in the file', async () => {
    const size = abandoned(3).disk.readFile('/c/jobs/count-0/checkpoint-1-0.bin').length;
    for (let at = 0; at < size; at += 7) {
      const { disk, store } = abandoned(3);
      const said: string[] = [];
      change(disk, '/c/jobs/count-0/checkpoint-1-0.bin', (bytes) => bytes.with(at, bytes[at] ^ (1 << (at % 8))));
      await work(store, { onMessage: (message) => said.push(message) });
      expect(said.join('\n'), String(at)).toMatch(/checkpoint-1-0\.bin: is .*\ncount-0 goes on from slice 2/s);
      expect(totalOf(store), String(at)).toMatchObject({ total: expected(config) });
    }
  });

  it('of all checkpoints begins the job anew, and says so', async () => {
    const { disk, store, folder } = abandoned(3);
    const said: string[] = [];
    for (const name of ['checkpoint-1-0.bin', 'checkpoint-1-1.bin'])
      change(disk, join(folder, name), (bytes) => bytes.subarray(0, 50));
    await work(store, { onMessage: (message) => said.push(message) });
    expect(said.join('\n')).toMatch(/checkpoint-1-0\.bin: is cut off/);
    expect(said.join('\n')).toMatch(/count-0 goes on from slice 0/);
    expect(totalOf(store)).toMatchObject({ total: expected(config), records: expected(config) });
  });

  it("of another job's checkpoint is noticed", async () => {
    const { disk, store, folder, begun } = abandoned(2);
    begun.close();
    const foreign = disk.readFile(join(folder, 'checkpoint-1-1.bin'));
    disk.makeFolder('/c/jobs/count-1');
    createBoard(store, countCampaign as CampaignKind).refresh({ write: true });
    const descriptor = disk.open('/c/jobs/count-1/checkpoint-1-0.bin', 'wx');
    disk.write(descriptor, foreign);
    disk.close(descriptor);
    const said: string[] = [];
    await work(store, { onMessage: (message) => said.push(message) });
    expect(said.join('\n')).toMatch(/count-1\/checkpoint-1-0\.bin: belongs to another job/);
    expect(totalOf(store)).toMatchObject({ total: expected(config) });
  });

  it('of the log, torn or flipped anywhere, loses nothing that cannot be computed again', async () => {
    const size = abandoned(3).disk.readFile('/c/jobs/count-0/records-1.log').length;
    for (let at = 0; at < size; at += 5) {
      for (const edit of [
        (bytes: Uint8Array) => bytes.subarray(0, at),
        (bytes: Uint8Array) => bytes.with(at, bytes[at] ^ 1),
      ]) {
        const { disk, store } = abandoned(3);
        change(disk, '/c/jobs/count-0/records-1.log', edit);
        await work(store);
        expect(totalOf(store), String(at)).toMatchObject({ total: expected(config), records: expected(config) });
      }
    }
  });

  it('of a result makes the job open again', async () => {
    const disk = memoryDisk();
    const said: string[] = [];
    const store = openCount(disk, {}, said);
    await work(store);
    change(disk, '/c/jobs/count-1/result.json', (bytes) => bytes.with(30, bytes[30] ^ 1));
    change(disk, '/c/jobs/total/result.json', (bytes) => bytes.subarray(0, 0));
    await work(store);
    expect(said.join('\n')).toMatch(/count-1\/result\.json: is damaged; the job is done again/);
    expect(totalOf(store)).toMatchObject({ total: expected(config) });
  });

  it('of a machine: a record that comes out otherwise stops the job', async () => {
    const { disk, store, folder } = abandoned(3);
    for (const name of ['checkpoint-1-0.bin', 'checkpoint-1-1.bin']) disk.remove(join(folder, name));
    change(disk, join(folder, 'records-1.log'), () => formatRecord(0, { slice: 0, part: 1 }));
    const { failed } = await work(store);
    expect(failed.get('count-0')).toMatchObject({ kind: 'input', message: expect.stringMatching(/not reproducible/) });
  });

  it('of a task: NaN in a result is an error', async () => {
    const bad: CampaignKind = {
      ...(countCampaign as CampaignKind),
      tasks: new Map([
        ...countCampaign.tasks,
        [
          'count',
          {
            name: 'count',
            start: () => ({
              advance: () => false,
              takeRecords: () => [],
              save: () => null,
              progress: () => ({ done: 0, total: 1, text: '' }),
              result: () => Number.NaN,
            }),
            restore: () => expect.fail('no checkpoint'),
          },
        ],
      ]),
    };
    const { failed } = await work(openCount(memoryDisk()), {}, bad);
    expect(failed.get('count-0')).toEqual({ kind: 'error', message: 'NaN is not JSON', tries: 3 });
  });
});

describe('one job, one owner', () => {
  it('a late owner notices before it writes, and its successor is not disturbed', async () => {
    const { disk, store, claim, begun, folder } = abandoned(2);
    const other = createCampaignOwner(store);
    // the successor takes over, goes on for a slice, and the late one awakes
    endClaim(claim, 'lost', 'asleep', disk);
    const next = makeClaim(folder, { number: 2, from: 2, owner: gone }, disk);
    if (next === undefined) throw new Error('no claim');
    const successor = other(next);
    expect(successor.slices).toBe(2);
    expect(successor.slice()).toBe('more');
    const before = disk.files();
    expect(begun.slice()).toBe('lost');
    expect(begun.checkpoint()).toBe(false);
    expect(disk.files()).toEqual(before);
    while (successor.slice() === 'more');
    expect(begun.slice()).toBe('lost');
    await work(store);
    expect(totalOf(store)).toMatchObject({ total: expected(config), records: expected(config) });
  });

  it('even a late owner that does not notice can do no harm', async () => {
    const { disk, store, job, claim, folder } = abandoned(2);
    // three owners in turn, each sure that it is the only one: a network file system that shows them old names
    const blind = (path: string) =>
      /claim\.\d+\.end$|claim\.[234]$/.test(path) ? undefined : disk.stat(path.replace(/claim\.\d$/, 'claim.1'));
    const open = (number: number) =>
      driveJob({
        store: openStore(store.folder, store.record, {
          disk: {
            ...disk,
            stat: (path) =>
              path === join(folder, `claim.${number}`) ? disk.stat(join(folder, 'job.json')) : blind(path),
          },
        }),
        kind: countCampaign as CampaignKind,
        job,
        needs: new Map(),
        claim: { folder, number },
        engine,
        checkpointSeconds: 0,
        pausing: () => false,
      });
    const ends = [claim.number, 2, 3].map(open);
    const outcomes = new Map<number, unknown>();
    for (let turn = 0; turn < 30; turn++) {
      ends.forEach((owner, i) => {
        const { done, value } = owner.next();
        if (done && !outcomes.has(i)) outcomes.set(i, value);
      });
    }
    expect(outcomes.size).toBe(3);
    expect([...outcomes.values()]).toContainEqual({ how: 'done' });
    await work(store);
    expect(totalOf(store)).toMatchObject({ total: expected(config), records: expected(config) });
  });

  it('a claim is made once', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    const made = Array.from({ length: 20 }, () => makeClaim('/j', { number: 1, from: 0 }, disk));
    expect(made.filter((claim) => claim !== undefined)).toHaveLength(1);
    const [claim] = made;
    if (claim === undefined) throw new Error('the first one');
    expect(holds(claim, disk)).toBe(true);
    expect([endClaim(claim, 'paused', '', disk), endClaim(claim, 'lost', '', disk)]).toEqual([true, false]);
    expect([holds(claim, disk), beat(claim, disk)]).toEqual([false, false]);
    expect(readClaims('/j', disk.list('/j'), disk)).toMatchObject([{ number: 1, from: 0, end: { how: 'paused' } }]);
  });

  it('works where the file system has no links, or where their answer got lost', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    const linkless: Disk = {
      ...disk,
      link: () => {
        throw Object.assign(new Error(), { code: 'EPERM' });
      },
    };
    expect([createFile('/j/a', '1', linkless), createFile('/j/a', '2', linkless)]).toEqual([true, false]);
    const forgetful: Disk = {
      ...disk,
      link(from, to) {
        disk.link(from, to);
        throw Object.assign(new Error(), { code: 'EEXIST' });
      },
    };
    expect(createFile('/j/b', '1', forgetful)).toBe(true);
    expect(Buffer.from(disk.readFile('/j/b')).toString()).toBe('1');
    expect(disk.list('/j').sort()).toEqual(['a', 'b']);
  });

  it('a claim is gone with its process, or after the lease without a sign of life', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    let now = 0;
    const observer = createObserver(120, { disk, now: () => now });
    const record = (owner: Owner): ClaimRecord => ({ number: 1, owner, from: 0 });
    makeClaim('/j', { number: 1, from: 0 }, disk);
    expect(observer.gone('/j', record(gone))).toBe(`process ${gone.pid} on ${hostname()} is gone`);
    const far = record({ ...gone, host: 'elsewhere' });
    for (now = 0; now <= 120_000; now += 10_000) expect(observer.gone('/j', far)).toBeUndefined();
    beat({ folder: '/j', number: 1 }, disk);
    for (; now <= 250_000; now += 10_000) expect(observer.gone('/j', far)).toBeUndefined();
    expect(observer.gone('/j', far)).toMatch(/no sign of life from process \d+ on elsewhere for 120 s/);
  });
});

describe('a thread', () => {
  const program = (text: string) => {
    const file = join(root, `thread-${folders++}.mjs`);
    writeFileSync(file, text);
    return file;
  };

  it.each([
    ['exits', 'process.exit(3);', /^its thread ended with code 3$/],
    ['throws', "throw new Error('no luck');", /^its thread died: no luck$/],
    [
      'runs out of memory',
      'const all = []; for (;;) all.push(new Array(1000).fill(0.5));',
      /^its thread died: .*memory/,
    ],
  ])('that %s is a try, and the third one the last', async (_, text, message) => {
    const store = openCount(nodeDisk);
    const resourceLimits = { maxOldGenerationSizeMb: 20 };
    const { status, failed } = await work(store, { executor: threadExecutor(program(text), resourceLimits) });
    expect(status).toBe('complete');
    expect(failed.get('count-0')).toEqual({ kind: 'crash', message: expect.stringMatching(message), tries: 3 });
  });

  it('that hangs is stopped', async () => {
    const store = openCount(nodeDisk);
    const { failed } = await work(store, { executor: threadExecutor(program('for (;;);')), hang: 0.05 });
    expect(failed.get('count-0')).toMatchObject({ kind: 'hang', tries: 3 });
  });
});

describe('tries', () => {
  const claim = (number: number, how: string, from = 0): ClaimRecord =>
    ({ number, owner: undefined, from, end: { how, message: `${how} ${number}` } }) as ClaimRecord;
  const judged = (...hows: string[]) =>
    judge(
      hows.map((how, i) => claim(i + 1, how)),
      0,
    );

  it('three that were seen to go wrong, thirty that vanished, without progress', () => {
    expect(judged('crash', 'error')).toBeUndefined();
    expect(judged('crash', 'paused', 'error', 'lost', 'hang')).toEqual({ kind: 'hang', message: 'hang 5', tries: 4 });
    expect(judged(...Array(29).fill('lost'))).toBeUndefined();
    expect(judged(...Array(30).fill('lost'))).toMatchObject({ kind: 'lost', tries: 30 });
    expect(judged('crash', 'crash', 'pardon', 'crash', 'crash')).toBeUndefined();
    expect(judge([claim(1, 'crash', 0), claim(2, 'crash', 4), claim(3, 'crash', 4)], 4)).toBeUndefined();
    expect(judge([claim(1, 'crash', 0), claim(2, 'crash', 0), claim(3, 'crash', 0)], 4)).toBeUndefined();
  });
});

describe('a log', () => {
  const text = (lines: Uint8Array[]) => lines.map((line) => JSON.stringify(recordOf(line)));
  const log = (...records: [number, number][]) => Buffer.concat(records.map(([k, x]) => formatRecord(k, { x })));

  it('merges by number and refuses contradictions', () => {
    const lines: Uint8Array[] = [];
    mergeLog(lines, log([0, 1], [1, 2]), 'a');
    mergeLog(lines, log([0, 1], [1, 2], [2, 3], [4, 5]), 'b');
    expect(text(lines)).toEqual(['{"x":1}', '{"x":2}', '{"x":3}']);
    expect(() => mergeLog(lines, log([0, 1], [1, 7]), 'c')).toThrow(
      new InputError(
        'record 1 differs from what was recorded before: the computation is not reproducible on this machine',
        { file: 'c', line: 2 },
      ),
    );
    expect(() => formatRecord(0, { x: Number.NaN })).toThrow('NaN is not JSON');
  });

  it('notices every flipped bit', () => {
    const bytes = formatRecord(0, { slice: 3, text: 'ü' });
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const lines: Uint8Array[] = [];
      mergeLog(lines, bytes.with(bit >> 3, bytes[bit >> 3] ^ (1 << (bit & 7))), 'a');
      // of the newline too: a line without its end is torn
      expect(lines.map(recordOf), String(bit)).toEqual([]);
    }
  });

  it('survives any bytes', () => {
    for (let k = 0; k < 300; k++) {
      const noise = Uint8Array.from({ length: 80 }, (_, i) => 256 * uniform(5n, 'trials', k, i));
      const lines: Uint8Array[] = [];
      mergeLog(lines, Buffer.concat([log([0, 1]), noise]), 'a');
      expect(lines).toHaveLength(1);
    }
  });
});

/** Opens work on count-0 for a claim. */
function createCampaignOwner(store: Store) {
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
