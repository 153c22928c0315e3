/**
 * Made-up tables: two elements whose densities depend on the pair, smooth to the cutoff; and the same cut where the
 * slope, or the value, is not zero.
 */
import type { Potential } from '../../../src/data/potential.ts';
import { eamPotential } from '../../../src/io/eam-tables.ts';
import { noise } from '../../../src/verify/subject.ts';
import type { Sample } from './sample.ts';

const SPECIES = [28, 29];
const DR = 0.0025;
const DRHO = 0.002;
const KNOTS_RHO = 1000;

interface Made {
  /** Å. */
  cutoff: number;
  /** Where the functions end, with value, slope and curvature zero; beyond the cutoff, the table is cut. */
  end: number;
  /** The largest density of the embedding's table, in knots. */
  knotsRho?: number;
  /** Added to the pair functions times (cutoff − r): a slope at the cutoff. */
  slope?: number;
}

/** [a][b] of numbers near `mean`, symmetric where asked. */
function around(mean: number, seed: number, symmetric: boolean): number[][] {
  const u = noise(4, seed);
  const value = (a: number, b: number) => mean * (1 + 0.2 * u[symmetric ? Math.min(2 * a + b, 2 * b + a) : 2 * a + b]);
  return [0, 1].map((a) => [0, 1].map((b) => value(a, b)));
}

/** Functions of r on knots 0 … cutoff. */
function table(cutoff: number, f: (r: number) => number): Float64Array {
  return Float64Array.from({ length: Math.round(cutoff / DR) + 1 }, (_, m) => f(m * DR));
}

function madeUp({ cutoff, end, knotsRho = KNOTS_RHO, slope = 0 }: Made, name: string): Potential {
  const strength = around(3, 11, true);
  const zero = around(2.4, 12, true);
  const weight = around(0.9, 13, false);
  const fade = (r: number) => Math.max(0, 1 - r / end);
  // products and not ** 3, ** 4: versions of Node differ in their last bit
  const square = (x: number) => x * x;
  const pair = (a: number, b: number) => (r: number) =>
    r * (strength[a][b] * square(fade(r)) * fade(r) * (zero[a][b] - r) + slope * (cutoff - r));
  const density = (a: number, b: number) => (r: number) => weight[a][b] * square(square(fade(r)));
  const matrix = (f: (a: number, b: number) => (r: number) => number) =>
    [0, 1].map((a) => [0, 1].map((b) => table(cutoff, f(a, b))));
  return eamPotential(
    {
      species: SPECIES,
      masses: [58.69, 63.55],
      cutoff,
      dr: DR,
      drho: DRHO,
      rhoMax: (knotsRho - 1) * DRHO,
      embedding: [1.3, 1.6].map((A) =>
        Float64Array.from({ length: knotsRho }, (_, m) => A * (0.3 * (m * DRHO) ** 2 - Math.sqrt(m * DRHO + 0.01))),
      ),
      density: matrix(density),
      z: matrix(pair),
    },
    { reference: 'made up for the contract test', name },
  );
}

function sample(label: string, made: Made): Sample {
  const potential = madeUp(made, label);
  return { label, elements: SPECIES, distance: 2.5, potential: () => potential };
}

/** The last knots at the cutoff are zero, so that the interpolation's slopes are too. */
const SMOOTH: Made = { cutoff: 5, end: 5 - 4 * DR };

export const eamSamples: Sample[] = [
  sample('eam, two elements, fs', SMOOTH),
  sample('eam, denser than its table', { ...SMOOTH, knotsRho: 250 }),
  sample('eam, cut with a slope', { ...SMOOTH, slope: 0.003 }),
  sample('eam, table that ends early', { cutoff: 4.5, end: 5 }),
];
