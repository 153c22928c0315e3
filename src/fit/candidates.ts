/**
 * What another thread needs to measure candidates of a search for weights: plain data that can be posted, and the score
 * that it makes of them, which has the bits of any other thread's.
 */
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { overlayPotential } from '../data/potentials/overlay.ts';
import type { Engine } from '../engine/engine.ts';
import type { Reduced } from './accumulate.ts';
import type { Basis } from './basis.ts';
import { type CardOptions, measureCard } from './card.ts';
import { createDesigner } from './design.ts';
import { createParts, type Parts } from './parts.ts';
import type { Weights } from './rows.ts';
import { createScorer, misfit, type Scorer, type SolveWeights, type WeightSearch } from './search.ts';
import { type SolverOptions, solveSystem } from './solve-system.ts';

/** Properties of the crystal in the objective. */
export interface PropertyGoal {
  card: CardOptions;
  /** By name: what it should be, and the importance of |ln| of the ratio. */
  wanted: readonly { name: string; value: number; importance: number }[];
}

export interface CandidateTask {
  systems: readonly [string, Reduced][];
  basis: Basis;
  reference?: Potential;
  solver: SolverOptions;
  given: ReadonlyMap<string, Weights>;
  search: Pick<WeightSearch, 'groups' | 'kinds' | 'decades' | 'scales'>;
  goal?: PropertyGoal;
}

/** Shares candidates out: scores in their order. */
export type ShareCandidates = (task: CandidateTask, own: Scorer) => (candidates: Float64Array[]) => number[];

/** The score of the task's candidates. Keeps tables in the engine until its owner releases them. */
export function candidateScorer(engine: Engine, task: CandidateTask): Scorer {
  const { systems, basis, reference, solver, given, search, goal } = task;
  const designer = createDesigner(engine, basis);
  const parts = createParts(engine, new Map(systems));
  const complete = (coefficients: Float64Array) => {
    const fitted = designer.potential(coefficients);
    return reference ? overlayPotential([reference, fitted], {}) : fitted;
  };
  return createScorer(parts, given, solverOf(engine, parts, designer.names, solver), {
    ...search,
    ...(goal ? { property: (coefficients) => misfits(engine, complete(coefficients), goal) } : {}),
  });
}

/** Coefficients of weights; undefined where no row has one, or the data do not determine them. */
export function solverOf(engine: Engine, parts: Parts, names: readonly string[], solver: SolverOptions): SolveWeights {
  return (weights, until) => {
    const system = parts.combine(weights, until);
    if (!system) return undefined;
    try {
      return { solution: solveSystem(engine, system, [], names, solver), rows: system.rows };
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  };
}

/** Σ importance |ln(found/wanted)|; +∞ where one is not found. */
export function misfits(engine: Engine, potential: Potential, { card, wanted }: PropertyGoal): number {
  const found = measureCard(engine, potential, card);
  return wanted.reduce(
    (sum, { name, value, importance }) => sum + misfit(found.get(name) ?? Number.NaN, value, importance),
    0,
  );
}
