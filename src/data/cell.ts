/** 3×3 algebra of cells: rows are lattice vectors, x = s·h. */

/** Determinant, Å^3; negative for a left-handed cell. */
export function determinant(h: ArrayLike<number>): number {
  return h[0] * (h[4] * h[8] - h[5] * h[7]) - h[1] * (h[3] * h[8] - h[5] * h[6]) + h[2] * (h[3] * h[7] - h[4] * h[6]);
}

/** Inverse, row-major; fractional coordinates are s = x·inverse(h). */
export function inverse(h: ArrayLike<number>): Float64Array {
  const d = 1 / determinant(h);
  return Float64Array.of(
    (h[4] * h[8] - h[5] * h[7]) * d,
    (h[2] * h[7] - h[1] * h[8]) * d,
    (h[1] * h[5] - h[2] * h[4]) * d,
    (h[5] * h[6] - h[3] * h[8]) * d,
    (h[0] * h[8] - h[2] * h[6]) * d,
    (h[2] * h[3] - h[0] * h[5]) * d,
    (h[3] * h[7] - h[4] * h[6]) * d,
    (h[1] * h[6] - h[0] * h[7]) * d,
    (h[0] * h[4] - h[1] * h[3]) * d,
  );
}

/** a·b, both row-major 3×3. */
export function multiply(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const c = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      c[3 * i + j] = a[3 * i] * b[j] + a[3 * i + 1] * b[3 + j] + a[3 * i + 2] * b[6 + j];
    }
  }
  return c;
}

/** Every row vector of (n,3) `x` times the matrix `m`. */
export function transformRows(x: ArrayLike<number>, m: ArrayLike<number>): Float64Array {
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i += 3) {
    for (let j = 0; j < 3; j++) y[i + j] = x[i] * m[j] + x[i + 1] * m[3 + j] + x[i + 2] * m[6 + j];
  }
  return y;
}

/** (3) Å: distances between opposite faces of the cell. */
export function heights(cell: ArrayLike<number>): number[] {
  const g = inverse(cell);
  return [0, 1, 2].map((c) => 1 / Math.sqrt(g[c] * g[c] + g[3 + c] * g[3 + c] + g[6 + c] * g[6 + c]));
}
