/** The shortest vector between two points of a periodic cell, however skewed and with any directions periodic. */
import { determinant, heights, inverse } from './cell.ts';
import { InputError } from './errors.ts';
import { completeCell } from './image.ts';

/** Turns `d` (3, Å) into the shortest of all its periodic images; of equals the one found first. */
export type Shortest = (d: Float64Array | number[]) => void;

/** For one cell, (3,3) rows, Å. Throws InputError for a cell without volume, or one too skewed to search. */
export function shortestVector(cell: ArrayLike<number>, pbc: readonly boolean[]): Shortest {
  const h = completeCell(cell);
  const volume = Math.abs(determinant(h));
  if (!(volume > 0 && volume < Number.POSITIVE_INFINITY)) throw new InputError('the cell has no volume');
  const g = inverse(h);
  const round = (d: Float64Array | number[]) => {
    for (let c = 2; c >= 0; c--) {
      if (!pbc[c]) continue;
      const k = Math.round(d[0] * g[c] + d[1] * g[3 + c] + d[2] * g[6 + c]);
      if (k !== 0) for (let i = 0; i < 3; i++) d[i] -= k * h[3 * c + i];
    }
  };
  // at right angles the nearest image along each row is the nearest of all
  if (rightAngled(h)) return round;
  const height = heights(h);
  // closer than half the distance of the lattice planes nothing can be shorter
  const safe = Math.min(...height.filter((_, c) => pbc[c])) / 2;
  return (d) => {
    round(d);
    const reach = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
    if (reach > safe) search(d, h, reach, (c) => (pbc[c] ? Math.floor(reach / height[c] + 0.5) : 0));
  };
}

function rightAngled(h: Float64Array): boolean {
  const product = (a: number, b: number) => h[a] * h[b] + h[a + 1] * h[b + 1] + h[a + 2] * h[b + 2];
  return product(0, 3) === 0 && product(0, 6) === 0 && product(3, 6) === 0;
}

/** All images within the ranges. */
function search(d: Float64Array | number[], h: Float64Array, reach: number, range: (c: number) => number): void {
  const [a, b, c] = [range(0), range(1), range(2)];
  if (!((2 * a + 1) * (2 * b + 1) * (2 * c + 1) < 1e6)) {
    throw new InputError('the cell is too skewed to find nearest images');
  }
  const [x0, y0, z0] = d;
  let best = reach * reach;
  for (let i = -a; i <= a; i++) {
    for (let j = -b; j <= b; j++) {
      for (let k = -c; k <= c; k++) {
        const x = x0 + i * h[0] + j * h[3] + k * h[6];
        const y = y0 + i * h[1] + j * h[4] + k * h[7];
        const z = z0 + i * h[2] + j * h[5] + k * h[8];
        const square = x * x + y * y + z * z;
        if (square >= best - 1e-9) continue;
        best = square;
        d[0] = x;
        d[1] = y;
        d[2] = z;
      }
    }
  }
}
