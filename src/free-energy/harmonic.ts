/**
 * The harmonic reference U0 + ½ uᵀ H u: H without its translations, P H P, all other eigenvalues positive. Its free
 * energy is the product of its frequencies, its draws are sums of normal modes with exact Gaussian amplitudes.
 */
import { InputError, PhysicsError } from '../data/errors.ts';
import { atOnce } from '../data/in-parts.ts';
import { log } from '../data/math.ts';
import { fillGauss } from '../data/rng.ts';
import { boltzmann, forceToAcceleration, hbar } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { eigenInParts } from '../linalg/eigen.ts';
import { symmetricOperator } from '../linalg/symmetric.ts';
import type { Reference } from './reference.ts';

export interface HarmonicInput {
  /** (m) sites, Å. */
  x0: ArrayLike<number>;
  /** U0, eV. */
  energy: number;
  /** (m,m) eV/Å², symmetric; rows of held coordinates are 0. */
  hessian: Float64Array;
  /** (m) amu, of every coordinate. */
  masses: ArrayLike<number>;
  /** (m) 1 where held. */
  fixed?: ArrayLike<number>;
  /** Whether a rigid translation costs nothing: three modes less. */
  invariant: boolean;
}

/** Modes of the reference: what its free energy and its draws are made of. */
interface Modes {
  /** (modes) eV/(Å² amu), ascending. */
  values: Float64Array;
  /** (modes, m), displacements: row k is M^(−1/2) of the unit vector. */
  shapes: Float64Array;
  sumLog: number;
}

/** Throws InputError for sizes that do not fit, PhysicsError for a Hessian that is not of a minimum, naming the mode. */
export const harmonicReference = (engine: Engine, input: HarmonicInput): Reference =>
  atOnce(harmonicInParts(engine, input));

/** harmonicReference() in parts that tell how much is done; between them engine memory stays taken. */
export function* harmonicInParts(engine: Engine, input: HarmonicInput): Generator<number, Reference> {
  const { energy } = input;
  const m = input.x0.length;
  if (input.hessian.length !== m * m || input.masses.length !== m) {
    throw new InputError(`harmonic reference: the Hessian and the masses do not fit ${m} coordinates`);
  }
  const x0 = Float64Array.from(input.x0);
  const hessian = projected(input);
  const { values, shapes, sumLog } = yield* modesOf(engine, hessian, input);
  const operator = symmetricOperator(engine, hessian);
  return {
    kind: 'harmonic',
    x0,
    modes: values.length,
    evaluate(x, f) {
      const { input: u, output: g } = operator;
      for (let i = 0; i < m; i++) u[i] = x[i] - x0[i];
      operator.multiply();
      let sum = 0;
      for (let i = 0; i < m; i++) {
        sum += u[i] * g[i];
        f[i] = -g[i];
      }
      return energy + 0.5 * sum;
    },
    freeEnergy: (temperature) => classicalFree(energy, sumLog, values.length, temperature),
    freeEnergyError: () => 0,
    sample(seed, index, temperature, out) {
      const amplitude = new Float64Array(values.length);
      fillGauss(amplitude, seed, 'reference', index);
      out.set(x0);
      for (let k = 0; k < values.length; k++) {
        const size = amplitude[k] * Math.sqrt((boltzmann * temperature) / values[k]);
        for (let i = 0, at = k * m; i < m; i++, at++) out[i] += size * shapes[at];
      }
    },
    variance(atom, direction) {
      let sum = 0;
      for (let k = 0; k < values.length; k++) {
        const at = k * m + 3 * atom;
        const along = shapes[at] * direction[0] + shapes[at + 1] * direction[1] + shapes[at + 2] * direction[2];
        sum += (along * along) / values[k];
      }
      return sum;
    },
  };
}

/** U0 + k_B T Σ ln(ħω/k_B T), eV. */
export function classicalFree(energy: number, sumLog: number, modes: number, temperature: number): number {
  if (!(temperature > 0 && temperature < Infinity)) {
    throw new InputError(`a temperature of ${temperature} K; expected one above 0`);
  }
  const kT = boltzmann * temperature;
  return energy + kT * (sumLog - modes * log(kT));
}

/** P H P with P = 1 − Σ e eᵀ, e the rigid translations: a force on no translation, nor by one. */
function projected({ hessian, x0, invariant }: HarmonicInput): Float64Array {
  const a = hessian.slice();
  if (!invariant) return a;
  const m = x0.length;
  const n = m / 3;
  const center = (at: (k: number) => number) => {
    for (let c = 0; c < 3; c++) {
      let mean = 0;
      for (let i = c; i < m; i += 3) mean += a[at(i)] / n;
      for (let i = c; i < m; i += 3) a[at(i)] -= mean;
    }
  };
  for (let row = 0; row < m; row++) center((i) => row * m + i);
  for (let column = 0; column < m; column++) center((i) => i * m + column);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (a[i * m + j] + a[j * m + i]);
      a[i * m + j] = mean;
      a[j * m + i] = mean;
    }
  }
  return a;
}

/** Modes of M^(−1/2) H M^(−1/2) without translations and held coordinates, whose eigenvalues are 0 and come first. */
function* modesOf(
  engine: Engine,
  hessian: Float64Array,
  { masses, fixed, invariant }: HarmonicInput,
): Generator<number, Modes> {
  const m = masses.length;
  const weight = Float64Array.from(masses, (mass) => 1 / Math.sqrt(mass));
  let still = invariant ? 3 : 0;
  if (fixed) for (let i = 0; i < m; i++) if (fixed[i]) still++;
  const weighted = hessian.map((h, at) => h * weight[Math.floor(at / m)] * weight[at % m]);
  const { values: all, vectors } = yield* eigenInParts(engine, weighted);
  const values = all.slice(still);
  const zero = 1e-9 * Math.abs(all[m - 1] ?? 0);
  const negative = all.findIndex((value) => value < -zero);
  const soft = negative >= 0 ? negative : values.findIndex((value) => !(value > zero)) + still;
  if (negative >= 0 || soft >= still) refuse(all[soft], vectors.subarray(soft * m, (soft + 1) * m));
  const shapes = vectors.slice(still * m);
  for (let at = 0; at < shapes.length; at++) shapes[at] *= weight[at % m];
  let sumLog = 0;
  for (const value of values) sumLog += log(hbar * Math.sqrt(value * forceToAcceleration));
  return { values, shapes, sumLog };
}

function refuse(value: number, vector: Float64Array): never {
  const most = vector.reduce((best, v, k) => (Math.abs(v) > Math.abs(vector[best]) ? k : best), 0);
  throw new PhysicsError(
    `not a minimum: a mode has ω² = ${value.toExponential(3)} eV/(Å² amu), expected above 0; atom ${Math.floor(most / 3)} (counted from 0) ` +
      'moves most in it. A symmetric start can end on a saddle: move the atoms off it and relax again',
  );
}
