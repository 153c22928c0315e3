/**
 * What a fit must meet exactly, C x = d, by the null space: x = x₀ + N z with C x₀ = d and C N = 0, and the data decide z.
 * C is factored from the right by Householder reflectors, rows by the largest that is left (Golub & Van Loan, Matrix
 * Computations, §5.4.2 and §6.2): rows that others imply are found, and checked against them.
 */
import { InputError } from '../data/errors.ts';

/** Rows of C and their targets, with what an error calls them. */
export interface Constraints {
  /** (p, columns), row-major. */
  rows: Float64Array;
  /** (p). */
  targets: Float64Array;
  names: string[];
}

export interface NullSpace {
  /** (columns): x₀. */
  origin: Float64Array;
  /** (columns, columns − rank): N. */
  basis: Float64Array;
  /** Constraints that do not follow from others. */
  rank: number;
  /** x moved to where the constraints hold to the last digits. */
  settle(x: Float64Array): Float64Array;
}

/** Below this, relative to the largest row, a row is rounding (forces on sites of symmetry). */
const NOTHING = 1e-11;
/** Of rows of length 1. */
const DEPENDENT = 1e-10;
/** Of targets, in eV, eV/Å … */
const CONTRADICTION = 1e-6;

interface Factored {
  n: number;
  /** Rows that count, in the order of their pivots; row i has L's i + 1 numbers. */
  order: number[];
  /** (p, n): rows times the reflectors. */
  work: Float64Array;
  /** Unit vectors of the reflectors, (rank, n). */
  reflectors: Float64Array;
}

/** `lengths`: of the columns of the data (1 for a column of zeros): what makes coefficients comparable. */
export function nullSpace(constraints: Constraints, lengths: Float64Array): NullSpace {
  const n = lengths.length;
  const { rows, targets } = scaled(constraints, lengths);
  const factored = factor(rows, n);
  const rank = factored.order.length;
  const origin = particular(factored, targets);
  checkRest(constraints, factored, targets, origin);
  if (rank === n) throw new InputError(`constraints: ${rank} of them leave nothing to fit (${n} coefficients)`);
  const basis = new Float64Array(n * (n - rank));
  const column = new Float64Array(n);
  for (let k = rank; k < n; k++) {
    column.fill(0);
    column[k] = 1;
    back(factored, column);
    for (let i = 0; i < n; i++) basis[i * (n - rank) + k - rank] = column[i] / lengths[i];
  }
  const settle = (x: Float64Array) => {
    const now = x.map((value, i) => value * lengths[i]);
    const left = targets.map((target, i) => target - product(rows, i, now));
    const step = particular(factored, left);
    return now.map((value, i) => (value + step[i]) / lengths[i]);
  };
  return { origin: origin.map((value, i) => value / lengths[i]), basis, rank, settle };
}

const product = (rows: Float64Array, i: number, x: Float64Array) => {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += rows[i * x.length + k] * x[k];
  return sum;
};

/** Columns by their lengths, rows to length 1; a row that is rounding becomes one of zeros. */
function scaled({ rows, targets, names }: Constraints, lengths: Float64Array) {
  const n = lengths.length;
  const out = rows.map((value, k) => value / lengths[k % n]);
  const sizes = names.map((_, i) => Math.sqrt(out.subarray(i * n, (i + 1) * n).reduce((sum, x) => sum + x * x, 0)));
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const to = targets.slice();
  for (const [i, size] of sizes.entries()) {
    const nothing = size <= NOTHING * largest;
    if (nothing && Math.abs(to[i]) > CONTRADICTION)
      throw new InputError(`constraints: ${names[i]} should be ${to[i]}, but no coefficient changes it`);
    for (let k = 0; k < n; k++) out[i * n + k] = nothing ? 0 : out[i * n + k] / size;
    to[i] = nothing ? 0 : to[i] / size;
  }
  return { rows: out, targets: to };
}

function factor(rows: Float64Array, n: number): Factored {
  const p = rows.length / n;
  const work = rows.slice();
  const reflectors: number[] = [];
  const order: number[] = [];
  for (let k = 0; k < Math.min(p, n); k++) {
    const left = Array.from({ length: p }, (_, i) => (order.includes(i) ? 0 : tail(work, i, k, n)));
    const pivot = left.reduce((best, size, i) => (size > left[best] ? i : best), 0);
    if (left[pivot] <= DEPENDENT) break;
    const v = new Float64Array(n);
    v.set(work.subarray(pivot * n + k, (pivot + 1) * n), k);
    v[k] += v[k] >= 0 ? left[pivot] : -left[pivot];
    const length = tail(v, 0, k, n);
    for (let i = k; i < n; i++) v[i] /= length;
    for (let i = 0; i < p; i++) reflect(v, work.subarray(i * n, (i + 1) * n), k);
    reflectors.push(...v);
    order.push(pivot);
  }
  return { n, order, work, reflectors: Float64Array.from(reflectors) };
}

function tail(rows: Float64Array, i: number, k: number, n: number): number {
  let sum = 0;
  for (let j = k; j < n; j++) sum += rows[i * n + j] * rows[i * n + j];
  return Math.sqrt(sum);
}

function reflect(v: Float64Array, x: Float64Array, from: number): void {
  let sum = 0;
  for (let i = from; i < x.length; i++) sum += v[i] * x[i];
  for (let i = from; i < x.length; i++) x[i] -= 2 * sum * v[i];
}

/** x ← H x, H the product of the reflectors. */
function back({ n, order, reflectors }: Factored, x: Float64Array): void {
  for (let k = order.length - 1; k >= 0; k--) reflect(reflectors.subarray(k * n, (k + 1) * n), x, k);
}

/** The shortest x that meets the rows that count. */
function particular(factored: Factored, targets: Float64Array): Float64Array {
  const { n, order, work } = factored;
  const x = new Float64Array(n);
  for (const [k, row] of order.entries()) {
    let sum = targets[row];
    for (let j = 0; j < k; j++) sum -= work[row * n + j] * x[j];
    x[k] = sum / work[row * n + k];
  }
  back(factored, x);
  return x;
}

/** Throws InputError for a row that follows from the others but wants something else. */
function checkRest({ rows, names }: Constraints, factored: Factored, targets: Float64Array, origin: Float64Array) {
  const { n, order, work } = factored;
  for (const [i, name] of names.entries()) {
    if (order.includes(i)) continue;
    const forward = origin.slice();
    for (const [k] of order.entries()) reflect(factored.reflectors.subarray(k * n, (k + 1) * n), forward, k);
    const found = product(work, i, forward);
    const size = tail(rows, i, 0, n);
    if (Math.abs(found - targets[i]) * Math.max(1, size) > CONTRADICTION)
      throw new InputError(`constraints: ${name} contradicts the others, from which it follows`);
  }
}
