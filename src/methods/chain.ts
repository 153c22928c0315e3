/**
 * A Nosé–Hoover chain: thermostat variables that scale velocities so that they sample the canonical ensemble
 * (Martyna, Klein, Tuckerman 1992, 10.1063/1.463940), moved by the palindromic Suzuki–Yoshida splitting of Martyna,
 * Tuckerman, Tobias, Klein 1996, 10.1080/00268979600100761.
 */
import { InputError } from '../data/errors.ts';
import { exp } from '../data/math.ts';

export interface Chain {
  /** Dimensionless, one per link. */
  positions: Float64Array;
  /** 1/ps. */
  velocities: Float64Array;
}

/** What a chain is coupled to. */
export interface Bath {
  /** eV. */
  kT: number;
  /** Degrees of freedom of the motion that it scales. */
  dof: number;
  /** ps: link masses are dof·kT·τ² and kT·τ². */
  relaxation: number;
}

/** Suzuki's five fourth-order weights: 1/(4 − 4^(1/3)), twice; the rest; and again. */
const outer = 0.4144907717943757;
const weights = [outer, outer, 1 - 4 * outer, outer, outer];

export function chain(length = 3): Chain {
  if (!(Number.isInteger(length) && length >= 1)) {
    throw new InputError(`chain length is ${length}; expected a positive integer`);
  }
  return { positions: new Float64Array(length), velocities: new Float64Array(length) };
}

/**
 * Moves the chain by `dt` ps against a motion of kinetic energy `kinetic` eV, and returns the factor by which the
 * velocities of that motion are to be scaled.
 */
export function chainMove({ positions, velocities: v }: Chain, bath: Bath, kinetic: number, dt: number): number {
  const last = v.length - 1;
  const unit = bath.kT * bath.relaxation * bath.relaxation;
  let twice = 2 * kinetic;
  let scale = 1;
  const push = (j: number, h: number): void => {
    const drive = j === 0 ? twice - bath.dof * bath.kT : mass(j - 1) * v[j - 1] * v[j - 1] - bath.kT;
    const drag = j === last ? 1 : exp(-0.25 * h * v[j + 1]);
    v[j] = (v[j] * drag + (0.5 * h * drive) / mass(j)) * drag;
  };
  const mass = (j: number): number => (j === 0 ? bath.dof * unit : unit);
  for (const weight of weights) {
    const h = weight * dt;
    for (let j = last; j >= 0; j--) push(j, h);
    const factor = exp(-h * v[0]);
    scale *= factor;
    twice *= factor * factor;
    for (let j = 0; j <= last; j++) positions[j] += h * v[j];
    for (let j = 0; j <= last; j++) push(j, h);
  }
  return scale;
}

/** Kinetic energy of the links and the work done on the bath, eV: what the motion's energy has to be complemented by. */
export function chainEnergy({ positions, velocities }: Chain, { kT, dof, relaxation }: Bath): number {
  let sum = 0;
  for (let j = 0; j < positions.length; j++) {
    const count = j === 0 ? dof : 1;
    sum += count * kT * (0.5 * relaxation * relaxation * velocities[j] * velocities[j] + positions[j]);
  }
  return sum;
}
