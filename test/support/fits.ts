/** Disordered cells, bases of all kinds and data labelled by a potential: what tests of fits share. */
import { type Atoms, createAtoms } from '../../src/data/atoms.ts';
import type { Potential } from '../../src/data/potential.ts';
import { fillUniform } from '../../src/data/rng.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { SnapBasis } from '../../src/fit/basis.ts';
import { predict } from '../../src/fit/evaluate.ts';
import type { Sample } from '../../src/fit/samples.ts';

/** Atoms in a skewed cell, no two closer than some distance; `draw` tells them apart. */
export function disorder(n: number, numbers: number[], draw: number, a = 3.1): Atoms {
  const side = Math.ceil(Math.cbrt(n));
  const moves = new Float64Array(3 * n);
  fillUniform(moves, 5n, 'trials', draw);
  const h = [side * a, 0, 0, 0.3, side * a * 1.02, 0, -0.2, 0.4, side * a * 0.97];
  const positions = moves.map((move, i) => {
    const k = Math.floor(i / 3);
    const s = [k % side, Math.floor(k / side) % side, Math.floor(k / side ** 2)].map((c) => c / side);
    return s[0] * h[i % 3] + s[1] * h[3 + (i % 3)] + s[2] * h[6 + (i % 3)] + 0.6 * (move - 0.5);
  });
  const kinds = Uint8Array.from({ length: n }, (_, i) => numbers[i % numbers.length]);
  return createAtoms({ numbers: kinds, positions, cell: Float64Array.from(h), pbc: [true, draw % 2 === 0, true] });
}

export const W = { number: 74, radius: 0.5, weight: 1 };
export const Be = { number: 4, radius: 0.42, weight: 0.96 };
export const bases: [string, SnapBasis][] = [
  ['linear', { twojmax: 6, rcutfac: 4.7, elements: [W] }],
  ['linear of two elements, bnormflag', { twojmax: 3, rcutfac: 4.6, bnormflag: true, elements: [W, Be] }],
  ['quadratic of two elements', { twojmax: 4, rcutfac: 4.4, rmin0: 0.2, quadraticflag: true, elements: [W, Be] }],
  ['chemistry', { twojmax: 3, rcutfac: 4.5, chemflag: true, elements: [W, Be] }],
  ['diagonal', { twojmax: 5, rcutfac: 4.2, diagonal: true, bzeroflag: false, elements: [W] }],
  [
    'inner switching, no outer one',
    {
      twojmax: 4,
      rcutfac: 4.1,
      switchflag: false,
      switchinnerflag: true,
      elements: [{ ...W, sinner: 1.5, dinner: 0.8 }],
    },
  ],
];

/** Row · x. */
export const dot = (rows: Float64Array, row: number, x: ArrayLike<number>) => {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += rows[row * x.length + k] * x[k];
  return sum;
};

/** Configurations labelled by a potential. */
export function labelled(engine: Engine, potential: Potential, count: number, numbers: number[]): Sample[] {
  return Array.from({ length: count }, (_, k) => {
    const atoms = disorder(6 + k, numbers, 2 * k, 2.9 + 0.05 * (k % 7));
    const name = `number ${k}`;
    const { energy, forces, virial } = predict(engine, { atoms, name }, potential);
    const volume = atoms.cell[0] * atoms.cell[4] * atoms.cell[8];
    return { atoms, name, group: k % 3 === 0 ? 'odd' : 'even', energy, forces, stress: virial.map((w) => -w / volume) };
  });
}
