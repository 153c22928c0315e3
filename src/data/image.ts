/** Distances in a periodic cell, however skewed and with any directions periodic. */
import type { Atoms } from './atoms.ts';
import { determinant, inverse } from './cell.ts';
import { InputError } from './errors.ts';

const cross = (a: ArrayLike<number>, b: ArrayLike<number>) => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const norm = (a: ArrayLike<number>) => Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);

/** A copy of the cell whose zero rows are unit vectors perpendicular to the others, so that it can be inverted. */
export function completeCell(cell: ArrayLike<number>): Float64Array {
  const h = Float64Array.from(cell);
  const row = (i: number) => h.subarray(3 * (i % 3), 3 * (i % 3) + 3);
  const zero = [0, 1, 2].filter((i) => norm(row(i)) === 0);
  if (zero.length === 3) return Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  if (zero.length === 2) {
    const v = row(3 - zero[0] - zero[1]);
    const least = [0, 1, 2].reduce((best, c) => (Math.abs(v[c]) < Math.abs(v[best]) ? c : best));
    const axis = [0, 1, 2].map((c) => Number(c === least));
    const normal = cross(v, axis);
    row(zero[0]).set(normal.map((x) => x / norm(normal)));
    zero.shift();
  }
  for (const i of zero) {
    const normal = cross(row(i + 1), row(i + 2));
    row(i).set(normal.map((x) => x / norm(normal)));
  }
  return h;
}

/** An atom, and its distance to where it was looked for, Å. */
export interface Near {
  index: number;
  distance: number;
}

/**
 * The atom nearest to a Cartesian point (Å) over all periodic images, the first of equals to 1e-9 Å. Throws InputError
 * for an empty structure and for a cell without volume.
 */
export function nearestAtom(atoms: Atoms, point: ArrayLike<number>): Near {
  const h = completeCell(atoms.cell);
  const volume = Math.abs(determinant(h));
  if (!(volume > 0 && volume < Number.POSITIVE_INFINITY)) throw new InputError('the cell has no volume');
  const g = inverse(h);
  // distance of the lattice planes: an image with |s_c| > best / height_c is farther than best
  const height = [0, 1, 2].map((c) => 1 / norm([g[c], g[3 + c], g[6 + c]]));
  let best: Near = { index: -1, distance: Number.POSITIVE_INFINITY };
  for (let index = 0; index < atoms.numbers.length; index++) {
    const distance = nearestImage(atoms, index, point, { h, g, height, limit: best.distance });
    if (distance < best.distance - 1e-9) best = { index, distance };
  }
  if (best.index < 0) throw new InputError('no atom is nearest to a point: the structure is empty or not finite');
  return best;
}

/** Distance of the nearest image of one atom; may be any number >= limit where none is closer than that. */
function nearestImage(
  atoms: Atoms,
  index: number,
  point: ArrayLike<number>,
  { h, g, height, limit }: { h: Float64Array; g: Float64Array; height: number[]; limit: number },
): number {
  const d = [0, 1, 2].map((c) => atoms.positions[3 * index + c] - point[c]);
  const s = [0, 1, 2].map((c) => {
    const fraction = d[0] * g[c] + d[1] * g[3 + c] + d[2] * g[6 + c];
    return atoms.pbc[c] ? fraction - Math.round(fraction) : fraction;
  });
  const length = (i: number, j: number, k: number) => {
    const t = [s[0] + i, s[1] + j, s[2] + k];
    return norm([0, 1, 2].map((c) => t[0] * h[c] + t[1] * h[3 + c] + t[2] * h[6 + c]));
  };
  let best = length(0, 0, 0);
  const reach = Math.min(best, limit);
  const range = [0, 1, 2].map((c) => (atoms.pbc[c] ? Math.floor(reach / height[c] + 0.5) : 0));
  if (!(range[0] * range[1] * range[2] < 1e6)) throw new InputError('the cell is too skewed to find the nearest atom');
  for (let i = -range[0]; i <= range[0]; i++) {
    for (let j = -range[1]; j <= range[1]; j++) {
      for (let k = -range[2]; k <= range[2]; k++) best = Math.min(best, length(i, j, k));
    }
  }
  return best;
}
