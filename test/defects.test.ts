import { describe, expect, it } from 'vitest';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { displace, dumbbell, interstitial, interstitialSite, vacancy } from '../src/data/defects.ts';
import { fixMask, holdAtoms } from '../src/data/fix.ts';
import { nearestAtom } from '../src/data/image.ts';
import { lattice } from '../src/data/lattice.ts';
import { type Orientation, toOriented } from '../src/data/orient.ts';
import { repeat } from '../src/data/supercell.ts';

const bcc = repeat(lattice({ kind: 'bcc', a: 3, elements: ['W'] }), [3, 3, 3]);
const fcc = repeat(lattice({ kind: 'fcc', a: 4, elements: ['Cu'] }), [2, 2, 2]);

/** Distances from a point to all images within ±range cells, sorted. */
function distances(atoms: Atoms, point: ArrayLike<number>, range = 2): number[] {
  const all: number[] = [];
  const { cell, positions: x, pbc } = atoms;
  const images = (c: number) => (pbc[c] ? Array.from({ length: 2 * range + 1 }, (_, k) => k - range) : [0]);
  for (let i = 0; i < x.length; i += 3) {
    for (const p of images(0)) {
      for (const q of images(1)) {
        for (const r of images(2)) {
          const d = [0, 1, 2].map((c) => x[i + c] - point[c] + p * cell[c] + q * cell[3 + c] + r * cell[6 + c]);
          all.push(Math.hypot(...d));
        }
      }
    }
  }
  return all.sort((a, b) => a - b);
}

describe('nearestAtom', () => {
  it('agrees with a search over many images, in skewed and open cells', () => {
    const cells = [
      [5, 0, 0, 0, 6, 0, 0, 0, 7],
      [5, 0, 0, 7, 4, 0, -6, 5, 3],
      [2, 0.3, -0.1, 1.9, 1.2, 0, 0.4, 0.8, 2],
      [5, 0, 0, 0, 0, 0, 0, 0, 7],
      [0, 0, 0, 5, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, 0],
    ];
    for (const cell of cells) {
      const pbc: Atoms['pbc'] = [0, 1, 2].map((i) => cell.slice(3 * i, 3 * i + 3).some((v) => v !== 0)) as Atoms['pbc'];
      const positions = Float64Array.of(0.1, 0.2, 0.3, 2.5, -7, 1, 3, 4, -2);
      const atoms = createAtoms({ numbers: Uint8Array.of(1, 1, 1), positions, cell: Float64Array.from(cell), pbc });
      for (const point of [
        [0, 0, 0],
        [1, 2, 3],
        [-8, 5, 11],
        [4.9, 5.9, 6.9],
      ]) {
        expect(nearestAtom(atoms, point).distance).toBeCloseTo(distances(atoms, point, 14)[0], 10);
      }
    }
  });
  it('takes the first of equals, and refuses emptiness', () => {
    expect(nearestAtom(bcc, [0.75, 0.75, 0.75])).toEqual({
      index: 0,
      distance: expect.closeTo(Math.sqrt(27 / 16), 12),
    });
    const none = createAtoms({ numbers: new Uint8Array(0), positions: new Float64Array(0), cell: new Float64Array(9) });
    expect(() => nearestAtom(none, [0, 0, 0])).toThrow('no atom');
    const flat = { ...bcc, cell: Float64Array.of(1, 0, 0, 1, 0, 0, 0, 0, 1) };
    expect(() => nearestAtom(flat, [0, 0, 0])).toThrow('no volume');
  });
});

describe('defects', () => {
  it('vacancy by index and by point', () => {
    const one = vacancy(bcc, 10);
    expect(one.numbers).toHaveLength(53);
    expect(distances(one, bcc.positions.subarray(30, 33))[0]).toBeCloseTo(Math.sqrt(27 / 4), 12);
    expect(vacancy(bcc, [8.9, -0.1, 9.2])).toEqual(vacancy(bcc, 0));
    expect(() => vacancy(bcc, 54)).toThrow('there is no atom 54; an index from 0 to 53 was expected');
    expect(() => vacancy(bcc, -1)).toThrow('there is no atom -1');
  });

  it('octahedral and tetrahedral sites have their neighbours', () => {
    const expected: [Atoms, 'bcc' | 'fcc', number, 'octahedral' | 'tetrahedral', number, number][] = [
      [bcc, 'bcc', 3, 'octahedral', 2, 3 / 2],
      [bcc, 'bcc', 3, 'tetrahedral', 4, (Math.sqrt(5) / 4) * 3],
      [fcc, 'fcc', 4, 'octahedral', 6, 2],
      [fcc, 'fcc', 4, 'tetrahedral', 4, Math.sqrt(3)],
    ];
    for (const [atoms, kind, a, hole, count, distance] of expected) {
      const p = interstitialSite(atoms, 5, { lattice: kind, hole, a });
      const near = distances(atoms, p).slice(0, count + 1);
      for (const d of near.slice(0, count)) expect(d).toBeCloseTo(distance, 12);
      expect(near[count]).toBeGreaterThan(distance + 0.1);
      const more = interstitial(atoms, 1, p);
      expect(more.numbers[atoms.numbers.length]).toBe(1);
      expect(Array.from(more.positions.subarray(-3))).toEqual(p);
    }
  });

  it('sites turn with the crystal', () => {
    const orient: Orientation = [
      [1, -1, 0],
      [1, 1, -2],
      [1, 1, 1],
    ];
    const turned = repeat(lattice({ kind: 'bcc', a: 3, elements: ['W'], orient }), [2, 2, 3]);
    const p = interstitialSite(turned, 0, { lattice: 'bcc', hole: 'tetrahedral', a: 3, orient });
    for (const d of distances(turned, p).slice(0, 4)) expect(d).toBeCloseTo((Math.sqrt(5) / 4) * 3, 12);
  });

  it('an interstitial brings its share of every column', () => {
    const rich: Atoms = {
      ...bcc,
      masses: new Float64Array(54).fill(180),
      velocities: new Float64Array(162).fill(1),
      fixed: new Uint8Array(162).fill(1),
      arrays: { spin: new Float64Array(108).fill(2) },
    };
    const more = interstitial(rich, 4, [1.5, 0, 0]);
    expect(Array.from(more.masses?.subarray(-2) ?? [])).toEqual([180, 9.0121831]);
    expect(Array.from(more.velocities?.subarray(-4) ?? [])).toEqual([1, 0, 0, 0]);
    expect(Array.from(more.fixed?.subarray(-4) ?? [])).toEqual([1, 0, 0, 0]);
    expect(Array.from(more.arrays.spin.subarray(-3))).toEqual([2, 0, 0]);
    expect(more.arrays.spin).toHaveLength(110);
    expect(() => interstitial(bcc, 4, [9.1, 0, 0])).toThrow('atom 0 is only 0.100 Å away');
    expect(() => interstitial(bcc, 0, [1, 0, 0])).toThrow('not an atomic number');
    expect(() => interstitial(bcc, 4, [Number.NaN, 0, 0])).toThrow('three finite numbers');
  });

  it('a dumbbell is centred on its site', () => {
    const two = dumbbell(bcc, 7, { direction: toOriented([1, 1, 0]), separation: 2, z: 26 });
    expect(two.numbers).toHaveLength(55);
    expect([two.numbers[7], two.numbers[54]]).toEqual([74, 26]);
    const ends = [two.positions.subarray(21, 24), two.positions.subarray(-3)];
    for (let c = 0; c < 3; c++) {
      expect((ends[0][c] + ends[1][c]) / 2).toBeCloseTo(bcc.positions[21 + c], 12);
      expect(ends[0][c] - ends[1][c]).toBeCloseTo([Math.SQRT2, Math.SQRT2, 0][c], 12);
    }
    expect(() => dumbbell(bcc, 0, { direction: [0, 0, 0], separation: 2 })).toThrow('no length');
    expect(() => dumbbell(bcc, 0, { direction: [1, 0, 0], separation: -2 })).toThrow('separation -2');
  });

  it('random displacements have their size, repeat with their seed and spare what is held', () => {
    const big = repeat(bcc, [4, 4, 4]);
    const held = holdAtoms(big, ['index<10', 'all:z']);
    const moved = displace(held, { sigma: 0.1 }, 7n);
    const shift = moved.positions.map((v, k) => v - big.positions[k]);
    const free = shift.filter((_, k) => k >= 30 && k % 3 !== 2);
    const mean = free.reduce((sum, v) => sum + v, 0) / free.length;
    const variance = free.reduce((sum, v) => sum + v * v, 0) / free.length;
    expect(Math.abs(mean)).toBeLessThan((4 * 0.1) / Math.sqrt(free.length));
    expect(Math.abs(variance / 0.01 - 1)).toBeLessThan(4 * Math.sqrt(2 / free.length));
    expect(shift.every((v, k) => (k >= 30 && k % 3 !== 2) || v === 0)).toBe(true);
    expect(displace(held, { sigma: 0.1 }, 7n).positions).toEqual(moved.positions);
    expect(displace(held, { sigma: 0.1 }, 8n).positions).not.toEqual(moved.positions);
    const uniform = displace(big, { amplitude: 0.2 }, 7n).positions.map((v, k) => v - big.positions[k]);
    expect(Math.max(...uniform)).toBeLessThanOrEqual(0.2);
    expect(Math.max(...uniform)).toBeGreaterThan(0.199);
    expect(Math.min(...uniform)).toBeLessThan(-0.199);
    expect(() => displace(big, { sigma: Number.NaN }, 1n)).toThrow('displacement of NaN');
  });
});

describe('--fix', () => {
  const atoms = createAtoms({
    numbers: Uint8Array.of(74, 4, 74, 4),
    positions: Float64Array.of(0, 0, 0, 1, 0, 4, 2, 0, 5, 3, 0, 6),
    cell: Float64Array.of(10, 0, 0, 0, 10, 0, 0, 0, 10),
  });
  const selected = (expression: string) =>
    [0, 1, 2, 3].filter((i) =>
      fixMask(atoms, expression)
        .subarray(3 * i, 3 * i + 3)
        .every((v) => v === 1),
    );
  it.each<[string, number[]]>([
    ['z<5A', [0, 1]],
    ['z <= 0.5 nm', [0, 1, 2]],
    ['z<5A and element=W', [0]],
    ['element != W', [1, 3]],
    ['index=0', [0]],
    ['index==0 or x>=2', [0, 2, 3]],
    ['not z<5A', [2, 3]],
    ['not (z<5A or index=3)', [2]],
    ['x>=1 && x<3 | index=0', [0, 1, 2]],
    ['element=Be AND z>5', [3]],
    ['z>-1e0A', [0, 1, 2, 3]],
    ['all', [0, 1, 2, 3]],
  ])('%s', (expression, expected) => {
    expect(selected(expression)).toEqual(expected);
  });
  it('holds only the components asked for', () => {
    expect(Array.from(fixMask(atoms, 'index=1:xy'))).toEqual([0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
    const both = holdAtoms({ ...atoms, fixed: Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0) }, [
      'index=1:x',
      'index=1:z',
    ]);
    expect(Array.from(both.fixed ?? [])).toEqual([0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(holdAtoms(atoms, [])).toBe(atoms);
  });
  it.each([
    ['elment=W', '--fix: unknown "elment" (did you mean element?)'],
    ['element=w', 'did you mean W?'],
    ['element<W', 'only be = or !='],
    ['z<5K', 'is no unit of length'],
    ['z<', 'a comparison such as'],
    ['', 'found the end'],
    ['z<5 and', 'found the end'],
    ['(z<5', 'not closed'],
    ['z<5)', 'found ")"'],
    ['0<z<5', 'a comparison such as'],
    ['z<5:', 'the held components'],
    ['z<5:xw', 'the held components'],
    ['index=1.5', 'a whole number'],
    ['z>50', 'no atom is selected'],
  ])('refuses %s', (expression, message) => {
    expect(() => fixMask(atoms, expression)).toThrow(message);
  });
  it('refuses expressions without end', () => {
    expect(() => fixMask(atoms, '('.repeat(2000))).toThrow('longer than');
    expect(() => fixMask(atoms, '('.repeat(900))).toThrow('found the end');
  });
});
