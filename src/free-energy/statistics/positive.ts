/** Small positive definite systems in plain arrays: A = L Lᵀ, for matrices of a few dozen rows. */
import { PhysicsError } from '../../data/errors.ts';

/** Inverse of the (n,n) symmetric matrix a. Throws PhysicsError where it is not positive definite. */
export function inversePositive(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
      if (i > j) l[i * n + j] = sum / l[j * n + j];
      else if (sum > 1e-14 * a[i * n + i]) l[i * n + i] = Math.sqrt(sum);
      else throw new PhysicsError(`a matrix of ${n} rows is not positive definite (row ${i + 1})`);
    }
  }
  const out = new Float64Array(n * n);
  const y = new Float64Array(n);
  for (let column = 0; column < n; column++) {
    for (let i = 0; i < n; i++) {
      let sum = i === column ? 1 : 0;
      for (let k = 0; k < i; k++) sum -= l[i * n + k] * y[k];
      y[i] = sum / l[i * n + i];
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = y[i];
      for (let k = i + 1; k < n; k++) sum -= l[k * n + i] * out[k * n + column];
      out[i * n + column] = sum / l[i * n + i];
    }
  }
  return out;
}

/** (rows, n) times a vector. */
export function apply(a: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return Float64Array.from({ length: a.length / n }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k] * x[k];
    return sum;
  });
}
