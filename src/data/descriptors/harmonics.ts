/** The factors of the recurrence for real spherical harmonics: table of assembly/descriptors/harmonics.ts. */

/** Highest l for which the tables are made. */
export const MAX_L = 20;

/** L, Q_mm, and rows [l][m] of the factors of z Q_(l−1)m, of Q_(l−2)m and of dQ_lm/dz. */
export function harmonicsTable(L: number): Float64Array {
  const w = L + 1;
  const table = new Float64Array(1 + w + 3 * w * w);
  table[0] = L;
  let square = 1 / (4 * Math.PI);
  for (let m = 0; m <= L; m++) {
    if (m > 0) square *= (2 * m + 1) / (2 * m);
    table[1 + m] = Math.sqrt(m > 0 ? 2 * square : square);
    for (let l = m; l <= L; l++) {
      const row = 1 + w + 3 * (l * w + m);
      const factor = ladder(l, m);
      if (l > m) table[row] = factor;
      if (l > m + 1) table[row + 1] = factor / ladder(l - 1, m);
      table[row + 2] = Math.sqrt((l - m) * (l + m + 1) * (m === 0 ? 0.5 : 1));
    }
  }
  return table;
}

/** sqrt((2l−1)(2l+1)/((l−m)(l+m))): Q_lm = ladder(l) (z Q_(l−1)m − Q_(l−2)m / ladder(l−1)). */
function ladder(l: number, m: number): number {
  return l === m ? 0 : Math.sqrt(((2 * l - 1) * (2 * l + 1)) / ((l - m) * (l + m)));
}
