/** The shortest vector between two points of a periodic cell, however skewed and with any directions periodic. */
import { determinant, inverse } from './cell.ts';
import { InputError } from './errors.ts';
import { completeCell } from './image.ts';

/** Writes the shortest of all periodic images of `d` (3, Å) to `d`; of equals the one found first. */
export type Shortest = (d: Float64Array | number[]) => void;

/** For one cell, (3,3) rows, Å. Throws InputError for a cell without volume. */
export function shortestVector(cell: ArrayLike<number>, pbc: readonly boolean[]): Shortest {
  const h = completeCell(cell);
  const volume = Math.abs(determinant(h));
  if (!(volume > 0 && volume < Number.POSITIVE_INFINITY)) throw new InputError('the cell has no volume');
  const g = inverse(h);
  const height = [0, 1, 2].map((c) => 1 / Math.sqrt(g[c] ** 2 + g[3 + c] ** 2 + g[6 + c] ** 2));
  // closer than half the distance of the lattice planes nothing can be shorter
  const safe = Math.min(...height.filter((_, c) => pbc[c])) / 2;
  const subtract = (d: Float64Array | number[], i: number, j: number, k: number) => {
    for (let c = 0; c < 3; c++) d[c] -= i * h[c] + j * h[3 + c] + k * h[6 + c];
  };
  return (d) => {
    const near = [0, 1, 2].map((c) => (pbc[c] ? Math.round(d[0] * g[c] + d[1] * g[3 + c] + d[2] * g[6 + c]) : 0));
    subtract(d, near[0], near[1], near[2]);
    let best = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    const reach = Math.sqrt(best);
    if (reach <= safe) return;
    const range = height.map((distance, c) => (pbc[c] ? Math.floor(reach / distance + 0.5) : 0));
    if (!(range[0] * range[1] * range[2] < 1e6)) throw new InputError('the cell is too skewed to find nearest images');
    const start = [d[0], d[1], d[2]];
    for (let i = -range[0]; i <= range[0]; i++) {
      for (let j = -range[1]; j <= range[1]; j++) {
        for (let k = -range[2]; k <= range[2]; k++) {
          const t = [...start];
          subtract(t, i, j, k);
          const square = t[0] * t[0] + t[1] * t[1] + t[2] * t[2];
          if (square < best - 1e-9) {
            best = square;
            for (let c = 0; c < 3; c++) d[c] = t[c];
          }
        }
      }
    }
  };
}
