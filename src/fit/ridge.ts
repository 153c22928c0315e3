/**
 * Ridge regression, min ‖A x − b‖² + λ Σ (l_k x_k)² with l_k the length of column k (as if every column had length 1).
 * λ is given, or chosen: by generalised cross-validation (Golub, Heath, Wahba, Technometrics 21, 215 (1979),
 * doi:10.1080/00401706.1979.10489751), by the evidence, which is Bayesian ridge regression (MacKay, Neural Comput. 4, 415
 * (1992), doi:10.1162/neco.1992.4.3.415), or by the loss on held-out folds: on a grid, then by golden section.
 */
import { InputError } from '../data/errors.ts';
import { exp, log } from '../data/math.ts';
import type { Engine } from '../engine/engine.ts';
import { loss, merge, type Reduced } from './accumulate.ts';
import { noiseOf, type PathPoint, rootOf, type Solution } from './solution.ts';
import { combine, conditionOf } from './solve.ts';
import { type Spectrum, spectrumOf } from './spectrum.ts';

export type Regularisation = number | 'gcv' | 'evidence' | 'cv';

/** Powers of e: λ relative to the largest singular value squared. */
const LOWEST = -36;
const HIGHEST = 4;
const STEP = 0.5;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const NARROWINGS = 24;

/** `folds`: the systems of the folds, for λ 'cv'. */
export function solveRidge(
  engine: Engine,
  system: Reduced,
  lambda: Regularisation,
  folds: readonly Reduced[] = [],
): Solution {
  const spectrum = spectrumOf(engine, system);
  const path: PathPoint[] = [];
  if (typeof lambda === 'number') {
    if (!(lambda >= 0)) throw new InputError(`lambda: expected a number >= 0, found ${lambda}`);
    return finish(engine, system, spectrum, lambda, path);
  }
  const score = scorer(engine, spectrum, lambda, folds);
  const top = spectrum.values[0] * spectrum.values[0];
  const look = (exponent: number): PathPoint => {
    const value = top * exp(exponent);
    const { residual, effective } = measure(spectrum, value);
    return { lambda: value, score: score(value), effective, residual: Math.sqrt(residual / spectrum.rows) };
  };
  for (let e = LOWEST; e <= HIGHEST; e += STEP) path.push(look(e));
  const best = path.reduce((at, { score: value }, k) => (value < path[at].score ? k : at), 0);
  const inside = best > 0 && best < path.length - 1;
  const found = inside ? narrow(look, LOWEST + STEP * best) : path[best];
  return finish(engine, system, spectrum, found.lambda, path);
}

/** The least of three neighbours of the grid by golden section. */
function narrow(look: (exponent: number) => PathPoint, middle: number): PathPoint {
  let [low, high] = [middle - STEP, middle + STEP];
  let [a, b] = [look(high - GOLDEN * (high - low)), look(low + GOLDEN * (high - low))];
  for (let k = 0; k < NARROWINGS; k++) {
    if (a.score <= b.score) {
      high = low + GOLDEN * (high - low);
      [a, b] = [look(high - GOLDEN * (high - low)), a];
    } else {
      low = high - GOLDEN * (high - low);
      [a, b] = [b, look(low + GOLDEN * (high - low))];
    }
  }
  return a.score <= b.score ? a : b;
}

/** Σ_k s_k c_k/(s_k² + λ) v_k. */
function shrunk(spectrum: Spectrum, lambda: number): Float64Array {
  const { values } = spectrum;
  return combine(spectrum, (k) => {
    const denominator = values[k] * values[k] + lambda;
    return denominator > 0 ? values[k] / denominator : 0;
  });
}

function finish(engine: Engine, system: Reduced, spectrum: Spectrum, lambda: number, path: PathPoint[]): Solution {
  const { residual, effective } = measure(spectrum, lambda);
  return {
    coefficients: shrunk(spectrum, lambda),
    lambda,
    condition: conditionOf(engine, system),
    scaledCondition: spectrum.values[0] / spectrum.values[spectrum.columns - 1],
    effective,
    residual,
    noise: noiseOf(residual, spectrum.rows, effective),
    root: rootOf(spectrum, lambda),
    ...(lambda > 0 ? { logEvidence: logEvidence(spectrum, lambda) } : {}),
    path,
  };
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

/** ln p(b) of noise σ² and a prior σ²/λ of the scaled coefficients, at its largest over σ². */
function logEvidence({ values, projected, rest, rows: m, columns: n }: Spectrum, lambda: number): number {
  let quadratic = rest;
  let determinant = 0;
  values.forEach((s, k) => {
    quadratic += (lambda / (s * s + lambda)) * projected[k] * projected[k];
    determinant += log(s * s + lambda);
  });
  const variance = Math.max(quadratic, 1e-300) / m;
  return -0.5 * (m * (log(2 * Math.PI * variance) + 1) + determinant - n * log(lambda));
}

function scorer(engine: Engine, spectrum: Spectrum, by: string, folds: readonly Reduced[]): (lambda: number) => number {
  if (by === 'evidence') return (lambda) => -logEvidence(spectrum, lambda) / spectrum.rows;
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
  return (lambda) => folds.reduce((sum, fold, k) => sum + loss(fold, shrunk(trained[k], lambda)), 0);
}
