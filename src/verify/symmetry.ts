/** What equal descriptions of the same atoms may differ by, and what the forces of free atoms add up to. */
import type { Atoms } from '../data/atoms.ts';
import type { Engine } from '../engine/engine.ts';
import { termsOf } from '../engine/system.ts';
import { distanceOf, evaluate, largest, resultants } from './evaluate.ts';
import type { Image } from './images.ts';
import type { Subject } from './subject.ts';

/** Deviations in units of what rounding explains: 1 is the limit. */
export interface Excess {
  energy: number;
  energies: number;
  forces: number;
}

/**
 * How an image deviates from what the original says it must be: energies by 1e-12 eV an atom and 1e-12 of their size,
 * forces by 1e-10 (SNAP 1e-9) of max(1 eV/Å, |F|max).
 */
export function imageExcess(engine: Engine, subject: Pick<Subject, 'potential'>, atoms: Atoms, image: Image): Excess {
  const potential = subject.potential(atoms);
  const original = evaluate(engine, atoms, potential);
  const found = evaluate(engine, image.atoms, potential);
  const n = image.atoms.numbers.length;
  const expected = image.energies(original.energies);
  const snap = termsOf(potential).some((term) => term.kernel.startsWith('snap'));
  const room = (snap ? 1e-9 : 1e-10) * Math.max(1, largest(original.forces));
  const energy = Math.abs(found.energy - image.times * original.energy);
  return {
    energy: energy / (1e-12 * n + 1e-12 * Math.abs(found.energy)),
    energies: distanceOf(found.energies, expected) / (1e-12 + 1e-12 * largest(expected)),
    forces: distanceOf(found.forces, image.forces(original.forces)) / room,
  };
}

/** |Σ F| and |Σ x × F| of free atoms in units of what rounding explains: 1 is the limit. */
export function balanceExcess(engine: Engine, subject: Pick<Subject, 'potential'>, atoms: Atoms): number {
  const { forces } = evaluate(engine, atoms, subject.potential(atoms));
  const rms = Math.sqrt(forces.reduce((sum, f) => sum + f * f, 0) / forces.length);
  const limit = 1e-11 * atoms.numbers.length * Math.max(1, rms);
  const { force, torque } = resultants(atoms.positions, forces);
  return Math.max(largest(force) / limit, largest(torque) / (limit * largest(atoms.positions)));
}
