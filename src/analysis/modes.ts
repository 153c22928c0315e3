/**
 * Harmonic vibrations from a Hessian: the mass-weighted matrix D = M^(−1/2) H M^(−1/2), its zero modes (rigid
 * translations, rotations of what is not periodic) removed by projection, then its eigenvalues ω², or only their
 * product, for which a Cholesky factor is enough.
 */
import { InputError, PhysicsError } from '../data/errors.ts';
import { atOnce } from '../data/in-parts.ts';
import { log } from '../data/math.ts';
import { forceToAcceleration, hbar } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { logDetInParts } from '../linalg/cholesky.ts';
import { type Eigen, eigenInParts, eigenvaluesInParts } from '../linalg/eigen.ts';
import { borrowingInParts } from '../linalg/matrix.ts';
import { denseHessian } from './hessian.ts';
import { dot, type Oscillator, subtract, zeroModes } from './zero-modes.ts';

export type { Oscillator } from './zero-modes.ts';

/** Σ ln(ħω/1 eV) over so many modes; zero modes left out. */
export interface LogFrequencies {
  sum: number;
  modes: number;
}

/** Bytes of kernel memory that the dense matrix of m coordinates takes, `matrices` of them. */
export const denseBytes = (m: number, matrices = 1): number => 8 * m * m * matrices;

interface Projected {
  /** (m,m) P D P + shift Σ v vᵀ, in kernel memory. */
  matrix: Float64Array;
  zero: number;
  /** Eigenvalue that the zero modes were given, above all others (Gershgorin). */
  shift: number;
}

/** D, eV/(Å² amu), with its zero modes moved above the spectrum. */
function projected(engine: Engine, oscillator: Oscillator): Projected {
  const { hessian, masses } = oscillator;
  const { free } = hessian;
  const m = free.length;
  const weight = Float64Array.from(free, (k) => {
    const mass = masses[Math.floor(k / 3)];
    if (!(mass > 0)) throw new InputError(`the mass of atom ${Math.floor(k / 3)} (counted from 0) is ${mass}`);
    return 1 / Math.sqrt(mass);
  });
  const matrix = denseHessian(hessian, engine.f64(m * m));
  let shift = 1e-6;
  for (let i = 0; i < m; i++) {
    let bound = 0;
    for (let j = 0; j < m; j++) {
      matrix[i * m + j] *= weight[i] * weight[j];
      bound += Math.abs(matrix[i * m + j]);
    }
    shift = Math.max(shift, 2 * bound);
  }
  const basis = zeroModes(oscillator);
  project(matrix, m, basis, shift);
  return { matrix, zero: basis.length, shift };
}

/** A := P A P + shift Σ v vᵀ with P = 1 − Σ v vᵀ, exactly symmetric. */
function project(a: Float64Array, m: number, basis: readonly Float64Array[], shift: number): void {
  const images = basis.map((v) => {
    const image = new Float64Array(m);
    for (let i = 0; i < m; i++) image[i] = dot(a.subarray(i * m, i * m + m), v);
    return image;
  });
  // what is taken off is Σ (w vᵀ + v wᵀ), w = A v − ½ v (vᵀ A v) − …, symmetric by construction
  const halves = basis.map((_, p) => {
    const half = images[p].slice();
    basis.forEach((other, q) => {
      subtract(half, dot(images[p], other) / 2 + (p === q ? shift / 2 : 0), basis[q]);
    });
    return half;
  });
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      let off = 0;
      for (let p = 0; p < basis.length; p++) off += halves[p][i] * basis[p][j] + basis[p][i] * halves[p][j];
      a[i * m + j] -= off;
      a[j * m + i] = a[i * m + j];
    }
  }
}

/**
 * Σ ln(ħω/1 eV) by Cholesky. Throws PhysicsError that names the lowest eigenvalue of the Hessian where it is not positive:
 * the structure is no minimum.
 */
export const logFrequencies = (engine: Engine, oscillator: Oscillator): LogFrequencies =>
  atOnce(logFrequenciesInParts(engine, oscillator));

/** logFrequencies() in parts that tell how much is done; between them its memory stays taken, as in those below. */
export function* logFrequenciesInParts(engine: Engine, oscillator: Oscillator): Generator<number, LogFrequencies> {
  const m = oscillator.hessian.free.length;
  let positive = true;
  const found = yield* borrowingInParts(engine, function* () {
    const { matrix, zero, shift } = projected(engine, oscillator);
    const modes = m - zero;
    if (modes === 0) return { sum: 0, modes };
    try {
      const product = (yield* logDetInParts(engine, matrix, { inPlace: true })) - zero * log(shift);
      return { sum: product / 2 + modes * log(hbar * Math.sqrt(forceToAcceleration)), modes };
    } catch (error) {
      if (!(error instanceof PhysicsError)) throw error;
      positive = false;
      return { sum: Number.NaN, modes };
    }
  });
  if (!positive) throw notMinimum(yield* hessianEigenvaluesInParts(engine, oscillator));
  return found;
}

function notMinimum(eigenvalues: Float64Array): PhysicsError {
  const negative = eigenvalues.filter((value) => value <= 0).length;
  return new PhysicsError(
    `not a minimum: the Hessian has the eigenvalue ${eigenvalues[0].toFixed(6)} eV/Å² (${negative} not positive); ` +
      'a symmetric start can end on a saddle: move the atoms off it and relax again',
  );
}

/** Eigenvalues of H itself without its zero modes, eV/Å², ascending. */
export const hessianEigenvalues = (engine: Engine, oscillator: Omit<Oscillator, 'masses'>): Float64Array =>
  atOnce(hessianEigenvaluesInParts(engine, oscillator));

const hessianEigenvaluesInParts = (engine: Engine, { hessian, atoms }: Omit<Oscillator, 'masses'>) =>
  squaresInParts(engine, { hessian, atoms, masses: new Float64Array(hessian.n).fill(1) });

/** Eigenvalues ω² of D without the zero modes, eV/(Å² amu), ascending. */
export const squaredFrequencies = (engine: Engine, oscillator: Oscillator): Float64Array =>
  atOnce(squaresInParts(engine, oscillator));

const squaresInParts = (engine: Engine, oscillator: Oscillator) =>
  borrowingInParts(engine, function* () {
    const { matrix, zero } = projected(engine, oscillator);
    const values = yield* eigenvaluesInParts(engine, matrix, { inPlace: true });
    return values.slice(0, values.length - zero);
  });

/** Quanta ħω, eV, ascending. Throws PhysicsError where one is imaginary. */
export const quanta = (engine: Engine, oscillator: Oscillator): Float64Array =>
  atOnce(quantaInParts(engine, oscillator));

export function* quantaInParts(engine: Engine, oscillator: Oscillator): Generator<number, Float64Array> {
  const squares = yield* squaresInParts(engine, oscillator);
  if (squares.length > 0 && !(squares[0] > 0)) throw notMinimum(yield* hessianEigenvaluesInParts(engine, oscillator));
  return squares.map((square) => hbar * Math.sqrt(square * forceToAcceleration));
}

/** Modes with their shapes: row k of vectors (modes, m) belongs to value k, ω² in eV/(Å² amu). Takes four m×m matrices. */
export const normalModes = (engine: Engine, oscillator: Oscillator): Eigen =>
  atOnce(normalModesInParts(engine, oscillator));

export const normalModesInParts = (engine: Engine, oscillator: Oscillator): Generator<number, Eigen> =>
  borrowingInParts(engine, function* () {
    const m = oscillator.hessian.free.length;
    const { matrix, zero } = projected(engine, oscillator);
    const { values, vectors } = yield* eigenInParts(engine, matrix, { inPlace: true });
    return { values: values.slice(0, m - zero), vectors: vectors.subarray(0, (m - zero) * m) };
  });
