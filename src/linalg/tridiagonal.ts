/** The host's half of assembly/linalg/tridiagonal.ts: A = Q T Qᵀ, panel by panel, in place. */
import { cubic } from '../data/in-parts.ts';
import { multiply, part, transposed, type Workspace } from './product.ts';

export interface Tridiagonal {
  n: number;
  /** Diagonal (n). */
  d: Float64Array;
  /** Off-diagonal: e[i] between i and i + 1 (n; the last is 0). */
  e: Float64Array;
  /** H_i = 1 − tau[i] v vᵀ, v the row i of the matrix; Q = H_{n−1} … H_1. */
  tau: Float64Array;
}

const WIDTH = 32;
/** As in the kernel. */
const CHUNKS = 12;
const WORDS = 11;
const ROW = 2;
/** Rows from which threads share A v. */
const SHARED = 256;

/**
 * Reduces the symmetric n × n matrix at `at`, of which the lower triangle is read and all is overwritten: row i becomes
 * v_i, zero from i on. Its largest element should be about 1.
 * Tells after each panel how much is done.
 */
export function* tridiagonalizing(space: Workspace, at: number, n: number): Generator<number, Tridiagonal> {
  const { engine } = space;
  const result: Tridiagonal = { n, d: engine.f64(n), e: engine.f64(n), tau: engine.f64(n) };
  const panel = engine.f64(3 * WIDTH * n).byteOffset;
  const work = [panel, engine.bytes(8 * CHUNKS * n), engine.bytes(16 * WIDTH)];
  const words = engine.i32(WORDS);
  words.set([at, n, 0, 0, WIDTH, ...work, result.d.byteOffset, result.e.byteOffset, result.tau.byteOffset]);
  for (let rows = n; rows > 0; rows -= WIDTH) {
    const width = Math.min(WIDTH, rows);
    for (let done = 0; done < width; done++) reduceRow(space, words, rows - 1 - done, done);
    updateRest(space, at, n, panel, rows - width);
    yield cubic((rows - width) / n);
  }
  return result;
}

function reduceRow({ engine }: Workspace, words: Int32Array, row: number, done: number): void {
  words[ROW] = row;
  words[ROW + 1] = done;
  const address = words.byteOffset;
  if (engine.kernels.reflectRow(address) === 0) return;
  engine.run('multiplySymmetric', CHUNKS, [address, 0, 0, 0], { grain: row < SHARED ? CHUNKS : 1 });
  engine.kernels.finishRow(address);
}

/** A −= Vᵀ W + Wᵀ V on the rows above the panel. */
function updateRest(space: Workspace, at: number, n: number, panel: number, rows: number): void {
  const vw = part(panel, n);
  const wv = part(panel, n, WIDTH);
  const shape = { m: rows, n: rows, k: 2 * WIDTH, alpha: -1, accumulate: true, lower: true };
  if (rows > 0) multiply(space, transposed(vw), wv, part(at, n), shape);
}
