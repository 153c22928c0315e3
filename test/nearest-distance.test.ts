/** The smallest distance of a structure against a sum over all pairs and images. */
import { describe, expect, it } from 'vitest';
import { nearestDistance } from '../src/analysis/nearest-distance.ts';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { cpuClock } from './support/cpu.ts';
import fc from './support/properties.ts';

/** All pairs, images up to ±4: enough for the cells below. */
function allPairs({ numbers, positions, cell, pbc }: Atoms): number {
  const range = (periodic: boolean) => (periodic ? [-4, -3, -2, -1, 0, 1, 2, 3, 4] : [0]);
  let best = Number.POSITIVE_INFINITY;
  for (let a = 0; a < numbers.length; a++) {
    for (let b = a; b < numbers.length; b++) {
      for (const i of range(pbc[0])) {
        for (const j of range(pbc[1])) {
          for (const k of range(pbc[2])) {
            if (a === b && i === 0 && j === 0 && k === 0) continue;
            const d = [0, 1, 2].map(
              (c) => positions[3 * a + c] - positions[3 * b + c] + i * cell[c] + j * cell[3 + c] + k * cell[6 + c],
            );
            best = Math.min(best, Math.hypot(...d));
          }
        }
      }
    }
  }
  return best;
}

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe('nearest distance', () => {
  it('of random structures in tilted cells, every choice of boundaries', () => {
    const structures = fc.record({
      edges: fc.tuple(number(3, 9), number(3, 9), number(3, 9)),
      tilts: fc.tuple(number(-0.5, 0.5), number(-0.5, 0.5), number(-0.5, 0.5)),
      pbc: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      points: fc.array(fc.tuple(number(-0.4, 1.4), number(-0.4, 1.4), number(-0.4, 1.4)), {
        minLength: 1,
        maxLength: 7,
      }),
    });
    fc.assert(
      fc.property(structures, ({ edges: [a, b, c], tilts, pbc, points }) => {
        const cell = Float64Array.of(a, 0, 0, tilts[0] * a, b, 0, tilts[1] * a, tilts[2] * b, c);
        const positions = points.flatMap((s) =>
          [0, 1, 2].map((x) => s[0] * cell[x] + s[1] * cell[3 + x] + s[2] * cell[6 + x]),
        );
        const numbers = new Uint8Array(points.length).fill(26);
        const atoms = createAtoms({ numbers, positions: Float64Array.from(positions), cell, pbc });
        const expected = allPairs(atoms);
        const found = nearestDistance(atoms);
        if (expected === Number.POSITIVE_INFINITY) expect(found).toBeUndefined();
        else expect(Math.abs((found ?? Number.NaN) - expected)).toBeLessThan(1e-9);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('of one atom its period, of a molecule without a cell its bond', () => {
    const [bcc] = [lattice({ kind: 'bcc', a: 3, elements: ['W'] })];
    const primitive = createAtoms({
      numbers: Uint8Array.of(74),
      positions: new Float64Array(3),
      cell: Float64Array.of(-1.5, 1.5, 1.5, 1.5, -1.5, 1.5, 1.5, 1.5, -1.5),
    });
    expect(nearestDistance(bcc)).toBeCloseTo(1.5 * Math.sqrt(3), 12);
    expect(nearestDistance(primitive)).toBeCloseTo(1.5 * Math.sqrt(3), 12);
    const pair = (pbc: Atoms['pbc']) =>
      createAtoms({
        numbers: Uint8Array.of(7, 7),
        positions: Float64Array.of(0, 0, 0, 0, 0, 1.0975),
        cell: new Float64Array(9),
        pbc,
      });
    expect(nearestDistance(pair([false, false, false]))).toBe(1.0975);
    const twice = { ...pair([false, false, false]), positions: new Float64Array(6) };
    expect(nearestDistance(twice)).toBe(0);
  });

  it('of a crystal in a corner of a huge cell, in time proportional to its atoms', () => {
    const crystal = repeat(lattice({ kind: 'fcc', a: 4, elements: ['Al'] }), [12, 12, 12]);
    const taken = cpuClock();
    const found = nearestDistance({ ...crystal, cell: crystal.cell.map((x) => 50 * x) });
    expect(found).toBeCloseTo(4 * Math.SQRT1_2, 10);
    expect(taken()).toBeLessThan(2000);
  });
});
