/**
 * A saddle from a minimum and a displacement, as data: relax the minimum, follow its softest mode uphill from the displaced
 * positions, then relax down on both sides to see which minima it joins. One step at a time, from a checkpoint bit for bit.
 */
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import type { Objective } from '../data/objective.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { requireExact } from '../engine/exact.ts';
import type { ListState } from '../engine/list.ts';
import { createSystem, type System } from '../engine/system.ts';
import { still } from '../methods/band.ts';
import { type Dimer, type DimerState, dimer } from '../methods/dimer.ts';
import { hold } from '../methods/hold.ts';
import { criterion, type MinimizerState, minimizerInit, minimizerStep } from '../methods/minimize.ts';
import { distance } from '../methods/tangent.ts';
import { freeDirections } from './neb-input.ts';

export interface SaddleOptions {
  method: 'fire' | 'lbfgs';
  /** eV/Å. */
  fmax: number;
  /** Most steps of each part. */
  steps: number;
  /** Relaxes the minimum first; else it is taken as it is. */
  relaxStart: boolean;
  /** Relaxes from the saddle down both sides. */
  connect: boolean;
}

export interface SaddleInput {
  /** The minimum. */
  atoms: Atoms;
  /** (3n) Å from the minimum to where the search begins; also the first guess of the mode. */
  displacement: Float64Array;
  potential: Potential;
  options: SaddleOptions;
  /** Å. */
  skin?: number;
}

export interface Stationary {
  x: Float64Array;
  energy: number;
  fmax: number;
}

/** Plain and cloneable. */
export interface SaddleState {
  stage: 'start' | 'climb' | 'forward' | 'backward' | 'done';
  minimizer: MinimizerState;
  start?: Stationary;
  dimer?: DimerState;
  saddle?: Stationary & { curvature: number; mode: Float64Array };
  sides: Stationary[];
  steps: number;
  evaluations: number;
  outcome: 'running' | 'converged' | 'limit';
  reason: string;
}

export interface SaddleCheckpoint {
  state: SaddleState;
  x: Float64Array;
  list: ListState;
}

export interface SaddleSearch {
  readonly input: SaddleInput;
  readonly free: readonly [boolean, boolean, boolean];
  readonly system: System;
  /** The system with held components. */
  readonly inner: Objective;
  objective: Objective;
  state: SaddleState;
}

/** Å: no atom moves farther in a step uphill. */
const UPHILL = 0.1;
/** Å: how far from the saddle the ways down begin. */
const ASIDE = 0.1;
/** Å over all coordinates: nearer than this it is the minimum of the start. */
const SAME = 0.1;

/** Throws InputError for a displacement that moves nothing. */
export function startSaddle(engine: Engine, input: SaddleInput): SaddleSearch {
  const search = prepare(engine, input);
  settle(search);
  return search;
}

export function restoreSaddle(engine: Engine, input: SaddleInput, saved: SaddleCheckpoint): SaddleSearch {
  const search = prepare(engine, input);
  search.state = structuredClone(saved.state);
  const { state, system, inner } = search;
  if (state.stage === 'climb' && state.dimer) {
    system.x.set(saved.x);
    const followed = follow(search, state.dimer.mode);
    followed.restore(state.dimer);
    search.objective = followed;
  } else search.objective = inner;
  system.x.set(saved.x);
  system.restoreList(saved.list);
  if (state.stage !== 'climb') inner.evaluate();
  return search;
}

export function saveSaddle({ state, objective, system }: SaddleSearch): SaddleCheckpoint {
  const now = 'save' in objective ? (objective as Dimer).save() : undefined;
  return { state: structuredClone({ ...state, dimer: now }), x: objective.x.slice(), list: system.listState() };
}

function prepare(engine: Engine, input: SaddleInput): SaddleSearch {
  requireExact(engine, 'a saddle point');
  const { atoms, potential, displacement, skin } = input;
  if (displacement.length !== atoms.positions.length) {
    throw new InputError(`a displacement of ${displacement.length / 3} atoms for ${atoms.numbers.length}`);
  }
  const free = freeDirections(atoms, potential);
  const way = displacementOf(input, free);
  if (!(Math.sqrt(way.reduce((sum, d) => sum + d * d, 0)) > 1e-3)) {
    throw new InputError(
      'the displacement moves no atom that is free to move: a saddle search needs one to start with',
    );
  }
  const system = createSystem(engine, atoms, potential, { skin });
  const inner = hold(system, atoms.fixed);
  const minimizer = minimizerInit(inner, input.options.method);
  const blank = { sides: [], steps: 0, evaluations: 0, reason: '' };
  const state: SaddleState = { ...blank, stage: 'start', outcome: 'running', minimizer };
  return { input, free, system, inner, objective: inner, state };
}

/** Without held components and rigid translation. */
function displacementOf({ displacement, atoms }: SaddleInput, free: readonly boolean[]): Float64Array {
  const way = displacement.map((d, k) => (atoms.fixed?.[k] ? 0 : d));
  still(way, free);
  return way;
}

function follow({ inner, free }: SaddleSearch, mode: Float64Array): Dimer {
  return dimer(inner, { mode, free });
}

export function stepSaddle(search: SaddleSearch): void {
  const uphill = search.state.stage === 'climb';
  minimizerStep(search.objective, search.state.minimizer, uphill ? { maxStep: UPHILL } : {});
  settle(search);
}

/** Moves on through all parts that need no step. */
function settle(search: SaddleSearch): void {
  const { state } = search;
  const { fmax, steps, relaxStart } = search.input.options;
  while (state.stage !== 'done') {
    const skipped = state.stage === 'start' && !relaxStart;
    const end = skipped ? undefined : criterion(state.minimizer, { fmax, steps });
    if (!end && !skipped) return;
    if (end && end.status !== 'converged' && state.outcome === 'running') {
      [state.outcome, state.reason] = ['limit', `${words[state.stage]}: ${end.reason}`];
    }
    if (end && state.stage === 'climb' && state.outcome === 'running') state.reason = end.reason;
    finishPart(search);
  }
  if (state.outcome === 'running') state.outcome = 'converged';
}

const words = {
  start: 'relaxation of the minimum',
  climb: 'search',
  forward: 'way down',
  backward: 'way down',
  done: '',
};

function finishPart(search: SaddleSearch): void {
  const { state, objective, input } = search;
  const { minimizer, stage } = state;
  const found: Stationary = { x: objective.x.slice(), energy: minimizer.energy, fmax: minimizer.fmax };
  state.steps += minimizer.step;
  state.evaluations += 'save' in objective ? (objective as Dimer).save().evaluations : minimizer.evaluations;
  if (stage === 'start') {
    state.start = found;
    state.stage = 'climb';
    const way = displacementOf(input, search.free);
    for (let k = 0; k < way.length; k++) search.system.x[k] = found.x[k] + way[k];
    search.objective = follow(search, way);
  } else if (stage === 'climb') {
    const { mode, curvature } = objective as Dimer;
    state.saddle = { ...found, curvature: curvature(), mode: mode.slice() };
    state.stage = input.options.connect && state.outcome === 'running' ? 'forward' : 'done';
    if (state.stage === 'forward') aside(search, ASIDE);
  } else {
    state.sides.push(found);
    state.stage = stage === 'forward' ? 'backward' : 'done';
    if (state.stage === 'backward') aside(search, -ASIDE);
  }
  if (state.stage !== 'done') state.minimizer = minimizerInit(search.objective, input.options.method);
}

/** Next to the saddle, along its mode. */
function aside(search: SaddleSearch, length: number): void {
  const { saddle } = search.state;
  if (!saddle) return;
  search.objective = search.inner;
  for (let k = 0; k < saddle.x.length; k++) search.inner.x[k] = saddle.x[k] + length * saddle.mode[k];
}

export type SaddleResult = {
  converged: boolean;
  /** Which criterion stopped it, in words. */
  reason: string;
  /** eV, of the saddle. */
  energy: number;
  /** eV above the minimum of the start. */
  barrier: number;
  /** eV above the minimum on the other side; null where that was not looked for or neither side is the start. */
  reverseBarrier: number | null;
  /** eV/Å² along the mode: negative at a saddle. */
  curvature: number;
  /** eV/Å. */
  fmax: number;
  start: { energy: number; fmax: number };
  /** Minima down both sides: `distance` (Å, over all coordinates) from the start, `start`: it is the start. */
  sides: { energy: number; fmax: number; distance: number; start: boolean }[];
  steps: number;
  evaluations: number;
  /** (n,3) Å, unit vector over all. */
  mode: number[][];
  /** (n,3) Å. */
  positions: number[][];
};

export function describeSaddle({ state, free }: SaddleSearch): SaddleResult {
  const { start, saddle } = state;
  if (!start || !saddle) throw new Error('the search is not over');
  const sides = state.sides.map((side) => {
    const apart = distanceTo(start.x, side.x, free);
    return { energy: side.energy, fmax: side.fmax, distance: apart, start: apart < SAME };
  });
  const other = sides.some((side) => side.start) ? sides.find((side) => !side.start) : undefined;
  const rows = (a: Float64Array) => Array.from({ length: a.length / 3 }, (_, i) => [...a.subarray(3 * i, 3 * i + 3)]);
  return {
    converged: state.outcome === 'converged',
    reason: state.reason,
    energy: saddle.energy,
    barrier: saddle.energy - start.energy,
    reverseBarrier: other ? saddle.energy - other.energy : null,
    curvature: saddle.curvature,
    fmax: saddle.fmax,
    start: { energy: start.energy, fmax: start.fmax },
    sides,
    steps: state.steps,
    evaluations: state.evaluations,
    mode: rows(saddle.mode),
    positions: rows(saddle.x),
  };
}

function distanceTo(a: Float64Array, b: Float64Array, free: readonly boolean[]): number {
  const d = b.map((x, k) => x - a[k]);
  still(d, free);
  return distance(d, new Float64Array(d.length));
}
