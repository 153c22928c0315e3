/**
 * The symmetric eigenproblem: scaling, reduction to a tridiagonal matrix, its eigenvalues (QL) or eigenvalues and
 * vectors (divide and conquer), back transformation. Errors are of the order of 1e-16 of the largest eigenvalue's
 * magnitude, not of each one's own.
 */
import { PhysicsError } from '../data/errors.ts';
import { atOnce, partOf } from '../data/in-parts.ts';
import type { Engine } from '../engine/engine.ts';
import { dividingAndConquering } from './divide-conquer.ts';
import { borrowingInParts, bring, checkSymmetric, type InPlace, orderOf, powerOfTwo, scaleBy } from './matrix.ts';
import { createWorkspace } from './product.ts';
import { applyingReduction } from './reflectors.ts';
import { tridiagonalizing } from './tridiagonal.ts';

export interface Eigen {
  /** Ascending (n). */
  values: Float64Array;
  /** (n, n): row k is the eigenvector of values[k], of length 1: A = Σ_k values[k] v_k v_kᵀ. */
  vectors: Float64Array;
}

/**
 * Eigenvalues of the symmetric a (n, n), ascending. With `inPlace`, a in kernel memory is overwritten.
 * Throws InputError for what is not square, symmetric (to 1e-10 of its largest element) and finite.
 */
export const eigenvaluesSymmetric = (engine: Engine, a: Float64Array, options: InPlace = {}): Float64Array =>
  atOnce(eigenvaluesInParts(engine, a, options));

/** eigenvaluesSymmetric() panel by panel; between them its memory stays taken, and that of the engine may not grow. */
export function* eigenvaluesInParts(
  engine: Engine,
  a: Float64Array,
  options: InPlace = {},
): Generator<number, Float64Array> {
  const n = orderOf(a);
  const largest = checkSymmetric('a', a, n);
  if (n === 0 || largest === 0) return new Float64Array(n);
  const scale = powerOfTwo(largest);
  return yield* borrowingInParts(engine, function* () {
    const matrix = bring(engine, a, options);
    scaleBy(matrix, scale);
    const { d, e } = yield* tridiagonalizing(createWorkspace(engine), matrix.byteOffset, n);
    const failed = engine.kernels.tridiagonalValues(n, d.byteOffset, e.byteOffset);
    if (failed >= 0) throw new PhysicsError(`eigenvalue ${failed} of ${n} did not converge`);
    return Float64Array.from(d, (value) => value / scale).sort();
  });
}

/**
 * Eigenvalues and vectors of the symmetric a (n, n); eigenvalues may differ from eigenvaluesSymmetric's in the last
 * bits. Kernel memory for three n × n matrices. With `inPlace`, a in kernel memory is overwritten. Throws as
 * eigenvaluesSymmetric.
 */
export const eigenSymmetric = (engine: Engine, a: Float64Array, options: InPlace = {}): Eigen =>
  atOnce(eigenInParts(engine, a, options));

/** What reduction and divide and conquer take of the whole, about. */
const [REDUCED, CONQUERED] = [0.5, 0.8];

/** eigenSymmetric() in parts, with the conditions of eigenvaluesInParts(). */
export function* eigenInParts(engine: Engine, a: Float64Array, options: InPlace = {}): Generator<number, Eigen> {
  const n = orderOf(a);
  const largest = checkSymmetric('a', a, n);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  if (n === 0 || largest === 0) {
    for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
    return { values, vectors };
  }
  const scale = powerOfTwo(largest);
  return yield* borrowingInParts(engine, function* () {
    const matrix = bring(engine, a, options);
    scaleBy(matrix, scale);
    const space = createWorkspace(engine);
    const reduced = yield* partOf(0, REDUCED, tridiagonalizing(space, matrix.byteOffset, n));
    const { d } = reduced;
    const rows = yield* partOf(REDUCED, CONQUERED, dividingAndConquering(space, reduced));
    const back = applyingReduction(space, matrix.byteOffset, reduced.tau.byteOffset, rows.byteOffset, n);
    yield* partOf(CONQUERED, 1, back);
    const order = Array.from(d, (_, i) => i).sort((i, j) => d[i] - d[j] || i - j);
    order.forEach((i, k) => {
      values[k] = d[i] / scale;
      vectors.set(rows.subarray(i * n, (i + 1) * n), k * n);
    });
    return { values, vectors };
  });
}
