/** One way from a reduced system to coefficients: which solver, in two steps for quadratic noise, under constraints. */

import { InputError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { Reduced } from './accumulate.ts';
import { solveArd } from './ard.ts';
import { type Constraints, nullSpace } from './constraints.ts';
import { type Divided, solveNoise } from './noise.ts';
import { type Regularisation, solveRidge } from './ridge.ts';
import type { Solution } from './solution.ts';
import { byNames, type Explain, solveLeastSquares, solveTruncated } from './solve.ts';
import { lengthsOf } from './spectrum.ts';
import { substitute } from './transform.ts';

/** At most one of the first three; none: least squares. */
export interface SolverOptions {
  ridge?: Regularisation;
  /** Truncated SVD: singular values below rcond times the largest are left out. */
  rcond?: number;
  /** Automatic relevance determination. */
  ard?: boolean;
  /** Linear coefficients first, quadratic ones to what they leave (noise.ts). */
  noise?: Divided;
  constraints?: Constraints;
}

/** Throws InputError for options that exclude each other. */
export function checkSolver({ ridge, rcond, ard }: Pick<SolverOptions, 'ridge' | 'rcond' | 'ard'>): void {
  const given = [ridge === undefined ? [] : 'ridge', rcond === undefined ? [] : 'rcond', ard ? 'ard' : []].flat();
  if (given.length > 1) throw new InputError(`${given.join(' and ')} exclude each other: one solver per fit`);
}

/** Coefficients of a system; `folds`: for ridge 'cv'. Throws InputError, naming columns the data do not determine. */
export function solveSystem(
  engine: Engine,
  system: Reduced,
  folds: readonly Reduced[],
  names: readonly string[],
  options: SolverOptions,
): Solution {
  checkSolver(options);
  const { constraints, noise } = options;
  if (!noise)
    return constrained(
      engine,
      system,
      folds,
      byNames((k) => names[k]),
      options,
      constraints,
    );
  return solveNoise(engine, system, folds, noise, (part, parts, columns, known) =>
    constrained(
      engine,
      part,
      parts,
      byNames((k) => names[columns[k]]),
      options,
      constraints && ofColumns(constraints, columns, known),
    ),
  );
}

function plain(
  engine: Engine,
  system: Reduced,
  folds: readonly Reduced[],
  explain: Explain,
  { ridge, rcond, ard }: SolverOptions,
): Solution {
  if (ard) return solveArd(engine, system);
  if (rcond !== undefined) return solveTruncated(engine, system, rcond);
  return ridge === undefined ? solveLeastSquares(engine, system, explain) : solveRidge(engine, system, ridge, folds);
}

function constrained(
  engine: Engine,
  system: Reduced,
  folds: readonly Reduced[],
  explain: Explain,
  options: SolverOptions,
  constraints: Constraints | undefined,
): Solution {
  if (!constraints || constraints.names.length === 0) return plain(engine, system, folds, explain, options);
  const n = system.columns;
  const { origin, basis, settle } = nullSpace(constraints, lengthsOf(system));
  const inner = basis.length / n;
  const outOf = (z: Float64Array) =>
    Float64Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += basis[i * inner + k] * z[k];
      return sum;
    });
  const solution = plain(
    engine,
    substitute(engine, system, basis, origin),
    folds.map((fold) => substitute(engine, fold, basis, origin)),
    (direction) => explain(outOf(direction)),
    options,
  );
  const moved = outOf(solution.coefficients).map((x, i) => x + origin[i]);
  return { ...solution, coefficients: settle(settle(moved)), root: rootOutOf(basis, solution.root, n) };
}

/** N root. */
function rootOutOf(basis: Float64Array, root: Float64Array, n: number): Float64Array {
  const inner = basis.length / n;
  const size = root.length / inner;
  const out = new Float64Array(n * size);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < inner; k++) {
      const x = basis[i * inner + k];
      for (let j = 0; j < size; j++) out[i * size + j] += x * root[k * size + j];
    }
  return out;
}

/** The constraints on some columns where the others are known. */
function ofColumns(
  { rows, targets, names }: Constraints,
  columns: readonly number[],
  known: Float64Array,
): Constraints {
  const n = known.length;
  const part = new Float64Array(names.length * columns.length);
  const left = targets.slice();
  for (let i = 0; i < names.length; i++) {
    for (const [j, k] of columns.entries()) part[i * columns.length + j] = rows[i * n + k];
    for (let k = 0; k < n; k++) left[i] -= rows[i * n + k] * known[k];
  }
  return { rows: part, targets: left, names };
}
