/** Which bins around a bin can hold sites within the reach: rows along x with their first and last bin. */

/** Offsets y, z of a row of bins and its lowest and highest offset x. */
export type StencilRow = [y: number, z: number, low: number, high: number];

/**
 * Rows in the order of the sites. `bins`: (3,3) rows, the edges of one bin, Å; `span`: bins that the reach spans. A bin
 * is left out only where a plane between it and the central one proves that they are further apart than `reach`.
 */
export function stencil(bins: ArrayLike<number>, span: readonly number[], reach: number): StencilRow[] {
  const rows: StencilRow[] = [];
  for (let z = -span[2]; z <= span[2]; z++) {
    for (let y = -span[1]; y <= span[1]; y++) {
      const near = offsets(span[0]).filter((x) => separation(bins, [x, y, z]) <= reach * (1 + 1e-9));
      if (near.length > 0) rows.push([y, z, near[0], near[near.length - 1]]);
    }
  }
  return rows;
}

const offsets = (span: number) => Array.from({ length: 2 * span + 1 }, (_, k) => k - span);

/**
 * Lower bound of the distance between points of two bins `offset` apart, whose differences are Σ t_k·edge_k with
 * |t_k − offset_k| <= 1: the width of the gap along the shortest difference that descent in one t_k after the other finds.
 */
function separation(edges: ArrayLike<number>, offset: readonly number[]): number {
  const t = offset.map((d) => Math.sign(d) * Math.max(Math.abs(d) - 1, 0));
  const edge = (k: number) => [edges[3 * k], edges[3 * k + 1], edges[3 * k + 2]];
  const difference = () => [0, 1, 2].map((c) => t[0] * edges[c] + t[1] * edges[3 + c] + t[2] * edges[6 + c]);
  const dot = (a: readonly number[], b: readonly number[]) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  for (let sweep = 0, moved = 1; sweep < 20 && moved > 1e-6; sweep++) {
    moved = 0;
    for (let k = 0; k < 3; k++) {
      const e = edge(k);
      const best = t[k] - dot(difference(), e) / Math.max(dot(e, e), 1e-300);
      const next = Math.min(Math.max(best, offset[k] - 1), offset[k] + 1);
      moved = Math.max(moved, Math.abs(next - t[k]));
      t[k] = next;
    }
  }
  const v = difference();
  const length = Math.sqrt(dot(v, v));
  if (length === 0) return 0;
  const along = [0, 1, 2].map((k) => dot(edge(k), v) / length);
  return along.reduce((sum, a, k) => sum + offset[k] * a - Math.abs(a), 0);
}
