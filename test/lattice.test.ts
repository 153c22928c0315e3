import { describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { determinant, inverse, transformRows } from '../src/data/cell.ts';
import { standardMass, symbolOf } from '../src/data/elements.ts';
import { lattice, latticeKinds } from '../src/data/lattice.ts';
import { type Orientation, parseDirection, parseOrientation, toOriented } from '../src/data/orient.ts';
import { repeat, supercell } from '../src/data/supercell.ts';

/** Shells of atom i: "distance/a × count element", by brute force over images up to `reach`. */
function shells(atoms: Atoms, i: number, a: number, reach: number): string[] {
  const { cell, positions: x, numbers } = atoms;
  const inv = inverse(cell);
  // images needed along each row: reach over the distance of the planes
  const images = [0, 1, 2].map((c) => Math.ceil(reach * Math.hypot(inv[c], inv[3 + c], inv[6 + c])) + 1);
  const counts = new Map<string, number>();
  for (let j = 0; j < numbers.length; j++) {
    for (let p = -images[0]; p <= images[0]; p++) {
      for (let q = -images[1]; q <= images[1]; q++) {
        for (let r = -images[2]; r <= images[2]; r++) {
          const d = [0, 1, 2].map((c) => x[3 * j + c] - x[3 * i + c] + p * cell[c] + q * cell[3 + c] + r * cell[6 + c]);
          const length = Math.hypot(...d);
          if (length < 1e-6 || length > reach) continue;
          const key = `${(length / a).toFixed(4)} ${symbolOf(numbers[j])}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
      }
    }
  }
  return [...counts].sort().map(([key, count]) => `${key} ${count}`);
}

const f = (x: number) => x.toFixed(4);
const s = Math.sqrt;

describe('lattice', () => {
  // kind, elements, atom with the given surroundings, shells (distance² in a², element, count) up to the last one given
  const cases: [string, string[], number, number, [number, string, number][]][] = [
    [
      'sc',
      ['Po'],
      1,
      0,
      [
        [1, 'Po', 6],
        [2, 'Po', 12],
        [3, 'Po', 8],
      ],
    ],
    [
      'bcc',
      ['W'],
      2,
      1,
      [
        [3 / 4, 'W', 8],
        [1, 'W', 6],
        [2, 'W', 12],
        [11 / 4, 'W', 24],
        [3, 'W', 8],
      ],
    ],
    [
      'fcc',
      ['Cu'],
      4,
      2,
      [
        [1 / 2, 'Cu', 12],
        [1, 'Cu', 6],
        [3 / 2, 'Cu', 24],
        [2, 'Cu', 12],
      ],
    ],
    [
      'diamond',
      ['Si'],
      8,
      5,
      [
        [3 / 16, 'Si', 4],
        [1 / 2, 'Si', 12],
        [11 / 16, 'Si', 12],
        [1, 'Si', 6],
      ],
    ],
    [
      'hcp',
      ['Zr'],
      2,
      1,
      [
        [1, 'Zr', 12],
        [2, 'Zr', 6],
        [8 / 3, 'Zr', 2],
        [3, 'Zr', 18],
      ],
    ],
    [
      'A15',
      ['Cr', 'Si'],
      8,
      0,
      [
        [1 / 4, 'Cr', 2],
        [5 / 16, 'Si', 4],
        [3 / 8, 'Cr', 8],
      ],
    ],
    [
      'A15',
      ['Cr', 'Si'],
      8,
      6,
      [
        [5 / 16, 'Cr', 12],
        [3 / 4, 'Si', 8],
      ],
    ],
    [
      'C15',
      ['Cu', 'Mg'],
      24,
      0,
      [
        [1 / 8, 'Cu', 6],
        [11 / 64, 'Mg', 6],
      ],
    ],
    [
      'C15',
      ['Cu', 'Mg'],
      24,
      16,
      [
        [11 / 64, 'Cu', 12],
        [3 / 16, 'Mg', 4],
      ],
    ],
    [
      'B2',
      ['Ni', 'Al'],
      2,
      0,
      [
        [3 / 4, 'Al', 8],
        [1, 'Ni', 6],
      ],
    ],
    [
      'rocksalt',
      ['Na', 'Cl'],
      8,
      0,
      [
        [1 / 4, 'Cl', 6],
        [1 / 2, 'Na', 12],
      ],
    ],
    [
      'zincblende',
      ['Zn', 'S'],
      8,
      0,
      [
        [3 / 16, 'S', 4],
        [1 / 2, 'Zn', 12],
      ],
    ],
    [
      'L12',
      ['Cu', 'Au'],
      4,
      0,
      [
        [1 / 2, 'Au', 4],
        [1 / 2, 'Cu', 8],
        [1, 'Cu', 6],
      ],
    ],
    [
      'L12',
      ['Cu', 'Au'],
      4,
      3,
      [
        [1 / 2, 'Cu', 12],
        [1, 'Au', 6],
      ],
    ],
    [
      'fluorite',
      ['U', 'O'],
      12,
      0,
      [
        [3 / 16, 'O', 8],
        [1 / 2, 'U', 12],
      ],
    ],
    [
      'fluorite',
      ['U', 'O'],
      12,
      4,
      [
        [3 / 16, 'U', 4],
        [1 / 4, 'O', 6],
        [1 / 2, 'O', 12],
      ],
    ],
  ];
  it.each(cases)('%s of %s has %i atoms and the right shells', (kind, elements, count, atom, expected) => {
    const a = 3.7;
    const atoms = lattice({ kind, a, elements });
    expect(atoms.numbers).toHaveLength(count);
    const reach = a * s(expected[expected.length - 1][0]) + 1e-6;
    const found = shells(atoms, atom, a, reach);
    expect(found).toEqual(expected.map(([d2, symbol, n]) => `${f(s(d2))} ${symbol} ${n}`));
  });

  it('has the density of the real crystal', () => {
    const density = (atoms: Atoms) =>
      [...atoms.numbers].reduce((sum, z) => sum + standardMass(z), 0) / determinant(atoms.cell) / 0.602214076;
    expect(density(lattice({ kind: 'bcc', a: 2.8665, elements: ['Fe'] }))).toBeCloseTo(7.87, 1);
    expect(density(lattice({ kind: 'bcc', a: 3.1652, elements: ['W'] }))).toBeCloseTo(19.25, 1);
    expect(density(lattice({ kind: 'fcc', a: 3.6149, elements: ['Cu'] }))).toBeCloseTo(8.93, 1);
    expect(density(lattice({ kind: 'hcp', a: 3.232, c: 5.147, elements: ['Zr'] }))).toBeCloseTo(6.51, 1);
    expect(density(lattice({ kind: 'diamond', a: 5.431, elements: ['Si'] }))).toBeCloseTo(2.33, 2);
  });

  const orientations: [string, number][] = [
    ['[110] [-110] [001]', 4], // atoms of bcc in one period
    ['[1-10] [11-2] [111]', 6],
    ['[111] [1-10] [11-2]', 6],
    ['[2 1 0] [-1 2 0] [0 0 1]', 10],
    ['[001] [100] [010]', 2],
    ['[2 2 0] [-3 3 0] [0 0 1]', 4],
  ];
  it.each(orientations)('%s has %i atoms of bcc, and every kind keeps its shells', (text, count) => {
    const orient = parseOrientation(text);
    expect(lattice({ kind: 'bcc', a: 1, elements: ['Fe'], orient }).numbers).toHaveLength(count);
    const pairs = ['bcc', 'fcc', 'diamond', 'A15', 'L12', 'rocksalt', 'C15'];
    for (const kind of pairs) {
      const elements = ['bcc', 'fcc', 'diamond'].includes(kind) ? ['Fe'] : ['Cr', 'Si'];
      const straight = lattice({ kind, a: 4, elements });
      const turned = lattice({ kind, a: 4, elements, orient });
      const perVolume = straight.numbers.length / determinant(straight.cell);
      expect(turned.numbers.length / determinant(turned.cell)).toBeCloseTo(perVolume, 12);
      const all = (atoms: Atoms) =>
        new Set(Array.from(atoms.numbers, (z, i) => `${z}: ${shells(atoms, i, 4, 4.1).join('; ')}`));
      expect(all(turned)).toEqual(all(straight));
    }
  });

  it('lays the crystal as asked: neighbours of bcc along its own <111>', () => {
    const orient: Orientation = [
      [1, -1, 0],
      [1, 1, -2],
      [1, 1, 1],
    ];
    const atoms = lattice({ kind: 'bcc', a: 2, elements: ['Fe'], orient });
    expect(Array.from(atoms.cell)).toEqual([2 * s(2), 0, 0, 0, 2 * s(6), 0, 0, 0, s(3)]);
    const [x, y, z] = toOriented([1, 1, 1], orient);
    expect([x, y]).toEqual([0, 0]);
    expect(z).toBeCloseTo(s(3), 14);
    // every neighbour of the plain crystal, turned, is at a site: fractional coordinates of some atom
    const inv = inverse(atoms.cell);
    const sites = transformRows(atoms.positions, inv);
    const target = transformRows(toOriented([1, -1, 1], orient), inv);
    const hit = Array.from({ length: 6 }, (_, i) =>
      [0, 1, 2].every((c) => {
        const d = sites[3 * i + c] - target[c];
        return Math.abs(d - Math.round(d)) < 1e-9;
      }),
    );
    expect(hit.filter(Boolean)).toHaveLength(1);
  });

  it('refuses orientations that are none', () => {
    const build = (orient: Orientation) => () => lattice({ kind: 'bcc', a: 3, elements: ['Fe'], orient });
    expect(
      build([
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
      ]),
    ).toThrow('left-handed; reverse one direction, for example [0 0 -1]');
    expect(
      build([
        [1, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
      ]),
    ).toThrow('[1 1 0] and [1 0 0] are not perpendicular');
    expect(
      build([
        [0, 0, 0],
        [1, 0, 0],
        [0, 0, 1],
      ]),
    ).toThrow('no direction');
    expect(
      build([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1.5],
      ]),
    ).toThrow('no direction');
    expect(
      build([
        [1, 0, 0],
        [0, 1, 0],
      ]),
    ).toThrow('three directions');
    expect(
      build([
        [99, 98, 0],
        [-98, 99, 0],
        [0, 0, 1],
      ]),
    ).not.toThrow();
    for (const text of ['', '[1-10]', 'a b c', '[1 0 0] [0 1 0] [0 0 1] [1 1 1]', '[1 0] [0 1 0] [0 0 1]']) {
      expect(() => parseOrientation(text)).toThrow(/^--orient: /);
    }
    expect(parseOrientation('1 -1 0, 1 1 -2, 1 1 1')).toEqual(parseOrientation('[1-10][11-2][111]'));
    expect(parseDirection('-110')).toEqual([-1, 1, 0]);
  });

  it('refuses what it cannot build', () => {
    const wrong = (spec: object) => () => lattice({ kind: 'bcc', a: 3, elements: ['Fe'], ...spec });
    expect(wrong({ kind: 'bbc' })).toThrow(
      `unknown lattice "bbc" (did you mean bcc?); known: ${latticeKinds.join(', ')}`,
    );
    expect(wrong({ a: -1 })).toThrow('lattice constant a = -1');
    expect(wrong({ a: Number.NaN })).toThrow('lattice constant a');
    expect(wrong({ c: 4 })).toThrow('bcc has only a');
    expect(wrong({ elements: ['Fe', 'W'] })).toThrow('found 2 elements; 1 was expected');
    expect(wrong({ kind: 'B2', elements: [] })).toThrow('1 or 2 were expected');
    expect(wrong({ elements: ['FE'] })).toThrow('did you mean Fe?');
    expect(
      wrong({
        kind: 'hcp',
        orient: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      }),
    ).toThrow('hcp cannot be oriented');
  });
});

describe('supercells', () => {
  const bcc = lattice({ kind: 'bcc', a: 3, elements: ['W'] });
  it('repeat in the order of the translations, with everything that belongs to the atoms', () => {
    const unit: Atoms = {
      ...bcc,
      masses: Float64Array.of(1, 2),
      fixed: Uint8Array.of(1, 0, 0, 0, 1, 0),
      velocities: Float64Array.of(1, 2, 3, 4, 5, 6),
      info: { energy: -3, label: 'x' },
      arrays: { forces: new Float64Array(6), charge: Float64Array.of(7, 8) },
    };
    const big = repeat(unit, [1, 2, 3]);
    expect(big.numbers).toHaveLength(12);
    expect(Array.from(big.cell)).toEqual([3, 0, 0, 0, 6, 0, 0, 0, 9]);
    expect(Array.from(big.positions.subarray(6, 12))).toEqual([0, 0, 3, 1.5, 1.5, 4.5]);
    expect(Array.from(big.masses ?? [])).toEqual([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
    expect(Array.from(big.fixed?.subarray(30) ?? [])).toEqual([1, 0, 0, 0, 1, 0]);
    expect(Array.from(big.velocities?.subarray(30) ?? [])).toEqual([1, 2, 3, 4, 5, 6]);
    expect(big.info).toEqual({ label: 'x' });
    expect(Array.from(big.arrays.charge)).toEqual([7, 8, 7, 8, 7, 8, 7, 8, 7, 8, 7, 8]);
    expect(big.arrays.forces).toBeUndefined();
    expect(Array.from(unit.positions)).toEqual([0, 0, 0, 1.5, 1.5, 1.5]);
  });

  const matrices = [
    [2, 0, 0, 0, 3, 0, 0, 0, 1],
    [0, 1, 1, 1, 0, 1, 1, 1, 0],
    [1, -1, 0, 1, 1, -2, 1, 1, 1],
    [1, 50, 0, 0, 1, 70, 0, 0, 2],
    [-2, 1, 3, 1, 4, -1, -3, 2, -1],
  ];
  it.each(matrices)(
    'of matrix %i %i %i %i %i %i %i %i %i have det·n atoms on the sites of the crystal',
    (...matrix) => {
      const d = determinant(matrix);
      if (d < 0) {
        expect(() => supercell(bcc, matrix)).toThrow('left-handed');
        matrix = matrix.map((x) => 0 - x);
      }
      const big = supercell(bcc, matrix);
      expect(big.numbers).toHaveLength(2 * Math.abs(d));
      expect(determinant(big.cell)).toBeCloseTo(27 * Math.abs(d), 8);
      const inv = inverse(big.cell);
      const sites = transformRows(big.positions, inv);
      const distinct = new Set<string>();
      for (let i = 0; i < sites.length; i += 3) {
        const key = [0, 1, 2].map((c) => Math.round((sites[i + c] - Math.floor(sites[i + c] + 1e-9)) * 1e6) % 1e6);
        distinct.add(key.join());
      }
      expect(distinct.size).toBe(2 * Math.abs(d));
      expect(shells(big, 0, 3, 3.1)).toEqual(shells(bcc, 0, 3, 3.1));
    },
  );

  it('refuse wrong counts and matrices', () => {
    expect(() => repeat(bcc, [0, 1, 1])).toThrow('found 0; a whole number');
    expect(() => repeat(bcc, [1, 1.5, 1])).toThrow('found 1.5');
    expect(() => repeat(bcc, [1e5, 1e5, 1e5])).toThrow('at most');
    expect(() => repeat({ ...bcc, cell: new Float64Array(9) }, [1, 1, 2])).toThrow('row 3 of the cell is zero');
    expect(() => supercell(bcc, [1, 0, 0, 1, 0, 0, 0, 0, 1])).toThrow('lie in a plane');
    expect(() => supercell(bcc, [1, 0, 0])).toThrow('nine integers');
    expect(() => supercell(bcc, [1000, 0, 0, 0, 1000, 0, 0, 0, 1000])).toThrow('at most');
  });
});
