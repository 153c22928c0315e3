/** Analytic Finnis–Sinclair potentials (assembly/potentials/finnis-sinclair.ts). */
import type { Form } from '../form.ts';

export const finnisSinclair: Form = {
  kernel: 'finnis-sinclair',
  stages: ['finnisSinclairDensity', 'finnisSinclairForce'],
  pairGradients: false,
  work: (_potential, n) => 8 * n,
  scratch: () => 8,
  // Both sums end in squares. Only an atom without any other neighbour feels a corner, that of the square root at rho = 0.
  continuity: () => 'C1',
  symmetric: true,
};
