/**
 * One cell at one temperature: F(V) = F_HA(V) + ΔA(V). The harmonic part is known at every volume of a grid, the
 * anharmonic part at a few, between which a polynomial of low degree in V carries it. At zero pressure the minimum of a
 * third-order Birch–Murnaghan fit to the sum is the state; at constant volume the sum there.
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
  const anharmonic = curve(samples, degree);
  const fit = birchMurnaghan(
    volumes,
    states.map((state) => harmonicFree(state, temperature, quantum) + anharmonic.value(state.volume)),
  );
  const { volume, energy: free, bulk, rms } = fit;
  const x = (v: number) => pow(v, -2 / 3);
  const statics = fitPolynomial(
    volumes.map(x),
    states.map((state) => state.energy),
    3,
  );
  return {
    volume,
    free,
    energy: polynomialAt(statics, x(volume)),
    anharmonic: anharmonic.value(volume),
    bulk,
    rms,
    misfit: anharmonic.misfit,
    fit,
  };
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
