/**
 * A diagonal matrix plus one of rank one: eigenvalues and vectors of D + rho z zᵀ, the heart of divide and conquer
 * (Cuppen, 10.1007/BF01396757; Gu & Eisenstat, 10.1137/S0895479892241287).
 *
 *     f(lambda) = 1/rho + Σ_i z_i² / (d_i − lambda) = 0        one root after every pole d_j
 *     lambda_j = d_origin(j) + tau_j                           kept as an offset from the nearer pole, so that the
 *                                                              differences d_i − lambda_j have all their digits
 *     ẑ_i² = Π_j (lambda_j − d_i) / Π_{j≠i} (d_j − d_i)        the z for which these lambda are exact: vectors from it
 *     s_j(i) = ẑ_i / (d_i − lambda_j), normalised              are orthogonal to the last bits, however close the roots
 *
 * Roots by the middle way (Li, LAPACK Working Note 89): two poles beside the root are interpolated, the rest is
 * constant; bracketed, so that it always ends.
 */
import { getF64, getI32, getPair, setF64, setI32 } from '../memory';

const EPS: f64 = 2.220446049250313e-16;

/** Fields in the order of src/linalg/secular.ts. */
// @ts-ignore: decorator
@unmanaged
export class Secular {
  rho: f64;
  /** Number of poles. */
  k: i32;
  /** f64[k]: poles, ascending and distinct; z, of norm 1, none zero. */
  d: usize;
  z: usize;
  /** i32[k] and f64[k]: the roots. */
  origin: usize;
  tau: usize;
  /** f64[k]: ẑ. */
  weights: usize;
  /** i32[k]: where component i stands in a vector. */
  slot: usize;
  /** Vectors `first`… as rows of `vectors`, `row` elements apart. */
  vectors: usize;
  row: i32;
  first: i32;
}

/**
 * Σ z_i²/δ_i and its derivative Σ z_i²/δ_i² over i in [from, to), δ_i = d_i − origin − tau, to out[0], out[1].
 */
function poles(s: Secular, from: i32, to: i32, origin: f64, tau: f64, out: usize): void {
  const o = f64x2.splat(origin);
  const t = f64x2.splat(tau);
  let sum = f64x2.splat(0);
  let slope = sum;
  let i = from;
  for (; i + 2 <= to; i += 2) {
    const z = getPair(s.z, i);
    const q = f64x2.div(z, f64x2.sub(f64x2.sub(getPair(s.d, i), o), t));
    sum = f64x2.add(sum, f64x2.mul(z, q));
    slope = f64x2.add(slope, f64x2.mul(q, q));
  }
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  let slopes = f64x2.extract_lane(slope, 0) + f64x2.extract_lane(slope, 1);
  if (i < to) {
    const z = getF64(s.z, i);
    const q = z / (getF64(s.d, i) - origin - tau);
    total += z * q;
    slopes += q * q;
  }
  setF64(out, 0, total);
  setF64(out, 1, slopes);
}

/** A root of c x² − a x + b, without cancellation; `plus` says which. */
// @ts-ignore: decorator
@inline
function quadratic(a: f64, b: f64, c: f64, plus: bool): f64 {
  const root = Math.sqrt(Math.abs(a * a - 4 * b * c));
  if (plus) return a >= 0 ? (a + root) / (2 * c) : (2 * b) / (a - root);
  return a <= 0 ? (a - root) / (2 * c) : (2 * b) / (a + root);
}

/** Roots [begin, end). scratch: f64[4]. */
export function secularRoots(begin: i32, end: i32, secular: usize, _b: usize, _c: usize, scratch: usize): void {
  const s = changetype<Secular>(secular);
  for (let j = begin; j < end; j++) findRoot(s, j, scratch);
}

/** Root j: which half of its interval, a start from the two poles beside it, then the iteration. */
function findRoot(s: Secular, j: i32, out: usize): void {
  if (s.k == 1) {
    setI32(s.origin, 0, 0);
    setF64(s.tau, 0, s.rho);
    return;
  }
  // The poles beside the root; the last root has both on its left.
  const last = j == s.k - 1;
  const left = last ? j - 1 : j;
  const gap = getF64(s.d, left + 1) - getF64(s.d, left);
  const half = 0.5 * (last ? s.rho : gap);
  poles(s, 0, s.k, getF64(s.d, j), half, out);
  const middle = 1 / s.rho + getF64(out, 0);
  const before = middle > 0;
  const origin = last || before ? j : j + 1;
  const low = before ? 0 : last ? half : -half;
  const high = before ? half : last ? s.rho : 0;
  const guess = start(s, left, last, middle, half, low >= 0);
  const inside = guess > low && guess < high;
  setI32(s.origin, j, origin);
  setF64(s.tau, j, iterate(s, left, last, getF64(s.d, origin), inside ? guess : 0.5 * (low + high), low, high, out));
}

/** Where the poles left and left + 1 and the value of the others in the middle put it. */
function start(s: Secular, left: i32, last: bool, middle: f64, half: f64, fromLeft: bool): f64 {
  const gap = getF64(s.d, left + 1) - getF64(s.d, left);
  const z0 = getF64(s.z, left) * getF64(s.z, left);
  const z1 = getF64(s.z, left + 1) * getF64(s.z, left + 1);
  if (last) {
    const c = middle + z0 / (gap + half) + z1 / half;
    return quadratic(z0 + z1 - c * gap, -z1 * gap, c, true);
  }
  const c = middle + z0 / half - z1 / half;
  if (fromLeft) return quadratic(c * gap + z0 + z1, z0 * gap, c, false);
  return quadratic(z0 + z1 - c * gap, -z1 * gap, c, false);
}

/** tau from its start, within (low, high): f(low) <= 0 <= f(high). */
function iterate(s: Secular, left: i32, last: bool, origin: f64, start: f64, low: f64, high: f64, out: usize): f64 {
  const constant = 1 / s.rho;
  let tau = start;
  for (let step = 0; step < 200; step++) {
    poles(s, 0, left + 1, origin, tau, out);
    poles(s, left + 1, s.k, origin, tau, out + 16);
    const psi = getF64(out, 0);
    const dpsi = getF64(out, 1);
    const phi = getF64(out, 2);
    const dphi = getF64(out, 3);
    const f = constant + psi + phi;
    const noise = 8 * (constant + Math.abs(psi) + Math.abs(phi)) + Math.abs(tau) * (dpsi + dphi);
    if (Math.abs(f) <= EPS * noise) break;
    if (f < 0) low = tau;
    else high = tau;
    const d0 = getF64(s.d, left) - origin - tau;
    const d1 = getF64(s.d, left + 1) - origin - tau;
    const c = f - d0 * dpsi - d1 * dphi;
    const a = (d0 + d1) * f - d0 * d1 * (dpsi + dphi);
    const b = d0 * d1 * f;
    let move = c == 0 ? b / a : quadratic(a, b, last ? Math.abs(c) : c, last);
    if (!(f * move < 0)) move = -f / (dpsi + dphi);
    let next = tau + move;
    if (!(next > low && next < high) || step > 30) next = 0.5 * (low + high);
    if (Math.abs(next - tau) <= EPS * Math.abs(next)) return next;
    tau = next;
  }
  return tau;
}

/** ẑ of the components [begin, end). */
export function secularWeights(begin: i32, end: i32, secular: usize, _b: usize, _c: usize, _scratch: usize): void {
  const s = changetype<Secular>(secular);
  for (let i = begin; i < end; i++) {
    const d = getF64(s.d, i);
    let product = getF64(s.d, getI32(s.origin, i)) - d + getF64(s.tau, i);
    for (let j = 0; j < s.k; j++) {
      if (j == i) continue;
      const pole = getF64(s.d, j);
      product *= (getF64(s.d, getI32(s.origin, j)) - d + getF64(s.tau, j)) / (pole - d);
    }
    const weight = Math.sqrt(Math.abs(product));
    setF64(s.weights, i, getF64(s.z, i) < 0 ? -weight : weight);
  }
}

/** The vectors `first` + [begin, end), as rows begin… */
export function secularVectors(begin: i32, end: i32, secular: usize, _b: usize, _c: usize, _scratch: usize): void {
  const s = changetype<Secular>(secular);
  for (let r = begin; r < end; r++) {
    const row = s.vectors + ((<usize>(r * s.row)) << 3);
    const origin = getF64(s.d, getI32(s.origin, s.first + r));
    const tau = getF64(s.tau, s.first + r);
    let sum = 0.0;
    for (let i = 0; i < s.k; i++) {
      const v = getF64(s.weights, i) / (getF64(s.d, i) - origin - tau);
      sum += v * v;
      setF64(row, getI32(s.slot, i), v);
    }
    const norm = 1 / Math.sqrt(sum);
    for (let i = 0; i < s.k; i++) setF64(row, i, norm * getF64(row, i));
  }
}
