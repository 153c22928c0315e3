/**
 * The elements of U^j as polynomials, for the transform between moments and density (assembly/so4/transform.ts).
 * With the recurrence of assembly/so4.ts, V^j[k][s] = α V^(j−1)[k][s] + β V^(j−1)[k][s−1], α = a*, β = −b*, every element is
 * α^p β^q g(t), p = j−k−s, q = s−k, t = |b|² = 1 − |a|²: a negative power is one of the conjugate, and a step up from it
 * leaves a factor 1 − t or t. The coefficients of g are whole numbers, exact up to the J that is generated.
 */
import { halfSize, startOf } from '../bispectrum-plan.ts';
import type { Plane } from './plane.ts';

/** Numbers of an item, as the kernel reads them; those of g begin at G. */
const NUMBERS = 11;
const G = 5;

export interface Transform {
  items: number;
  integers: Int32Array;
  numbers: Float64Array;
  /** Vectors that the moments take. */
  slots: number;
}

/** g[j][k][s], coefficients in ascending powers of t, for the half plane k <= j/2. */
export function elementPolynomials(J: number): number[][][][] {
  const levels: number[][][][] = [[[[1]]]];
  for (let j = 1; j <= J; j++) {
    const level: number[][][] = [];
    for (let k = 0; k <= j / 2; k++) {
      level.push(Array.from({ length: j + 1 }, (_, s) => step(levels[j - 1], j, k, s)));
    }
    levels.push(level);
  }
  return levels;
}

function step(below: number[][][], j: number, k: number, s: number): number[] {
  const sum = new Array<number>(1 + Math.floor((j - Math.abs(j - k - s) - Math.abs(s - k)) / 2)).fill(0);
  const add = (g: number[], shift: number, sign: number) => {
    g.forEach((c, i) => {
      sum[i + shift] += sign * c;
    });
  };
  const byAlpha = element(below, j - 1, k, s);
  add(byAlpha, 0, 1);
  // From a negative power of α: α a = 1 − t.
  if (j - 1 - k - s < 0) add(byAlpha, 1, -1);
  // From a negative power of β: β β* = t.
  add(element(below, j - 1, k, s - 1), s - 1 - k < 0 ? 1 : 0, 1);
  return sum;
}

/** V[j−k][j−s] = (−1)^(k−s) V[k][s]* outside the half plane, where powers change their signs and g keeps its own. */
function element(level: number[][][], j: number, k: number, s: number): number[] {
  if (s < 0 || s > j) return [];
  if (2 * k <= j) return level[k][s];
  const sign = (k - s) % 2 === 0 ? 1 : -1;
  return level[j - k][j - s].map((c) => sign * c);
}

/** First slot of the moments of α^P β^Q, in scripts/generate-so4.mjs's order; (J + 1, 0) gives the number of slots. */
export function momentSlot(J: number, P: number, Q: number): number {
  let slot = 0;
  for (let p = 0; p <= P; p++) {
    for (let q = 0; p + q <= J && (p < P || q < Q); q++) slot += 4 * (((J - p - q) >> 1) + 1);
  }
  return slot;
}

/** √(s!(j−s)!/(k!(j−k)!)), by which V becomes U. */
function norm(j: number, k: number, s: number): number {
  return Math.sqrt(binomial(j, k) / binomial(j, s));
}

function binomial(j: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (j - k + i)) / i;
  return value;
}

/** All (j, P, Q) with what the kernel needs to know of them. */
export function densityTransform(J: number, plane: Plane): Transform {
  const polynomials = elementPolynomials(J);
  const list: Item[] = [];
  for (let j = 0; j <= J; j++) {
    for (let P = 0; P <= j; P++) {
      for (let Q = j % 2 === P % 2 ? 0 : 1; P + Q <= j; Q += 2) list.push(item(J, j, P, Q, polynomials, plane));
    }
  }
  // Loops of equal length together, for the branch predictor.
  list.sort((a, b) => a.integers[1] - b.integers[1]);
  return {
    items: list.length,
    integers: Int32Array.from(list.flatMap(({ integers }) => integers)),
    numbers: Float64Array.from(list.flatMap(({ numbers }) => numbers)),
    slots: momentSlot(J, J + 1, 0),
  };
}

interface Item {
  integers: number[];
  numbers: number[];
}

function item(J: number, j: number, P: number, Q: number, polynomials: number[][][][], plane: Plane): Item {
  const places = (k: number, s: number) => {
    const [m, mm] = [2 * s - j, 2 * k - j];
    return [startOf(halfSize, j) + k * (j + 1) + s, plane.at(j, m, mm, 0), plane.at(j, -m, -mm, 0)];
  };
  // p = j − k − s, q = s − k.
  const k = (j - P - Q) / 2;
  const s = k + Q;
  const g = polynomials[j][k][s].map((c) => norm(j, k, s) * c);
  const companion = P > 0 && Q > 0 ? turned(j, P, Q, polynomials, g) : undefined;
  const nobody = [startOf(halfSize, J + 1), plane.size, plane.size];
  const sign = companion?.sign ?? 0;
  const weight = P === 0 && Q === 0 ? 1 : 2;
  const integers = [
    momentSlot(J, P, Q),
    g.length,
    ...places(k, s),
    ...(companion ? places(companion.k, companion.s) : nobody),
  ];
  const numbers = [sign, P >= Q ? sign : -sign, Q % 2 === 0 ? 1 : -1, weight, Q === 0 ? 1 : 0];
  for (let i = 0; i < NUMBERS - G; i++) numbers.push(g[i] ?? 0);
  return { integers, numbers };
}

/** The element (P, −Q) or (−P, Q), whichever lies in the half plane p + q >= 0: its g is ±g. */
function turned(j: number, P: number, Q: number, polynomials: number[][][][], g: number[]) {
  const [p, q] = P >= Q ? [P, -Q] : [-P, Q];
  const k = (j - p - q) / 2;
  const s = k + q;
  const n = norm(j, k, s);
  const sign = Math.sign(polynomials[j][k][s][0] * g[0]);
  const same = polynomials[j][k][s].every((c, i) => Math.abs(sign * n * c - g[i]) <= 1e-12 * Math.abs(g[i]));
  if (!same) throw new Error(`elements (${P}, ${Q}) and (${p}, ${q}) of U^${j} have different polynomials`);
  return { k, s, sign };
}
