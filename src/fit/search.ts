/**
 * Weights of groups by evolutionary search: every group's energies, forces and stresses are multiplied by 10^x, x within
 * bounds, and what is made small is a sum of errors, of what is held out where there is something, and of properties of the
 * potential against what they should be.
 */
import { log, pow } from '../data/math.ts';
import { evolve } from './evolution.ts';
import type { GroupWeights, Parts } from './parts.ts';
import { type Kind, kinds, type Weights } from './rows.ts';
import type { Solution } from './solution.ts';

export interface WeightSearch {
  /** Groups whose weights vary; default: all. */
  groups?: readonly string[];
  kinds?: readonly Kind[];
  /** Decades below and above the given weights; default 3 and 3. */
  decades?: readonly [number, number];
  generations?: number;
  population?: number;
  seed?: bigint;
  /** Of errors (root mean square, of all groups) in the objective, 1/(eV/atom), Å/eV, Å³/eV; default 1/0.005, 1/0.1, 1/0.01. */
  scales?: Partial<Record<Kind, number>>;
  /** Added to the objective, from the potential of coefficients. */
  property?: (coefficients: Float64Array) => number;
  progress?: (generation: number, score: number) => void;
}

export interface FoundWeights {
  weights: Map<string, Weights>;
  score: number;
  /** Of the given weights. */
  before: number;
}

const SCALES: Record<Kind, number> = { energy: 200, force: 10, stress: 100 };

/** The solution of weights (of steps up to `until`); undefined where the data do not determine it. */
export type SolveWeights = (weights: GroupWeights, until?: number) => { solution: Solution; rows: number } | undefined;

/** What may vary, and the score of exponents. */
export interface Scorer {
  bounds: [number, number][];
  weightsOf(x: ArrayLike<number>): Map<string, Weights>;
  /** +∞ for what the data do not determine, or has no property that was asked for. */
  score(x: ArrayLike<number>): number;
}

export function createScorer(parts: Parts, given: GroupWeights, solve: SolveWeights, search: WeightSearch): Scorer {
  const { groups = parts.groups, decades = [3, 3], scales = {} } = search;
  const varied = groups.flatMap((group) =>
    (search.kinds ?? kinds).flatMap((kind) => ((given.get(group)?.[kind] ?? 0) > 0 ? [{ group, kind }] : [])),
  );
  const weightsOf = (x: ArrayLike<number>): Map<string, Weights> => {
    const weights = new Map([...given].map(([group, own]) => [group, { ...own }]));
    for (const [k, { group, kind }] of varied.entries()) {
      const own = weights.get(group);
      if (own) own[kind] *= pow(10, x[k]);
    }
    return weights;
  };
  return {
    bounds: varied.map(() => [-decades[0], decades[1]]),
    weightsOf,
    score: (x) => {
      const solved = solve(weightsOf(x));
      if (!solved) return Number.POSITIVE_INFINITY;
      const { solution } = solved;
      const errors = parts.errors(solution.coefficients, parts.held ? 'held' : 'fitted').get('all') ?? {};
      const data = kinds.reduce((sum, kind) => sum + (scales[kind] ?? SCALES[kind]) * (errors[kind] ?? 0), 0);
      const total = data + (search.property?.(solution.coefficients) ?? 0);
      return Number.isNaN(total) ? Number.POSITIVE_INFINITY : total;
    },
  };
}

/** `measure`: the scores of candidates, in order; by default one after the other. */
export function searchWeights(
  { bounds, weightsOf, score }: Scorer,
  { generations = 30, population, seed = 1n, progress }: WeightSearch,
  measure: (candidates: Float64Array[]) => number[] = (candidates) => candidates.map(score),
): FoundWeights {
  const start = new Float64Array(bounds.length);
  const best = evolve(measure, {
    bounds,
    start,
    generations,
    population,
    seed,
    progress: (generation, { score: least }) => progress?.(generation, least),
  });
  return { weights: weightsOf(best.x), score: best.score, before: score(start) };
}

/** |ln(found/wanted)| of a property times its importance: 0.01 is a percent. */
export const misfit = (found: number, wanted: number, importance = 1): number =>
  found / wanted > 0 ? importance * Math.abs(log(found / wanted)) : Number.POSITIVE_INFINITY;
