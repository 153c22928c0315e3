/**
 * Coefficients of a reduced system: least squares by its triangle, or ridge regression, min ‖A x − b‖² + λ Σ (l_k x_k)²
 * with l_k the length of column k (as if every column had length 1). λ is given, or chosen: by generalised cross-validation
 * (Golub, Heath, Wahba, Technometrics 21, 215 (1979), doi:10.1080/00401706.1979.10489751), by the evidence (MacKay, Neural
 * Comput. 4, 415 (1992), doi:10.1162/neco.1992.4.3.415), or by the loss on held-out folds.
 */
import { InputError } from '../data/errors.ts';
import { exp, log } from '../data/math.ts';
import type { Engine } from '../engine/engine.ts';
import { loss, merge, type Reduced } from './accumulate.ts';
import { type Spectrum, spectrumOf } from './spectrum.ts';

export type Regularisation = number | 'gcv' | 'evidence' | 'cv';

export interface Solution {
  coefficients: Float64Array;
  /** 0 for least squares. */
  lambda: number;
  /** Largest over smallest singular value of the weighted matrix. */
  condition: number;
  /** The same of the matrix with its columns brought to length 1, which is what a solution's digits hang on. */
  scaledCondition: number;
  /** Σ s²/(s² + λ): how many coefficients the data determine. */
  effective: number;
  /** Every λ that was looked at with its score (GCV, −log evidence, loss of the held-out folds). */
  path: { lambda: number; score: number }[];
}

const EPS = 2.220446049250313e-16;
/** Powers of e: λ relative to the largest singular value squared. */
const LOWEST = -36;
const HIGHEST = 4;
const STEP = 0.5;

/** Least squares. Throws InputError, naming it, for a column that depends on those before it. */
export function solveLeastSquares(engine: Engine, system: Reduced, names: (column: number) => string): Solution {
  checkRows(system);
  const spectrum = spectrumOf(engine, system);
  const { values, columns } = spectrum;
  const scaledCondition = values[0] / values[columns - 1];
  if (!(values[columns - 1] > columns * EPS * values[0])) throw dependent(spectrum, names);
  const coefficients = system.normal ? ridge(spectrum, 0) : backSubstitute(system);
  return {
    coefficients,
    lambda: 0,
    condition: conditionOf(engine, system),
    scaledCondition,
    effective: columns,
    path: [],
  };
}

function conditionOf(engine: Engine, system: Reduced): number {
  const { values, columns } = spectrumOf(engine, system, false);
  return values[0] / values[columns - 1];
}

function dependent({ values, vectors, columns: n }: Spectrum, names: (column: number) => string): InputError {
  const rank = values.filter((s) => s > n * EPS * values[0]).length;
  const weakest = vectors.subarray((n - 1) * n);
  const order = Array.from(weakest, (_, k) => k).sort((a, b) => Math.abs(weakest[b]) - Math.abs(weakest[a]));
  return new InputError(
    `the data determine ${rank} of ${n} coefficients (least of all ${order.slice(0, 3).map(names).join(', ')}): ` +
      'add data, take fewer components, or regularise (solver ridge)',
  );
}

function checkRows({ rows, columns }: Reduced): void {
  if (rows < columns)
    throw new InputError(`${columns} coefficients, but ${rows} rows of data with a weight: add data or regularise`);
}

function backSubstitute({ matrix, columns: n }: Reduced): Float64Array {
  const width = n + 1;
  const x = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let sum = matrix[i * width + n];
    for (let j = i + 1; j < n; j++) sum -= matrix[i * width + j] * x[j];
    x[i] = sum / matrix[i * width + i];
  }
  return x;
}

/** Σ_k s_k c_k/(s_k² + λ) v_k, back in the columns' own units. */
function ridge({ values, vectors, projected, lengths, columns: n }: Spectrum, lambda: number): Float64Array {
  const x = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const denominator = values[k] * values[k] + lambda;
    const factor = denominator > 0 ? (values[k] * projected[k]) / denominator : 0;
    for (let i = 0; i < n; i++) x[i] += factor * vectors[k * n + i];
  }
  return x.map((value, i) => value / lengths[i]);
}

/** Residual ‖A x − b‖² and Σ s²/(s² + λ) of a ridge solution. */
function measure({ values, projected, rest }: Spectrum, lambda: number): { residual: number; effective: number } {
  let residual = rest;
  let effective = 0;
  values.forEach((s, k) => {
    const shrink = s * s + lambda > 0 ? lambda / (s * s + lambda) : 1;
    residual += (shrink * projected[k]) ** 2;
    effective += 1 - shrink;
  });
  return { residual, effective };
}

/** −log evidence per row of a Gaussian prior and noise whose variances are λ's and the best. */
function evidence(spectrum: Spectrum, lambda: number): number {
  const { values, projected, rest, rows: m, columns: n } = spectrum;
  let quadratic = rest;
  let determinant = 0;
  values.forEach((s, k) => {
    quadratic += (lambda / (s * s + lambda)) * projected[k] * projected[k];
    determinant += log(s * s + lambda);
  });
  return 0.5 * (m * log(Math.max(quadratic, 1e-300) / m) + determinant - n * log(lambda));
}

/** Ridge regression; `folds`: the systems of the folds, for λ 'cv'. */
export function solveRidge(
  engine: Engine,
  system: Reduced,
  lambda: Regularisation,
  folds: readonly Reduced[] = [],
): Solution {
  const spectrum = spectrumOf(engine, system);
  const top = spectrum.values[0] * spectrum.values[0];
  const finish = (value: number, path: Solution['path']): Solution => ({
    coefficients: ridge(spectrum, value),
    lambda: value,
    condition: conditionOf(engine, system),
    scaledCondition: spectrum.values[0] / spectrum.values[spectrum.columns - 1],
    effective: measure(spectrum, value).effective,
    path,
  });
  if (typeof lambda === 'number') {
    if (!(lambda >= 0)) throw new InputError(`lambda: expected a number >= 0, found ${lambda}`);
    return finish(lambda, []);
  }
  const grid: number[] = [];
  for (let e = LOWEST; e <= HIGHEST; e += STEP) grid.push(top * exp(e));
  const score = scorer(engine, spectrum, lambda, folds);
  const path = grid.map((value) => ({ lambda: value, score: score(value) }));
  const best = path.reduce((a, b) => (b.score < a.score ? b : a));
  return finish(best.lambda, path);
}

function scorer(engine: Engine, spectrum: Spectrum, by: string, folds: readonly Reduced[]): (lambda: number) => number {
  if (by === 'evidence') return (lambda) => evidence(spectrum, lambda);
  if (by === 'gcv') {
    return (lambda) => {
      const { residual, effective } = measure(spectrum, lambda);
      return (spectrum.rows * residual) / (spectrum.rows - effective) ** 2;
    };
  }
  if (folds.length < 2) throw new InputError("lambda: 'cv' needs folds, 5 for example");
  const trained = folds.map((_, k) =>
    spectrumOf(
      engine,
      merge(
        engine,
        folds.filter((_, i) => i !== k),
      ),
    ),
  );
  return (lambda) => folds.reduce((sum, fold, k) => sum + loss(fold, ridge(trained[k], lambda)), 0);
}
