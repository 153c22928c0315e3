/**
 * What follows from a matrix of elastic constants: mechanical stability (Born: all eigenvalues positive; Mouhat, Coudert
 * 2014, 10.1103/PhysRevB.90.224104) and the moduli of a polycrystal (Hill 1952, 10.1088/0370-1298/65/5/307).
 */
import { eigenSmall } from './symmetric-small.ts';

export interface Isotropic {
  bulk: number;
  shear: number;
}

export interface Moduli {
  /** (6) ascending, of the Voigt matrix. */
  eigenvalues: Float64Array;
  /** All of them positive: no strain lowers the energy. */
  stable: boolean;
  voigt: Isotropic;
  /** NaN where the matrix is singular. */
  reuss: Isotropic;
  hill: Isotropic & { young: number; poisson: number };
  /** Universal anisotropy, 0 for an isotropic crystal (10.1103/PhysRevLett.101.055504). */
  anisotropy: number;
}

/** Moduli in the units of C (6,6). */
export function moduli(C: ArrayLike<number>): Moduli {
  const { values, vectors } = eigenSmall(C, 6);
  const S = new Float64Array(36);
  for (let k = 0; k < 6; k++) {
    for (let i = 0; i < 36; i++) {
      S[i] += (vectors[6 * k + Math.floor(i / 6)] * vectors[6 * k + (i % 6)]) / values[k];
    }
  }
  const [diagonal, off, shears] = sums(C);
  const [softness, offSoftness, shearSoftness] = sums(S);
  const upper = { bulk: (diagonal + 2 * off) / 9, shear: (diagonal - off + 3 * shears) / 15 };
  const lower = {
    bulk: 1 / (softness + 2 * offSoftness),
    shear: 15 / (4 * (softness - offSoftness) + 3 * shearSoftness),
  };
  const bulk = (upper.bulk + lower.bulk) / 2;
  const shear = (upper.shear + lower.shear) / 2;
  const young = (9 * bulk * shear) / (3 * bulk + shear);
  const poisson = (3 * bulk - 2 * shear) / (2 * (3 * bulk + shear));
  return {
    eigenvalues: values,
    stable: values[0] > 0,
    voigt: upper,
    reuss: lower,
    hill: { bulk, shear, young, poisson },
    anisotropy: 5 * (upper.shear / lower.shear) + upper.bulk / lower.bulk - 6,
  };
}

/** Sums of 11 22 33, of 12 13 23, of 44 55 66. */
function sums(M: ArrayLike<number>): [number, number, number] {
  return [M[0] + M[7] + M[14], M[1] + M[2] + M[8], M[21] + M[28] + M[35]];
}
