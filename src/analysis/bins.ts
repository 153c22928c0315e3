/**
 * Atoms sorted into boxes of fractional coordinates, whatever the cell: who is within a radius of whom, and which atom
 * is at a point. Every atom counts once, with its nearest image.
 */
import type { Atoms } from '../data/atoms.ts';
import { heights, inverse } from '../data/cell.ts';
import { type Shortest, shortestVector } from '../data/displacement.ts';
import { completeCell } from '../data/image.ts';

/** Neighbours of atom i: index[start[i]] … index[start[i + 1] − 1], ascending, i itself among them. */
export interface Within {
  start: Int32Array;
  index: Int32Array;
}

interface Bins {
  positions: Float64Array;
  pbc: readonly boolean[];
  /** Inverse of the completed cell. */
  g: Float64Array;
  /** Distances of the lattice planes, Å. */
  height: number[];
  counts: number[];
  low: number[];
  /** Fractional size of a box. */
  width: number[];
  first: Int32Array;
  order: Int32Array;
  shortest: Shortest;
}

const MOST_PER_AXIS = 1024;

/** Boxes at least `size` Å wide between their planes. */
function sortIntoBins({ positions, cell, pbc }: Pick<Atoms, 'positions' | 'cell' | 'pbc'>, size: number): Bins {
  const h = completeCell(cell);
  const g = inverse(h);
  const height = heights(h);
  const n = positions.length / 3;
  const s = (c: number, i: number) =>
    positions[3 * i] * g[c] + positions[3 * i + 1] * g[3 + c] + positions[3 * i + 2] * g[6 + c];
  const low = [0, 0, 0];
  const length = [1, 1, 1];
  for (const c of [0, 1, 2]) {
    if (pbc[c]) continue;
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < n; i++) {
      least = Math.min(least, s(c, i));
      most = Math.max(most, s(c, i));
    }
    low[c] = least;
    length[c] = Math.max(most - least, 1e-9);
  }
  const mostEach = Math.max(1, Math.min(MOST_PER_AXIS, 4 * Math.ceil(Math.sqrt(n))));
  const counts = length.map((l, c) => Math.max(1, Math.min(mostEach, Math.floor((l * height[c]) / size))));
  const width = length.map((l, c) => l / counts[c]);
  const bins: Bins = {
    positions,
    pbc,
    g,
    height,
    counts,
    low,
    width,
    first: new Int32Array(counts[0] * counts[1] * counts[2] + 1),
    order: new Int32Array(n),
    shortest: shortestVector(cell, pbc),
  };
  const box = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const at = [0, 1, 2].map((c) => boxAt(bins, c, s(c, i)));
    box[i] = (at[0] * counts[1] + at[1]) * counts[2] + at[2];
    bins.first[box[i] + 1]++;
  }
  for (let b = 1; b < bins.first.length; b++) bins.first[b] += bins.first[b - 1];
  const next = bins.first.slice();
  for (let i = 0; i < n; i++) bins.order[next[box[i]]++] = i;
  return bins;
}

/** The box of a fractional coordinate: wrapped, or the nearest one where the direction is open. */
function boxAt({ pbc, counts, low, width }: Bins, c: number, s: number): number {
  const t = pbc[c] ? s - Math.floor(s) : s - low[c];
  return Math.max(0, Math.min(counts[c] - 1, Math.floor(t / width[c])));
}

/** Boxes along c that a ball around s may touch, each once. */
function boxesAround(bins: Bins, c: number, s: number, radius: number): number[] {
  const reach = radius / bins.height[c];
  const { counts, low, width, pbc } = bins;
  const t = pbc[c] ? s - Math.floor(s) : s - low[c];
  const [from, to] = [t - reach, t + reach].map((edge) => Math.floor(edge / width[c]));
  if (!pbc[c]) {
    const inside = (k: number) => Math.max(0, Math.min(counts[c] - 1, k));
    return range(inside(from), inside(to));
  }
  if (to - from + 1 >= counts[c]) return range(0, counts[c] - 1);
  return range(from, to).map((k) => ((k % counts[c]) + counts[c]) % counts[c]);
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, k) => from + k);

/** Calls `visit` with every atom whose nearest image is within `radius` of the point. */
function eachWithin(bins: Bins, point: ArrayLike<number>, radius: number, visit: (atom: number) => void): void {
  const { positions, g, counts, first, order, shortest } = bins;
  const lists = [0, 1, 2].map((c) =>
    boxesAround(bins, c, point[0] * g[c] + point[1] * g[3 + c] + point[2] * g[6 + c], radius),
  );
  const d = [0, 0, 0];
  for (const i of lists[0]) {
    for (const j of lists[1]) {
      for (const k of lists[2]) {
        const b = (i * counts[1] + j) * counts[2] + k;
        for (let at = first[b]; at < first[b + 1]; at++) {
          const atom = order[at];
          for (let c = 0; c < 3; c++) d[c] = positions[3 * atom + c] - point[c];
          shortest(d);
          if (d[0] * d[0] + d[1] * d[1] + d[2] * d[2] <= radius * radius) visit(atom);
        }
      }
    }
  }
}

/** All pairs within `radius`, Å, from both sides. Infinity: everybody. */
export function atomsWithin(atoms: Pick<Atoms, 'positions' | 'cell' | 'pbc'>, radius: number): Within {
  const n = atoms.positions.length / 3;
  const start = new Int32Array(n + 1);
  if (radius === Number.POSITIVE_INFINITY) {
    for (let i = 0; i <= n; i++) start[i] = i * n;
    return { start, index: Int32Array.from({ length: n * n }, (_, k) => k % n) };
  }
  const bins = sortIntoBins(atoms, Math.max(radius, 1));
  // each pair is judged once, from its lower atom: rounding cannot make it one-sided
  const upper: number[][] = [];
  for (let i = 0; i < n; i++) {
    const list: number[] = [];
    eachWithin(bins, atoms.positions.subarray(3 * i, 3 * i + 3), radius, (j) => {
      if (j >= i) list.push(j);
    });
    upper.push(list);
    for (const j of list) {
      start[i + 1]++;
      if (j !== i) start[j + 1]++;
    }
  }
  for (let i = 0; i < n; i++) start[i + 1] += start[i];
  const index = new Int32Array(start[n]);
  const next = start.slice();
  for (let i = 0; i < n; i++) {
    for (const j of upper[i]) {
      index[next[i]++] = j;
      if (j !== i) index[next[j]++] = i;
    }
  }
  for (let i = 0; i < n; i++) index.subarray(start[i], start[i + 1]).sort();
  return { start, index };
}

/** A function that finds the atom within `tolerance` Å of a point; −1 where there is none. */
export function locator(
  atoms: Pick<Atoms, 'positions' | 'cell' | 'pbc'>,
  tolerance: number,
): (point: ArrayLike<number>) => number {
  const bins = sortIntoBins(atoms, 2);
  return (point) => {
    let found = -1;
    eachWithin(bins, point, tolerance, (atom) => {
      found = atom;
    });
    return found;
  };
}

/** The atom nearest to a point. */
export interface NearestAtom {
  atom: number;
  /** Å. */
  distance: number;
  /** Å, of the second nearest where it is about as near; Infinity otherwise. */
  next: number;
}

/** A function that finds the atom nearest to a point; `spacing` (Å) is about the distance of the atoms. */
export function nearestFinder(
  atoms: Pick<Atoms, 'positions' | 'cell' | 'pbc'>,
  spacing: number,
): (point: ArrayLike<number>) => NearestAtom {
  const bins = sortIntoBins(atoms, spacing);
  const d = [0, 0, 0];
  return (point) => {
    const best = { atom: -1, least: Number.POSITIVE_INFINITY, next: Number.POSITIVE_INFINITY };
    const visit = (atom: number) => {
      for (let c = 0; c < 3; c++) d[c] = bins.positions[3 * atom + c] - point[c];
      bins.shortest(d);
      const square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
      // of equals the lower number, whatever the order of the boxes
      if (square < best.least - TIE || (square <= best.least + TIE && atom < best.atom)) {
        best.next = best.least;
        best.atom = atom;
        best.least = square;
      } else best.next = Math.min(best.next, square);
    };
    for (let radius = 0.75 * spacing; best.atom < 0 && radius < 1e6; radius *= 2) {
      eachWithin(bins, point, radius, visit);
    }
    return { atom: best.atom, distance: Math.sqrt(best.least), next: Math.sqrt(best.next) };
  };
}

/** Å²: squared distances that differ by less are the same. */
const TIE = 1e-6;
