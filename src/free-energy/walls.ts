/**
 * Walls that keep every atom in the Wigner–Seitz cell of its site: its displacement along the direction to a
 * neighbouring site, occupied or empty, stays below half the distance. They make the harmonic reference of a vacancy
 * defined at high temperature; how little they change the reference is a bound of exact Gaussian tails.
 */
export interface Walls {
  /** (m) atom of each plane. */
  atom: Int32Array;
  /** (m,3) unit normals. */
  normal: Float64Array;
  /** (m) Å, the largest displacement along the normal. */
  limit: Float64Array;
}

/** The first plane that the displacement x − x0 (n,3) is beyond, or −1. */
export function violated({ atom, normal, limit }: Walls, x: Float64Array, x0: Float64Array): number {
  for (let p = 0; p < atom.length; p++) {
    const i = 3 * atom[p];
    const q = 3 * p;
    const along =
      (x[i] - x0[i]) * normal[q] + (x[i + 1] - x0[i + 1]) * normal[q + 1] + (x[i + 2] - x0[i + 2]) * normal[q + 2];
    if (along > limit[p]) return p;
  }
  return -1;
}
