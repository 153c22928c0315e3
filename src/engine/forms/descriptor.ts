/** Linear and quadratic potentials over any descriptor (assembly/potentials/descriptor.ts), and the descriptors alone. */
import type { Potential } from '../../data/potential.ts';
import { descriptorScratch, neighbourBytes } from '../../data/potentials/descriptor.ts';
import type { Binding, Form } from '../form.ts';

function form(kernel: string, stage: string): Form {
  return {
    kernel,
    stages: [stage],
    pairGradients: true,
    work: () => 0,
    scratch: descriptorScratch,
    perNeighbor: neighbourBytes,
    grain: 4,
    buildCost: 5,
    // all descriptors have factors with value and slope zero at the cutoff
    continuity: () => 'C1',
    symmetric: true,
  };
}

export const descriptor: Form = form('descriptor', 'descriptorLinear');
export const descriptorQuadratic: Form = form('descriptor-quadratic', 'descriptorQuadratic');

/** The kernel that writes the components of every local, f64[n][size], to `work`. */
export function describingParts(potential: Potential): Binding {
  return { stages: ['descriptorValues'], params: potential.params, scratch: descriptorScratch(potential) };
}
