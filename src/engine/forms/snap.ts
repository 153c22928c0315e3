/**
 * SNAP and MILADY's b-SO(4), linear and quadratic, and their descriptors: by the fast kernels (assembly/potentials/so4.ts)
 * where they serve, otherwise by the reference (assembly/potentials/snap.ts).
 */
import type { Potential } from '../../data/potential.ts';
import { snapScratch } from '../../data/potentials/snap.ts';
import { type So4Tables, type So4Task, so4Serves, so4Tables } from '../../data/so4/tables.ts';
import type { Binding, Continuity, Form } from '../form.ts';

/** Index in params of the table of pairs, and in a pair (8 numbers) of the switching's amplitude. */
const PAIRS = 7;
const AMPLITUDE = 5;

/** The cosine switching has value and slope zero at the cutoff; without it (switchflag 0) neighbours appear at once. */
function continuity({ params }: Potential): Continuity {
  return params[params[PAIRS] + AMPLITUDE] === 0 ? 'none' : 'C1';
}

/** Tables of potentials in use: making them takes some ms. */
const made = new WeakMap<Float64Array, Map<So4Task, So4Tables>>();

function tablesOf(params: Float64Array, task: So4Task): So4Tables {
  const known = made.get(params) ?? new Map<So4Task, So4Tables>();
  made.set(params, known);
  const tables = known.get(task) ?? so4Tables(params, task);
  known.set(task, tables);
  return tables;
}

function fast(stage: string, task: So4Task, { params }: Potential): Binding | undefined {
  return so4Serves(params) ? { stages: [stage], ...tablesOf(params, task) } : undefined;
}

function form(kernel: string, stage: string, fastStage: string, task: So4Task): Form {
  return {
    kernel,
    stages: [stage],
    pairGradients: true,
    work: () => 0,
    scratch: snapScratch,
    specialize: (potential, single) =>
      single && task === 'linear'
        ? fast('so4LinearSingle', 'linear-single', potential)
        : fast(fastStage, task, potential),
    grain: 4,
    buildCost: 5,
    continuity,
    symmetric: true,
  };
}

export const snap: Form = form('snap', 'snap', 'so4Linear', 'linear');
export const snapQuadratic: Form = form('snap-quadratic', 'snapQuadratic', 'so4Quadratic', 'quadratic');

/** The kernel that writes the components of every local, f64[n][size], to `work`; by the recurrence if so wished. */
export function describing(potential: Potential, recurrence = false): Binding {
  const reference = { stages: ['snapDescriptors'], params: potential.params, scratch: snapScratch(potential) };
  return (recurrence ? undefined : fast('so4Descriptors', 'descriptors', potential)) ?? reference;
}

/** Components per atom of a SNAP potential. */
export function snapSizeOf(potential: Potential): number {
  return potential.params[3];
}
