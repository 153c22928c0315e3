/**
 * Walls that keep every atom in the Wigner–Seitz cell of its site: its displacement along the direction to a
 * neighbouring site, occupied or empty, stays below half the distance. Empty sites are where the neighbours of most
 * atoms have one and this atom has none. How little the walls change a Gaussian reference is a bound of exact tails.
 */
import type { Atoms } from '../data/atoms.ts';
import { shortestVector } from '../data/displacement.ts';
import { exp } from '../data/math.ts';
import { boltzmann } from '../data/units.ts';
import type { Reference } from './reference.ts';

export interface Walls {
  /** (m) atom of each plane. */
  atom: Int32Array;
  /** (m,3) unit normals. */
  normal: Float64Array;
  /** (m) Å, the largest displacement along the normal. */
  limit: Float64Array;
  /** Å: no plane is nearer. */
  nearest: number;
}

/** The first plane that the displacement x − x0 (n,3) is beyond, or −1. */
export function violated({ atom, normal, limit, nearest }: Walls, x: Float64Array, x0: Float64Array): number {
  const safe = nearest * nearest;
  for (let p = 0; p < atom.length; ) {
    const i = 3 * atom[p];
    const [u, v, w] = [x[i] - x0[i], x[i + 1] - x0[i + 1], x[i + 2] - x0[i + 2]];
    const near = u * u + v * v + w * w <= safe;
    for (; p < atom.length && 3 * atom[p] === i; p++) {
      if (!near && u * normal[3 * p] + v * normal[3 * p + 1] + w * normal[3 * p + 2] > limit[p]) return p;
    }
  }
  return -1;
}

/** Neighbours count up to this many times the shortest distance that is usual: two shells of bcc, one of fcc. */
const SHELL = 1.25;
/** A vector is usual where this share of the atoms has it, within this share of its length. */
const USUAL = 0.5;
const SAME = 0.25;

/** Planes half-way to all neighbouring sites of every atom, sorted by atom. */
export function wallsOf(atoms: Atoms): Walls {
  const { positions, cell, pbc } = atoms;
  const n = atoms.numbers.length;
  const near = neighbours(atoms, SHELL * usualDistance(atoms));
  const usual = usualVectors(near, n);
  const shortest = shortestVector(cell, pbc);
  const found: { atom: number; vector: number[] }[] = [];
  for (let i = 0; i < n; i++) {
    for (const vector of near[i]) found.push({ atom: i, vector });
    for (const v of usual) {
      const here = near[i].some((w) => distance(v, w) < SAME * length(v) * 2);
      if (!here && empty(positions, i, v, shortest)) found.push({ atom: i, vector: v });
    }
  }
  const limit = Float64Array.from(found, ({ vector }) => length(vector) / 2);
  return {
    atom: Int32Array.from(found, ({ atom }) => atom),
    normal: Float64Array.from(found.flatMap(({ vector }) => vector.map((c) => c / length(vector)))),
    limit,
    nearest: limit.reduce((least, value) => Math.min(least, value), Infinity),
  };
}

const length = (v: readonly number[]) => Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
const distance = (v: readonly number[], w: readonly number[]) => length([v[0] - w[0], v[1] - w[1], v[2] - w[2]]);

/** Å: the median over the atoms of the distance to the nearest other. */
function usualDistance({ positions, cell, pbc }: Atoms): number {
  const shortest = shortestVector(cell, pbc);
  const n = positions.length / 3;
  const d = [0, 0, 0];
  const nearest = Float64Array.from({ length: n }, (_, i) => {
    let best = Number.POSITIVE_INFINITY;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      for (let c = 0; c < 3; c++) d[c] = positions[3 * j + c] - positions[3 * i + c];
      shortest(d);
      best = Math.min(best, length(d));
    }
    return best;
  }).sort();
  return nearest[Math.floor(n / 2)];
}

/** Vectors to the atoms within `reach` of each, nearest images. */
function neighbours({ positions, cell, pbc }: Atoms, reach: number): number[][][] {
  const shortest = shortestVector(cell, pbc);
  const n = positions.length / 3;
  return Array.from({ length: n }, (_, i) => {
    const found: number[][] = [];
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const d = [0, 1, 2].map((c) => positions[3 * j + c] - positions[3 * i + c]);
      shortest(d);
      if (length(d) < reach) found.push(d);
    }
    return found;
  });
}

/** Vectors that most atoms have to a neighbour, averaged over those atoms. */
function usualVectors(near: readonly number[][][], n: number): number[][] {
  const groups: { sum: number[]; count: number }[] = [];
  for (const vectors of near) {
    for (const v of vectors) {
      const group = groups.find(
        ({ sum, count }) =>
          distance(
            v,
            sum.map((c) => c / count),
          ) <
          SAME * length(v),
      );
      if (group) {
        for (let c = 0; c < 3; c++) group.sum[c] += v[c];
        group.count++;
      } else groups.push({ sum: [...v], count: 1 });
    }
  }
  return groups.filter(({ count }) => count > USUAL * n).map(({ sum, count }) => sum.map((c) => c / count));
}

/** Whether no atom is nearer to x_i + v than half of v. */
function empty(positions: Float64Array, i: number, v: readonly number[], shortest: (d: number[]) => void): boolean {
  const d = [0, 0, 0];
  for (let j = 0; j < positions.length; j += 3) {
    for (let c = 0; c < 3; c++) d[c] = positions[j + c] - positions[3 * i + c] - v[c];
    shortest(d);
    if (length(d) < length(v) / 2) return false;
  }
  return true;
}

/** No less than the probability that a configuration of the reference is beyond a wall: the sum of all planes' tails. */
export function violationBound(walls: Walls, reference: Reference, temperature: number): number {
  const { variance } = reference;
  if (!variance) return Number.NaN;
  let sum = 0;
  for (let p = 0; p < walls.atom.length; p++) {
    const own = variance(walls.atom[p], walls.normal.subarray(3 * p, 3 * p + 3));
    sum += upperTail(walls.limit[p] / Math.sqrt(boltzmann * temperature * own));
  }
  return Math.min(1, sum);
}

/** A bound of the upper tail of the normal distribution beyond z > 0: φ(z)/z, at most ½ (10.1214/aoms/1177731721). */
function upperTail(z: number): number {
  const exponent = -0.5 * z * z;
  return Math.min(0.5, exponent > -700 ? exp(exponent) / (z * Math.sqrt(2 * Math.PI)) : 0);
}
