/**
 * A linear fit: configurations → weighted rows → a triangle → coefficients → a potential. Rows are weighted as FitSNAP's:
 * energy per atom, forces and stresses by component, each row times its weight (so the loss has its square). What a
 * reference potential gives is subtracted first and added again in the result.
 *
 * A. P. Thompson et al., J. Comput. Phys. 285, 316 (2015), doi:10.1016/j.jcp.2014.12.018.
 */
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { overlayPotential } from '../data/potentials/overlay.ts';
import { snapPotential } from '../data/potentials/snap.ts';
import type { Engine } from '../engine/engine.ts';
import { type Accumulator, createAccumulator, merge, type Reduced } from './accumulate.ts';
import { type Basis, basisSize, basisWidth, createDesigner, type DesignRows, withCoefficients } from './design.ts';
import { named, predict, volumeOf } from './evaluate.ts';
import { divideColumns, solveNoise } from './noise.ts';
import type { Sample } from './samples.ts';
import { type Regularisation, type Solution, solveLeastSquares, solveRidge } from './solve.ts';
import { foldsOf, testSplit } from './split.ts';

/** Of rows: energy in 1/(eV per atom), force in Å/eV, stress in Å³/eV. 0 leaves out. */
export interface Weights {
  energy: number;
  force: number;
  stress: number;
}

export const defaultWeights: Weights = { energy: 100, force: 1, stress: 10 };

export interface FitOptions {
  basis: Basis;
  reference?: Potential;
  weights?: Weights;
  /** Of groups that differ; every group named must have configurations. */
  groups?: ReadonlyMap<string, Weights>;
  /** Default: least squares. */
  ridge?: Regularisation;
  /** Of quadratic potentials: linear coefficients first, quadratic ones to what they leave (noise.ts). */
  noise?: boolean;
  /** By normal equations: faster for many columns, squares the condition. */
  normal?: boolean;
  /** Share of each group that is held out; default 0. */
  test?: number;
  /** For λ 'cv'. */
  folds?: number;
  seed?: bigint;
  name?: string;
  /** After each configuration. */
  progress?: (done: number, total: number) => void;
}

export interface Fit {
  potential: Potential;
  basis: Basis;
  coefficients: Float64Array;
  solution: Solution;
  /** Rows with a weight. */
  rows: number;
  /** 1 where a configuration was held out. */
  held: Uint8Array;
}

/** Names of coefficients: 'W B_3' is the third component of W, 'W B_3 B_7' a product. */
export function coefficientNames(basis: Basis): string[] {
  const width = basisWidth(basis);
  return basis.elements.flatMap(({ number }) => {
    const symbol = symbolOf(number);
    const names = [`${symbol} B_0`];
    const size = basisSize(basis);
    for (let k = 1; k <= size; k++) names.push(`${symbol} B_${k}`);
    for (let k = 1; k <= size && names.length < width; k++)
      for (let l = k; l <= size; l++) names.push(`${symbol} B_${k} B_${l}`);
    return names;
  });
}

/** Fits. Throws InputError for data that do not determine the coefficients, naming what is missing. */
export function fitPotential(engine: Engine, samples: readonly Sample[], options: FitOptions): Fit {
  const { basis, reference, folds = 0, seed = 1n } = options;
  const groups = samples.map((sample) => sample.group);
  checkGroups(groups, options.groups);
  const held = testSplit(groups, options.test ?? 0, seed);
  const fold = folds > 0 ? foldsOf(groups, folds, seed) : undefined;
  const mark = engine.mark();
  try {
    const designer = createDesigner(engine, basis);
    const parts = Array.from({ length: Math.max(1, folds) }, () =>
      createAccumulator(engine, designer.columns, options.normal),
    );
    samples.forEach((sample, k) => {
      if (held[k] === 0) addSample(engine, sample, designer.rows, parts[fold?.[k] ?? 0], options);
      options.progress?.(k + 1, samples.length);
    });
    const reduced = parts.map((part) => part.finish());
    const system = reduced.length > 1 ? merge(engine, reduced) : reduced[0];
    const solution = solve(engine, system, reduced, options);
    const fitted = snapPotential({ ...withCoefficients(basis, solution.coefficients), name: options.name });
    const potential = reference ? overlayPotential([reference, fitted], { name: options.name }) : fitted;
    return { potential, basis, coefficients: solution.coefficients, solution, rows: system.rows, held };
  } finally {
    engine.release(mark);
  }
}

function solve(engine: Engine, system: Reduced, folds: Reduced[], options: FitOptions): Solution {
  const { ridge, basis } = options;
  if (system.rows === 0) throw new InputError('no row of data has a weight');
  const names = coefficientNames(basis);
  const one = (part: Reduced, parts: Reduced[], columns: readonly number[]): Solution =>
    ridge === undefined
      ? solveLeastSquares(engine, part, (k) => names[columns[k]])
      : solveRidge(engine, part, ridge, parts);
  if (!options.noise) return one(system, folds, [...names.keys()]);
  if (!basis.quadraticflag) throw new InputError('noise: the descriptor is not quadratic (quadratic: true)');
  const columns = divideColumns(basis.elements.length, basisWidth(basis), basisSize(basis));
  return solveNoise(engine, system, folds, columns, one);
}

function checkGroups(found: readonly string[], weights: ReadonlyMap<string, Weights> | undefined): void {
  if (found.length === 0) throw new InputError('no configurations to fit');
  const missing = [...(weights?.keys() ?? [])].filter((group) => !found.includes(group));
  if (missing.length === 0) return;
  const known = [...new Set(found)].join(', ');
  throw new InputError(`groups: no configuration is of ${missing.join(', ')}; the data have ${known}`);
}

function addSample(
  engine: Engine,
  sample: Sample,
  rowsOf: (atoms: Sample['atoms']) => DesignRows,
  to: Accumulator,
  options: FitOptions,
): void {
  const { energy, forces, stress, atoms } = sample;
  const weights = options.groups?.get(sample.group) ?? options.weights ?? defaultWeights;
  const useEnergy = energy !== undefined && weights.energy !== 0;
  const useForces = forces !== undefined && weights.force !== 0;
  const useStress = stress !== undefined && weights.stress !== 0;
  if (!useEnergy && !useForces && !useStress) return;
  const rows = design(sample, rowsOf);
  const before = options.reference ? predict(engine, sample, options.reference) : undefined;
  const { columns } = rows;
  const n = atoms.numbers.length;
  if (useEnergy) to.add(rows.energy, 0, energy - (before?.energy ?? 0), weights.energy / n);
  if (useForces)
    for (const [i, f] of forces.entries())
      to.add(rows.forces, i * columns, f - (before?.forces[i] ?? 0), weights.force);
  if (useStress) {
    const volume = volumeOf(sample);
    for (const [i, s] of stress.entries())
      to.add(rows.virial, i * columns, -s * volume - (before?.virial[i] ?? 0), weights.stress / volume);
  }
}

function design(sample: Sample, rowsOf: (atoms: Sample['atoms']) => DesignRows): DesignRows {
  try {
    return rowsOf(sample.atoms);
  } catch (error) {
    throw named(error, sample.name);
  }
}
