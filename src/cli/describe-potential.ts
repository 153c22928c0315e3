/** What a user wants to know of a potential, as flat data. */
import { symbolOf } from '../data/elements.ts';
import type { Potential } from '../data/potential.ts';
import { formOf } from '../engine/registry.ts';
import { termsOf } from '../engine/system.ts';

export function describePotential(potential: Potential): Record<string, string | number | string[] | number[]> {
  const terms = termsOf(potential);
  return {
    name: potential.name ?? potential.kernel,
    form: terms.map((term) => term.kernel).join(' + '),
    elements: potential.species.map(symbolOf),
    ...(potential.masses ? { masses: potential.masses } : {}),
    cutoff: potential.cutoff,
    continuity: terms.map((term) => formOf(term.kernel).continuity(term)),
    parameters: terms.reduce((sum, term) => sum + term.params.length, 0),
    reference: potential.reference,
    ...(potential.warnings?.length ? { warnings: potential.warnings } : {}),
  };
}
