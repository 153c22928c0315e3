/** Descriptor vectors with the names of their components. */
import type { Atoms } from '../data/atoms.ts';
import { type Triple, triples } from '../data/bispectrum-plan.ts';
import { symbolOf } from '../data/elements.ts';
import type { Potential } from '../data/potential.ts';
import { labelsOf } from '../data/potentials/descriptor.ts';
import { describeAtoms, describingTerm } from './describe.ts';
import type { Engine } from './engine.ts';

export interface LabelledDescriptors {
  /** Components per atom. */
  size: number;
  /** `B_l1_l2_l` with the doubled momenta; with chemistry the elements of the three densities follow: `B_2_1_1_W_W_Be`. */
  labels: string[];
  /** (n, size) in the user's order. */
  values: Float64Array;
}

/** Where params has the channels, the integers and, in these, the list of components (l, start of Z, place of U). */
const CHANNELS = 2;
const SIZE = 3;
const INTEGERS = 11;
const COMPONENTS = 16;
const STRIDE = 3;

/**
 * The components of every atom as a potential defines them; of an overlay the term with a descriptor counts. Throws InputError where the potential has none, or for an element that it does not know.
 */
export function descriptors(engine: Engine, atoms: Atoms, potential: Potential): LabelledDescriptors {
  const { size, values } = describeAtoms(engine, atoms, potential);
  return { size, labels: descriptorLabels(potential), values };
}

/** Names of the components, in the order of the potential's coefficients. */
export function descriptorLabels(potential: Potential): string[] {
  const term = describingTerm(potential);
  if (term.descriptor) return labelsOf(term.descriptor, term.species);
  const channels = term.params[CHANNELS];
  const list = triplesOf(term);
  if (channels === 1) return list.map((triple) => `B_${triple.join('_')}`);
  const symbols = term.species.map(symbolOf);
  const combinations = symbols.flatMap((a) => symbols.flatMap((b) => symbols.map((c) => `${a}_${b}_${c}`)));
  return combinations.flatMap((elements) => list.map((triple) => `B_${triple.join('_')}_${elements}`));
}

/** The full set or the diagonal one: whichever has as many components with the same l. */
function triplesOf({ params }: Potential): Triple[] {
  const count = params[SIZE] / params[CHANNELS] ** 3;
  const at = params[INTEGERS] + params[COMPONENTS];
  const found = [false, true]
    .map((diagonal) => triples(params[0], diagonal))
    .find((list) => list.length === count && list.every(([, , l], k) => params[at + STRIDE * k] === l));
  if (!found) throw new Error('the components of this potential are neither the full nor the diagonal set');
  return found;
}
