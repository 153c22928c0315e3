/**
 * Descriptors by O(N²) sums written from their formulas, apart from the kernels and from how records pack parameters: of a
 * potential only its descriptor's settings and its coefficients are read. One function per descriptor.
 */
import type { Atoms } from '../../../../src/data/atoms.ts';
import type { Settings } from '../../../../src/data/descriptors/settings.ts';
import type { Potential } from '../../../../src/data/potential.ts';
import { directPairs } from '../../../../src/verify/pairs.ts';
import type { DirectEnergy } from '../index.ts';
import { directAfs } from './afs.ts';
import { directBehler } from './behler.ts';
import { directBso4, directSnapBlock } from './bispectrum.ts';
import { directG2 } from './g2.ts';
import { directG3 } from './g3.ts';
import { directPso3, directPso3Pairs, directPso4 } from './power-spectra.ts';

export interface DirectNeighbor {
  /** x_n − x_i, Å. */
  d: number[];
  r: number;
  /** Atomic number. */
  z: number;
}

/** Components of an atom of element z with these neighbours, all within `reach` (Å) of the potential or nearer. */
export type DirectDescriptor = (settings: Settings, neighbors: DirectNeighbor[], z: number) => number[];

const descriptors = new Map<string, DirectDescriptor>([
  ['g2', directG2],
  ['g3', directG3],
  ['behler', directBehler],
  ['afs', directAfs],
  ['bso4', directBso4],
  ['snap', directSnapBlock],
  ['pso3', directPso3],
  ['pso3-3body', directPso3Pairs],
  ['pso4', directPso4],
]);

/** [atom][component]. */
export function directDescriptors(atoms: Atoms, { descriptor = [], cutoff }: Potential): number[][] {
  const neighbors: DirectNeighbor[][] = Array.from(atoms.numbers, () => []);
  for (const { i, j, d, r } of directPairs(atoms, cutoff))
    neighbors[i].push({ d: Array.from(d), r, z: atoms.numbers[j] });
  return neighbors.map((around, i) =>
    descriptor.flatMap(({ name, settings }) => {
      const direct = descriptors.get(name);
      if (direct === undefined) throw new Error(`no direct sum for the descriptor ${name}`);
      return direct(settings, around, atoms.numbers[i]);
    }),
  );
}

/** β₀ + β·D + ½ D·A·D; where the coefficients are in params is the only thing taken from there. */
export function directDescriptorEnergy(atoms: Atoms, potential: Potential): DirectEnergy {
  const { params, species, kernel } = potential;
  const energies = directDescriptors(atoms, potential).map((D, i) => {
    const t = species.indexOf(atoms.numbers[i]);
    const beta = params[5] + t * (1 + D.length);
    let e = params[beta];
    D.forEach((value, k) => {
      e += params[beta + 1 + k] * value;
      if (kernel !== 'descriptor-quadratic') return;
      const row = params[6] + (t * D.length + k) * D.length;
      D.forEach((other, l) => {
        e += 0.5 * params[row + l] * value * other;
      });
    });
    return e;
  });
  return { energies };
}
