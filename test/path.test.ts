import { describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { vacancy } from '../src/data/defects.ts';
import { InputError } from '../src/data/errors.ts';
import { lattice } from '../src/data/lattice.ts';
import { matchEnds } from '../src/data/match.ts';
import { repeat } from '../src/data/supercell.ts';
import { pairDistances, pairsOf } from '../src/methods/idpp.ts';
import { interpolate, straightPath } from '../src/methods/path.ts';
import { numericalForces } from './support/objectives.ts';

const crystal = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [3, 3, 3]);
const first = vacancy(crystal, 0);
const last = matchEnds(first, vacancy(crystal, 1), { free: [true, true, true] }).atoms.positions;

/** Two atoms that pass each other in a box, one through the other on the straight line. */
const crossing = createAtoms({
  numbers: Uint8Array.of(26, 26, 26),
  positions: Float64Array.of(0, 0.05, 0, 2.4, 0, 0, 1.2, 5, 0),
  cell: Float64Array.of(20, 0, 0, 0, 20, 0, 0, 0, 20),
  pbc: [false, false, false],
});
const crossed = Float64Array.of(2.4, 0, 0, 0, -0.05, 0, 1.2, 5, 0);

describe('image-dependent pair potential', () => {
  it('has forces that are minus its gradient, across periodic boundaries', () => {
    const pairs = pairsOf(first, last);
    const image = pairDistances(pairs, 0.4, last.length);
    image.x.set(first.positions.map((x, k) => 0.6 * x + 0.4 * last[k] + 0.1 * Math.sin(7 * k)));
    image.evaluate();
    const f = Float64Array.from(image.f);
    const numerical = numericalForces(image);
    for (let i = 0; i < 30; i++) expect(f[i]).toBeCloseTo(pairs.active[Math.floor(i / 3)] ? numerical[i] : 0, 6);
  });

  it('vanishes at the ends', () => {
    const pairs = pairsOf(first, last);
    for (const [fraction, x] of [
      [0, first.positions],
      [1, last],
    ] as const) {
      const image = pairDistances(pairs, fraction, last.length);
      image.x.set(x);
      expect(image.evaluate()).toBeLessThan(1e-20);
    }
  });

  it('keeps atoms apart that run through each other on the straight line', () => {
    const gap = (x: Float64Array, k: number) => {
      const a = 9 * k;
      return Math.sqrt([0, 1, 2].reduce((sum, c) => sum + (x[a + c] - x[a + 3 + c]) ** 2, 0));
    };
    const line = interpolate(crossing, crossed, 7, 'linear');
    const bent = interpolate(crossing, crossed, 7, 'idpp');
    const least = (x: Float64Array) => Math.min(...[0, 1, 2, 3, 4].map((k) => gap(x, k)));
    expect(least(line)).toBeLessThan(0.1);
    expect(least(bent)).toBeGreaterThan(1.8);
  });
});

describe('straight path', () => {
  it('divides the line evenly', () => {
    expect([...straightPath(Float64Array.of(0, 4), Float64Array.of(4, 0), 5)]).toEqual([1, 3, 2, 2, 3, 1]);
  });

  it('needs an image between the ends', () => {
    expect(() => straightPath(new Float64Array(3), new Float64Array(3), 2)).toThrow(InputError);
  });
});
