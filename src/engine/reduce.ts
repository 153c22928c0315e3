/**
 * Reduction of the periodic lattice vectors to short, nearly orthogonal ones, so that skewed cells cost no more than
 * cubic ones. Pairwise (Gauss) steps and, in three dimensions, the sums of two against the third, until nothing gets
 * shorter (Semaev, 10.1007/3-540-44670-2_13).
 */

/** Integer combinations M (rows) such that M·vectors is reduced; `vectors` are the rows of the periodic directions. */
export function reduceLattice(vectors: number[][]): number[][] {
  const v = vectors.map((row) => [...row]);
  const m: number[][] = vectors.map((_, i) => vectors.map((_, j) => (i === j ? 1 : 0)));
  const dot = (a: number[], b: number[]) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const shorten = (i: number, by: number[], coefficients: number[]): boolean => {
    const q = Math.round(dot(v[i], by) / dot(by, by));
    if (q === 0) return false;
    const shorter = v[i].map((x, c) => x - q * by[c]);
    if (dot(shorter, shorter) >= dot(v[i], v[i]) * (1 - 1e-12)) return false;
    v[i] = shorter;
    m[i] = m[i].map((x, c) => x - q * coefficients[c]);
    return true;
  };
  for (let round = 0, changed = true; changed && round < 1000; round++) {
    changed = false;
    for (let i = 0; i < v.length; i++) {
      for (let j = 0; j < v.length; j++) {
        if (i !== j && shorten(i, v[j], m[j])) changed = true;
      }
    }
    if (changed || v.length < 3) continue;
    for (let i = 0; i < 3; i++) {
      const [j, k] = [(i + 1) % 3, (i + 2) % 3];
      for (const sign of [1, -1]) {
        const sum = v[j].map((x, c) => x + sign * v[k][c]);
        if (
          shorten(
            i,
            sum,
            m[j].map((x, c) => x + sign * m[k][c]),
          )
        )
          changed = true;
      }
    }
  }
  return m;
}
