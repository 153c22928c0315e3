/**
 * SNAP and MILADY's b-SO(4), linear and quadratic: by the fast kernels (assembly/potentials/so4.ts) where they serve,
 * otherwise, and for descriptors, by the reference (assembly/potentials/snap.ts).
 */
import type { Potential } from '../../data/potential.ts';
import { snapScratch } from '../../data/potentials/snap.ts';
import { type So4Tables, so4Serves, so4Tables } from '../../data/so4/tables.ts';
import type { Binding, Continuity, Form } from '../form.ts';

/** Index in params of the table of pairs, and in a pair (8 numbers) of the switching's amplitude. */
const PAIRS = 7;
const AMPLITUDE = 5;

/** The cosine switching has value and slope zero at the cutoff; without it (switchflag 0) neighbours appear at once. */
function continuity({ params }: Potential): Continuity {
  return params[params[PAIRS] + AMPLITUDE] === 0 ? 'none' : 'C1';
}

/** Tables of potentials in use: making them takes some ms. */
const made = new WeakMap<Float64Array, So4Tables>();

function fast(stage: string, quadratic: boolean, { params }: Potential): Binding | undefined {
  if (!so4Serves(params)) return undefined;
  const tables = made.get(params) ?? so4Tables(params, quadratic);
  made.set(params, tables);
  return { stages: [stage], ...tables };
}

function form(kernel: string, stage: string, fastStage: string): Form {
  return {
    kernel,
    stages: [stage],
    pairGradients: true,
    work: () => 0,
    scratch: snapScratch,
    specialize: (potential) => fast(fastStage, kernel === 'snap-quadratic', potential),
    grain: 4,
    continuity,
    symmetric: true,
  };
}

export const snap: Form = form('snap', 'snap', 'so4Linear');
export const snapQuadratic: Form = form('snap-quadratic', 'snapQuadratic', 'so4Quadratic');

/** Exported kernel that writes the components of every local, f64[n][size], to `work`. */
export const snapDescriptors = 'snapDescriptors';
/** Components per atom of a SNAP potential. */
export function snapSizeOf(potential: Potential): number {
  return potential.params[3];
}
