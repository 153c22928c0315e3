/** A start that is a minimum, or is relaxed to one: what harmonic analyses need. */
import { InputError, PhysicsError } from '../data/errors.ts';
import { atOnce } from '../data/in-parts.ts';
import type { System } from '../engine/system.ts';
import { fmax } from '../methods/fmax.ts';
import { hold } from '../methods/hold.ts';
import { minimizing } from '../methods/minimize.ts';

/** eV/Å: with larger forces the Hessian is not that of a minimum, and entropies change in the third digit. */
const AT_REST = 1e-3;
const RELAXED = 1e-6;

/** The largest force that is left, eV/Å. Throws InputError for a start that is no minimum, unless it is relaxed. */
export const settle = (system: System, relax: boolean): number => atOnce(settling(system, relax));

/** settle() step by step. */
export function* settling(system: System, relax: boolean): Generator<string, number> {
  const objective = hold(system, system.atoms.fixed);
  objective.evaluate();
  if (relax) {
    const steps = minimizing(objective, 'lbfgs', { fmax: RELAXED });
    let next = steps.next();
    for (; !next.done; next = steps.next()) yield `relaxing, forces up to ${next.value.fmax.toExponential(1)} eV/Å`;
    const end = next.value;
    if (end.fmax > AT_REST) throw new PhysicsError(`the atoms did not relax: ${end.reason}`);
    return end.fmax;
  }
  const force = fmax(objective.f);
  if (force > AT_REST) {
    throw new InputError(
      `not at a minimum: forces up to ${force.toExponential(2)} eV/Å, at most ${AT_REST} were expected; relax the structure first, or give --relax`,
    );
  }
  return force;
}
