/**
 * Singular values and right singular vectors by one-sided Jacobi rotations, which never form AᵀA (Drmač & Veselić, SIAM J.
 * Matrix Anal. Appl. 29, 1322 (2008), doi:10.1137/050639193):
 *
 *     A P = Q T,   T = U Σ Vᵀ by rotating the rows of T (they become Σ Vᵀ),   A = (Q U) Σ (P V)ᵀ
 *
 * Rows of a triangle are closer to orthogonal than its columns, and the rotated rows are the vectors: nothing else is
 * accumulated. P sorts the columns by length, so that columns of very different size keep their relative accuracy; of many
 * columns it is the eigenvectors of AᵀA, from which few sweeps remain (they only prepare: what they lose, rotations find).
 */
import { PhysicsError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { eigenSymmetric } from './eigen.ts';
import { gemm, syrk } from './gemm.ts';
import { borrowing, checkFinite, checkShape, powerOfTwo } from './matrix.ts';
import { triangle } from './qr.ts';

export interface Svd {
  /** (n) descending. */
  values: Float64Array;
  /** (n, n): row k is the right singular vector of values[k]. */
  vectors: Float64Array;
  /** (n, p): Uᵀ b. */
  projected: Float64Array;
}

export interface SvdShape {
  m: number;
  n: number;
  /** Columns behind the n that are not of the matrix, but projected; default 0. */
  p?: number;
  /** From so many columns on they are prepared by eigenvectors; default 240. */
  prepared?: number;
}

const EPS = 2.220446049250313e-16;
const PREPARED = 240;
/** Rows of a block: two of them and what they multiply stay in the second-level cache. */
const BLOCK = 16;
const SWEEPS = 60;
/** Rows shorter than this, of the largest number, are zero: what rotations leave of columns that depend on others. */
const NOTHING = 2 ** -200;

/**
 * A = U Σ Vᵀ of the first n columns of the row-major a (m, n + p). Singular values have errors of some 1e-16 of the largest
 * (without preparation: of some 1e-16 of themselves times the condition with columns of equal length). The same bits with
 * any number of threads. Throws InputError for sizes that do not fit and numbers that are not finite.
 */
export function svd(engine: Engine, a: Float64Array, { m, n, p = 0, prepared = PREPARED }: SvdShape): Svd {
  checkShape('a', a, m, n + p);
  const largest = checkFinite('a', a, n + p);
  if (n === 0) return { values: new Float64Array(0), vectors: new Float64Array(0), projected: new Float64Array(0) };
  if (largest === 0 || !Number.isFinite(largest)) return nothing(n, p);
  const scale = powerOfTwo(largest);
  const { turned, basis } = prepare(engine, a, scale, { m, n, p, prepared });
  const t = triangle(engine, turned, m, n + p);
  const { values, rows, projected } = rotateRows(engine, t, n, p);
  const vectors = basis ? gemm(engine, rows, basis, { m: n, n, k: n }) : rows;
  return { values: values.map((s) => s / scale), vectors, projected: projected.map((x) => x / scale) };
}

function nothing(n: number, p: number): Svd {
  const vectors = new Float64Array(n * n);
  for (let k = 0; k < n; k++) vectors[k * n + k] = 1;
  return { values: new Float64Array(n), vectors, projected: new Float64Array(n * p) };
}

/** [A P | b] and the rows of Pᵀ. */
function prepare(engine: Engine, a: Float64Array, scale: number, { m, n, p, prepared }: Required<SvdShape>) {
  const width = n + p;
  const inner = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) inner[i * n + j] = a[i * width + j] * scale;
  const basis = n > prepared ? eigenvectors(engine, inner, m, n) : sorting(inner, m, n);
  const product = gemm(engine, inner, basis, { m, n, k: n, transposeB: true });
  const turned = new Float64Array(m * width);
  for (let i = 0; i < m; i++) {
    turned.set(product.subarray(i * n, (i + 1) * n), i * width);
    for (let j = n; j < width; j++) turned[i * width + j] = a[i * width + j] * scale;
  }
  return { turned, basis };
}

/** Rows: eigenvectors of AᵀA, that of the largest eigenvalue first. */
function eigenvectors(engine: Engine, inner: Float64Array, m: number, n: number): Float64Array {
  const { vectors } = eigenSymmetric(engine, syrk(engine, inner, m, n));
  const out = new Float64Array(n * n);
  for (let k = 0; k < n; k++) out.set(vectors.subarray((n - 1 - k) * n, (n - k) * n), k * n);
  return out;
}

/** Rows: unit vectors, that of the longest column first. */
function sorting(inner: Float64Array, m: number, n: number): Float64Array {
  const squares = new Float64Array(n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) squares[j] += inner[i * n + j] ** 2;
  const order = Array.from(squares, (_, j) => j).sort((i, j) => squares[j] - squares[i] || i - j);
  const out = new Float64Array(n * n);
  for (const [k, j] of order.entries()) out[k * n + j] = 1;
  return out;
}

/** The rows of the upper triangle t (n + p, n + p) made orthogonal, longest first and of length 1. */
function rotateRows(engine: Engine, t: Float64Array, n: number, p: number) {
  const width = n + p;
  const work = makeOrthogonal(engine, t, n, width);
  const lengths = Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += work[i * width + j] ** 2;
    return Math.sqrt(sum);
  });
  const order = lengths.map((_, i) => i).sort((i, j) => lengths[j] - lengths[i] || i - j);
  const rows = new Float64Array(n * n);
  const projected = new Float64Array(n * p);
  for (const [k, i] of order.entries()) {
    if (lengths[i] === 0) complete(rows, n, k);
    else for (let j = 0; j < n; j++) rows[k * n + j] = work[i * width + j] / lengths[i];
    projected.set(work.subarray(i * width + n, (i + 1) * width), k * p);
  }
  return { values: Float64Array.from(order, (i) => lengths[i]), rows, projected };
}

/** Row k becomes a direction of length 1 that the rows before it do not have. */
function complete(rows: Float64Array, n: number, k: number): void {
  const taken = new Float64Array(n);
  for (let i = 0; i < k * n; i++) taken[i % n] += rows[i] * rows[i];
  const row = rows.subarray(k * n, (k + 1) * n);
  row[taken.reduce((least, x, j) => (x < taken[least] ? j : least), 0)] = 1;
  for (let twice = 0; twice < 2; twice++) {
    for (let i = 0; i < k; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += rows[i * n + j] * row[j];
      for (let j = 0; j < n; j++) row[j] -= sum * rows[i * n + j];
    }
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    for (let j = 0; j < n; j++) row[j] /= length;
  }
}

function makeOrthogonal(engine: Engine, t: Float64Array, n: number, width: number): Float64Array {
  return borrowing(engine, () => {
    const rows = engine.f64(n * width);
    rows.set(t.subarray(0, n * width));
    const blocks = Math.ceil(n / BLOCK);
    const rounds = tournament(blocks);
    const tasks = rounds[0].length / 2;
    const squares = engine.f64(n);
    const limits = engine.f64(2);
    const largest = t.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    limits.set([EPS * Math.max(10, Math.sqrt(n)), (NOTHING * largest) ** 2]);
    const pairs = engine.i32(2 * tasks);
    const counts = engine.i32(tasks);
    const words = engine.i32(9);
    const about = [words.byteOffset, squares.byteOffset, limits.byteOffset, 0] as [number, number, number, number];
    words.set([rows.byteOffset, width, n, width, n, BLOCK, pairs.byteOffset, counts.byteOffset, 0]);
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      engine.run('jacobiSquares', n, about, { grain: 128 });
      let rotations = 0;
      for (const [round, chosen] of rounds.entries()) {
        pairs.set(chosen);
        words[8] = round === 0 ? 1 : 0;
        engine.run('jacobiBlocks', tasks, about, { grain: 2 });
        for (const count of counts) rotations += count;
      }
      if (rotations === 0) return rows.slice();
    }
    throw new PhysicsError(`singular values of ${n} columns did not settle in ${SWEEPS} sweeps`);
  });
}

/** Rounds in which every block meets every other once, as first, second, first, second …; −1: nobody. */
function tournament(blocks: number): number[][] {
  const seats = Array.from({ length: blocks + (blocks % 2) }, (_, k) => (k < blocks ? k : -1));
  const half = seats.length / 2;
  return Array.from({ length: Math.max(1, seats.length - 1) }, () => {
    const round = seats.slice(0, half).flatMap((a, k) => {
      const b = seats[seats.length - 1 - k];
      return a === -1 || b === -1 ? [Math.max(a, b), -1] : [Math.min(a, b), Math.max(a, b)];
    });
    seats.splice(1, 0, seats.pop() ?? -1);
    return round;
  });
}
