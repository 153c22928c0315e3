/**
 * Coefficients of a reduced system by least squares: by its triangle, which refuses data that do not determine them, or
 * by its singular values with the small ones left out (truncated SVD).
 */
import { InputError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { loss, type Reduced } from './accumulate.ts';
import { noiseOf, rootOf, type Solution } from './solution.ts';
import { type Spectrum, spectrumOf } from './spectrum.ts';

/** What an error calls a direction of the coefficients that the data do not determine: (columns) → words. */
export type Explain = (direction: Float64Array) => string;

const EPS = 2.220446049250313e-16;

/** The three largest of a direction's columns by name. */
export const byNames =
  (names: (column: number) => string): Explain =>
  (direction) =>
    Array.from(direction, (_, k) => k)
      .sort((a, b) => Math.abs(direction[b]) - Math.abs(direction[a]))
      .slice(0, 3)
      .map(names)
      .join(', ');

/** Least squares. Throws InputError for a direction that the data do not determine. */
export function solveLeastSquares(engine: Engine, system: Reduced, explain: Explain): Solution {
  const { rows, columns } = system;
  if (rows < columns)
    throw new InputError(`${columns} coefficients, but ${rows} rows of data with a weight: add data or regularise`);
  const spectrum = spectrumOf(engine, system);
  const { values } = spectrum;
  if (!(values[columns - 1] > columns * EPS * values[0])) throw dependent(spectrum, explain);
  const coefficients = system.normal ? combine(spectrum, (k) => 1 / values[k]) : backSubstitute(system);
  return finish(engine, system, spectrum, coefficients, columns);
}

/**
 * Least squares of the directions whose singular values (columns brought to length 1) exceed rcond times the largest; the
 * others stay zero. Throws InputError for rcond outside [0, 1).
 */
export function solveTruncated(engine: Engine, system: Reduced, rcond: number): Solution {
  if (!(rcond >= 0 && rcond < 1)) throw new InputError(`rcond: expected a number of [0, 1), found ${rcond}`);
  const spectrum = spectrumOf(engine, system);
  const { values, columns } = spectrum;
  const least = Math.max(rcond, columns * EPS) * values[0];
  const rank = values.filter((s) => s > least).length;
  return finish(
    engine,
    system,
    spectrum,
    combine(spectrum, (k) => (k < rank ? 1 / values[k] : 0)),
    rank,
  );
}

function finish(
  engine: Engine,
  system: Reduced,
  spectrum: Spectrum,
  coefficients: Float64Array,
  rank: number,
): Solution {
  const residual = loss(system, coefficients);
  return {
    coefficients,
    lambda: 0,
    condition: conditionOf(engine, system),
    scaledCondition: spectrum.values[0] / spectrum.values[spectrum.columns - 1],
    effective: rank,
    residual,
    noise: noiseOf(residual, system.rows, rank),
    root: rootOf(spectrum, 0, rank),
    path: [],
  };
}

/** Of the weighted matrix as it is. */
export function conditionOf(engine: Engine, system: Reduced): number {
  const { values, columns } = spectrumOf(engine, system, false);
  return values[0] / values[columns - 1];
}

function dependent({ values, vectors, columns: n }: Spectrum, explain: Explain): InputError {
  const rank = values.filter((s) => s > n * EPS * values[0]).length;
  return new InputError(
    `the data determine ${rank} of ${n} coefficients (least of all ${explain(vectors.subarray((n - 1) * n))}): ` +
      'add data, take fewer components, or regularise (ridge, rcond or ard)',
  );
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

/** Σ_k factor(k) c_k v_k, back in the columns' own units. */
export function combine(
  { vectors, projected, lengths, columns: n }: Spectrum,
  factor: (k: number) => number,
): Float64Array {
  const x = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const size = factor(k) * projected[k];
    if (size !== 0) for (let i = 0; i < n; i++) x[i] += size * vectors[k * n + i];
  }
  return x.map((value, i) => value / lengths[i]);
}
