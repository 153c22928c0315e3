/**
 * What every solver answers. The posterior of coefficients under Gaussian noise of equal size in all weighted rows (and a
 * Gaussian prior where there is one) is Gaussian: mean `coefficients`, covariance noise²·root rootᵀ.
 */
import type { Spectrum } from './spectrum.ts';

/** One λ that was looked at. */
export interface PathPoint {
  lambda: number;
  /** What is made small: GCV, −log evidence per row up to a constant, loss of held-out folds. */
  score: number;
  /** Σ s²/(s² + λ). */
  effective: number;
  /** Root mean square of the weighted residuals. */
  residual: number;
}

export interface Solution {
  coefficients: Float64Array;
  /** 0 for least squares. */
  lambda: number;
  /** Largest over smallest singular value of the weighted matrix. */
  condition: number;
  /** The same of the matrix with its columns brought to length 1, which is what a solution's digits hang on. */
  scaledCondition: number;
  /** How many coefficients the data determine: Σ s²/(s² + λ). */
  effective: number;
  /** ‖A x − b‖². */
  residual: number;
  /** Standard deviation of weighted rows: √(residual/(rows − effective)). */
  noise: number;
  /** (columns, any number), row-major. */
  root: Float64Array;
  /** ln p(data | model) of a Bayesian solver: prior widths and noise at their best. */
  logEvidence?: number;
  /** Columns that automatic relevance determination has left. */
  relevant?: number;
  /** Every λ that was looked at. */
  path: PathPoint[];
}

export const noiseOf = (residual: number, rows: number, effective: number) =>
  Math.sqrt(residual / Math.max(1, rows - effective));

/** Root of (AᵀA + λ L²)⁻¹, L the lengths of the columns: column k is v_k/√(s_k² + λ); directions from `rank` on have none. */
export function rootOf({ values, vectors, lengths, columns: n }: Spectrum, lambda: number, rank = n): Float64Array {
  const root = new Float64Array(n * rank);
  for (let k = 0; k < rank; k++) {
    const size = Math.sqrt(values[k] * values[k] + lambda);
    if (size > 0) for (let i = 0; i < n; i++) root[i * rank + k] = vectors[k * n + i] / (size * lengths[i]);
  }
  return root;
}

/** Standard deviations of the coefficients, (columns). */
export function standardErrors({ root, noise, coefficients }: Solution): Float64Array {
  const n = coefficients.length;
  const size = root.length / n;
  return coefficients.map((_, i) => {
    let sum = 0;
    for (let k = i * size; k < (i + 1) * size; k++) sum += root[k] * root[k];
    return noise * Math.sqrt(sum);
  });
}

/** rootᵀ row. */
export function projectionOf(root: Float64Array, row: ArrayLike<number>, at: number, columns: number): Float64Array {
  const size = root.length / columns;
  const sums = new Float64Array(size);
  for (let i = 0; i < columns; i++) {
    const x = row[at + i];
    if (x !== 0) for (let k = 0; k < size; k++) sums[k] += x * root[i * size + k];
  }
  return sums;
}

/** ‖rootᵀ row‖²: times noise² the variance of row·coefficients. */
export function leverageOf(root: Float64Array, row: ArrayLike<number>, at: number, columns: number): number {
  return projectionOf(root, row, at, columns).reduce((total, x) => total + x * x, 0);
}
