/** Which masses a run uses: the structure's own, else the potential file's (as LAMMPS does), else the standard table. */
import type { Atoms } from '../data/atoms.ts';
import { standardMass } from '../data/elements.ts';
import type { Potential } from '../data/potential.ts';

export interface Masses {
  /** (n) amu. */
  values: Float64Array;
  source: 'structure' | 'potential' | 'standard table';
}

/** Masses of all atoms, and where they came from. */
export function massesOf(atoms: Atoms, potential: Potential): Masses {
  if (atoms.masses) return { values: atoms.masses.slice(), source: 'structure' };
  const given = givenMasses(potential);
  const numbers = [...atoms.numbers];
  if (numbers.every((z) => given.has(z))) {
    return { values: Float64Array.from(numbers, (z) => given.get(z) as number), source: 'potential' };
  }
  return { values: Float64Array.from(numbers, standardMass), source: 'standard table' };
}

/** By atomic number; the first term of an overlay that gives a mass decides. */
function givenMasses(potential: Potential): Map<number, number> {
  const masses = new Map<number, number>();
  const terms = [potential, ...(potential.parts ?? [])];
  for (const { species, masses: own } of terms) {
    species.forEach((z, i) => {
      if (own && !masses.has(z)) masses.set(z, own[i]);
    });
  }
  return masses;
}
