/** Harmonic references to fixed sites, Einstein and Hessian (assembly/potentials/harmonic.ts). */
import { InputError } from '../../data/errors.ts';
import type { Potential } from '../../data/potential.ts';
import type { Form } from '../form.ts';

/** No work array, but the place to refuse a structure that the reference was not made for. */
function sameAtoms(potential: Potential, n: number): number {
  const expected = potential.params[0];
  if (n === expected) return 0;
  throw new InputError(`the ${potential.kernel} reference has ${expected} atoms, the structure has ${n}`);
}

function reference(kernel: string, stage: string): Form {
  return {
    kernel,
    stages: [stage],
    pairGradients: false,
    work: sameAtoms,
    scratch: () => 0,
    // There is no cutoff.
    continuity: () => 'C1',
    symmetric: false,
  };
}

export const einstein: Form = reference('einstein', 'einsteinForce');
export const hessian: Form = reference('hessian', 'hessianForce');
