/** Lennard-Jones potentials from their numbers; params as in assembly/potentials/lj.ts. */
import { InputError } from '../errors.ts';
import type { Potential } from '../potential.ts';

export type LjShift = 'none' | 'energy' | 'force';

export interface LjNumbers {
  /** Atomic numbers; every pair of them has the same interaction. */
  species: number[];
  /** Depth of the unshifted well, eV. */
  epsilon: number;
  /** Distance where the unshifted energy is zero, Å. */
  sigma: number;
  /** Å. */
  cutoff: number;
  /**
   * 'none': cut. 'energy': shifted by a constant, so that the energy is continuous at the cutoff. 'force': a linear
   * term too, so that the force is.
   */
  shift?: LjShift;
  reference?: string;
  name?: string;
}

/** phi(r) = 4 epsilon [(sigma/r)^12 − (sigma/r)^6] + a + b r for r < cutoff. Throws InputError for impossible numbers. */
export function ljPotential(numbers: LjNumbers): Potential {
  const { species, epsilon, sigma, cutoff, shift = 'none' } = numbers;
  for (const [name, value] of Object.entries({ epsilon, sigma, cutoff })) {
    if (!(value > 0 && value < 1e6)) throw new InputError(`lj: ${name} must be a positive number, found ${value}`);
  }
  if (cutoff < 0.5 * sigma) throw new InputError(`lj: the cutoff, ${cutoff} Å, is inside the core (sigma ${sigma} Å)`);
  const s2 = sigma * sigma;
  const s6 = s2 * s2 * s2;
  const A = 4 * epsilon * s6 * s6;
  const B = 4 * epsilon * s6;
  const c6 = cutoff * cutoff * (cutoff * cutoff) * (cutoff * cutoff);
  const energy = A / (c6 * c6) - B / c6;
  const slope = (6 * B) / (c6 * cutoff) - (12 * A) / (c6 * c6 * cutoff);
  const b = shift === 'force' ? -slope : 0;
  const a = shift === 'none' ? 0 : -energy - b * cutoff;
  const pairs = species.length * species.length;
  const params = new Float64Array(8 + 8 * pairs);
  params.set([species.length, cutoff * cutoff]);
  for (let pair = 0; pair < pairs; pair++) params.set([A, B, a, b, cutoff * cutoff], 8 + 8 * pair);
  return {
    kernel: 'lj',
    cutoff,
    species: [...species],
    params,
    reference: numbers.reference ?? `lj epsilon=${epsilon} eV sigma=${sigma} A cutoff=${cutoff} A shift=${shift}`,
    name: numbers.name ?? 'lj',
  };
}
