/**
 * Householder's reduction of a symmetric matrix to a tridiagonal one, A = Q T Qᵀ, by panels of rows from the last
 * upwards (the blocked scheme of LAPACK's dsytrd, 10.1016/0377-0427(89)90367-1, on rows of the lower triangle, so that
 * everything is contiguous). For row i of the rest:
 *
 *     H = 1 − tau v vᵀ makes row i zero left of i−1 (v_{i−1} = 1)        v → rows V of the panel, tau → tau[i]
 *     y = A v with the A of before the panel, corrected                   A v − Σ_q (V_q W_qᵀ + W_q V_qᵀ) v
 *     w = tau y − ½ tau² (yᵀv) v                                          → rows W of the panel
 *     A ← A − v wᵀ − w vᵀ: on row i−1 now, on the rest once per panel, as a product of depth 2 × rows
 *
 * Half of the flops are A v, limited by memory, so that only the lower triangle is read. It is summed in CHUNKS parts
 * of equal area, whoever does them, and the parts are added in order.
 */
import { addF64, getF64, getPair, getSplat, setF64, setPair } from '../memory';
import { axpy, dot, dots, scale, subtractRows } from './vector';

const CHUNKS: i32 = 12;
/** Sums of squares below this, of a matrix with elements up to 1, are taken as 0: they would have no accurate root. */
const NOTHING: f64 = 1e-280;

/** Fields in the order of src/linalg/tridiagonal.ts. */
// @ts-ignore: decorator
@unmanaged
export class Reduction {
  /** n × n; the rows done hold v. */
  a: usize;
  n: i32;
  /** The row at work, and how many of the panel are done. */
  row: i32;
  done: i32;
  /** Rows of a panel. */
  width: i32;
  /** f64[3 width × n]: V, W, and V again, so that (V W) and (W V) are both contiguous. */
  panel: usize;
  /** f64[CHUNKS × n]. */
  partial: usize;
  /** f64[2 width]. */
  factors: usize;
  /** f64[n]: diagonal; off-diagonal, e[i−1] beside rows i−1 and i; tau of row i. */
  d: usize;
  e: usize;
  tau: usize;
}

// @ts-ignore: decorator
@inline
function at(rows: usize, n: i32, i: i32): usize {
  return rows + ((<usize>(i * n)) << 3);
}

/** Brings row `row` up to date, makes its reflector; returns its tau. */
export function reflectRow(reduction: usize): f64 {
  const r = changetype<Reduction>(reduction);
  const i = r.row;
  const a = at(r.a, r.n, i);
  const v = r.panel;
  const w = at(r.panel, r.n, r.width);
  subtractRows(r.done, w + ((<usize>i) << 3), r.n, v, r.n, i + 1, a);
  subtractRows(r.done, v + ((<usize>i) << 3), r.n, w, r.n, i + 1, a);
  setF64(r.d, i, getF64(a, i));
  memory.fill(a + ((<usize>i) << 3), 0, (<usize>(r.n - i)) << 3);
  if (i == 0) return 0;
  const tau = reflector(a, i);
  setF64(r.e, i - 1, getF64(a, i - 1));
  setF64(a, i - 1, 1);
  setF64(r.tau, i, tau);
  const bytes = (<usize>r.n) << 3;
  memory.copy(at(v, r.n, r.done), a, bytes);
  memory.copy(at(v, r.n, 2 * r.width + r.done), a, bytes);
  memory.fill(at(w, r.n, r.done), 0, bytes);
  return tau;
}

/** Householder's v (but for its 1) in place of x_0…x_{n−2}, the norm with its sign in place of x_{n−1}; returns tau. */
export function reflector(x: usize, n: i32): f64 {
  const rest = dot(n - 1, x, x);
  if (rest < NOTHING) {
    memory.fill(x, 0, (<usize>(n - 1)) << 3);
    return 0;
  }
  const alpha = getF64(x, n - 1);
  const norm = Math.sqrt(alpha * alpha + rest);
  const beta = alpha >= 0 ? -norm : norm;
  scale(n - 1, 1 / (alpha - beta), x);
  setF64(x, n - 1, beta);
  return (beta - alpha) / beta;
}

/** First row of chunk c of the lower triangle of m rows: equal areas, multiples of 4. */
function chunkStart(c: i32, m: i32): i32 {
  return c == CHUNKS ? m : 4 * <i32>(0.25 * <f64>m * Math.sqrt(<f64>c / <f64>CHUNKS));
}

/** Chunks [begin, end) of y = A v over the rows before `row`, each into its own part. */
export function multiplySymmetric(begin: i32, end: i32, reduction: usize, _b: usize, _c: usize, _s: usize): void {
  const r = changetype<Reduction>(reduction);
  const v = at(r.panel, r.n, r.done);
  for (let c = begin; c < end; c++) {
    const y = at(r.partial, r.n, c);
    const first = chunkStart(c, r.row);
    const last = chunkStart(c + 1, r.row);
    memory.fill(y, 0, (<usize>last) << 3);
    let i = first;
    for (; i + 4 <= last; i += 4) fourRows(at(r.a, r.n, i), r.n, i, v, y);
    for (; i < last; i++) corner(at(r.a, r.n, i), r.n, i, 0, 1, v, y);
  }
}

/** y += (rows i…i+3 of the lower triangle and, as columns, of the upper one) v. */
function fourRows(a: usize, n: i32, i: i32, v: usize, y: usize): void {
  const a1 = at(a, n, 1);
  const a2 = at(a, n, 2);
  const a3 = at(a, n, 3);
  const v0 = getSplat(v, i);
  const v1 = getSplat(v, i + 1);
  const v2 = getSplat(v, i + 2);
  const v3 = getSplat(v, i + 3);
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let j = 0; j < i; j += 2) {
    const x = getPair(v, j);
    let sum = getPair(y, j);
    let element = getPair(a, j);
    s0 = f64x2.add(s0, f64x2.mul(element, x));
    sum = f64x2.add(sum, f64x2.mul(element, v0));
    element = getPair(a1, j);
    s1 = f64x2.add(s1, f64x2.mul(element, x));
    sum = f64x2.add(sum, f64x2.mul(element, v1));
    element = getPair(a2, j);
    s2 = f64x2.add(s2, f64x2.mul(element, x));
    sum = f64x2.add(sum, f64x2.mul(element, v2));
    element = getPair(a3, j);
    s3 = f64x2.add(s3, f64x2.mul(element, x));
    sum = f64x2.add(sum, f64x2.mul(element, v3));
    setPair(y, j, sum);
  }
  addF64(y, i, f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1));
  addF64(y, i + 1, f64x2.extract_lane(s1, 0) + f64x2.extract_lane(s1, 1));
  addF64(y, i + 2, f64x2.extract_lane(s2, 0) + f64x2.extract_lane(s2, 1));
  addF64(y, i + 3, f64x2.extract_lane(s3, 0) + f64x2.extract_lane(s3, 1));
  corner(a, n, i, i, 4, v, y);
}

/** The same for `count` rows from row i (a), columns from `column` to the diagonal, one element at a time. */
function corner(a: usize, n: i32, i: i32, column: i32, count: i32, v: usize, y: usize): void {
  for (let k = i; k < i + count; k++) {
    const row = at(a, n, k - i);
    let sum = getF64(row, k) * getF64(v, k);
    for (let j = column; j < k; j++) {
      const element = getF64(row, j);
      sum += element * getF64(v, j);
      addF64(y, j, element * getF64(v, k));
    }
    addF64(y, k, sum);
  }
}

/** w of the row at work from the parts of A v, into the panel. */
export function finishRow(reduction: usize): void {
  const r = changetype<Reduction>(reduction);
  const i = r.row;
  const v = at(r.panel, r.n, r.done);
  const rowsW = at(r.panel, r.n, r.width);
  const w = at(rowsW, r.n, r.done);
  memory.copy(w, at(r.partial, r.n, CHUNKS - 1), (<usize>i) << 3);
  for (let c = CHUNKS - 2; c >= 0; c--) axpy(chunkStart(c + 1, i), 1, at(r.partial, r.n, c), w);
  const ofW = r.factors;
  const ofV = at(r.factors, r.width, 1);
  dots(r.done, rowsW, r.n, i, v, ofW);
  dots(r.done, r.panel, r.n, i, v, ofV);
  subtractRows(r.done, ofW, 1, r.panel, r.n, i, w);
  subtractRows(r.done, ofV, 1, rowsW, r.n, i, w);
  const tau = getF64(r.tau, i);
  scale(i, tau, w);
  axpy(i, -0.5 * tau * dot(i, w, v), v, w);
}
