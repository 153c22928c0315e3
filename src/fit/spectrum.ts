/**
 * The singular values of a reduced system with columns brought to length 1, and what b is in their basis: from it every
 * ridge solution costs n². Of a triangle by one-sided Jacobi rotations (Golub & Van Loan, §8.6.3: small singular values
 * keep their relative accuracy); of normal equations, and of many columns, by the eigenvectors of the product.
 */
import type { Engine } from '../engine/engine.ts';
import { eigenSymmetric } from '../linalg/eigen.ts';
import { syrk } from '../linalg/gemm.ts';
import type { Reduced } from './accumulate.ts';

export interface Spectrum {
  rows: number;
  columns: number;
  /** (n) descending. */
  values: Float64Array;
  /** (n, n): row k is the right singular vector of values[k]. */
  vectors: Float64Array;
  /** (n): Uᵀb. */
  projected: Float64Array;
  /** ‖b‖² outside the range of A. */
  rest: number;
  /** (n): lengths of the columns; a column of zeros has 1. */
  lengths: Float64Array;
}

const JACOBI_MOST = 240;
const SWEEPS = 60;
const EPS = 2.220446049250313e-16;

/** `scaled` false: columns as they are. */
export function spectrumOf(engine: Engine, system: Reduced, scaled = true): Spectrum {
  const lengths = scaled ? lengthsOf(system) : new Float64Array(system.columns).fill(1);
  if (!system.normal && system.columns <= JACOBI_MOST) return byJacobi(system, lengths);
  return byProduct(engine, system, lengths);
}

/** Lengths of the columns; of a column of zeros 1. */
export function lengthsOf({ matrix, columns: n, normal }: Reduced): Float64Array {
  return Float64Array.from({ length: n }, (_, j) => {
    let sum = 0;
    if (normal) sum = matrix[j * (n + 1) + j];
    else for (let i = 0; i <= j; i++) sum += matrix[i * (n + 1) + j] ** 2;
    return sum > 0 ? Math.sqrt(sum) : 1;
  });
}

function byJacobi({ matrix, columns: n, rows }: Reduced, lengths: Float64Array): Spectrum {
  // Rows of w are the columns of R, rows of v those of V: both are rotated together.
  const w = new Float64Array(n * n);
  const v = new Float64Array(n * n);
  const c = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    for (let i = 0; i <= j; i++) w[j * n + i] = matrix[i * (n + 1) + j] / lengths[j];
    v[j * n + j] = 1;
    c[j] = matrix[j * (n + 1) + n];
  }
  for (let sweep = 0, rotated = true; rotated && sweep < SWEEPS; sweep++) {
    rotated = false;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotated = rotate(w, v, n, p, q) || rotated;
  }
  const sizes = Array.from({ length: n }, (_, k) => Math.sqrt(dot(w, w, n, k, k)));
  const order = sizes.map((_, k) => k).sort((a, b) => sizes[b] - sizes[a]);
  const projected = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  order.forEach((k, to) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += w[k * n + i] * c[i];
    // a direction that is all rounding (fewer rows than columns) points anywhere: it would count b twice
    projected[to] = sizes[k] > n * EPS * sizes[order[0]] ? sum / sizes[k] : 0;
    vectors.set(v.subarray(k * n, (k + 1) * n), to * n);
  });
  const last = matrix[n * (n + 1) + n];
  // without all directions the triangle's own b may lie outside of the range too
  const whole = sizes[order[n - 1]] > n * EPS * sizes[order[0]];
  const square = (all: Float64Array) => all.reduce((sum, value) => sum + value * value, 0);
  const outside = whole ? 0 : Math.max(0, square(c) - square(projected));
  return {
    rows,
    columns: n,
    values: Float64Array.from(order, (k) => sizes[k]),
    vectors,
    projected,
    rest: last * last + outside,
    lengths,
  };
}

function dot(a: Float64Array, b: Float64Array, n: number, p: number, q: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += a[p * n + i] * b[q * n + i];
  return sum;
}

function rotate(w: Float64Array, v: Float64Array, n: number, p: number, q: number): boolean {
  const alpha = dot(w, w, n, p, p);
  const beta = dot(w, w, n, q, q);
  const gamma = dot(w, w, n, p, q);
  if (Math.abs(gamma) <= EPS * n * Math.sqrt(alpha * beta) || gamma === 0) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta >= 0 ? 1 : -1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cosine = 1 / Math.sqrt(1 + t * t);
  const sine = cosine * t;
  for (const m of [w, v]) {
    for (let i = 0; i < n; i++) {
      const x = m[p * n + i];
      const y = m[q * n + i];
      m[p * n + i] = cosine * x - sine * y;
      m[q * n + i] = sine * x + cosine * y;
    }
  }
  return true;
}

function byProduct(engine: Engine, { matrix, columns: n, rows, normal }: Reduced, lengths: Float64Array): Spectrum {
  const width = n + 1;
  const sums = normal ? matrix : syrk(engine, matrix, width, width);
  const scaled = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) scaled[i * n + j] = sums[i * width + j] / (lengths[i] * lengths[j]);
  }
  const eigen = eigenSymmetric(engine, scaled);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  const projected = new Float64Array(n);
  let inside = 0;
  for (let k = 0; k < n; k++) {
    const from = n - 1 - k;
    // Below rounding an eigenvalue says nothing: as if it were what rounding leaves of a singular value.
    const known = eigen.values[from] > n * EPS * eigen.values[n - 1];
    values[k] = known ? Math.sqrt(eigen.values[from]) : n * EPS * Math.sqrt(eigen.values[n - 1]);
    vectors.set(eigen.vectors.subarray(from * n, (from + 1) * n), k * n);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (vectors[k * n + i] * sums[i * width + n]) / lengths[i];
    if (known) projected[k] = sum / values[k];
    inside += projected[k] * projected[k];
  }
  return { rows, columns: n, values, vectors, projected, rest: Math.max(0, sums[n * width + n] - inside), lengths };
}
