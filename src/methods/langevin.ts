/**
 * Langevin dynamics, BAOAB: kick, drift, Ornstein–Uhlenbeck, drift, kick (Leimkuhler, Matthews 2013,
 * 10.1093/amrx/abs010; 10.1063/1.4802990). Configurations of a harmonic oscillator are sampled exactly at any stable
 * timestep. The noise is a function of (seed, step, component): stream 'langevin'.
 */
import { InputError } from '../data/errors.ts';
import { exp } from '../data/math.ts';
import type { Objective } from '../data/objective.ts';
import { fillGauss } from '../data/rng.ts';
import { boltzmann } from '../data/units.ts';
import { drift, kick, kinetic, type Motion, motion, type Particles } from './motion.ts';

export interface LangevinOptions {
  /** ps. */
  timestep: number;
  /** K, at this step. */
  temperature: number;
  /** 1/ps: velocities forget at this rate. */
  friction: number;
  seed: bigint;
}

export interface LangevinState extends Motion {
  kind: 'langevin';
  /** Kinetic energy that friction and noise have brought in so far, eV. */
  heat: number;
}

/** Momentum is not conserved: the degrees of freedom are all components that are not held. */
export function langevinInit(objective: Objective, options: Particles): LangevinState {
  return { kind: 'langevin', ...motion(objective, options, false), heat: 0 };
}

export function langevinStep(objective: Objective, state: LangevinState, options: LangevinOptions): LangevinState {
  const { timestep, temperature, friction, seed } = options;
  if (!(temperature >= 0 && friction >= 0)) {
    throw new InputError(`temperature ${temperature} K and friction ${friction} /ps; expected numbers >= 0`);
  }
  kick(state, objective.f, 0.5 * timestep);
  drift(objective.x, state, 0.5 * timestep);
  const before = kinetic(state);
  ornsteinUhlenbeck(state, exp(-friction * timestep), boltzmann * temperature, seed);
  state.heat += kinetic(state) - before;
  drift(objective.x, state, 0.5 * timestep);
  state.energy = objective.evaluate();
  kick(state, objective.f, 0.5 * timestep);
  state.step++;
  return state;
}

/** v ← c v + √((1 − c²) kT/m) g: exact for friction and noise alone. */
function ornsteinUhlenbeck(state: LangevinState, keep: number, kT: number, seed: bigint): void {
  const { velocities, mobility, step } = state;
  const spread = (1 - keep * keep) * kT;
  const noise = new Float64Array(Math.min(velocities.length, 3072));
  for (let begin = 0; begin < velocities.length; begin += noise.length) {
    fillGauss(noise, seed, 'langevin', step, begin);
    const end = Math.min(velocities.length, begin + noise.length);
    for (let i = begin; i < end; i++) {
      velocities[i] = keep * velocities[i] + Math.sqrt(spread * mobility[i]) * noise[i - begin];
    }
  }
}

/** Potential and kinetic energy less the heat brought in, eV: conserved to the order of the forces' steps. */
export function langevinInvariant(_objective: Objective, state: LangevinState): number {
  return state.energy + kinetic(state) - state.heat;
}
