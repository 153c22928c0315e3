/**
 * The harmonic free energy of a cell along its volume: at each volume the energy of the relaxed atoms and the product of
 * their frequencies say F_HA at every temperature, F_HA = U0 + k_B T [Σ ln(ħω/1 eV) − M ln(k_B T/1 eV)].
 */
import { classicalThermal, quantumThermal } from '../analysis/entropy.ts';
import type { LogFrequencies } from '../analysis/modes.ts';
import { InputError } from '../data/errors.ts';

/** A relaxed cell at one volume. */
export interface HarmonicState extends LogFrequencies {
  /** Å^3, of the whole cell. */
  volume: number;
  /** eV, U0. */
  energy: number;
  /** eV, every quantum ħω: for quantum statistics. */
  quanta?: ArrayLike<number>;
}

/** eV, without U0: classical oscillators, or quantum ones where `quantum`. Throws InputError without their quanta. */
export function vibrationalFree(state: HarmonicState, temperature: number, quantum = false): number {
  if (!quantum) return classicalThermal(state, temperature).free;
  if (state.quanta === undefined || state.quanta.length !== state.modes) {
    throw new InputError(`quantum statistics need the quanta of all ${state.modes} modes`);
  }
  return quantumThermal(state.quanta, temperature).free;
}

/** eV, U0 + the free energy of the oscillators. */
export function harmonicFree(state: HarmonicState, temperature: number, quantum = false): number {
  return state.energy + vibrationalFree(state, temperature, quantum);
}
