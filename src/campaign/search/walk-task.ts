/**
 * A walk over minima: activation, relaxation down both sides of the saddle, acceptance by Metropolis; one event a slice,
 * one record an event. Every minimum that was connected to the one before is kept, once each.
 */
import type { Atoms, Json } from '../../data/atoms.ts';
import { PhysicsError } from '../../data/errors.ts';
import { exp } from '../../data/math.ts';
import type { Potential } from '../../data/potential.ts';
import { type Escape, type Minimum, nextMinimum, relaxed } from '../../tasks/next-minimum.ts';
import type { Arrays, Task, TaskContext, Work } from '../job.ts';
import { type Crystal, perfectOf } from './cells.ts';
import type { WalkStart } from './config.ts';
import { type GivenFrame, placedFrame } from './given.ts';
import { type Shape, sameShape, shapeOf } from './shape.ts';
import { choices, type Draw, type Shake, shake, startOf } from './start.ts';

export interface WalkInput extends Shake {
  crystal: Crystal;
  defect: WalkStart;
  seed: number;
  walk: number;
  events: number;
  /** eV. */
  metropolis: number;
  ceiling: number;
}

/** One minimum that a walk kept. */
export interface Kept extends Shape {
  /** The event that found it, 0 for the start, and the saddle above the minimum before it, eV. */
  event: number;
  barrier?: number;
}

export interface WalkResult {
  kept: Kept[];
  events: number;
  /** Events that found a connected minimum, and of those accepted. */
  found: number;
  accepted: number;
  evaluations: number;
}

interface WalkState {
  event: number;
  /** (3n) Å, eV: where the walk is. */
  x: Float64Array;
  energy: number;
  kept: Kept[];
  positions: Float64Array[];
  found: number;
  accepted: number;
  evaluations: number;
}

/** Index of the number that decides acceptance, among those of an event. */
const ACCEPT = 8;

function walk({ engine, input: given, resource }: TaskContext, saved?: WalkState): Work {
  const input = given as unknown as WalkInput;
  const potential = resource('potential') as Potential;
  const perfect = perfectOf(input.crystal);
  const drawOf = (event: number): Draw => ({ seed: input.seed, walk: input.walk, event });
  const { crystal, defect } = input;
  const blank =
    typeof defect !== 'string' && 'frame' in defect
      ? placedFrame(perfect, (resource(defect.resource) as GivenFrame[])[defect.frame])
      : startOf(perfect, crystal, defect, drawOf(0));
  const atomsAt = (x: Float64Array): Atoms => ({ ...blank, positions: x });
  const state: WalkState = saved ?? {
    ...{ event: 0, x: blank.positions, energy: 0, kept: [], positions: [] },
    ...{ found: 0, accepted: 0, evaluations: 0 },
  };
  let records: Json[] = [];
  const keep = ({ x, energy }: Minimum, barrier?: number): Shape => {
    const shape = shapeOf(atomsAt(x), perfect, energy);
    if (!state.kept.some((other) => sameShape(other, shape))) {
      state.kept.push({ ...shape, event: state.event, ...(barrier === undefined ? {} : { barrier }) });
      state.positions.push(x);
    }
    return shape;
  };
  const begin = () => {
    const start = relaxed(engine, blank, potential);
    if (!start) throw new PhysicsError('the start of the walk did not relax');
    Object.assign(state, { x: start.x, energy: start.energy });
    records.push({ event: 0, ...keep(start) });
  };
  const event = () => {
    const draw = drawOf(state.event);
    const atoms = atomsAt(state.x);
    const displacement = shake(atoms, perfect, input, draw);
    if (!displacement) return { failed: 'there is no defect any more' };
    const options = { ceiling: input.ceiling };
    const { failed, saddle, minimum, evaluations } = guarded(() =>
      nextMinimum(engine, { atoms, displacement, potential, options }),
    );
    state.evaluations += evaluations;
    if (failed !== undefined || !minimum || !saddle) return { failed: failed ?? '', ...saddle };
    state.found++;
    const shape = keep(minimum, saddle.barrier);
    const accepted = choices(draw, ACCEPT + 1)[ACCEPT] < exp((state.energy - minimum.energy) / input.metropolis);
    if (accepted) Object.assign(state, { x: minimum.x, energy: minimum.energy });
    state.accepted += Number(accepted);
    return { accepted, ...saddle, ...shape };
  };
  return {
    advance() {
      if (state.event === 0) begin();
      else records.push({ event: state.event, ...event() });
      return state.event++ < input.events;
    },
    takeRecords() {
      const taken = records;
      records = [];
      return taken;
    },
    save: () => structuredClone(state),
    progress: () => ({ done: state.event, total: input.events + 1, text: `${state.kept.length} minima` }),
    result: () => {
      const { kept, found, accepted, evaluations } = state;
      return { kept, events: input.events, found, accepted, evaluations } satisfies WalkResult as unknown as Json;
    },
    arrays: (): Arrays => ({ positions: joined(state.positions) }),
  };
}

/** Atoms that came too close on the way up are no reason to end the walk. */
function guarded(run: () => Escape): Escape {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PhysicsError)) throw error;
    return { failed: error.message, evaluations: 0 };
  }
}

/** One row after the other. */
export function joined(rows: readonly Float64Array[]): Float64Array {
  const width = rows[0]?.length ?? 0;
  const all = new Float64Array(rows.length * width);
  rows.forEach((row, k) => {
    all.set(row, k * width);
  });
  return all;
}

/** Evaluations that an event takes, about. */
const PER_EVENT = 600;

export const walkTask: Task = {
  name: 'walk',
  start: (context) => walk(context),
  restore: (context, state) => walk(context, state as WalkState),
  cost(given, resource) {
    const input = given as unknown as WalkInput;
    const atoms = perfectOf(input.crystal);
    const system = { atoms, potential: resource('potential') as Potential };
    return { evaluations: 100 + PER_EVENT * input.events, system };
  },
};
