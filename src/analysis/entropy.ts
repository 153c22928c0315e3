/**
 * Thermodynamics of harmonic vibrations, classical and quantum, and what a defect adds: S_f = S_d − r S_b, with
 *
 *   as published   r = N_d/N_b and S = −Σ ln(ħω/1 eV): the products of ħω in Lapointe 2020, 10.1103/PhysRevMaterials.4.063802
 *   mode matched   r = M_d/M_b modes: depends neither on the unit of energy nor on the temperature; the physical one
 */
import { InputError } from '../data/errors.ts';
import { atOnce } from '../data/in-parts.ts';
import { exp, log } from '../data/math.ts';
import { boltzmann, forceToAcceleration, hbar } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { type LogFrequencies, normalModesInParts } from './modes.ts';
import type { Oscillator } from './zero-modes.ts';

export interface Thermal {
  /** eV, of all modes; quantum: with the zero-point energy. */
  energy: number;
  /** k_B. */
  entropy: number;
  /** eV, energy − T S. */
  free: number;
}

/** Classical oscillators: S = Σ [ln(k_B T/ħω) + 1], from the product of the frequencies alone. */
export function classicalThermal({ sum, modes }: LogFrequencies, temperature: number): Thermal {
  checkTemperature(temperature);
  const kT = boltzmann * temperature;
  const entropy = modes * (log(kT) + 1) - sum;
  return { energy: modes * kT, entropy, free: kT * (sum - modes * log(kT)) };
}

/** Quantum oscillators of quanta ħω, eV. At 0 K their zero-point energy. */
export function quantumThermal(quanta: ArrayLike<number>, temperature: number): Thermal {
  if (temperature !== 0) checkTemperature(temperature);
  const kT = boltzmann * temperature;
  let [energy, entropy, free] = [0, 0, 0];
  for (let k = 0; k < quanta.length; k++) {
    const quantum = quanta[k];
    energy += quantum / 2;
    free += quantum / 2;
    const y = quantum / kT;
    // occupied less than 1e-300 times
    if (!(y < 690)) continue;
    const rest = exp(-y);
    const vacant = y < 1e-5 ? y * (1 - y / 2) : 1 - rest;
    const occupation = rest / vacant;
    energy += quantum * occupation;
    free += kT * log(vacant);
    entropy += y * occupation - log(vacant);
  }
  return { energy, entropy, free };
}

function checkTemperature(temperature: number): void {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new InputError(`a temperature of ${temperature} K; expected one above 0`);
  }
}

/** −Σ ln(ħω/1 eV), k_B: the entropy that the published formation entropies are made of. */
export const publishedEntropy = ({ sum }: LogFrequencies): number => -sum;

export interface Formation {
  /** k_B. */
  asPublished: number;
  /** k_B. */
  modeMatched: number;
}

/** Classical formation entropy of a defect of `atoms` atoms against a bulk of `atoms`, both with their frequencies. */
export function formationEntropy(
  defect: LogFrequencies & { atoms: number },
  bulk: LogFrequencies & { atoms: number },
): Formation {
  if (bulk.modes === 0) throw new InputError('the bulk has no vibrations: it needs more than one atom');
  const of = (ratio: number) => publishedEntropy(defect) - ratio * publishedEntropy(bulk);
  return { asPublished: of(defect.atoms / bulk.atoms), modeMatched: of(defect.modes / bulk.modes) };
}

/**
 * (n) k_B: the share of each atom in the classical entropy, s_i = Σ_ν |ξ_i(ν)|² [ln(k_B T/ħω_ν) + 1]; their sum is S.
 * Needs all modes and their shapes.
 */
export const localEntropies = (engine: Engine, oscillator: Oscillator, temperature: number): Float64Array =>
  atOnce(localEntropiesInParts(engine, oscillator, temperature));

/** localEntropies() in parts that tell how much is done. */
export function* localEntropiesInParts(
  engine: Engine,
  oscillator: Oscillator,
  temperature: number,
): Generator<number, Float64Array> {
  checkTemperature(temperature);
  const { free, n } = oscillator.hessian;
  const { values, vectors } = yield* normalModesInParts(engine, oscillator);
  const local = new Float64Array(n);
  values.forEach((square, mode) => {
    if (!(square > 0)) throw new InputError(`mode ${mode} has ω² = ${square} eV/(Å² amu): not a minimum`);
    const quantum = hbar * Math.sqrt(square * forceToAcceleration);
    const entropy = log((boltzmann * temperature) / quantum) + 1;
    for (let k = 0; k < free.length; k++) {
      local[Math.floor(free[k] / 3)] += vectors[mode * free.length + k] ** 2 * entropy;
    }
  });
  return local;
}
