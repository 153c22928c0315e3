/**
 * From components B (n, D) and their derivatives by neighbours G (pairs, 3, D) to rows of a design matrix: energy,
 * 3n forces, virial, one column for every coefficient of
 *
 *     E_i = beta.B + sum_k 1/2 A_kk B_k² + sum_{k<l} A_kl B_k B_l        (beta_0 is the host's)
 *
 * Rows are 7 + 3n: energy, virial xx yy zz yz xz xy, then forces in the user's order of atoms. A centre of element t has
 * its columns from t x width on. A call owns the columns of components [begin, end) and what multiplies them, so the sums
 * have one order whatever the number of threads. Any descriptor that makes B and G is served.
 */
import { Frame } from './frame';
import { addF64, getF64, getI32, getPair, setF64, setPair } from './memory';

// @ts-ignore: decorator
@unmanaged
class Design {
  /** f64[n][D], all locals. */
  values: usize;
  /** f64[pairs][3][D], pairs of the locals from `begin` on. */
  gradients: usize;
  /** The locals whose pairs are there. */
  begin: i32;
  end: i32;
  D: i32;
  /** f64[7 + 3n][columns] */
  rows: usize;
  columns: i32;
  /** Columns of one element. */
  width: i32;
}

const VIRIAL = 1;
const FORCE = 7;

/** Adds the columns of the linear coefficients [begin, end). */
export function designLinear(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  const d = changetype<Design>(params);
  const size = (<usize>d.columns) << 3;
  for (let i = d.begin; i < d.end; i++) {
    const rows = d.rows + ((<usize>(getI32(fr.types, i) * d.width)) << 3);
    const value = d.values + (((<usize>i) * (<usize>d.D)) << 3);
    for (let k = begin; k < end; k++) addF64(rows, k, getF64(value, k));
    sumsOf(i, begin, end, fr, d, scratch);
    for (let row = 0; row < 6; row++) axpy(rows + <usize>(VIRIAL + row) * size, scratch, (3 + row) * d.D, begin, end, 1);
    const own = rows + <usize>(FORCE + 3 * getI32(fr.order, i)) * size;
    for (let c = 0; c < 3; c++) axpy(own + <usize>c * size, scratch, c * d.D, begin, end, 1);
    const last = getI32(fr.first, i + 1);
    for (let p = getI32(fr.first, i); p < last; p++) {
      const home = getI32(fr.home, getI32(fr.neighbors, p));
      const target = rows + <usize>(FORCE + 3 * getI32(fr.order, home)) * size;
      const g = pairOf(p, fr, d);
      for (let c = 0; c < 3; c++) axpy(target + <usize>c * size, g, c * d.D, begin, end, -1);
    }
  }
}

/** Adds the columns of A_kl, l >= k, for k of [begin, end). */
export function designQuadratic(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  const d = changetype<Design>(params);
  const size = (<usize>d.columns) << 3;
  const D = d.D;
  for (let i = d.begin; i < d.end; i++) {
    const value = d.values + (((<usize>i) * (<usize>D)) << 3);
    sumsOf(i, begin, D, fr, d, scratch);
    const last = getI32(fr.first, i + 1);
    const first = d.rows + ((<usize>(getI32(fr.types, i) * d.width)) << 3);
    for (let k = begin; k < end; k++) {
      // so that column k + … of `rows` is that of (k, l) at index l
      const rows = first + ((<usize>(D + k * D - ((k * (k + 1)) >> 1))) << 3);
      const b = getF64(value, k);
      addF64(rows, k, 0.5 * b * b);
      for (let l = k + 1; l < D; l++) addF64(rows, l, b * getF64(value, l));
      for (let row = 0; row < 6; row++) {
        product(rows + <usize>(VIRIAL + row) * size, scratch, (3 + row) * D, value, k, D, 1);
      }
      const own = rows + <usize>(FORCE + 3 * getI32(fr.order, i)) * size;
      for (let c = 0; c < 3; c++) product(own + <usize>c * size, scratch, c * D, value, k, D, 1);
      for (let p = getI32(fr.first, i); p < last; p++) {
        const home = getI32(fr.home, getI32(fr.neighbors, p));
        const target = rows + <usize>(FORCE + 3 * getI32(fr.order, home)) * size;
        const g = pairOf(p, fr, d);
        for (let c = 0; c < 3; c++) product(target + <usize>c * size, g, c * D, value, k, D, -1);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function pairOf(p: i32, fr: Frame, d: Design): usize {
  return d.gradients + ((<usize>(p - getI32(fr.first, d.begin)) * <usize>(3 * d.D)) << 3);
}

/** sums, f64[9][D]: of G over the pairs of local i, then of - d_a G_b for xx yy zz yz xz xy; components [begin, end). */
function sumsOf(i: i32, begin: i32, end: i32, fr: Frame, d: Design, sums: usize): void {
  const D = d.D;
  for (let row = 0; row < 9; row++) for (let k = begin; k < end; k++) setF64(sums, row * D + k, 0);
  const x = getF64(fr.x, 4 * i);
  const y = getF64(fr.x, 4 * i + 1);
  const z = getF64(fr.x, 4 * i + 2);
  const last = getI32(fr.first, i + 1);
  for (let p = getI32(fr.first, i); p < last; p++) {
    const site = getI32(fr.neighbors, p);
    const dx = getF64(fr.x, 4 * site) - x;
    const dy = getF64(fr.x, 4 * site + 1) - y;
    const dz = getF64(fr.x, 4 * site + 2) - z;
    const g = pairOf(p, fr, d);
    for (let k = begin; k < end; k++) {
      const gx = getF64(g, k);
      const gy = getF64(g, D + k);
      const gz = getF64(g, 2 * D + k);
      addF64(sums, k, gx);
      addF64(sums, D + k, gy);
      addF64(sums, 2 * D + k, gz);
      addF64(sums, 3 * D + k, -dx * gx);
      addF64(sums, 4 * D + k, -dy * gy);
      addF64(sums, 5 * D + k, -dz * gz);
      addF64(sums, 6 * D + k, -0.5 * (dy * gz + dz * gy));
      addF64(sums, 7 * D + k, -0.5 * (dx * gz + dz * gx));
      addF64(sums, 8 * D + k, -0.5 * (dx * gy + dy * gx));
    }
  }
}

/** row[k] += sign g[at + k]. */
// @ts-ignore: decorator
@inline
function axpy(row: usize, g: usize, at: i32, begin: i32, end: i32, sign: f64): void {
  const factor = f64x2.splat(sign);
  let k = begin;
  for (; k + 1 < end; k += 2) {
    setPair(row, k, f64x2.add(getPair(row, k), f64x2.mul(factor, getPair(g, at + k))));
  }
  if (k < end) addF64(row, k, sign * getF64(g, at + k));
}

/** row[l] += sign (B_k g_l + B_l g_k) for l > k, row[k] += sign B_k g_k; g begins at index `at`. */
// @ts-ignore: decorator
@inline
function product(row: usize, g: usize, at: i32, b: usize, k: i32, D: i32, sign: f64): void {
  const own = sign * getF64(b, k);
  const slope = sign * getF64(g, at + k);
  addF64(row, k, own * getF64(g, at + k));
  const first = f64x2.splat(own);
  const second = f64x2.splat(slope);
  let l = k + 1;
  for (; l + 1 < D; l += 2) {
    const change = f64x2.add(f64x2.mul(first, getPair(g, at + l)), f64x2.mul(second, getPair(b, l)));
    setPair(row, l, f64x2.add(getPair(row, l), change));
  }
  if (l < D) addF64(row, l, own * getF64(g, at + l) + slope * getF64(b, l));
}
