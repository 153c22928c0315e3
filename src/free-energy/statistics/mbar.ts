/**
 * Free energies of K states from samples of all of them (Shirts, Chodera, 10.1063/1.2978177):
 * f_i = −ln Σ_n e^(−u_in) / Σ_k N_k e^(f_k − u_kn). The equations are the gradient of a convex function, so a few
 * self-consistent steps and then Newton's always arrive.
 */
import { InputError, PhysicsError } from '../../data/errors.ts';
import { exp, log } from '../../data/math.ts';
import { statisticalInefficiency } from './inefficiency.ts';
import { type Interval, intervalOf, welchSatterthwaite } from './interval.ts';
import { apply, inversePositive } from './positive.ts';

export interface Mbar {
  /** (K) in units of kT, f[0] = 0. */
  f: Float64Array;
  /** (K,K) of f for independent samples; row and column 0 are 0. Correlated ones: see mbarDifference. */
  covariance: Float64Array;
  /** (K,N) probability that sample n came from state k. */
  probability: Float64Array;
  counts: readonly number[];
  iterations: number;
}

/** Newton stops where the largest relative residual of the counts is below. */
const TOLERANCE = 1e-12;

/**
 * `reduced`: (K,N) energies over kT of every sample in every state; the first counts[0] columns were sampled in state 0,
 * and so on, each in the order of time. Throws InputError for other shapes, PhysicsError where states do not overlap.
 */
export function mbar(reduced: Float64Array, counts: readonly number[]): Mbar {
  const states = counts.length;
  const n = counts.reduce((sum, c) => sum + c, 0);
  if (states < 2 || reduced.length !== states * n || counts.some((c) => !(Number.isInteger(c) && c >= 2))) {
    throw new InputError(`MBAR: ${reduced.length} energies for ${states} states of ${counts.join(', ')} samples`);
  }
  if (!reduced.every(Number.isFinite)) throw new InputError('MBAR: a reduced energy is not finite');
  const logs = Float64Array.from(counts, (c) => log(c));
  const probability = new Float64Array(reduced.length);
  let f: Float64Array = new Float64Array(states);
  let value = posterior(reduced, f, { logs, counts, n }, probability);
  let iterations = 0;
  for (; iterations < 200; iterations++) {
    const sums = rowSums(probability, states, n);
    if (sums.every((sum, k) => Math.abs(sum - counts[k]) < TOLERANCE * n)) break;
    const self = gauged(f.map((fk, k) => fk + logs[k] - log(Math.max(sums[k], 1e-300))));
    const trial = iterations < 5 ? self : (newton(probability, f, sums, counts) ?? self);
    let next = posterior(reduced, trial, { logs, counts, n }, probability);
    let accepted = trial;
    // far from the solution Newton's step may overshoot
    if (!(next <= value + 1e-9 * Math.abs(value))) {
      accepted = self;
      next = posterior(reduced, accepted, { logs, counts, n }, probability);
    }
    const still = accepted.every((fk, k) => Math.abs(fk - f[k]) < 1e-14 * (1 + Math.abs(fk)));
    f = accepted;
    value = next;
    if (still && iterations >= 5) break;
  }
  return { f, covariance: covarianceOf(probability, counts, n), probability, counts, iterations };
}

/** Fills the probabilities and returns the convex function Σ_n ln Σ_k N_k e^(f_k − u_kn) − Σ N_k f_k. */
function posterior(
  reduced: Float64Array,
  f: Float64Array,
  { logs, counts, n }: { logs: Float64Array; counts: readonly number[]; n: number },
  out: Float64Array,
): number {
  const states = f.length;
  let value = 0;
  for (let t = 0; t < n; t++) {
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < states; k++) top = Math.max(top, logs[k] + f[k] - reduced[k * n + t]);
    let sum = 0;
    for (let k = 0; k < states; k++) {
      const weight = exp(logs[k] + f[k] - reduced[k * n + t] - top);
      out[k * n + t] = weight;
      sum += weight;
    }
    for (let k = 0; k < states; k++) out[k * n + t] /= sum;
    value += top + log(sum);
  }
  for (let k = 0; k < states; k++) value -= counts[k] * f[k];
  return value;
}

function rowSums(p: Float64Array, states: number, n: number): Float64Array {
  return Float64Array.from({ length: states }, (_, k) => {
    let sum = 0;
    for (let t = 0; t < n; t++) sum += p[k * n + t];
    return sum;
  });
}

const gauged = (f: Float64Array) => f.map((fk) => fk - f[0]);

/** Second derivatives by f_1 … f_{K−1}: diag(Σ_n p) − p pᵀ. */
function curvature(p: Float64Array, states: number, n: number): Float64Array {
  const m = states - 1;
  const h = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    const a = p.subarray((i + 1) * n, (i + 2) * n);
    for (let j = 0; j <= i; j++) {
      const b = p.subarray((j + 1) * n, (j + 2) * n);
      let sum = 0;
      if (i === j) for (let t = 0; t < n; t++) sum += a[t] * (1 - a[t]);
      else for (let t = 0; t < n; t++) sum -= a[t] * b[t];
      h[i * m + j] = h[j * m + i] = sum;
    }
  }
  return h;
}

function newton(
  p: Float64Array,
  f: Float64Array,
  sums: Float64Array,
  counts: readonly number[],
): Float64Array | undefined {
  try {
    const inverse = inversePositive(curvature(p, f.length, p.length / f.length), f.length - 1);
    const step = apply(
      inverse,
      sums.subarray(1).map((sum, k) => sum - counts[k + 1]),
    );
    return f.map((fk, k) => (k === 0 ? 0 : fk - step[k - 1]));
  } catch (error) {
    if (error instanceof PhysicsError) return undefined;
    throw error;
  }
}

function inverseCurvature(p: Float64Array, states: number, n: number): Float64Array {
  try {
    return inversePositive(curvature(p, states, n), states - 1);
  } catch (error) {
    if (error instanceof PhysicsError) throw new PhysicsError('MBAR: some states do not overlap with the others');
    throw error;
  }
}

/** H⁻¹ − diag(1/N_k) − 1/N_0, what the paper's Θ becomes with f_0 = 0. */
function covarianceOf(p: Float64Array, counts: readonly number[], n: number): Float64Array {
  const states = counts.length;
  const inverse = inverseCurvature(p, states, n);
  const out = new Float64Array(states * states);
  for (let i = 1; i < states; i++) {
    for (let j = 1; j < states; j++) {
      const known = (i === j ? 1 / counts[i] : 0) + 1 / counts[0];
      out[i * states + j] = inverse[(i - 1) * (states - 1) + j - 1] - known;
    }
  }
  return out;
}

/** f_to − f_from, kT, with the interval for samples correlated in time: mean of the influence of every sample, by state. */
export function mbarDifference(result: Mbar, from: number, to: number, confidence = 0.95): Interval {
  const { f, probability: p, counts } = result;
  const states = f.length;
  const n = p.length / states;
  const inverse = inverseCurvature(p, states, n);
  const m = states - 1;
  const contrast = Float64Array.from(
    { length: m },
    (_, k) => (to > 0 ? inverse[(to - 1) * m + k] : 0) - (from > 0 ? inverse[(from - 1) * m + k] : 0),
  );
  const influence = Float64Array.from({ length: n }, (_, t) => {
    let sum = 0;
    for (let k = 0; k < m; k++) sum += contrast[k] * p[(k + 1) * n + t];
    return sum;
  });
  let begin = 0;
  const parts = counts.map((count) => {
    const part = statisticalInefficiency(influence.subarray(begin, begin + count));
    begin += count;
    return part;
  });
  const variances = parts.map((part, k) => counts[k] ** 2 * part.meanVariance);
  const error = Math.sqrt(variances.reduce((sum, v) => sum + v, 0));
  const dof = welchSatterthwaite(
    variances,
    parts.map((part) => part.dof),
  );
  return intervalOf(f[to] - f[from], error, dof, confidence);
}
