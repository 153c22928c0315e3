/**
 * Cholesky's factorisation A = L Lᵀ, block by block (Golub & Van Loan, Matrix Computations, §4.2), in the lower
 * triangle of a row-major matrix: factorBlock makes the diagonal block, solvePanel the rows below it; the host
 * (src/linalg/cholesky.ts) updates the rest by a product. Triangular solves with many right-hand sides.
 */
import { getF64, getSplat, getV128, setF64, setV128 } from '../memory';
import { axpy, dot } from './vector';

/** One step of the factorisation: fields in the order of src/linalg/cholesky.ts. */
// @ts-ignore: decorator
@unmanaged
export class Panel {
  /** The diagonal element with which the block begins. */
  a: usize;
  /** Elements from row to row. */
  row: i32;
  /** Rows from there to the end. */
  m: i32;
  /** Rows and columns of the diagonal block. */
  width: i32;
}

// @ts-ignore: decorator
@inline
function rowAt(a: usize, row: i32, i: i32): usize {
  return a + ((<usize>(i * row)) << 3);
}

/** L of the diagonal block, in place. Returns -1, or the row whose pivot is not positive. */
export function factorBlock(panel: usize): i32 {
  const p = changetype<Panel>(panel);
  for (let i = 0; i < p.width; i++) {
    const ai = rowAt(p.a, p.row, i);
    for (let j = 0; j < i; j++) {
      const aj = rowAt(p.a, p.row, j);
      setF64(ai, j, (getF64(ai, j) - dot(j, ai, aj)) / getF64(aj, j));
    }
    const pivot = getF64(ai, i) - dot(i, ai, ai);
    if (!(pivot > 0)) return i;
    setF64(ai, i, Math.sqrt(pivot));
  }
  return -1;
}

/**
 * Solves X Lᵀ = A for the rows below the block, in place: groups [begin, end) of eight rows, a lane a row.
 * scratch: f64[8 width].
 */
export function solvePanel(begin: i32, end: i32, panel: usize, _b: usize, _c: usize, scratch: usize): void {
  const p = changetype<Panel>(panel);
  for (let group = begin; group < end; group++) {
    const first = p.width + 8 * group;
    const count = min(8, p.m - first);
    if (count < 8) memory.fill(scratch, 0, (<usize>p.width) << 6);
    for (let r = 0; r < count; r++) {
      const from = rowAt(p.a, p.row, first + r);
      for (let j = 0; j < p.width; j++) setF64(scratch, 8 * j + r, getF64(from, j));
    }
    for (let j = 0; j < p.width; j++) eliminate(j, rowAt(p.a, p.row, j), scratch);
    for (let r = 0; r < count; r++) {
      const to = rowAt(p.a, p.row, first + r);
      for (let j = 0; j < p.width; j++) setF64(to, j, getF64(scratch, 8 * j + r));
    }
  }
}

/** x_j = (x_j − Σ_{k<j} L_jk x_k) / L_jj for eight rows at once. */
function eliminate(j: i32, l: usize, x: usize): void {
  let s0 = getV128(x, 4 * j);
  let s1 = getV128(x, 4 * j + 1);
  let s2 = getV128(x, 4 * j + 2);
  let s3 = getV128(x, 4 * j + 3);
  for (let k = 0; k < j; k++) {
    const factor = getSplat(l, k);
    s0 = f64x2.sub(s0, f64x2.mul(factor, getV128(x, 4 * k)));
    s1 = f64x2.sub(s1, f64x2.mul(factor, getV128(x, 4 * k + 1)));
    s2 = f64x2.sub(s2, f64x2.mul(factor, getV128(x, 4 * k + 2)));
    s3 = f64x2.sub(s3, f64x2.mul(factor, getV128(x, 4 * k + 3)));
  }
  const pivot = getSplat(l, j);
  setV128(x, 4 * j, f64x2.div(s0, pivot));
  setV128(x, 4 * j + 1, f64x2.div(s1, pivot));
  setV128(x, 4 * j + 2, f64x2.div(s2, pivot));
  setV128(x, 4 * j + 3, f64x2.div(s3, pivot));
}

/** Solves L Lᵀ x = b in place: l (n × n, lower), the right-hand sides [begin, end) are contiguous rows of n. */
export function solveCholesky(begin: i32, end: i32, l: usize, x: usize, n: usize, _scratch: usize): void {
  const size = <i32>n;
  for (let side = begin; side < end; side++) {
    const b = rowAt(x, size, side);
    for (let i = 0; i < size; i++) {
      const row = rowAt(l, size, i);
      setF64(b, i, (getF64(b, i) - dot(i, row, b)) / getF64(row, i));
    }
    for (let i = size - 1; i >= 0; i--) {
      const row = rowAt(l, size, i);
      const value = getF64(b, i) / getF64(row, i);
      setF64(b, i, value);
      axpy(i, -value, row, b);
    }
  }
}
