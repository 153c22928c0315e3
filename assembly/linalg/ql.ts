/**
 * Eigenvalues of a symmetric tridiagonal matrix by the QL method with implicit shifts (Golub & Van Loan, Matrix
 * Computations, §8.3): values alone without roots (Pal, Walker and Kahan; Parlett, The Symmetric Eigenvalue Problem,
 * §8.15), and with vectors for small blocks.
 */
import { getF64, getI32, setF64 } from '../memory';
import { rotate } from './vector';

const EPS: f64 = 2.220446049250313e-16;
/** Steps for one eigenvalue; two or three are usual. */
const STEPS: i32 = 80;
/** Off-diagonal elements below this, of a matrix with elements of about 1, are 0: squares of their parts would underflow. */
const NOTHING: f64 = 1e-100;

/**
 * Eigenvalues of the diagonal d[n], off-diagonal e[n−1] in place of d, unsorted; e is destroyed.
 * Returns -1, or the index that did not converge.
 */
export function tridiagonalValues(n: i32, d: usize, e: usize): i32 {
  for (let i = 0; i + 1 < n; i++) setF64(e, i, getF64(e, i) * getF64(e, i));
  let first = 0;
  while (first < n) {
    const last = blockEnd(first, n, d, e);
    // QL wants the small elements at the top: turn the block round where they are at its end.
    if (Math.abs(getF64(d, last)) < Math.abs(getF64(d, first))) reverse(first, last, d, e);
    for (let l = first; l <= last; l++) {
      let steps = 0;
      for (let m = blockEnd(l, last + 1, d, e); m != l; m = blockEnd(l, last + 1, d, e)) {
        if (steps++ == STEPS) return l;
        rootFreeStep(l, m, d, e);
      }
    }
    first = last + 1;
  }
  return -1;
}

/** The last index of the unreduced block that begins at l; e² beside it becomes 0. */
function blockEnd(l: i32, n: i32, d: usize, e: usize): i32 {
  for (let m = l; m + 1 < n; m++) {
    if (getF64(e, m) > EPS * EPS * Math.abs(getF64(d, m) * getF64(d, m + 1))) continue;
    setF64(e, m, 0);
    return m;
  }
  return n - 1;
}

function reverse(first: i32, last: i32, d: usize, e: usize): void {
  for (let i = first, j = last; i < j; i++, j--) {
    const x = getF64(d, i);
    setF64(d, i, getF64(d, j));
    setF64(d, j, x);
  }
  for (let i = first, j = last - 1; i < j; i++, j--) {
    const x = getF64(e, i);
    setF64(e, i, getF64(e, j));
    setF64(e, j, x);
  }
}

/** Wilkinson's shift for the block that begins at l; e is the off-diagonal element, not zero. */
// @ts-ignore: decorator
@inline
function shift(p: f64, q: f64, e: f64): f64 {
  const g = (q - p) / (2 * e);
  const r = Math.sqrt(g * g + 1);
  return p - e / (g + (g >= 0 ? r : -r));
}

/** One step on l…m; e holds squares. */
function rootFreeStep(l: i32, m: i32, d: usize, e: usize): void {
  const sigma = shift(getF64(d, l), getF64(d, l + 1), Math.sqrt(getF64(e, l)));
  let c = 1.0;
  let s = 0.0;
  let gamma = getF64(d, m) - sigma;
  let p = gamma * gamma;
  for (let i = m - 1; i >= l; i--) {
    const b = getF64(e, i);
    const r = p + b;
    if (i != m - 1) setF64(e, i + 1, s * r);
    const cBefore = c;
    c = p / r;
    s = b / r;
    const before = gamma;
    const alpha = getF64(d, i);
    gamma = c * (alpha - sigma) - s * before;
    setF64(d, i + 1, before + (alpha - gamma));
    p = c != 0 ? (gamma * gamma) / c : cBefore * b;
  }
  setF64(e, l, s * p);
  setF64(d, l, sigma + gamma);
}

/**
 * Eigenvalues and vectors of the blocks [begin, end): block b has the rows starts[b]…starts[b+1] of d and e (its last e
 * is not looked at), vectors are rows of q (row stride n), written from (start, start). e is destroyed.
 * A block that did not converge leaves NaN in d.
 */
export function tridiagonalBlocks(begin: i32, end: i32, starts: usize, dAndE: usize, q: usize, n: usize): void {
  for (let b = begin; b < end; b++) {
    const first = getI32(starts, b);
    const size = getI32(starts, b + 1) - first;
    const d = dAndE + ((<usize>first) << 3);
    const e = d + (n << 3);
    const rows = q + ((<usize>first * (n + 1)) << 3);
    for (let i = 0; i < size; i++) {
      const row = rows + ((<usize>i * n) << 3);
      memory.fill(row, 0, (<usize>size) << 3);
      setF64(row, i, 1);
    }
    for (let l = 0; l < size; l++) {
      let steps = 0;
      for (let m = splitAfter(l, size, d, e); m != l; m = splitAfter(l, size, d, e)) {
        if (steps++ == STEPS) {
          setF64(d, l, NaN);
          break;
        }
        implicitStep(l, m, size, d, e, rows, <i32>n);
      }
    }
  }
}

function splitAfter(l: i32, n: i32, d: usize, e: usize): i32 {
  let m = l;
  for (; m + 1 < n; m++) {
    const around = Math.abs(getF64(d, m)) + Math.abs(getF64(d, m + 1));
    if (Math.abs(getF64(e, m)) <= EPS * around + NOTHING) break;
  }
  return m;
}

/** One step on l…m with the rotations applied to the rows. */
function implicitStep(l: i32, m: i32, size: i32, d: usize, e: usize, rows: usize, n: i32): void {
  let g = getF64(d, m) - shift(getF64(d, l), getF64(d, l + 1), getF64(e, l));
  let s = 1.0;
  let c = 1.0;
  let p = 0.0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * getF64(e, i);
    const b = c * getF64(e, i);
    let r = Math.sqrt(f * f + g * g);
    if (i + 1 < m) setF64(e, i + 1, r);
    if (r == 0) {
      setF64(d, i + 1, getF64(d, i + 1) - p);
      return;
    }
    s = f / r;
    c = g / r;
    g = getF64(d, i + 1) - p;
    r = (getF64(d, i) - g) * s + 2 * c * b;
    p = s * r;
    setF64(d, i + 1, g + p);
    g = c * r - b;
    const row = rows + ((<usize>i * n) << 3);
    rotate(size, row + ((<usize>n) << 3), row, c, s);
  }
  setF64(d, l, getF64(d, l) - p);
  setF64(e, l, g);
}
