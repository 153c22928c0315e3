/**
 * Chunks: a fixed partition of the locals (it follows from the positions and the cell of the list's last build, never
 * from the number of threads), so that sums over a half list have one order.
 *
 * A kernel that uses a half list is called with a range of chunks. For its pairs it adds to both ends, not in the
 * frame but in the chunk's window: accumulators of the chunk's own for the locals begin, begin + 1, … (mod n) that its
 * pairs reach. Afterwards every local collects what the windows hold for it, chunk after chunk.
 */
import { Frame } from './frame';
import { addF64, Four, fourAt, getF64, getI32, getV128, setF64, setV128, twoI32At } from './memory';

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
}

const CHUNK_BYTES: usize = 64;

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

/** Adds what chunk c holds for the locals [begin, end), `width` 1 or 4 f64 each, to sums f64[width·n]. */
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
      for (let q = 2 * low; q < 2 * high; q++) {
        setV128(sums, q, f64x2.add(getV128(sums, q), getV128(window, q + 2 * offset)));
      }
    }
  }
}

/** sums[i] += Σ over chunks of the windows' f64, for the locals [begin, end). */
export function collectScalars(frame: Frame, begin: i32, end: i32, sums: usize): void {
  for (let c = 0; c < frame.chunkCount; c++) collectChunk(frame, c, begin, end, sums, 1);
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
  // Forces that other terms have left have their own virials.
  for (let i = begin; i < end; i++) addMoment(f, i, i, 0, -1, fourAt(f.force, i));
  for (let c = 0; c < f.chunkCount; c++) collectChunk(f, c, begin, end, f.force, 4);
  for (let i = begin; i < end; i++) {
    addMoment(f, i, i, 0, 1, fourAt(f.force, i));
    addF64(f.energy, i, -0.5 * getF64(f.force, 4 * i + 3));
    setF64(f.force, 4 * i + 3, 0);
  }
}

/** virial_i += sign · (x_k − x_h)⊗force. */
// @ts-ignore: decorator
@inline
function addMoment(f: Frame, i: i32, k: i32, h: i32, sign: f64, force: Four): void {
  const site = fourAt(f.x, k);
  const from = fourAt(f.x, h);
  const d = f64x2.mul(f64x2.sub(site.xy, from.xy), f64x2.splat(sign));
  const dz = (f64x2.extract_lane(site.zw, 0) - f64x2.extract_lane(from.zw, 0)) * sign;
  const zz = f64x2.extract_lane(force.zw, 0);
  // xx and yy; zz and yz; xz and xy
  const virial = f.virial + usize(i) * 48;
  const dy = f64x2.extract_lane(d, 1);
  const fy = f64x2.extract_lane(force.xy, 1);
  setV128(virial, 0, f64x2.add(getV128(virial, 0), f64x2.mul(d, force.xy)));
  setV128(virial, 1, f64x2.add(getV128(virial, 1), f64x2.mul(f64x2.splat(zz), f64x2(dz, dy))));
  const dx = f64x2.splat(f64x2.extract_lane(d, 0));
  setV128(virial, 2, f64x2.add(getV128(virial, 2), f64x2.mul(dx, f64x2(zz, fy))));
}

/**
 * What the images among pairs TwoI32[count], ascending (site, place), add to the virial; `forces`: minus the force on the
 * site of each pair, Four[2] for two pairs, and after these as much that is not looked at. It goes to local i.
 */
// @ts-ignore: decorator
@inline
export function addImageMoments(f: Frame, i: i32, pairs: usize, count: i32, forces: usize): void {
  for (let q = count - 1; q >= 0; q--) {
    const site = twoI32At(pairs, q).first;
    if (site < f.n) break;
    addMoment(f, i, site, getI32(f.home, site), -1, fourAt(forces, 2 * q - (q & 1)));
  }
}
