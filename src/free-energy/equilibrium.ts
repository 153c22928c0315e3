/**
 * One cell at one temperature, F(V) = U0(V) + A(V). Quasi-harmonic: third-order Birch–Murnaghan through F_HA on a grid of
 * volumes. With sampling: the same through U0 on the grid, and for A_HA + ΔA a polynomial of low degree through the sampled
 * volumes. A_HA and ΔA are not interpolated one by one: where the second derivatives of a potential have kinks (splines
 * of EAM), each has kinks along V, which cancel in their sum. At zero pressure the minimum is the state.
 */
import { type BirchMurnaghan, birchMurnaghan } from '../analysis/equation-of-state.ts';
import { fitPolynomial, polynomialAt } from '../analysis/polynomial.ts';
import { InputError } from '../data/errors.ts';
import { pow } from '../data/math.ts';
import { type HarmonicState, harmonicFree, vibrationalFree } from './quasi-harmonic.ts';
import { at, type LeastSquares, weightedFit } from './weighted-fit.ts';

/** ΔA at one volume. */
export interface Anharmonic {
  /** The harmonic reference there. */
  state: HarmonicState;
  /** eV, ΔA of the whole cell. */
  value: number;
  /** eV, one standard error; weights of the polynomial. */
  error: number;
}

export interface EquilibriumOptions {
  temperature: number;
  quantum?: boolean;
  /** Of the polynomial in V through what was sampled; default 2, less where there are fewer volumes. */
  degree?: number;
}

export interface Equilibrium {
  /** Å^3, of the cell. */
  volume: number;
  /** eV, F. */
  free: number;
  /** eV: the part of F that is U0, and ΔA. */
  energy: number;
  anharmonic: number;
  /** eV/Å^3, isothermal; NaN at constant volume. */
  bulk: number;
  /** eV, root mean square of the residuals of the Birch–Murnaghan fit. */
  rms: number;
  /** How far the sampled values are from their polynomial: in standard errors; 0 where nothing is left to judge. */
  misfit: number;
}

/** A polynomial of t = V/V1 − 1, V1 the first sampled volume, through values at the sampled volumes. */
function curve(
  samples: readonly Anharmonic[],
  value: (sample: Anharmonic) => number,
  degree: number,
): { value(volume: number): number; misfit: number } {
  if (samples.length === 0) return { value: () => 0, misfit: 0 };
  const v1 = samples[0].state.volume;
  const distinct = new Set(samples.map(({ state }) => state.volume)).size;
  const fit: LeastSquares = weightedFit(
    samples.map(({ state }) => state.volume / v1 - 1),
    samples.map(value),
    samples.map(({ error }) => error),
    Array.from({ length: Math.min(degree, distinct - 1) + 1 }, (_, k) => k),
  );
  return { value: (volume) => at(fit, volume / v1 - 1), misfit: fit.misfit };
}

/** The volume without stress. Throws InputError below 5 volumes, PhysicsError where their range has no minimum. */
export function zeroPressure(
  states: readonly HarmonicState[],
  samples: readonly Anharmonic[],
  { temperature, quantum, degree = 2 }: EquilibriumOptions,
): Equilibrium & { fit: BirchMurnaghan } {
  const volumes = states.map((state) => state.volume);
  const vibrational = (state: HarmonicState) => vibrationalFree(state, temperature, quantum);
  const sampled = samples.length > 0;
  const smooth = smoothed(
    volumes,
    states.map((state) => state.energy + (sampled ? 0 : vibrational(state))),
  );
  const thermal = curve(samples, ({ state, value }) => vibrational(state) + value, degree);
  const fit = birchMurnaghan(
    volumes,
    volumes.map((v) => smooth.value(v) + thermal.value(v)),
  );
  const { volume, bulk } = fit;
  const energies = states.map((state) => state.energy);
  return {
    volume,
    free: fit.energy,
    energy: smoothed(volumes, energies).value(volume),
    anharmonic: curve(samples, ({ value }) => value, degree).value(volume),
    bulk,
    rms: smooth.rms,
    misfit: thermal.misfit,
    fit,
  };
}

/** The cubic polynomial of V^(−2/3) through the points: Birch and Murnaghan's, with a minimum or without. */
function smoothed(
  volumes: readonly number[],
  values: readonly number[],
): { value(volume: number): number; rms: number } {
  const x = (volume: number) => pow(volume, -2 / 3);
  const fit = fitPolynomial(volumes.map(x), values, 3);
  return { value: (volume) => polynomialAt(fit, x(volume)), rms: fit.rms };
}

/** The state at a given volume, which must be one of the grid's. */
export function constantVolume(
  state: HarmonicState,
  samples: readonly Anharmonic[],
  { temperature, quantum }: EquilibriumOptions,
): Equilibrium {
  const strange = samples.find((sample) => Math.abs(sample.state.volume / state.volume - 1) > 1e-9);
  if (strange) throw new InputError(`ΔA at ${strange.state.volume} Å^3, but the volume is held at ${state.volume} Å^3`);
  const { value, misfit } = curve(samples, (sample) => sample.value, 0);
  const anharmonic = value(state.volume);
  return {
    volume: state.volume,
    free: harmonicFree(state, temperature, quantum) + anharmonic,
    energy: state.energy,
    anharmonic,
    bulk: Number.NaN,
    rms: 0,
    misfit,
  };
}
