/**
 * The harmonics of harmonics.ts for four unit vectors at a time, two in a vector, into matrices whose columns are
 * neighbours. The vectors' x, y and z are three rows of such a matrix, from u on; `stride`: f64 of a row. Q_lm stand in the
 * order of the recurrence, m outer, then l = m…L: (L+1)(L+2)/2 rows, and Q_l,m+1 is L − m rows behind Q_lm.
 */
import { getF64, getPair, getSplat, setPair } from '../memory';

/** Where the factors of l = m = 0 stand in the table, and bytes to those of the next l. */
// @ts-ignore: decorator
@inline
function factorsOf(table: usize, w: i32): usize {
  return table + ((<usize>(1 + w)) << 3);
}

/** All Y to the (L+1)² rows of y, all Q to those of q, in the columns where these begin. */
export function quadHarmonics(table: usize, u: usize, q: usize, y: usize, stride: i32): void {
  const L = <i32>getF64(table, 0);
  const w = L + 1;
  const row = (<usize>stride) << 3;
  const nextL = (<usize>(3 * w)) << 3;
  const ux = getPair(u, 0), uy = getPair(u, stride), uz = getPair(u, 2 * stride);
  const vx = getPair(u, 2), vy = getPair(u, stride + 2), vz = getPair(u, 2 * stride + 2);
  let c = f64x2.splat(1), d = c;
  let s = f64x2.splat(0), t = s;
  for (let m = 0; m <= L; m++) {
    let before = f64x2.splat(0), before2 = before;
    let value = getSplat(table, 1 + m), value2 = value;
    let factor = factorsOf(table, w) + <usize>m * (nextL + 24);
    // of l, ±m: row l² + l ± m
    let plus = y + <usize>(m * (m + 2)) * row;
    let minus = y + <usize>(m * m) * row;
    let step = <usize>(2 * m + 2) * row;
    for (let l = m; l <= L; l++) {
      setPair(q, 0, value);
      setPair(q, 2, value2);
      // for m = 0 both are one: what is written second holds
      setPair(minus, 0, f64x2.mul(value, s));
      setPair(minus, 2, f64x2.mul(value2, t));
      setPair(plus, 0, f64x2.mul(value, c));
      setPair(plus, 2, f64x2.mul(value2, d));
      q += row;
      plus += step;
      minus += step;
      step += 2 * row;
      factor += nextL;
      if (l == L) break;
      const a = getSplat(factor, 0), b = getSplat(factor, 1);
      const next = f64x2.sub(f64x2.mul(f64x2.mul(a, uz), value), f64x2.mul(b, before));
      const next2 = f64x2.sub(f64x2.mul(f64x2.mul(a, vz), value2), f64x2.mul(b, before2));
      before = value;
      before2 = value2;
      value = next;
      value2 = next2;
    }
    const next = f64x2.sub(f64x2.mul(c, ux), f64x2.mul(s, uy));
    const next2 = f64x2.sub(f64x2.mul(d, vx), f64x2.mul(t, vy));
    s = f64x2.add(f64x2.mul(c, uy), f64x2.mul(s, ux));
    t = f64x2.add(f64x2.mul(d, vy), f64x2.mul(t, vx));
    c = next;
    d = next2;
  }
}

/**
 * The derivative of Σ h_lm Y_lm(u) by x, y and z as if they were independent, of two vectors, pairs to out[0], out[2],
 * out[4]. h has four numbers a row.
 */
export function pairHarmonicsReverse(table: usize, u: usize, q: usize, stride: i32, h: usize, out: usize): void {
  const L = <i32>getF64(table, 0);
  const w = L + 1;
  const row = (<usize>stride) << 3;
  const nextL = (<usize>(3 * w)) << 3;
  const ux = getPair(u, 0), uy = getPair(u, stride);
  const zero = f64x2.splat(0);
  let gx = zero, gy = zero, gz = zero;
  let c = f64x2.splat(1), s = zero;
  // (x + iy)^(m-1)
  let cBelow = zero, sBelow = zero;
  for (let m = 0; m <= L; m++) {
    let plus = h + ((<usize>(m * (m + 2))) << 5);
    let minus = h + ((<usize>(m * m)) << 5);
    let step = (<usize>(2 * m + 2)) << 5;
    let factor = factorsOf(table, w) + <usize>m * (nextL + 24);
    let cBar = f64x2.mul(getPair(plus, 0), getPair(q, 0));
    let sBar = f64x2.mul(getPair(minus, 0), getPair(q, 0));
    let dc = zero, ds = zero;
    const above = <usize>(L - m) * row;
    for (let l = m + 1; l <= L; l++) {
      q += row;
      plus += step;
      minus += step;
      step += 64;
      factor += nextL;
      const value = getPair(q, 0);
      const slope = f64x2.mul(getSplat(factor, 2), getPair(q + above, 0));
      const hc = getPair(plus, 0), hs = getPair(minus, 0);
      cBar = f64x2.add(cBar, f64x2.mul(hc, value));
      sBar = f64x2.add(sBar, f64x2.mul(hs, value));
      dc = f64x2.add(dc, f64x2.mul(hc, slope));
      ds = f64x2.add(ds, f64x2.mul(hs, slope));
    }
    q += row;
    // of m = 0 s and the derivatives by x and y are zero
    gz = f64x2.add(gz, f64x2.add(f64x2.mul(dc, c), f64x2.mul(ds, s)));
    const f = f64x2.splat(<f64>m);
    gx = f64x2.add(gx, f64x2.mul(f, f64x2.add(f64x2.mul(cBar, cBelow), f64x2.mul(sBar, sBelow))));
    gy = f64x2.add(gy, f64x2.mul(f, f64x2.sub(f64x2.mul(sBar, cBelow), f64x2.mul(cBar, sBelow))));
    cBelow = c;
    sBelow = s;
    c = f64x2.sub(f64x2.mul(cBelow, ux), f64x2.mul(sBelow, uy));
    s = f64x2.add(f64x2.mul(cBelow, uy), f64x2.mul(sBelow, ux));
  }
  setPair(out, 0, gx);
  setPair(out, 2, gy);
  setPair(out, 4, gz);
}

/**
 * Derivatives of all Y by x, y and z as if they were independent, of two vectors: 3 x rows x 4 f64, of which a pair from
 * `to` on belongs to them.
 */
export function pairHarmonicSlopes(table: usize, u: usize, q: usize, stride: i32, to: usize, rows: i32): void {
  const L = <i32>getF64(table, 0);
  const w = L + 1;
  const row = (<usize>stride) << 3;
  const ux = getPair(u, 0), uy = getPair(u, stride);
  const byY = to + ((<usize>rows) << 5);
  const byZ = byY + ((<usize>rows) << 5);
  const zero = f64x2.splat(0);
  let c = f64x2.splat(1), s = zero, cBelow = zero, sBelow = zero;
  for (let m = 0; m <= L; m++) {
    const f = f64x2.splat(<f64>m);
    const above = <usize>(L - m) * row;
    for (let l = m; l <= L; l++, q += row) {
      const value = f64x2.mul(f, getPair(q, 0));
      const next = l > m ? getPair(q + above, 0) : zero;
      const slope = f64x2.mul(getSplat(factorsOf(table, w), 3 * (l * w + m) + 2), next);
      const dc = f64x2.mul(value, cBelow), ds = f64x2.mul(value, sBelow);
      // for m = 0 both are one: what is written second holds
      const minus = 4 * (l * (l + 1) - m);
      const plus = minus + 8 * m;
      setPair(to, minus, ds);
      setPair(byY, minus, dc);
      setPair(byZ, minus, f64x2.mul(slope, s));
      setPair(to, plus, dc);
      setPair(byY, plus, f64x2.neg(ds));
      setPair(byZ, plus, f64x2.mul(slope, c));
    }
    cBelow = c;
    sBelow = s;
    c = f64x2.sub(f64x2.mul(cBelow, ux), f64x2.mul(sBelow, uy));
    s = f64x2.add(f64x2.mul(cBelow, uy), f64x2.mul(sBelow, ux));
  }
}
