/**
 * The singular values of a reduced system with columns brought to length 1, and what b is in their basis: from it every
 * ridge solution costs n². Of a triangle by its singular value decomposition; of normal equations, where the condition is
 * squared already, by the eigenvectors of the product.
 */
import type { Engine } from '../engine/engine.ts';
import { eigenSymmetric } from '../linalg/eigen.ts';
import { svd } from '../linalg/svd.ts';
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

const EPS = 2.220446049250313e-16;

/** `scaled` false: columns as they are. */
export function spectrumOf(engine: Engine, system: Reduced, scaled = true): Spectrum {
  const lengths = scaled ? lengthsOf(system) : new Float64Array(system.columns).fill(1);
  return (system.normal ? byProduct : byRotations)(engine, system, lengths);
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

function byRotations(engine: Engine, { matrix, columns: n, rows }: Reduced, lengths: Float64Array): Spectrum {
  const width = n + 1;
  const scaled = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) scaled[i * width + j] = matrix[i * width + j] / lengths[j];
    scaled[i * width + n] = matrix[i * width + n];
  }
  const { values, vectors, projected: all } = svd(engine, scaled, { m: n, n, p: 1 });
  const least = n * EPS * values[0];
  // a direction that is all rounding (fewer rows than columns) points anywhere: it would count b twice
  const projected = all.map((x, k) => (values[k] > least ? x : 0));
  const last = matrix[n * width + n];
  const square = (some: Float64Array) => some.reduce((sum, value) => sum + value * value, 0);
  // without all directions the triangle's own b may lie outside of the range too
  const outside = values[n - 1] > least ? 0 : Math.max(0, square(all) - square(projected));
  return { rows, columns: n, values, vectors, projected, rest: last * last + outside, lengths };
}

function byProduct(engine: Engine, { matrix: sums, columns: n, rows }: Reduced, lengths: Float64Array): Spectrum {
  const width = n + 1;
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
