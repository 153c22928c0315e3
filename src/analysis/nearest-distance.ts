/**
 * The smallest distance between two atoms, images of an atom itself included, in time proportional to the number of
 * atoms. Spheres of that diameter do not overlap, so the densest packing bounds it; atoms and their images within the
 * bound are sorted into bins of that size, and each atom looks at the 27 bins around it.
 */
import type { Atoms } from '../data/atoms.ts';
import { determinant, heights, inverse } from '../data/cell.ts';
import { completeCell } from '../data/image.ts';

/** Atoms and images together; more come from cells that are too flat. */
const MOST_SITES = 10_000_000;
const BINS_PER_SITE = 2;
const ROUNDING = 1 + 1e-9;

interface Measured {
  /** Rows, Å; zero rows completed. */
  h: Float64Array;
  /** Distances of the lattice planes, Å. */
  height: number[];
  /** (n,3) fractional, wrapped where periodic, and its range. */
  s: Float64Array;
  low: number[];
  high: number[];
}

/** Å; undefined where there is no pair (one atom without images), or where the cell is too flat to tell. */
export function nearestDistance(atoms: Atoms): number | undefined {
  const measured = measure(atoms);
  let bound = packingBound(atoms, measured);
  while (bound < Number.POSITIVE_INFINITY) {
    const x = gather(atoms, measured, bound);
    if (!x) return undefined;
    const { distance, finished } = search(x, atoms.numbers.length, bound);
    if (finished) return distance < Number.POSITIVE_INFINITY ? distance : undefined;
    // the atoms fill their space unevenly: begin again with a better bound
    bound = distance * ROUNDING;
  }
  return undefined;
}

function measure({ cell, pbc, positions }: Atoms): Measured {
  const h = completeCell(cell);
  const g = inverse(h);
  const height = heights(h);
  const low = new Array<number>(3).fill(Number.POSITIVE_INFINITY);
  const high = new Array<number>(3).fill(Number.NEGATIVE_INFINITY);
  const s = new Float64Array(positions.length);
  for (let k = 0; k < s.length; k++) {
    const c = k % 3;
    const i = k - c;
    s[k] = positions[i] * g[c] + positions[i + 1] * g[3 + c] + positions[i + 2] * g[6 + c];
    if (pbc[c]) s[k] -= Math.floor(s[k]);
    low[c] = Math.min(low[c], s[k]);
    high[c] = Math.max(high[c], s[k]);
  }
  return { h, height, s, low, high };
}

/**
 * No less than the distance that is looked for: a period, the extent of all atoms, or the largest d for which n spheres
 * fit at the density of fcc, n d³/√2 <= V(d), with the room d/2 that they need beyond open faces.
 */
function packingBound({ numbers, pbc }: Atoms, { h, height, low, high }: Measured): number {
  const n = numbers.length;
  const rows = [0, 1, 2].map((c) => Math.sqrt(h[3 * c] ** 2 + h[3 * c + 1] ** 2 + h[3 * c + 2] ** 2));
  const extent = rows.reduce((sum, length, c) => sum + (high[c] - low[c]) * length, 0);
  const limits = [...rows.filter((_, c) => pbc[c]), ...(n > 1 ? [extent] : [])];
  let above = Math.min(...limits) * ROUNDING + 1e-9;
  if (!(above < Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY;
  const volume = Math.abs(determinant(h));
  const fits = (d: number) => {
    const room = pbc.reduce((v, periodic, c) => (periodic ? v : v * (high[c] - low[c] + d / height[c])), volume);
    return n * d * d * d <= Math.SQRT2 * room;
  };
  if (fits(above)) return above;
  let below = 0;
  for (let k = 0; k < 40; k++) {
    const middle = (below + above) / 2;
    if (fits(middle)) below = middle;
    else above = middle;
  }
  return above * ROUNDING;
}

/** (m,3) Å: the atoms, wrapped, then all images within `reach` of the cell; undefined where these are too many. */
function gather({ numbers, pbc }: Atoms, { h, height, s }: Measured, reach: number): Float64Array | undefined {
  const n = numbers.length;
  const margin = height.map((d, c) => (pbc[c] ? reach / d : 0));
  const sites = n * margin.reduce((product, m) => product * (2 * m + 1), 1);
  const cells = margin.reduce((product, m) => product * (2 * Math.ceil(m) + 1), 1);
  if (!(sites < MOST_SITES && cells * n < 30 * MOST_SITES)) return undefined;
  const most = margin.map(Math.ceil);
  const found: number[] = [];
  for (let i = -most[0]; i <= most[0]; i++) {
    for (let j = -most[1]; j <= most[1]; j++) {
      for (let k = -most[2]; k <= most[2]; k++) {
        if (i === 0 && j === 0 && k === 0) continue;
        for (let a = 0; a < 3 * n; a += 3) {
          const [u, v, w] = [s[a] + i, s[a + 1] + j, s[a + 2] + k];
          const near =
            (!pbc[0] || (u >= -margin[0] && u <= 1 + margin[0])) &&
            (!pbc[1] || (v >= -margin[1] && v <= 1 + margin[1])) &&
            (!pbc[2] || (w >= -margin[2] && w <= 1 + margin[2]));
          if (near) found.push(u, v, w);
        }
      }
    }
  }
  const x = new Float64Array(3 * n + found.length);
  for (let a = 0; a < x.length; a += 3) {
    const from = a < 3 * n ? s : found;
    const b = a < 3 * n ? a : a - 3 * n;
    for (let c = 0; c < 3; c++) x[a + c] = from[b] * h[c] + from[b + 1] * h[3 + c] + from[b + 2] * h[6 + c];
  }
  return x;
}

/** Sites sorted into bins: those of bin b are order[first[b]] … order[first[b + 1] - 1]. */
interface Bins {
  counts: number[];
  of: (site: number) => [number, number, number];
  first: Int32Array;
  order: Int32Array;
}

function sortIntoBins(x: Float64Array, size: number): Bins {
  const m = x.length / 3;
  const low = [0, 1, 2].map((c) => x.reduce((least, value, k) => (k % 3 === c && value < least ? value : least), x[c]));
  const high = [0, 1, 2].map((c) => x.reduce((most, value, k) => (k % 3 === c && value > most ? value : most), x[c]));
  let edge = size;
  const split = () => low.map((from, c) => Math.floor((high[c] - from) / edge) + 1);
  while (split().reduce((product, count) => product * count, 1) > BINS_PER_SITE * m + 27) edge *= 1.25;
  const counts = split();
  const of = (site: number): [number, number, number] => {
    const at = (c: number) => Math.min(counts[c] - 1, Math.floor((x[3 * site + c] - low[c]) / edge));
    return [at(0), at(1), at(2)];
  };
  const first = new Int32Array(counts[0] * counts[1] * counts[2] + 1);
  const bin = new Int32Array(m);
  for (let site = 0; site < m; site++) {
    const [i, j, k] = of(site);
    bin[site] = (i * counts[1] + j) * counts[2] + k;
    first[bin[site] + 1]++;
  }
  for (let b = 1; b < first.length; b++) first[b] += first[b - 1];
  const next = first.slice();
  const order = new Int32Array(m);
  for (let site = 0; site < m; site++) order[next[bin[site]]++] = site;
  return { counts, of, first, order };
}

/** The nearest of the first n sites to any other; not finished where it is far below the bound. */
function search(x: Float64Array, n: number, bound: number): { distance: number; finished: boolean } {
  const { counts, of, first, order } = sortIntoBins(x, bound);
  let best = Number.POSITIVE_INFINITY;
  for (let site = 0; site < n; site++) {
    const home = of(site);
    const from = home.map((b) => Math.max(0, b - 1));
    const to = home.map((b, c) => Math.min(counts[c] - 1, b + 1));
    for (let i = from[0]; i <= to[0]; i++) {
      for (let j = from[1]; j <= to[1]; j++) {
        const row = (i * counts[1] + j) * counts[2];
        for (let at = first[row + from[2]]; at < first[row + to[2] + 1]; at++) {
          const other = order[at];
          if (other === site) continue;
          const dx = x[3 * other] - x[3 * site];
          const dy = x[3 * other + 1] - x[3 * site + 1];
          const dz = x[3 * other + 2] - x[3 * site + 2];
          best = Math.min(best, dx * dx + dy * dy + dz * dz);
        }
      }
    }
    if (best > 0 && best < (bound * bound) / 16) return { distance: Math.sqrt(best), finished: false };
  }
  return { distance: Math.sqrt(best), finished: true };
}
