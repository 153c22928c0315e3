/**
 * Independent samplings of one seed, in turns, a block of steps each, until all steps are done or the error is small
 * enough. Whether it is, is asked at steps that the options alone decide, and of the records alone.
 */
import { InputError, PhysicsError } from '../data/errors.ts';
import { methods } from './estimators.ts';
import type { Prepared } from './prepare.ts';
import type { ReferenceRecord, SampleRecord } from './records.ts';
import type { Reference } from './reference.ts';
import type { Estimate } from './result.ts';
import {
  type Method,
  restoreSampling,
  type SamplingCheckpoint,
  type SamplingOptions,
  type SamplingState,
  saveSampling,
  startSampling,
  stepSampling,
} from './sampling.ts';
import type { Target } from './target.ts';

export interface ReplicaOptions extends Omit<SamplingOptions<Method>, 'replica'> {
  replicas: number;
  /** eV: stop once the standard error is below it and all checks pass. */
  targetError?: number;
}

export interface Replica {
  target: Target;
  reference: Reference;
  options: SamplingOptions;
  state: SamplingState;
}

export type Records = (SampleRecord | ReferenceRecord)[];

type Origin = Pick<Prepared, 'target' | 'reference' | 'another'>;

/** New ones, or those that were saved. */
export function startReplicas(
  prepared: Origin,
  { replicas, ...options }: ReplicaOptions,
  saved?: readonly SamplingCheckpoint[],
): Replica[] {
  if (saved && saved.length !== replicas)
    throw new InputError(`the checkpoint has ${saved.length} replicas, ${replicas} were expected`);
  return Array.from({ length: replicas }, (_, replica) => {
    const { target, reference } = replica === 0 ? prepared : prepared.another();
    const own: SamplingOptions = { ...options, replica };
    const state = saved ? restoreSampling(target, reference, saved[replica]) : startSampling(target, reference, own);
    return { target, reference, options: own, state };
  });
}

export const saveReplicas = (replicas: readonly Replica[]): SamplingCheckpoint[] =>
  replicas.map(({ target, reference, state }) => saveSampling(target, reference, state));

/** Whose turn it is: of those with the fewest finished blocks the first; none where all are done. */
export function nextReplica(replicas: readonly Replica[]): Replica | undefined {
  let best: Replica | undefined;
  for (const replica of replicas) {
    const { state, options } = replica;
    if (state.step < options.steps && (!best || state.sequence < best.state.sequence)) best = replica;
  }
  return best;
}

/** Steps of all together. */
export const stepsDone = (replicas: readonly Pick<Replica, 'state'>[]): number =>
  replicas.reduce((sum, { state }) => sum + state.step, 0);

/** One step; throws PhysicsError with the replica and the step. */
export function stepReplica({ target, reference, state, options }: Replica): void {
  const step = state.step + 1;
  try {
    stepSampling(target, reference, state, options);
  } catch (error) {
    if (!(error instanceof PhysicsError)) throw error;
    const where = options.replica > 0 ? `replica ${options.replica}, ` : '';
    throw new PhysicsError(`${where}step ${step}: ${error.message}`);
  }
}

/** Turns of all replicas, beyond equilibration, before a target error can end the run. */
const TURNS = 20;

/** Whether the target error is met: asked after whole turns, at 20 and then every twentieth more. */
export function errorReached(
  records: Records,
  replicas: readonly Replica[],
  from: Pick<Prepared, 'reference'>,
  options: ReplicaOptions,
): boolean {
  const { targetError, equilibration, blockSteps } = options;
  if (targetError === undefined) return false;
  const { sequence, step: now } = replicas[0].state;
  const turns = sequence - Math.ceil(equilibration / blockSteps);
  const whole = replicas.every(({ state }) => state.step === now && state.sequence === sequence);
  if (!whole || now !== sequence * blockSteps || turns < TURNS || turns % Math.floor(turns / TURNS) !== 0) return false;
  const found = estimateOf(records, from, options);
  return found.error <= targetError && found.passed;
}

/** What the records say so far. */
export const estimateOf = (
  records: Records,
  { reference }: Pick<Prepared, 'reference'>,
  options: ReplicaOptions,
): Estimate => methods[options.method].estimate(records, { ...options, modes: reference.modes });
