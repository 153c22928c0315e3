/**
 * A crystal in a deformed cell: positions follow the cell, then, where wanted, the atoms relax in it. Every deformation
 * is of the same reference, so that results do not depend on the order in which they are asked for.
 */
import { determinant, multiply, transformRows } from '../data/cell.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { requireExact } from '../engine/exact.ts';
import type { System } from '../engine/system.ts';
import { fmax } from '../methods/fmax.ts';
import { hold } from '../methods/hold.ts';
import { minimize } from '../methods/minimize.ts';

export interface DeformOptions {
  /** Relax the atoms in every deformed cell (default), or leave them where the deformation puts them. */
  relax?: boolean;
  /** eV/Å of that relaxation; default 1e-8, or what double precision allows. */
  fmax?: number;
  /** Most steps of it; default 1000. */
  steps?: number;
}

export interface Deformed {
  /** eV. */
  energy: number;
  /** Å^3. */
  volume: number;
  /** xx yy zz yz xz xy, eV/Å^3, tension positive. */
  stress: Float64Array;
  /** eV/Å, largest force on an atom that is free. */
  fmax: number;
}

/** Relaxations that stall above this are failures, eV/Å. */
const LOOSE = 1e-5;

/**
 * Calls `use` with a function of the (3,3) deformation D: cell = h0·D, positions = x0·D, with h0 and x0 as the system has
 * them now and has them again afterwards (its forces only after the next evaluate()). Throws InputError for a cell that
 * is not periodic in three directions, and on an engine with the fast kernels: what is done with strained cells are
 * derivatives.
 */
export function deforming<T>(
  system: System,
  { relax = true, fmax: target = 1e-8, steps = 1000 }: DeformOptions,
  use: (at: (d: ArrayLike<number>) => Deformed) => T,
): T {
  requireExact(system.engine, 'energies and stresses of strained cells');
  const { pbc, fixed } = system.atoms;
  if (!pbc.every(Boolean) || !(Math.abs(determinant(system.cell)) > 0)) {
    throw new InputError('a strained crystal needs a cell that is periodic in all three directions');
  }
  const [h0, x0] = [system.cell.slice(), system.x.slice()];
  const held = hold(system, fixed);
  const at = (d: ArrayLike<number>): Deformed => {
    system.setCell(multiply(h0, d));
    system.x.set(transformRows(x0, d));
    let energy = held.evaluate();
    if (relax && fmax(held.f) > target) {
      const end = minimize(held, 'lbfgs', { fmax: target, steps });
      if (end.criterion === 'steps' || end.fmax > Math.max(LOOSE, target)) {
        throw new PhysicsError(`the atoms did not relax in a strained cell: fmax ${end.fmax.toExponential(2)} eV/Å`);
      }
      energy = held.evaluate();
    }
    const volume = Math.abs(determinant(system.cell));
    return { energy, volume, stress: system.virial.map((w) => -w / volume), fmax: fmax(held.f) };
  };
  try {
    return use(at);
  } finally {
    system.setCell(h0);
    system.x.set(x0);
  }
}
