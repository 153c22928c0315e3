/** Stress as ASE and extended XYZ have it: 9 numbers, eV/Å^3, tension positive, of the forces alone (nothing of the motion). */
import { determinant } from './cell.ts';

/** σ = −W/V from the virial xx yy zz yz xz xy (eV, −∂E/∂ε) and the cell's rows; undefined where there is no volume. */
export function stressOf(virial: ArrayLike<number>, cell: ArrayLike<number>): number[] | undefined {
  const volume = Math.abs(determinant(cell));
  if (!(volume > 0)) return undefined;
  const [xx, yy, zz, yz, xz, xy] = Array.from(virial, (w) => -w / volume);
  return [xx, xy, xz, xy, yy, yz, xz, yz, zz];
}
