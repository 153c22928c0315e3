/** Least-squares polynomials by Householder reflections, in a variable scaled to [-1, 1] so that no power is lost. */
import { InputError } from '../data/errors.ts';

export interface Polynomial {
  /** Of t = (x − center)/scale, lowest power first. */
  coefficients: Float64Array;
  center: number;
  scale: number;
  /** Root mean square of the residuals, in units of y. */
  rms: number;
}

/** The polynomial of `degree` through (x, y); throws InputError for fewer than degree + 1 distinct x. */
export function fitPolynomial(x: ArrayLike<number>, y: ArrayLike<number>, degree: number): Polynomial {
  const values = Array.from(x);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (new Set(values).size <= degree) {
    throw new InputError(
      `a fit of degree ${degree} needs ${degree + 1} different points or more, found ${values.length}`,
    );
  }
  const center = (low + high) / 2;
  const scale = (high - low) / 2;
  const rows = values.map((value, i) => [...powers((value - center) / scale, degree), y[i]]);
  const coefficients = solve(rows, degree + 1);
  const polynomial = { coefficients, center, scale, rms: 0 };
  const square = values.reduce((sum, value, i) => sum + (y[i] - polynomialAt(polynomial, value)) ** 2, 0);
  return { ...polynomial, rms: Math.sqrt(square / values.length) };
}

/** Value, or a derivative with respect to x, at x. */
export function polynomialAt({ coefficients, center, scale }: Polynomial, x: number, derivative = 0): number {
  const t = (x - center) / scale;
  let sum = 0;
  for (let k = coefficients.length - 1; k >= derivative; k--) {
    let factor = coefficients[k];
    for (let d = 0; d < derivative; d++) factor *= (k - d) / scale;
    sum = sum * t + factor;
  }
  return sum;
}

function powers(t: number, degree: number): number[] {
  const list = [1];
  for (let k = 1; k <= degree; k++) list.push(list[k - 1] * t);
  return list;
}

/** Least squares of rows [a_1 … a_n, b]; overwrites them. */
function solve(rows: number[][], n: number): Float64Array {
  for (let k = 0; k < n; k++) {
    const length = Math.sqrt(rows.slice(k).reduce((sum, row) => sum + row[k] * row[k], 0));
    const alpha = rows[k][k] > 0 ? -length : length;
    const v = rows.map((row, i) => (i < k ? 0 : i === k ? row[k] - alpha : row[k]));
    const norm = v.reduce((sum, a) => sum + a * a, 0);
    for (let c = k; c <= n; c++) {
      const along = (2 * v.reduce((sum, a, i) => sum + a * rows[i][c], 0)) / norm;
      for (let i = k; i < rows.length; i++) rows[i][c] -= along * v[i];
    }
  }
  const solution = new Float64Array(n);
  for (let k = n - 1; k >= 0; k--) {
    let sum = rows[k][n];
    for (let c = k + 1; c < n; c++) sum -= rows[k][c] * solution[c];
    solution[k] = sum / rows[k][k];
  }
  return solution;
}
