import { afterAll, describe, expect, it } from 'vitest';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createAccumulator } from '../src/fit/accumulate.ts';
import { solveArd } from '../src/fit/ard.ts';
import { solveRidge } from '../src/fit/ridge.ts';
import { leverageOf, standardErrors } from '../src/fit/solution.ts';
import { byNames, solveLeastSquares, solveTruncated } from '../src/fit/solve.ts';
import { solveSystem } from '../src/fit/solve-system.ts';
import { logDet } from '../src/linalg/cholesky.ts';

const engine = await createEngine();
afterAll(() => engine.close());

const [m, n] = [60, 8];
const a = new Float64Array(m * n);
const b = new Float64Array(m);
fillGauss(a, 11n, 'trials', 0);
fillGauss(b, 11n, 'trials', 1);
const truth = [2, 0, 0, -1.5, 0, 0.3, 0, 0];
b.forEach((noise, i) => {
  b[i] = 0.5 * noise + truth.reduce((sum, x, k) => sum + x * a[i * n + k], 0);
});

const systemOf = (rows: Float64Array, targets: Float64Array, columns: number, normal = false) => {
  const to = createAccumulator(engine, columns, { normal });
  for (const [i, target] of targets.entries()) to.add(rows, i * columns, target, 1);
  return to.finish();
};
const lengths = Array.from({ length: n }, (_, k) => Math.sqrt(b.reduce((sum, _x, i) => sum + a[i * n + k] ** 2, 0)));
const sklearn = {
  ridge: [
    1.973499163927823, -0.06942796674241075, 0.07277154575173349, -1.6053934802328405, 0.09602981048898107,
    0.3457865676148049, -0.041728379880568996, -0.03324961773971654,
  ],
  noise: 0.494364925249692,
  lambda: 0.004553612771099042,
  score: -64.12376223698944,
  /** Of columns of length 1. */
  errors: [
    0.5182311291113898, 0.5202532301783733, 0.5642599864768492, 0.5323720871722492, 0.5071332166290276,
    0.565286465692189, 0.5428090188176651, 0.5317702870818968,
  ],
  ard: [1.9852735383278985, 0, 0, -1.5865040912354742, 0.07080376040777901, 0.32240665083155984, 0, 0],
  ardNoise: 0.48460360640073163,
};

/** ln of the normal density of b with covariance s²(1 + A P⁻¹ Aᵀ), written down as it is. */
function density(s: number, precision: (k: number) => number): number {
  const covariance = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < m; j++) {
      let sum = Number(i === j);
      for (let k = 0; k < n; k++) sum += (a[i * n + k] * a[j * n + k]) / (lengths[k] ** 2 * precision(k));
      covariance[i * m + j] = s * s * sum;
    }
  }
  // bᵀC⁻¹b by the determinant of the bordered matrix
  const bordered = new Float64Array((m + 1) ** 2);
  const large = 1e4;
  for (let i = 0; i < m; i++) {
    bordered.set(covariance.subarray(i * m, (i + 1) * m), i * (m + 1));
    bordered[i * (m + 1) + m] = bordered[m * (m + 1) + i] = b[i];
  }
  bordered[(m + 1) ** 2 - 1] = large;
  const det = logDet(engine, covariance);
  const quadratic = large - Math.exp(logDet(engine, bordered) - det);
  return -0.5 * (m * Math.log(2 * Math.PI) + det + quadratic);
}

describe('Bayesian ridge', () => {
  it.each([false, true])("is scikit-learn's BayesianRidge of flat priors, normal equations %s", (normal) => {
    const found = solveRidge(engine, systemOf(a, b, n, normal), 'evidence');
    expect(found.lambda / sklearn.lambda).toBeCloseTo(1, 4);
    expect(found.noise).toBeCloseTo(sklearn.noise, 6);
    for (const [k, x] of sklearn.ridge.entries()) expect(found.coefficients[k]).toBeCloseTo(x, 6);
    for (const [k, x] of standardErrors(found).entries()) expect(x * lengths[k]).toBeCloseTo(sklearn.errors[k], 4);
  });

  it('has the evidence of the density of the data, at its largest', () => {
    const found = solveRidge(engine, systemOf(a, b, n), 'evidence');
    const { logEvidence = Number.NaN, lambda } = found;
    expect(logEvidence).toBeCloseTo(
      density(found.noise, () => lambda),
      4,
    );
    expect(logEvidence).toBeCloseTo(sklearn.score, 4);
    for (const factor of [0.9, 1.1]) {
      expect(density(found.noise * factor, () => lambda)).toBeLessThan(logEvidence);
      expect(density(found.noise, () => lambda * factor)).toBeLessThan(logEvidence);
    }
  });

  it('reports the whole path', () => {
    const { path, lambda, effective } = solveRidge(engine, systemOf(a, b, n), 'gcv');
    expect(path.length).toBe(81);
    for (let k = 1; k < path.length; k++) {
      expect(path[k].lambda / path[k - 1].lambda).toBeCloseTo(Math.exp(0.5), 10);
      expect(path[k].effective).toBeLessThanOrEqual(path[k - 1].effective);
      expect(path[k].residual).toBeGreaterThanOrEqual(path[k - 1].residual);
    }
    const next = path.filter((point) => point.effective >= effective).length;
    expect(path[next - 1].lambda).toBeLessThanOrEqual(lambda);
  });
});

describe('automatic relevance determination', () => {
  it("is scikit-learn's ARDRegression of flat priors", () => {
    const found = solveArd(engine, systemOf(a, b, n));
    for (const [k, x] of sklearn.ard.entries()) expect(Math.abs(found.coefficients[k] - x)).toBeLessThan(2e-6);
    expect(found.noise).toBeCloseTo(sklearn.ardNoise, 6);
    expect(found.relevant).toBe(4);
    for (const [k, x] of standardErrors(found).entries()) expect(x > 0).toBe(sklearn.ard[k] !== 0);
  });

  it('has the evidence of the density of the data', () => {
    const found = solveArd(engine, systemOf(a, b, n));
    const errors = standardErrors(found);
    // at the fixed point γ = 1 − p Σ/s² = p x²/s²: p = s²/(Σ + x²)
    const precision = (k: number) =>
      errors[k] > 0 ? (found.noise / lengths[k]) ** 2 / (errors[k] ** 2 + found.coefficients[k] ** 2) : 1e12;
    expect(found.logEvidence).toBeCloseTo(density(found.noise, precision), 4);
    const ridge = solveRidge(engine, systemOf(a, b, n), 'evidence').logEvidence ?? 0;
    expect(found.logEvidence).toBeGreaterThan(ridge);
  });
});

describe('truncated SVD', () => {
  /** Column 8 is the sum of 0 and 3 but for 1e-9. */
  const wide = Float64Array.from({ length: m * (n + 1) }, (_, at) => {
    const [i, k] = [Math.floor(at / (n + 1)), at % (n + 1)];
    return k < n ? a[i * n + k] : a[i * n] + a[i * n + 3] + 1e-9 * a[((i + 7) % m) * n + 5];
  });

  it('leaves out what is below rcond, and is the shortest solution there', () => {
    const found = solveTruncated(engine, systemOf(wide, b, n + 1), 1e-6);
    expect(found.effective).toBe(n);
    const plain = solveLeastSquares(engine, systemOf(a, b, n), byNames(String));
    expect(found.residual).toBeCloseTo(plain.residual, 6);
    const own = [...lengths, Math.sqrt(b.reduce((sum, _x, i) => sum + wide[i * (n + 1) + n] ** 2, 0))];
    // moving along (1, 0, 0, 1, …, −1) changes no residual and lengthens the scaled solution
    const direction = own.map((_, k) => (k === 0 || k === 3 ? 1 : k === n ? -1 : 0));
    const slope = found.coefficients.reduce((sum, x, k) => sum + x * direction[k] * own[k] ** 2, 0);
    expect(Math.abs(slope)).toBeLessThan(1e-4);
    expect(Math.max(...standardErrors(found))).toBeLessThan(1);
  });

  it('is least squares where nothing is small', () => {
    const found = solveTruncated(engine, systemOf(a, b, n), 1e-10);
    const plain = solveLeastSquares(engine, systemOf(a, b, n), byNames(String));
    for (let k = 0; k < n; k++) expect(found.coefficients[k]).toBeCloseTo(plain.coefficients[k], 12);
    expect(() => solveTruncated(engine, systemOf(a, b, n), 1)).toThrow(/rcond: expected a number of \[0, 1\), found 1/);
  });
});

describe('posterior', () => {
  it('has the spread that least squares has over repeated noise', () => {
    const trials = 400;
    const sums = new Float64Array(2 * n);
    const noise = new Float64Array(m);
    let expected = new Float64Array(n);
    let predicted = 0;
    let along = 0;
    for (let trial = 0; trial < trials; trial++) {
      fillGauss(noise, 12n, 'trials', trial);
      const found = solveLeastSquares(engine, systemOf(a, noise, n), byNames(String));
      found.coefficients.forEach((x, k) => {
        sums[k] += x * x;
      });
      expected = Float64Array.from(standardErrors({ ...found, noise: 1 }));
      predicted = leverageOf(found.root, a, 0, n);
      let at = 0;
      for (let k = 0; k < n; k++) at += a[k] * found.coefficients[k];
      along += at * at;
    }
    // 400 squares of a normal number: 7 % is one standard deviation
    for (let k = 0; k < n; k++) expect(Math.abs(sums[k] / trials / expected[k] ** 2 - 1)).toBeLessThan(0.25);
    expect(Math.abs(along / trials / predicted - 1)).toBeLessThan(0.25);
  });

  it('leverages of all rows add up to the number of coefficients', () => {
    const { root } = solveLeastSquares(engine, systemOf(a, b, n), byNames(String));
    const total = b.reduce((sum, _, i) => sum + leverageOf(root, a, i * n, n), 0);
    expect(total).toBeCloseTo(n, 10);
  });

  it('one solver per fit', () => {
    expect(() => solveSystem(engine, systemOf(a, b, n), [], [], { ridge: 1, ard: true })).toThrow(
      /ridge and ard exclude each other/,
    );
  });
});
