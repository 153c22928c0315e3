/** Lennard-Jones: cut, shifted or force-shifted (assembly/potentials/lj.ts). */
import type { Potential } from '../../data/potential.ts';
import type { Continuity, Form } from '../form.ts';

export const lj: Form = {
  kernel: 'lj',
  stages: ['ljForce'],
  pairGradients: false,
  work: () => 0,
  scratch: () => 8,
  continuity,
  symmetric: true,
};

/** Read off each pair's own coefficients: does phi, and does phi', vanish at the pair's cutoff but for rounding? */
function continuity({ params }: Potential): Continuity {
  let worst: Continuity = 'C1';
  for (let block = 8; block < params.length; block += 8) {
    const [A, B, a, b, cutoff2] = params.subarray(block, block + 5);
    const r = Math.sqrt(cutoff2);
    const r6 = cutoff2 * cutoff2 * cutoff2;
    const size = A / (r6 * r6) + B / r6;
    if (Math.abs(A / (r6 * r6) - B / r6 + a + b * r) > 1e-12 * size) return 'none';
    if (Math.abs((6 * B) / (r6 * r) - (12 * A) / (r6 * r6 * r) + b) > (1e-12 * size) / r) worst = 'C0';
  }
  return worst;
}
