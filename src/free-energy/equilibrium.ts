/**
 * One cell at one temperature: F(V) = F_HA(V) + ΔA(V). The harmonic part is known at every volume of a grid: a third-order
 * Birch–Murnaghan fit. The anharmonic part is known at a few volumes: a polynomial of low degree in V. What the fit leaves
 * of F_HA at these volumes goes with ΔA, for kinks of a potential's second derivatives cancel in their sum, which alone
 * is smooth (splines of EAM potentials have such). At zero pressure the minimum is the state.
 */
import { type BirchMurnaghan, birchMurnaghan } from '../analysis/equation-of-state.ts';
import { fitPolynomial, polynomialAt } from '../analysis/polynomial.ts';
import { InputError } from '../data/errors.ts';
import { pow } from '../data/math.ts';
import { type HarmonicState, harmonicFree } from './quasi-harmonic.ts';
import { at, type LeastSquares, weightedFit } from './weighted-fit.ts';

/** ΔA at one volume. */
export interface Anharmonic {
  /** Å^3. */
  volume: number;
  /** eV, of the whole cell. */
  value: number;
  /** eV, one standard error; weights of the polynomial. */
  error: number;
}

export interface EquilibriumOptions {
  temperature: number;
  quantum?: boolean;
  /** Of the polynomial of ΔA(V); default 1, less where there are fewer volumes. */
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
  /** eV, root mean square of the residuals of the fit to F(V). */
  rms: number;
  /** How far ΔA(V) is from its polynomial: root mean square in standard errors; 0 where nothing is left to judge. */
  misfit: number;
}

/** ΔA as a polynomial of t = V/V1 − 1, V1 the first sampled volume: zero where nothing was sampled. */
function curve(samples: readonly Anharmonic[], degree: number): { value(volume: number): number; misfit: number } {
  if (samples.length === 0) return { value: () => 0, misfit: 0 };
  const [{ volume: v1 }] = samples;
  const powers = Array.from(
    { length: Math.min(degree, new Set(samples.map((s) => s.volume)).size - 1) + 1 },
    (_, k) => k,
  );
  const fit: LeastSquares = weightedFit(
    samples.map((s) => s.volume / v1 - 1),
    samples.map((s) => s.value),
    samples.map((s) => s.error),
    powers,
  );
  return { value: (volume) => at(fit, volume / v1 - 1), misfit: fit.misfit };
}

/** The volume without stress. Throws InputError below 5 volumes, PhysicsError where their range has no minimum. */
export function zeroPressure(
  states: readonly HarmonicState[],
  samples: readonly Anharmonic[],
  { temperature, quantum, degree = 1 }: EquilibriumOptions,
): Equilibrium & { fit: BirchMurnaghan } {
  const volumes = states.map((state) => state.volume);
  const free = (state: HarmonicState) => harmonicFree(state, temperature, quantum);
  const smooth = smoothed(volumes, states.map(free));
  const anharmonic = curve(inside(samples, states, free, smooth), degree);
  const fit = birchMurnaghan(
    volumes,
    volumes.map((v) => smooth.value(v) + anharmonic.value(v)),
  );
  const { volume, bulk } = fit;
  const statics = smoothed(
    volumes,
    states.map((state) => state.energy),
  );
  return {
    volume,
    free: fit.energy,
    energy: statics.value(volume),
    anharmonic: anharmonic.value(volume),
    bulk,
    rms: smooth.rms,
    misfit: anharmonic.misfit,
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

/** ΔA at the volumes of the grid with what the smooth F_HA leaves there; other volumes only where too few are inside. */
function inside(
  samples: readonly Anharmonic[],
  states: readonly HarmonicState[],
  free: (state: HarmonicState) => number,
  smooth: { value(volume: number): number },
): Anharmonic[] {
  const found = samples.flatMap((sample) => {
    const state = states.find(({ volume }) => Math.abs(volume / sample.volume - 1) < 1e-9);
    return state ? [{ ...sample, value: sample.value + free(state) - smooth.value(state.volume) }] : [];
  });
  return found.length >= Math.min(2, samples.length) ? found : [...samples];
}

/** The state at a given volume, which must be one of the grid's. */
export function constantVolume(
  state: HarmonicState,
  samples: readonly Anharmonic[],
  { temperature, quantum }: EquilibriumOptions,
): Equilibrium {
  const strange = samples.find((sample) => Math.abs(sample.volume / state.volume - 1) > 1e-9);
  if (strange) throw new InputError(`ΔA at ${strange.volume} Å^3, but the volume is held at ${state.volume} Å^3`);
  const { value, misfit } = curve(samples, 0);
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
