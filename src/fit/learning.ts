/** The errors of a fit along the share of the data that it has seen: nested shares of every group, one held-out set for all. */
import { fillUniform } from '../data/rng.ts';
import type { GroupWeights, PartErrors, Parts } from './parts.ts';
import type { SolveWeights } from './search.ts';

/** Shares of the training set. */
export const learningShares = [0.05, 0.1, 0.2, 0.4, 0.7, 1] as const;

export interface LearningPoint {
  share: number;
  rows: number;
  /** Root mean square: eV per atom, eV/Å, eV/Å³; absent where the share does not determine the coefficients. */
  fitted?: PartErrors;
  held?: PartErrors;
}

/** The first share that a configuration belongs to; the same part of every group (held-out ones have any). */
export function learningSteps(groups: readonly string[], held: Uint8Array, seed: bigint): Uint8Array {
  const draws = new Float64Array(groups.length);
  fillUniform(draws, seed, 'splits', 1);
  const members = new Map<string, number[]>();
  for (const [k, group] of groups.entries()) {
    if (held[k] === 1) continue;
    const known = members.get(group);
    if (known) known.push(k);
    else members.set(group, [k]);
  }
  const steps = new Uint8Array(groups.length);
  for (const list of members.values()) {
    list.sort((a, b) => draws[a] - draws[b]);
    for (const [rank, k] of list.entries())
      steps[k] = learningShares.findIndex((share) => rank < Math.max(1, Math.round(share * list.length)));
  }
  return steps;
}

export function learningCurve(parts: Parts, weights: GroupWeights, solve: SolveWeights): LearningPoint[] {
  return learningShares.map((share, step) => {
    const found = solve(weights, step);
    if (!found) return { share, rows: 0 };
    const { coefficients } = found.solution;
    return {
      share,
      rows: found.rows,
      fitted: parts.errors(coefficients, 'fitted'),
      ...(parts.held ? { held: parts.errors(coefficients, 'held') } : {}),
    };
  });
}
