/**
 * Groups whose energies are wrong by one number. Forces do not know the energy that a group has as a whole; where they are
 * many and an energy weighs as much as one of them, a flexible fit leaves it where it happens to be. The same is then seen on
 * what was fitted as on what was held out. Larger weights of energies mend that.
 */
import type { Metrics } from './evaluate.ts';

/** Energies of a group from which on it can be said. */
const ENOUGH = 10;
/** Of errors of either sign MAE/RMSE is 0.8 (Gaussian); of equal ones 1. */
const EQUAL = 0.95;
/** eV/atom. */
const NOTABLE = 2e-3;

/** Warnings for the groups of `fitted`, the errors of rows that have a weight; 'all' is no group. */
export function shiftedGroups(fitted: ReadonlyMap<string, Metrics>): string[] {
  const shifted = [...fitted].filter(
    ([group, { energy, force }]) =>
      group !== 'all' &&
      force !== undefined &&
      energy !== undefined &&
      energy.count >= ENOUGH &&
      energy.mae > NOTABLE &&
      energy.mae > EQUAL * energy.rmse,
  );
  if (shifted.length === 0) return [];
  const some = shifted.map(([group, { energy }]) => `${group} ${(1e3 * (energy?.mae ?? 0)).toPrecision(3)}`).join(', ');
  return [
    `energies of whole groups are off by one number each (meV/atom: ${some}): they weigh little beside the forces; larger weights of energies mend that`,
  ];
}
