/**
 * The cell as the list builder wants it: reduced periodic vectors completed by unit vectors where not periodic, and a
 * grid of bins of about half the reach over the cell and its shell of images.
 */
import { heights } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';
import { reduceLattice } from './reduce.ts';
import { type StencilRow, stencil } from './stencil.ts';

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
  const combinations = longestLast(reduceLattice(vectors), vectors);
  return { periodic, combinations, complement: complete(vectors) };
}

/** Atoms are sorted by the last direction first: along the longest one, neighbours then are closest in the order. */
function longestLast(combinations: number[][], vectors: number[][]): number[][] {
  const length2 = (integers: number[]) =>
    [0, 1, 2].reduce((sum, c) => sum + integers.reduce((x, m, j) => x + m * vectors[j][c], 0) ** 2, 0);
  return combinations
    .map((integers) => ({ integers, size: length2(integers) }))
    .sort((a, b) => a.size - b.size)
    .map(({ integers }) => integers);
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
  const { periodic, combinations, complement } = lattice;
  const rows = new Float64Array(9);
  for (let k = 0; k < 3; k++) {
    const integers = combinations[k];
    for (let c = 0; c < 3; c++) {
      let sum = integers ? 0 : complement[k - combinations.length][c];
      if (integers) for (let j = 0; j < integers.length; j++) sum += integers[j] * cell[3 * periodic[j] + c];
      rows[3 * k + c] = sum;
    }
  }
  return rows;
}

export interface Grid {
  /** Width of the shell of images per direction, fractional; 0 where not periodic. */
  shell: number[];
  low: number[];
  perUnit: number[];
  bins: number[];
  /** First and last bin per direction from which no image is within reach. */
  inner: number[];
  stencil: StencilRow[];
  /** The same as the kernels read it (assembly/neighbors.ts). */
  words: Int32Array;
  /** Share of the last direction, by which atoms are sorted first, that the reach and one bin span. */
  share: number;
}

const MAX_BINS = 1 << 26;
/** Bins within the reach: long rows of bins cost nothing along x, where they are scanned as one. */
const PER_REACH = [1, 2, 2];

/** Bins for n atoms whose fractional coordinates lie within `range` (low, high per direction). */
export function makeGrid(
  rows: Float64Array,
  periodicCount: number,
  range: ArrayLike<number>,
  reach: number,
  n: number,
): Grid {
  const height = heights(rows);
  const shell = height.map((h, k) => (k < periodicCount ? reach / h : 0));
  const low = shell.map((d, k) => (k < periodicCount ? -d : range[2 * k]));
  const length = shell.map((d, k) => (k < periodicCount ? 1 + 2 * d : range[2 * k + 1] - range[2 * k]));
  const limit = Math.min(MAX_BINS, 8 * n * shell.reduce((f, d) => f * (1 + 2 * d), 1) + 64);
  const binsOf = (width: number) =>
    length.map((l, k) => Math.max(1, Math.floor(Math.min((l * height[k] * PER_REACH[k]) / width, 1e6))));
  let width = reach;
  let bins = binsOf(width);
  while (bins[0] * bins[1] * bins[2] > limit) {
    width *= 1.26;
    bins = binsOf(width);
  }
  const perUnit = bins.map((b, k) => (length[k] > 0 ? b / length[k] : 0));
  const span = bins.map((b, k) => (perUnit[k] > 0 ? Math.min(b, Math.ceil((reach / height[k]) * perUnit[k])) : 0));
  const edges = rows.map((x, i) => (perUnit[(i - (i % 3)) / 3] > 0 ? x / perUnit[(i - (i % 3)) / 3] : 0));
  const extent = (2 < periodicCount ? 1 : length[2]) * height[2];
  const bin = perUnit[2] > 0 ? height[2] / perUnit[2] : 0;
  const near = stencil(edges, span, reach);
  return {
    shell,
    low,
    perUnit,
    bins,
    inner: [0, 1, 2].flatMap((k) => (k < periodicCount ? innerBins(low[k], perUnit[k], span[k]) : [0, bins[k] - 1])),
    stencil: near,
    words: stencilWords(near),
    share: extent > 0 ? Math.min(1, (reach + bin) / extent) : 1,
  };
}

function stencilWords(near: readonly StencilRow[]): Int32Array {
  const words = new Int32Array(4 + 4 * near.length);
  words[0] = near.length;
  words[1] = near.findIndex(([y, z]) => y === 0 && z === 0);
  let at = 4;
  for (const row of near) for (let k = 0; k < 4; k++) words[at++] = row[k];
  return words;
}

/** Images lie outside of [0, 1), so at the nearest in the bins that hold 0 and 1. */
function innerBins(low: number, perUnit: number, span: number): number[] {
  return [Math.floor((0 - low) * perUnit) + 1 + span, Math.floor((1 - low) * perUnit) - 1 - span];
}
