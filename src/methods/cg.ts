/**
 * Conjugate gradient, Polak–Ribière+ (β >= 0; Polak, Ribière 1969, 10.1051/m2an/196903R100351), restarted where
 * successive gradients are no longer orthogonal (Powell 1977, 10.1007/BF01593790). One step is one line search.
 */
import type { Objective } from '../data/objective.ts';
import { fmax } from './fmax.ts';
import { lineSearch } from './linesearch.ts';
import { book, dot, type Relaxation, relaxation } from './relaxation.ts';

export interface CgOptions {
  /** Å: no atom moves farther in one step. Default 0.2. */
  maxStep?: number;
}

export interface CgState extends Relaxation {
  kind: 'cg';
  /** Last direction. */
  direction: Float64Array;
  /** f where the last line search began. */
  previous: Float64Array;
  /** Curvature along the last line, eV/Å² (per unit length of x). */
  curvature: number;
  /** The next direction is to be the force. */
  fresh: boolean;
}

export function cgInit(objective: Objective): CgState {
  const size = objective.x.length;
  return {
    kind: 'cg',
    ...relaxation(objective),
    direction: new Float64Array(size),
    previous: new Float64Array(size),
    curvature: 20,
    fresh: true,
  };
}

export function cgStep(objective: Objective, state: CgState, { maxStep = 0.2 }: CgOptions = {}): CgState {
  turn(objective.f, state);
  const { direction } = state;
  state.previous.set(objective.f);
  const square = dot(direction, direction);
  const trial = dot(objective.f, direction) / (state.curvature * square);
  const longest = maxStep / fmax(direction);
  if (!(square > 0 && longest < Infinity)) {
    state.stalled = true;
    return state;
  }
  const end = lineSearch(objective, { direction, energy: state.energy, trial, longest, drop: 0.1 });
  // along the force itself nothing lower was found
  if (end.length === 0 && state.fresh) state.stalled = true;
  state.fresh = end.length === 0;
  if (end.curvature > 0) state.curvature = end.curvature / square;
  book(objective, state, end.energy, end.evaluations);
  return state;
}

/** The next direction from the present force, the last force and the last direction. */
function turn(f: Float64Array, state: CgState): void {
  const { direction, previous } = state;
  const square = dot(f, f);
  const overlap = dot(f, previous);
  if (Math.abs(overlap) >= 0.3 * square) state.fresh = true;
  const beta = state.fresh ? 0 : Math.max(0, (square - overlap) / dot(previous, previous));
  for (let i = 0; i < f.length; i++) direction[i] = f[i] + beta * direction[i];
  state.fresh = beta === 0;
  if (!(dot(f, direction) > 1e-3 * Math.sqrt(square * dot(direction, direction)))) {
    direction.set(f);
    state.fresh = true;
  }
}
