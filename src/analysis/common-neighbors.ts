/**
 * Crystal structure around each atom by adaptive common-neighbour analysis (Honeycutt, Andersen 1987, 10.1021/j100303a014;
 * Stukowski 2012, 10.1088/0965-0393/20/4/045021): of each bond of an atom to its nearest neighbours, how many neighbours
 * both ends share, how many bonds these have among them, and the longest chain of these bonds.
 */
import type { Atoms } from '../data/atoms.ts';
import { shortestVector } from '../data/displacement.ts';
import { atomsWithin } from './bins.ts';

export const structures = ['other', 'fcc', 'hcp', 'bcc', 'icosahedral'] as const;
export type Structure = (typeof structures)[number];

/** Half the way from the first to the second shell of fcc: (1 + √2)/2 times the mean of the 12 nearest. */
const CLOSE_PACKED = (1 + Math.SQRT2) / 2;
/** Half the way from the second to the third shell of bcc, in units of its edge. */
const BODY_CENTERED = (1 + Math.SQRT2) / 2;
const BCC_NEAREST = 2 / Math.sqrt(3);

/** (n) index into `structures`. */
export function commonNeighbors(atoms: Atoms): Uint8Array {
  const n = atoms.numbers.length;
  const near = nearest(atoms, 14);
  return Uint8Array.from({ length: n }, (_, i) => {
    const vectors = near[i];
    if (vectors.length >= 12) {
      const close = classify(vectors.slice(0, 12), CLOSE_PACKED * mean(vectors.slice(0, 12)));
      if (close) return structures.indexOf(close);
    }
    if (vectors.length >= 14) {
      const edge = (BCC_NEAREST * mean(vectors.slice(0, 8)) + mean(vectors.slice(8, 14))) / 2;
      if (classify(vectors, BODY_CENTERED * edge) === 'bcc') return structures.indexOf('bcc');
    }
    return 0;
  });
}

type Vector = [number, number, number];

const length = ([x, y, z]: Vector) => Math.sqrt(x * x + y * y + z * z);
const mean = (vectors: Vector[]) => vectors.reduce((sum, v) => sum + length(v), 0) / vectors.length;

/** The vectors to the `count` nearest neighbours of every atom, sorted by length; fewer where there are not so many. */
function nearest(atoms: Atoms, count: number): Vector[][] {
  const { positions, cell, pbc } = atoms;
  const shortest = shortestVector(cell, pbc);
  const n = positions.length / 3;
  const found: Vector[][] = Array.from({ length: n }, () => []);
  // the radius grows until everybody has enough, or everybody sees everybody
  for (let radius = 4; ; radius *= 1.4) {
    const { start, index } = atomsWithin(atoms, radius);
    let missing = false;
    for (let i = 0; i < n; i++) {
      if (found[i].length >= count) continue;
      const vectors: Vector[] = [];
      for (let at = start[i]; at < start[i + 1]; at++) {
        const j = index[at];
        if (j === i) continue;
        const d: Vector = [0, 0, 0];
        for (let c = 0; c < 3; c++) d[c] = positions[3 * j + c] - positions[3 * i + c];
        shortest(d);
        vectors.push(d);
      }
      found[i] = vectors.sort((a, b) => length(a) - length(b)).slice(0, count);
      missing ||= found[i].length < Math.min(count, n - 1);
    }
    if (!missing || radius > 100) return found;
  }
}

/** The structure that all bonds together say, with neighbours bonded when closer than `cutoff`. */
function classify(vectors: Vector[], cutoff: number): Structure | undefined {
  const m = vectors.length;
  const bonds = vectors.map((a, i) =>
    vectors.reduce((mask, b, j) => {
      const near = i !== j && length([b[0] - a[0], b[1] - a[1], b[2] - a[2]]) < cutoff;
      return near ? mask | (1 << j) : mask;
    }, 0),
  );
  const counts = new Map<string, number>();
  for (let i = 0; i < m; i++) {
    const common = members(bonds[i], m);
    const among = common.map((j) => bonds[j] & bonds[i]);
    const edges = among.reduce((sum, mask) => sum + members(mask, m).length, 0) / 2;
    const key = `${common.length}${edges}${longestChain(common, bonds, bonds[i])}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const is = (key: string, count: number) => counts.get(key) === count;
  if (is('421', 12) && m === 12) return 'fcc';
  if (is('421', 6) && is('422', 6) && m === 12) return 'hcp';
  if (is('555', 12) && m === 12) return 'icosahedral';
  if (is('666', 8) && is('444', 6) && m === 14) return 'bcc';
  return undefined;
}

const members = (mask: number, m: number) =>
  Array.from({ length: m }, (_, j) => j).filter((j) => (mask & (1 << j)) !== 0);

/** Bonds of the largest connected cluster of bonds among the common neighbours. */
function longestChain(common: number[], bonds: number[], inside: number): number {
  const seen = new Set<number>();
  let most = 0;
  for (const start of common) {
    if (seen.has(start)) continue;
    const stack = [start];
    seen.add(start);
    let ends = 0;
    for (let j = stack.pop(); j !== undefined; j = stack.pop()) {
      for (const k of members(bonds[j] & inside, 14)) {
        ends++;
        if (!seen.has(k)) stack.push(k);
        seen.add(k);
      }
    }
    most = Math.max(most, ends / 2);
  }
  return most;
}
