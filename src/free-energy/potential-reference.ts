/**
 * Another potential as the reference: a cheap stepping stone to an expensive one. It has no free energy of its own; it
 * is given the result of an earlier run.
 */
import { InputError } from '../data/errors.ts';
import type { ListState } from '../engine/list.ts';
import type { System } from '../engine/system.ts';
import type { Reference } from './reference.ts';

export interface KnownFreeEnergy {
  /** K. */
  temperature: number;
  /** eV, total, and its standard error. */
  value: number;
  error: number;
}

/** `system` holds the same atoms with the other potential, in an engine; x0 are the sites, (n,3) Å. */
export function potentialReference(
  system: System,
  x0: ArrayLike<number>,
  modes: number,
  known?: KnownFreeEnergy,
): Reference {
  const at = (temperature: number): KnownFreeEnergy => {
    if (known && known.temperature === temperature) return known;
    throw new InputError(
      `the free energy of the reference potential at ${temperature} K is not known${known ? `, only at ${known.temperature} K` : ''}; give the result of an earlier run`,
    );
  };
  return {
    kind: 'potential',
    x0: Float64Array.from(x0),
    modes,
    evaluate(x, f) {
      system.x.set(x);
      const energy = system.evaluate();
      f.set(system.f);
      return energy;
    },
    freeEnergy: (temperature) => at(temperature).value,
    freeEnergyError: (temperature) => at(temperature).error,
    save: () => system.listState(),
    restore: (saved) => system.restoreList(saved as ListState),
  };
}
