/**
 * Velocity Verlet, NVE: half a kick, a drift, half a kick. Symplectic, time-reversible, second order
 * (Swope, Andersen, Berens, Wilson 1982, 10.1063/1.442716).
 */
import type { Objective } from '../data/objective.ts';
import { kinetic, type Motion, motion, type Particles, verletMoves } from './motion.ts';

export interface VerletOptions {
  /** ps; negative runs backwards. */
  timestep: number;
}

export interface VerletState extends Motion {
  kind: 'nve';
}

export function verletInit(objective: Objective, options: Particles): VerletState {
  return { kind: 'nve', ...motion(objective, options, true) };
}

export function verletStep(objective: Objective, state: VerletState, { timestep }: VerletOptions): VerletState {
  verletMoves(objective, state, timestep);
  state.step++;
  return state;
}

/** Potential and kinetic energy, eV. */
export function verletInvariant(_objective: Objective, state: VerletState): number {
  return state.energy + kinetic(state);
}
