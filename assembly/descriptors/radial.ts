/**
 * Radial functions that vanish at a cutoff, before their matrix (src/data/descriptors/radial-basis.ts), and their slopes:
 * the orthonormal ones of AFS and p-SO(3), e_k = y³ P_k(y)/sqrt(r_c), y = 1 − r/r_c, by their three-term recurrence, or
 * Chebyshev polynomials times the cosine cutoff f: f, then f (1 − T_k(2r/r_c − 1))/2 for k = 1….
 *
 * table, f64: 0 functions N   1 kind (0 orthonormal, 1 Chebyshev)   2 r_c   3 first coefficient, sqrt(7/r_c)
 *   4… a_k, N   then b_k, N + 1
 * steps of the orthonormal ones, for more distances at a time, f64: sqrt(7/r_c), then N x 3: a_k, 1/b_(k+1), b_k/b_(k+1)
 */
import { cos, sin } from '../math';
import { getF64, getPair, getSplat, setF64, setPair } from '../memory';

export const RADIAL_HEADER = 4;

/** values and slopes (by r), N each, at 0 <= r < r_c. */
export function radialFunctions(table: usize, r: f64, values: usize, slopes: usize): void {
  if (getF64(table, 1) == 0.0) orthonormal(table, r, values, slopes);
  else chebyshev(table, r, values, slopes);
}

function orthonormal(table: usize, r: f64, values: usize, slopes: usize): void {
  const n = <i32>getF64(table, 0);
  const perCutoff = 1.0 / getF64(table, 2);
  const a = table + 8 * RADIAL_HEADER;
  const b = a + ((<usize>n) << 3);
  const y = 1.0 - r * perCutoff;
  const first = getF64(table, 3) * y * y;
  let e = first * y;
  let de = -3.0 * first * perCutoff;
  let before = 0.0;
  let dBefore = 0.0;
  for (let k = 0; k < n; k++) {
    setF64(values, k, e);
    setF64(slopes, k, de);
    const x = y - getF64(a, k);
    const low = getF64(b, k);
    const per = 1.0 / getF64(b, k + 1);
    const next = (x * e - low * before) * per;
    const dNext = (x * de - perCutoff * e - low * dBefore) * per;
    before = e;
    dBefore = de;
    e = next;
    de = dNext;
  }
}

function chebyshev(table: usize, r: f64, values: usize, slopes: usize): void {
  const n = <i32>getF64(table, 0);
  const perCutoff = 1.0 / getF64(table, 2);
  const phase = Math.PI * r * perCutoff;
  const f = 0.5 + 0.5 * cos(phase);
  const df = -0.5 * Math.PI * perCutoff * sin(phase);
  const x = 2.0 * r * perCutoff - 1.0;
  const dx = 2.0 * perCutoff;
  setF64(values, 0, f);
  setF64(slopes, 0, df);
  let before = 1.0;
  let dBefore = 0.0;
  let t = x;
  let dt = dx;
  for (let k = 1; k < n; k++) {
    const g = 0.5 - 0.5 * t;
    setF64(values, k, f * g);
    setF64(slopes, k, df * g - 0.5 * dt * f);
    const next = 2.0 * x * t - before;
    const dNext = 2.0 * (dx * t + x * dt) - dBefore;
    before = t;
    dBefore = dt;
    t = next;
    dt = dNext;
  }
}

/** weight e_k at four distances, four in each of n rows of `stride` f64; y = 1 − r/r_c and the weight are four too. */
export function orthonormalQuad(steps: usize, n: i32, rise: usize, weight: usize, to: usize, stride: i32): void {
  const row = (<usize>stride) << 3;
  const zero = f64x2.splat(0);
  const y = getPair(rise, 0), y2 = getPair(rise, 2);
  const first = getSplat(steps, 0);
  let e = f64x2.mul(f64x2.mul(f64x2.mul(getPair(weight, 0), first), f64x2.mul(y, y)), y);
  let e2 = f64x2.mul(f64x2.mul(f64x2.mul(getPair(weight, 2), first), f64x2.mul(y2, y2)), y2);
  let before = zero, before2 = zero;
  for (let k = 0; k < n; k++) {
    setPair(to, 0, e);
    setPair(to, 2, e2);
    const a = getSplat(steps, 1), perB = getSplat(steps, 2), ratio = getSplat(steps, 3);
    const next = f64x2.sub(f64x2.mul(f64x2.mul(f64x2.sub(y, a), perB), e), f64x2.mul(ratio, before));
    const next2 = f64x2.sub(f64x2.mul(f64x2.mul(f64x2.sub(y2, a), perB), e2), f64x2.mul(ratio, before2));
    before = e;
    before2 = e2;
    e = next;
    e2 = next2;
    to += row;
    steps += 24;
  }
}

/** Slopes by r of two of them, from what orthonormalQuad left at e. */
export function orthonormalSlopePair(
  steps: usize, n: i32, perCutoff: f64, rise: usize, weight: usize, e: usize, rowOfE: i32, to: usize, stride: i32,
): void {
  const row = (<usize>stride) << 3;
  const per = f64x2.splat(perCutoff);
  const y = getPair(rise, 0);
  const first = f64x2.mul(f64x2.mul(getPair(weight, 0), getSplat(steps, 0)), f64x2.mul(y, y));
  let slope = f64x2.mul(f64x2.mul(f64x2.splat(-3), first), per);
  let before = f64x2.splat(0);
  for (let k = 0; k < n; k++) {
    setPair(to, 0, slope);
    const perB = getSplat(steps, 2);
    const x = f64x2.mul(f64x2.sub(y, getSplat(steps, 1)), perB);
    const rest = f64x2.add(f64x2.mul(f64x2.mul(per, perB), getPair(e, 0)), f64x2.mul(getSplat(steps, 3), before));
    const next = f64x2.sub(f64x2.mul(x, slope), rest);
    before = slope;
    slope = next;
    e += (<usize>rowOfE) << 3;
    to += row;
    steps += 24;
  }
}
