/** Products of dense matrices: A B with any of them transposed, and AᵀA. */
import { InputError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { borrowing, bring, checkShape, takeOut } from './matrix.ts';
import { createWorkspace, multiply, part, transposed } from './product.ts';

export interface GemmShape {
  /** The product is m × n, the sum runs over k. */
  m: number;
  n: number;
  k: number;
  /** a is given as (k, m), row-major. */
  transposeA?: boolean;
  /** b is given as (n, k), row-major. */
  transposeB?: boolean;
  /** Default 1. */
  alpha?: number;
}

/**
 * alpha op(A) op(B), row-major (m, n). a is (m, k) or its transpose, b is (k, n) or its transpose. Every element is
 * summed over k in one fixed order: the same bits with any number of threads. NaN and infinities propagate.
 * Throws InputError for sizes that do not fit.
 */
export function gemm(engine: Engine, a: Float64Array, b: Float64Array, shape: GemmShape): Float64Array {
  const { m, n, k, transposeA, transposeB, alpha = 1 } = shape;
  checkShape('a', a, m, k);
  checkShape('b', b, k, n);
  if (!Number.isFinite(alpha)) throw new InputError(`alpha is ${alpha}; expected a finite number`);
  if (m * n * k === 0) return new Float64Array(m * n);
  return borrowing(engine, () => {
    const space = createWorkspace(engine);
    const left = bring(engine, a).byteOffset;
    const right = bring(engine, b).byteOffset;
    const out = engine.f64(m * n);
    const leftPart = transposeA ? transposed(part(left, m)) : part(left, k);
    const rightPart = transposeB ? transposed(part(right, k)) : part(right, n);
    multiply(space, leftPart, rightPart, part(out.byteOffset, n), { m, n, k, alpha });
    return takeOut(out);
  });
}

/** AᵀA, (n, n), of the row-major a (m, n): half the work of a product; exactly symmetric. Throws as gemm. */
export function syrk(engine: Engine, a: Float64Array, m: number, n: number): Float64Array {
  checkShape('a', a, m, n);
  if (m * n === 0) return new Float64Array(n * n);
  return borrowing(engine, () => {
    const space = createWorkspace(engine);
    const from = part(bring(engine, a).byteOffset, n);
    const out = engine.f64(n * n);
    multiply(space, transposed(from), from, part(out.byteOffset, n), { m: n, n, k: m, lower: true });
    engine.run('mirrorLower', n, [out.byteOffset, n, 0, 0]);
    return takeOut(out);
  });
}
