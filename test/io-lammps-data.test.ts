import { describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { determinant } from '../src/data/cell.ts';
import { parseLammpsData } from '../src/io/lammps-data.ts';
import { formatLammpsData } from '../src/io/lammps-data-write.ts';
import fc from './support/properties.ts';
import { refused } from './support/refused.ts';
import { arbitraryAtoms, cube, expectRefused, expectSame, pair } from './support/structures.ts';

/** As ASE 3.22.1 writes rock salt: no masses, no style. */
const ase = `(written by ASE) 

2 	 atoms 
2  atom types
0.0      3.9880822458921279  xlo xhi
0.0      3.4537805373242811  ylo yhi
0.0       3.256255518229489  zlo zhi
     1.9940411229460637      1.9940411229460637      1.1512601791080939  xy xz yz


Atoms 

     1   2                       0                       0                       0
     2   1                       0      2.3025203582161873      1.6281277591147445


Velocities 

     1      2.7613224068769293    -0.60664371956012864      3.9041647072979622
     2                       0                       0                       0
`;

const small = `title Atoms 5 atoms

2 atoms
2 atom types
0 3 xlo xhi
0 3 ylo yhi
0 3 zlo zhi

Masses

1 183.84 # W
2 9.01

Atoms # atomic

7 1 0 0 0
3 2 1.5 1.5 1.5
`;

const distance = (x: Float64Array, i: number, j: number) =>
  Math.sqrt([0, 1, 2].reduce((sum, k) => sum + (x[3 * i + k] - x[3 * j + k]) ** 2, 0));

describe('LAMMPS data', () => {
  it('reads what ASE writes, with elements from the user', () => {
    const atoms = parseLammpsData(ase, { types: ['Cl', 'Na'] });
    expect([...atoms.numbers]).toEqual([11, 17]);
    expect(atoms.cell[3]).toBe(1.9940411229460637);
    expect(determinant(atoms.cell)).toBeCloseTo(5.64 ** 3 / 4, 10);
    expect(atoms.velocities?.[0]).toBe(2.7613224068769293);
    expect(atoms.masses).toBeUndefined();
    expect(() => parseLammpsData(ase)).toThrow(/which element is type 1\?/);
  });

  it('knows elements from comments and masses, orders atoms by id, keeps the ids', () => {
    const atoms = parseLammpsData(small);
    expect([...atoms.numbers]).toEqual([4, 74]);
    expect([...(atoms.masses ?? [])]).toEqual([9.01, 183.84]);
    expect([...atoms.arrays.id]).toEqual([3, 7]);
    expect(atoms.pbc).toEqual([true, true, true]);
    const named = (mass: string) => parseLammpsData(small.replace('9.01', mass)).numbers[0];
    expect(['58.69', '58.93', '63.5', '1.0', '55.85', '12 # carbon', '1 # Xe!'].map(named)).toEqual([
      28, 27, 29, 1, 26, 6, 54,
    ]);
  });

  it('reads image flags, labels, general boxes, coefficients, velocities in any order', () => {
    const text = small
      .replace('7 1 0 0 0', '7 1 0 0 0 1 0 -2')
      .replace('3 2 1.5 1.5 1.5', '3 2 1.5 1.5 1.5 0 0 0\n\nVelocities\n\n3 1 2 3\n7 4 5 6')
      .replace('Atoms # atomic', 'Pair Coeffs # zbl\n\n1 74 74\n2 4 4\n\nAtoms');
    const atoms = parseLammpsData(text);
    expect([...atoms.positions]).toEqual([1.5, 1.5, 1.5, 3, 0, -6]);
    expect([...(atoms.velocities ?? [])]).toEqual([1, 2, 3, 4, 5, 6]);
    const labels = small.replace('Masses', 'Atom Type Labels\n\n1 Fe\n2 C\n\nMasses').replace('3 2 1.5', '3 C 1.5');
    expect([...parseLammpsData(labels).numbers]).toEqual([6, 26]);
    const general = small.replace(/0 3 xlo(.|\n)*zhi\n/, '0 3 3 avec\n3 0 3 bvec\n3 3 0 cvec\n0 0 0 abc origin\n');
    expect([...parseLammpsData(general).cell]).toEqual([0, 3, 3, 3, 0, 3, 3, 3, 0]);
  });

  it('writes and reads the same bits where the cell is in the LAMMPS frame', () => {
    fc.assert(
      fc.property(arbitraryAtoms({ triangular: true, velocities: true, masses: true, wild: true }), (atoms) => {
        expectSame(parseLammpsData(formatLammpsData(atoms)), atoms);
      }),
    );
  });

  it('turns other cells into the LAMMPS frame and back', () => {
    fc.assert(
      fc.property(arbitraryAtoms({ velocities: true, masses: true, maxAtoms: 4 }), (atoms) => {
        const text = formatLammpsData(atoms);
        const back = parseLammpsData(text);
        expect(back.cell).toEqual(atoms.cell);
        expect([back.numbers, back.pbc, back.masses]).toEqual([atoms.numbers, atoms.pbc, atoms.masses]);
        const near = (a: Float64Array, b: Float64Array) => Math.max(...a.map((x, i) => Math.abs(x - b[i])));
        expect(near(back.positions, atoms.positions)).toBeLessThan(1e-11);
        if (atoms.velocities)
          expect(near(back.velocities ?? new Float64Array(0), atoms.velocities)).toBeLessThan(1e-11);
        // Without the comments it is the same crystal in another orientation.
        const turned = parseLammpsData(text.replace(/^# frenkel cell.*$/gm, ''));
        expect([turned.cell[1], turned.cell[2], turned.cell[5]]).toEqual([0, 0, 0]);
        expect(Math.abs(determinant(turned.cell) / determinant(atoms.cell) - 1)).toBeLessThan(1e-11);
        for (let i = 1; i < atoms.numbers.length; i++) {
          expect(distance(turned.positions, 0, i)).toBeCloseTo(distance(atoms.positions, 0, i), 8);
        }
      }),
    );
  });

  it('restores the orientation of a box that LAMMPS has relaxed', () => {
    const cell = Float64Array.of(0, 2, 2, 2, 0, 2, 2, 2, 0);
    const atoms = createAtoms({ numbers: Uint8Array.of(29), positions: Float64Array.of(1, 2, 3), cell });
    const text = formatLammpsData(atoms).replace(/^0 (\S+) zlo zhi$/m, (_, high) => `0 ${Number(high) * 1.01} zlo zhi`);
    const back = parseLammpsData(text);
    expect(determinant(back.cell)).toBeCloseTo(16 * 1.01, 10);
    [0, 2, 2, 2, 0, 2].forEach((x, i) => {
      expect(back.cell[i]).toBeCloseTo(x, 12);
    });
  });

  it('gives molecules, wires and slabs a box, and takes it away again', () => {
    const rows = [
      [0, 0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 1, 2, 5],
      [0, 3, 0, 0, 0, 0, 3, 0, 1],
      [2, 0, 0, 1, 3, 0, 0, 0, 0],
    ];
    for (const cell of rows.map((row) => Float64Array.from(row))) {
      const pbc = [0, 1, 2].map((k) => cell.subarray(3 * k, 3 * k + 3).some((x) => x !== 0));
      const atoms = createAtoms({
        numbers: Uint8Array.of(6, 1),
        positions: Float64Array.of(0, 0, 0, 1, -2, 4),
        cell,
        pbc: [pbc[0], pbc[1], pbc[2]],
      });
      const text = formatLammpsData(atoms);
      const back = parseLammpsData(text);
      expect([back.cell, back.pbc]).toEqual([cell, atoms.pbc]);
      atoms.positions.forEach((x, i) => {
        expect(back.positions[i]).toBeCloseTo(x, 12);
      });
    }
  });

  it('gives isotopes their own types and keeps the order of types that was asked for', () => {
    const atoms = createAtoms({
      numbers: Uint8Array.of(1, 74, 1),
      positions: Float64Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2),
      cell: Float64Array.of(4, 0, 0, 0, 4, 0, 0, 0, 4),
      masses: Float64Array.of(1.008, 183.84, 2.014),
    });
    const text = formatLammpsData(atoms, { types: ['W', 'H'] });
    expect(text).toContain('3 atom types');
    expect(text).toMatch(/1 183.84 # W\n2 1.008 # H\n3 2.014 # H\n/);
    expectSame(parseLammpsData(text), atoms);
  });

  it('refuses bad files with line and expectation', () => {
    const change = (from: string | RegExp, to: string, words: RegExp): [string, RegExp] => {
      const text = small.replace(from, to);
      expect(text).not.toBe(small);
      return [text, words];
    };
    expectRefused(
      (text) => parseLammpsData(text, { file: 'bad.file' }),
      [
        ['', /expected a title line, found the end/],
        ['title\n', /expected "<number> atoms"/],
        ['\u0000\u0001\n\u0002\u0003\n', /expected/],
        change('2 atoms', '3 atoms', /:14: expected 3 atoms, but the 27 characters left/),
        change('2 atoms', '-2 atoms', /:3: .*at least 1/),
        change('2 atoms', '0 atoms', /:3: .*at least 1/),
        change('2 atoms', '1e9 atoms', /an integer/),
        change('2 atoms', '2000000000 atoms', /:3: expected 2000000000 atoms/),
        change('2 atoms', '1 atoms', /:17: expected a section such as Atoms, found "3 2/),
        change('2 atom types', '2000000000 atom types', /from 1 to 1000000/),
        change('2 atom types', '1 atom types', /:12: expected a type from 1 to 1/),
        change('0 3 ylo yhi', '', /"<low> <high> ylo yhi"/),
        change('0 3 ylo yhi', '3 0 ylo yhi', /:6: expected ylo < yhi/),
        change('0 3 ylo yhi', '0 nan ylo yhi', /:6: expected a header line/),
        change('0 3 ylo yhi', '0 3 ylo', /:6: expected a header line/),
        change('0 3 zlo zhi', '0 3 zlo zhi\n0 0 1 avec', /no bvec/),
        change('183.84', '-1', /mass > 0/),
        change('183.84', 'nan', /:11: .*"nan"/),
        change('# W', '\n1 3', /one mass for type 1/),
        change('9.01', '500', /:12: which element is type 2\?/),
        change('9.01', '58.8', /:12: which element is type 2\?/),
        change('2 9.01\n', '', /which element is type 2\?/),
        change('# atomic', '# charge', /:14: expected atom_style atomic, found "charge"/),
        change('Atoms # atomic', 'Atom', /section "Atom"/),
        change(/Atoms # atomic(.|\n)*/, '', /expected the section Atoms/),
        change('3 2 1.5', '7 2 1.5', /:17: expected different ids/),
        change('3 2 1.5', '0 2 1.5', /:17: .*at least 1/),
        change('3 2 1.5', '3 3 1.5', /:17: expected a type from 1 to 2, found "3"/),
        change('3 2 1.5', '3 2 inf', /:17: .*"inf"/),
        change('1.5 1.5\n', '1.5 1.5 2\n', /:17: expected nothing after id type/),
        change('7 1 0 0 0', '7 1 0.5 0 0 0', /:16: expected an image flag/),
        change('7 1 0 0 0', '7 1 0 0', /:16: expected a coordinate/),
        change('7 1 0 0 0', '7 1 0 0 0 0', /:16: expected an image flag, found the end/),
        change(/$/, '\nVelocities\n\n7 1 1 1\n7 1 1 1\n', /:22: expected different ids/),
        change(/$/, '\nVelocities\n\n8 1 1 1\n', /which is not in Atoms/),
        change(/$/, '\nVelocities\n\n7 1 1 1\n', /velocities of 2 atoms/),
        change(/$/, '\nVelocities\n\n7 1 1\n', /:21: expected a velocity/),
        change(/$/, '\nAtoms\n\n7 1 1\n', /a second/),
        change(/$/, '\nBonds\n\n1 1 1 2\n', /section "Bonds"/),
        change('2 atoms', '2 atoms\n1 bonds', /a file with bonds/),
        change('\n2 atoms', '# frenkel cell a 1 2 x\n2 atoms', /:2: expected "# frenkel cell/),
        change(/0 3 xlo(.|\n)*zhi\n/, '3 0 0 avec\n0 0 3 bvec\n0 3 0 cvec\n', /:7: the cell is left-handed/),
      ],
    );
    expect(() => parseLammpsData(small, { types: ['W'] })).toThrow('expected elements for 2 types, found 1');
    expect(() => parseLammpsData(small, { types: ['W', 'Bee'] })).toThrow(/unknown element/);
  });
});

describe('what LAMMPS data seldom say', () => {
  const file = 'x';
  const data = (extra = '', head = '2 atoms\n2 atom types') =>
    `title\n${head}\n0 3 xlo xhi\n0 3 ylo yhi\n0 3 zlo zhi\n\nMasses\n\n1 55.85\n2 183.84\n\nAtoms\n\n1 1 0 0 0\n2 2 1 1 1\n${extra}`;
  const read = (text: string) => parseLammpsData(text, { file });

  it('says what is out of order', () => {
    refused(
      () => read('title\n2 atoms\n2 atom types\n0 3 xlo xhi\n'),
      'expected the section Atoms, found the end of the file',
    );
    refused(() => read(data('\nVelocities\n\n1 0 0 0\n2 0 0 0\n\nVelocities\n\n1 0 0 0\n2 0 0 0\n')), 'found a second');
    refused(
      () => read(data().replace('Atoms', 'Velocities\n\n1 0 0 0\n\nAtoms')),
      'expected the section Atoms before Velocities',
    );
    refused(() => read(data('\nAtoms\n\n1 1 0 0 0\n')), 'expected one section Atoms, found a second');
    refused(
      () => read(data('', '2 atoms\n2 atom types\n3 bonds')),
      'expected atom_style atomic, found a file with bonds',
    );
    expect(read(data('', '2 atoms\n2 atom types\n0 bonds\n0 bond types\n2 extra bond per atom')).numbers).toHaveLength(
      2,
    );
    refused(() => read(data('', '2 atoms\n2 atom types\n2 bond atoms')), 'expected a header line');
    const labels = (a: string, b: string) => data().replace('Masses', `Atom Type Labels\n\n1 ${a}\n2 ${b}\n\nMasses`);
    expect([...read(labels('W', 'Fe')).numbers]).toEqual([74, 26]);
    refused(() => read(labels('W', 'W')), 'expected different labels, found "W" again');
    refused(() => read(labels('W', 'Qq')), /x:\d+: .*Qq/);
  });

  it('is in metal units: others are refused where LAMMPS says them', () => {
    const title = (units: string) =>
      data().replace('title', `LAMMPS data file via write_data, version 29 Aug 2024, timestep = 0, units = ${units}`);
    expect(read(title('metal')).numbers).toHaveLength(2);
    refused(() => read(title('real')), /^x:1: expected metal units, found "real"/);
    refused(() => read(title('lj')), 'expected metal units, found "lj"');
    expect(read(data().replace('title', 'once in real units')).numbers).toHaveLength(2);
  });

  it('takes comments of its own for what they say', () => {
    const cell = (lines: string) => data().replace('title\n', `title\n${lines}\n`);
    const original = '# frenkel cell a 0 3 0\n# frenkel cell b 0 0 3\n# frenkel cell c 3 0 0\n# frenkel pbc T F T';
    const atoms = read(cell(original));
    expect([...atoms.cell]).toEqual([0, 3, 0, 0, 0, 3, 3, 0, 0]);
    expect(atoms.pbc).toEqual([true, false, true]);
    for (const other of [
      '# frenkel pbc T F',
      '# frenkel pbc T F X',
      '# frenkel cell d 1 2 3',
      '# frenkel pi 3',
      '# note',
    ])
      expect(read(cell(other)).pbc, other).toEqual([true, true, true]);
    refused(() => read(cell('# frenkel cell a 1 2')), 'expected "# frenkel cell a x y z"');
    refused(() => read(cell('# frenkel cell a 1 2 x')), 'expected "# frenkel cell a x y z"');
  });

  it('has masses of its own for all types or none', () => {
    expect([...(read(data()).masses ?? [])]).toEqual([55.85, 183.84]);
    const standard = data()
      .replace('55.85', '55.845 # Fe, standard mass')
      .replace('183.84', '183.84 # W, standard mass');
    expect(read(standard).masses).toBeUndefined();
    // one type without a mass: given elements, the standard one
    const half = data().replace('\n2 183.84', '');
    expect([...(parseLammpsData(half, { types: ['Fe', 'W'] }).masses ?? [])]).toEqual([55.85, 183.84]);
    refused(() => parseLammpsData(half, { types: ['Fe'] }), 'expected elements for 2 types, found 1');
    refused(() => read(half), 'which element is type 2?');
    refused(() => read(data().replace('183.84', '300')), 'Its mass 300 is no element');
    // an element that a comment names counts more than a mass
    expect([...read(data().replace('183.84', '300 # W')).numbers]).toEqual([26, 74]);
    // a comment that begins with no letter names nothing
    expect([...read(data().replace('55.85', '55.85 # 1st')).numbers]).toEqual([26, 74]);
  });

  it('numbers atoms by their ids where they are ids', () => {
    const ids = (...id: number[]) => {
      const text = formatLammpsData(pair({ arrays: { id: Float64Array.from(id) } }));
      return [...text.slice(text.indexOf('Atoms')).matchAll(/^(\d+) \d /gm)].map(([, number]) => Number(number));
    };
    expect(ids(7, 3)).toEqual([7, 3]);
    for (const bad of [
      [7, 7],
      [0, 1],
      [1.5, 2],
      [-1, 2],
    ])
      expect(ids(...bad), bad.join()).toEqual([1, 2]);
    expect(ids(7)).toEqual([1, 2]);
  });

  it('is written with the types that are asked for', () => {
    const types = (text: string) => [...text.matchAll(/^\d+ [\d.]+ # (.*)$/gm)].map(([, comment]) => comment);
    expect(types(formatLammpsData(pair(), { types: ['W', 'Cr'] }))).toEqual([
      'W, standard mass',
      'Cr, standard mass',
      'Fe, standard mass',
    ]);
    const own = pair({ masses: Float64Array.of(56, 184) });
    expect(types(formatLammpsData(own, { types: ['W', 'Cr'] }))).toEqual(['W', 'Cr, standard mass', 'Fe']);
    const isotopes = createAtoms({
      numbers: Uint8Array.of(26, 26),
      positions: new Float64Array(6).fill(1).with(0, 0),
      cell: cube(3),
      masses: Float64Array.of(54, 56),
    });
    const back = parseLammpsData(formatLammpsData(isotopes));
    expect([[...back.numbers], [...(back.masses ?? [])]]).toEqual([
      [26, 26],
      [54, 56],
    ]);
  });
});
