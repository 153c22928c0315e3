/**
 * FIRE 2.0: damped dynamics that turns towards the force and stops on the way uphill (Guénolé et al. 2020,
 * 10.1016/j.commatsci.2020.109584; parameters from there). Unit mass, so times are in √(Å²/eV).
 */
import type { Objective } from '../data/objective.ts';
import { fmax } from './fmax.ts';
import { book, dot, type Relaxation, relaxation } from './relaxation.ts';

export interface FireOptions {
  /** Å: no atom moves farther in one step (half as far back again after an uphill one). Default 0.2. */
  maxStep?: number;
  /** Longest timestep, √(Å²/eV). Default 1; the shortest is a five-hundredth of it. */
  maxTimestep?: number;
}

export interface FireState extends Relaxation {
  kind: 'fire';
  velocities: Float64Array;
  timestep: number;
  /** Share of the force's direction in the velocity. */
  mixing: number;
  /** Steps since the way last led uphill. */
  downhill: number;
}

const start = 0.25;
const delay = 20;

export function fireInit(objective: Objective): FireState {
  return {
    kind: 'fire',
    ...relaxation(objective),
    velocities: new Float64Array(objective.x.length),
    timestep: 0.1,
    mixing: start,
    downhill: 0,
  };
}

export function fireStep(objective: Objective, state: FireState, options: FireOptions = {}): FireState {
  const { maxStep = 0.2, maxTimestep = 1 } = options;
  const { x, f } = objective;
  const { velocities: v } = state;
  const uphill = dot(f, v) <= 0;
  if (!uphill) {
    if (++state.downhill > delay) {
      state.timestep = Math.min(state.timestep * 1.1, maxTimestep);
      state.mixing *= 0.99;
    }
  } else {
    state.downhill = 0;
    // the first steps may overshoot without being punished
    if (state.step >= delay) state.timestep = Math.max(state.timestep * 0.5, maxTimestep / 500);
    state.mixing = start;
    for (let i = 0; i < x.length; i++) {
      x[i] -= 0.5 * state.timestep * v[i];
      v[i] = 0;
    }
  }
  for (let i = 0; i < x.length; i++) v[i] += state.timestep * f[i];
  if (!uphill) mix(v, f, state.mixing);
  const far = state.timestep * fmax(v);
  if (far > maxStep) for (let i = 0; i < x.length; i++) v[i] *= maxStep / far;
  for (let i = 0; i < x.length; i++) x[i] += state.timestep * v[i];
  book(objective, state, objective.evaluate(), 1);
  return state;
}

/** v ← (1 − a) v + a |v| f/|f|. */
function mix(v: Float64Array, f: Float64Array, a: number): void {
  const share = a * Math.sqrt(dot(v, v) / dot(f, f));
  for (let i = 0; i < v.length; i++) v[i] = (1 - a) * v[i] + share * f[i];
}
