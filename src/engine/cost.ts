/** What a descriptor costs: its parts as functions that a clock is held to. */
import type { Atoms } from '../data/atoms.ts';
import type { Descriptor } from '../data/descriptors/descriptor.ts';
import { descriptorPotential, descriptorSize, fastestPotential } from '../data/potentials/descriptor.ts';
import { describingKernel } from './describe.ts';
import type { Engine } from './engine.ts';
import { createSystem } from './system.ts';

export interface DescriptorCost {
  /** Components per atom. */
  size: number;
  /** Components of all atoms, by a list that stands. */
  values(): void;
  /** Energies, forces and virial of a potential over them, by a list that stands. */
  forces(): void;
  /** The neighbour list, from nothing. */
  list(): void;
}

export interface CostOptions {
  /** Of a quadratic potential. */
  quadratic?: boolean;
  /** The bispectrum by the recurrence kernels, as it is in a hybrid. */
  recurrence?: boolean;
}

/**
 * The work of a descriptor for these atoms; what it takes of the engine's memory is its owner's to release. Coefficients are
 * 1/size: what they are changes no time. Throws InputError for settings that do not go together.
 */
export function descriptorCost(
  engine: Engine,
  atoms: Atoms,
  descriptor: Descriptor,
  { quadratic = false, recurrence = false }: CostOptions = {},
): DescriptorCost {
  const species = [...new Set(atoms.numbers)].sort((a, b) => a - b);
  const size = descriptorSize(descriptor, species);
  const count = 1 + size + (quadratic ? (size * (size + 1)) / 2 : 0);
  const coefficients = new Float64Array(count).fill(1 / size);
  const elements = species.map((number) => ({ number, coefficients }));
  const make = recurrence ? descriptorPotential : fastestPotential;
  const potential = make({ descriptor, elements, quadratic });
  const system = createSystem(engine, atoms, potential, { skin: 0 });
  system.evaluate();
  const state = system.listState();
  return {
    size,
    values: describingKernel(engine, atoms, potential),
    forces: () => system.evaluate(),
    list: () => system.restoreList(state),
  };
}
