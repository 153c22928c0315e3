/** Sums and updates along rows. Every sum has one order, fixed by the length alone. */
import { getF64, getPair, setF64, setPair } from '../memory';

/** Σ x_i y_i over i < n: eight partial sums, added pairwise. */
export function dot(n: i32, x: usize, y: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    s0 = f64x2.add(s0, f64x2.mul(getPair(x, i), getPair(y, i)));
    s1 = f64x2.add(s1, f64x2.mul(getPair(x, i + 2), getPair(y, i + 2)));
    s2 = f64x2.add(s2, f64x2.mul(getPair(x, i + 4), getPair(y, i + 4)));
    s3 = f64x2.add(s3, f64x2.mul(getPair(x, i + 6), getPair(y, i + 6)));
  }
  const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
  let sum = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
  for (; i < n; i++) sum += getF64(x, i) * getF64(y, i);
  return sum;
}

/** y += s x. */
export function axpy(n: i32, s: f64, x: usize, y: usize): void {
  const factor = f64x2.splat(s);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    setPair(y, i, f64x2.add(getPair(y, i), f64x2.mul(factor, getPair(x, i))));
    setPair(y, i + 2, f64x2.add(getPair(y, i + 2), f64x2.mul(factor, getPair(x, i + 2))));
  }
  for (; i < n; i++) setF64(y, i, getF64(y, i) + s * getF64(x, i));
}

/** x *= s. */
export function scale(n: i32, s: f64, x: usize): void {
  const factor = f64x2.splat(s);
  let i = 0;
  for (; i + 2 <= n; i += 2) setPair(x, i, f64x2.mul(factor, getPair(x, i)));
  if (i < n) setF64(x, i, s * getF64(x, i));
}

/** Rotates two rows: (x, y) ← (c x + s y, c y − s x). */
export function rotate(n: i32, x: usize, y: usize, c: f64, s: f64): void {
  const cc = f64x2.splat(c);
  const ss = f64x2.splat(s);
  let i = 0;
  for (; i + 2 <= n; i += 2) {
    const a = getPair(x, i);
    const b = getPair(y, i);
    setPair(x, i, f64x2.add(f64x2.mul(cc, a), f64x2.mul(ss, b)));
    setPair(y, i, f64x2.sub(f64x2.mul(cc, b), f64x2.mul(ss, a)));
  }
  if (i == n) return;
  const a = getF64(x, i);
  const b = getF64(y, i);
  setF64(x, i, c * a + s * b);
  setF64(y, i, c * b - s * a);
}

/** out_q = row_q · x for `count` rows of n, `stride` elements apart: four rows at a time, so that x is read less often. */
export function dots(count: i32, rows: usize, stride: i32, n: i32, x: usize, out: usize): void {
  const step = (<usize>stride) << 3;
  let q = 0;
  for (; q + 4 <= count; q += 4) {
    const r0 = rows + <usize>q * step;
    const r1 = r0 + step;
    const r2 = r1 + step;
    const r3 = r2 + step;
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let i = 0;
    for (; i + 2 <= n; i += 2) {
      const v = getPair(x, i);
      s0 = f64x2.add(s0, f64x2.mul(getPair(r0, i), v));
      s1 = f64x2.add(s1, f64x2.mul(getPair(r1, i), v));
      s2 = f64x2.add(s2, f64x2.mul(getPair(r2, i), v));
      s3 = f64x2.add(s3, f64x2.mul(getPair(r3, i), v));
    }
    const last = i < n ? getF64(x, i) : 0;
    const at = min(i, n - 1);
    setF64(out, q, lanes(s0) + last * getF64(r0, at));
    setF64(out, q + 1, lanes(s1) + last * getF64(r1, at));
    setF64(out, q + 2, lanes(s2) + last * getF64(r2, at));
    setF64(out, q + 3, lanes(s3) + last * getF64(r3, at));
  }
  for (; q < count; q++) setF64(out, q, dot(n, rows + <usize>q * step, x));
}

// @ts-ignore: decorator
@inline
function lanes(s: v128): f64 {
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1);
}

/** y −= Σ_q f_q row_q for `count` rows of n, `stride` elements apart, factors `every` elements apart. */
export function subtractRows(count: i32, f: usize, every: i32, rows: usize, stride: i32, n: i32, y: usize): void {
  const step = (<usize>stride) << 3;
  let q = 0;
  for (; q + 4 <= count; q += 4) {
    const r0 = rows + <usize>q * step;
    const r1 = r0 + step;
    const r2 = r1 + step;
    const r3 = r2 + step;
    const f0 = getF64(f, q * every);
    const f1 = getF64(f, (q + 1) * every);
    const f2 = getF64(f, (q + 2) * every);
    const f3 = getF64(f, (q + 3) * every);
    let i = 0;
    for (; i + 2 <= n; i += 2) {
      const s = f64x2.add(f64x2.mul(f64x2.splat(f0), getPair(r0, i)), f64x2.mul(f64x2.splat(f1), getPair(r1, i)));
      const t = f64x2.add(f64x2.mul(f64x2.splat(f2), getPair(r2, i)), f64x2.mul(f64x2.splat(f3), getPair(r3, i)));
      setPair(y, i, f64x2.sub(getPair(y, i), f64x2.add(s, t)));
    }
    if (i < n) {
      const s = f0 * getF64(r0, i) + f1 * getF64(r1, i) + (f2 * getF64(r2, i) + f3 * getF64(r3, i));
      setF64(y, i, getF64(y, i) - s);
    }
  }
  for (; q < count; q++) axpy(n, -getF64(f, q * every), rows + <usize>q * step, y);
}
