/** frenkel build, convert, inspect, describe as a user calls them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../src/cli/main.ts';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { parsePoscar } from '../src/io/poscar.ts';
import { formatThermoHeader, formatThermoRow } from '../src/io/thermo.ts';
import { openRun } from '../src/node/run-folder.ts';
import { hasReference, sharedText } from './support/reference.ts';
import { expectSame } from './support/structures.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-tools-'));
const at = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

interface Outcome {
  code: number;
  out: string;
  err: string;
}

async function frenkel(...argv: string[]): Promise<Outcome> {
  let [out, err] = ['', ''];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      out += text;
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      err += text;
      return true;
    }),
  ];
  try {
    return { code: await run(argv), out, err };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Exit code 0, one JSON object. */
async function json<T>(...argv: string[]): Promise<T> {
  const { code, out, err } = await frenkel(...argv, '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as T;
}

/** Exit code 2, one sentence that begins with the program's name and has all the words. */
async function refused(argv: string[], ...words: string[]): Promise<void> {
  const { code, out, err } = await frenkel(...argv);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  for (const word of ['frenkel: ', ...words]) expect(err).toContain(word);
}

interface Built {
  atoms: number;
  elements: Record<string, number>;
  symbols: string[];
  cell: number[][];
  positions: number[][];
}
const build = (...argv: string[]) => json<Built>('build', ...argv);

/** Distances below `reach` from a point to all atoms and their images, sorted; a sum over images, nothing clever. */
function distances({ cell, positions }: Pick<Built, 'cell' | 'positions'>, from: number[], reach: number): number[] {
  const found: number[] = [];
  const range = [-2, -1, 0, 1, 2];
  for (const p of positions) {
    for (const i of range) {
      for (const j of range) {
        for (const k of range) {
          const d = [0, 1, 2].map((c) => p[c] - from[c] + i * cell[0][c] + j * cell[1][c] + k * cell[2][c]);
          const r = Math.hypot(...d);
          if (r < reach) found.push(r);
        }
      }
    }
  }
  return found.sort((a, b) => a - b);
}

describe('build', () => {
  it('a vacancy in 5×5×5 bcc iron leaves 8 atoms with 7 neighbours', async () => {
    const { code, out, err } = await frenkel(
      ...'build bcc --element Fe --repeat 5,5,5 --vacancy 0'.split(' '),
      ...['-a', '2.8553 A', '-o', at('vacancy.xyz')],
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('249 atoms (Fe 249)');
    const [atoms] = parseExtxyz(readFileSync(at('vacancy.xyz'), 'utf8'));
    const positions = Array.from(atoms.numbers, (_, i) => [...atoms.positions.subarray(3 * i, 3 * i + 3)]);
    const edge = atoms.cell[0];
    expect(edge).toBeCloseTo(5 * 2.8553, 10);
    const neighbours = positions.map((p) => {
      return positions.filter((q) => {
        const r = Math.hypot(...p.map((x, c) => x - q[c] - edge * Math.round((x - q[c]) / edge)));
        return r > 0.1 && r < 2.65;
      }).length;
    });
    expect(neighbours.filter((count) => count === 7)).toHaveLength(8);
    expect(neighbours.filter((count) => count === 8)).toHaveLength(241);
  });

  // shells of the ideal crystals, distances in units of a
  it.each([
    ['sc', 1, [1, 6], [Math.SQRT2, 12]],
    ['bcc', 2, [Math.sqrt(3) / 2, 8], [1, 6]],
    ['fcc', 4, [Math.SQRT1_2, 12], [1, 6]],
    ['diamond', 8, [Math.sqrt(3) / 4, 4], [Math.SQRT1_2, 12]],
    ['hcp', 2, [1, 12], [Math.SQRT2, 6]],
  ] as const)('%s: atoms per cell and two shells', async (kind, atoms, [r1, n1], [r2, n2]) => {
    const built = await build(kind, '-e', 'Fe', '-a', '3 A');
    expect(built.atoms).toBe(atoms);
    const found = distances(built, built.positions[0], 3 * r2 + 0.01).slice(1);
    expect(found).toHaveLength(n1 + n2);
    expect(found[0]).toBeCloseTo(3 * r1, 10);
    expect(found[n1 - 1]).toBeCloseTo(3 * r1, 10);
    expect(found[n1]).toBeCloseTo(3 * r2, 10);
  });

  it('a turned crystal and a supercell have the same density and shells', async () => {
    const turned = await build('bcc', '-e', 'W', '-a', '3.165', '--orient', '[1 1 -2] [-1 1 0] [1 1 1]');
    const volume = turned.cell[0][0] * turned.cell[1][1] * turned.cell[2][2];
    expect(volume / turned.atoms).toBeCloseTo(3.165 ** 3 / 2, 9);
    const primitive = await build('bcc', '-e', 'W', '-a', '0.3165 nm', '--supercell', '1 1 0 -1 1 0 0 0 1');
    expect(primitive.atoms).toBe(4);
    for (const built of [turned, primitive]) {
      const near = distances(built, built.positions[1], 2.8).slice(1);
      expect(near).toHaveLength(8);
      for (const r of near) expect(r).toBeCloseTo((3.165 * Math.sqrt(3)) / 2, 9);
    }
  });

  it('interstitials sit where their shells are', async () => {
    const base = ['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '3'];
    const octahedral = await build(...base, '--interstitial', 'C octahedral', '--site', '13');
    expect(octahedral.elements).toEqual({ Fe: 54, C: 1 });
    expect(octahedral.symbols[54]).toBe('C');
    const around = distances(octahedral, octahedral.positions[54], 2.1).slice(1);
    expect(around).toHaveLength(6);
    expect(around[1]).toBeCloseTo(1.4, 10);
    expect(around[2]).toBeCloseTo(2.8 * Math.SQRT1_2, 10);
    const tetrahedral = await build(...base, '--interstitial', 'tetrahedral');
    const near = distances(tetrahedral, tetrahedral.positions[54], 1.7).slice(1);
    expect(near).toHaveLength(4);
    for (const r of near) expect(r).toBeCloseTo((2.8 * Math.sqrt(5)) / 4, 10);
  });

  it('a dumbbell straddles its site; vacancy and interstitial together substitute', async () => {
    const base = ['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '3'];
    const { atoms, positions } = await build(...base, '--dumbbell', '110', '--site', '7', '--separation', '2 A');
    const perfect = await build(...base);
    expect(atoms).toBe(55);
    const d = positions[54].map((x, c) => x - positions[7][c]);
    expect(Math.abs(d[0])).toBeCloseTo(Math.SQRT2, 10);
    expect(d[0]).toBeCloseTo(d[1], 12);
    expect(d[2]).toBe(0);
    positions[54].forEach((x, c) => {
      expect((x + positions[7][c]) / 2).toBeCloseTo(perfect.positions[7][c], 10);
    });
    const alloy = await build(...base, '--vacancy', '0', '--vacancy', '1.4,1.4,1.4', '--interstitial', 'Cr 0,0,0');
    expect(alloy.elements).toEqual({ Fe: 52, Cr: 1 });
    expect(alloy.positions[52]).toEqual([0, 0, 0]);
  });

  it('displacements follow the seed and have the standard deviation asked for', async () => {
    const base = ['fcc', '-e', 'Cu', '-a', '3.6', '--repeat', '8'];
    const perfect = (await build(...base)).positions.flat();
    const shifts = async (seed: string) =>
      (await build(...base, '--displace', '0.05 A', '--seed', seed)).positions.flat().map((x, k) => x - perfect[k]);
    const first = await shifts('3');
    const sigma = Math.sqrt(first.reduce((sum, d) => sum + d * d, 0) / first.length);
    expect(Math.abs(sigma / 0.05 - 1)).toBeLessThan(0.04); // 5 standard errors of 6144 numbers
    expect(await shifts('3')).toEqual(first);
    expect(await shifts('4')).not.toEqual(first);
  });

  it('starts from a file', async () => {
    writeFileSync(at('start.vasp'), 'W\n1.0\n3 0 0\n0 3 0\n0 0 3\nW\n2\nDirect\n0 0 0\n.5 .5 .5\n');
    const { atoms, elements } = await build(at('start.vasp'), '--repeat', '2,2,1', '--vacancy', '0');
    expect([atoms, elements]).toEqual([7, { W: 7 }]);
  });

  it('writes extended XYZ to standard output', async () => {
    const { code, out } = await frenkel('build', 'fcc', '-e', 'Al', '-a', '4.05');
    expect(code).toBe(0);
    expect(parseExtxyz(out)[0].numbers).toHaveLength(4);
  });

  it.each([
    [
      ['bcc', '-a', '2.8'],
      ['--element', 'bcc'],
    ],
    [
      ['bcc', '-e', 'Fe'],
      ['-a: bcc needs its lattice constant', "'2.8553 A'"],
    ],
    [['bcx', '-e', 'Fe'], ['did you mean bcc?']],
    [['bcc', '-e', 'Fr', '-a', '2.8 fs'], ['no unit of length']],
    [['bcc', '-e', 'Fee', '-a', '2.8'], ['did you mean Fe?']],
    [['bcc', '-e', 'Fe', '-a', '-2.8'], ['-2.8']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '0'], ['1 or more']],
    [
      ['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '2,2'],
      ['--repeat', '3 integers'],
    ],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '900000'], ['at most']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--orient', '[1 1 0] [1 0 0] [0 0 1]'], ['not perpendicular']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--vacancy', '2'], ['no atom 2']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--vacancy', '0', '--vacancy', '0,0,0.1'], ['named twice']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--vacancy', '0', '--vacancy', '1'], ['no atom is left']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--interstitial', '0,0,0.1'], ['only 0.100 Å away']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--interstitial', 'octaedral'], ['octahedral, tetrahedral or x,y,z']],
    [['sc', '-e', 'Fe', '-a', '2.8', '--interstitial', 'octahedral'], ['bcc and fcc']],
    [['bcc', '-e', 'Fe', '-a', '2.8', '--site', '1'], ['--site']],
    [['B2', '-e', 'Fe,Al', '-a', '2.9', '--interstitial', '1.4,0,0'], ['which element']],
    [
      ['bcc', '-e', 'Fe', '-a', '2.8', '--repeat', '2', '--vacancy', '3', '--dumbbell', '110', '--site', '3'],
      ['removed'],
    ],
    [
      ['bcc', '-e', 'Fe', '-a', '2.8', '-o', 'x.foo'],
      ['x.foo', 'format'],
    ],
  ])('refuses %j', async (argv, words) => {
    await refused(['build', ...argv], ...words);
  });

  it('refuses a mistyped flag with the nearest name, and to overwrite', async () => {
    const { code, err } = await frenkel('build', 'bcc', '--vacany', '0');
    expect(code).toBe(2);
    expect(err).toContain('--vacancy');
    const argv = ['build', 'sc', '-e', 'Po', '-a', '3.35', '-o', at('po.xyz')];
    expect((await frenkel(...argv)).code).toBe(0);
    await refused(argv, '--force');
    expect((await frenkel(...argv, '--force')).code).toBe(0);
  });

  it('says its units and gives an example', async () => {
    for (const command of ['build', 'convert', 'inspect', 'describe']) {
      const { code, out } = await frenkel(command, '--help');
      expect(code).toBe(0);
      expect(out).toMatch(/Å|no unit/);
      expect(out).toMatch(new RegExp(`Examples?:\n {2}frenkel ${command}`));
    }
  });
});

/** Two elements in a tilted cell in LAMMPS's orientation, with everything that a structure can have. */
function sample(): Atoms {
  return createAtoms({
    numbers: Uint8Array.of(74, 74, 4, 4, 4),
    positions: Float64Array.of(0.1, 0.2, 0.3, 1.7, 1.4, 1.6, 3.1, 0.2, 2.9, 0.4, 3.3, 3.6, 3.5, 3.4, 0.7),
    cell: Float64Array.of(4.1, 0, 0, 0.6, 4.7, 0, -0.4, 0.3, 5.2),
    velocities: Float64Array.from({ length: 15 }, (_, k) => (k - 7) / 8),
    info: { energy: -12.5 },
    arrays: { forces: Float64Array.from({ length: 15 }, (_, k) => k / 16) },
  });
}

describe('convert', () => {
  beforeAll(() => {
    const frames = [sample(), { ...sample(), info: { energy: -13 } }];
    writeFileSync(at('two.xyz'), frames.map(formatExtxyz).join(''));
  });

  it.each(['data', 'dump', 'vasp', 'xyz.gz'])('to %s and back keeps the bits of positions and cell', async (suffix) => {
    const there = at(`there.${suffix}`);
    expect((await frenkel('convert', at('two.xyz'), there, '--frame', 'first')).code).toBe(0);
    const { code, out } = await frenkel('convert', there, '-');
    expect(code).toBe(0);
    const [atoms] = parseExtxyz(out);
    const { numbers, positions, cell, velocities } = sample();
    expect([...atoms.numbers]).toEqual([...numbers]);
    expect([...atoms.cell]).toEqual([...cell]);
    expect([...atoms.positions]).toEqual([...positions]);
    velocities?.forEach((v, k) => {
      expect(atoms.velocities?.[k]).toBeCloseTo(v, 14);
    });
  });

  it('takes the frames that are asked for', async () => {
    const energies = async (which: string) => {
      const { out } = await frenkel('convert', at('two.xyz'), '-', '--frame', which);
      return parseExtxyz(out).map((atoms) => atoms.info.energy);
    };
    expect(await energies('first')).toEqual([-12.5]);
    expect(await energies('last')).toEqual([-13]);
    expect(await energies('all')).toEqual([-12.5, -13]);
    expect(await energies('1')).toEqual([-13]);
    expectSame(parseExtxyz((await frenkel('convert', at('two.xyz'), '-')).out)[0], sample());
  });

  it('tells what the target cannot hold', async () => {
    const { code, err, out } = await frenkel('convert', at('two.xyz'), at('told.vasp'));
    expect(code).toBe(0);
    expect(err).toBe(
      'frenkel: poscar cannot hold and so drops: the first frame (--frame chooses another), energy, column forces\n',
    );
    expect(out).toContain('5 atoms, poscar');
    expect([...parsePoscar(readFileSync(at('told.vasp'), 'utf8')).numbers]).toEqual([74, 74, 4, 4, 4]);
    const held = { ...sample(), fixed: new Uint8Array(15).fill(1, 0, 3), pbc: [true, true, false] as Atoms['pbc'] };
    held.numbers = Uint8Array.of(74, 4, 74, 4, 4);
    writeFileSync(at('held.xyz'), formatExtxyz(held));
    const toData = await frenkel('convert', at('held.xyz'), at('held.data'), '--types', 'Be,W');
    expect(toData.err).toContain('drops: held atoms, open boundaries, energy, column forces');
    expect(readFileSync(at('held.data'), 'utf8')).toMatch(/1 9\.012\S* # Be[\s\S]*2 183\.84 # W/);
    const toPoscar = await frenkel('convert', at('held.xyz'), at('held.vasp'));
    expect(toPoscar.err).toContain('order of the atoms');
    expect(toPoscar.err).not.toContain('held');
  });

  it('reports as JSON', async () => {
    const { code, out } = await frenkel('convert', at('two.xyz'), at('j.dump'), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      input: at('two.xyz'),
      output: at('j.dump'),
      format: 'lammps-dump',
      frames: 2,
      atoms: 5,
      dropped: ['energy'],
    });
  });

  it.each([
    [
      ['two.xyz', 'x.foo'],
      ['x.foo', '--to'],
    ],
    [['two.xyz', 'x.cif'], ['not written']],
    [['two.xyz', 'x.xyz', '--from', 'posca'], ['did you mean poscar?']],
    [['two.xyz', 'x.vasp', '--frame', 'all'], ['holds one structure']],
    [
      ['two.xyz', 'x.xyz', '--frame', '2'],
      ['no frame 2', 'has 2'],
    ],
    [
      ['two.xyz', 'x.xyz', '--frame', 'middle'],
      ['--frame', 'first, last'],
    ],
    [['missing.xyz', 'x.xyz'], ['missing.xyz']],
    [['two.xyz', 'two.xyz'], ['--force']],
  ])('refuses %j', async ([from, to, ...rest], words) => {
    await refused(['convert', at(from), at(to), ...rest], ...words);
    expect(existsSync(at('x.xyz'))).toBe(false);
  });

  it('refuses a report and a structure on the same stream', async () => {
    await refused(['convert', at('two.xyz'), '-', '--json'], '--json');
  });
});

const python = '/usr/bin/python3';
/** With CI=true a missing tool is a failure. */
const hasAse =
  process.env.CI === 'true' || (existsSync(python) && spawnSync(python, ['-c', 'import ase, numpy']).status === 0);

/** Writes and reads with ASE, formats as ASE names them; answers symbols, cell, fractional coordinates. */
const aseScript = `
import json, sys
from ase.io import read, write
from ase.data import chemical_symbols
folder = sys.argv[1]
found = {}
for name, kw in {'t.xyz': dict(format='extxyz'), 't.vasp': dict(format='vasp'),
                 't.data': dict(format='lammps-data', style='atomic', Z_of_type={1: 74, 2: 4}),
                 't.dump': dict(format='lammps-dump-text')}.items():
    atoms = read(folder + '/' + name, index=0, **kw)
    found[name] = dict(symbols=atoms.get_chemical_symbols(), cell=atoms.cell.tolist(),
                       positions=atoms.get_positions().tolist())
atoms = read(folder + '/t.xyz', index=0)
write(folder + '/ase.cif', atoms, format='cif')
write(folder + '/ase.vasp', atoms, format='vasp', direct=True)
write(folder + '/ase.data', atoms, format='lammps-data', specorder=['W', 'Be'])
write(folder + '/ase.xyz', atoms, format='extxyz')
print(json.dumps(found))
`;

describe.skipIf(!hasAse)('convert and ASE (needs /usr/bin/python3 with ase)', () => {
  let found: Record<string, Built>;
  beforeAll(async () => {
    writeFileSync(at('t.xyz'), formatExtxyz({ ...sample(), velocities: undefined }));
    for (const suffix of ['vasp', 'data', 'dump']) await frenkel('convert', at('t.xyz'), at(`t.${suffix}`));
    found = JSON.parse(execFileSync(python, ['-W', 'ignore', '-c', aseScript, root], { encoding: 'utf8' }));
  });

  it.each(['xyz', 'vasp', 'data', 'dump'])('ASE reads what frenkel writes: %s', (suffix) => {
    const { symbols, cell, positions } = found[`t.${suffix}`];
    expect(symbols).toEqual(['W', 'W', 'Be', 'Be', 'Be']);
    const expected = sample();
    cell.flat().forEach((x, k) => {
      expect(x).toBeCloseTo(expected.cell[k], 10);
    });
    positions.flat().forEach((x, k) => {
      expect(x).toBeCloseTo(expected.positions[k], 10);
    });
  });

  it.each(['xyz', 'vasp', 'data', 'cif'])('frenkel reads what ASE writes: %s', async (suffix) => {
    const { code, out } = await frenkel('convert', at(`ase.${suffix}`), '-', '--types', 'W,Be');
    expect(code).toBe(0);
    const [atoms] = parseExtxyz(out);
    expect([...atoms.numbers]).toEqual([74, 74, 4, 4, 4]);
    // CIF turns the cell and wraps the atoms: compare all distances
    const rows = (x: ArrayLike<number>) =>
      Array.from({ length: x.length / 3 }, (_, i) => [x[3 * i], x[3 * i + 1], x[3 * i + 2]]);
    const fingerprint = ({ cell, positions }: Atoms) =>
      rows(positions).flatMap((p) => distances({ cell: rows(cell), positions: rows(positions) }, p, 5));
    const [mine, theirs] = [fingerprint(sample()), fingerprint(atoms)];
    expect(theirs).toHaveLength(mine.length);
    const digits = suffix === 'cif' ? 1e-4 : 1e-6; // as many as ASE writes
    mine.forEach((r, k) => {
      expect(Math.abs(theirs[k] - r)).toBeLessThan(digits);
    });
  });
});

interface Inspected {
  file: string;
  kind: string;
  [fact: string]: unknown;
}
const inspect = async (...files: string[]) => (await json<{ files: Inspected[] }>('inspect', ...files)).files;

describe('inspect', () => {
  it('a structure: density, cell, nearest distance, columns', async () => {
    const name = at('tungsten.data');
    await frenkel('build', 'bcc', '-e', 'W', '-a', '3.1652', '--repeat', '3', '-o', name);
    const [report] = await inspect(name);
    expect(report).toMatchObject({
      kind: 'structure',
      format: 'lammps-data',
      frames: 1,
      atoms: 54,
      elements: { W: 54 },
      angles: [90, 90, 90],
      pbc: [true, true, true],
      velocities: false,
    });
    expect(report.density).toBeCloseTo(19.25, 2); // of tungsten, g/cm^3
    expect(report.nearestDistance).toBeCloseTo((3.1652 * Math.sqrt(3)) / 2, 9);
    const { out } = await frenkel('inspect', name);
    expect(out).toContain('W 54');
    expect(out).toMatch(/density +19\.2\d+ g\/cm\^3/);
  });

  it('a trajectory, compressed', async () => {
    writeFileSync(at('two.xyz.gz'), gzipSync(readFileSync(at('two.xyz'))));
    const [report] = await inspect(at('two.xyz.gz'));
    expect(report).toMatchObject({
      format: 'extxyz',
      compressed: true,
      frames: 2,
      atoms: 5,
      elements: { W: 2, Be: 3 },
      columns: ['forces'],
      info: ['energy'],
      energy: { last: -13, min: -13, max: -12.5 },
      velocities: true,
    });
    const [a, b, c] = [4.1, Math.hypot(0.6, 4.7), Math.hypot(0.4, 0.3, 5.2)];
    const [alpha, beta, gamma] = report.angles as number[];
    const deg = Math.PI / 180;
    (report.lengths as number[]).forEach((length, k) => {
      expect(length).toBeCloseTo([a, b, c][k], 12);
    });
    expect(b * c * Math.cos(alpha * deg)).toBeCloseTo(-0.4 * 0.6 + 0.3 * 4.7, 10);
    expect(a * c * Math.cos(beta * deg)).toBeCloseTo(4.1 * -0.4, 10);
    expect(a * b * Math.cos(gamma * deg)).toBeCloseTo(4.1 * 0.6, 10);
  });

  it('potentials, by content', async () => {
    const [eam, zbl, pot] = await inspect(
      'potentials/Fe_Ackland_2004.eam.fs',
      'potentials/W_Wood_2017.snap',
      'test/data/random/rnd_LML_j4_full.pot',
    );
    expect(eam).toMatchObject({ kind: 'potential', format: 'setfl', form: 'eam', elements: ['Fe'] });
    expect(zbl).toMatchObject({ kind: 'potential', format: 'snap', form: 'zbl + snap', elements: ['W'] });
    expect(pot).toMatchObject({ kind: 'potential', format: 'milady', elements: ['Fe'] });
  });

  it('a .snapcoeff alone as far as it goes, with its .snapparam whole', async () => {
    const coefficients = readFileSync('potentials/W_Wood_2017.snapcoeff');
    writeFileSync(at('alone.snapcoeff'), coefficients);
    const [alone] = await inspect(at('alone.snapcoeff'));
    expect(alone).toMatchObject({
      format: 'snapcoeff',
      elements: ['W'],
      radii: [0.5],
      weights: [1],
      fits: ['twojmax 8'],
    });
    expect(alone.needs).toContain('.snapparam');
    const [whole] = await inspect('potentials/W_Wood_2017.snapcoeff');
    expect(whole).toMatchObject({ format: 'snapcoeff', with: 'potentials/W_Wood_2017.snapparam', cutoff: 4.73442 });
  });

  it('a run, unfinished and finished, and its table', async () => {
    const out = at('run');
    const spec = { out, command: 'md', input: { options: { steps: 100 } }, versions: { frenkel: '0.1.0' } };
    const handle = openRun(spec);
    const log = handle.output('log.thermo');
    log.append(formatThermoHeader(['Step', 'Time', 'Econserve']));
    for (let k = 0; k < 5; k++) log.append(formatThermoRow([10 * k, k / 100, -8 + k / 4]));
    handle.save({ dynamics: { step: 40 } });
    handle.close();
    const [unfinished, thermo] = await inspect(out, join(out, 'log.thermo'));
    expect(unfinished).toMatchObject({ kind: 'run', command: 'md', checkpoint: { number: 1, step: 40 } });
    expect(unfinished.status).toContain('not finished');
    expect(thermo).toMatchObject({ kind: 'thermo', rows: 5, driftPer: 'ps' });
    const [, , conserved] = thermo.columns as { name: string; mean: number; drift: number; rms: number }[];
    expect(conserved).toMatchObject({ name: 'Econserve', mean: -7.5, last: -7 });
    expect(conserved.drift).toBeCloseTo(25, 9);
    expect(conserved.rms).toBeCloseTo(0, 9);
    const again = openRun(spec);
    again.finish({});
    again.close();
    expect(await inspect(out)).toMatchObject([{ status: 'finished', options: { steps: 100 } }]);
    expect(await inspect(join(out, 'run.json'))).toMatchObject([{ kind: 'run', status: 'finished' }]);
  });

  it('says what was tried on what it does not know, and still reports the others', async () => {
    writeFileSync(at('letter.txt'), 'Dear Sir or Madam,\n');
    writeFileSync(at('empty.txt'), '');
    writeFileSync(at('bytes'), Uint8Array.of(0, 255, 254, 1));
    await refused(['inspect', at('letter.txt')], 'letter.txt', 'extxyz', 'setfl', 'run folders');
    await refused(['inspect', at('empty.txt')], 'empty');
    await refused(['inspect', at('bytes')], 'UTF-8');
    await refused(['inspect', root], 'run.json');
    await refused(['inspect', at('missing')], 'missing');
    const { code, out, err } = await frenkel('inspect', at('letter.txt'), at('two.xyz'), '--json');
    expect(code).toBe(2);
    expect(err).toContain('letter.txt');
    expect(JSON.parse(out).files).toMatchObject([{ file: at('two.xyz'), frames: 2 }]);
  });
});

interface DescribedJson {
  labels: string[];
  frames: number[][][];
}

describe('describe', () => {
  const options = ['-p', 'W-Wood-2017', '--threads', '1'];
  beforeAll(async () => {
    const build = 'build bcc -e W -a 3.18 --repeat 2 --vacancy 3 --displace 0.1 --seed 5'.split(' ');
    await frenkel(...build, '-o', at('w.xyz'));
  });

  it('B_0_0_0 = (1 + Σ f)^3 (bzeroflag 0) with a sum over all images', async () => {
    const { labels, frames } = await json<DescribedJson>('describe', at('w.xyz'), ...options);
    expect(labels).toHaveLength(55);
    expect(labels.slice(0, 5)).toEqual(['B_0_0_0', 'B_1_0_1', 'B_1_1_2', 'B_2_0_2', 'B_2_1_3']);
    const built = await build(at('w.xyz'));
    const cutoff = 4.73442;
    built.positions.forEach((from, i) => {
      const near = distances(built, from, cutoff).filter((r) => r > 0);
      const sum = near.reduce((s, r) => s + (1 + Math.cos((Math.PI * r) / cutoff)) / 2, 1);
      expect(Math.abs(frames[0][i][0] - sum ** 3)).toBeLessThan(1e-11 * sum ** 3);
    });
  });

  it('csv, json, xyz and npy say the same, and so does the mean', async () => {
    const { labels, frames } = await json<DescribedJson>('describe', at('w.xyz'), ...options);
    const rows = frames[0];
    const { out } = await frenkel('describe', at('w.xyz'), ...options);
    const [head, ...lines] = out.trim().split('\n');
    expect(head).toBe(['frame', 'atom', 'element', ...labels].join(','));
    expect(lines.map((line) => line.split(',').slice(3).map(Number))).toEqual(rows);
    expect(lines[1].split(',').slice(0, 3)).toEqual(['0', '1', 'W']);
    await frenkel('describe', at('w.xyz'), ...options, '-o', at('B.xyz'));
    const [atoms] = parseExtxyz(readFileSync(at('B.xyz'), 'utf8'));
    expect([...atoms.arrays.descriptors]).toEqual(rows.flat());
    const said = await json<object>('describe', at('w.xyz'), ...options, '-o', at('B.npy'));
    expect(said).toEqual({ output: at('B.npy'), format: 'npy', labels, shape: [15, 55] });
    const bytes = readFileSync(at('B.npy'));
    const header = bytes.readUInt16LE(8);
    expect((10 + header) % 64).toBe(0);
    expect(rows.flat().map((_, k) => bytes.readDoubleLE(10 + header + 8 * k))).toEqual(rows.flat());
    expect(await inspect(at('B.npy'))).toMatchObject([{ kind: 'npy', type: '<f8', shape: [15, 55] }]);
    const average = await json<DescribedJson>('describe', at('w.xyz'), ...options, '--average');
    average.frames[0][0].forEach((value, k) => {
      const mean = rows.reduce((sum, row) => sum + row[k] / 15, 0);
      expect(Math.abs(value - mean)).toBeLessThan(1e-12 * Math.max(1, Math.abs(mean)));
    });
  });

  it.skipIf(!hasAse)('NumPy reads the npy file (needs /usr/bin/python3 with numpy)', async () => {
    const { frames } = await json<DescribedJson>('describe', at('w.xyz'), ...options);
    const script = 'import json, sys, numpy; print(json.dumps(numpy.load(sys.argv[1]).tolist()))';
    await frenkel('describe', at('w.xyz'), ...options, '-o', at('numpy.npy'));
    expect(JSON.parse(execFileSync(python, ['-c', script, at('numpy.npy')], { encoding: 'utf8' }))).toEqual(frames[0]);
  });

  it('labels of two elements with chemistry name the densities; those of MILADY its diagonal set', async () => {
    const folder = 'test/data/random';
    writeFileSync(at('pair.xyz'), '2\nLattice="4 0 0 0 4 0 0 0 4"\nW 0 0 0\nBe 2 2 2\n');
    const chem = ['-p', `${folder}/chem.snapcoeff`, '-p', `${folder}/chem-a.snapparam`, '--threads', '1'];
    const described = await frenkel('inspect', `${folder}/chem.snapcoeff`, '--json');
    const elements = JSON.parse(described.out).files[0].elements as string[];
    writeFileSync(at('pair.xyz'), `2\nLattice="4 0 0 0 4 0 0 0 4"\n${elements[0]} 0 0 0\n${elements[1]} 2 2 2\n`);
    const { labels, frames } = await json<DescribedJson>('describe', at('pair.xyz'), ...chem);
    expect(new Set(labels).size).toBe(labels.length);
    expect(labels).toHaveLength(frames[0][0].length);
    expect(labels[0]).toBe(`B_0_0_0_${elements[0]}_${elements[0]}_${elements[0]}`);
    expect(labels.at(-1)).toContain(`_${elements[1]}_${elements[1]}_${elements[1]}`);
    writeFileSync(at('fe.xyz'), '2\nLattice="2.87 0 0 0 2.87 0 0 0 2.87"\nFe 0 0 0\nFe 1.4 1.4 1.5\n');
    const diagonal = ['-p', `${folder}/rnd_LML_j4_diag.pot`, '--threads', '1'];
    const milady = await json<DescribedJson>('describe', at('fe.xyz'), ...diagonal);
    expect(milady.labels.every((label) => /^B_(\d+)_\1_\d+$/.test(label))).toBe(true);
  });

  it('refuses what it cannot describe', async () => {
    await refused(['describe', at('w.xyz'), '-p', 'Fe-Ackland-2004'], 'SNAP', 'eam');
    await refused(['describe', at('vacancy.xyz'), ...options], 'vacancy.xyz', 'contains Fe', 'only W');
    await refused(['describe', at('w.xyz')], '-p');
    await refused(['describe', at('w.xyz'), ...options, '--json', '--format', 'csv'], '--json', '-o FILE');
    await refused(['describe', at('w.xyz'), ...options, '--average', '--format', 'xyz'], '--average');
    writeFileSync(at('there.csv'), '');
    await refused(['describe', at('w.xyz'), ...options, '-o', at('there.csv')], '--force');
  });
});

describe.skipIf(!hasReference)('describe and LAMMPS (needs ../shared)', () => {
  it('agrees with compute sna/atom, whose order the labels have', async () => {
    const { configurations } = JSON.parse(sharedText('reference/lammps/snap-W-2940.json')) as {
      configurations: Record<
        string,
        {
          cell: number[][];
          pbc: [boolean, boolean, boolean];
          species: string[];
          positions: number[][];
          descriptors: { b: { values: number[][] } };
        }
      >;
    };
    const names = Object.keys(configurations);
    const frames = names.map((name) => {
      const { cell, pbc, species, positions } = configurations[name];
      return formatExtxyz(
        createAtoms({
          numbers: new Uint8Array(species.length).fill(74),
          positions: Float64Array.from(positions.flat()),
          cell: Float64Array.from(cell.flat()),
          pbc,
        }),
      );
    });
    writeFileSync(at('reference.xyz'), frames.join(''));
    const stem = '../shared/potentials/lammps/W_2940_2017_2.snap';
    const { frames: found } = await json<DescribedJson>(
      'describe',
      ...[at('reference.xyz'), '-p', `${stem}coeff`, '-p', `${stem}param`, '--threads', '1'],
    );
    names.forEach((name, k) => {
      const expected = configurations[name].descriptors.b.values;
      expect(found[k]).toHaveLength(expected.length);
      expected.flat().forEach((b, i) => {
        expect(Math.abs(found[k].flat()[i] - b)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(b)));
      });
    });
  });
});
