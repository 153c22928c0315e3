/** Tabulated embedded-atom potentials (assembly/potentials/eam.ts). */
import type { Potential } from '../../data/potential.ts';
import type { Continuity, Form, HalfStages } from '../form.ts';
import { dividedTables, interleavedTables } from './eam-tables.ts';

const HEADER = 8;
/** Bytes: constants, then the geometry of the pairs of a block, two on two lines (assembly/potentials/eam-half-alloy.ts). */
const SCRATCH = 128 + 64 * 258;

const half = (elements: '' | 'Alloy'): HalfStages => [
  { kernel: `eamHalfDensity${elements}`, over: 'chunks' },
  { kernel: `eamHalfEmbed${elements}`, over: 'locals' },
  { kernel: 'eamHalfShow', over: 'images' },
  { kernel: `eamHalfForce${elements}`, over: 'chunks' },
];

export const eam: Form = {
  kernel: 'eam',
  stages: ['eamDensity', 'eamForce'],
  halfStages: ({ params }) => half(params[0] === 1 ? '' : 'Alloy'),
  halfParams: (potential) => (potential.params[0] === 1 ? dividedTables(potential) : interleavedTables(potential)),
  pairGradients: false,
  work: (_potential, n) => 20 * n,
  scratch: () => SCRATCH,
  buildCost: 12,
  continuity,
  symmetric: true,
};

/**
 * C1 where the value (to 1e-9) and the slope (to 1e-7: one-sided, between the last two knots) of every density and
 * z = r·phi at the cutoff vanish beside their size in the outer half.
 */
function continuity({ params, cutoff }: Potential): Continuity {
  const elements = params[0];
  const bins = params[3] - 1;
  let worst: Continuity = 'C1';
  for (let table = 0; table < elements * elements; table++) {
    for (const part of [0, 4]) {
      const found = atCutoff(params, HEADER + table * bins * 8 + part, bins, cutoff);
      if (found === 'none') return 'none';
      if (found === 'C0') worst = 'C0';
    }
  }
  return worst;
}

/** What one cubic table (start of its first line, 8 numbers apart) does when it is cut. */
function atCutoff(params: Float64Array, start: number, bins: number, cutoff: number): Continuity {
  const t = cutoff * params[2];
  const bin = Math.min(Math.floor(t), bins - 1);
  const p = Math.min(t - bin, 1);
  let size = 0;
  let steepest = 0;
  for (let b = bin >> 1; b <= bin; b++) {
    size = Math.max(size, Math.abs(params[start + 8 * b + 3]));
    steepest = Math.max(steepest, Math.abs(params[start + 8 * b + 2]));
  }
  const at = start + 8 * bin;
  const [c3, c4, d, f] = params.subarray(at, at + 4);
  if (Math.abs(((c3 * p + c4) * p + d) * p + f) > 1e-9 * size) return 'none';
  return Math.abs((3 * c3 * p + 2 * c4) * p + d) > 1e-7 * steepest ? 'C0' : 'C1';
}
