/** The lattice constant at 0 K: one scale of the perfect crystal's cell, relaxed without stress. */
import type { Json } from '../../data/atoms.ts';
import { determinant } from '../../data/cell.ts';
import { PhysicsError } from '../../data/errors.ts';
import { pow } from '../../data/math.ts';
import type { Potential } from '../../data/potential.ts';
import type { Engine } from '../../engine/engine.ts';
import { createSystem, type System } from '../../engine/system.ts';
import { minimize } from '../../methods/minimize.ts';
import { strained } from '../../methods/strain.ts';
import type { Task, TaskContext, Work } from '../job.ts';
import { type CellSpec, cellOf, lengthOf } from './cells.ts';
import { once } from './once.ts';

export interface LatticeInput {
  cell: CellSpec;
  potential: string;
}

export interface LatticeResult {
  /** Of the cell as the configuration has it. */
  scale: number;
  /** Å: the lattice constant, or the cube root of the volume of a file's cell. */
  a: number;
  /** eV/atom. */
  energy: number;
}

/** Å^3 per atom: no crystal. */
const COLLAPSED = 2;

/** The system, which is not evaluated when it collapses: ever more neighbours would take for ever. */
function guarded(system: System): { system: System; collapsed(): boolean } {
  let collapsed = false;
  const evaluate = () => {
    const each = Math.abs(determinant(system.cell)) / system.atoms.numbers.length;
    if (each > COLLAPSED) return system.evaluate();
    collapsed = true;
    throw new PhysicsError(`${each.toPrecision(2)} Å^3 per atom`);
  };
  return { system: Object.create(system, { evaluate: { value: evaluate } }) as System, collapsed: () => collapsed };
}

const COLLAPSE =
  'the crystal collapses: there is none near this a, or the potential lacks its repulsion (of a SNAP potential, name the .snap file, which adds it)';

/** eV/Å: a to 1e-8 Å. */
const RELAXED = 1e-8;
const GOOD = 1e-5;

/** Throws PhysicsError where there is no crystal. */
export function relaxLattice(
  engine: Engine,
  { cell, potential }: LatticeInput,
  resource: (name: string) => unknown,
): LatticeResult {
  // a conventional cell is enough
  const atoms = cellOf({ ...cell, repeat: 1 }, 'bulk', 1, resource);
  const system = createSystem(engine, atoms, resource(potential) as Potential);
  const guard = guarded(system);
  const objective = strained(guard.system, { mode: 'iso' });
  const end = minimize(objective, 'lbfgs', { fmax: RELAXED, steps: 1000 });
  if (!(end.fmax < GOOD))
    throw new PhysicsError(`the lattice constant did not relax: ${guard.collapsed() ? COLLAPSE : end.reason}`);
  const scale = pow(determinant(system.cell) / determinant(atoms.cell), 1 / 3);
  return { scale, a: scale * lengthOf(cell, resource), energy: system.energy() / atoms.numbers.length };
}

const start = (context: TaskContext): Work =>
  once(() => {
    const input = context.input as unknown as LatticeInput;
    return { result: relaxLattice(context.engine, input, context.resource) as unknown as Json };
  }, 'lattice constant');

export const latticeTask: Task = {
  name: 'lattice',
  start,
  restore: start,
  cost(input, resource) {
    const { cell, potential } = input as unknown as LatticeInput;
    const atoms = cellOf({ ...cell, repeat: 1 }, 'bulk', 1, resource);
    return { evaluations: 20, system: { atoms, potential: resource(potential) as Potential } };
  },
};
