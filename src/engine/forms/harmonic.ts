/** Harmonic references to fixed sites, Einstein and Hessian (assembly/potentials/harmonic.ts). */
import { InputError } from '../../data/errors.ts';
import type { Potential } from '../../data/potential.ts';
import type { Form } from '../form.ts';

/** Refuses a structure that the reference was not made for. */
function checkAtoms(potential: Potential, n: number): void {
  const expected = potential.params[0];
  if (n === expected) return;
  throw new InputError(`the ${potential.kernel} reference has ${expected} atoms, the structure has ${n}`);
}

function reference(kernel: string, stage: string): Form {
  return {
    kernel,
    stages: [stage],
    pairGradients: false,
    work: () => 0,
    scratch: () => 0,
    // There is no cutoff.
    continuity: () => 'C1',
    symmetric: false,
    checkAtoms,
  };
}

export const einstein: Form = reference('einstein', 'einsteinForce');
export const hessian: Form = reference('hessian', 'hessianForce');
