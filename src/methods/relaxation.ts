/** What all minimizers share: counters, and an honest note of when nothing improves any more. */
import type { Objective } from '../data/objective.ts';
import { residual } from './fmax.ts';

/** Plain and cloneable; with the objective's x it is all that a relaxation needs to go on. */
export interface Relaxation {
  /** Steps done. */
  step: number;
  /** Calls of evaluate(). */
  evaluations: number;
  /** eV, at the present x. */
  energy: number;
  /** eV/Å, at the present x: largest |f_i| or the objective's own measure. */
  fmax: number;
  /** The energy cannot be lowered further in double precision. */
  stalled: boolean;
  /** Lowest seen, and evaluations since either was. */
  lowest: { energy: number; fmax: number; idle: number };
}

/** After so many evaluations that lower neither energy nor fmax what is left is rounding. */
const patience = 500;

export function relaxation(objective: Objective): Relaxation {
  const energy = objective.evaluate();
  const now = residual(objective);
  return { step: 0, evaluations: 1, energy, fmax: now, stalled: false, lowest: { energy, fmax: now, idle: 0 } };
}

/** Books a step that ended at the present x with `energy`, after `evaluations` more calls. */
export function book(objective: Objective, state: Relaxation, energy: number, evaluations: number): void {
  state.step++;
  state.evaluations += evaluations;
  state.energy = energy;
  state.fmax = residual(objective);
  const { lowest } = state;
  lowest.idle = energy < lowest.energy || state.fmax < lowest.fmax ? 0 : lowest.idle + evaluations;
  lowest.energy = Math.min(lowest.energy, energy);
  lowest.fmax = Math.min(lowest.fmax, state.fmax);
  if (lowest.idle >= patience) state.stalled = true;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
