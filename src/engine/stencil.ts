/** Which bins around a bin can hold sites within the reach: rows along x with their first and last bin. */

/** Offsets y, z of a row of bins and its lowest and highest offset x. */
export type StencilRow = [y: number, z: number, low: number, high: number];

/**
 * Rows in the order of the sites. `bins`: (3,3) rows, the edges of one bin, Å; `span`: bins that the reach spans. A bin
 * is left out only where a plane between it and the central one proves that they are further apart than `reach`.
 */
export function stencil(bins: ArrayLike<number>, span: readonly number[], reach: number): StencilRow[] {
  const rows: StencilRow[] = [];
  const limit = reach * (1 + 1e-9);
  // The row with offsets −y, −z is the mirror image: half of them and the central one are looked at.
  for (let z = -span[2]; z <= 0; z++) {
    for (let y = -span[1]; y <= (z < 0 ? span[1] : 0); y++) {
      let low = -span[0];
      while (low <= span[0] && separation(bins, low, y, z) > limit) low++;
      if (low > span[0]) continue;
      let high = span[0];
      while (high > low && separation(bins, high, y, z) > limit) high--;
      rows.push([y, z, low, high]);
    }
  }
  for (let k = rows.length - 1; k >= 0; k--) {
    const [y, z, low, high] = rows[k];
    if (y !== 0 || z !== 0) rows.push([-y, -z, -high, -low]);
  }
  return rows;
}

// Scratch of separation(), which is called for every bin within reach: t, then the offset, then the difference.
const t = new Float64Array(3);
const at = new Float64Array(3);
const v = new Float64Array(3);

function difference(edges: ArrayLike<number>): void {
  for (let c = 0; c < 3; c++) v[c] = t[0] * edges[c] + t[1] * edges[3 + c] + t[2] * edges[6 + c];
}

/**
 * Lower bound of the distance between points of two bins x, y, z apart, whose differences are Σ t_k·edge_k with
 * |t_k − offset_k| <= 1: the width of the gap along the shortest difference that descent in one t_k after the other finds.
 */
function separation(edges: ArrayLike<number>, x: number, y: number, z: number): number {
  at[0] = x;
  at[1] = y;
  at[2] = z;
  for (let k = 0; k < 3; k++) t[k] = Math.sign(at[k]) * Math.max(Math.abs(at[k]) - 1, 0);
  for (let sweep = 0, moved = 1; sweep < 20 && moved > 1e-6; sweep++) {
    moved = 0;
    for (let k = 0; k < 3; k++) {
      difference(edges);
      const [a, b, c] = [edges[3 * k], edges[3 * k + 1], edges[3 * k + 2]];
      const best = t[k] - (v[0] * a + v[1] * b + v[2] * c) / Math.max(a * a + b * b + c * c, 1e-300);
      const next = Math.min(Math.max(best, at[k] - 1), at[k] + 1);
      moved = Math.max(moved, Math.abs(next - t[k]));
      t[k] = next;
    }
  }
  difference(edges);
  const length = Math.sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  if (length === 0) return 0;
  let gap = 0;
  for (let k = 0; k < 3; k++) {
    const along = (edges[3 * k] * v[0] + edges[3 * k + 1] * v[1] + edges[3 * k + 2] * v[2]) / length;
    gap += at[k] * along - Math.abs(along);
  }
  return gap;
}
