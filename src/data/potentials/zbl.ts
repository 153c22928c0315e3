/** ZBL potentials from their radii; params as in assembly/potentials/zbl.ts. */
import { InputError } from '../errors.ts';
import { exp, pow } from '../math.ts';
import type { Potential } from '../potential.ts';

/** e²/(4 pi eps0) as LAMMPS has it, eV Å: the constant that potentials with a ZBL core were fitted with. */
const COULOMB = 14.399645;
const WEIGHTS = [0.02817, 0.28022, 0.50986, 0.18175];
const EXPONENTS = [0.20162, 0.4029, 0.94229, 3.1998];

export interface ZblNumbers {
  /** Atomic numbers: the kernel's elements, and the charges of the nuclei. */
  species: number[];
  /** Radius from which the switching acts, Å. */
  inner: number;
  /** Cutoff, Å. */
  outer: number;
  name?: string;
}

/** Throws InputError unless 0 <= inner < outer. */
export function zblPotential({ species, inner, outer, name }: ZblNumbers): Potential {
  if (!(inner >= 0 && inner < outer && outer < 1e6)) {
    throw new InputError(`zbl: expected 0 <= inner < outer, found inner ${inner} Å and outer ${outer} Å`);
  }
  const n = species.length;
  const params = new Float64Array(8 + 16 * n * n);
  params.set([n, outer * outer, inner]);
  species.forEach((a, i) => {
    species.forEach((b, j) => {
      params.set(pairBlock(a, b, inner, outer), 8 + 16 * (i * n + j));
    });
  });
  const reference =
    'J. F. Ziegler, J. P. Biersack, U. Littmark, The Stopping and Range of Ions in Matter, Pergamon 1985; ' +
    `switched from ${inner} to ${outer} Å`;
  return { kernel: 'zbl', cutoff: outer, species: [...species], params, reference, name: name ?? 'zbl' };
}

/** C_k, K_k and the switching's A, B, C, chosen so that energy, slope and curvature vanish at `outer`. */
function pairBlock(za: number, zb: number, inner: number, outer: number): number[] {
  const length = 0.4685 / (pow(za, 0.23) + pow(zb, 0.23));
  const weights = WEIGHTS.map((c) => za * zb * COULOMB * c);
  const rates = EXPONENTS.map((d) => d / length);
  let energy = 0;
  let slope = 0;
  let curvature = 0;
  weights.forEach((c, k) => {
    const v = (c * exp(-rates[k] * outer)) / outer;
    energy += v;
    slope -= v * (rates[k] + 1 / outer);
    curvature += v * (rates[k] * rates[k] + (2 * rates[k]) / outer + 2 / (outer * outer));
  });
  const t = outer - inner;
  const A = (-3 * slope + t * curvature) / (t * t);
  const B = (2 * slope - t * curvature) / (t * t * t);
  const C = -energy + (t * slope) / 2 - (t * t * curvature) / 12;
  return [...weights, ...rates, A, B, C];
}
