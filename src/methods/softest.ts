/**
 * The softest direction of a Hessian that is known by its products alone: Lanczos recursion with full reorthogonalisation,
 * and the lowest Ritz vector. A dozen products from a good first guess give its sign and direction, which is what a search
 * for saddles needs (Malek, Mousseau 2000, 10.1103/PhysRevE.62.7723).
 */
import type { Objective } from '../data/objective.ts';
import type { Engine } from '../engine/engine.ts';
import { eigenSymmetric } from '../linalg/eigen.ts';
import { still } from './band.ts';
import { dot } from './relaxation.ts';

export interface Softest {
  /** eV/Å², of the lowest Ritz vector. */
  value: number;
  /** (3n) unit vector. */
  vector: Float64Array;
}

/** A v of a symmetric operator, as a new vector. */
export type Product = (v: Float64Array) => Float64Array;

/** Relative to the operator: what is left of a vector below this is noise of differences. */
const ROUNDING = 1e-6;

/**
 * The lowest Ritz pair after at most `vectors` products; it turns out on the side of `start`. Throws where `start` has no
 * length.
 */
export function softest(engine: Engine, product: Product, start: Float64Array, vectors: number): Softest {
  const length = Math.sqrt(dot(start, start));
  if (!(length > 0)) throw new Error('a Lanczos recursion needs a start vector with a length');
  const basis = [start.map((x) => x / length)];
  const alpha: number[] = [];
  const beta: number[] = [];
  for (let k = 0; k < vectors; k++) {
    const next = product(basis[k]);
    alpha.push(dot(next, basis[k]));
    // twice: one pass leaves rounding of the size of what it takes off
    for (let pass = 0; pass < 2; pass++) for (const q of basis) add(next, -dot(next, q), q);
    const rest = Math.sqrt(dot(next, next));
    if (k === vectors - 1 || rest < ROUNDING * Math.abs(alpha[0])) break;
    beta.push(rest);
    basis.push(next.map((x) => x / rest));
  }
  const m = alpha.length;
  const t = new Float64Array(m * m);
  for (let k = 0; k < m; k++) {
    t[k * m + k] = alpha[k];
    if (k + 1 < m) t[k * m + k + 1] = t[(k + 1) * m + k] = beta[k];
  }
  const { values, vectors: shapes } = eigenSymmetric(engine, t);
  const vector = new Float64Array(start.length);
  for (let k = 0; k < m; k++) add(vector, shapes[k], basis[k]);
  const size = Math.sqrt(dot(vector, vector)) * (dot(vector, start) < 0 ? -1 : 1);
  return { value: values[0], vector: vector.map((x) => x / size) };
}

/**
 * Products of the Hessian at the present x of `objective` by one-sided differences of forces over `step`, Å, without
 * rigid translations; `force`: those at x. It moves x about and leaves it elsewhere.
 */
export function forceProduct(
  objective: Objective,
  { force, step, free }: { force: Float64Array; step: number; free: readonly boolean[] },
): Product {
  const x = objective.x.slice();
  return (v) => {
    for (let i = 0; i < x.length; i++) objective.x[i] = x[i] + step * v[i];
    objective.evaluate();
    const h = force.map((f, i) => (f - objective.f[i]) / step);
    still(h, free);
    return h;
  };
}

function add(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] += factor * b[i];
}
