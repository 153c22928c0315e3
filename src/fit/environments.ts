/**
 * Where the environments of a training set lie in the space of the descriptor, for each element: mean and covariance, and
 * the Mahalanobis distance of any environment from them. The covariance is the triangle of the rows [1 | D], so nothing is
 * squared; directions in which the training set does not spread count as if it did by a millionth of its widest.
 */
import type { Atoms } from '../data/atoms.ts';
import type { Engine } from '../engine/engine.ts';
import { type Accumulator, createAccumulator, type Reduced } from './accumulate.ts';
import { spectrumOf } from './spectrum.ts';

/** Environments of one element. */
export interface Environments {
  /** Atomic number of the centre. */
  number: number;
  count: number;
  /** (size). */
  mean: Float64Array;
  /** (size, size): distance² = ‖(D − mean) whiten‖². */
  whiten: Float64Array;
  /** Distances of the training set: the largest, and those that 50, 90 and 99 % do not exceed. */
  farthest: number;
  quantiles: { share: number; distance: number }[];
}

/** Components of all atoms, (n, size). */
export type Describe = (atoms: Atoms) => Float64Array;

const FLOOR = 1e-6;
const SHARES = [0.5, 0.9, 0.99];

/** Environments of all elements that occur, in order of their atomic numbers. */
export function learnEnvironments(
  engine: Engine,
  frames: readonly Atoms[],
  size: number,
  describe: Describe,
): Environments[] {
  const parts = new Map<number, Accumulator>();
  const row = new Float64Array(1 + size);
  row[0] = 1;
  for (const atoms of frames) {
    const values = describe(atoms);
    for (const [i, z] of atoms.numbers.entries()) {
      const part = parts.get(z) ?? createAccumulator(engine, 1 + size);
      parts.set(z, part);
      row.set(values.subarray(i * size, (i + 1) * size), 1);
      part.add(row, 0, 0, 1);
    }
  }
  const found = [...parts].sort(([a], [b]) => a - b).map(([z, part]) => whitened(engine, z, part.finish(), size));
  const distances = new Map(found.map(({ number }): [number, number[]] => [number, []]));
  for (const atoms of frames) {
    const values = describe(atoms);
    for (const [i, z] of atoms.numbers.entries()) {
      const own = found.find(({ number }) => number === z);
      if (own) distances.get(z)?.push(distanceOf(own, values, i * size));
    }
  }
  return found.map((own) => ({ ...own, ...spreadOf(distances.get(own.number) ?? []) }));
}

function spreadOf(distances: number[]): Pick<Environments, 'farthest' | 'quantiles'> {
  const sorted = Float64Array.from(distances).sort();
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  return { farthest: at(1), quantiles: SHARES.map((share) => ({ share, distance: at(share) })) };
}

function whitened(engine: Engine, number: number, system: Reduced, size: number): Environments {
  const { mean, whiten } = whitening(engine, system, size);
  return { number, count: system.rows, mean, whiten, farthest: 0, quantiles: [] };
}

export interface Whitening {
  mean: Float64Array;
  /** (size, size): column k of (D − mean) whiten has variance 1; widest directions first. */
  whiten: Float64Array;
  /** Columns in which the points do spread; the others count as if by a millionth of the widest. */
  rank: number;
}

/** Of the system of the rows [1 | D] (target 0). */
export function whitening(engine: Engine, { matrix, rows }: Reduced, size: number): Whitening {
  const width = size + 2;
  const mean = Float64Array.from({ length: size }, (_, k) => matrix[1 + k] / matrix[0]);
  const centred = new Float64Array((size + 1) * (size + 1));
  for (let i = 0; i < size; i++)
    for (let j = i; j < size; j++) centred[i * (size + 1) + j] = matrix[(1 + i) * width + 1 + j];
  const { values, vectors, lengths } = spectrumOf(engine, { rows, columns: size, matrix: centred, normal: false });
  const least = Math.max(FLOOR * values[0], Number.MIN_VALUE);
  const scale = Math.sqrt(Math.max(1, rows - 1));
  const whiten = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    const factor = scale / Math.max(values[k], least);
    for (let i = 0; i < size; i++) whiten[i * size + k] = (factor * vectors[k * size + i]) / lengths[i];
  }
  return { mean, whiten, rank: values.filter((s) => s > least).length };
}

/** Mahalanobis distance of the components at `at`. */
export function distanceOf({ mean, whiten }: Environments, values: ArrayLike<number>, at: number): number {
  const size = mean.length;
  const sums = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const x = values[at + i] - mean[i];
    for (let k = 0; k < size; k++) sums[k] += x * whiten[i * size + k];
  }
  return Math.sqrt(sums.reduce((total, x) => total + x * x, 0));
}
