/**
 * The elastic dipole of a defect and its relaxation volume (Leibfried, Breuer; Clouet, Varvenne, Jourdan, Comput. Mater.
 * Sci. 147, 49 (2018), 10.1016/j.commatsci.2018.01.053). In a cell of fixed shape
 *
 *   P_ij = −V (σ_ij − σ0_ij) = W_ij − (V/V0) W0_ij          σ0, W0, V0: the perfect crystal
 *   ΔΩ   = Σ_i S_iikl P_kl                                  S: the compliance; cubic: tr P / 3B
 *
 * P is positive for what pushes outwards. ΔΩ is the change of volume that the defect would cause, to first order in 1/V.
 */
import { InputError } from '../data/errors.ts';
import { eigenSmall } from './symmetric-small.ts';

/** (3,3) eV from virials (6, xx yy zz yz xz xy, eV); `ratio`: volume of the defect's cell over that of the bulk's. */
export function elasticDipole(virial: ArrayLike<number>, bulkVirial: ArrayLike<number>, ratio: number): Float64Array {
  const p = Array.from({ length: 6 }, (_, k) => virial[k] - ratio * bulkVirial[k]);
  const [xx, yy, zz, yz, xz, xy] = p;
  return Float64Array.of(xx, xy, xz, xy, yy, yz, xz, yz, zz);
}

/** Å^3: relaxation volume of a dipole (3,3, eV) in a crystal of elastic constants C (6,6, eV/Å^3). Throws InputError where C is singular. */
export function relaxationVolume(dipole: ArrayLike<number>, C: ArrayLike<number>): number {
  const voigt = [dipole[0], dipole[4], dipole[8], dipole[5], dipole[2], dipole[1]];
  const strain = solve(C, voigt);
  return strain[0] + strain[1] + strain[2];
}

/** C·x = b for symmetric C by its eigenvectors. */
function solve(C: ArrayLike<number>, b: readonly number[]): number[] {
  const { values, vectors } = eigenSmall(C, 6);
  const largest = Math.max(...values);
  if (!(values[0] > 1e-9 * largest))
    throw new InputError('the crystal is not stable: its elastic constants have no inverse');
  const x = new Array<number>(6).fill(0);
  values.forEach((value, k) => {
    const v = vectors.subarray(6 * k, 6 * k + 6);
    const along = v.reduce((sum, component, i) => sum + component * b[i], 0) / value;
    v.forEach((component, i) => {
      x[i] += along * component;
    });
  });
  return x;
}
