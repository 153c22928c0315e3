/** Eigenvalues and vectors of small symmetric matrices (elastic constants, inertia) by cyclic Jacobi rotations. */

export interface SmallEigen {
  /** (n) ascending. */
  values: Float64Array;
  /** (n,n): row k belongs to value k, length one. */
  vectors: Float64Array;
}

const SWEEPS = 60;

/** `matrix` (n,n) symmetric; only for n up to some tens. */
export function eigenSmall(matrix: ArrayLike<number>, n: number): SmallEigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS && offDiagonal(a, n) > 0; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i] - a[j * n + j]);
  return {
    values: Float64Array.from(order, (i) => a[i * n + i]),
    vectors: Float64Array.from(order.flatMap((i) => [...v.subarray(i * n, i * n + n)])),
  };
}

/** Sum of squares, 0 where it no longer matters. */
function offDiagonal(a: Float64Array, n: number): number {
  let [off, all] = [0, 0];
  for (let i = 0; i < n * n; i++) {
    all += a[i] * a[i];
    if (i % (n + 1) !== 0) off += a[i] * a[i];
  }
  return off > 1e-34 * all ? off : 0;
}

/** Makes a[p][q] zero; rows of v are the vectors. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const off = a[p * n + q];
  if (off === 0) return;
  const theta = (a[q * n + q] - a[p * n + p]) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + p], a[k * n + q]];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[p * n + k], a[q * n + k]];
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
    const [u, w] = [v[p * n + k], v[q * n + k]];
    v[p * n + k] = c * u - s * w;
    v[q * n + k] = s * u + c * w;
  }
}
