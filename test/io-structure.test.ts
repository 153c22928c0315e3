import { describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { InputError } from '../src/data/errors.ts';
import {
  detectStructure,
  formatStructure,
  parseStructures,
  structureChunks,
  structureFormatOf,
  structureFormats,
} from '../src/io/structure.ts';
import { holdsOneFrame, lossesOf } from '../src/io/structure-losses.ts';
import { validateAtoms } from '../src/io/validate.ts';
import fc from './support/properties.ts';
import { arbitraryAtoms, cube, expectSame, pair } from './support/structures.ts';

const written = structureFormats.filter((format) => format !== 'cif');
const iron = createAtoms({
  numbers: Uint8Array.of(26, 26),
  positions: Float64Array.of(0, 0, 0, 1.4, 1.4, 1.4),
  cell: Float64Array.of(2.8, 0, 0, 0, 2.8, 0, 0, 0, 2.8),
});
const cif = `#\\#CIF_1.1\n\ndata_a\n_cell_length_a 2.8\n_cell_length_b 2.8\n_cell_length_c 2.8\n_cell_angle_alpha 90
_cell_angle_beta 90\n_cell_angle_gamma 90\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z
Fe1 0 0 0\nFe2 .5 .5 .5\n`;

describe('structures of any format', () => {
  it('recognises by content what it writes, and reads it', () => {
    fc.assert(
      fc.property(arbitraryAtoms({ triangular: true }), fc.constantFrom(...written), (atoms, format) => {
        const text = formatStructure([atoms], format);
        expect(detectStructure(text)).toBe(format);
        expect(detectStructure(`\ufeff${text.replaceAll('\n', '\r\n')}`)).toBe(format);
        const [back] = parseStructures(text, { file: 'misleading.cif' });
        expect([...back.numbers].sort()).toEqual([...atoms.numbers].sort());
        const volume = (cell: Float64Array) => cell[0] * cell[4] * cell[8];
        expect(Math.abs(volume(back.cell) / volume(atoms.cell) - 1)).toBeLessThan(1e-12);
      }),
    );
    expect(detectStructure(cif)).toBe('cif');
    expectSame({ ...parseStructures(cif)[0], info: {} }, iron);
  });

  it('is not misled by first lines', () => {
    expect(detectStructure('2\n1.0\n26 0 0 0\n26 1 1 1\n\n\n\n')).toBe('extxyz');
    expect(detectStructure('2\n1.0\n3 0 0\n0 3 0\n0 0 3\nW\n1\nDirect\n0 0 0\n')).toBe('poscar');
    expect(detectStructure('ITEM: nothing\n')).toBe('lammps-dump');
    expect(detectStructure('2\n\nW 0 0 0\nW 1 1 1\n')).toBe('extxyz');
    for (const text of [
      '',
      '\n',
      'hello\nworld\n',
      '\u0000\u0001\u0002',
      '{"a": 1}',
      'DATE: 2007 setfl\n\n\n1 W\n1 2 3 4\n',
    ]) {
      expect(detectStructure(text), text).toBeUndefined();
    }
  });

  it('goes by the name where the content does not say, so that damaged files name their line', () => {
    expect(() => parseStructures('two\n\nW 0 0 0\n', { file: 'a/b.xyz' })).toThrow(
      'a/b.xyz:1: expected the number of atoms',
    );
    expect(() => parseStructures('', { file: 'POSCAR' })).toThrow('POSCAR:1: expected a comment line');
    expect(() => parseStructures('hello', { file: 'x.txt' })).toThrow(
      /^x.txt:1: expected a structure \(.*found neither$/,
    );
    expect(() => parseStructures('')).toThrow('found an empty file');
    const names = ['a.xyz.gz', 'CONTCAR', 'd/POSCAR_relaxed', 'w.lmp', 'data.w', 't.lammpstrj', 'x.CIF', 'none'];
    expect(names.map(structureFormatOf)).toEqual([
      'extxyz',
      'poscar',
      'poscar',
      'lammps-data',
      'lammps-data',
      'lammps-dump',
      'cif',
      undefined,
    ]);
  });

  it('takes the format that it is told, types for numeric species, many frames', () => {
    const dump = formatStructure([iron, iron], 'lammps-dump').replaceAll(' Fe ', ' Xx ');
    expect(() => parseStructures(dump)).toThrow(/unknown element|chemical symbol/);
    expect(parseStructures(dump, { types: ['Mo'] }).map((atoms) => [...atoms.numbers])).toEqual([
      [42, 42],
      [42, 42],
    ]);
    expect(() => parseStructures(dump, { format: 'poscar' })).toThrow(InputError);
    expect(() => parseStructures(dump, { format: 'extxzy' })).toThrow('did you mean extxyz?');
    expect(() => formatStructure([iron], 'cif')).toThrow('the format cif is read, but not written');
    expect(() => formatStructure([iron, iron], 'poscar')).toThrow('holds one structure, not 2');
    expect(() => formatStructure([iron], 'pdb')).toThrow(/unknown structure format "pdb".*expected/);
  });

  it('writes large structures in pieces and reads them back', () => {
    const n = 60_000;
    const big = createAtoms({
      numbers: new Uint8Array(n).fill(26),
      positions: Float64Array.from({ length: 3 * n }, (_, i) => Math.sqrt(i)),
      cell: Float64Array.of(600, 0, 0, 0, 600, 0, 0, 0, 600),
    });
    big.velocities = big.positions.map((x) => x * 1000);
    for (const format of written) {
      const pieces = [...structureChunks([big], format)];
      expect(pieces.length).toBeGreaterThan(10);
      const [back] = parseStructures(pieces.join(''));
      expect(
        back.positions.every((x, i) => x === big.positions[i]),
        format,
      ).toBe(true);
    }
  });

  it('never throws anything but InputError on damaged files', () => {
    const texts = [...written.map((format) => formatStructure([iron], format)), cif];
    const junk = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('nan', '-1', '1e999', '\n', '0 ', '"'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat(12), junk, (text, at, removed, inserted) => {
        const from = at % text.length;
        const damaged = text.slice(0, from) + inserted + text.slice(from + removed);
        try {
          for (const atoms of parseStructures(damaged)) validateAtoms(atoms);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as InputError).line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('validateAtoms', () => {
  it('refuses what cannot be computed', () => {
    const broken = (change: Partial<typeof iron>) => () =>
      validateAtoms({ ...iron, ...change }, { file: 'f', line: 3 });
    expect(validateAtoms(iron)).toBe(iron);
    const empty = { numbers: new Uint8Array(0), positions: new Float64Array(0) };
    expect(broken(empty)).toThrow('f:3: expected at least one atom');
    expect(broken({ numbers: Uint8Array.of(26, 0) })).toThrow('f:3: atom 2: expected an atomic number');
    expect(broken({ positions: Float64Array.of(0, 0, 0, 0, Number.NaN, 0) })).toThrow('position of atom 2');
    expect(broken({ velocities: new Float64Array(6).fill(Number.POSITIVE_INFINITY) })).toThrow('velocity of atom 1');
    expect(broken({ masses: Float64Array.of(1, -1) })).toThrow('mass of atom 2');
    expect(broken({ arrays: { q: Float64Array.of(1, Number.NaN) } })).toThrow('q of atom 2');
    expect(broken({ cell: new Float64Array(9).fill(Number.NaN) })).toThrow('the cell: expected finite numbers');
    expect(broken({ cell: new Float64Array(9) })).toThrow('that vector is zero');
    expect(broken({ cell: new Float64Array(9).fill(1) })).toThrow('zero volume');
    expect(broken({ cell: Float64Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1) })).toThrow('left-handed');
    const wire = Float64Array.of(0, 0, 0, 1, 2, 3, 2, 4, 6);
    expect(broken({ cell: wire, pbc: [false, true, true] })).toThrow('second and third lattice vectors are parallel');
    expect(broken({ cell: wire, pbc: [false, true, false] })).not.toThrow();
    expect(broken({ cell: new Float64Array(9), pbc: [false, false, false] })).not.toThrow();
  });
});

describe('what a format cannot hold', () => {
  const rich = pair({
    velocities: new Float64Array(6),
    masses: Float64Array.of(1, 2),
    fixed: Uint8Array.of(1, 0, 0, 0, 0, 0),
    pbc: [true, true, false],
    info: { energy: 1, comment: 'x', time: 2 },
    arrays: { id: Float64Array.of(1, 2), forces: new Float64Array(6) },
  });
  it('is told in words', () => {
    expect(lossesOf(rich, 'extxyz')).toEqual([]);
    expect(lossesOf(rich, 'lammps-dump')).toEqual(['held atoms', 'energy', 'comment']);
    expect(lossesOf(rich, 'lammps-data')).toEqual([
      'held atoms',
      'open boundaries',
      'energy',
      'comment',
      'time',
      'column forces',
    ]);
    expect(lossesOf(rich, 'poscar')).toEqual([
      'masses',
      'open boundaries',
      'energy',
      'time',
      'column id',
      'column forces',
    ]);
    const plain = pair({ fixed: new Uint8Array(6) });
    for (const format of ['extxyz', 'lammps-dump', 'lammps-data', 'poscar'] as const)
      expect(lossesOf(plain, format)).toEqual([]);
    const mixed = createAtoms({ numbers: Uint8Array.of(26, 74, 26), positions: new Float64Array(9), cell: cube(3) });
    expect(lossesOf(mixed, 'poscar')).toEqual(['order of the atoms (elements are grouped)']);
    expect((['extxyz', 'lammps-dump', 'lammps-data', 'poscar'] as const).map(holdsOneFrame)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});
