/**
 * Wigner–Seitz analysis: every atom belongs to the nearest site of a reference crystal. Sites without an atom are
 * vacancies, sites with more than one hold interstitials. Periodic, wrapped or not, O(N).
 */
import type { Atoms } from '../data/atoms.ts';
import { determinant, inverse, multiply, transformRows } from '../data/cell.ts';
import { shortestVector } from '../data/displacement.ts';
import { InputError } from '../data/errors.ts';
import { completeCell } from '../data/image.ts';
import { nearestFinder } from './bins.ts';

export interface WignerSeitzOptions {
  /** Take out the mean displacement from the sites first (a crystal that drifted by less than half a distance). */
  align?: boolean;
}

/** A site with more than one atom. */
export interface Crowded {
  site: number;
  /** Indices of its atoms, ascending. */
  atoms: number[];
}

export interface WignerSeitz {
  /** (sites) atoms on each. */
  occupancy: Int32Array;
  /** (atoms) the site of each. */
  site: Int32Array;
  /** Empty sites, ascending. */
  vacancies: number[];
  /** Sites with several atoms, ascending. */
  crowded: Crowded[];
  /** Atoms more than sites that they are on, summed: 2 for a site of three. */
  interstitials: number;
  /** Sites whose only atom has another element than the reference. */
  antisites: number[];
  /** Atoms that are about as near to another site: they might be counted there. */
  ambiguous: number[];
  /** Å: largest distance of an atom from its site. */
  farthest: number;
  /** Å, that was taken out. */
  shift: [number, number, number];
}

/** A second site up to so many times as far as the first is about as near. */
const ABOUT = 1.05;

/** Relative difference up to which two cells are one. */
const SAME_CELL = 1e-6;

/**
 * Occupancy of the sites of `reference` by `atoms`. Cells that differ (strain, thermal expansion) are mapped onto each
 * other by fractional coordinates. Throws InputError for empty structures and other periodic directions.
 */
export function wignerSeitz(atoms: Atoms, reference: Atoms, options: WignerSeitzOptions = {}): WignerSeitz {
  const [n, sites] = [atoms.numbers.length, reference.numbers.length];
  if (n === 0 || sites === 0) throw new InputError('Wigner–Seitz: a structure without atoms');
  if (atoms.pbc.some((periodic, c) => periodic !== reference.pbc[c])) {
    throw new InputError('Wigner–Seitz: structure and reference are not periodic in the same directions');
  }
  const positions = inCellOf(atoms, reference);
  const volume = Math.abs(determinant(completeCell(reference.cell)));
  const find = nearestFinder(reference, spacingOf(volume, sites));
  const shift: [number, number, number] = [0, 0, 0];
  // the sites that are nearest may change with the shift: a second round sees to it
  for (let round = 0; options.align && round < 2; round++) {
    meanDisplacement(positions, reference, find, shift).forEach((x, c) => {
      shift[c] += x;
    });
  }
  return { ...occupy(atoms, positions, reference, find, shift), shift };
}

/**
 * How far the periodic vectors of the two cells are apart, in parts of the reference's: a few hundredths of strain or
 * expansion, far more where the reference has another number of cells.
 */
export function cellMismatch({ cell, pbc }: Atoms, reference: Atoms): number {
  const part = (row: number) => {
    if (!pbc[row]) return 0;
    const [h, h0] = [cell, reference.cell].map((rows) => rows.subarray(3 * row, 3 * row + 3));
    const length = (v: Float64Array) => Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    return length(h.map((x, c) => x - h0[c])) / length(h0);
  };
  return Math.max(part(0), part(1), part(2));
}

type Find = ReturnType<typeof nearestFinder>;

/** About the distance of neighbours, Å; only how fast sites are found depends on it. */
export function spacingOf(volume: number, sites: number): number {
  return Math.max(1, Math.min(10, Math.cbrt(volume / sites)));
}

/** Positions in the cell of the reference, Å. */
export function inCellOf(atoms: Atoms, reference: Atoms): Float64Array {
  const [h, h0] = [completeCell(atoms.cell), completeCell(reference.cell)];
  const size = h0.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (h.every((x, k) => Math.abs(x - h0[k]) <= SAME_CELL * size)) return atoms.positions;
  if (!(Math.abs(determinant(h)) > 0)) throw new InputError('Wigner–Seitz: the cell has no volume');
  return transformRows(atoms.positions, multiply(inverse(h), h0));
}

function meanDisplacement(positions: Float64Array, reference: Atoms, find: Find, shift: readonly number[]): number[] {
  const shortest = shortestVector(reference.cell, reference.pbc);
  const sum = [0, 0, 0];
  const n = positions.length / 3;
  for (let i = 0; i < n; i++) {
    const p = [0, 1, 2].map((c) => positions[3 * i + c] - shift[c]);
    const { atom } = find(p);
    const d = p.map((x, c) => x - reference.positions[3 * atom + c]);
    shortest(d);
    d.forEach((x, c) => {
      sum[c] += x;
    });
  }
  return sum.map((s) => s / n);
}

function occupy(
  atoms: Atoms,
  positions: Float64Array,
  reference: Atoms,
  find: Find,
  shift: readonly number[],
): Omit<WignerSeitz, 'shift'> {
  const [n, sites] = [atoms.numbers.length, reference.numbers.length];
  const occupancy = new Int32Array(sites);
  const site = new Int32Array(n);
  const ambiguous: number[] = [];
  let farthest = 0;
  for (let i = 0; i < n; i++) {
    const found = find([0, 1, 2].map((c) => positions[3 * i + c] - shift[c]));
    site[i] = found.atom;
    occupancy[found.atom]++;
    if (found.next < ABOUT * found.distance) ambiguous.push(i);
    farthest = Math.max(farthest, found.distance);
  }
  const guests = new Map<number, number[]>();
  const only = new Int32Array(sites).fill(-1);
  site.forEach((s, i) => {
    if (occupancy[s] === 1) only[s] = i;
    else guests.set(s, [...(guests.get(s) ?? []), i]);
  });
  const all = Array.from({ length: sites }, (_, s) => s);
  const crowded = [...guests].map(([s, list]) => ({ site: s, atoms: list })).sort((a, b) => a.site - b.site);
  return {
    occupancy,
    site,
    vacancies: all.filter((s) => occupancy[s] === 0),
    crowded,
    interstitials: crowded.reduce((sum, { atoms: list }) => sum + list.length - 1, 0),
    antisites: all.filter((s) => only[s] >= 0 && atoms.numbers[only[s]] !== reference.numbers[s]),
    ambiguous,
    farthest,
  };
}
