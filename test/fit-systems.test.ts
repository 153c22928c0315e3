import { afterAll, describe, expect, it } from 'vitest';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine as createPlainEngine } from '../src/engine/engine.ts';
import { createAccumulator, loss, merge } from '../src/fit/accumulate.ts';
import { solveRidge } from '../src/fit/ridge.ts';
import { byNames, conditionOf, solveLeastSquares, solveTruncated } from '../src/fit/solve.ts';
import { spectrumOf } from '../src/fit/spectrum.ts';
import { leastSquares, triangle } from '../src/linalg/qr.ts';
import { dot } from './support/fits.ts';

const engine = await createPlainEngine();
afterAll(() => engine.close());

describe('systems of rows', () => {
  const [m, n] = [60, 5];
  const a = new Float64Array(m * n);
  const b = new Float64Array(m);
  fillGauss(a, 3n, 'trials', 0);
  fillGauss(b, 3n, 'trials', 1);
  const weightOf = (i: number) => 1 + (i % 3);
  const system = (normal: boolean, only = (_: number) => true) => {
    const to = createAccumulator(engine, n, { normal });
    for (let i = 0; i < m; i++) if (only(i)) to.add(a, i * n, b[i], weightOf(i));
    return to.finish();
  };
  const weighted = a.map((value, k) => value * weightOf(Math.floor(k / n)));
  const target = b.map((value, i) => value * weightOf(i));
  const direct = leastSquares(engine, weighted, target, { m, n });

  it.each([false, true])('least squares, normal equations %s', (normal) => {
    const found = solveLeastSquares(engine, system(normal), byNames(String));
    for (let k = 0; k < n; k++) expect(found.coefficients[k]).toBeCloseTo(direct.x[k], 12);
    expect(loss(system(normal), direct.x)).toBeCloseTo(direct.residuals[0] ** 2, 10);
  });

  it('a long stream of rows gives what all rows at once give', () => {
    const rows = 600_000;
    const long = createAccumulator(engine, n);
    for (let i = 0; i < rows; i++) long.add(a, (i % m) * n, b[i % m], weightOf(i % m));
    const found = solveLeastSquares(engine, long.finish(), byNames(String));
    for (let k = 0; k < n; k++) expect(found.coefficients[k]).toBeCloseTo(direct.x[k], 10);
  });

  it('folds put together are the whole', () => {
    const folds = [0, 1, 2].map((fold) => system(false, (i) => i % 3 === fold));
    const whole = solveLeastSquares(engine, merge(engine, folds), byNames(String));
    for (let k = 0; k < n; k++) expect(whole.coefficients[k]).toBeCloseTo(direct.x[k], 12);
  });

  it('ridge is least squares with rows √λ times the lengths of the columns', () => {
    const lambda = 0.7;
    const lengths = Array.from({ length: n }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < m; i++) sum += weighted[i * n + k] ** 2;
      return Math.sqrt(sum);
    });
    const more = new Float64Array((m + n) * n);
    more.set(weighted);
    lengths.forEach((length, k) => {
      more[(m + k) * n + k] = Math.sqrt(lambda) * length;
    });
    const longer = new Float64Array(m + n);
    longer.set(target);
    const expected = leastSquares(engine, more, longer, { m: m + n, n });
    const found = solveRidge(engine, system(false), lambda);
    for (let k = 0; k < n; k++) expect(found.coefficients[k]).toBeCloseTo(expected.x[k], 12);
  });

  it('GCV is its definition with the hat matrix', () => {
    const found = solveRidge(engine, system(false), 'gcv');
    const { lambda, score } = found.path[60];
    const x = solveRidge(engine, system(false), lambda);
    const ratio = (m * loss(system(false), x.coefficients)) / (m - x.effective) ** 2;
    expect(score / ratio).toBeCloseTo(1, 10);
  });

  it('the evidence finds the noise: coefficients near the truth from few noisy rows', () => {
    const p = 30;
    const truth = new Float64Array(p);
    fillGauss(truth, 4n, 'trials', 0);
    let better = 0;
    for (let trial = 1; trial <= 10; trial++) {
      const to = createAccumulator(engine, p);
      const rows = new Float64Array(36 * p);
      const noise = new Float64Array(36);
      fillGauss(rows, 4n, 'trials', 2 * trial);
      fillGauss(noise, 4n, 'trials', 2 * trial + 1);
      for (let i = 0; i < 36; i++) to.add(rows, i * p, dot(rows, i, truth) + 3 * noise[i], 1);
      const distance = (x: Float64Array) => x.reduce((sum, value, k) => sum + (value - truth[k]) ** 2, 0);
      const plain = distance(solveLeastSquares(engine, to.finish(), byNames(String)).coefficients);
      if (distance(solveRidge(engine, to.finish(), 'evidence').coefficients) < plain) better++;
    }
    expect(better).toBeGreaterThanOrEqual(9);
  });

  it('names what the data do not determine', () => {
    const to = createAccumulator(engine, 3);
    for (let i = 0; i < 9; i++) to.add([a[i], 2 * a[i], a[i + 20]], 0, b[i], 1);
    expect(() =>
      solveLeastSquares(
        engine,
        to.finish(),
        byNames((k) => `c${k}`),
      ),
    ).toThrow(/2 of 3 coefficients .*c[01]/);
    const short = createAccumulator(engine, 3);
    short.add([1, 2, 3], 0, 1, 1);
    expect(() => solveLeastSquares(engine, short.finish(), byNames(String))).toThrow(/3 coefficients, but 1 rows/);
  });

  it('of 280 columns, truncated at any share of the largest singular value, have the rank that was made', () => {
    const n = 280;
    const values = Float64Array.from({ length: n }, (_, k) => 10 ** ((-12 * k) / (n - 1)));
    // rows s_k v_k, v_k those of 1 − 2 v vᵀ/v·v
    const v = new Float64Array(n);
    fillGauss(v, 7n, 'trials', 0);
    const square = v.reduce((sum, x) => sum + x * x, 0);
    const matrix = new Float64Array((n + 1) ** 2);
    for (let k = 0; k < n; k++)
      for (let j = 0; j < n; j++) matrix[k * (n + 1) + j] = values[k] * (Number(k === j) - (2 * v[k] * v[j]) / square);
    for (let k = 0; k < n; k++)
      matrix[k * (n + 1) + n] =
        values[k] *
        Array.from(v, (x, j) => x * (Number(k === j) - (2 * v[k] * v[j]) / square)).reduce((sum, x) => sum + x, 0);
    const system = { rows: 2 * n, columns: n, matrix: triangle(engine, matrix, n + 1, n + 1), normal: false };
    expect(conditionOf(engine, system) / 1e12).toBeCloseTo(1, 3);
    const { values: found } = spectrumOf(engine, system, false);
    for (const [k, s] of values.entries()) expect(Math.abs(found[k] - s)).toBeLessThan(1e-14 + 1e-14 * s);
    // what truncation leaves of b = A x is below rcond times the length of x
    for (const rcond of [1e-3, 1e-7, 1e-9, 1e-11]) {
      const { coefficients, effective } = solveTruncated(engine, system, rcond);
      const left = Math.sqrt(loss(system, coefficients));
      expect(effective).toBeLessThan(n);
      expect(left).toBeLessThan(20 * rcond * Math.sqrt(n));
      expect(left).toBeGreaterThan(1e-4 * rcond);
    }
  });
});
