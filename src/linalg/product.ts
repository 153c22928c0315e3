/**
 * C = alpha A B on matrices that lie in kernel memory: the host's half of assembly/linalg/product.ts. Everything that
 * is fast here goes through this product.
 */
import type { Engine } from '../engine/engine.ts';

/** A part of a row-major matrix in kernel memory, or of its transpose: element (i, j) at `at` + 8 (i row + j column). */
export interface Operand {
  /** Address in bytes. */
  at: number;
  /** Strides in elements. */
  row: number;
  column: number;
}

/** Room for the panels and the threads' own blocks; made once, used by any number of products. */
export interface Workspace {
  engine: Engine;
  words: Int32Array;
  alpha: Float64Array;
  packed: number;
  scratch: number;
}

export interface ProductShape {
  /** C is m × n, the sum runs over k. */
  m: number;
  n: number;
  k: number;
  /** Default 1. */
  alpha?: number;
  /** C += …; otherwise C is overwritten and may hold anything. */
  accumulate?: boolean;
  /** Only the lower triangle of C is needed: tiles wholly above the diagonal stay as they are. */
  lower?: boolean;
}

/** Depth and columns of a block: 256 × 1024 f64 of B stay in the second-level cache. */
const DEPTH = 256;
const WIDTH = 1024;
/** Rows and columns of a task, as in the kernel. */
const ROWS = 64;
const COLUMNS = 256;
const WORDS = 18;
/** Products smaller than this are not worth waking a thread for, in multiplications. */
const SMALL = 100_000;

/** Bytes of a thread's scratch: a tile and the panels of A; also enough for the other kernels here. */
export const SCRATCH_BYTES = 8 * (16 + ROWS * DEPTH);

export function createWorkspace(engine: Engine): Workspace {
  const alpha = engine.f64(WORDS / 2);
  return {
    engine,
    alpha,
    words: new Int32Array(alpha.buffer, alpha.byteOffset, WORDS),
    packed: engine.bytes(8 * DEPTH * WIDTH),
    scratch: engine.bytes(SCRATCH_BYTES * engine.threads),
  };
}

/** A row-major matrix with rows of `row` elements that begins at element (i, j) of the one at `at`. */
export const part = (at: number, row: number, i = 0, j = 0): Operand => ({
  at: at + 8 * (i * row + j),
  row,
  column: 1,
});

/** The same numbers, rows and columns exchanged. */
export const transposed = ({ at, row, column }: Operand): Operand => ({ at, row: column, column: row });

/** C = alpha A B or C += alpha A B. The rows of C must be contiguous (column stride 1). */
export function multiply(space: Workspace, a: Operand, b: Operand, c: Operand, shape: ProductShape): void {
  const { m, n, k } = shape;
  for (let column = 0; column < n; column += WIDTH) {
    const width = Math.min(WIDTH, n - column);
    for (let depth = 0; depth < k; depth += DEPTH) {
      const kk = Math.min(DEPTH, k - depth);
      space.alpha[0] = shape.alpha ?? 1;
      space.words.set(
        [a.at + 8 * depth * a.column, a.row, a.column, b.at + 8 * (depth * b.row + column * b.column), b.row, b.column],
        2,
      );
      const accumulate = depth > 0 || shape.accumulate ? 1 : 0;
      space.words.set(
        [c.at + 8 * column, c.row, m, width, kk, accumulate, shape.lower ? 1 : 0, column, space.packed],
        8,
      );
      multiplyBlock(space, m, width, kk);
    }
  }
}

function multiplyBlock({ engine, words, scratch }: Workspace, m: number, n: number, k: number): void {
  const grain = m * n * k < SMALL ? Number.POSITIVE_INFINITY : 1;
  const panels = Math.ceil(n / 4);
  const tasks = Math.ceil(m / ROWS) * Math.ceil(n / COLUMNS);
  engine.run('packRight', panels, [words.byteOffset, 0, 0, 0], { grain: Math.max(grain, 16) });
  engine.run('multiplyTiles', tasks, [words.byteOffset, 0, 0, scratch], { grain, stride: SCRATCH_BYTES });
}
