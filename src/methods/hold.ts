/** Held components: the same objective, whose f is zero in them, so that no minimizer moves them. */
import { InputError } from '../data/errors.ts';
import type { CellObjective, Objective } from '../data/objective.ts';

/** `fixed` is (n,3), 1 = held; x is shared with `objective`, whose own f keeps the forces of constraint. */
export function hold(objective: CellObjective, fixed?: ArrayLike<number>): CellObjective;
export function hold(objective: Objective, fixed?: ArrayLike<number>): Objective;
export function hold(objective: Objective | CellObjective, fixed?: ArrayLike<number>): Objective | CellObjective {
  if (!fixed) return objective;
  const { x } = objective;
  if (fixed.length !== x.length) throw new InputError(`${fixed.length} held flags for ${x.length / 3} atoms`);
  const f = new Float64Array(x.length);
  const evaluate = (): number => {
    const energy = objective.evaluate();
    for (let i = 0; i < f.length; i++) f[i] = fixed[i] ? 0 : objective.f[i];
    return energy;
  };
  if (!('setCell' in objective)) return { x, f, evaluate };
  const { cell, virial } = objective;
  return { x, f, evaluate, cell, virial, setCell: (next) => objective.setCell(next) };
}
