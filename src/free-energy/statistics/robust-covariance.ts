/**
 * Location and scatter of the bulk of many points, whatever a minority does: the minimum covariance determinant. Of all
 * subsets of h points the one whose covariance has the smallest determinant is sought by concentration steps from random
 * starts (P. J. Rousseeuw, K. Van Driessen, Technometrics 41, 212 (1999), doi:10.1080/00401706.1999.10485670), made
 * consistent at the median of χ², and once reweighted by its 97.5 % quantile. Starts are counter-based random numbers.
 */
import { InputError } from '../../data/errors.ts';
import { log } from '../../data/math.ts';
import { fillUniform } from '../../data/rng.ts';
import { chiSquareQuantile } from './distributions.ts';

export interface RobustCovariance {
  /** (p). */
  location: Float64Array;
  /** (p, p). */
  covariance: Float64Array;
  /** (n) 1 where a point counted after reweighting. */
  support: Uint8Array;
  /** Determinant of the best subset's covariance (before any correction), natural logarithm. */
  logDet: number;
  /** Squared Mahalanobis distance of any point of p numbers. */
  distance(points: ArrayLike<number>, at: number): number;
}

export interface RobustOptions {
  seed?: bigint;
  /** Share of the points in the subset; default (n + p + 1)/2n. */
  share?: number;
}

const STARTS = 500;
const BEST = 10;
const STEPS = 100;
/** Points that starts see; of more, a random part. */
const MOST_POINTS = 1500;
const QUANTILE = 0.975;

interface Shape {
  mean: Float64Array;
  covariance: Float64Array;
  /** Cholesky's factor. */
  factor: Float64Array;
  logDet: number;
}

/** Of points (n, p). Throws InputError where there are too few, or they lie in a plane. */
export function robustCovariance(points: Float64Array, p: number, options: RobustOptions = {}): RobustCovariance {
  const n = points.length / p;
  const { seed = 1n, share } = options;
  const h = share === undefined ? Math.ceil((n + p + 1) / 2) : Math.round(share * n);
  if (!(n > 2 * p && h > p && h <= n))
    throw new InputError(`a robust covariance of ${p} components needs more than ${2 * p} points, found ${n}`);
  const best = search(points, p, h, seed);
  const median = (values: Float64Array) => {
    const sorted = values.slice().sort();
    return n % 2 === 1 ? sorted[n >> 1] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  };
  const raw = distances(points, p, best);
  const correction = median(raw) / chiSquareQuantile(0.5, p);
  const limit = chiSquareQuantile(QUANTILE, p) * correction;
  const chosen = Array.from({ length: n }, (_, i) => i).filter((i) => raw[i] < limit);
  const final = shapeOf(points, p, chosen);
  if (!final) throw flat();
  const support = new Uint8Array(n);
  for (const i of chosen) support[i] = 1;
  return {
    location: final.mean,
    covariance: final.covariance,
    support,
    logDet: best.logDet,
    distance: (values, at) => squared(values, at, p, final, new Float64Array(p)),
  };
}

const flat = () => new InputError('the points lie in a plane: no covariance can be inverted');

function search(points: Float64Array, p: number, h: number, seed: bigint): Shape {
  const n = points.length / p;
  const draws = new Float64Array(n);
  fillUniform(draws, seed, 'robust', 0);
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => draws[a] - draws[b]);
  const seen = order.slice(0, Math.min(n, MOST_POINTS));
  const part = n <= MOST_POINTS ? points : take(points, p, seen);
  const fewer = Math.max(p + 1, Math.round((h * seen.length) / n));
  const found: Shape[] = [];
  for (let start = 0; start < STARTS; start++) {
    const first = begin(part, p, seed, start);
    const shape = first && concentrate(part, p, fewer, first, 2);
    if (shape) found.push(shape);
  }
  found.sort((a, b) => a.logDet - b.logDet);
  const settled = found.slice(0, BEST).flatMap((shape) => concentrate(points, p, h, shape, STEPS) ?? []);
  if (settled.length === 0) throw flat();
  return settled.reduce((a, b) => (b.logDet < a.logDet ? b : a));
}

function take(points: Float64Array, p: number, chosen: readonly number[]): Float64Array {
  const out = new Float64Array(chosen.length * p);
  for (const [k, i] of chosen.entries()) out.set(points.subarray(i * p, (i + 1) * p), k * p);
  return out;
}

/** p + 1 random points, more while they lie in a plane. */
function begin(points: Float64Array, p: number, seed: bigint, start: number): Shape | undefined {
  const n = points.length / p;
  const draws = new Float64Array(n);
  fillUniform(draws, seed, 'robust', 1 + start);
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => draws[a] - draws[b]);
  for (let count = p + 1; count <= n; count += Math.max(1, p >> 2)) {
    const shape = shapeOf(points, p, order.slice(0, count));
    if (shape) return shape;
  }
  return undefined;
}

/** C-steps: the h points nearest to the shape make the next; the determinant never grows. */
function concentrate(points: Float64Array, p: number, h: number, from: Shape, steps: number): Shape | undefined {
  let shape = from;
  let before = Number.POSITIVE_INFINITY;
  for (let step = 0; step < steps; step++) {
    const far = distances(points, p, shape);
    const order = Array.from(far, (_, i) => i).sort((a, b) => far[a] - far[b] || a - b);
    const next = shapeOf(points, p, order.slice(0, h));
    if (!next) return undefined;
    shape = next;
    if (next.logDet >= before - 1e-13 * Math.abs(before)) break;
    before = next.logDet;
  }
  return shape;
}

function shapeOf(points: Float64Array, p: number, chosen: readonly number[]): Shape | undefined {
  const m = chosen.length;
  const mean = new Float64Array(p);
  for (const i of chosen) for (let k = 0; k < p; k++) mean[k] += points[i * p + k];
  for (let k = 0; k < p; k++) mean[k] /= m;
  const covariance = new Float64Array(p * p);
  const d = new Float64Array(p);
  for (const i of chosen) {
    for (let k = 0; k < p; k++) d[k] = points[i * p + k] - mean[k];
    for (let k = 0; k < p; k++) for (let l = 0; l <= k; l++) covariance[k * p + l] += d[k] * d[l];
  }
  for (let k = 0; k < p; k++)
    for (let l = 0; l <= k; l++) covariance[l * p + k] = covariance[k * p + l] = covariance[k * p + l] / m;
  const factor = new Float64Array(p * p);
  let logDet = 0;
  for (let k = 0; k < p; k++) {
    for (let l = 0; l <= k; l++) {
      let sum = covariance[k * p + l];
      for (let j = 0; j < l; j++) sum -= factor[k * p + j] * factor[l * p + j];
      if (k > l) factor[k * p + l] = sum / factor[l * p + l];
      else {
        if (!(sum > 1e-14 * covariance[k * p + k])) return undefined;
        factor[k * p + k] = Math.sqrt(sum);
        logDet += log(sum);
      }
    }
  }
  return { mean, covariance, factor, logDet };
}

function distances(points: Float64Array, p: number, shape: Shape): Float64Array {
  const y = new Float64Array(p);
  return Float64Array.from({ length: points.length / p }, (_, i) => squared(points, i * p, p, shape, y));
}

/** By forward substitution; `y` is room for p numbers. */
function squared(points: ArrayLike<number>, at: number, p: number, { mean, factor }: Shape, y: Float64Array): number {
  let total = 0;
  for (let k = 0; k < p; k++) {
    let sum = points[at + k] - mean[k];
    for (let j = 0; j < k; j++) sum -= factor[k * p + j] * y[j];
    y[k] = sum / factor[k * p + k];
    total += y[k] * y[k];
  }
  return total;
}
