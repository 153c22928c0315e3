/**
 * A least-squares problem that grows row by row in bounded memory. Rows [a | b] are gathered into blocks; each block and
 * the triangle so far give the next triangle by QR (TSQR: Demmel, Grigori, Hoemmen, Langou, SIAM J. Sci. Comput. 34, A206
 * (2012), doi:10.1137/080731992), so the condition of the matrix enters once. The other way, for many columns: sums of
 * products (normal equations), half the work or less and the condition squared. Where a block ends depends on the number
 * of rows alone, so what was kept after a block and goes on has the bits of what never stopped.
 */
import type { Engine } from '../engine/engine.ts';
import { syrk } from '../linalg/gemm.ts';
import { triangle } from '../linalg/qr.ts';

export interface Accumulator {
  /** Numbers of a row: the columns and the target. */
  readonly width: number;
  /** Adds weight·[row | target]; weight 0 adds nothing. */
  add(row: ArrayLike<number>, at: number, target: number, weight: number): void;
  /** True where the next `count` rows are in what it began with; they then count as added. */
  skip(count: number): boolean;
  /** What is safe to keep: all blocks that are done. */
  kept(): Kept;
  /** The system so far. */
  finish(): Reduced;
}

/** Whole blocks of rows. */
export interface Kept {
  rows: number;
  matrix: Float64Array;
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

export interface AccumulatorOptions {
  /** By normal equations. */
  normal?: boolean;
  /** Where an earlier one stood. */
  from?: Kept;
  /** After each block. */
  onBlock?: () => void;
}

const BLOCK_NUMBERS = 1 << 18;
/** Rows of a block per column, at least: the triangle is part of every block. */
const TALL = 8;
const FIRST_ROWS = 64;

export function createAccumulator(engine: Engine, columns: number, options: AccumulatorOptions = {}): Accumulator {
  const { normal = false, from, onBlock } = options;
  const width = columns + 1;
  const capacity = Math.max(TALL * width, Math.floor(BLOCK_NUMBERS / width));
  let buffer = new Float64Array(Math.min(capacity, FIRST_ROWS) * width);
  let matrix: Float64Array = from?.matrix.slice() ?? new Float64Array(width * width);
  /** Rows of the buffer, the triangle's among them; rows that came; those of whole blocks; those still to be skipped. */
  let filled = 0;
  let rows = 0;
  let done = from?.rows ?? 0;
  const reserve = (count: number) => {
    if (count * width <= buffer.length) return;
    const larger = new Float64Array(Math.min(capacity, Math.max(count, (2 * buffer.length) / width)) * width);
    larger.set(buffer);
    buffer = larger;
  };
  const restart = () => {
    filled = 0;
    if (normal || done === 0) return;
    reserve(width);
    buffer.set(matrix);
    filled = width;
  };
  const flush = () => {
    const block = buffer.subarray(0, filled * width);
    if (normal) {
      const sums = syrk(engine, block, filled, width);
      for (let k = 0; k < sums.length; k++) matrix[k] += sums[k];
    } else matrix = triangle(engine, block, filled, width);
    done = rows;
    restart();
    onBlock?.();
  };
  restart();
  return {
    width,
    add: (row, at, target, weight) => {
      if (weight === 0) return;
      if (rows < done) {
        rows++;
        return;
      }
      if (filled === capacity) flush();
      reserve(filled + 1);
      const to = filled * width;
      for (let k = 0; k < columns; k++) buffer[to + k] = weight * row[at + k];
      buffer[to + columns] = weight * target;
      filled++;
      rows++;
    },
    skip: (count) => {
      if (rows + count > done) return false;
      rows += count;
      return true;
    },
    kept: () => ({ rows: done, matrix: matrix.slice() }),
    finish: () => {
      if (rows > done) flush();
      return { rows, columns, matrix: matrix.slice(), normal };
    },
  };
}

/** The system of all rows of several: folds put together, or groups, each multiplied by its weight. */
export function merge(engine: Engine, parts: readonly Reduced[], weights?: readonly number[]): Reduced {
  const [{ columns, normal }] = parts;
  const width = columns + 1;
  const weight = (k: number) => weights?.[k] ?? 1;
  const used = parts.flatMap((part, k) => (weight(k) === 0 ? [] : [{ part, weight: weight(k) }]));
  const rows = used.reduce((sum, { part }) => sum + part.rows, 0);
  if (normal) {
    const matrix = new Float64Array(width * width);
    for (const { part, weight: w } of used) for (let k = 0; k < matrix.length; k++) matrix[k] += w * w * part.matrix[k];
    return { rows, columns, matrix, normal };
  }
  const stacked = new Float64Array(used.length * width * width);
  for (const [k, { part, weight: w }] of used.entries())
    stacked.set(w === 1 ? part.matrix : part.matrix.map((x) => w * x), k * width * width);
  return { rows, columns, matrix: triangle(engine, stacked, used.length * width, width), normal };
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
