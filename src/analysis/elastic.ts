/**
 * Elastic constants by stress differences: six strains ±e in Voigt order, the atoms relaxed in each (or clamped), any
 * symmetry. The strained cell is h0·(1 + ε) with ε symmetric; C_ij = dσ_i/dε_j with σ the true stress and engineering
 * shears (γ = 2ε), which are the elastic constants where the crystal starts without stress.
 */
import { determinant } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';
import { voigt } from '../data/voigt.ts';
import type { System } from '../engine/system.ts';
import { minimize } from '../methods/minimize.ts';
import { strained } from '../methods/strain.ts';
import { type DeformOptions, deforming } from './deform.ts';

export interface ElasticOptions extends DeformOptions {
  /** Amplitude of the strain; default 1e-4. */
  strain?: number;
}

export interface Elastic {
  /** (6,6) eV/Å^3, symmetric, Voigt order xx yy zz yz xz xy. */
  C: Float64Array;
  /** (6) eV/Å^3: the stress of the start, tension positive; 0 where C are to be elastic constants. */
  stress: Float64Array;
  /** Å^3 of the start. */
  volume: number;
  strain: number;
  /** eV/Å^3: largest |C_ij − C_ji| before the mean was taken; of the order of the stress of the start. */
  asymmetry: number;
}

/** 1 + Σ e_k ε_k as (3,3) rows, shears as engineering strains. */
export function deformation(strains: ArrayLike<number>): Float64Array {
  const d = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  voigt.forEach(([a, b], k) => {
    if (a === b) d[4 * a] += strains[k];
    else d[3 * a + b] = d[3 * b + a] = strains[k] / 2;
  });
  return d;
}

export function checkStrain(strain: number): void {
  if (!(strain > 0 && strain <= 0.1)) {
    throw new InputError(
      `a strain of ${strain}; expected one above 0 and at most 0.1, where a crystal is still elastic`,
    );
  }
}

/** The strain Σ of component k only. */
export const single = (k: number, e: number): Float64Array => new Float64Array(6).fill(e, k, k + 1);

/** Elastic constants of the system as it is; its positions and cell are put back. Throws InputError, PhysicsError. */
export function elasticConstants(system: System, options: ElasticOptions = {}): Elastic {
  const { strain = 1e-4 } = options;
  checkStrain(strain);
  const volume = Math.abs(determinant(system.cell));
  const { stress, slopes } = deforming(system, options, (at) => ({
    stress: at(deformation(new Float64Array(6))).stress,
    slopes: voigt.map((_, k) => {
      const [plus, minus] = [strain, -strain].map((e) => at(deformation(single(k, e))).stress);
      return plus.map((s, i) => (s - minus[i]) / (2 * strain));
    }),
  }));
  const C = new Float64Array(36);
  let asymmetry = 0;
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j < 6; j++) {
      C[6 * i + j] = (slopes[j][i] + slopes[i][j]) / 2;
      asymmetry = Math.max(asymmetry, Math.abs(slopes[j][i] - slopes[i][j]));
    }
  }
  return { C, stress, volume, strain, asymmetry };
}

/** Relaxes positions and all six components of the cell in place; the largest force or stress measure left, eV/Å. */
export function relaxCell(system: System, fmax = 1e-7, steps = 2000): number {
  const objective = strained(system, { mode: 'full', fixed: system.atoms.fixed });
  return minimize(objective, 'lbfgs', { fmax, steps }).fmax;
}
