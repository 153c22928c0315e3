/** The free energy of a state from its reference and its samples: harmonic and anharmonic parts, error, checks. */
import { determinant } from '../data/cell.ts';
import { log } from '../data/math.ts';
import { boltzmann, forceToAcceleration, hbar } from '../data/units.ts';
import type { Estimate } from './estimate.ts';
import type { Reference } from './reference.ts';

export interface FreeEnergy {
  /** eV, total, classical, constant volume; with the centre-of-mass term only where `com` is given. */
  F: number;
  /** One standard error, and the 95 % interval, eV. */
  error: number;
  interval: [number, number];
  /** Free energy of the harmonic crystal, and what is beyond it, eV. */
  harmonic: number;
  anharmonic: number;
  /** F/N, eV. */
  perAtom: number;
  /** The centre-of-mass term that F has, eV, and its convention. */
  com?: { value: number; convention: string };
}

/** `estimate` along the way from `reference`; harmonic: of the same minimum. */
export function totalFreeEnergy(
  estimate: Pick<Estimate, 'deltaA' | 'error' | 'interval'>,
  { reference, harmonic }: { reference: Reference; harmonic: Reference },
  {
    temperature,
    atoms,
    com,
  }: { temperature: number; atoms: number; com?: { masses: Float64Array; cell: Float64Array } },
): FreeEnergy {
  const base = reference.freeEnergy(temperature);
  const own = reference.freeEnergyError(temperature);
  const error = Math.sqrt(estimate.error ** 2 + own ** 2);
  const { deltaA, interval } = estimate;
  const widen = estimate.error > 0 ? error / estimate.error : 1;
  const half = estimate.error > 0 ? ((interval[1] - interval[0]) / 2) * widen : 1.96 * own;
  const shift = com ? centreOfMass(com.masses, com.cell, temperature) : 0;
  const F = base + deltaA + shift;
  const reached = harmonic.freeEnergy(temperature);
  return {
    F,
    error,
    interval: [F - half, F + half],
    harmonic: reached,
    anharmonic: base + deltaA - reached,
    perAtom: F / atoms,
    ...(com
      ? { com: { value: shift, convention: '−k_B T ln[V (M k_B T/2πħ²)^{3/2}], V of the whole cell, M of all atoms' } }
      : {}),
  };
}

/** −k_B T ln[V (M k_B T/2πħ²)^{3/2}], eV: the centre of mass as a free particle in the whole cell. */
export function centreOfMass(masses: Float64Array, cell: Float64Array, temperature: number): number {
  const kT = boltzmann * temperature;
  const mass = masses.reduce((sum, m) => sum + m, 0);
  const inverse = (mass * kT) / (2 * Math.PI * hbar * hbar * forceToAcceleration);
  return -kT * (log(Math.abs(determinant(cell))) + 1.5 * log(inverse));
}
