/**
 * What all integrators share: moving particles with inverse masses, of which a held component has none, and the two
 * moves "kick" (v by forces) and "drift" (x by velocities).
 */
import { InputError } from '../data/errors.ts';
import type { Objective } from '../data/objective.ts';
import { forceToAcceleration } from '../data/units.ts';
import { degreesOfFreedom, kineticEnergy, temperatureOf } from './temperature.ts';

/** Plain and cloneable; with the objective's x (and cell) it is all that a run needs to go on. */
export interface Motion {
  /** Steps done. */
  step: number;
  /** Potential energy of the present x, eV. */
  energy: number;
  /** (n,3) Å/ps; 0 where held. */
  velocities: Float64Array;
  /** (n) amu. */
  masses: Float64Array;
  /** (n,3) acceleration per force, Å/ps² per eV/Å; 0 where held. */
  mobility: Float64Array;
  /** Degrees of freedom that kinetic energy and temperature count. */
  dof: number;
}

export interface Particles {
  /** (n) amu. */
  masses: ArrayLike<number>;
  /** (n,3) Å/ps; copied, and set to 0 where held. */
  velocities: ArrayLike<number>;
  /** (n,3), 1 = held. */
  fixed?: ArrayLike<number>;
  /** Degrees of freedom, where the rule of degreesOfFreedom does not hold (atoms tied to sites, say). */
  dof?: number;
}

/** Evaluates the objective and begins; `conserved`: the method conserves the total momentum. Throws InputError. */
export function motion(objective: Objective, particles: Particles, conserved: boolean): Motion {
  const { fixed } = particles;
  const size = objective.x.length;
  const masses = Float64Array.from(particles.masses);
  const velocities = Float64Array.from(particles.velocities);
  if (3 * masses.length !== size) throw new InputError(`${masses.length} masses for ${size / 3} atoms`);
  if (velocities.length !== size)
    throw new InputError(`${velocities.length} velocity components for ${size / 3} atoms`);
  if (fixed && fixed.length !== size) throw new InputError(`${fixed.length} held flags for ${size / 3} atoms`);
  const mobility = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const mass = masses[(i - (i % 3)) / 3];
    if (!(mass > 0 && mass < Infinity)) throw new InputError(`mass ${mass} amu; expected a positive number`);
    if (!Number.isFinite(velocities[i])) throw new InputError(`velocity ${velocities[i]}; expected a finite number`);
    if (fixed?.[i]) velocities[i] = 0;
    else mobility[i] = forceToAcceleration / mass;
  }
  const dof = particles.dof ?? degreesOfFreedom(masses.length, fixed, conserved);
  return { step: 0, energy: objective.evaluate(), velocities, masses, mobility, dof };
}

/** v += a·dt. */
export function kick({ velocities, mobility }: Motion, f: Float64Array, dt: number): void {
  requireFinite('timestep', dt);
  for (let i = 0; i < f.length; i++) velocities[i] += dt * mobility[i] * f[i];
}

/** x += v·dt. */
export function drift(x: Float64Array, { velocities }: Motion, dt: number): void {
  for (let i = 0; i < x.length; i++) x[i] += dt * velocities[i];
}

/** Half a kick, a drift, new forces, half a kick: by the objective itself where it can, with the same bits. */
export function verletMoves(objective: Objective, state: Motion, timestep: number): void {
  requireFinite('timestep', timestep);
  if (objective.move) {
    state.energy = objective.move(state.velocities, state.mobility, timestep);
    return;
  }
  kick(state, objective.f, 0.5 * timestep);
  drift(objective.x, state, timestep);
  state.energy = objective.evaluate();
  kick(state, objective.f, 0.5 * timestep);
}

/** ½ Σ m v², eV. */
export function kinetic(state: Motion): number {
  return kineticEnergy(state.masses, state.velocities);
}

/** K. */
export function temperature(state: Motion): number {
  return temperatureOf(kinetic(state), state.dof);
}

/** Throws InputError unless `value` is a finite positive number. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw new InputError(`${name} is ${value}; expected a positive number`);
}

/** Throws InputError unless `value` is a finite number. */
export function requireFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) throw new InputError(`${name} is ${value}; expected a finite number`);
}
