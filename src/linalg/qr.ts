/**
 * Householder's QR factorisation by blocks of columns (Golub & Van Loan, Matrix Computations, §5.2), and least squares
 * with it: the condition of the matrix enters once, not squared as in the normal equations.
 */
import { InputError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { borrowing, checkFinite, checkShape, powerOfTwo, takeOut } from './matrix.ts';
import { createWorkspace, multiply, part, transposed, type Workspace } from './product.ts';
import { type BlockRoom, blockFactor, createBlockRoom } from './reflectors.ts';

/** Columns of a panel; not more than BLOCK of reflectors.ts. */
const WIDTH = 32;
const EPS = 2.220446049250313e-16;

/** A matrix at work: the first n of its `row` columns become R, the others Qᵀ times what they were. */
interface Factors {
  space: Workspace;
  room: BlockRoom;
  m: number;
  n: number;
  row: number;
  a: Float64Array;
  /** (n, m): row j is v_j, zero before j. */
  v: Float64Array;
  tau: Float64Array;
  /** WIDTH × row each. */
  projected: number;
  mixed: number;
  words: Int32Array;
}

function prepare(engine: Engine, m: number, n: number, row: number): Factors {
  return {
    space: createWorkspace(engine),
    room: createBlockRoom(engine),
    m,
    n,
    row,
    a: engine.f64(m * row),
    v: engine.f64(n * m),
    tau: engine.f64(n),
    projected: engine.bytes(8 * WIDTH * Math.max(m, row)),
    mixed: engine.bytes(8 * WIDTH * Math.max(m, row)),
    words: engine.i32(3),
  };
}

/** The panel that begins at column j: its width, its reflectors (their part that is not zero). */
function panelAt({ n, m, v }: Factors, j: number) {
  const k = Math.min(WIDTH, n - j);
  return { k, rows: { at: part(v.byteOffset, m, j, j).at, row: m, k, m: m - j } };
}

function factor(factors: Factors): void {
  const { space, room, m, n, row, a, tau, words, projected, mixed } = factors;
  const { engine } = space;
  for (let j = 0; j < n; j += WIDTH) {
    const { k, rows } = panelAt(factors, j);
    const corner = part(a.byteOffset, row, j, j);
    const tauAt = tau.byteOffset + 8 * j;
    words.set([row, m, k]);
    engine.run('transposePart', m - j, [corner.at, rows.at, words.byteOffset, 0]);
    engine.kernels.reflectPanel(k, m - j, rows.at, m, tauAt, corner.at, row);
    const rest = row - j - k;
    if (rest === 0) continue;
    const t = part(blockFactor(space, room, rows, tauAt), k);
    const v = part(rows.at, m);
    const right = part(a.byteOffset, row, j, j + k);
    multiply(space, v, right, part(projected, rest), { m: k, n: rest, k: m - j });
    multiply(space, transposed(t), part(projected, rest), part(mixed, rest), { m: k, n: rest, k });
    const shape = { m: m - j, n: rest, k, alpha: -1, accumulate: true };
    multiply(space, transposed(v), part(mixed, rest), right, shape);
  }
}

/** Qᵀ (n, m): the first n rows of the product of all reflectors. */
function rowsOfQ(factors: Factors): Float64Array {
  const { space, room, m, n, tau, projected, mixed } = factors;
  const q = space.engine.f64(n * m);
  for (let i = 0; i < n; i++) q[i * m + i] = 1;
  for (let j = Math.floor((n - 1) / WIDTH) * WIDTH; j >= 0; j -= WIDTH) {
    const { k, rows } = panelAt(factors, j);
    const t = part(blockFactor(space, room, rows, tau.byteOffset + 8 * j), k);
    const v = part(rows.at, m);
    const target = part(q.byteOffset, m, j, j);
    const shape = { m: n - j, n: m - j, k, alpha: -1, accumulate: true };
    multiply(space, target, transposed(v), part(projected, k), { m: n - j, n: k, k: m - j });
    multiply(space, part(projected, k), transposed(t), part(mixed, k), { m: n - j, n: k, k });
    multiply(space, part(mixed, k), v, target, shape);
  }
  return q;
}

function checkTall(m: number, n: number): void {
  if (m < n) throw new InputError(`at least as many rows as columns were expected, found ${m} × ${n}`);
}

export interface Qr {
  /** (m, n), columns orthonormal. */
  q: Float64Array;
  /** (n, n), upper triangular; its diagonal may have any sign. */
  r: Float64Array;
}

/** A = Q R of the row-major a (m, n), m >= n. Throws InputError for sizes that do not fit and numbers not finite. */
export function qr(engine: Engine, a: Float64Array, m: number, n: number): Qr {
  checkShape('a', a, m, n);
  checkTall(m, n);
  const scale = powerOfTwo(checkFinite('a', a, n));
  if (n === 0) return { q: new Float64Array(0), r: new Float64Array(0) };
  return borrowing(engine, () => {
    const factors = prepare(engine, m, n, n);
    for (let i = 0; i < a.length; i++) factors.a[i] = a[i] * scale;
    factor(factors);
    const rows = rowsOfQ(factors);
    const out = engine.f64(m * n);
    factors.words.set([m, n, m]);
    engine.run('transposePart', n, [rows.byteOffset, out.byteOffset, factors.words.byteOffset, 0], { grain: 64 });
    const r = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) r[i * n + j] = factors.a[i * n + j] / scale;
    return { q: takeOut(out), r };
  });
}

/**
 * R alone (n, n) of a = Q R, half the work of qr; a may have fewer rows than columns (rows of zeros are added). What a fit
 * accumulates: the R of two blocks of rows is the R of their R one above the other. Throws as qr.
 */
export function triangle(engine: Engine, a: Float64Array, m: number, n: number): Float64Array {
  checkShape('a', a, m, n);
  const scale = powerOfTwo(checkFinite('a', a, n));
  const r = new Float64Array(n * n);
  if (n === 0) return r;
  return borrowing(engine, () => {
    const factors = prepare(engine, Math.max(m, n), n, n);
    for (let i = 0; i < a.length; i++) factors.a[i] = a[i] * scale;
    factor(factors);
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) r[i * n + j] = factors.a[i * n + j] / scale;
    return r;
  });
}

export interface LeastSquares {
  /** (n, p): the solutions. */
  x: Float64Array;
  /** (p): ‖A x − b‖ of each. */
  residuals: Float64Array;
}

export interface LeastSquaresShape {
  m: number;
  n: number;
  /** Right-hand sides; default 1. */
  p?: number;
}

/**
 * The x (n, p) that make ‖A x − b‖ smallest, for a (m, n), m >= n, and b (m, p), row-major.
 * Throws InputError for sizes that do not fit, numbers that are not finite, and, naming it, a column that depends on
 * those before it to rounding.
 */
export function leastSquares(
  engine: Engine,
  a: Float64Array,
  b: Float64Array,
  { m, n, p = 1 }: LeastSquaresShape,
): LeastSquares {
  checkShape('a', a, m, n);
  checkShape('b', b, m, p);
  checkTall(m, n);
  const scale = powerOfTwo(checkFinite('a', a, n));
  const scaleB = powerOfTwo(checkFinite('b', b, p));
  return borrowing(engine, () => {
    const row = n + p;
    const factors = prepare(engine, m, n, row);
    const work = factors.a;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) work[i * row + j] = a[i * n + j] * scale;
      for (let j = 0; j < p; j++) work[i * row + n + j] = b[i * p + j] * scaleB;
    }
    factor(factors);
    checkRank(work, m, n, row);
    const x = backSubstitute(work, n, p);
    for (let i = 0; i < x.length; i++) x[i] = (x[i] / scaleB) * scale;
    const residuals = new Float64Array(p);
    for (let i = n; i < m; i++) {
      for (let j = 0; j < p; j++) residuals[j] += work[i * row + n + j] * work[i * row + n + j];
    }
    return { x, residuals: residuals.map((sum) => Math.sqrt(sum) / scaleB) };
  });
}

function checkRank(r: Float64Array, m: number, n: number, row: number): void {
  let largest = 0;
  for (let j = 0; j < n; j++) largest = Math.max(largest, Math.abs(r[j * row + j]));
  for (let j = 0; j < n; j++) {
    if (Math.abs(r[j * row + j]) <= m * EPS * largest)
      throw new InputError(`column ${j} depends on those before it: a matrix of full rank was expected`);
  }
}

/** R x = c, R the upper triangle of the first n columns of rows of n + p numbers, c the others. */
function backSubstitute(work: Float64Array, n: number, p: number): Float64Array {
  const row = n + p;
  const x = new Float64Array(n * p);
  for (let i = n - 1; i >= 0; i--) {
    for (let c = 0; c < p; c++) {
      let sum = work[i * row + n + c];
      for (let j = i + 1; j < n; j++) sum -= work[i * row + j] * x[j * p + c];
      x[i * p + c] = sum / work[i * row + i];
    }
  }
  return x;
}
