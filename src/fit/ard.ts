/**
 * Automatic relevance determination: every coefficient has a Gaussian prior of its own width, widths and noise are those
 * of the largest evidence, and coefficients whose width goes to zero are left out. What remains is a sparse potential.
 *
 * D. J. C. MacKay, Neural Comput. 4, 415 (1992), doi:10.1162/neco.1992.4.3.415 (the fixed point);
 * M. E. Tipping, J. Mach. Learn. Res. 1, 211 (2001).
 */
import { log } from '../data/math.ts';
import type { Engine } from '../engine/engine.ts';
import { triangle } from '../linalg/qr.ts';
import { loss, type Reduced } from './accumulate.ts';
import { noiseOf, type Solution } from './solution.ts';
import { conditionOf } from './solve.ts';
import { type Spectrum, spectrumOf } from './spectrum.ts';

const ROUNDS = 1000;
const SETTLED = 1e-8;
/** Prior over data precision, columns of length 1: beyond it a coefficient is its prior's. */
const IRRELEVANT = 1e8;

interface State {
  /** Columns that are left. */
  active: number[];
  /** (active): prior precision over that of the noise. */
  precision: Float64Array;
}

interface Posterior {
  /** (active), scaled. */
  mean: Float64Array;
  /** (active, active), upper triangle: covariance over the noise's variance is inverse·inverseᵀ. */
  inverse: Float64Array;
  /** ½ ln det of the precision over that of the noise. */
  halfLogDet: number;
}

export function solveArd(engine: Engine, system: Reduced): Solution {
  const spectrum = spectrumOf(engine, system);
  const { rows, columns } = spectrum;
  let state: State = {
    active: Array.from({ length: columns }, (_, k) => k).filter((k) => hasColumn(spectrum, k)),
    precision: new Float64Array(columns).fill(1e-6),
  };
  state.precision = state.precision.subarray(0, state.active.length);
  let posterior = posteriorOf(engine, spectrum, state);
  let variance = residualOf(spectrum, state, posterior) / Math.max(1, rows - state.active.length);
  for (let round = 0; round < ROUNDS; round++) {
    const next = update(state, posterior, variance);
    const settled = next.active.length === state.active.length && closeTo(next.precision, state.precision);
    state = next;
    posterior = posteriorOf(engine, spectrum, state);
    variance = residualOf(spectrum, state, posterior) / Math.max(1, rows - effectiveOf(state, posterior));
    if (settled) break;
  }
  return finish(engine, system, spectrum, state, posterior);
}

const hasColumn = ({ values, vectors, columns: n }: Spectrum, k: number) =>
  values.some((s, i) => Math.abs(s * vectors[i * n + k]) > 1e-14);

const closeTo = (a: Float64Array, b: Float64Array) => a.every((x, k) => Math.abs(x - b[k]) <= SETTLED * b[k]);

/** α_k ← γ_k/x_k²; coefficients with too narrow a prior leave. */
function update({ active, precision }: State, { mean, inverse }: Posterior, variance: number): State {
  const a = active.length;
  const next = active.map((_, i) => {
    const gamma = 1 - precision[i] * rowSquare(inverse, a, i);
    return (Math.max(gamma, 0) * variance) / (mean[i] * mean[i]);
  });
  const kept = next.flatMap((x, i) => (x < IRRELEVANT && x > 0 ? [i] : []));
  return { active: kept.map((i) => active[i]), precision: Float64Array.from(kept, (i) => next[i]) };
}

function rowSquare(upper: Float64Array, n: number, i: number): number {
  let sum = 0;
  for (let k = i; k < n; k++) sum += upper[i * n + k] * upper[i * n + k];
  return sum;
}

const effectiveOf = ({ precision }: State, { inverse }: Posterior) =>
  precision.reduce((sum, p, i) => sum + 1 - p * rowSquare(inverse, precision.length, i), 0);

/** By the triangle of the data's rows and one row for each prior. */
function posteriorOf(engine: Engine, { values, vectors, projected, columns: n }: Spectrum, state: State): Posterior {
  const { active, precision } = state;
  const a = active.length;
  const width = a + 1;
  const rows = new Float64Array((n + a) * width);
  for (let k = 0; k < n; k++) {
    for (const [j, column] of active.entries()) rows[k * width + j] = values[k] * vectors[k * n + column];
    rows[k * width + a] = projected[k];
  }
  precision.forEach((p, j) => {
    rows[(n + j) * width + j] = Math.sqrt(p);
  });
  const r = triangle(engine, rows, n + a, width);
  const inverse = new Float64Array(a * a);
  const mean = new Float64Array(a);
  let halfLogDet = 0;
  for (let j = 0; j < a; j++) {
    halfLogDet += log(Math.abs(r[j * width + j]));
    inverse[j * a + j] = 1 / r[j * width + j];
    for (let i = j - 1; i >= 0; i--) {
      let sum = 0;
      for (let k = i + 1; k <= j; k++) sum -= r[i * width + k] * inverse[k * a + j];
      inverse[i * a + j] = sum / r[i * width + i];
    }
    for (let i = 0; i <= j; i++) mean[i] += inverse[i * a + j] * r[j * width + a];
  }
  return { mean, inverse, halfLogDet };
}

function residualOf(
  { values, vectors, projected, rest, columns: n }: Spectrum,
  { active }: State,
  { mean }: Posterior,
) {
  let sum = rest;
  for (let k = 0; k < n; k++) {
    let at = 0;
    for (const [j, column] of active.entries()) at += vectors[k * n + column] * mean[j];
    sum += (projected[k] - values[k] * at) ** 2;
  }
  return sum;
}

function finish(engine: Engine, system: Reduced, spectrum: Spectrum, state: State, posterior: Posterior): Solution {
  const { active, precision } = state;
  const { columns, lengths, values, rows } = spectrum;
  const a = active.length;
  const coefficients = new Float64Array(columns);
  const root = new Float64Array(columns * a);
  for (const [i, column] of active.entries()) {
    coefficients[column] = posterior.mean[i] / lengths[column];
    for (let k = i; k < a; k++) root[column * a + k] = posterior.inverse[i * a + k] / lengths[column];
  }
  const effective = effectiveOf(state, posterior);
  const residual = loss(system, coefficients);
  const noise = noiseOf(residual, rows, effective);
  const variance = noise * noise;
  const prior = precision.reduce((sum, p, i) => sum + p * posterior.mean[i] ** 2, 0);
  const logPrior = precision.reduce((sum, p) => sum + log(p), 0);
  return {
    coefficients,
    lambda: 0,
    condition: conditionOf(engine, system),
    scaledCondition: values[0] / values[columns - 1],
    effective,
    residual,
    noise,
    root,
    logEvidence:
      -0.5 * (rows * log(2 * Math.PI * variance) - logPrior + 2 * posterior.halfLogDet + (residual + prior) / variance),
    relevant: a,
    path: [],
  };
}
