/** frenkel convert as a user calls it, and beside ASE. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { parsePoscar } from '../src/io/poscar.ts';
import { type Built, distances, frenkel, hasAse, python, refused, sample } from './support/commands.ts';
import { expectSame } from './support/structures.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-tools-'));
const at = (name: string) => join(root, name);
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

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
