/**
 * Sampling along U_ζ = ζ U + (1 − ζ) U_ref as plain state: start, step, take the finished records, save, restore. How ζ
 * is treated is the method's; the motion, the walls, the records and the estimate are shared. Noise is a function of
 * (seed, replica, step), so nothing depends on when checkpoints are written.
 */
import { InputError } from '../data/errors.ts';
import { begin, evaluateBoth, kick, move } from './baoab.ts';
import { collect, openBlock } from './collect.ts';
import { couplings } from './couplings.ts';
import type { SampleRecord } from './records.ts';
import type { Reference } from './reference.ts';
import type { Method, SamplingOptions, SamplingState } from './state.ts';
import type { Target } from './target.ts';

export type { Coupling, Method, SamplingOptions, SamplingState } from './state.ts';

/** What is left to choose once temperature and steps are known. */
export const samplingDefaults = {
  method: 'abf' as Method,
  timestep: 0.002,
  friction: 10,
  nodes: 21,
  replica: 0,
  refresh: 10,
};

/** However long a run may become, its beginning is over after this many steps. */
const LONGEST_START = 20_000;

/** Steps of a record, 400 of them in a run unless that makes them too short or too long, and of the beginning. */
export const lengthsOf = (steps: number): { blockSteps: number; equilibration: number } => ({
  blockSteps: Math.min(500, Math.max(20, Math.round(steps / 400))),
  equilibration: Math.min(LONGEST_START, Math.floor(steps / 10)),
});

/** ζ_k = k/(M − 1). */
export const zetaOf = (k: number, nodes: number): number => k / (nodes - 1);

/**
 * Begins at an exact draw of the reference where it has one, else at its sites, with velocities of the temperature.
 * Throws InputError for options that make no sense.
 */
export function startSampling(target: Target, reference: Reference, options: SamplingOptions): SamplingState {
  check(target, reference, options);
  const { nodes } = options;
  const size = target.objective.x.length;
  const state: SamplingState = {
    step: 0,
    velocities: begin(target, reference, options),
    energy: 0,
    reference: 0,
    deltaU: 0,
    zeta: 0.5,
    weights: new Float64Array(nodes).fill(1 / nodes),
    bias: new Float64Array(nodes),
    num: new Float64Array(nodes),
    den: new Float64Array(nodes),
    own: {},
    block: openBlock(nodes, 1),
    sequence: 0,
    records: [],
    referenceForce: new Float64Array(size),
    force: new Float64Array(size),
    noise: new Float64Array(size),
    before: new Float64Array(size),
  };
  evaluateBoth(target, reference, state);
  couplings[options.method].start(state, options);
  mix(target, state);
  return state;
}

/** One step, one evaluation of the target; a finished block of steps becomes a record. Throws PhysicsError. */
export function stepSampling(
  target: Target,
  reference: Reference,
  state: SamplingState,
  options: SamplingOptions,
): SamplingState {
  const reflected = move(target, reference, state, options);
  state.step++;
  couplings[options.method].update(state, options, target, reference);
  mix(target, state);
  if (reflected < 0) kick(target, state, options);
  collect(state, target, reference, options, reflected);
  // an atom that went far made a new list where it was: back to the one that lasts
  if (state.step % options.blockSteps === 0) target.anchor?.(reference.x0);
  return state;
}

/** F = F_ref + ζ (F_U − F_ref). */
function mix({ objective: { f } }: Target, { force, referenceForce, zeta }: SamplingState): void {
  for (let i = 0; i < f.length; i++) force[i] = referenceForce[i] + zeta * (f[i] - referenceForce[i]);
}

/** The records finished since the last call; they leave the state. */
export function takeRecords(state: SamplingState): SampleRecord[] {
  return state.records.splice(0);
}

export interface SamplingCheckpoint {
  state: SamplingState;
  x: Float64Array;
  /** −∂U/∂x as it was computed: another list would add it up in another order. */
  f: Float64Array;
  target: unknown;
  reference: unknown;
}

/** A copy of all that the run needs to go on. Taking it does not touch the run. */
export function saveSampling(target: Target, reference: Reference, state: SamplingState): SamplingCheckpoint {
  return {
    state: structuredClone(state),
    x: target.objective.x.slice(),
    f: target.objective.f.slice(),
    target: target.save?.(),
    reference: reference.save?.(),
  };
}

/** Puts the target where the checkpoint was taken; the next step has the bits of the run that was never stopped. */
export function restoreSampling(target: Target, reference: Reference, saved: SamplingCheckpoint): SamplingState {
  const { x } = target.objective;
  if (saved.x.length !== x.length) {
    throw new InputError(`the checkpoint has ${saved.x.length} coordinates, the structure ${x.length}`);
  }
  x.set(saved.x);
  if (saved.target !== undefined) target.restore?.(saved.target);
  if (saved.reference !== undefined) reference.restore?.(saved.reference);
  target.objective.f.set(saved.f);
  return structuredClone(saved.state);
}

function check(target: Target, reference: Reference, options: SamplingOptions): void {
  const { temperature, steps, timestep, friction, nodes, blockSteps, equilibration, refresh, replica } = options;
  const need = (good: boolean, message: string) => {
    if (!good) throw new InputError(message);
  };
  need(temperature > 0 && temperature < Infinity, `a temperature of ${temperature} K; expected one above 0`);
  need(timestep > 0 && timestep < Infinity, `a time step of ${timestep} ps; expected one above 0`);
  need(friction > 0 && friction < Infinity, `a friction of ${friction} /ps; expected one above 0`);
  need(Number.isInteger(nodes) && nodes >= 2, `${nodes} nodes; expected a whole number of at least 2`);
  need(Number.isInteger(replica) && replica >= 0 && replica < 8192, `replica ${replica}; expected 0 to 8191`);
  for (const [name, value, least] of [
    ['steps', steps, 1],
    ['steps of a block', blockSteps, 1],
    ['steps between refreshments', refresh, 1],
    ['steps of equilibration', equilibration, 0],
  ] as const) {
    need(Number.isInteger(value) && value >= least && value < 2 ** 40, `${name}: ${value}; expected at least ${least}`);
  }
  need(
    reference.x0.length === target.objective.x.length,
    `the reference has ${reference.x0.length} coordinates, the target ${target.objective.x.length}`,
  );
}
