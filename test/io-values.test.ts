/** What values in files stand for: units, words for yes and no, cubics of tables, jobs' inputs, and sizes that are refused. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfig } from '../src/campaign/config.ts';
import { countCampaign } from '../src/campaign/count.ts';
import { differences } from '../src/campaign/differences.ts';
import { parseLogical } from '../src/io/columns.ts';
import { eamPotential, readGrid } from '../src/io/eam-tables.ts';
import { embeddedPotentials, findEmbedded } from '../src/io/embedded.ts';
import { parseFitsnap } from '../src/io/fitsnap.ts';
import { LineReader } from '../src/io/lines.ts';
import { formatStructure, parseStructures } from '../src/io/structure.ts';
import { holdsOneFrame, lossesOf } from '../src/io/structure-losses.ts';
import { validateAtoms } from '../src/io/validate.ts';
import { createCampaign } from '../src/node/campaign-create.ts';
import { readJob } from '../src/node/campaign-store.ts';
import { badEnds } from '../src/node/campaign-tries.ts';
import { readBytes, writeAtomic } from '../src/node/files.ts';
import { config, jobOf, open } from './support/count-campaign.ts';
import { memoryDisk } from './support/memory-disk.ts';
import { refused } from './support/refused.ts';
import { pair } from './support/structures.ts';

describe('words and units', () => {
  it('yes and no are whole words', () => {
    for (const [value, words] of [
      [true, 't T true True TRUE 1 .true. .TRUE.'],
      [false, 'f F false False 0 .false. .FALSE.'],
      [undefined, 'T2 xT truely 10 01 1.0 .true 2 yes F0 .false.x xfalse'],
    ] as const)
      for (const word of words.split(' ')) expect(parseLogical(word), word).toBe(value);
    expect(parseLogical('')).toBeUndefined();
  });

  it("the stresses of FitSNAP's JSON are pressures in the unit that it names", () => {
    const [positions, lattice] = [[[0, 0, 0]], [3, 3, 3].map((a, i) => [0, 1, 2].map((k) => (i === k ? a : 0)))];
    const stressIn = (style: string) => {
      const data = { Positions: positions, AtomTypes: ['Fe'], Lattice: lattice, Stress: lattice };
      const [atoms] = parseFitsnap(`#\n${JSON.stringify({ Dataset: { StressStyle: style, Data: [data] } })}`);
      return -(atoms.info.stress as number[][])[0][0] / 3;
    };
    // eV/Å³; LAMMPS's bar differs from today's in the eighth digit
    for (const [style, unit, digits] of [
      ['bar', 1 / 1.602176634e6, 6],
      ['kbar', 1 / 1602.176634, 6],
      ['kB', 1 / 1602.176634, 6],
      ['kilobar', 1 / 1602.176634, 6],
      ['GPa', 1 / 160.2176634, 14],
      ['eVpA3', 1, 15],
      ['electronvoltperangstromcubed', 1, 15],
    ] as const)
      expect(stressIn(style) / unit, style).toBeCloseTo(1, digits);
  });
});

describe('what there is nothing of, or too much', () => {
  it('no atoms are no configuration', () => {
    const none = { ...pair(), numbers: new Uint8Array(0), positions: new Float64Array(0) };
    refused(() => validateAtoms(none, { file: 'x' }), /^x: expected at least one atom, found none$/);
  });

  it('compressed is what begins with both bytes of gzip', () => {
    const disk = memoryDisk();
    for (const [k, bytes] of [[0x1f, 1, 2], [1, 0x8b], [0x1f], []].entries()) {
      writeAtomic(`/${k}`, Uint8Array.from(bytes), disk);
      expect([...readBytes(`/${k}`, { disk })]).toEqual(bytes);
    }
    writeAtomic('/a.gz', 'abc', disk);
    expect([...disk.readFile('/a.gz').subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    expect(new TextDecoder().decode(readBytes('/a.gz', { disk }))).toBe('abc');
  });

  it('a file that is too large is refused with the limit', () => {
    const disk = memoryDisk();
    const file = disk.open('/a', 'wx');
    disk.write(file, new Uint8Array(3 * 1048576 + 1));
    disk.close(file);
    refused(() => readBytes('/a', { disk, limit: 3 * 1048576 }), /at most 3 MiB/);
    expect(readBytes('/a', { disk, limit: 3 * 1048576 + 1 })).toHaveLength(3 * 1048576 + 1);
  });
});

it('potentials of the package have each of their names, in any case', () => {
  const names = embeddedPotentials.flatMap(({ name, aliases }) => [name, ...aliases].map((one) => [one, name]));
  expect(new Set(names.map(([one]) => one.toLowerCase())).size).toBe(names.length);
  expect(names.map(([one]) => one)).toEqual(expect.arrayContaining(['Fe-FS-1984', 'Fe-Finnis-Sinclair']));
  for (const [one, name] of names) {
    expect(findEmbedded(one)?.name).toBe(name);
    expect(findEmbedded(one.toUpperCase())?.name).toBe(name);
  }
});

describe('configurations', () => {
  const read = (aliases: number) =>
    parseConfig(
      `a: &a 1\nb: [${Array(aliases).fill('*a').join(', ')}]\n`,
      'x.yaml',
      z.strictObject({ a: z.int(), b: z.array(z.int()) }),
    );
  it('may say the same by aliases, 20 times at most', () => {
    for (const count of [1, 2, 10]) expect(read(count)).toEqual({ a: 1, b: Array(count).fill(1) });
    refused(() => read(21), /more than 20 aliases/);
  });

  it('that differ are told with at most 60 characters of either', () => {
    const of = (length: number) => 'x'.repeat(length - 2);
    expect(differences({ a: of(60) }, { a: of(61) })).toEqual([`a: "${of(60)}" became "${of(58)}…`]);
  });
});

describe('what formats of structures do not hold', () => {
  const atoms = pair({
    pbc: [true, true, false],
    velocities: Float64Array.of(1, 2, 3, 4, 5, 6),
    masses: Float64Array.of(55, 183),
    fixed: Uint8Array.of(0, 0, 0, 1, 1, 1),
    info: { energy: -3, comment: 'x' },
    arrays: { forces: Float64Array.of(1, 2, 3, 4, 5, 6.5) },
  });
  it.each([
    ['extxyz', false, []],
    ['lammps-dump', false, ['held atoms', 'energy', 'comment']],
    ['lammps-data', true, ['held atoms', 'open boundaries', 'energy', 'comment', 'column forces']],
    ['poscar', true, ['masses', 'open boundaries', 'energy', 'column forces']],
  ] as const)('%s', (format, one, lost) => {
    expect(holdsOneFrame(format)).toBe(one);
    expect(lossesOf(atoms, format)).toEqual(lost);
    // and so it is with what is written, read again
    const [back] = parseStructures(formatStructure([atoms], format), { format });
    expect(back.pbc[2]).toBe(format === 'poscar');
    const missing = [
      ...(back.velocities ? [] : ['velocities']),
      ...(back.masses ? [] : ['masses']),
      ...(back.fixed ? [] : ['held atoms']),
      // LAMMPS data has them in a comment, for frenkel alone
      ...(one ? ['open boundaries'] : []),
      ...['energy', 'comment'].filter((key) => !(key in back.info)),
      ...('forces' in back.arrays ? [] : ['column forces']),
    ];
    expect(missing).toEqual(lost);
    const frames = () => parseStructures(formatStructure([atoms, atoms], format), { format });
    if (one) expect(frames).toThrow();
    else expect(frames()).toHaveLength(2);
  });
});

describe('jobs', () => {
  it('are written with inputs of every kind and read as they were', () => {
    const { disk, store } = open();
    const input = { text: 'x', none: null, yes: true, list: [1.5, 'b', [null]], empty: {}, part: { deep: 'y' } };
    const job = { ...jobOf('a', ['b']), input };
    store.addJob(job);
    expect(readJob(store, 'a')).toEqual(job);
    // again: the same one, and nothing is written
    const { changes } = disk;
    store.addJob(job);
    expect(disk.changes).toBe(changes);
    expect(() => store.addJob({ ...job, input: { ...input, text: 'z' } })).toThrow();
  });

  it('last with their folders, whose names are synced before anything is in them', () => {
    const order: string[] = [];
    const { store } = open((disk) => ({
      ...disk,
      makeFolder(path) {
        order.push(`make ${path}`);
        disk.makeFolder(path);
      },
      syncFolder(path) {
        order.push(`sync ${path}`);
        disk.syncFolder(path);
      },
      link(from, to) {
        order.push(`link ${to}`);
        disk.link(from, to);
      },
    }));
    // that of the campaign, too
    createCampaign('/d', { kind: 'count', config, resources: {}, source: '' }, { disk: store.disk });
    const whole = order.indexOf('link /d/campaign.json');
    for (const [path, above] of [
      ['/d', '/'],
      ['/d/resources', '/d'],
      ['/d/jobs', '/d'],
    ]) {
      const made = order.indexOf(`make ${path}`);
      const synced = order.indexOf(`sync ${above}`, made);
      expect([made >= 0, synced > made, whole > synced], order.join(', ')).toEqual([true, true, true]);
    }
    order.length = 0;
    store.addJob(jobOf('a'));
    const [made, synced, linked] = ['make /c/jobs/a', 'sync /c/jobs', 'link /c/jobs/a/job.json'].map((one) =>
      order.indexOf(one),
    );
    expect([made >= 0, synced > made, linked > synced], order.join(', ')).toEqual([true, true, true]);
  });

  it('that were paused are no tries, wherever that was; progress and a pardon begin anew', () => {
    const claims = [
      ['crash', 4],
      ['pardon', 4],
      ['hang', 4],
      ['paused', 2],
      ['error', 4],
      [undefined, 4],
    ].map(([how, from], k) => ({ number: k + 1, owner: undefined, from, ...(how && { end: { how, message: '' } }) }));
    const numbers = (from: number) => badEnds(claims as never, from).map(({ number }) => number);
    expect([numbers(4), numbers(5)]).toEqual([[5, 3], []]);
  });

  it('that count go wrong as they are told to', () => {
    for (const fault of ['physics', 'throw', 'hang'])
      expect(countCampaign.schema.parse({ campaign: 'count', faults: { 'count-1': fault } })).toMatchObject({
        faults: { 'count-1': fault },
      });
    expect(countCampaign.schema.safeParse({ campaign: 'count', faults: { 'count-1': '' } }).success).toBe(false);
  });

  it('that count say the mean of their numbers, of 0 to 1', () => {
    const [job] = countCampaign.plan({ ...config, slices: 3, numbers: 1000 }, new Map());
    const task = countCampaign.tasks.get(job.task);
    const work = task?.start({ input: job.input } as Parameters<NonNullable<typeof task>['start']>[0]);
    const texts: string[] = [];
    do texts.push(work?.progress().text ?? '');
    while (work?.advance());
    texts.push(work?.progress().text ?? '');
    expect(texts[0]).toBe('mean 0.000000');
    for (const text of texts.slice(1)) expect(Math.abs(Number(text.replace('mean ', '')) - 0.5)).toBeLessThan(0.05);
  });
});

describe('tables of an EAM file', () => {
  const grid = (text: string) => {
    const lines = new LineReader(text, { file: 'x' });
    return readGrid(lines);
  };
  it('have a cutoff of at most twice their length, and 100 Å', () => {
    expect(grid('5 0.1 10 0.5 10')).toEqual({ nrho: 5, drho: 0.1, nr: 10, dr: 0.5, cutoff: 10 });
    refused(() => grid('5 0.1 10 0.5 10.01'), /expected a cutoff within the tables \(5 Å\)/);
    refused(() => grid('5 0.1 1000 0.5 100.5'), /below 100 Å, found 100.5/);
    expect(grid('5 0.1 1000 0.5 100').cutoff).toBe(100);
    for (const bad of [
      '4 0.1 10 0.5 5',
      '5 0 10 0.5 5',
      '5 0.1 4 0.5 1',
      '5 0.1 10 -0.5 5',
      '5 0.1 10 0.5 0',
      '5 0.1 10 0.5 5 7',
    ])
      refused(() => grid(bad), /x:1: expected/);
  });
});

describe('the cubics of tables', () => {
  const knots = 9;
  const [dr, drho] = [0.25, 0.5];
  const table = (f: (x: number) => number, step: number) => Float64Array.from({ length: knots }, (_, i) => f(step * i));
  const functions = {
    density: [(x: number) => 2 + x - 3 * x ** 2 + x ** 3 / 3, (x: number) => 1 - 6 * x + x ** 2],
    z: [(x: number) => 5 - 2 * x ** 3, (x: number) => -6 * x ** 2],
    embedding: [(x: number) => x ** 4 - x, (x: number) => 4 * x ** 3 - 1],
  };
  const { params } = eamPotential(
    {
      ...{ species: [26], masses: [55.845], cutoff: 2, dr, drho, rhoMax: 4 },
      density: [[table(functions.density[0], dr)]],
      z: [[table(functions.z[0], dr)]],
      embedding: [table(functions.embedding[0], drho)],
    },
    { name: 'x', reference: '', warnings: [] },
  );
  /** [c3, c4, d, f] of bin m. */
  const bins = (start: number, stride: number) =>
    Array.from({ length: knots - 1 }, (_, m) => [...params.subarray(start + m * stride, start + m * stride + 4)]);
  it.each([
    ['density', 8, 8, dr],
    ['z', 12, 8, dr],
    ['embedding', 8 + 8 * (knots - 1), 4, drho],
  ] as const)('go through the knots of %s, with the slopes of a polynomial', (name, start, stride, step) => {
    const [f, slope] = functions[name];
    const all = bins(start, stride);
    const at = (m: number) => f(step * m);
    for (const [m, [c3, c4, d, value]] of all.entries()) {
      expect(value).toBeCloseTo(at(m), 12);
      expect(c3 + c4 + d + value).toBeCloseTo(at(m + 1), 12);
      if (m > 0) {
        const [b3, b4, b] = all[m - 1];
        expect(3 * b3 + 2 * b4 + b).toBeCloseTo(d, 12);
      }
      // five points are exact for a polynomial of fourth order
      if (m >= 2 && m < knots - 2) expect(d).toBeCloseTo(step * slope(step * m), 12);
    }
    expect(all[0][2]).toBeCloseTo(at(1) - at(0), 12);
    expect(all[1][2]).toBeCloseTo((at(2) - at(0)) / 2, 12);
    const [c3, c4, d] = all[knots - 2];
    expect(d).toBeCloseTo((at(knots - 1) - at(knots - 3)) / 2, 12);
    expect(3 * c3 + 2 * c4 + d).toBeCloseTo(at(knots - 1) - at(knots - 2), 12);
  });
});
