/** The table of minimizers, and the loop that drives one until a criterion stops it. */
import { InputError } from '../data/errors.ts';
import type { Objective } from '../data/objective.ts';
import { type CgState, cgInit, cgStep } from './cg.ts';
import { type FireState, fireInit, fireStep } from './fire.ts';
import { type LbfgsState, lbfgsInit, lbfgsStep } from './lbfgs.ts';

export const minimizers = ['cg', 'fire', 'lbfgs'] as const;
export type Minimizer = (typeof minimizers)[number];
export type MinimizerState = CgState | FireState | LbfgsState;

export interface MinimizeOptions {
  /** eV/Å: done when no atom feels more. */
  fmax: number;
  /** Most steps in all, those of `state` included; default 10000. */
  steps?: number;
  /** Å: no atom moves farther in one step. Default 0.2. */
  maxStep?: number;
  /** A state to go on from, in place of a beginning. */
  state?: MinimizerState;
}

export interface Minimum {
  status: 'converged' | 'limit';
  criterion: 'fmax' | 'steps' | 'stalled';
  /** The criterion in words. */
  reason: string;
  steps: number;
  evaluations: number;
  fmax: number;
  energy: number;
}

export function minimizerInit(objective: Objective, method: Minimizer): MinimizerState {
  switch (method) {
    case 'cg':
      return cgInit(objective);
    case 'fire':
      return fireInit(objective);
    case 'lbfgs':
      return lbfgsInit(objective);
  }
}

export function minimizerStep(
  objective: Objective,
  state: MinimizerState,
  options: { maxStep?: number } = {},
): MinimizerState {
  switch (state.kind) {
    case 'cg':
      return cgStep(objective, state, options);
    case 'fire':
      return fireStep(objective, state, options);
    case 'lbfgs':
      return lbfgsStep(objective, state, options);
  }
}

/** Why the relaxation stops at `state`, or undefined while it goes on. */
export function criterion(state: MinimizerState, { fmax, steps = 10000 }: MinimizeOptions): Minimum | undefined {
  const end = (kind: Minimum['criterion'], reason: string): Minimum => ({
    status: kind === 'fmax' ? 'converged' : 'limit',
    criterion: kind,
    reason,
    steps: state.step,
    evaluations: state.evaluations,
    fmax: state.fmax,
    energy: state.energy,
  });
  if (state.fmax <= fmax) return end('fmax', `fmax ${state.fmax.toExponential(2)} <= ${fmax} eV/Å`);
  if (state.stalled)
    return end(
      'stalled',
      'stalled: no lower energy along the forces in double precision (or the potential has a step, or atoms collapse)',
    );
  if (state.step >= steps) return end('steps', `${steps} steps done`);
  return undefined;
}

/**
 * Relaxes step by step: yields the state at the beginning and after every step, so that the caller can draw, checkpoint
 * or leave in between; returns why it stopped.
 */
export function* minimizing(
  objective: Objective,
  method: Minimizer,
  options: MinimizeOptions,
): Generator<MinimizerState, Minimum> {
  const { fmax, steps = 0, maxStep = 1 } = options;
  if (!(fmax >= 0)) throw new InputError(`fmax is ${fmax}; expected a number of eV/Å that is not negative`);
  if (!(Number.isInteger(steps) && steps >= 0)) throw new InputError(`steps is ${steps}; expected an integer >= 0`);
  if (!(maxStep > 0)) throw new InputError(`maxStep is ${maxStep}; expected a positive number of Å`);
  const state = options.state ?? minimizerInit(objective, method);
  for (;;) {
    yield state;
    const end = criterion(state, options);
    if (end) return end;
    minimizerStep(objective, state, options);
  }
}

/** Relaxes to the end; `onStep` sees every state that `minimizing` yields. */
export function minimize(
  objective: Objective,
  method: Minimizer,
  options: MinimizeOptions & { onStep?: (state: MinimizerState) => void },
): Minimum {
  const run = minimizing(objective, method, options);
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
    options.onStep?.(value);
  }
}
