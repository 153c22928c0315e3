/**
 * C = alpha A B, or C += alpha A B: the one place where the flops are spent.
 *
 * After Goto & van de Geijn (10.1145/1356052.1356053) and BLIS (10.1145/2764454): both operands are copied ("packed")
 * into panels of four rows or columns, so that the innermost loop reads contiguous memory and keeps a 4 × 4 tile of C
 * in eight registers. Operands are given with strides, so a transposed or a part of a matrix costs nothing.
 * The host (src/linalg/product.ts) cuts depth and columns into blocks; every element of C is summed over k upwards
 * within a block, and block after block: one order, however the tiles are dealt out.
 */
import { getF64, getPair, getSplat, getV128, setF64, setPair, setV128 } from '../memory';

/** One block of a product, filled by the host: fields in the order of src/linalg/product.ts. Strides in elements. */
// @ts-ignore: decorator
@unmanaged
export class Product {
  alpha: f64;
  a: usize;
  aRow: i32;
  aColumn: i32;
  b: usize;
  bRow: i32;
  bColumn: i32;
  c: usize;
  cRow: i32;
  /** C is m × n, the sum runs over k. */
  m: i32;
  n: i32;
  k: i32;
  /** 0: C is overwritten. */
  accumulate: i32;
  /** 1: only the tiles that touch row >= column + diagonal are written. */
  lower: i32;
  diagonal: i32;
  /** Panels of B, f64[k × n rounded up to 4]. */
  packed: usize;
}

/** Rows of C in one task, and columns. */
const ROWS: i32 = 64;
const COLUMNS: i32 = 256;

/** Copies `count` <= 4 lines (stride `line`) of k elements (stride `along`), times alpha, to out[4 kk + r]. */
function packPanel(count: i32, k: i32, from: usize, line: i32, along: i32, alpha: f64, out: usize): void {
  const factor = f64x2.splat(alpha);
  if (count == 4 && line == 1) {
    for (let i = 0; i < k; i++) {
      setV128(out, 2 * i, f64x2.mul(factor, getPair(from, i * along)));
      setV128(out, 2 * i + 1, f64x2.mul(factor, getPair(from, i * along + 2)));
    }
    return;
  }
  if (count == 4 && along == 1 && (k & 1) == 0) {
    packRows(k, from, line, factor, out);
    return;
  }
  if (count < 4) memory.fill(out, 0, (<usize>k) << 5);
  for (let r = 0; r < count; r++) {
    const row = from + ((<usize>(r * line)) << 3);
    for (let i = 0; i < k; i++) setF64(out, 4 * i + r, alpha * getF64(row, i * along));
  }
}

/** Four contiguous lines of an even k, two by two. */
function packRows(k: i32, from: usize, line: i32, factor: v128, out: usize): void {
  for (let i = 0; i < k; i += 2) {
    const r0 = f64x2.mul(factor, getPair(from, i));
    const r1 = f64x2.mul(factor, getPair(from, line + i));
    const r2 = f64x2.mul(factor, getPair(from, 2 * line + i));
    const r3 = f64x2.mul(factor, getPair(from, 3 * line + i));
    setV128(out, 2 * i, v128.shuffle<f64>(r0, r1, 0, 2));
    setV128(out, 2 * i + 1, v128.shuffle<f64>(r2, r3, 0, 2));
    setV128(out, 2 * i + 2, v128.shuffle<f64>(r0, r1, 1, 3));
    setV128(out, 2 * i + 3, v128.shuffle<f64>(r2, r3, 1, 3));
  }
}

/** Packs the panels [begin, end) of four columns of B. */
export function packRight(begin: i32, end: i32, product: usize, _b: usize, _c: usize, _scratch: usize): void {
  const p = changetype<Product>(product);
  for (let panel = begin; panel < end; panel++) {
    const column = 4 * panel;
    const from = p.b + ((<usize>(column * p.bColumn)) << 3);
    packPanel(min(4, p.n - column), p.k, from, p.bColumn, p.bRow, 1, p.packed + ((<usize>(column * p.k)) << 3));
  }
}

// @ts-ignore: decorator
@inline
function addProduct(s: v128, a: v128, b: v128): v128 {
  return f64x2.add(s, f64x2.mul(a, b));
}

/** c (4 × 4, row stride in elements) = or += panel a × panel b over k. */
function tile(k: i32, a: usize, b: usize, c: usize, row: i32, accumulate: bool): void {
  let c00 = f64x2.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  for (let i = 0; i < k; i++) {
    const b0 = getV128(b, 0);
    const b1 = getV128(b, 1);
    let s = getSplat(a, 0);
    c00 = addProduct(c00, s, b0);
    c01 = addProduct(c01, s, b1);
    s = getSplat(a, 1);
    c10 = addProduct(c10, s, b0);
    c11 = addProduct(c11, s, b1);
    s = getSplat(a, 2);
    c20 = addProduct(c20, s, b0);
    c21 = addProduct(c21, s, b1);
    s = getSplat(a, 3);
    c30 = addProduct(c30, s, b0);
    c31 = addProduct(c31, s, b1);
    a += 32;
    b += 32;
  }
  if (accumulate) {
    c00 = f64x2.add(getPair(c, 0), c00);
    c01 = f64x2.add(getPair(c, 2), c01);
    c10 = f64x2.add(getPair(c, row), c10);
    c11 = f64x2.add(getPair(c, row + 2), c11);
    c20 = f64x2.add(getPair(c, 2 * row), c20);
    c21 = f64x2.add(getPair(c, 2 * row + 2), c21);
    c30 = f64x2.add(getPair(c, 3 * row), c30);
    c31 = f64x2.add(getPair(c, 3 * row + 2), c31);
  }
  setPair(c, 0, c00);
  setPair(c, 2, c01);
  setPair(c, row, c10);
  setPair(c, row + 2, c11);
  setPair(c, 2 * row, c20);
  setPair(c, 2 * row + 2, c21);
  setPair(c, 3 * row, c30);
  setPair(c, 3 * row + 2, c31);
}

/** A tile at the rim of C: the whole 4 × 4 into scratch, from there what exists. */
function rimTile(p: Product, a: usize, i: i32, j: i32, scratch: usize): void {
  tile(p.k, a, p.packed + ((<usize>(j * p.k)) << 3), scratch, 4, false);
  for (let r = 0; r < min(4, p.m - i); r++) {
    for (let s = 0; s < min(4, p.n - j); s++) {
      const at = (i + r) * p.cRow + j + s;
      const value = getF64(scratch, 4 * r + s);
      setF64(p.c, at, p.accumulate ? getF64(p.c, at) + value : value);
    }
  }
}

/**
 * Rows [i, rows) × columns [j, columns) of C from the packed rows of A. Columns inside, so that C is walked along its
 * rows and the hardware fetches ahead; the strip of B stays in the second-level cache.
 */
function tiles(p: Product, i: i32, rows: i32, j: i32, columns: i32, scratch: usize): void {
  for (let row = i; row < rows; row += 4) {
    const a = scratch + 128 + ((<usize>((row - i) * p.k)) << 3);
    const last = p.lower ? min(columns, row + 4 - p.diagonal) : columns;
    for (let column = j; column < last; column += 4) {
      if (row + 4 <= p.m && column + 4 <= p.n) {
        const b = p.packed + ((<usize>(column * p.k)) << 3);
        tile(p.k, a, b, p.c + ((<usize>(row * p.cRow + column)) << 3), p.cRow, p.accumulate != 0);
      } else rimTile(p, a, row, column, scratch);
    }
  }
}

/**
 * The tasks [begin, end): blocks of ROWS × COLUMNS of C, row blocks outside. They are taken alternately from the top
 * and the bottom, so that equal ranges of a triangle are equal work. scratch: f64[16 + ROWS k] of the thread's own.
 */
export function multiplyTiles(begin: i32, end: i32, product: usize, _b: usize, _c: usize, scratch: usize): void {
  const p = changetype<Product>(product);
  const strips = (p.n + COLUMNS - 1) / COLUMNS;
  const blocks = (p.m + ROWS - 1) / ROWS;
  let packed = -1;
  for (let task = begin; task < end; task++) {
    const t = task / strips;
    const block = t & 1 ? blocks - 1 - (t >> 1) : t >> 1;
    const i = block * ROWS;
    const rows = min(p.m, i + ROWS);
    const j = (task - t * strips) * COLUMNS;
    if (p.lower && rows - 1 < j + p.diagonal) continue;
    if (packed != block) {
      for (let row = i; row < rows; row += 4) {
        const from = p.a + ((<usize>(row * p.aRow)) << 3);
        const out = scratch + 128 + ((<usize>((row - i) * p.k)) << 3);
        packPanel(min(4, p.m - row), p.k, from, p.aRow, p.aColumn, p.alpha, out);
      }
      packed = block;
    }
    tiles(p, i, rows, j, min(p.n, j + COLUMNS), scratch);
  }
}

/** Copies the lower triangle of a (n × n) onto the upper one, rows [begin, end). */
export function mirrorLower(begin: i32, end: i32, a: usize, n: i32, _c: usize, _scratch: usize): void {
  for (let i = begin; i < end; i++) {
    for (let j = i + 1; j < n; j++) setF64(a, i * n + j, getF64(a, j * n + i));
  }
}
