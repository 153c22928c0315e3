/** The measure that relaxations stop on: the largest force on any atom. */
import type { Objective } from '../data/objective.ts';

/** An objective whose convergence is more than the lengths in its `f` (cell strain: the Cartesian forces and the stress). */
export interface MeasuredObjective extends Objective {
  /** What has to fall below fmax, eV/Å, at the last evaluate(). */
  residual(): number;
}

/** max over atoms of the Euclidean length |f_i|, eV/Å; f is (n,3) (a last incomplete triple counts as one atom). */
export function fmax(f: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < f.length; i += 3) {
    let square = 0;
    for (let k = i; k < Math.min(i + 3, f.length); k++) square += f[k] * f[k];
    if (!(square <= largest)) largest = square;
  }
  return Math.sqrt(largest);
}

/** The objective's own measure where it has one, else fmax of its forces. */
export function residual(objective: Objective | MeasuredObjective): number {
  return 'residual' in objective ? objective.residual() : fmax(objective.f);
}
