/** The sum of potentials. */
import { InputError } from '../errors.ts';
import type { Potential } from '../potential.ts';

/** Energies, forces and virials of the terms add up; every term must know every element of a structure. */
export function overlayPotential(parts: Potential[], about: { name?: string; reference?: string } = {}): Potential {
  if (parts.length === 0) throw new InputError('an overlay needs at least one potential');
  const species = parts[0].species.filter((z) => parts.every((part) => part.species.includes(z)));
  if (species.length === 0) throw new InputError('the potentials of an overlay have no element in common');
  return {
    kernel: 'overlay',
    cutoff: Math.max(...parts.map((part) => part.cutoff)),
    species,
    params: new Float64Array(0),
    reference: about.reference ?? parts.map((part) => part.reference).join('; '),
    name: about.name ?? parts.map((part) => part.name ?? part.kernel).join(' + '),
    parts,
    warnings: parts.flatMap((part) => part.warnings ?? []),
  };
}
