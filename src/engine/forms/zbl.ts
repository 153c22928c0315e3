/** Ziegler–Biersack–Littmark repulsion (assembly/potentials/zbl.ts). */
import type { Form } from '../form.ts';

export const zbl: Form = {
  kernel: 'zbl',
  stages: ['zblForce'],
  pairGradients: false,
  work: () => 0,
  scratch: () => 8,
  continuity: () => 'C1',
  symmetric: true,
};
