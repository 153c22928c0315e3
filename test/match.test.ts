import { describe, expect, it } from 'vitest';
import { assign } from '../src/data/assign.ts';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { vacancy } from '../src/data/defects.ts';
import { shortestVector } from '../src/data/displacement.ts';
import { InputError } from '../src/data/errors.ts';
import { lattice } from '../src/data/lattice.ts';
import { matchEnds } from '../src/data/match.ts';
import { select } from '../src/data/select.ts';
import { repeat } from '../src/data/supercell.ts';
import fc from './support/properties.ts';

describe('shortest vector', () => {
  it('is the shortest of all images, in skewed cells and slabs', () => {
    const cell = [4, 0, 0, 3.5, 5, 0, -1.8, 2.2, 6];
    const coordinate = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(coordinate, coordinate, coordinate), fc.boolean(), (point, slab) => {
        const d = [...point];
        shortestVector(cell, [true, true, !slab])(d);
        let least = Number.POSITIVE_INFINITY;
        const deep = slab ? [0] : [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6];
        for (let i = -16; i <= 16; i++) {
          for (let j = -12; j <= 12; j++) {
            for (const k of deep) {
              const t = [0, 1, 2].map((c) => point[c] + i * cell[c] + j * cell[3 + c] + k * cell[6 + c]);
              least = Math.min(least, Math.sqrt(t[0] ** 2 + t[1] ** 2 + t[2] ** 2));
            }
          }
        }
        expect(Math.abs(Math.sqrt(d[0] ** 2 + d[1] ** 2 + d[2] ** 2) - least)).toBeLessThan(1e-9);
      }),
      { numRuns: 40 },
    );
  });
});

describe('assignment', () => {
  const permutations = (n: number): number[][] =>
    n === 0
      ? [[]]
      : permutations(n - 1).flatMap((p) =>
          Array.from({ length: n }, (_, k) => [...p.slice(0, k), n - 1, ...p.slice(k)]),
        );

  it('has the least sum of all permutations', () => {
    const matrix = fc.integer({ min: 1, max: 6 }).chain((n) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: n, maxLength: n }), {
        minLength: n,
        maxLength: n,
      }),
    );
    fc.assert(
      fc.property(matrix, (cost) => {
        const total = (columns: number[]) => columns.reduce((sum, j, i) => sum + cost[i][j], 0);
        const found = assign(cost);
        expect([...found].sort((a, b) => a - b)).toEqual(cost.map((_, i) => i));
        expect(total(found)).toBe(Math.min(...permutations(cost.length).map(total)));
      }),
      { numRuns: 100 },
    );
  });

  it('of nothing is nothing', () => {
    expect(assign([])).toEqual([]);
  });
});

const free = [true, true, true] as const;
const crystal = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [4, 4, 4]);
const first = vacancy(crystal, 0);
const last = vacancy(crystal, 1);
const n = first.numbers.length;

/** In an order that a small generator of permutations gives. */
function shuffled(atoms: Atoms, seed = 7): Atoms {
  const order = Array.from({ length: atoms.numbers.length }, (_, i) => i);
  let state = seed;
  for (let i = order.length - 1; i > 0; i--) {
    state = (state * 48271) % 2147483647;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return select(atoms, Uint32Array.from(order));
}

const moved = (atoms: Atoms, by: (i: number, c: number) => number): Atoms => ({
  ...atoms,
  positions: atoms.positions.map((x, k) => x + by(Math.floor(k / 3), k % 3)),
});

describe('ends of a path', () => {
  const hop = Math.sqrt(3 / 4) * 2.8553;
  const plain = matchEnds(first, last, { free });

  it('one atom hops, and the mean is taken out', () => {
    expect(plain.reordered).toBe(0);
    expect(plain.distance).toBeCloseTo(hop * Math.sqrt(1 - 1 / n), 9);
    const mean = [0, 1, 2].map((c) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += plain.atoms.positions[3 * i + c] - first.positions[3 * i + c];
      return sum / n;
    });
    for (const m of mean) expect(Math.abs(m)).toBeLessThan(1e-12);
  });

  const shift = [1.9, -0.7, 3.1];
  const changes: [string, Atoms][] = [
    ['wrapped', moved(last, (i, c) => (i % 5 === 0 ? crystal.cell[3 * (i % 3) + c] * (i % 2 ? 2 : -1) : 0))],
    ['shifted', moved(last, (_, c) => shift[c])],
    ['shuffled', shuffled(last)],
    ['shuffled and shifted a little', moved(shuffled(last), (_, c) => 0.1 * shift[c])],
    ['shifted and wrapped', moved(last, (i, c) => shift[c] + (i % 7 === 0 ? crystal.cell[c] : 0))],
  ];
  it.each(changes)('%s: the same path', (_, end) => {
    const found = matchEnds(first, end, { free });
    found.atoms.positions.forEach((x, k) => {
      expect(Math.abs(x - plain.atoms.positions[k])).toBeLessThan(1e-9);
    });
  });

  it('a vacancy taken out elsewhere shifts the list: one atom still makes the jump', () => {
    const found = matchEnds(first, vacancy(crystal, 9), { free });
    expect(found.reordered).toBeGreaterThan(5);
    const jumps = Array.from({ length: n }, (_, i) =>
      Math.sqrt(
        [0, 1, 2].reduce((sum, c) => sum + (found.atoms.positions[3 * i + c] - first.positions[3 * i + c]) ** 2, 0),
      ),
    ).filter((d) => d > 0.5);
    expect(jumps).toHaveLength(1);
  });

  it('keeps a shift where atoms are held or the direction means something', () => {
    const end = moved(last, (_, c) => 0.3 * Number(c < 2));
    const found = matchEnds(first, end, { free: [false, true, true] });
    expect(found.shift[0]).toBe(0);
    expect(found.shift[1]).toBeCloseTo(0.3, 1);
    // atom 100 does not move but for the shift that stays
    expect(found.atoms.positions[300] - first.positions[300]).toBeCloseTo(0.3, 9);
  });

  it('keeps the order on request: two atoms that change places', () => {
    const order = Uint32Array.from({ length: n }, (_, i) => (i === 10 ? 11 : i === 11 ? 10 : i));
    const swapped = select(first, order);
    expect(matchEnds(first, swapped, { free }).distance).toBeLessThan(1e-9);
    const kept = matchEnds(first, swapped, { free, keepOrder: true });
    expect(kept.distance).toBeCloseTo(Math.SQRT2 * hop, 9);
  });

  it('refuses what has no path, and says why', () => {
    const other = { ...last, numbers: last.numbers.map((z, i) => (i === 3 ? 24 : z)) };
    expect(() => matchEnds(first, other)).toThrow(/Fe127 and Cr1 Fe126/);
    expect(() => matchEnds(first, crystal)).toThrow(InputError);
    expect(() => matchEnds(first, { ...last, cell: last.cell.map((x) => 1.01 * x) })).toThrow(
      /cells.*differ by up to 0.114/,
    );
    expect(() => matchEnds(first, { ...last, pbc: [true, true, false] })).toThrow(/periodic/);
    const a = createAtoms({
      numbers: Uint8Array.of(26, 24),
      positions: Float64Array.of(0, 0, 0, 2, 0, 0),
      cell: Float64Array.of(9, 0, 0, 0, 9, 0, 0, 0, 9),
    });
    const b = { ...a, numbers: Uint8Array.of(24, 26) };
    expect(() => matchEnds(a, b, { keepOrder: true })).toThrow(/another order/);
  });
});
