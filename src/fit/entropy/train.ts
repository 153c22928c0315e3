/**
 * Formation entropies as a linear function of descriptors, S_f = w·Σ(D_i − D̄) without an intercept: ridge regression whose λ
 * the evidence chooses (Bayesian ridge), its posterior for error bars, and the leverage that says how far a configuration
 * lies outside of those learned from (Lapointe 2020, 10.1103/PhysRevMaterials.4.063802).
 */
import { InputError } from '../../data/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { createAccumulator } from '../accumulate.ts';
import { type Regularisation, solveRidge } from '../ridge.ts';
import { leverageOf, projectionOf, type Solution } from '../solution.ts';
import { type GroupNoise, groupNoises, membersOf, nearestGroup } from './noise.ts';

/** One configuration. */
export interface EntropyRow {
  /** (size): Σ_i (D_i − D̄). */
  row: Float64Array;
  /** k_B. */
  entropy: number;
  group: string;
}

export interface EntropyWeights {
  /** (size) k_B per unit. */
  weights: Float64Array;
  /** k_B: standard deviation of what is left of the labels; with groups, of a weighted row. */
  noise: number;
  /** Each with its own noise; none: one for all. */
  groups: GroupNoise[];
  /** (size, any): the weights' covariance over noise² is root rootᵀ. */
  root: Float64Array;
  /** Largest leverage of a configuration learned from. */
  farthest: number;
  lambda: number;
  /** Σ s²/(s² + λ): how many weights the data determine. */
  effective: number;
  configurations: number;
}

export interface EntropyEstimate {
  /** k_B. */
  entropy: number;
  /** k_B, one standard deviation of a label: posterior of the weights, and noise. */
  error: number;
  /** The group whose noise that is: its mean is the nearest. */
  like?: string;
  /** Mahalanobis distance squared of the row from nothing, as the ridge sees the rows learned from. */
  leverage: number;
  /** More than any configuration learned from has: the error bar is a guess. */
  extrapolates: boolean;
}

/** Folds of λ 'cv'. */
const FOLDS = 5;

/** How noisy labels are: each group in its own way, which error bars say, or by which labels count too; or all alike. */
export type NoiseModel = 'group' | 'weighted' | 'one';

/**
 * By normal equations: the λ that noisy labels ask for is far above the square of rounding. Throws InputError for fewer than
 * three configurations, and for rows that are all zero.
 */
export function trainEntropy(
  engine: Engine,
  rows: readonly EntropyRow[],
  ridge: Regularisation,
  noises: NoiseModel = 'group',
): EntropyWeights {
  if (rows.length < 3)
    throw new InputError(`${rows.length} configurations to learn from; three at least were expected`);
  const size = rows[0].row.length;
  if (rows.every(({ row }) => row.every((x) => x === 0)))
    throw new InputError('the descriptors of all configurations are those of their bulk: there is nothing to learn');
  const solve = (ratioOf: (row: EntropyRow) => number): Solution => {
    const system = (some: readonly EntropyRow[]) => {
      const sums = createAccumulator(engine, size, { normal: true });
      for (const row of some) sums.add(row.row, 0, row.entropy, 1 / ratioOf(row));
      return sums.finish();
    };
    const folds =
      ridge === 'cv' ? Array.from({ length: FOLDS }, (_, f) => system(rows.filter((_, k) => k % FOLDS === f))) : [];
    return solveRidge(engine, system(rows), ridge, folds);
  };
  const { solution, ratios } =
    noises === 'one'
      ? { solution: solve(() => 1), ratios: new Map<string, number>() }
      : groupNoises(rows, solve, noises === 'weighted');
  const { coefficients, noise, root, lambda, effective } = solution;
  const leverages = rows.map(({ row }) => leverageOf(root, row, 0, size));
  return {
    weights: coefficients,
    noise,
    groups: ratios.size > 1 ? groupsOf(rows, ratios, noise) : [],
    root,
    farthest: leverages.reduce((most, h) => Math.max(most, h), 0),
    lambda,
    effective,
    configurations: rows.length,
  };
}

function groupsOf(rows: readonly EntropyRow[], ratios: ReadonlyMap<string, number>, noise: number): GroupNoise[] {
  return [...membersOf(rows)].map(([name, own]) => {
    const mean = new Float64Array(own[0].row.length);
    for (const { row } of own)
      row.forEach((x, k) => {
        mean[k] += x / own.length;
      });
    return { name, noise: noise * (ratios.get(name) ?? 1), mean };
  });
}

export function estimateEntropy(model: EntropyWeights, row: Float64Array): EntropyEstimate {
  const { weights, noise, groups, root, farthest } = model;
  const seen = projectionOf(root, row, 0, weights.length);
  const leverage = seen.reduce((sum, x) => sum + x * x, 0);
  const like = nearestGroup(groups, root, seen);
  const own = like?.noise ?? noise;
  return {
    entropy: row.reduce((sum, x, k) => sum + x * weights[k], 0),
    error: Math.sqrt(own * own + noise * noise * leverage),
    ...(like ? { like: like.name } : {}),
    leverage,
    extrapolates: leverage > farthest * (1 + 1e-9),
  };
}
