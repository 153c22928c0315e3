/**
 * The elements 1…118: symbols and standard atomic weights.
 *
 * Weights: Prohaska et al., Standard atomic weights of the elements 2021 (IUPAC), Pure Appl. Chem. 94 (2022) 573,
 * doi:10.1515/pac-2019-0603; the conventional value where the standard is an interval (H, Li, B … Tl, Pb). Elements
 * without one (Tc, Pm, Po …) have the mass number of their longest-lived isotope, as on IUPAC's periodic table.
 */
import { InputError } from './errors.ts';
import { nearest } from './nearest.ts';

const table = `
H 1.008  He 4.002602  Li 6.94  Be 9.0121831  B 10.81  C 12.011  N 14.007  O 15.999  F 18.998403162  Ne 20.1797
Na 22.98976928  Mg 24.305  Al 26.9815384  Si 28.085  P 30.973761998  S 32.06  Cl 35.45  Ar 39.95
K 39.0983  Ca 40.078  Sc 44.955907  Ti 47.867  V 50.9415  Cr 51.9961  Mn 54.938043  Fe 55.845  Co 58.933194
Ni 58.6934  Cu 63.546  Zn 65.38  Ga 69.723  Ge 72.630  As 74.921595  Se 78.971  Br 79.904  Kr 83.798
Rb 85.4678  Sr 87.62  Y 88.905838  Zr 91.224  Nb 92.90637  Mo 95.95  Tc 97  Ru 101.07  Rh 102.90549
Pd 106.42  Ag 107.8682  Cd 112.414  In 114.818  Sn 118.710  Sb 121.760  Te 127.60  I 126.90447  Xe 131.293
Cs 132.90545196  Ba 137.327  La 138.90547  Ce 140.116  Pr 140.90766  Nd 144.242  Pm 145  Sm 150.36  Eu 151.964
Gd 157.25  Tb 158.925354  Dy 162.500  Ho 164.930329  Er 167.259  Tm 168.934219  Yb 173.045  Lu 174.9668
Hf 178.486  Ta 180.94788  W 183.84  Re 186.207  Os 190.23  Ir 192.217  Pt 195.084  Au 196.966570  Hg 200.592
Tl 204.38  Pb 207.2  Bi 208.98040  Po 209  At 210  Rn 222
Fr 223  Ra 226  Ac 227  Th 232.0377  Pa 231.03588  U 238.02891  Np 237  Pu 244  Am 243  Cm 247  Bk 247  Cf 251
Es 252  Fm 257  Md 258  No 259  Lr 262  Rf 267  Db 268  Sg 269  Bh 270  Hs 269  Mt 277
Ds 281  Rg 282  Cn 285  Nh 286  Fl 290  Mc 290  Lv 293  Ts 294  Og 294`;

const words = table.trim().split(/\s+/);

/** Symbols in the order of atomic numbers: symbols[0] is 'H'. */
export const symbols: readonly string[] = words.filter((_, i) => i % 2 === 0);

const weights = Float64Array.from(words.filter((_, i) => i % 2 === 1).map(Number));
const numbers = new Map(symbols.map((symbol, i) => [symbol, i + 1]));

function check(z: number): void {
  if (!Number.isInteger(z) || z < 1 || z > symbols.length) {
    throw new InputError(`${z} is not an atomic number; expected 1 to ${symbols.length}`);
  }
}

/** Symbol of the element with atomic number z; throws InputError outside 1…118. */
export function symbolOf(z: number): string {
  check(z);
  return symbols[z - 1];
}

/** Atomic number of a symbol in its usual spelling ('Fe', not 'FE'), or undefined. */
export function numberOf(symbol: string): number | undefined {
  return numbers.get(symbol);
}

/** Standard atomic weight, amu; throws InputError outside 1…118. */
export function standardMass(z: number): number {
  check(z);
  return weights[z - 1];
}

/** Atomic number of a symbol that a user wrote; throws InputError with the nearest symbol. `what` begins the sentence. */
export function parseElement(symbol: string, what = 'element'): number {
  const z = numbers.get(symbol);
  if (z !== undefined) return z;
  const near = nearest(symbol, symbols);
  const hint = near === undefined ? 'a chemical symbol such as Fe was expected' : `did you mean ${near}?`;
  throw new InputError(`${what}: unknown element ${JSON.stringify(symbol.slice(0, 40))}; ${hint}`);
}
