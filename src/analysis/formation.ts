/**
 * Formation and binding energies: energy of a cell with defects less that of the same atoms in their reservoirs. With k
 * the volume of the defect's cell over the bulk's and ΔN_s = N_s − k·N_s(bulk),
 *
 *   E_f = E − k·E_bulk − Σ_s ΔN_s μ_s          E_b = Σ E_f(parts) − E_f
 *
 * In an element μ = E_bulk/N_bulk, and E_f = E − (N/N_bulk) E_bulk.
 */
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';

/** What is there, and its energy, eV. */
export interface Assembly {
  numbers: ArrayLike<number>;
  energy: number;
}

export interface Reservoirs {
  bulk: Assembly;
  /** Cells of the bulk in the cell of the defect: ratio of volumes; default 1. */
  cells?: number;
  /** eV, by atomic number, of elements whose number changes. A bulk of one element brings its own. */
  potentials?: ReadonlyMap<number, number>;
}

export function countElements(numbers: ArrayLike<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < numbers.length; i++) counts.set(numbers[i], (counts.get(numbers[i]) ?? 0) + 1);
  return counts;
}

/** eV per atom of a reservoir of one element. Throws InputError for a compound. */
export function chemicalPotential({ numbers, energy }: Assembly): [element: number, potential: number] {
  const [[z], ...others] = countElements(numbers);
  if (others.length > 0) {
    const found = [...countElements(numbers).keys()].map(symbolOf).join(', ');
    throw new InputError(`a reservoir of one element was expected; it has ${found}`);
  }
  return [z, energy / numbers.length];
}

/** eV. Throws InputError where the number of an element changes whose chemical potential is not known. */
export function formationEnergy(defect: Assembly, { bulk, cells = 1, potentials = new Map() }: Reservoirs): number {
  const [found, perfect] = [countElements(defect.numbers), countElements(bulk.numbers)];
  const known = new Map(potentials);
  if (perfect.size === 1) {
    const [z, own] = chemicalPotential(bulk);
    if (!known.has(z)) known.set(z, own);
  }
  let energy = defect.energy - cells * bulk.energy;
  for (const z of new Set([...found.keys(), ...perfect.keys()])) {
    const change = (found.get(z) ?? 0) - cells * (perfect.get(z) ?? 0);
    if (Math.abs(change) < 1e-9) continue;
    const mu = known.get(z);
    if (mu === undefined) {
      const by = `${change > 0 ? '+' : ''}${Number(change.toFixed(3))}`;
      throw new InputError(`the number of ${symbolOf(z)} changes by ${by}: its chemical potential is needed`);
    }
    energy -= change * mu;
  }
  return energy;
}

/** eV, positive where the parts attract each other: n parts of formation energy `single` each. */
export const bindingEnergy = (formation: number, n: number, single: number): number => n * single - formation;
