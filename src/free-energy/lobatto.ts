/**
 * Nodes and weights of Gauss and Lobatto on [0, 1], ends included: exact for polynomials of degree 2n − 3
 * (Abramowitz, Stegun 25.4.32). Nodes are the ends and the roots of P'_(n−1).
 */
import { InputError } from '../data/errors.ts';
import { cos } from '../data/math.ts';

export interface Quadrature {
  /** (n), ascending, 0 and 1 included. */
  nodes: Float64Array;
  /** (n), sum 1. */
  weights: Float64Array;
}

export function lobatto(n: number): Quadrature {
  if (!(Number.isInteger(n) && n >= 2 && n <= 200)) throw new InputError(`${n} nodes; expected 2 to 200`);
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const x = k === 0 ? -1 : k === n - 1 ? 1 : root(n, k);
    const p = legendre(n - 1, x)[0];
    nodes[k] = 0.5 * (1 + x);
    weights[k] = 1 / (n * (n - 1) * p * p);
  }
  return { nodes, weights };
}

/** Root k of P'_(n−1), by Newton: (1 − x²)P'' = 2xP' − m(m + 1)P. */
function root(n: number, k: number): number {
  const m = n - 1;
  let x = -cos((Math.PI * k) / m);
  for (let turn = 0; turn < 100; turn++) {
    const [p, before] = legendre(m, x);
    const first = (m * (before - x * p)) / (1 - x * x);
    const second = (2 * x * first - m * (m + 1) * p) / (1 - x * x);
    const step = first / second;
    x -= step;
    if (Math.abs(step) < 1e-15) break;
  }
  return x;
}

/** P_m(x) and P_(m−1)(x), m ≥ 1. */
function legendre(m: number, x: number): [number, number] {
  let [before, p] = [1, x];
  for (let k = 2; k <= m; k++) [before, p] = [p, ((2 * k - 1) * x * p - (k - 1) * before) / k];
  return [p, before];
}
