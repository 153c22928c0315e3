/**
 * Image-dependent pair potential (Smidstrup, Pedersen, Stokbro, Jónsson 2014, 10.1063/1.4878664): each image should have
 * the distances between atoms that lie between those of the ends, the short ones above all. A band on this surface is a
 * first path on which no atoms run through each other.
 *
 *   S_k = ½ c Σ_pairs (d̄/d)⁴ (d^k − d)²,  d^k = d_first + (k/m)(d_last − d_first)      d̄ the shortest distance of all
 *
 * Distances of pairs are to fixed images, so S is smooth. Atoms far from all that moves stay on the straight line.
 */
import type { Atoms } from '../data/atoms.ts';
import { inverse } from '../data/cell.ts';
import { completeCell } from '../data/image.ts';
import type { Objective } from '../data/objective.ts';

export interface PairList {
  /** Two per pair; the first is an active atom. */
  atoms: Int32Array;
  /** (3) per pair, Å: x_j + shift − x_i. */
  shifts: Float64Array;
  /** Distances at the two ends, Å. */
  first: Float64Array;
  last: Float64Array;
  /** (n) 1 where the atom takes part. */
  active: Uint8Array;
}

/** eV/Å²: stiffness of the shortest bond, as of crystals. */
const STIFFNESS = 5;
/** Å: pairs closer than this at an end or half-way. */
const CUTOFF = 5;
/** Å: an atom that moves more has moved. */
const MOVED = 0.2;

/** Pairs of the active atoms: those that move, and those near them. `last` is continuous with `first`. */
export function pairsOf(first: Atoms, last: Float64Array): PairList {
  const n = first.numbers.length;
  const a = first.positions;
  const middle = a.map((x, k) => 0.5 * (x + last[k]));
  const moved = (i: number) =>
    (last[3 * i] - a[3 * i]) ** 2 + (last[3 * i + 1] - a[3 * i + 1]) ** 2 + (last[3 * i + 2] - a[3 * i + 2]) ** 2;
  const images = imagesWithin(first);
  const active = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    if (moved(i) <= MOVED * MOVED) continue;
    active[i] = 1;
    for (let j = 0; j < n; j++) {
      images(middle, i, j, () => {
        active[j] = 1;
      });
    }
  }
  const atoms: number[] = [];
  const shifts: number[] = [];
  const distances: [number[], number[]] = [[], []];
  for (let i = 0; i < n; i++) {
    if (!active[i]) continue;
    for (let j = 0; j < n; j++) {
      if (active[j] && j < i) continue;
      const seen = new Set<string>();
      const add = (shift: number[]) => {
        const key = shift.map((x) => x.toFixed(3)).join();
        if (i === j || seen.has(key)) return;
        seen.add(key);
        atoms.push(i, j);
        shifts.push(...shift);
        distances[0].push(length(a, i, j, shift));
        distances[1].push(length(last, i, j, shift));
      };
      for (const x of [a, middle, last]) images(x, i, j, add);
    }
  }
  return {
    atoms: Int32Array.from(atoms),
    shifts: Float64Array.from(shifts),
    first: Float64Array.from(distances[0]),
    last: Float64Array.from(distances[1]),
    active,
  };
}

function length(x: Float64Array, i: number, j: number, shift: ArrayLike<number>): number {
  let square = 0;
  for (let c = 0; c < 3; c++) square += (x[3 * j + c] + shift[c] - x[3 * i + c]) ** 2;
  return Math.sqrt(square);
}

/** Calls `found` with the lattice vector of every image of j within the cutoff of i. */
function imagesWithin(atoms: Atoms): (x: Float64Array, i: number, j: number, found: (shift: number[]) => void) => void {
  const h = completeCell(atoms.cell);
  const g = inverse(h);
  const reach = [0, 1, 2].map((c) =>
    atoms.pbc[c] ? CUTOFF * Math.sqrt(g[c] ** 2 + g[3 + c] ** 2 + g[6 + c] ** 2) : 0,
  );
  const shift = [0, 0, 0];
  return (x, i, j, found) => {
    const d = [0, 1, 2].map((c) => x[3 * j + c] - x[3 * i + c]);
    const s = [0, 1, 2].map((c) => d[0] * g[c] + d[1] * g[3 + c] + d[2] * g[6 + c]);
    // integers t with |s + t| <= reach, along each row of the cell
    const [low, high] = [-1, 1].map((sign) =>
      s.map((value, c) => {
        if (!atoms.pbc[c]) return 0;
        return sign < 0 ? Math.ceil(-value - reach[c]) : Math.floor(-value + reach[c]);
      }),
    );
    for (let p = low[0]; p <= high[0]; p++) {
      for (let q = low[1]; q <= high[1]; q++) {
        for (let r = low[2]; r <= high[2]; r++) {
          for (let c = 0; c < 3; c++) shift[c] = p * h[c] + q * h[3 + c] + r * h[6 + c];
          if (length(x, i, j, shift) < CUTOFF) found([...shift]);
        }
      }
    }
  };
}

/** S of the image a share `fraction` of the way along, at coordinates of its own, which begin at zero. */
export function pairDistances(pairs: PairList, fraction: number, size: number): Objective {
  const { atoms, shifts, first, last, active } = pairs;
  const x = new Float64Array(size);
  const f = new Float64Array(size);
  const shortest = first.reduce((least, d, p) => Math.min(least, d, last[p]), Number.POSITIVE_INFINITY);
  const evaluate = (): number => {
    f.fill(0);
    let sum = 0;
    for (let p = 0; p < first.length; p++) {
      const [i, j] = [3 * atoms[2 * p], 3 * atoms[2 * p + 1]];
      const dx = x[j] + shifts[3 * p] - x[i];
      const dy = x[j + 1] + shifts[3 * p + 1] - x[i + 1];
      const dz = x[j + 2] + shifts[3 * p + 2] - x[i + 2];
      // two atoms at one place: as if a little apart
      const d = Math.max(Math.sqrt(dx * dx + dy * dy + dz * dz), 0.1 * shortest);
      const miss = (1 - fraction) * first[p] + fraction * last[p] - d;
      const square = (shortest / d) * (shortest / d);
      // not ** 4: hosts differ in its last bit
      const weight = STIFFNESS * square * square;
      sum += 0.5 * weight * miss * miss;
      const slope = -(weight * miss + (2 * weight * miss * miss) / d) / d;
      f[i] += slope * dx;
      f[i + 1] += slope * dy;
      f[i + 2] += slope * dz;
      f[j] -= slope * dx;
      f[j + 1] -= slope * dy;
      f[j + 2] -= slope * dz;
    }
    for (let k = 0; k < size; k++) if (!active[Math.floor(k / 3)]) f[k] = 0;
    return sum;
  };
  return { x, f, evaluate };
}
