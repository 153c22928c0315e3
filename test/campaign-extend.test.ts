/** A campaign with longer runs that goes on from one with shorter ones: every byte of the one planned so long from the start. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { changeCampaign } from '../src/campaign/config.ts';
import type { CampaignKind } from '../src/campaign/job.ts';
import type { VacancyConfig } from '../src/campaign/vacancy/config.ts';
import { vacancyCampaign } from '../src/campaign/vacancy.ts';
import type { Json } from '../src/data/atoms.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { createBoard } from '../src/node/campaign-board.ts';
import { createCampaign } from '../src/node/campaign-create.ts';
import { formatExtends, inheritance } from '../src/node/campaign-extend.ts';
import { openStore, type Store } from '../src/node/campaign-store.ts';
import { writeAtomic } from '../src/node/files.ts';
import { frenkel, scratch } from './support/cli.ts';
import { count, gone, runHere, config as short } from './support/count-campaign.ts';
import { type MemoryDisk, memoryDisk } from './support/memory-disk.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const long = { ...short, slices: 9 };
const potential = loadEmbedded('Fe-Ackland-2004');
const vacancies = vacancyCampaign as CampaignKind;

/** The campaign of a configuration in a folder; `from` another folder. */
function begin(disk: MemoryDisk, folder: string, config: unknown, from?: string): Store {
  const kind = (config as { campaign: string }).campaign;
  const resources: Record<string, unknown> = kind === 'vacancy' ? { potential } : {};
  const campaign = { kind, config, resources, source: '', ...(from ? { extends: formatExtends(from) } : {}) };
  return openStore(folder, createCampaign(folder, campaign, { disk }), { disk });
}

/** Everything below a folder that tells nothing of times, nor of where it came from. */
const lasting = (disk: MemoryDisk, folder: string): [string, string][] =>
  [...disk.files()]
    .filter(([path]) => path.startsWith(`${folder}/`) && !/\/(timing|extends)\.json$/.test(path))
    .sort()
    .map(([path, bytes]) => [path.slice(folder.length), Buffer.from(bytes).toString('latin1')]);

/** Slices that jobs did, by job. */
function counting(kind: CampaignKind): { kind: CampaignKind; slices: Map<string, number> } {
  const slices = new Map<string, number>();
  const tasks = new Map(
    [...kind.tasks].map(([name, task]) => {
      const wrap = (work: ReturnType<typeof task.start>, input: Json) => ({
        ...work,
        advance() {
          const key = JSON.stringify(input);
          slices.set(key, (slices.get(key) ?? 0) + 1);
          return work.advance();
        },
      });
      return [
        name,
        {
          ...task,
          start: (context: Parameters<typeof task.start>[0]) => wrap(task.start(context), context.input),
          restore: (context: Parameters<typeof task.start>[0], state: unknown) =>
            wrap(task.restore(context, state), context.input),
        },
      ];
    }),
  );
  return { kind: { ...kind, tasks }, slices };
}

describe('sums that become longer', () => {
  const direct = async () => {
    const disk = memoryDisk();
    await runHere(begin(disk, '/c', long), engine);
    return lasting(disk, '/c');
  };
  let whole: [string, string][];
  beforeAll(async () => {
    whole = await direct();
  });

  it('go on from the end of the short ones, and what follows from them is done again', async () => {
    const disk = memoryDisk();
    await runHere(begin(disk, '/a', short), engine);
    const before = lasting(disk, '/a');
    const store = begin(disk, '/b', long, '../a');
    const { kind, slices } = counting(count);
    expect(await runHere(store, engine, kind)).toMatchObject({ status: 'complete', finished: 3 });
    expect(lasting(disk, '/b')).toEqual(whole);
    expect([...slices.values()]).toEqual([5, 5, 1]);
    expect(lasting(disk, '/a')).toEqual(before);
    // and again, from the longer ones
    const longest = begin(disk, '/d', { ...long, slices: 10 }, '../b');
    slices.clear();
    await runHere(longest, engine, kind);
    expect([...slices.values()]).toEqual([1, 1, 1]);
  });

  it('go on from one that is only half done, or whose jobs failed', async () => {
    const disk = memoryDisk();
    let seen = 0;
    await runHere(begin(disk, '/a', short), engine, count, { stopping: () => seen > 2, onProgress: () => seen++ });
    const store = begin(disk, '/b', long, '../a');
    await runHere(store, engine);
    expect(lasting(disk, '/b')).toEqual(whole);
    const faulty = { ...short, jobs: 2, faults: { 'count-1': 'physics' } };
    const end = await runHere(begin(disk, '/f', faulty), engine);
    expect([...end.failed.keys()]).toEqual(['count-1']);
    const again = begin(disk, '/g', { ...faulty, slices: 9 }, '../f');
    expect([...(await runHere(again, engine)).failed.keys()]).toEqual(['count-1']);
  });

  it('take over what is the same, in a campaign of more jobs', async () => {
    const disk = memoryDisk();
    await runHere(begin(disk, '/a', short), engine);
    const store = begin(disk, '/b', { ...short, jobs: 3 }, '../a');
    const { kind, slices } = counting(count);
    const board = createBoard(store, kind);
    board.refresh({ write: true });
    expect(inheritance(store, board.jobs)).toEqual({ results: 2, runs: 0 });
    await runHere(store, engine, kind);
    expect([...slices.values()]).toEqual([4, 1]);
    await runHere(begin(disk, '/c', { ...short, jobs: 3 }), engine);
    expect(lasting(disk, '/b')).toEqual(lasting(disk, '/c'));
  });

  it('are computed where nothing of use is there', async () => {
    const spoil: ((disk: MemoryDisk) => void)[] = [
      (disk) => writeAtomic('/b/extends.json', '{', disk),
      (disk) => writeAtomic('/b/extends.json', '{"from":1}', disk),
      (disk) => writeAtomic('/b/extends.json', '{"from":"../nowhere"}', disk),
      (disk) => disk.remove('/a/campaign.json'),
      (disk) => writeAtomic('/a/campaign.json', '{', disk),
      (disk) => disk.remove('/a/jobs/count-0/job.json'),
      (disk) => writeAtomic('/a/jobs/count-0/job.json', '{', disk),
      (disk) => writeAtomic('/a/jobs/count-0/last.bin', 'x', disk),
      (disk) => writeAtomic('/a/jobs/count-0/records.log', 'x', disk),
    ];
    for (const harm of spoil) {
      const disk = memoryDisk();
      await runHere(begin(disk, '/a', short), engine);
      const store = begin(disk, '/b', long, '../a');
      harm(disk);
      await runHere(store, engine);
      expect(lasting(disk, '/b')).toEqual(whole);
    }
    // another kind's, or other numbers
    const disk = memoryDisk();
    await runHere(begin(disk, '/a', { ...short, seed: 8 }), engine);
    const { kind, slices } = counting(count);
    await runHere(begin(disk, '/b', long, '../a'), engine, kind);
    expect([...slices.values()]).toEqual([9, 9, 1]);
    expect(lasting(disk, '/b')).toEqual(whole);
  });

  it('survive a power cut at any change', async () => {
    const start = async () => {
      const disk = memoryDisk();
      await runHere(begin(disk, '/a', short), engine);
      return disk;
    };
    const calm = await start();
    const first = calm.changes;
    await runHere(begin(calm, '/b', long, '../a'), engine);
    for (let at = first + 1; at <= calm.changes; at += 7) {
      const disk = await start();
      disk.fault = { mode: 'cut', at };
      // its process is gone with the power
      const cut = async () => runHere(begin(disk, '/b', long, '../a'), engine, count, { owner: gone });
      await cut().catch((error) => error);
      disk.restart((['nothing', 'names', 'all'] as const)[at % 3]);
      for (let life = 0; life < 9 && (await cut()).status !== 'complete'; life++);
      expect(lasting(disk, '/b'), `change ${at}: ${disk.hit}`).toEqual(whole);
    }
  });
});

describe('vacancies of iron with more steps', () => {
  const file = { campaign: 'vacancy', potential: 'Fe-Ackland-2004', element: 'Fe', a: '2.86 A', sizes: [2] };
  const tiny = { ...file, temperatures: [300], pressure: 'constant-volume', steps: 1000, replicas: 1, seed: 5 };
  const parse = (more: object) => vacancyCampaign.schema.parse({ ...tiny, ...more }) as VacancyConfig;
  const longer = (config: VacancyConfig, steps: number) => ({ ...config, ...vacancies.longer?.file(config, steps) });

  it('in rounds with a target error: what a round decided otherwise is sampled, the rest goes on', async () => {
    const config = parse({ error: '2 meV', steps: 1500 });
    const more = longer(config, 4000);
    expect(more).toMatchObject({ steps: 4000, record: 100 });
    const disk = memoryDisk();
    await runHere(begin(disk, '/a', config), engine, vacancies);
    const { kind, slices } = counting(vacancies);
    await runHere(begin(disk, '/b', more, '../a'), engine, kind);
    const gone = [...slices.values()].reduce((a, b) => a + b, 0);
    slices.clear();
    await runHere(begin(disk, '/c', more), engine, kind);
    expect(gone).toBeLessThan([...slices.values()].reduce((a, b) => a + b, 0));
    expect(lasting(disk, '/b')).toEqual(lasting(disk, '/c'));
  });

  it('go on where records are whole and ζ has no course; else they begin anew', () => {
    const { continues } = vacancyCampaign.tasks.get('sampling') ?? {};
    const run = { method: 'abf', steps: 1000, temperature: 300 };
    const may = (before: object, after: object) =>
      continues?.({ ...run, ...before } as Json, { ...run, ...after } as Json);
    expect(may({}, { steps: 2000, record: 5 })).toBe(true);
    expect(may({ record: 100, equilibration: 500 }, { steps: 1100, record: 100, equilibration: 500 })).toBe(true);
    expect(may({}, { steps: 2000 })).toBe(false);
    expect(may({ record: 300 }, { steps: 2000, record: 300 })).toBe(false);
    expect(may({ steps: 2000, record: 5 }, { record: 5 })).toBe(false);
    expect(may({}, { record: 5 })).toBe(false);
    expect(may({}, { steps: 2000, record: 5, temperature: 301 })).toBe(false);
    for (const method of ['quadrature', 'mbar', 'switching'])
      expect(may({ method }, { method, steps: 2000, record: 5 })).toBe(false);
  });

  it('through the program: the report of the long one, byte by byte', async () => {
    const where = scratch();
    const text = `${Object.entries(tiny)
      .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
      .join('\n')}\n`;
    writeFileSync(join(where, 'c.yaml'), text);
    const run = (target: string) => frenkel(where, ['campaign', 'run', target, '--workers', '1', '--json']);
    expect((await run('c.yaml')).code).toBe(0);
    const extend = (...more: string[]) => frenkel(where, ['campaign', 'extend', ...more]);
    writeFileSync(join(where, 'c.yaml'), changeCampaign(text, { steps: 2000 }));
    const raised = await run('c.yaml');
    expect([raised.code, raised.stderr]).toEqual([
      2,
      'frenkel: runs/c: holds another campaign (steps: 1000 became 2000); choose another directory with --out, or undo the change; longer runs that go on from these: frenkel campaign extend runs/c --steps 2000\n',
    ]);
    const made = await extend('runs/c', '--steps', '2000');
    expect([made.code, made.stderr, made.stdout]).toEqual([
      0,
      '',
      'runs/c-2000: takes over 3 results of runs/c; 2 runs go on from there, 0 jobs begin anew\nfrenkel campaign run runs/c-2000\n',
    ]);
    writeFileSync(join(where, 'd.yaml'), changeCampaign(text, { steps: 2000, record: 5 }));
    expect(readFileSync(join(where, 'runs/c-2000/campaign.yaml'), 'utf8')).toBe(
      readFileSync(join(where, 'd.yaml'), 'utf8'),
    );
    expect((await run('runs/c-2000')).code).toBe(0);
    expect((await run('d.yaml')).code).toBe(0);
    const files = (folder: string) =>
      Object.fromEntries(
        readdirSync(join(where, folder), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !/^(timing|extends)\.json$/.test(entry.name))
          .map((entry) => join(entry.parentPath, entry.name))
          .sort()
          .map((path) => [path.slice(join(where, folder).length), readFileSync(path, 'latin1')]),
      );
    expect(files('runs/c-2000')).toEqual(files('runs/d'));
    expect(Object.keys(files('runs/d'))).toContain('/report/report.html');

    const next = await extend('runs/c-2000', '--steps', '3000', '--json');
    expect(JSON.parse(next.stdout)).toEqual({ folder: 'runs/c-3000', results: 3, runs: 2, jobs: 0 });
    const fewer = await extend('runs/c', '--steps', '1000');
    expect([fewer.code, fewer.stderr]).toEqual([
      2,
      'frenkel: runs/c/campaign.yaml: has 1000 steps already; more were expected, found 1000\n',
    ]);
    writeFileSync(join(where, 'runs/c/campaign.yaml'), changeCampaign(text, { seed: 6 }));
    const edited = await extend('runs/c', '--steps', '2000');
    expect([edited.code, edited.stderr]).toEqual([
      2,
      'frenkel: runs/c/campaign.yaml: is not the file that the campaign was begun with\n',
    ]);
    writeFileSync(join(where, 'e.yaml'), 'campaign: count\njobs: &n 4\nslices: *n\nnumbers: 10\nseed: 5\n');
    expect((await run('e.yaml')).code).toBe(0);
    expect((await extend('runs/e', '--steps', '9')).code).toBe(0);
    writeFileSync(join(where, 'f.yaml'), 'campaign: count\nslices: &n 4\njobs: *n\nnumbers: 10\nseed: 5\n');
    expect((await run('f.yaml')).code).toBe(0);
    const shared = await extend('runs/f', '--steps', '9');
    expect([shared.code, shared.stderr]).toEqual([
      2,
      'frenkel: runs/f/campaign.yaml: another key has its value by an alias of slices: write it out\n',
    ]);
  });

  it('have steps to be more of', () => {
    expect(() => vacancies.longer?.file(parse({ methods: ['none'] }), 2000)).toThrow('quasi-harmonic only');
    expect(() => count.longer?.file(short, 4)).toThrow('has 4 slices already');
    expect(longer(parse({ record: 50 }), 2000)).toMatchObject({ steps: 2000, record: 50 });
    expect(longer(parse({ steps: 400_000, error: '2 meV' }), 800_000)).toMatchObject({ record: 500 });
    expect(longer(parse({ steps: 100_000 }), 400_000)).toMatchObject({ record: 500 });
  });
});
