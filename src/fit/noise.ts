/**
 * The quadratic noise model: linear coefficients are found first and frozen, quadratic ones are fitted to what is left. So
 * the linear potential stays what it is, and the many products cannot trade places with it.
 *
 * A. M. Goryaeva et al., Phys. Rev. Materials 5, 103803 (2021), doi:10.1103/PhysRevMaterials.5.103803.
 */
import type { Engine } from '../engine/engine.ts';
import { triangle } from '../linalg/qr.ts';
import type { Reduced } from './accumulate.ts';
import type { Solution } from './solve.ts';

/** Columns of the linear coefficients, β₀ included, and of the others, of all elements. */
export function divideColumns(
  elements: number,
  width: number,
  size: number,
): { linear: number[]; quadratic: number[] } {
  const all = Array.from({ length: elements * width }, (_, k) => k);
  return {
    linear: all.filter((k) => k % width <= size),
    quadratic: all.filter((k) => k % width > size),
  };
}

/**
 * The system of some columns whose target is what `known` (coefficients of all columns, those of the chosen are 0) leaves.
 */
export function restrict(engine: Engine, system: Reduced, chosen: readonly number[], known: Float64Array): Reduced {
  const { matrix, columns, rows, normal } = system;
  const width = columns + 1;
  const to = chosen.length + 1;
  // Every new column as a combination of the old ones: one of them, or the target less what is known.
  const target = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    let sum = matrix[i * width + columns];
    for (let k = 0; k < columns; k++) sum -= matrix[i * width + k] * known[k];
    target[i] = sum;
  }
  if (normal) return { rows, columns: chosen.length, matrix: ofProducts(system, chosen, known, target), normal };
  const part = new Float64Array(width * to);
  for (let i = 0; i < width; i++) {
    for (const [j, k] of chosen.entries()) part[i * to + j] = matrix[i * width + k];
    part[i * to + to - 1] = target[i];
  }
  return { rows, columns: chosen.length, matrix: triangle(engine, part, width, to), normal };
}

function ofProducts(
  { matrix, columns }: Reduced,
  chosen: readonly number[],
  known: Float64Array,
  target: Float64Array,
) {
  const width = columns + 1;
  const to = chosen.length + 1;
  const out = new Float64Array(to * to);
  for (const [i, a] of chosen.entries()) {
    for (const [j, b] of chosen.entries()) out[i * to + j] = matrix[a * width + b];
    out[i * to + to - 1] = out[(to - 1) * to + i] = target[a];
  }
  let rest = target[columns];
  for (let k = 0; k < columns; k++) rest -= known[k] * target[k];
  out[to * to - 1] = rest;
  return out;
}

/** `solve`: of the linear system, then of the quadratic one; folds go through the same. */
export function solveNoise(
  engine: Engine,
  system: Reduced,
  folds: readonly Reduced[],
  { linear, quadratic }: { linear: number[]; quadratic: number[] },
  solve: (part: Reduced, folds: Reduced[], columns: readonly number[]) => Solution,
): Solution {
  const known = new Float64Array(system.columns);
  const nothing = new Float64Array(system.columns);
  const partOf = (one: Reduced, columns: number[], before: Float64Array) => restrict(engine, one, columns, before);
  const first = solve(
    partOf(system, linear, nothing),
    folds.map((fold) => partOf(fold, linear, nothing)),
    linear,
  );
  for (const [i, k] of linear.entries()) known[k] = first.coefficients[i];
  const second = solve(
    partOf(system, quadratic, known),
    folds.map((fold) => partOf(fold, quadratic, known)),
    quadratic,
  );
  const coefficients = known.slice();
  for (const [i, k] of quadratic.entries()) coefficients[k] = second.coefficients[i];
  return { ...second, coefficients, effective: first.effective + second.effective };
}
