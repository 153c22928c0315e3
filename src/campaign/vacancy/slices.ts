/** How much work a slice is, from what a kind of potential costs: by counting, never by the clock. */
import type { Potential } from '../../data/potential.ts';
import { termsOf } from '../../engine/system.ts';

/** Atoms × evaluations, some 0.2 to 2 s; the cost of a kind of potential, EAM = 1. */
const SLICE = 60_000;
const costs = new Map([
  ['lj', 0.5],
  ['eam', 1],
  ['finnis-sinclair', 1],
  ['einstein', 0.1],
  ['harmonic', 0.5],
]);
const DEAR = 50;
const MOST = 1000;

/** Evaluations of n atoms in a slice, at least one. */
export function evaluationsOfSlice(potential: Potential, n: number): number {
  const cost = termsOf(potential).reduce((sum, { kernel }) => sum + (costs.get(kernel) ?? DEAR), 0);
  return Math.max(1, Math.min(MOST, Math.round(SLICE / (n * cost))));
}
