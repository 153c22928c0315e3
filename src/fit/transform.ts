/** A reduced system in other unknowns: x = T z + x₀ turns ‖A x − b‖ into ‖(A T) z − (b − A x₀)‖. */
import type { Engine } from '../engine/engine.ts';
import { gemm } from '../linalg/gemm.ts';
import { triangle } from '../linalg/qr.ts';
import type { Reduced } from './accumulate.ts';

/** `basis`: (columns, unknowns), row-major; `origin`: (columns). */
export function substitute(engine: Engine, system: Reduced, basis: Float64Array, origin: Float64Array): Reduced {
  const { columns, rows, matrix, normal } = system;
  const width = columns + 1;
  const unknowns = basis.length / columns;
  const to = unknowns + 1;
  const whole = new Float64Array(width * to);
  for (let i = 0; i < columns; i++) {
    whole.set(basis.subarray(i * unknowns, (i + 1) * unknowns), i * to);
    whole[i * to + unknowns] = -origin[i];
  }
  whole[width * to - 1] = 1;
  const product = gemm(engine, matrix, whole, { m: width, n: to, k: width });
  if (!normal) return { rows, columns: unknowns, matrix: triangle(engine, product, width, to), normal };
  const sums = gemm(engine, whole, product, { m: to, n: to, k: width, transposeA: true });
  for (let i = 0; i < to; i++) for (let j = 0; j < i; j++) sums[i * to + j] = sums[j * to + i];
  return { rows, columns: unknowns, matrix: sums, normal };
}

/** The system of some columns whose target is what `known` (coefficients of the others) leaves. */
export function restrict(engine: Engine, system: Reduced, chosen: readonly number[], known: Float64Array): Reduced {
  const basis = new Float64Array(system.columns * chosen.length);
  for (const [j, k] of chosen.entries()) basis[k * chosen.length + j] = 1;
  return substitute(engine, system, basis, known);
}
