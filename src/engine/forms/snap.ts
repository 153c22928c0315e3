/** SNAP and MILADY's b-SO(4) (assembly/potentials/snap.ts), linear and quadratic. */
import type { Potential } from '../../data/potential.ts';
import { snapScratch } from '../../data/potentials/snap.ts';
import type { Continuity, Form } from '../form.ts';

/** Index in params of the table of pairs, and in a pair (8 numbers) of the switching's amplitude. */
const PAIRS = 7;
const AMPLITUDE = 5;

/** The cosine switching has value and slope zero at the cutoff; without it (switchflag 0) neighbours appear at once. */
function continuity({ params }: Potential): Continuity {
  return params[params[PAIRS] + AMPLITUDE] === 0 ? 'none' : 'C1';
}

function form(kernel: string, stage: string): Form {
  return {
    kernel,
    stages: [stage],
    pairGradients: true,
    work: () => 0,
    scratch: snapScratch,
    grain: 4,
    continuity,
    symmetric: true,
  };
}

export const snap: Form = form('snap', 'snap');
export const snapQuadratic: Form = form('snap-quadratic', 'snapQuadratic');

/** Exported kernel that writes the components of every local, f64[n][size], to `work`. */
export const snapDescriptors = 'snapDescriptors';
/** Components per atom of a SNAP potential. */
export function snapSizeOf(potential: Potential): number {
  return potential.params[3];
}
