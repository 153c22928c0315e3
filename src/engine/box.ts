/**
 * The cell as the list builder wants it: reduced periodic vectors completed by unit vectors where not periodic, and a
 * grid of bins of about half the reach over the cell and its shell of images.
 */
import { inverse } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';
import { reduceLattice } from './reduce.ts';

/** How the working vectors follow from the cell; stays fixed between two builds of the list. */
export interface Lattice {
  /** Indices of the periodic cell vectors. */
  periodic: number[];
  /** Integer rows: reduced vectors as combinations of the periodic ones. */
  combinations: number[][];
  /** Unit vectors (rows) that complete the periodic ones. */
  complement: number[][];
}

const cross = (a: number[], b: number[]) => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const unit = (a: number[]) => {
  const r = Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
  return a.map((x) => x / r);
};

function complete(vectors: number[][]): number[][] {
  if (vectors.length === 3) return [];
  if (vectors.length === 2) return [unit(cross(vectors[0], vectors[1]))];
  if (vectors.length === 0)
    return [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
  const a = unit(vectors[0]);
  const least = a.map(Math.abs).indexOf(Math.min(...a.map(Math.abs)));
  const b = unit(
    cross(
      a,
      [0, 1, 2].map((i) => (i === least ? 1 : 0)),
    ),
  );
  return [b, cross(a, b)];
}

/** Throws InputError for a singular cell in the periodic directions. */
export function analyseLattice(cell: ArrayLike<number>, pbc: readonly boolean[]): Lattice {
  const periodic = [0, 1, 2].filter((k) => pbc[k]);
  const vectors = periodic.map((k) => [cell[3 * k], cell[3 * k + 1], cell[3 * k + 2]]);
  const lengths = vectors.map((v) => Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]));
  const measure = Math.abs(spanned(vectors)) / lengths.reduce((a, b) => a * b, 1);
  if (!(measure > 1e-10) || !lengths.every((l) => l > 1e-6 && l < 1e9)) {
    throw new InputError(
      'the cell vectors of the periodic directions are zero, parallel or not finite; give a cell with a volume',
    );
  }
  const combinations = reduceLattice(vectors);
  return { periodic, combinations, complement: complete(vectors) };
}

/** Length, area or volume that 0…3 vectors span. */
function spanned(vectors: number[][]): number {
  if (vectors.length === 0) return 1;
  const [a, b, c] = vectors;
  const length = (v: number[]) => Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  if (vectors.length === 1) return length(a);
  const n = cross(a, b);
  return vectors.length === 2 ? length(n) : n[0] * c[0] + n[1] * c[1] + n[2] * c[2];
}

/** Rows: reduced periodic vectors of the present cell, then the complement. */
export function workingRows(lattice: Lattice, cell: ArrayLike<number>): Float64Array {
  const rows = lattice.combinations.map((integers) =>
    [0, 1, 2].map((c) => integers.reduce((sum, m, j) => sum + m * cell[3 * lattice.periodic[j] + c], 0)),
  );
  return Float64Array.from([...rows, ...lattice.complement].flat());
}

export interface Grid {
  /** Width of the shell of images per direction, fractional; 0 where not periodic. */
  shell: number[];
  low: number[];
  perUnit: number[];
  bins: number[];
  span: number[];
}

const MAX_BINS = 1 << 26;

/** Bins for n atoms whose fractional coordinates lie within `range` (low, high per direction). */
export function makeGrid(
  rows: Float64Array,
  periodicCount: number,
  range: ArrayLike<number>,
  reach: number,
  n: number,
): Grid {
  const g = inverse(rows);
  const height = [0, 1, 2].map((k) => 1 / Math.sqrt(g[k] * g[k] + g[3 + k] * g[3 + k] + g[6 + k] * g[6 + k]));
  const shell = height.map((h, k) => (k < periodicCount ? reach / h : 0));
  const low = shell.map((d, k) => (k < periodicCount ? -d : range[2 * k]));
  const length = shell.map((d, k) => (k < periodicCount ? 1 + 2 * d : range[2 * k + 1] - range[2 * k]));
  const limit = Math.min(MAX_BINS, 8 * n * shell.reduce((f, d) => f * (1 + 2 * d), 1) + 64);
  let width = reach / 2;
  let bins = length.map((l, k) => Math.max(1, Math.floor(Math.min((l * height[k]) / width, 1e6))));
  while (bins[0] * bins[1] * bins[2] > limit) {
    width *= 1.26;
    bins = length.map((l, k) => Math.max(1, Math.floor(Math.min((l * height[k]) / width, 1e6))));
  }
  const perUnit = bins.map((b, k) => (length[k] > 0 ? b / length[k] : 0));
  const span = bins.map((b, k) => (perUnit[k] > 0 ? Math.min(b, Math.ceil((reach / height[k]) * perUnit[k])) : 0));
  return { shell, low, perUnit, bins, span };
}
