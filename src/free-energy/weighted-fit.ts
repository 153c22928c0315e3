/** Linear least squares in chosen powers of x with standard errors as weights: orthogonalised columns, no squares of them. */
import { InputError } from '../data/errors.ts';

export interface LeastSquares {
  powers: readonly number[];
  /** Of x/scale. */
  coefficients: Float64Array;
  scale: number;
  /** Root mean square of the residuals in standard errors, per degree of freedom; 0 without any. */
  misfit: number;
}

const powered = (x: number, power: number): number => {
  let value = 1;
  for (let k = 0; k < power; k++) value *= x;
  return value;
};

/**
 * Σ_p c_p x^p through (x, y) with errors; errors that are all 0 count the same. Throws InputError for fewer points than
 * powers, or powers that the points cannot tell apart.
 */
export function weightedFit(
  x: readonly number[],
  y: readonly number[],
  errors: readonly number[],
  powers: readonly number[],
): LeastSquares {
  const n = x.length;
  const m = powers.length;
  if (n < m) throw new InputError(`a fit with ${m} coefficients needs as many points, found ${n}`);
  const scale = Math.max(...x.map(Math.abs)) || 1;
  const exact = errors.every((e) => e === 0);
  const smallest = Math.max(...errors) * 1e-6;
  const weight = errors.map((e) => (exact ? 1 : 1 / Math.max(e, smallest)));
  const q = powers.map((p) => Float64Array.from(x, (value, i) => weight[i] * powered(value / scale, p)));
  const r = new Float64Array(m * m);
  const target = Float64Array.from(y, (value, i) => weight[i] * value);
  const along = new Float64Array(m);
  for (let k = 0; k < m; k++) {
    const before = Math.sqrt(dot(q[k], q[k]));
    // twice is enough
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < k; j++) r[j * m + k] += takeOff(q[k], q[j]);
    }
    const length = Math.sqrt(dot(q[k], q[k]));
    if (!(length > 1e-12 * before)) throw new InputError('the points of a fit do not tell its coefficients apart');
    r[k * m + k] = length;
    for (let i = 0; i < n; i++) q[k][i] /= length;
    along[k] = takeOff(target, q[k]);
  }
  const coefficients = new Float64Array(m);
  for (let k = m - 1; k >= 0; k--) {
    let sum = along[k];
    for (let j = k + 1; j < m; j++) sum -= r[k * m + j] * coefficients[j];
    coefficients[k] = sum / r[k * m + k];
  }
  const misfit = n > m && !exact ? Math.sqrt(dot(target, target) / (n - m)) : 0;
  return { powers, coefficients, scale, misfit };
}

/**
 * The standard deviation that, added to all errors alike, explains how far the points are from their fit: chi² becomes its
 * degrees of freedom (Paule, Mandel 1982, 10.6028/jres.087.022). 0 where the errors alone do, or nothing is left to judge by.
 */
export function excessScatter(
  x: readonly number[],
  y: readonly number[],
  errors: readonly number[],
  powers: readonly number[],
): number {
  const misfit = (excess: number) => weightedFit(x, y, withExcess(errors, excess), powers).misfit;
  if (!(misfit(0) > 1)) return 0;
  let low = 0;
  let high = Math.max(...y.map(Math.abs));
  while (misfit(high) > 1) high *= 2;
  for (let pass = 0; pass < 60; pass++) {
    const middle = (low + high) / 2;
    if (misfit(middle) > 1) low = middle;
    else high = middle;
  }
  return high;
}

export const withExcess = (errors: readonly number[], excess: number): number[] =>
  errors.map((error) => Math.sqrt(error * error + excess * excess));

/** The fit, or its derivative with respect to x, at x. */
export function at({ powers, coefficients, scale }: LeastSquares, x: number, derivative = false): number {
  let sum = 0;
  powers.forEach((p, k) => {
    if (!derivative) sum += coefficients[k] * powered(x / scale, p);
    else if (p > 0) sum += ((coefficients[k] * p) / scale) * powered(x / scale, p - 1);
  });
  return sum;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** a −= (a·q) q; returns a·q. */
function takeOff(a: Float64Array, q: Float64Array): number {
  const along = dot(a, q);
  for (let i = 0; i < a.length; i++) a[i] -= along * q[i];
  return along;
}
