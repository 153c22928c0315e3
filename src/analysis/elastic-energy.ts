/**
 * Elastic constants over a stated amplitude of strain, from energies alone. A crystal whose constants at zero strain are
 * cubic in the axes of its cell is strained as published constants often are:
 *
 *   C' = (C11 − C12)/2   diag(1 + δ, 1 − δ, 1/(1 − δ²)), parabola        ΔE = 2 C' V δ²
 *   C44                  xy = yx = δ/2, zz = 1/(1 − δ²/4), parabola      ΔE = C44 V δ²/2
 *   B                    isotropic, cubic polynomial                     ΔE = 9 B V δ²/2
 *
 * All others: the six strains and their fifteen pairs, cubic polynomials, curvature C_ii or C_ii + C_jj + 2 C_ij.
 */
import { determinant } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';
import type { System } from '../engine/system.ts';
import { deforming } from './deform.ts';
import { checkStrain, deformation, type Elastic, type ElasticOptions, elasticConstants, single } from './elastic.ts';
import { fitPolynomial, polynomialAt } from './polynomial.ts';

export interface EnergyElasticOptions extends ElasticOptions {
  /** Energies of each strain, from −strain to +strain; default 9: steps of a quarter of it. */
  points?: number;
}

export interface EnergyElastic extends Elastic {
  convention: 'cubic' | 'general';
  /** Where the crystal is cubic, eV/Å^3. */
  cubic?: { bulk: number; tetragonal: number; shear: number };
}

/** C_ij from energies within ±strain (default 0.01) of the present cell, which is put back. */
export function elasticFromEnergies(system: System, options: EnergyElasticOptions = {}): EnergyElastic {
  const { strain = 0.01, points = 9 } = options;
  checkStrain(strain);
  if (!(Number.isInteger(points) && points >= 5 && points <= 1000)) {
    throw new InputError(`${points} points; expected a whole number from 5 to 1000`);
  }
  const small = elasticConstants(system, { ...options, strain: 1e-4 });
  const volume = Math.abs(determinant(system.cell));
  const amplitudes = Array.from({ length: points }, (_, k) => strain * ((2 * k) / (points - 1) - 1));
  return deforming(system, options, (at) => {
    const curvature: Curvature = (d, degree) => {
      const energies = amplitudes.map((e) => at(d(e)).energy);
      return polynomialAt(fitPolynomial(amplitudes, energies, degree), 0, 2) / volume;
    };
    const cubic = isCubic(small.C) ? cubicModuli(curvature) : undefined;
    const C = cubic ? cubicMatrix(cubic) : generalMatrix(curvature);
    return { ...small, C, strain, convention: cubic ? 'cubic' : 'general', ...(cubic ? { cubic } : {}) };
  });
}

/** d²E/dδ² at δ = 0 over the volume, of deformations d(δ). */
type Curvature = (d: (e: number) => ArrayLike<number>, degree: number) => number;

/** C11 = C22 = C33 and so on to 1 % of the largest, which leaves room for the noise of differences. */
function isCubic(C: Float64Array): boolean {
  const size = 0.01 * C.reduce((most, c) => Math.max(most, Math.abs(c)), 0);
  const [c11, c12, c44] = [C[0], C[1], C[21]];
  return C.every((c, k) => {
    const [i, j] = [Math.floor(k / 6), k % 6];
    const expected = i === j ? (i < 3 ? c11 : c44) : i < 3 && j < 3 ? c12 : 0;
    return Math.abs(c - expected) < size;
  });
}

function cubicModuli(curvature: Curvature): { bulk: number; tetragonal: number; shear: number } {
  const bulk = curvature((e) => [1 + e, 0, 0, 0, 1 + e, 0, 0, 0, 1 + e], 3) / 9;
  const tetragonal = curvature((e) => [1 + e, 0, 0, 0, 1 - e, 0, 0, 0, 1 / (1 - e * e)], 2) / 4;
  const shear = curvature((e) => [1, e / 2, 0, e / 2, 1, 0, 0, 0, 1 / (1 - (e * e) / 4)], 2);
  return { bulk, tetragonal, shear };
}

function cubicMatrix({ bulk, tetragonal, shear }: { bulk: number; tetragonal: number; shear: number }): Float64Array {
  const c11 = bulk + (4 / 3) * tetragonal;
  const c12 = bulk - (2 / 3) * tetragonal;
  return Float64Array.from({ length: 36 }, (_, k) => {
    const [i, j] = [Math.floor(k / 6), k % 6];
    if (i === j) return i < 3 ? c11 : shear;
    return i < 3 && j < 3 ? c12 : 0;
  });
}

function generalMatrix(curvature: Curvature): Float64Array {
  const C = new Float64Array(36);
  for (let i = 0; i < 6; i++) C[7 * i] = curvature((e) => deformation(single(i, e)), 3);
  for (let i = 0; i < 6; i++) {
    for (let j = i + 1; j < 6; j++) {
      const both = curvature((e) => deformation(single(i, e).map((s, k) => (k === j ? e : s))), 3);
      C[6 * i + j] = C[6 * j + i] = (both - C[7 * i] - C[7 * j]) / 2;
    }
  }
  return C;
}
