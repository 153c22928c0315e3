/**
 * Lanczos recursion: from a symmetric operator and a start vector v to a small tridiagonal matrix T whose eigenvalues and
 * first components are the nodes and weights of a Gauss quadrature, vᵀ f(A) v ≈ |v|² Σ w_k f(θ_k) (Golub, Meurant, 1994).
 * Without reorthogonalisation: copies of converged eigenvalues share their weight, so quadratures stay right.
 */
import type { Engine } from '../engine/engine.ts';
import { eigenSymmetric } from '../linalg/eigen.ts';
import { dot, subtract } from './zero-modes.ts';

/** Relative to the operator: what is left of a vector below this is noise of the differences that apply it. */
const ROUNDING = 1e-7;

/** out = A v. */
export type Apply = (v: Float64Array, out: Float64Array) => void;

export interface Quadrature {
  nodes: Float64Array;
  /** Sum: |v|². */
  weights: Float64Array;
}

/** At most `steps` applications; ends earlier where v lies in a smaller invariant subspace. `v` is kept as it is. */
export function lanczos(engine: Engine, apply: Apply, v: Float64Array, steps: number): Quadrature {
  const square = dot(v, v);
  if (!(square > 0)) return { nodes: new Float64Array(0), weights: new Float64Array(0) };
  let q = v.map((x) => x / Math.sqrt(square));
  let before = new Float64Array(v.length);
  let next = new Float64Array(v.length);
  const alpha: number[] = [];
  const beta: number[] = [];
  for (let k = 0; k < steps; k++) {
    apply(q, next);
    if (k > 0) subtract(next, beta[k - 1], before);
    const a = dot(q, next);
    subtract(next, a, q);
    alpha.push(a);
    const b = Math.sqrt(dot(next, next));
    if (k === steps - 1 || b < ROUNDING * Math.abs(alpha[0])) break;
    beta.push(b);
    for (let i = 0; i < next.length; i++) next[i] /= b;
    [before, q, next] = [q, next, before];
  }
  const m = alpha.length;
  const t = new Float64Array(m * m);
  for (let k = 0; k < m; k++) {
    t[k * m + k] = alpha[k];
    if (k + 1 < m) {
      t[k * m + k + 1] = beta[k];
      t[(k + 1) * m + k] = beta[k];
    }
  }
  const { values, vectors } = eigenSymmetric(engine, t);
  return { nodes: values, weights: values.map((_, k) => square * vectors[k * m] ** 2) };
}
