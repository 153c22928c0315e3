/**
 * Chunks: a fixed partition of the locals (it follows from the positions and the cell of the list's last build, never
 * from the number of threads), so that sums over a half list have one order.
 *
 * A kernel that uses a half list is called with a range of chunks. For its pairs it adds to both ends, not in the
 * frame but in the chunk's window: accumulators of the chunk's own for the locals begin, begin + 1, … (mod n) that its
 * pairs reach. Afterwards every local collects what the windows hold for it, chunk after chunk.
 */
import { Frame } from './frame';
import { addF64, fourAt, getF64, getI32, getV128, setF64, setI32, setV128, twoI32At } from './memory';

/** One chunk, on a cache line of its own (src/engine/chunks.ts, same order). */
// @ts-ignore: decorator
@unmanaged
export class Chunk {
  /** Where the chunk may begin to store pairs, counted in pairs; its end is the next chunk's. */
  room: i32;
  /** Where its pairs begin. */
  at: i32;
  /** Number of its pairs. */
  found: i32;
  /** 1 if they fitted. */
  fits: i32;
  /** How many locals its pairs reach, from its first one on. */
  reach: i32;
  /** First accumulator of its window, counted in blocks of 32 bytes. */
  window: i32;
  /** Smallest squared distance of its pairs, and the local that has it. */
  least: f64;
  leastOf: i32;
  /** Half list: how many pairs the chunks before have. */
  base: i32;
}

const CHUNK_BYTES: usize = 64;
/** Locals that are gathered at a time. */
const BLOCK: i32 = 256;

// @ts-ignore: decorator
@inline
export function chunkOf(frame: Frame, c: i32): Chunk {
  return changetype<Chunk>(frame.chunks + usize(c) * CHUNK_BYTES);
}

/** First local of chunk c; of chunk c + 1 the end. */
// @ts-ignore: decorator
@inline
export function chunkBegin(frame: Frame, c: i32): i32 {
  return i32((i64(frame.n) * i64(c)) / i64(frame.chunkCount));
}

/** One neighbour in a half list. The windows of a stage have 1, 2 or 4 f64 a place. */
// @ts-ignore: decorator
@unmanaged
export class Pair {
  /** Address of the site's coordinates. */
  site: usize;
  /** Four times the place of its local in the chunk's window. */
  place: i32;
}
export const PAIR: usize = 8;

/**
 * The neighbours of the chunks [begin, end) from where they were found to frame.pairs, with one more behind the last that
 * may be read. Frame.first, which counted from each chunk's first pair, counts from the list's afterwards.
 */
export function writePairs(begin: i32, end: i32, frame: usize, _params: usize, _work: usize, _scratch: usize): void {
  const f = changetype<Frame>(frame);
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const from = chunkBegin(f, c);
    const last = chunkBegin(f, c + 1);
    const neighbors = f.neighbors + (usize(chunk.at) << 2);
    const pairs = f.pairs + usize(chunk.base) * PAIR;
    for (let p = 0; p < chunk.found; p++) {
      const k = getI32(neighbors, p);
      const pair = twoI32At(pairs, p);
      pair.first = i32(f.x) + (k << 5);
      pair.second = placeOf(getI32(f.home, k), from, f.n) << 2;
    }
    for (let i = from; i < last; i++) setI32(f.first, i, getI32(f.first, i) + chunk.base);
    if (c + 1 < f.chunkCount) continue;
    const all = chunk.base + chunk.found;
    setI32(f.first, f.n, all);
    const behind = twoI32At(f.pairs, all);
    behind.first = i32(f.x);
    behind.second = 0;
  }
}

/** Address of the chunk's window. */
// @ts-ignore: decorator
@inline
export function windowOf(frame: Frame, chunk: Chunk): usize {
  return frame.windows + (usize(chunk.window) << 5);
}

/** Place in the window, counted from the chunk's first local `begin`, of local h. */
// @ts-ignore: decorator
@inline
export function placeOf(h: i32, begin: i32, n: i32): i32 {
  const d = h - begin;
  return d + (n & (d >> 31));
}

/** Adds what chunk c holds for the locals [begin, end), `width` 1, 2 or 4 f64 each, to sums f64[width·n]. */
// @ts-ignore: decorator
@inline
function collectChunk(frame: Frame, c: i32, begin: i32, end: i32, sums: usize, width: i32): void {
  const chunk = chunkOf(frame, c);
  const window = windowOf(frame, chunk);
  const first = chunkBegin(frame, c);
  // The window is cyclic: it covers [first, first + reach) and, past n, [0, first + reach − n).
  for (let turn = 0; turn <= frame.n; turn += frame.n) {
    const low = max(begin, first - turn);
    const high = min(end, first + chunk.reach - turn);
    const offset = turn - first;
    if (width == 1) {
      for (let i = low; i < high; i++) addF64(sums, i, getF64(window, i + offset));
    } else {
      const vectors = width / 2;
      for (let q = vectors * low; q < vectors * high; q++) {
        setV128(sums, q, f64x2.add(getV128(sums, q), getV128(window, q + vectors * offset)));
      }
    }
  }
}

/** sums[i] += Σ over chunks of the windows' f64, for the locals [begin, end). */
export function collectScalars(frame: Frame, begin: i32, end: i32, sums: usize): void {
  for (let c = 0; c < frame.chunkCount; c++) collectChunk(frame, c, begin, end, sums, 1);
}

/** The same with two f64 each. */
export function collectPairs(frame: Frame, begin: i32, end: i32, sums: usize): void {
  for (let c = 0; c < frame.chunkCount; c++) collectChunk(frame, c, begin, end, sums, 2);
}

/**
 * Windows of four f64, a force and minus twice an energy, into the locals [begin, end).
 *
 * The virial of pairs on a half list, Σ d⊗f_j with d = x_j − x_i, is Σ x⊗f over the locals once their forces are
 * complete, plus, for a neighbour that is an image, its translation times the force on it (addImageMoments). Positions
 * count from the first local. Only the sum of these virials over all locals has a meaning.
 */
export function gatherChunks(begin: i32, end: i32, frame: usize, _params: usize, _work: usize, _scratch: usize): void {
  const f = changetype<Frame>(frame);
  // Block after block, which stays in the cache.
  for (let low = begin; low < end; low += BLOCK) {
    const high = min(low + BLOCK, end);
    // Forces that other terms have left have their own virials.
    for (let i = low; i < high; i++) {
      const force = fourAt(f.force, i);
      if (v128.any_true(v128.or(force.xy, force.zw))) addMoment(f, i, i, 0, -1, force.xy, force.zw);
    }
    for (let c = 0; c < f.chunkCount; c++) collectChunk(f, c, low, high, f.force, 4);
    for (let i = low; i < high; i++) {
      const force = fourAt(f.force, i);
      addMoment(f, i, i, 0, 1, force.xy, force.zw);
      addF64(f.energy, i, -0.5 * getF64(f.force, 4 * i + 3));
      setF64(f.force, 4 * i + 3, 0);
    }
  }
}

/** virial_i += sign · (x_k − x_h)⊗force, (f_x, f_y), (f_z, anything). */
// @ts-ignore: decorator
@inline
export function addMoment(f: Frame, i: i32, k: i32, h: i32, sign: f64, xy: v128, zw: v128): void {
  const site = fourAt(f.x, k);
  const from = fourAt(f.x, h);
  const d = f64x2.mul(f64x2.sub(site.xy, from.xy), f64x2.splat(sign));
  const dz = (f64x2.extract_lane(site.zw, 0) - f64x2.extract_lane(from.zw, 0)) * sign;
  const zz = f64x2.extract_lane(zw, 0);
  // xx and yy; zz and yz; xz and xy
  const virial = f.virial + usize(i) * 48;
  const dy = f64x2.extract_lane(d, 1);
  const fy = f64x2.extract_lane(xy, 1);
  setV128(virial, 0, f64x2.add(getV128(virial, 0), f64x2.mul(d, xy)));
  setV128(virial, 1, f64x2.add(getV128(virial, 1), f64x2.mul(f64x2.splat(zz), f64x2(dz, dy))));
  const dx = f64x2.splat(f64x2.extract_lane(d, 0));
  setV128(virial, 2, f64x2.add(getV128(virial, 2), f64x2.mul(dx, f64x2(zz, fy))));
}
