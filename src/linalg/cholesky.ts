/**
 * Cholesky's factorisation A = L Lᵀ by blocks, what a log det costs: n³/3. Right-looking: diagonal block, panel below
 * it, product of the panel with itself off the rest (Golub & Van Loan, Matrix Computations, §4.2).
 */
import { InputError, PhysicsError } from '../data/errors.ts';
import { atOnce, cubic } from '../data/in-parts.ts';
import { log } from '../data/math.ts';
import type { Engine } from '../engine/engine.ts';
import {
  borrowing,
  borrowingInParts,
  bring,
  checkFinite,
  checkSymmetric,
  type InPlace,
  orderOf,
  takeOut,
} from './matrix.ts';
import { createWorkspace, multiply, part, SCRATCH_BYTES, transposed, type Workspace } from './product.ts';

const WIDTH = 64;

/** Overwrites the lower triangle of the n × n matrix at `at` by L. Throws PhysicsError where a pivot is not positive. */
function* factoring(space: Workspace, at: number, n: number): Generator<number, void> {
  const { engine } = space;
  const panel = engine.i32(4);
  for (let j = 0; j < n; j += WIDTH) {
    const width = Math.min(WIDTH, n - j);
    const corner = part(at, n, j, j);
    const below = n - j - width;
    panel.set([corner.at, n, n - j, width]);
    const failed = engine.kernels.factorBlock(panel.byteOffset);
    if (failed >= 0)
      throw new PhysicsError(`the matrix is not positive definite: the pivot of row ${j + failed} is not positive`);
    const groups = Math.ceil(below / 8);
    engine.run('solvePanel', groups, [panel.byteOffset, 0, 0, space.scratch], { stride: SCRATCH_BYTES, grain: 8 });
    const left = part(at, n, j + width, j);
    const rest = part(at, n, j + width, j + width);
    multiply(space, left, transposed(left), rest, {
      m: below,
      n: below,
      k: width,
      alpha: -1,
      accumulate: true,
      lower: true,
    });
    yield cubic(below / n);
  }
}

function* factored(engine: Engine, a: Float64Array, n: number, options: InPlace): Generator<number, Float64Array> {
  checkSymmetric('a', a, n);
  const l = bring(engine, a, options);
  yield* borrowingInParts(engine, () => factoring(createWorkspace(engine), l.byteOffset, n));
  return l;
}

/**
 * L (n, n), lower triangular, of the symmetric positive definite a (n, n): A = L Lᵀ. With `inPlace`, a in kernel memory
 * becomes L and is returned.
 * Throws InputError for what is not square, symmetric and finite; PhysicsError, naming the row, where a is not positive
 * definite (the matrix is then half overwritten if in place).
 */
export function cholesky(engine: Engine, a: Float64Array, options: InPlace = {}): Float64Array {
  const n = orderOf(a);
  const clear = (l: Float64Array) => {
    for (let i = 0; i < n; i++) l.fill(0, i * n + i + 1, (i + 1) * n);
    return l;
  };
  if (options.inPlace) return clear(atOnce(factored(engine, a, n, options)));
  return borrowing(engine, () => clear(takeOut(atOnce(factored(engine, a, n, options)))));
}

/** ln det A = 2 Σ ln L_ii of the symmetric positive definite a (n, n). Throws as cholesky. */
export const logDet = (engine: Engine, a: Float64Array, options: InPlace = {}): number =>
  atOnce(logDetInParts(engine, a, options));

/** logDet() panel by panel; between them its memory stays taken, and other work may not grow that of the engine. */
export function* logDetInParts(engine: Engine, a: Float64Array, options: InPlace = {}): Generator<number, number> {
  const n = orderOf(a);
  return yield* borrowingInParts(engine, function* () {
    const l = yield* factored(engine, a, n, options);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += log(l[i * n + i]);
    return 2 * sum;
  });
}

/**
 * x of L Lᵀ x = b, with L from cholesky. b holds one or more right-hand sides of n numbers, one after the other, and so
 * does the result. Throws InputError for sizes that do not fit, or a zero on the diagonal.
 */
export function choleskySolve(engine: Engine, l: Float64Array, b: Float64Array): Float64Array {
  const n = orderOf(l);
  if (n === 0 ? b.length !== 0 : b.length % n !== 0)
    throw new InputError(`right-hand sides of ${n} numbers each were expected, found ${b.length} numbers`);
  checkFinite('b', b, Math.max(1, n));
  for (let i = 0; i < n; i++) {
    if (!(l[i * n + i] > 0)) throw new InputError(`row ${i} of L has ${l[i * n + i]} on the diagonal; expected > 0`);
  }
  if (n === 0) return new Float64Array(0);
  return borrowing(engine, () => {
    const factor = bring(engine, l);
    const x = bring(engine, b);
    engine.run('solveCholesky', b.length / n, [factor.byteOffset, x.byteOffset, n, 0], { grain: 1 });
    return takeOut(x);
  });
}
