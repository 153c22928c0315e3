/** What processes leave behind: drafts of those that were killed, descriptors of those that go on. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createBoard } from '../src/node/campaign-board.ts';
import { makeClaim } from '../src/node/campaign-claim.ts';
import type { Store } from '../src/node/campaign-store.ts';
import { contextOf, openWork } from '../src/node/campaign-work.ts';
import type { Disk } from '../src/node/disk.ts';
import { writeAtomic } from '../src/node/files.ts';
import { openRun } from '../src/node/run-folder.ts';
import { byHand, config, count, kindOf, open, runHere, until } from './support/count-campaign.ts';
import { memoryDisk, textIn } from './support/memory-disk.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

/** All that the plan has at first, written down. */
function createJobs(store: Store) {
  const board = createBoard(store, count);
  board.refresh({ write: true });
  return board.jobs;
}

describe('drafts of killed processes', () => {
  const drafts = ['/c/.campaign.json.7.0.tmp', '/c/report/.report.json.7.1.tmp', '/c/resources/.a.7.2.tmp'];
  const lock = '/c/.lock.7.3.tmp';

  it('go with the last job of a campaign, wherever they lie, but not those of locks', async () => {
    const { disk, store } = open();
    for (const folder of ['/c/report', '/c/resources']) disk.makeFolder(folder);
    for (const path of [...drafts, lock]) writeAtomic(path, 'half', disk);
    expect((await runHere(store, engine)).status).toBe('complete');
    const left = [...disk.files().keys()].filter((path) => path.endsWith('.tmp'));
    expect(left).toEqual([lock]);
  });

  it('stay while a campaign is not complete: they may be those of a process at work', async () => {
    const { disk, store } = open();
    disk.makeFolder('/c/report');
    for (const path of drafts.slice(0, 2)) writeAtomic(path, 'half', disk);
    expect((await runHere(store, engine, undefined, { stopping: () => true })).status).toBe('paused');
    expect([...disk.files().keys()]).toEqual(expect.arrayContaining(drafts.slice(0, 2)));
  });

  it("are told from a user's own files in the folder of a run", () => {
    const disk = memoryDisk();
    const spec = { out: '/r', command: 'md', input: {}, versions: {}, kernelHash: 'k', disk };
    openRun(spec).close();
    const own = ['.notes.tmp.txt', 'thermo.tmp', '.hidden'];
    for (const name of [...own, '.run.json.7.0.tmp']) writeAtomic(`/r/${name}`, 'x', disk);
    openRun(spec).close();
    expect(disk.list('/r').sort()).toEqual([...own, 'run.json'].sort());
  });
});

describe('files of earlier owners of a job', () => {
  it('go once the job has two checkpoints of its own, those of later ones stay', async () => {
    const { disk, store } = open();
    const [job] = createJobs(store);
    const folder = `/c/jobs/${job.id}`;
    const of = (number: number) => [
      `records-${number}.log`,
      `checkpoint-${number}-0.bin`,
      `checkpoint-${number}-1.bin`,
    ];
    for (const name of [...of(1), ...of(11)]) writeAtomic(`${folder}/${name}`, '', disk);
    const claim = makeClaim(folder, { number: 10, from: 0 }, disk);
    if (claim === undefined) throw new Error('no claim');
    const task = count.tasks.get(job.task);
    if (task === undefined) throw new Error('no task');
    const work = openWork(store, job, claim, task, contextOf(store, job, new Map(), engine));
    const left = () => of(1).filter((name) => disk.list(folder).includes(name));
    expect(left()).toEqual(of(1).slice(1));
    work.slice();
    work.checkpoint();
    expect(left()).toEqual(of(1).slice(1));
    work.slice();
    work.checkpoint();
    expect(left()).toEqual([]);
    expect(disk.list(folder)).toEqual(expect.arrayContaining([...of(10), 'claim.10', 'job.json']));
    expect(disk.list(folder)).toEqual(expect.arrayContaining(of(11)));
    while (work.slice() === 'more');
    // what a finished job, and a longer one, needs, and how long it took
    expect(disk.list(folder).sort()).toEqual(
      ['job.json', 'records.log', 'result.json', 'timing.json', 'arrays.bin', 'last.bin'].sort(),
    );
    const timing = JSON.parse(textIn(disk, `${folder}/timing.json`));
    expect(timing).toEqual({ seconds: expect.any(Number), slices: config.slices });
  });
});

describe('descriptors', () => {
  /** How many are open. */
  function counted() {
    const state = { open: 0, opened: 0 };
    const wrap = (disk: Disk): Disk => ({
      ...disk,
      open(path, flags) {
        const descriptor = disk.open(path, flags);
        state.open++;
        state.opened++;
        return descriptor;
      },
      close(descriptor) {
        disk.close(descriptor);
        state.open--;
      },
    });
    return { state, wrap };
  }

  it('are closed however the jobs of a campaign end', async () => {
    const done = counted();
    expect((await runHere(open(done.wrap).store, engine)).status).toBe('complete');
    const broken = counted();
    const kind = kindOf([{ id: 'a', task: 'one', input: null, needs: [] }], () => ({
      advance: () => {
        throw new Error('a bug');
      },
    }));
    expect((await runHere(open(broken.wrap, kind).store, engine, kind)).failed.size).toBe(1);
    const paused = counted();
    let asked = 0;
    const stopping = () => ++asked > 3;
    expect((await runHere(open(paused.wrap).store, engine, count, { stopping })).status).toBe('paused');
    for (const { state } of [done, broken, paused]) {
      expect(state.opened).toBeGreaterThan(0);
      expect(state.open).toBe(0);
    }
  });
});

it('a directory is looked at no more often than asked for while nothing ends', async () => {
  let looks = 0;
  const look = (path: string) => {
    if (path.startsWith('/c/jobs')) looks++;
    return path;
  };
  const { store } = open((disk) => ({
    ...disk,
    list: (path) => disk.list(look(path)),
    stat: (path) => disk.stat(look(path)),
    readFile: (path) => disk.readFile(look(path)),
  }));
  const { begun, executor } = byHand();
  let [stop, ticks] = [false, 0];
  const end = runHere(store, engine, count, {
    executor,
    poll: 1000,
    stopping: () => stop,
    onProgress: () => ticks++,
  });
  await until(() => begun.length === 1);
  const [early, at] = [looks, ticks];
  await until(() => ticks > at + 4);
  expect(looks).toBe(early);
  stop = true;
  expect((await end).status).toBe('paused');
}, 30_000);

it('jobs that were written down once are not looked at again', () => {
  const touched: string[] = [];
  const { store } = open((disk) => ({
    ...disk,
    stat(path) {
      touched.push(path);
      return disk.stat(path);
    },
    readFile(path) {
      touched.push(path);
      return disk.readFile(path);
    },
    open(path, flags) {
      touched.push(path);
      return disk.open(path, flags);
    },
  }));
  const board = createBoard(store, count);
  board.refresh({ write: true });
  const ofJobs = () => touched.filter((path) => /job\.json/.test(path)).length;
  const first = ofJobs();
  expect(first).toBeGreaterThan(0);
  for (let look = 0; look < 3; look++) board.refresh({ write: true });
  expect(ofJobs()).toBe(first);
});
