/** Wigner–Seitz counts on built defects, also hot, wrapped, strained and drifted; what defects are called and become. */
import { describe, expect, it } from 'vitest';
import { defectInertia, defectSites } from '../src/analysis/defect-inertia.ts';
import { defectChange, defectState } from '../src/analysis/defect-state.ts';
import { cellMismatch, wignerSeitz } from '../src/analysis/wigner-seitz.ts';
import { type Atoms, cloneAtoms } from '../src/data/atoms.ts';
import { transformRows } from '../src/data/cell.ts';
import { placeDefect } from '../src/data/defect-shape.ts';
import { displace, dumbbell, interstitial, vacancy } from '../src/data/defects.ts';
import { shortestVector } from '../src/data/displacement.ts';
import { lattice } from '../src/data/lattice.ts';
import { defectShape } from '../src/data/point-defects.ts';
import { repeat, supercell } from '../src/data/supercell.ts';

const a = 2.85;
const crystal = repeat(lattice({ kind: 'bcc', a, elements: ['Fe'] }), [6, 6, 6]);
const with_ = (name: string, site = 40) => placeDefect(crystal, defectShape(name, 'bcc'), { site, a });

/** Every atom by lattice vectors into some other cell. */
function scattered(atoms: Atoms): Atoms {
  const moved = cloneAtoms(atoms);
  for (let i = 0; i < atoms.numbers.length; i++) {
    for (let c = 0; c < 3; c++) moved.positions[3 * i + c] += (((7 * i + 3 * c) % 5) - 2) * atoms.cell[4 * c];
  }
  return moved;
}

/** Written separately: every atom against every site. */
function direct(atoms: Atoms, reference: Atoms): number[] {
  const shortest = shortestVector(reference.cell, reference.pbc);
  const occupancy = new Array<number>(reference.numbers.length).fill(0);
  for (let i = 0; i < atoms.numbers.length; i++) {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let s = 0; s < occupancy.length; s++) {
      const d = [0, 1, 2].map((c) => atoms.positions[3 * i + c] - reference.positions[3 * s + c]);
      shortest(d);
      const square = d[0] ** 2 + d[1] ** 2 + d[2] ** 2;
      if (square < least) [best, least] = [s, square];
    }
    occupancy[best]++;
  }
  return occupancy;
}

describe('the cell of the reference', () => {
  it('may be strained, but not of another size', () => {
    const strained = { ...crystal, cell: crystal.cell.map((x) => 1.03 * x) };
    expect(cellMismatch(strained, crystal)).toBeCloseTo(0.03, 12);
    const small = repeat(lattice({ kind: 'bcc', a, elements: ['Fe'] }), [6, 6, 4]);
    expect(cellMismatch(small, crystal)).toBeCloseTo(1 / 3, 12);
    expect(cellMismatch({ ...small, pbc: [true, true, false] }, crystal)).toBe(0);
    const turned = { ...crystal, cell: Float64Array.of(0, 17.1, 0, -17.1, 0, 0, 0, 0, 17.1) };
    expect(cellMismatch(turned, crystal)).toBeCloseTo(Math.SQRT2, 12);
  });
});

describe('occupancy', () => {
  it.each([
    ['vacancy', 1, 0],
    ['V4', 4, 0],
    ['V9-shells', 9, 0],
    ['dumbbell-110', 0, 1],
    ['I4-110', 0, 4],
    ['I7-111', 0, 7],
  ])('%s: %i vacancies and %i interstitials, cold and hot, wherever the atoms are written', (name, empty, extra) => {
    const built = with_(name);
    for (const atoms of [built, scattered(built), displace(built, { sigma: 0.12 }, 3n)]) {
      const found = wignerSeitz(atoms, crystal);
      expect([found.vacancies.length, found.interstitials]).toEqual([empty, extra]);
    }
  });

  it('net counts of C15 clusters and triangles', () => {
    for (const [name, net] of [
      ['I2-gao', 2],
      ['I2-C15', 2],
      ['I4-C15', 4],
    ] as const) {
      const { interstitials, vacancies } = wignerSeitz(with_(name), crystal);
      expect(interstitials - vacancies.length).toBe(net);
    }
  });

  it('is that of all pairs, in a skewed cell with atoms far from their sites', () => {
    const skew = supercell(
      repeat(lattice({ kind: 'bcc', a, elements: ['W'] }), [4, 4, 4]),
      [1, 1, 0, 0, 1, 0, 0, -1, 1],
    );
    const hot = displace(vacancy(vacancy(skew, 3), 77), { sigma: 0.6 }, 11n);
    expect([...wignerSeitz(hot, skew).occupancy]).toEqual(direct(hot, skew));
  });

  it('follows a strained cell, and a crystal that drifted', () => {
    const built = with_('V2-2nn');
    const d = [1.02, 0.01, 0, 0, 0.99, 0, 0.01, 0, 1.01];
    const strained = { ...built, cell: transformRows(built.cell, d), positions: transformRows(built.positions, d) };
    expect(wignerSeitz(strained, crystal).vacancies).toEqual(wignerSeitz(built, crystal).vacancies);
    const drifted = displace(built, { sigma: 0.1 }, 5n);
    for (let k = 0; k < drifted.positions.length; k++) drifted.positions[k] += [0.5, -0.4, 0.3][k % 3];
    const found = wignerSeitz(drifted, crystal, { align: true });
    expect(found.vacancies).toEqual(wignerSeitz(built, crystal).vacancies);
    found.shift.forEach((x, c) => {
      expect(Math.abs(x - [0.5, -0.4, 0.3][c])).toBeLessThan(0.03);
    });
  });

  it('sees foreign atoms on sites, and atoms between sites', () => {
    const alloy = cloneAtoms(crystal);
    alloy.numbers[17] = 24;
    expect(wignerSeitz(alloy, crystal).antisites).toEqual([17]);
    const half = with_('crowdion');
    expect(wignerSeitz(half, crystal).ambiguous).toEqual([half.numbers.length - 1]);
  });

  it('refuses what is no pair', () => {
    expect(() => wignerSeitz({ ...crystal, pbc: [true, true, false] }, crystal)).toThrow('periodic');
  });
});

describe('inertia', () => {
  it('of two, three and four vacancies in closed form, across the boundary', () => {
    const of = (name: string) => {
      const found = wignerSeitz(with_(name, 0), crystal);
      return defectInertia(crystal, defectSites(found));
    };
    // two points at distance d: 0, d²/2, d²/2
    const pair = of('V2-2nn');
    for (const [k, m] of [0, 0.5, 0.5].entries()) expect(pair.moments[k]).toBeCloseTo(m * a * a, 9);
    // trace = 2 Σ r² = 2/n Σ_{i<j} d_ij²: triangle of d² = ¾, ¾, 1; tetrahedron of four ¾ and two 1
    const trace = (m: readonly number[]) => m[0] + m[1] + m[2];
    expect(trace(of('V3').moments)).toBeCloseTo((2 / 3) * 2.5 * a * a, 9);
    expect(trace(of('V4').moments)).toBeCloseTo((2 / 4) * 5 * a * a, 9);
    expect(of('vacancy').moments).toEqual([0, 0, 0]);
  });
});

describe('names and changes', () => {
  const state = (atoms: Atoms) => defectState(atoms, crystal, wignerSeitz(atoms, crystal));
  it.each([
    ['vacancy', 'V1'],
    ['V5', 'V5'],
    ['dumbbell-110', '⟨110⟩ dumbbell'],
    ['dumbbell-111', '⟨111⟩ dumbbell'],
    ['dumbbell-100', '⟨100⟩ dumbbell'],
    ['I3-111', 'I3 of parallel ⟨111⟩ dumbbells'],
    ['I2-110', 'I2 of parallel ⟨110⟩ dumbbells'],
    ['I2-gao', 'I2: three atoms on one site'],
  ])('%s is called %s', (name, called) => {
    const { defects } = state(with_(name));
    expect(defects.map((d) => d.name)).toEqual([called]);
    // nothing that heat changes
    expect(state(displace(with_(name), { sigma: 0.05 }, 2n)).defects.map((d) => d.name)).toEqual([called]);
  });

  it('two far apart are two; a pair next to each other is a Frenkel pair', () => {
    const far = dumbbell(vacancy(crystal, 0), [3 * a, 3 * a, 3 * a], { direction: [1, 1, 0], separation: 2 });
    expect(state(far).defects.map((d) => d.name)).toEqual(['⟨110⟩ dumbbell', 'V1']);
    const close = dumbbell(vacancy(crystal, 0), [a, a, 0], { direction: [1, 1, 0], separation: 2 });
    expect(state(close).defects.map((d) => d.net)).toEqual([0]);
  });

  it('puts the centre of a defect across the boundary into the cell', () => {
    const { centre } = state(with_('V2-2nn', 0)).defects[0];
    const moved = state(
      placeDefect(
        crystal,
        {
          remove: [
            [0, 0, 0],
            [-1, 0, 0],
          ],
          add: [],
        },
        { site: 0, a },
      ),
    ).defects[0];
    expect(centre.every((x, c) => x > -1e-6 && x < crystal.cell[4 * c])).toBe(true);
    expect(moved.centre[0]).toBeCloseTo(5.5 * a, 9);
  });

  it('says what became of a defect', () => {
    const before = state(with_('dumbbell-100'));
    expect(defectChange(before, state(with_('dumbbell-110')), 1)).toEqual({
      kept: false,
      text: expect.stringMatching(/^became ⟨110⟩ dumbbell at \(/),
    });
    const pair = interstitial(vacancy(crystal, 0), 26, [0.4, 0.1, 0.1]);
    expect(defectChange(before, state(pair), 2).text).toBe('recombined: no defect is left');
    expect(defectChange(before, state(displace(with_('dumbbell-100'), { sigma: 0.03 }, 1n)), 0.1).kept).toBe(true);
    // an axis of no family is named by its digits, and is the same while it turns by less than a name's width
    const along = (y: number) => state(dumbbell(crystal, 40, { direction: [2, y, 0], separation: 2.1 }));
    const names = [1, 1.1, 2.2, 0.9].map((y) => along(y).defects[0].name);
    expect(names).toEqual([
      '[-0.89 -0.45 0.00] dumbbell',
      '[-0.88 -0.48 0.00] dumbbell',
      '⟨110⟩ dumbbell',
      '[-0.91 -0.41 0.00] dumbbell',
    ]);
    expect([1.1, 2.2, 0.9].map((y) => defectChange(along(1), along(y), 1).kept)).toEqual([true, false, true]);
  });
});
