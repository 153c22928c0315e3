/** Energies by O(N²) sums written apart from the kernels, by form. */
import type { Atoms } from '../../../src/data/atoms.ts';
import type { Potential } from '../../../src/data/potential.ts';
import { directEinstein, directFinnisSinclair, directHessian, directLj, directZbl } from './analytic.ts';
import { directDescriptorEnergy } from './descriptors/index.ts';
import { directEam } from './eam.ts';
import { directSnap } from './snap.ts';

export interface DirectEnergy {
  /** One per atom, eV. */
  energies: number[];
}

export type Direct = (atoms: Atoms, potential: Potential) => DirectEnergy;

/** One per form; overlays are added up by directEnergy. */
export const directForms = new Map<string, Direct>([
  ['eam', directEam],
  ['lj', directLj],
  ['zbl', directZbl],
  ['finnis-sinclair', directFinnisSinclair],
  ['einstein', directEinstein],
  ['hessian', directHessian],
  ['snap', directSnap],
  ['snap-quadratic', directSnap],
  ['descriptor', directDescriptorEnergy],
  ['descriptor-quadratic', directDescriptorEnergy],
]);

export function directEnergy(atoms: Atoms, potential: Potential): { energy: number; energies: number[] } {
  const terms = potential.kernel === 'overlay' ? (potential.parts ?? []) : [potential];
  const energies = Array.from(atoms.numbers, () => 0);
  for (const term of terms) {
    const direct = directForms.get(term.kernel);
    const found =
      term.kernel === 'overlay' ? directEnergy(atoms, term) : direct === undefined ? undefined : direct(atoms, term);
    if (found === undefined) throw new Error(`no direct sum for the form ${term.kernel}`);
    found.energies.forEach((e, i) => {
      energies[i] += e;
    });
  }
  return { energy: energies.reduce((sum, e) => sum + e, 0), energies };
}
