/**
 * Cubic metals: structure and lattice constant at room temperature, to start relaxations from. Rounded values of
 * textbooks (Kittel, Introduction to Solid State Physics, 8th ed., table 1.3).
 */
import type { CubicLattice } from './vacancy-clusters.ts';

export interface KnownCrystal {
  lattice: CubicLattice;
  /** Å. */
  a: number;
}

const bcc: [string, number][] = [
  ['Li', 3.51],
  ['Na', 4.29],
  ['K', 5.33],
  ['V', 3.03],
  ['Cr', 2.88],
  ['Fe', 2.87],
  ['Nb', 3.3],
  ['Mo', 3.15],
  ['Ta', 3.3],
  ['W', 3.16],
];

const fcc: [string, number][] = [
  ['Al', 4.05],
  ['Ca', 5.58],
  ['Ni', 3.52],
  ['Cu', 3.61],
  ['Rh', 3.8],
  ['Pd', 3.89],
  ['Ag', 4.09],
  ['Ir', 3.84],
  ['Pt', 3.92],
  ['Au', 4.08],
  ['Pb', 4.95],
];

const known = new Map<string, KnownCrystal>([
  ...bcc.map(([symbol, a]): [string, KnownCrystal] => [symbol, { lattice: 'bcc', a }]),
  ...fcc.map(([symbol, a]): [string, KnownCrystal] => [symbol, { lattice: 'fcc', a }]),
]);

/** Undefined for elements that are no cubic metal of the table. */
export const knownCrystal = (symbol: string): KnownCrystal | undefined => known.get(symbol);
