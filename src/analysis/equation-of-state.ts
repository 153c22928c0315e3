/**
 * E(V) of a crystal and the third-order Birch–Murnaghan equation of state (Birch 1947, 10.1103/PhysRev.71.809), which
 * is a cubic polynomial of x = V^(−2/3): a linear fit, and V0, B0, B0' follow from its derivatives at the minimum.
 */
import { InputError, PhysicsError } from '../data/errors.ts';
import { pow } from '../data/math.ts';
import type { System } from '../engine/system.ts';
import { type DeformOptions, deforming } from './deform.ts';
import { fitPolynomial, polynomialAt } from './polynomial.ts';

export interface VolumePoint {
  /** Linear strain of the cell. */
  strain: number;
  /** Å^3. */
  volume: number;
  /** eV. */
  energy: number;
  /** eV/Å^3, from the virial: independent of the fit. */
  pressure: number;
}

export interface VolumeOptions extends DeformOptions {
  /** Lowest and highest linear strain; default ±0.03. */
  strain?: [number, number];
  /** Default 11. */
  points?: number;
}

/** E(V) at equally spaced linear strains; the cell keeps its shape, the atoms relax unless `relax` is false. */
export function energyVolume(system: System, options: VolumeOptions = {}): VolumePoint[] {
  const { strain: [low, high] = [-0.03, 0.03], points = 11 } = options;
  if (!(low > -0.5 && low < high && high < 1)) {
    throw new InputError(`strains from ${low} to ${high}; expected two different ones, rising, between -0.5 and 1`);
  }
  if (!(Number.isInteger(points) && points >= 5 && points <= 10000)) {
    throw new InputError(`${points} points; expected a whole number from 5 to 10000`);
  }
  return deforming(system, options, (at) =>
    Array.from({ length: points }, (_, k) => {
      const strain = low + ((high - low) * k) / (points - 1);
      const { energy, volume, stress } = at([1 + strain, 0, 0, 0, 1 + strain, 0, 0, 0, 1 + strain]);
      return { strain, volume, energy, pressure: -(stress[0] + stress[1] + stress[2]) / 3 };
    }),
  );
}

export interface BirchMurnaghan {
  /** Å^3 and eV at the minimum. */
  volume: number;
  energy: number;
  /** eV/Å^3. */
  bulk: number;
  /** dB/dP at zero pressure. */
  derivative: number;
  /** eV, root mean square of the residuals. */
  rms: number;
  /** eV, and eV/Å^3, at a volume. */
  at(volume: number): { energy: number; pressure: number };
}

/**
 * Fit to volumes (Å^3) and energies (eV), 5 or more. Throws PhysicsError where the energies have no minimum in or near
 * the range of volumes: the fit would be an extrapolation.
 */
export function birchMurnaghan(volumes: ArrayLike<number>, energies: ArrayLike<number>): BirchMurnaghan {
  if (volumes.length < 5) throw new InputError(`an equation of state needs 5 volumes or more, found ${volumes.length}`);
  const x = Array.from(volumes, (v) => pow(v, -2 / 3));
  const fit = fitPolynomial(x, energies, 3);
  const [low, high] = [Math.min(...x), Math.max(...x)];
  const margin = 0.25 * (high - low);
  const x0 = minimum(fit.center, fit.scale, fit.coefficients);
  if (!(x0 > low - margin && x0 < high + margin)) {
    throw new PhysicsError(
      'E(V) has no minimum in the range of volumes: choose other strains, or relax the cell first',
    );
  }
  const volume = pow(x0, -1.5);
  const [second, third] = [polynomialAt(fit, x0, 2), polynomialAt(fit, x0, 3)];
  return {
    volume,
    energy: polynomialAt(fit, x0),
    bulk: ((4 / 9) * second * x0 * x0) / volume,
    derivative: 4 + (2 / 3) * x0 * (third / second),
    rms: fit.rms,
    at: (v) => {
      const at = pow(v, -2 / 3);
      return { energy: polynomialAt(fit, at), pressure: (polynomialAt(fit, at, 1) * 2 * at) / (3 * v) };
    },
  };
}

/** The minimum of a cubic; NaN where it has none. */
function minimum(center: number, scale: number, [, b, c, d]: Float64Array): number {
  const root = c * c - 3 * b * d;
  if (!(root >= 0)) return Number.NaN;
  // the stable form of (−c + √root)/(3 d), which also holds for d = 0
  const t = c > 0 ? -b / (c + Math.sqrt(root)) : (-c + Math.sqrt(root)) / (3 * d);
  return center + scale * t;
}
