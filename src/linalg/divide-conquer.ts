/**
 * Eigenvalues and vectors of a symmetric tridiagonal matrix by divide and conquer (Cuppen, 10.1007/BF01396757):
 *
 *     T = diag(T_1, T_2) + |e| v vᵀ,  v = (0 … 1, sign e … 0);   T_i = Q_i D_i Q_iᵀ
 *     D + rho z zᵀ with z = Qᵀ v: deflation here, the rest by assembly/linalg/secular.ts, the vectors by products
 *
 * Vectors are rows. Deflation (Dongarra & Sorensen, 10.1137/0908018) decides what need not be computed: components with
 * a tiny z, and pairs of nearly equal poles after a rotation; in products it saves most of the work where eigenvalues
 * cluster.
 */
import { PhysicsError } from '../data/errors.ts';
import { partOf } from '../data/in-parts.ts';
import { multiply, part, SCRATCH_BYTES, type Workspace } from './product.ts';
import type { Tridiagonal } from './tridiagonal.ts';

const EPS = 2.220446049250313e-16;
const LEAF = 32;
/** Vectors of the secular equation that are made at a time. */
const BATCH = 512;

/** Where a row of Q is not zero: in the first half's columns, in both, in the second's. */
const FIRST = 0;
const BOTH = 1;
const SECOND = 2;

interface Room {
  space: Workspace;
  n: number;
  d: Float64Array;
  /** n × n, the rows are the vectors so far. */
  q: Float64Array;
  /** n × n, the rows before a merge, sorted by kind. */
  old: Float64Array;
  batch: Float64Array;
  z: Float64Array;
  poles: Float64Array;
  weights: Float64Array;
  tau: Float64Array;
  origin: Int32Array;
  slot: Int32Array;
  words: Int32Array;
  rho: Float64Array;
}

/** Overwrites d by the eigenvalues, unsorted, and returns the vectors: row k belongs to d[k]. Merge by merge. */
export function* dividingAndConquering(space: Workspace, { n, d, e }: Tridiagonal): Generator<number, Float64Array> {
  const room = makeRoom(space, n, d);
  const starts = divide(n);
  for (const at of starts.slice(1, -1)) {
    d[at - 1] -= Math.abs(e[at - 1]);
    d[at] -= Math.abs(e[at - 1]);
  }
  solveBlocks(room, starts, e);
  let level = starts;
  let done = 0;
  while (level.length > 2) {
    const next = [0];
    for (let b = 0; b + 2 < level.length; b += 2) {
      // a merge of s rows costs about s³, so that the last one is three quarters of all
      const part = (level[b + 2] - level[b]) / n;
      const cost = 0.75 * part * part * part;
      yield* partOf(done, done + cost, merge(room, level[b], level[b + 1], level[b + 2], e[level[b + 1] - 1]));
      done += cost;
      next.push(level[b + 2]);
    }
    if (level.length % 2 === 0) next.push(n);
    level = next;
  }
  if (d.some(Number.isNaN)) throw new PhysicsError('the eigenvalues of a block did not converge');
  return room.q;
}

function makeRoom(space: Workspace, n: number, d: Float64Array): Room {
  const { engine } = space;
  const rho = engine.f64(8);
  return {
    space,
    n,
    d,
    q: engine.f64(n * n),
    old: engine.f64(n * n),
    batch: engine.f64(Math.min(n, BATCH) * n),
    z: engine.f64(n),
    poles: engine.f64(n),
    weights: engine.f64(n),
    tau: engine.f64(n),
    origin: engine.i32(n),
    slot: engine.i32(n),
    words: new Int32Array(rho.buffer, rho.byteOffset + 8, 11),
    rho,
  };
}

/** Starts of blocks of at most LEAF rows, a power of two of them, and n. */
function divide(n: number): number[] {
  let blocks = 1;
  while (n / blocks > LEAF) blocks *= 2;
  return Array.from({ length: blocks + 1 }, (_, b) => Math.floor((n * b) / blocks));
}

function solveBlocks({ space, n, d, q }: Room, starts: number[], e: Float64Array): void {
  const { engine } = space;
  const pair = engine.f64(2 * n);
  pair.set(d);
  pair.set(e, n);
  const where = engine.i32(starts.length);
  where.set(starts);
  engine.run('tridiagonalBlocks', starts.length - 1, [where.byteOffset, pair.byteOffset, q.byteOffset, n], {
    grain: 4,
  });
  d.set(pair.subarray(0, n));
}

/** The rows [from, to) of two solved halves, coupled by e at `middle`, become those of the whole. */
function* merge(room: Room, from: number, middle: number, to: number, e: number): Generator<number, void> {
  const { d, z, n, q, space } = room;
  const sign = (e < 0 ? -1 : 1) * Math.SQRT1_2;
  for (let i = from; i < middle; i++) z[i] = Math.SQRT1_2 * q[i * n + middle - 1];
  for (let i = middle; i < to; i++) z[i] = sign * q[i * n + middle];
  const rho = 2 * Math.abs(e);
  const { kept, dropped, kind } = deflate(room, from, middle, to, rho);
  const { first, second } = arrange(room, from, to, kept, dropped, kind);
  const k = kept.length;
  if (k === 0) return;
  const { engine } = space;
  const solve = room.words.byteOffset - 8;
  room.rho[0] = rho;
  const { poles, weights, tau, origin, slot, batch } = room;
  const at = [poles, z, origin, tau, weights, slot, batch].map((array) => array.byteOffset);
  room.words.set([k, ...at, k, 0]);
  const split = { grain: Math.max(1, Math.ceil(20000 / k)), stride: SCRATCH_BYTES };
  engine.run('secularRoots', k, [solve, 0, 0, space.scratch], split);
  engine.run('secularWeights', k, [solve, 0, 0, 0], split);
  for (let j = 0; j < k; j++) d[from + j] = poles[origin[j]] + tau[j];
  for (let begin = 0; begin < k; begin += BATCH) {
    const rows = Math.min(BATCH, k - begin);
    room.words[9] = begin;
    engine.run('secularVectors', rows, [solve, 0, 0, 0], split);
    combine(room, { from, middle, to, k, first, second, begin, rows });
    yield (begin + rows) / k;
  }
}

interface Kinds {
  kept: number[];
  dropped: number[];
  kind: Uint8Array;
}

/** Sorts the poles and sets aside those that need no work; rotates rows of q. Indices are rows. */
function deflate(room: Room, from: number, middle: number, to: number, rho: number): Kinds {
  const { d, z, n, q, space } = room;
  const sorted = Array.from({ length: to - from }, (_, i) => from + i).sort((a, b) => d[a] - d[b] || a - b);
  const kind = new Uint8Array(to - from).fill(SECOND).fill(FIRST, 0, middle - from);
  let largest = 0;
  for (const i of sorted) largest = Math.max(largest, Math.abs(d[i]), Math.abs(z[i]));
  const tolerance = 8 * EPS * largest;
  const kept: number[] = [];
  const dropped: number[] = [];
  let before = -1;
  for (const i of sorted) {
    if (rho * Math.abs(z[i]) <= tolerance) {
      dropped.push(i);
      continue;
    }
    if (before >= 0) {
      const r = Math.sqrt(z[i] * z[i] + z[before] * z[before]);
      const c = z[i] / r;
      const s = -z[before] / r;
      const gap = d[i] - d[before];
      if (Math.abs(gap * c * s) <= tolerance) {
        z[i] = r;
        if (kind[i - from] !== kind[before - from]) kind[i - from] = BOTH;
        space.engine.kernels.rotate(to - from, addressOf(q, before * n + from), addressOf(q, i * n + from), c, s);
        const low = d[before];
        d[before] = low * c * c + d[i] * s * s;
        d[i] = low * s * s + d[i] * c * c;
        dropped.push(before);
      } else kept.push(before);
    }
    before = i;
  }
  if (before >= 0) kept.push(before);
  return { kept, dropped, kind };
}

const addressOf = (array: Float64Array, i: number) => array.byteOffset + 8 * i;

/**
 * Copies the rows [from, to) of q to `old`, those kept first and sorted by kind, those dropped into their final place
 * behind them; fills poles, z and slot. Says where the rows of the second kind begin and those of the first end.
 */
function arrange(room: Room, from: number, to: number, kept: number[], dropped: number[], kind: Uint8Array) {
  const { d, z, q, n, old, poles, slot } = room;
  const size = to - from;
  const count = [0, 0, 0];
  for (const i of kept) count[kind[i - from]]++;
  const next = [0, count[FIRST], count[FIRST] + count[BOTH]];
  const copy = (i: number, row: number) => old.set(q.subarray(i * n + from, i * n + to), row * size);
  const weights = kept.map((i) => z[i]);
  kept.forEach((i, component) => {
    slot[component] = next[kind[i - from]]++;
    poles[component] = d[i];
    copy(i, slot[component]);
  });
  z.set(weights);
  const values = dropped.map((i) => d[i]);
  dropped.forEach((i, row) => {
    copy(i, kept.length + row);
  });
  for (let row = kept.length; row < size; row++) {
    d[from + row] = values[row - kept.length];
    q.set(old.subarray(row * size, (row + 1) * size), (from + row) * n + from);
  }
  return { first: count[FIRST] + count[BOTH], second: count[FIRST] };
}

interface Batch {
  from: number;
  middle: number;
  to: number;
  k: number;
  /** Rows of `old` [0, first) have the first half's columns, [second, k) the second's. */
  first: number;
  second: number;
  begin: number;
  rows: number;
}

/** Rows from + begin… of q: the vectors of the secular equation times the old rows. */
function combine(room: Room, { from, middle, to, k, first, second, begin, rows }: Batch): void {
  const { space, q, n, old, batch } = room;
  const size = to - from;
  const halves: [column: number, width: number, row: number, depth: number][] = [
    [0, middle - from, 0, first],
    [middle - from, to - middle, second, k - second],
  ];
  for (const [column, width, row, depth] of halves) {
    const out = part(q.byteOffset, n, from + begin, from + column);
    if (depth === 0) {
      for (let r = 0; r < rows; r++) {
        const at = (from + begin + r) * n + from + column;
        q.fill(0, at, at + width);
      }
      continue;
    }
    const vectors = part(batch.byteOffset, k, 0, row);
    multiply(space, vectors, part(old.byteOffset, size, row, column), out, { m: rows, n: width, k: depth });
  }
}
