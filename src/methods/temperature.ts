/**
 * Kinetic energy, temperature, degrees of freedom, and velocities drawn from a temperature. Velocities are (n,3) Å/ps;
 * `fixed` is (n,3) with 1 for a held component, which has no velocity and counts no degree of freedom.
 */
import { InputError } from '../data/errors.ts';
import { fillGauss } from '../data/rng.ts';
import { boltzmann, forceToAcceleration, kineticToEnergy } from '../data/units.ts';

/** ½ Σ m v², eV. */
export function kineticEnergy(masses: ArrayLike<number>, velocities: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < masses.length; i++) {
    const [x, y, z] = [velocities[3 * i], velocities[3 * i + 1], velocities[3 * i + 2]];
    sum += masses[i] * (x * x + y * y + z * z);
  }
  return 0.5 * sum * kineticToEnergy;
}

/** K; 0 where nothing can move. */
export function temperatureOf(kinetic: number, dof: number): number {
  return dof > 0 ? (2 * kinetic) / (dof * boltzmann) : 0;
}

/** Whether any atom is held along each of x, y, z: where none is, the total momentum is conserved. */
export function heldAxes(n: number, fixed?: ArrayLike<number>): [boolean, boolean, boolean] {
  const held: [boolean, boolean, boolean] = [false, false, false];
  if (fixed) for (let i = 0; i < 3 * n; i++) if (fixed[i]) held[i % 3] = true;
  return held;
}

/**
 * 3n less the held components, and less one for each of x, y, z along which the momentum is conserved (no atom held
 * along it) and zero. `conserved` = false where nothing conserves it: a thermostat with noise, atoms tied to sites.
 */
export function degreesOfFreedom(n: number, fixed?: ArrayLike<number>, conserved = true): number {
  let dof = 3 * n;
  if (fixed) for (let i = 0; i < 3 * n; i++) if (fixed[i]) dof--;
  if (conserved) for (const held of heldAxes(n, fixed)) if (!held) dof--;
  return Math.max(0, dof);
}

/** Takes out the total momentum in place, along those of x, y, z where no atom is held. */
export function removeMomentum(masses: ArrayLike<number>, velocities: Float64Array, fixed?: ArrayLike<number>): void {
  const held = heldAxes(masses.length, fixed);
  for (let k = 0; k < 3; k++) {
    if (held[k]) continue;
    let momentum = 0;
    let mass = 0;
    for (let i = 0; i < masses.length; i++) {
      momentum += masses[i] * velocities[3 * i + k];
      mass += masses[i];
    }
    for (let i = 0; i < masses.length; i++) velocities[3 * i + k] -= momentum / mass;
  }
}

export interface BoltzmannOptions {
  fixed?: ArrayLike<number>;
  /** Scale to exactly `temperature` after the momentum is out, as LAMMPS's `velocity create` does. Default true. */
  exact?: boolean;
}

/**
 * Velocities (n,3) Å/ps of the Maxwell–Boltzmann distribution at `temperature` K from stream 'velocities' of `seed`:
 * zero where held, total momentum zero, scaled to exactly the temperature unless told otherwise.
 */
export function maxwellBoltzmann(
  masses: ArrayLike<number>,
  temperature: number,
  seed: bigint,
  { fixed, exact = true }: BoltzmannOptions = {},
): Float64Array {
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw new InputError(`temperature is ${temperature}; expected a number of kelvin that is not negative`);
  }
  const n = masses.length;
  const velocities = new Float64Array(3 * n);
  fillGauss(velocities, seed, 'velocities', 0);
  for (let i = 0; i < 3 * n; i++) {
    const variance = (boltzmann * temperature * forceToAcceleration) / masses[(i - (i % 3)) / 3];
    velocities[i] = fixed?.[i] ? 0 : velocities[i] * Math.sqrt(variance);
  }
  removeMomentum(masses, velocities, fixed);
  if (exact) {
    const dof = degreesOfFreedom(n, fixed);
    const now = temperatureOf(kineticEnergy(masses, velocities), dof);
    // what momentum removal leaves of a single atom is rounding: no dof, no velocity
    const factor = dof > 0 && now > 0 ? Math.sqrt(temperature / now) : 0;
    for (let i = 0; i < 3 * n; i++) velocities[i] *= factor;
  }
  return velocities;
}
