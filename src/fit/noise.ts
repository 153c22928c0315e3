/**
 * The quadratic noise model: linear coefficients are found first and frozen, quadratic ones are fitted to what is left. So
 * the linear potential stays what it is, and the many products cannot trade places with it.
 *
 * A. M. Goryaeva et al., Phys. Rev. Materials 5, 103803 (2021), doi:10.1103/PhysRevMaterials.5.103803.
 */
import type { Engine } from '../engine/engine.ts';
import type { Reduced } from './accumulate.ts';
import type { Solution } from './solution.ts';
import { restrict } from './transform.ts';

/** Columns of the linear coefficients, β₀ included, and of the others. */
export interface Divided {
  linear: number[];
  quadratic: number[];
}

/** Of all elements, `width` columns each of which the first 1 + `size` are linear. */
export function divideColumns(elements: number, width: number, size: number): Divided {
  const all = Array.from({ length: elements * width }, (_, k) => k);
  return {
    linear: all.filter((k) => k % width <= size),
    quadratic: all.filter((k) => k % width > size),
  };
}

/** A solver of the system of some columns; `known`: the coefficients of the others. */
export type SolvePart = (part: Reduced, folds: Reduced[], columns: readonly number[], known: Float64Array) => Solution;

/** `solve`: of the linear system, then of the quadratic one; folds go through the same. */
export function solveNoise(
  engine: Engine,
  system: Reduced,
  folds: readonly Reduced[],
  { linear, quadratic }: Divided,
  solve: SolvePart,
): Solution {
  const of = (columns: number[], known: Float64Array) =>
    solve(
      restrict(engine, system, columns, known),
      folds.map((fold) => restrict(engine, fold, columns, known)),
      columns,
      known,
    );
  const first = of(linear, new Float64Array(system.columns));
  const known = new Float64Array(system.columns);
  for (const [i, k] of linear.entries()) known[k] = first.coefficients[i];
  const second = of(quadratic, known);
  const coefficients = known.slice();
  for (const [i, k] of quadratic.entries()) coefficients[k] = second.coefficients[i];
  return {
    ...second,
    coefficients,
    effective: first.effective + second.effective,
    root: roots(system.columns, [
      { columns: linear, solution: first, scale: second.noise > 0 ? first.noise / second.noise : 1 },
      { columns: quadratic, solution: second, scale: 1 },
    ]),
  };
}

/** Roots of independent parts side by side, each in the noise of the last. */
function roots(columns: number, parts: { columns: number[]; solution: Solution; scale: number }[]): Float64Array {
  const sizes = parts.map(({ columns: own, solution }) => solution.root.length / own.length);
  const width = sizes.reduce((sum, size) => sum + size, 0);
  const out = new Float64Array(columns * width);
  let to = 0;
  for (const [p, { columns: own, solution, scale }] of parts.entries()) {
    for (const [i, column] of own.entries())
      for (let k = 0; k < sizes[p]; k++) out[column * width + to + k] = scale * solution.root[i * sizes[p] + k];
    to += sizes[p];
  }
  return out;
}
