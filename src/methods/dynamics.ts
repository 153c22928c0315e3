/** The table of ensembles: one way to begin, step and check any integrator, told apart by the `kind` in its state. */
import type { CellObjective } from '../data/objective.ts';
import { type LangevinState, langevinInit, langevinInvariant, langevinStep } from './langevin.ts';
import type { Particles } from './motion.ts';
import { type NoseHooverState, noseHooverInit, noseHooverInvariant, noseHooverStep } from './nose-hoover.ts';
import { type NptInitOptions, type NptOptions, type NptState, nptInit, nptInvariant, nptStep } from './npt.ts';
import { type VerletState, verletInit, verletInvariant, verletStep } from './verlet.ts';

export const ensembles = ['nve', 'langevin', 'nhc', 'npt'] as const;
export type Ensemble = (typeof ensembles)[number];

/** Everything that any ensemble reads; each ignores what is not its own. */
export interface DynamicsOptions extends NptOptions {
  /** 1/ps, Langevin. */
  friction: number;
  /** Langevin. */
  seed: bigint;
}

export type DynamicsState = VerletState | LangevinState | NoseHooverState | NptState;

export function dynamicsInit(
  ensemble: Ensemble,
  objective: CellObjective,
  options: Particles & NptInitOptions,
): DynamicsState {
  switch (ensemble) {
    case 'nve':
      return verletInit(objective, options);
    case 'langevin':
      return langevinInit(objective, options);
    case 'nhc':
      return noseHooverInit(objective, options);
    case 'npt':
      return nptInit(objective, options);
  }
}

/** One step; changes `state` and `objective` in place. Targets of a ramp are the caller's, step by step. */
export function dynamicsStep(objective: CellObjective, state: DynamicsState, options: DynamicsOptions): DynamicsState {
  switch (state.kind) {
    case 'nve':
      return verletStep(objective, state, options);
    case 'langevin':
      return langevinStep(objective, state, options);
    case 'nhc':
      return noseHooverStep(objective, state, options);
    case 'npt':
      return nptStep(objective, state, options);
  }
}

/**
 * The targets of a ramp change between two steps. The energy of the baths (PV, the chains' kT) jumps with them: that is
 * work from outside, and counted, so that the invariant is conserved along the ramp as well.
 */
export function retarget(
  objective: CellObjective,
  state: DynamicsState,
  from: DynamicsOptions,
  to: DynamicsOptions,
): void {
  if (state.kind !== 'nhc' && state.kind !== 'npt') return;
  if (from.temperature === to.temperature && from.pressure === to.pressure) return;
  state.work += dynamicsInvariant(objective, state, to) - dynamicsInvariant(objective, state, from);
}

/** eV; what the ensemble conserves (Langevin: energy less the heat brought in; baths: less the work of `retarget`). */
export function dynamicsInvariant(objective: CellObjective, state: DynamicsState, options: DynamicsOptions): number {
  switch (state.kind) {
    case 'nve':
      return verletInvariant(objective, state);
    case 'langevin':
      return langevinInvariant(objective, state);
    case 'nhc':
      return noseHooverInvariant(objective, state, options);
    case 'npt':
      return nptInvariant(objective, state, options);
  }
}
