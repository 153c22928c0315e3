/**
 * L-BFGS: the two-loop recursion over the last steps (Liu, Nocedal 1989, 10.1007/BF01589116), pairs without positive
 * curvature left out, back to steepest descent when the direction fails. Most steps are one evaluation.
 */
import { InputError } from '../data/errors.ts';
import type { Objective } from '../data/objective.ts';
import { fmax } from './fmax.ts';
import { lineSearch } from './linesearch.ts';
import { book, dot, type Relaxation, relaxation } from './relaxation.ts';

export interface LbfgsOptions {
  /** Å: no atom moves farther in one step. Default 0.2. */
  maxStep?: number;
}

export interface LbfgsState extends Relaxation {
  kind: 'lbfgs';
  /** Steps remembered, newest last: moves of x and of −f, and 1/(their product). */
  moves: Float64Array[];
  changes: Float64Array[];
  weights: number[];
  /** Most steps remembered; each costs 2·length(x) numbers. */
  memory: number;
}

/** `memory` default 20. */
export function lbfgsInit(objective: Objective, { memory = 20 }: { memory?: number } = {}): LbfgsState {
  if (!(Number.isInteger(memory) && memory >= 1))
    throw new InputError(`memory is ${memory}; expected a positive integer`);
  return { kind: 'lbfgs', ...relaxation(objective), moves: [], changes: [], weights: [], memory };
}

export function lbfgsStep(objective: Objective, state: LbfgsState, { maxStep = 0.2 }: LbfgsOptions = {}): LbfgsState {
  const { f } = objective;
  let direction = recursion(f, state);
  if (!(dot(f, direction) > 1e-6 * Math.sqrt(dot(f, f) * dot(direction, direction)))) {
    forget(state);
    direction = recursion(f, state);
  }
  const longest = maxStep / fmax(direction);
  if (!(longest < Infinity)) {
    state.stalled = true;
    return state;
  }
  const steepest = state.moves.length === 0;
  const before = f.slice();
  const end = lineSearch(objective, { direction, energy: state.energy, trial: 1, longest, drop: 0.75 });
  // forces of no energy that grow say that what is remembered misleads
  const astray = objective.conservative === false && dot(f, f) > dot(before, before);
  if (end.length > 0 && !astray) remember(state, direction, end.length, before, f);
  else if (steepest && !astray) state.stalled = true;
  else forget(state);
  book(objective, state, end.energy, end.evaluations);
  return state;
}

/** Approximate inverse Hessian times f; f/(20 eV/Å²) while nothing is remembered. */
function recursion(f: Float64Array, { moves, changes, weights }: LbfgsState): Float64Array {
  const q = f.slice();
  const last = moves.length - 1;
  const shares = new Array<number>(moves.length);
  for (let k = last; k >= 0; k--) {
    shares[k] = weights[k] * dot(moves[k], q);
    add(q, -shares[k], changes[k]);
  }
  const scale = last < 0 ? 1 / 20 : 1 / (weights[last] * dot(changes[last], changes[last]));
  for (let i = 0; i < q.length; i++) q[i] *= scale;
  for (let k = 0; k <= last; k++) add(q, shares[k] - weights[k] * dot(changes[k], q), moves[k]);
  return q;
}

function add(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] += factor * b[i];
}

function remember(
  state: LbfgsState,
  direction: Float64Array,
  length: number,
  before: Float64Array,
  f: Float64Array,
): void {
  const move = direction.map((d) => length * d);
  const change = before.map((g, i) => g - f[i]);
  const product = dot(move, change);
  if (!(product > 1e-8 * Math.sqrt(dot(move, move) * dot(change, change)))) return;
  state.moves.push(move);
  state.changes.push(change);
  state.weights.push(1 / product);
  if (state.moves.length > state.memory) {
    state.moves.shift();
    state.changes.shift();
    state.weights.shift();
  }
}

function forget(state: LbfgsState): void {
  state.moves = [];
  state.changes = [];
  state.weights = [];
}
