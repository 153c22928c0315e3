/**
 * When two minima are one configuration: energies within 10⁻² eV, and the inertia tensors of the defects, placed by
 * Wigner–Seitz, with the same sum of squares of the principal moments (Lapointe 2020, 10.1103/PhysRevMaterials.4.063802).
 */
import { defectInertia, defectSites } from '../../analysis/defect-inertia.ts';
import { wignerSeitz } from '../../analysis/wigner-seitz.ts';
import type { Atoms } from '../../data/atoms.ts';

export interface Shape {
  /** eV. */
  energy: number;
  /** Sites of the defect. */
  points: number;
  /** Å⁴: Σ of the squares of the principal moments. */
  inertia: number;
}

/** eV. */
const SAME_ENERGY = 1e-2;
/** Relative; sites are those of a lattice, so moments are equal to rounding or clearly not. */
const SAME_INERTIA = 1e-6;

export function shapeOf(atoms: Atoms, perfect: Atoms, energy: number): Shape {
  const { points, moments } = defectInertia(perfect, defectSites(wignerSeitz(atoms, perfect)));
  return { energy, points, inertia: moments.reduce((sum, m) => sum + m * m, 0) };
}

export function sameShape(a: Shape, b: Shape): boolean {
  return (
    Math.abs(a.energy - b.energy) <= SAME_ENERGY &&
    a.points === b.points &&
    Math.abs(a.inertia - b.inertia) <= SAME_INERTIA * Math.max(1, a.inertia, b.inertia)
  );
}
