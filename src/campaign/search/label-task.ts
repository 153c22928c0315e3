/**
 * Labels: harmonic entropies of some configurations of a pool, or of the perfect crystal, by the Hessian. Configurations
 * whose Hessian has another eigenvalue ≤ 0 than the three of translations are no minima and get none.
 */
import { vibrations } from '../../analysis/vibrations.ts';
import type { Atoms, Json } from '../../data/atoms.ts';
import { PhysicsError } from '../../data/errors.ts';
import type { Potential } from '../../data/potential.ts';
import { createSystem } from '../../engine/system.ts';
import type { Task, TaskContext, Work } from '../job.ts';
import { type Crystal, perfectOf } from './cells.ts';
import { joined } from './walk-task.ts';

export interface LabelInput {
  crystal: Crystal;
  /** Å, of the differences. */
  step: number;
  /** Absent: the perfect crystal. */
  pool?: string;
  /** Numbers of the pool, from `from` to before `to`. */
  from: number;
  to: number;
}

/** One configuration. */
export interface Label {
  /** Number in the pool. */
  number: number;
  /** Why there is none. */
  failed?: string;
  /** Σ ln(ħω/1 eV) over so many modes, eV, eV/Å, Å: how far the atom that moved most was relaxed. */
  sum?: number;
  modes?: number;
  energy?: number;
  fmax?: number;
  moved?: number;
}

export interface LabelResult {
  /** Of each. */
  atoms: number;
  labels: Label[];
}

interface LabelState {
  labels: Label[];
  positions: Float64Array[];
}

function label(context: TaskContext, saved?: LabelState): Work {
  const { engine } = context;
  const { crystal, step, pool, from, to } = context.input as unknown as LabelInput;
  const potential = context.resource('potential') as Potential;
  const perfect = perfectOf(crystal);
  const rows = pool === undefined ? perfect.positions : context.arrays(pool).positions;
  const count = pool === undefined ? 1 : (context.results.get(pool) as unknown as { minima: Json[] }).minima.length;
  const width = rows.length / count;
  const state: LabelState = saved ?? { labels: [], positions: [] };
  const done = () => state.labels.length;
  const found = (number: number): [Label, Float64Array] => {
    const positions = rows.slice(number * width, (number + 1) * width);
    const numbers = new Uint8Array(width / 3).fill(perfect.numbers[0]);
    const atoms: Atoms = { ...perfect, numbers, positions, info: {}, arrays: {} };
    try {
      const { sum, modes, fmax, moved, positions: x } = vibrations(engine, atoms, potential, { relax: true, step });
      return [{ number, sum, modes, fmax, moved, energy: energyOf({ ...atoms, positions: x }) }, x];
    } catch (error) {
      if (!(error instanceof PhysicsError)) throw error;
      return [{ number, failed: error.message }, positions];
    }
  };
  const energyOf = (atoms: Atoms): number => {
    const mark = engine.mark();
    try {
      return createSystem(engine, atoms, potential).evaluate();
    } finally {
      engine.release(mark);
    }
  };
  return {
    advance() {
      if (from + done() < to) {
        const [one, x] = found(from + done());
        state.labels.push(one);
        state.positions.push(x);
      }
      return from + done() < to;
    },
    takeRecords: () => [],
    save: () => structuredClone(state),
    progress: () => ({ done: done(), total: to - from, text: 'Hessians' }),
    result: () => ({ atoms: width / 3, labels: state.labels }) satisfies LabelResult as unknown as Json,
    arrays: () => ({ positions: joined(state.positions) }),
  };
}

export const labelTask: Task = {
  name: 'label',
  start: (context) => label(context),
  restore: (context, state) => label(context, state as LabelState),
  cost(given, resource) {
    const { crystal, from, to } = given as unknown as LabelInput;
    const atoms = perfectOf(crystal);
    const n = atoms.numbers.length;
    const system = { atoms, potential: resource('potential') as Potential };
    return { evaluations: (to - from) * (100 + 6 * n), system, bytes: 8 * (3 * n) ** 2 };
  },
};
