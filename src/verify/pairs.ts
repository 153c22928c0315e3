/** Every pair closer than a cutoff by brute force: all atoms, all images, no bins. Written apart from src/engine. */
import type { Atoms } from '../data/atoms.ts';

export interface DirectPair {
  i: number;
  j: number;
  /** x_j (image) − x_i, Å. */
  d: [number, number, number];
  r: number;
}

/** Images needed along each vector so that every point within `cutoff` of the wrapped cell is reached. */
function imageCounts(atoms: Atoms, cutoff: number): number[] {
  const h = atoms.cell;
  const row = (k: number) => [h[3 * k], h[3 * k + 1], h[3 * k + 2]];
  const cross = (a: number[], b: number[]) => [
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0],
  ];
  let spread = 0;
  for (let i = 0; i < atoms.positions.length; i += 3) {
    for (let j = 0; j < i; j += 3) {
      let r2 = 0;
      for (let c = 0; c < 3; c++) r2 += (atoms.positions[i + c] - atoms.positions[j + c]) ** 2;
      spread = Math.max(spread, Math.sqrt(r2));
    }
  }
  const periodic = [0, 1, 2].filter((k) => atoms.pbc[k]);
  return [0, 1, 2].map((k) => {
    if (!atoms.pbc[k]) return 0;
    // Component of vector k that is orthogonal to the span of the other periodic ones.
    const others = periodic.filter((o) => o !== k).map(row);
    const v = row(k);
    const length = (a: number[]) => Math.sqrt(a[0] ** 2 + a[1] ** 2 + a[2] ** 2);
    let height = length(v);
    if (others.length === 1) height = length(cross(v, others[0])) / length(others[0]);
    if (others.length === 2) {
      const n = cross(others[0], others[1]);
      height = Math.abs(v[0] * n[0] + v[1] * n[1] + v[2] * n[2]) / length(n);
    }
    return Math.ceil((cutoff + spread) / height) + 1;
  });
}

/** All ordered pairs (i→j and j→i, images of i itself included) with r < cutoff. */
export function directPairs(atoms: Atoms, cutoff: number): DirectPair[] {
  const [na, nb, nc] = imageCounts(atoms, cutoff);
  const { positions: x, cell: h } = atoms;
  const n = atoms.numbers.length;
  const pairs: DirectPair[] = [];
  for (let a = -na; a <= na; a++) {
    for (let b = -nb; b <= nb; b++) {
      for (let c = -nc; c <= nc; c++) {
        const shift = [0, 1, 2].map((k) => a * h[k] + b * h[3 + k] + c * h[6 + k]);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            const d = [0, 1, 2].map((k) => x[3 * j + k] + shift[k] - x[3 * i + k]) as [number, number, number];
            const r = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
            if (r < cutoff) pairs.push({ i, j, d, r });
          }
        }
      }
    }
  }
  return pairs;
}
