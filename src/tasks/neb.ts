/**
 * The path between two minima as data: relax the ends, lay a first path, relax the band roughly, add images where it is
 * coarse, then to the end, with images climbing where asked. One step at a time, from a checkpoint bit for bit.
 */
import type { Atoms } from '../data/atoms.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Match } from '../data/match.ts';
import type { Objective } from '../data/objective.ts';
import type { Engine, Mark } from '../engine/engine.ts';
import { requireExact } from '../engine/exact.ts';
import type { ListState } from '../engine/list.ts';
import { createSystem, type System } from '../engine/system.ts';
import { evaluateTogether } from '../engine/together.ts';
import { type Band, band, type EvaluateImages, still } from '../methods/band.ts';
import { climbers, missesHump } from '../methods/climbing.ts';
import { hold } from '../methods/hold.ts';
import { criterion, type MinimizerState, minimizerInit, minimizerStep } from '../methods/minimize.ts';
import { interpolate } from '../methods/path.ts';
import { type Profile, profileOf } from '../methods/profile.ts';
import { type Chain, insertImage, underResolved } from '../methods/resolution.ts';
import { distance } from '../methods/tangent.ts';
import { freeDirections, matchNeb, type NebInput, SAME_END, sameEnds } from './neb-input.ts';

export interface NebEnd {
  x: Float64Array;
  forces: Float64Array;
  energy: number;
  fmax: number;
  steps: number;
}

/** Plain and cloneable. */
export interface NebState {
  stage: 'first' | 'last' | 'rough' | 'fine' | 'done';
  /** Those that are ready. */
  ends: NebEnd[];
  minimizer: MinimizerState;
  chain?: Chain;
  climbing: number[];
  /** How often the climbing images were chosen anew. */
  switches: number;
  /** Steps of the band in earlier parts. */
  steps: number;
  /** Evaluations of single images, in earlier parts and the ends. */
  evaluations: number;
  /** How the last part ended. */
  outcome: 'running' | 'converged' | 'limit';
  reason: string;
}

export interface NebCheckpoint {
  state: NebState;
  x: Float64Array;
  lists: ListState[];
}

/** Forces above this are no minimum's, eV/Å, whatever fmax is. */
const ROUGH_END = 0.01;
/** A running task: state, and what it is bound to. */
export interface Neb {
  readonly input: NebInput;
  readonly match: Match;
  readonly free: readonly [boolean, boolean, boolean];
  readonly engine: Engine;
  readonly mark: Mark;
  systems: System[];
  objective: Objective | Band;
  state: NebState;
}

/** Checks the input and matches the ends; throws InputError. */
export function startNeb(engine: Engine, input: NebInput): Neb {
  return prepare(engine, input, undefined);
}

export function restoreNeb(engine: Engine, input: NebInput, saved: NebCheckpoint): Neb {
  return prepare(engine, input, saved);
}

export function saveNeb({ state, objective, systems }: Neb): NebCheckpoint {
  return {
    state: structuredClone(state),
    x: objective.x.slice(),
    lists: systems.map((system) => system.listState()),
  };
}

function prepare(engine: Engine, input: NebInput, saved: NebCheckpoint | undefined): Neb {
  requireExact(engine, 'a path');
  const { atoms, potential, options } = input;
  const free = freeDirections(atoms, potential);
  const match = matchNeb(input);
  const mark = engine.mark();
  const { systems, objective } = bindEnd(engine, input, atoms);
  const blank = { ends: [], climbing: [], switches: 0, steps: 0, evaluations: 0, reason: '' };
  const state = (): NebState => ({
    ...blank,
    stage: 'first',
    outcome: 'running',
    minimizer: minimizerInit(objective, options.method),
  });
  const neb: Neb = { input, match, free, engine, mark, systems, objective, state: saved?.state ?? state() };
  if (saved) resume(neb, saved);
  else settle(neb);
  return neb;
}

function resume(neb: Neb, saved: NebCheckpoint): void {
  neb.state = structuredClone(saved.state);
  const { stage } = neb.state;
  if (stage === 'last') bindStage(neb);
  else if (stage !== 'first') bindBand(neb);
  neb.objective.x.set(saved.x);
  neb.systems.forEach((system, k) => {
    system.x.set(saved.x.subarray(k * system.x.length, (k + 1) * system.x.length));
    system.restoreList(saved.lists[k]);
  });
  neb.objective.evaluate();
}

/** One step of whatever is being relaxed; then on to the next part where that is done. */
export function stepNeb(neb: Neb): void {
  minimizerStep(neb.objective, neb.state.minimizer);
  settle(neb);
}

/** fmax of the present part, eV/Å. */
function goal({ input: { options }, state: { stage } }: Neb): number {
  return stage === 'rough' ? Math.max(options.climbBelow, options.fmax) : options.fmax;
}

/** Moves on through all parts that need no step. */
function settle(neb: Neb): void {
  const { state } = neb;
  const { options } = neb.input;
  while (state.stage !== 'done') {
    const atEnd = state.stage === 'first' || state.stage === 'last';
    if (atEnd && !options.relaxEnds) {
      finishEnd(neb);
      continue;
    }
    const end = criterion(state.minimizer, { fmax: goal(neb), steps: options.steps - (atEnd ? 0 : state.steps) });
    if (!end) return;
    if (atEnd) {
      if (end.status !== 'converged') [state.outcome, state.reason] = ['limit', `relaxation of an end: ${end.reason}`];
      finishEnd(neb);
    } else finishBand(neb, end.status, end.reason, end.criterion === 'steps');
  }
}

const single = (neb: Neb): System => neb.systems[0];

/** The end that is bound has become what it will be. */
function finishEnd(neb: Neb): void {
  const { state, input } = neb;
  const system = single(neb);
  const { energy, fmax, step, evaluations } = state.minimizer;
  if (!input.options.relaxEnds && fmax > Math.max(input.options.fmax, ROUGH_END)) {
    throw new InputError(
      `the ${state.stage} end is no minimum: its largest force is ${fmax.toPrecision(3)} eV/Å; relax it, or let the ends be relaxed`,
    );
  }
  state.ends.push({ x: system.x.slice(), forces: neb.objective.f.slice(), energy, fmax, steps: step });
  state.evaluations += evaluations;
  if (state.stage === 'first') {
    state.stage = 'last';
    bindStage(neb);
    state.minimizer = minimizerInit(neb.objective, input.options.method);
    return;
  }
  const [first, last] = state.ends;
  // relaxed apart from each other they may have drifted
  const drift = last.x.map((x, k) => x - first.x[k]);
  const rigid = drift.slice();
  still(rigid, neb.free);
  for (let k = 0; k < drift.length; k++) last.x[k] += rigid[k] - drift[k];
  if (distance(first.x, last.x) < SAME_END) throw sameEnds(false);
  layPath(neb);
}

function layPath(neb: Neb): void {
  const { state, input } = neb;
  const { images, spring, interpolate: kind } = input.options;
  const [first, last] = state.ends;
  const x = interpolate({ ...input.atoms, positions: first.x }, last.x, images, kind);
  state.chain = { x, springs: new Float64Array(images - 1).fill(spring) };
  state.stage = stagesOf(neb);
  bindBand(neb);
  try {
    state.minimizer = minimizerInit(neb.objective, input.options.method);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof PhysicsError)) throw error;
    const remedy = kind === 'linear' ? 'interpolate by idpp, which keeps them apart' : 'use another number of images';
    throw new PhysicsError(`atoms run into each other on the first path (${error.message}): ${remedy}`);
  }
}

/** Straight to the end where nothing happens on the way. */
function stagesOf({ input: { options } }: Neb): 'rough' | 'fine' {
  return options.climb === 'none' && options.maxImages <= options.images ? 'fine' : 'rough';
}

function bindEnd(engine: Engine, { potential, skin, atoms }: NebInput, start: Atoms) {
  const system = createSystem(engine, { ...atoms, positions: start.positions }, potential, { skin });
  return { systems: [system], objective: hold(system, atoms.fixed) as Objective };
}

function bindStage(neb: Neb): void {
  neb.engine.release(neb.mark);
  Object.assign(neb, bindEnd(neb.engine, neb.input, neb.match.atoms));
}

/** Systems for all moving images, and the band over them. */
function bindBand(neb: Neb): void {
  const { state, input, engine } = neb;
  if (!state.chain) throw new Error('a band without images');
  const { x, springs } = state.chain;
  const size = input.atoms.positions.length;
  engine.release(neb.mark);
  neb.systems = Array.from({ length: x.length / size }, (_, k) => {
    const positions = x.slice(k * size, (k + 1) * size);
    return createSystem(engine, { ...input.atoms, positions }, input.potential, { skin: input.skin });
  });
  bindForces(neb, x, springs);
}

/** A band over the systems that are there. */
function bindForces(neb: Neb, x: Float64Array, springs: Float64Array): void {
  const { state, input, free } = neb;
  const [first, last] = state.ends;
  const evaluate = imagesOn(neb.engine, neb.systems, input.atoms.fixed);
  neb.objective = band(x, evaluate, { first, last, springs, climbing: state.climbing, free });
}

/** Every image in a system of its own, whole images shared among the threads; held components feel no force. */
function imagesOn(engine: Engine, systems: readonly System[], fixed: Uint8Array | undefined): EvaluateImages {
  return (x, energies, forces) => {
    systems.forEach((system, k) => {
      system.x.set(x.subarray(k * system.x.length, (k + 1) * system.x.length));
    });
    energies.set(evaluateTogether(engine, systems));
    systems.forEach(({ f }, k) => {
      forces.set(f, k * f.length);
      if (fixed) for (let i = 0; i < f.length; i++) if (fixed[i]) forces[k * f.length + i] = 0;
    });
  };
}

/** The band of a task whose ends are ready. */
export function bandOf({ objective }: Neb): Band {
  if (!('image' in objective)) throw new Error('the ends are not ready');
  return objective;
}

/** All images, ends included. */
export function imagesOf(neb: Neb): Float64Array[] {
  const chain = bandOf(neb);
  return Array.from({ length: chain.energies.length }, (_, k) => chain.image(k));
}

/** (size) true forces of every image, ends included. */
export function forcesOf(neb: Neb): Float64Array[] {
  const { forces, size } = bandOf(neb);
  const [first, last] = neb.state.ends;
  const moving = neb.systems.map((_, k) => forces.subarray(k * size, (k + 1) * size));
  return [first.forces, ...moving, last.forces];
}

export function profileOfNeb(neb: Neb): Profile {
  return profileOf({ images: imagesOf(neb), energies: bandOf(neb).energies, forces: forcesOf(neb) });
}

function finishBand(neb: Neb, status: 'converged' | 'limit', reason: string, exhausted: boolean): void {
  const { state } = neb;
  const { options } = neb.input;
  book(neb);
  const profile = profileOfNeb(neb);
  const images = imagesOf(neb);
  const coarse = !exhausted && images.length < options.maxImages ? underResolved(profile, images) : undefined;
  if (coarse !== undefined && state.chain) {
    state.chain = insertImage({ ...state.chain, x: neb.objective.x }, images, coarse);
    state.stage = 'rough';
    state.climbing = [];
    bindBand(neb);
    state.minimizer = minimizerInit(neb.objective, options.method);
    return;
  }
  if (state.stage === 'rough' && !exhausted) {
    state.stage = 'fine';
    climb(neb, climbers(profile, options.climb));
    state.minimizer = minimizerInit(neb.objective, options.method);
    return;
  }
  const better = climbers(profile, options.climb);
  if (!exhausted && state.switches < 3 && missesHump(profile, state.climbing, better)) {
    state.switches++;
    climb(neb, better);
    state.minimizer = minimizerInit(neb.objective, options.method);
    return;
  }
  state.stage = 'done';
  if (state.outcome === 'running') [state.outcome, state.reason] = [status, reason];
}

/** Adds the counters of a part that is over. */
function book({ state, systems }: Neb): void {
  state.steps += state.minimizer.step;
  state.evaluations += state.minimizer.evaluations * systems.length;
  // counted now, and not again
  state.minimizer.step = 0;
  state.minimizer.evaluations = 0;
}

function climb(neb: Neb, climbing: number[]): void {
  const { state, objective } = neb;
  state.climbing = climbing;
  if (state.chain) bindForces(neb, objective.x, state.chain.springs);
}
