/**
 * Nosé–Hoover chains, NVT: velocity Verlet between two half moves of a chain (Martyna, Tuckerman, Tobias, Klein 1996,
 * 10.1080/00268979600100761). Deterministic and time-reversible.
 */
import { InputError } from '../data/errors.ts';
import type { Objective } from '../data/objective.ts';
import { boltzmann } from '../data/units.ts';
import { type Bath, type Chain, chain, chainEnergy, chainMove } from './chain.ts';
import { kinetic, type Motion, motion, type Particles, requirePositive, verletMoves } from './motion.ts';

export interface NoseHooverOptions {
  /** ps. */
  timestep: number;
  /** K, at this step. */
  temperature: number;
  /** ps, default 0.1: how fast the thermostat answers (chain masses are kT·τ²). */
  relaxation?: number;
}

export interface NoseHooverState extends Motion {
  kind: 'nhc';
  chain: Chain;
  /** eV that changes of the targets have brought in (src/methods/dynamics.ts). */
  work: number;
}

/** `chainLength` default 3. Throws InputError where nothing can move. */
export function noseHooverInit(objective: Objective, options: Particles & { chainLength?: number }): NoseHooverState {
  const state = motion(objective, options, true);
  if (!(state.dof > 0)) throw new InputError('a thermostat needs at least one degree of freedom');
  return { kind: 'nhc', ...state, chain: chain(options.chainLength), work: 0 };
}

export function noseHooverStep(
  objective: Objective,
  state: NoseHooverState,
  options: NoseHooverOptions,
): NoseHooverState {
  const bath = particleBath(state, options);
  const { timestep } = options;
  scaleVelocities(state, chainMove(state.chain, bath, kinetic(state), 0.5 * timestep));
  verletMoves(objective, state, timestep);
  scaleVelocities(state, chainMove(state.chain, bath, kinetic(state), 0.5 * timestep));
  state.step++;
  return state;
}

/** The chain's bath for these particles; throws InputError unless temperature and relaxation are positive. */
export function particleBath(state: Motion, options: { temperature: number; relaxation?: number }): Bath {
  const { temperature, relaxation = 0.1 } = options;
  requirePositive('temperature', temperature);
  requirePositive('relaxation', relaxation);
  return { kT: boltzmann * temperature, dof: state.dof, relaxation };
}

export function scaleVelocities({ velocities }: Motion, factor: number): void {
  for (let i = 0; i < velocities.length; i++) velocities[i] *= factor;
}

/** Energy of particles and chain less the work of the targets, eV; conserved. */
export function noseHooverInvariant(_objective: Objective, state: NoseHooverState, options: NoseHooverOptions): number {
  return state.energy + kinetic(state) + chainEnergy(state.chain, particleBath(state, options)) - state.work;
}
