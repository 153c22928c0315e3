/**
 * A least-squares problem that grows row by row in bounded memory. Rows [a | b] are gathered into blocks; each block and
 * the triangle so far give the next triangle by QR (TSQR: Demmel, Grigori, Hoemmen, Langou, SIAM J. Sci. Comput. 34, A206
 * (2012), doi:10.1137/080731992), so the condition of the matrix enters once. The other way, for many columns: sums of
 * products (normal equations), half the work or less and the condition squared.
 */
import type { Engine } from '../engine/engine.ts';
import { syrk } from '../linalg/gemm.ts';
import { triangle } from '../linalg/qr.ts';

export interface Accumulator {
  /** Numbers of a row: the columns and the target. */
  readonly width: number;
  /** Adds weight·[row | target]; weight 0 adds nothing. */
  add(row: ArrayLike<number>, at: number, target: number, weight: number): void;
  /** The system so far; more rows may follow. */
  finish(): Reduced;
}

/** Everything that least squares needs of a tall matrix [A | b]. */
export interface Reduced {
  /** Rows that went in. */
  rows: number;
  columns: number;
  /** (columns + 1, columns + 1): the upper triangle R of [A | b]; or, with `normal`, [A | b]ᵀ[A | b]. */
  matrix: Float64Array;
  normal: boolean;
}

const BLOCK_NUMBERS = 1 << 21;
/** Rows of a block per column, at least: the triangle is part of every block. */
const TALL = 8;

/** `normal`: by normal equations. */
export function createAccumulator(engine: Engine, columns: number, normal = false): Accumulator {
  const width = columns + 1;
  const capacity = Math.max(TALL * width, Math.floor(BLOCK_NUMBERS / width));
  const buffer = new Float64Array(capacity * width);
  let matrix: Float64Array = new Float64Array(width * width);
  let filled = 0;
  let rows = 0;
  let begun = false;
  const flush = () => {
    if (filled === 0) return;
    const block = buffer.subarray(0, filled * width);
    if (normal) {
      const sums = syrk(engine, block, filled, width);
      for (let k = 0; k < sums.length; k++) matrix[k] += sums[k];
      filled = 0;
      return;
    }
    matrix = triangle(engine, block, filled, width);
    buffer.set(matrix);
    filled = width;
    begun = true;
  };
  return {
    width,
    add: (row, at, target, weight) => {
      if (weight === 0) return;
      if (filled === capacity) flush();
      const to = filled * width;
      for (let k = 0; k < columns; k++) buffer[to + k] = weight * row[at + k];
      buffer[to + columns] = weight * target;
      filled++;
      rows++;
    },
    finish: () => {
      if (!(begun && filled === width && !normal)) flush();
      return { rows, columns, matrix: matrix.slice(), normal };
    },
  };
}

/** The system of all rows of several: folds put together. */
export function merge(engine: Engine, parts: readonly Reduced[]): Reduced {
  const [{ columns, normal }] = parts;
  const width = columns + 1;
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  if (normal) {
    const matrix = new Float64Array(width * width);
    for (const part of parts) for (let k = 0; k < matrix.length; k++) matrix[k] += part.matrix[k];
    return { rows, columns, matrix, normal };
  }
  const stacked = new Float64Array(parts.length * width * width);
  for (const [k, part] of parts.entries()) stacked.set(part.matrix, k * width * width);
  return { rows, columns, matrix: triangle(engine, stacked, parts.length * width, width), normal };
}

/** ‖A x − b‖² of a system. */
export function loss({ matrix, columns, normal }: Reduced, x: ArrayLike<number>): number {
  const width = columns + 1;
  let total = 0;
  const weight = (k: number) => (k < columns ? x[k] : -1);
  for (let i = 0; i < width; i++) {
    let sum = 0;
    for (let k = normal ? 0 : i; k < width; k++) sum += matrix[i * width + k] * weight(k);
    total += normal ? weight(i) * sum : sum * sum;
  }
  return Math.max(0, total);
}
