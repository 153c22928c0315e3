/**
 * One element on a half list (eam-half.ts). A bin of the tables is so short that z(r)/r, and the derivatives of rho and phi
 * divided by r, are cubics in it as well, to some 1e-15: no pair needs a division, and the force pass no root. What LAMMPS's
 * tables are at their end is in the lines behind the last bin (src/engine/forms/eam-tables.ts).
 *
 * params: the header of eam.ts with 2 lines per Å, 3 the number of all lines + 1; then for the density pass a line for each
 * bin, the cubics of (rho, phi) interleaved, then for the force pass (rho'/r, phi'/r), each with a copy of its first line
 * before it; then the embedding.
 * work: f64[2n], sums of rho and phi; i32[n], how many pairs of each local are kept.
 * scratch: constants, then a vector for two pairs.
 */
import { addMoment, chunkBegin, chunkOf, collectPairs, PAIR, Pair, windowOf } from '../chunks';
import { madd } from '../fma';
import { Frame } from '../frame';
import { checkNumbers, checkRange, Four, fourAt, getF64, getI32, getSplat, getV128, Line, lineAt, setI32 } from '../memory';
import { embedTwo, writeEmbedding } from './eam';
import { compact, coordinates, high, keptOf, low, show, TO_WORD, TWO_PAIRS, TwoPairs } from './eam-half';

/** Pairs whose forces are computed at a time. */
const BLOCK: i32 = 256;

/** Splats that would not stay in registers: from memory each is one instruction. 48 bytes at the beginning of scratch. */
// @ts-ignore: decorator
@unmanaged
class Constants {
  perBin: v128;
  /** 2^52 − ½: a sum with it is rounded down; and 2^52. */
  down: v128;
  toWord: v128;
}
const CONSTANTS: usize = 48;

// @ts-ignore: decorator
@inline
function writeConstants(scratch: usize, params: usize): Constants {
  checkRange(scratch, CONSTANTS);
  const constants = changetype<Constants>(scratch);
  constants.perBin = getSplat(params, 2);
  constants.down = f64x2.splat(TO_WORD - 0.5);
  constants.toWord = f64x2.splat(TO_WORD);
  return constants;
}

/** Two interleaved cubics at s. */
// @ts-ignore: decorator
@inline
function values(line: Line, s: v128): v128 {
  return madd(madd(madd(line.a, s, line.b), s, line.c), s, line.d);
}

/** Adds to the two f64 of a place in the window. */
// @ts-ignore: decorator
@inline
function addAt(window: usize, place: i32, value: v128): void {
  const at = window + (usize(place) << 2);
  checkRange(at, 16);
  v128.store(at, f64x2.add(v128.load(at), value));
}

/**
 * (rho, phi) of the pairs at `kept` to the window; returns their sum. Of the squared distances `further` bytes behind remain
 * the distances in bins. `single`: only the first pair.
 */
// @ts-ignore: decorator
@inline
function densitiesOfTwo(single: bool, kept: usize, further: usize, c: Constants, tables: usize, window: usize): v128 {
  const at = kept + further;
  checkNumbers(kept, single ? 8 : 16);
  checkNumbers(at, single ? 8 : 16);
  const pairs = changetype<TwoPairs>(kept);
  const squares = single ? v128.load64_zero(at) : v128.load(at);
  const t = f64x2.mul(f64x2.sqrt(squares), c.perBin);
  if (single) v128.store_lane<f64>(at, t, 0);
  else v128.store(at, t);
  const word = f64x2.add(t, c.down);
  const s = f64x2.sub(t, f64x2.sub(word, c.toWord));
  const a = values(lineAt(tables, i32x4.extract_lane(word, 0)), low(s, s));
  addAt(window, pairs.placeA, a);
  if (single) return a;
  const b = values(lineAt(tables, i32x4.extract_lane(word, 2)), high(s, s));
  addAt(window, pairs.placeB, b);
  return f64x2.add(a, b);
}

/** Lines of one of the two tables, with the copy. */
// @ts-ignore: decorator
@inline
function linesOf(params: usize): i32 {
  return (<i32>getF64(params, 3) - 1) / 2;
}

/** Sums of rho and phi over the chunks' pairs into their windows, two f64 per local. */
export function eamHalfDensity(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const counts = work + (usize(f.n) << 4);
  const cutoff2 = f64x2.splat(getF64(params, 1));
  const tables = params + 128;
  const further = f.distances - f.kept;
  const constants = writeConstants(scratch, params);
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const window = windowOf(f, chunk);
    memory.fill(window, 0, usize(chunk.reach) << 4);
    const from = chunkBegin(f, c);
    const to = chunkBegin(f, c + 1);
    for (let i = from; i < to; i++) {
      const xi = fourAt(x, i);
      const start = getI32(f.first, i);
      const count = getI32(f.first, i + 1) - start;
      let sum = f64x2.splat(0);
      let kept = keptOf(f, c, i);
      const stop = compact(f.pairs + usize(start) * PAIR, count, xi.xy, low(xi.zw, xi.zw), cutoff2, kept, further);
      setI32(counts, i, i32((stop - kept) >> 3));
      for (; kept + PAIR < stop; kept += TWO_PAIRS) {
        sum = f64x2.add(sum, densitiesOfTwo(false, kept, further, constants, tables, window));
      }
      if (kept < stop) sum = f64x2.add(sum, densitiesOfTwo(true, kept, further, constants, tables, window));
      addAt(window, (i - from) << 2, sum);
    }
  }
}

/** Collects the sums of the locals, adds F(rho) and half of phi to their energies and keeps F'(rho) beside the coordinates. */
export function eamHalfEmbed(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  memory.fill(work + (usize(begin) << 4), 0, usize(end - begin) << 4);
  collectPairs(f, begin, end, work);
  const own = writeEmbedding(scratch, params);
  for (let i = begin; i < end; i += 2) {
    const k = min(i + 1, end - 1);
    const a = getV128(work, i);
    const b = getV128(work, k);
    show(f, i, k, embedTwo(f, i, k, low(a, b), f64x2.mul(high(a, b), f64x2.splat(0.5)), own));
  }
}

// Sums over the pairs of the present local, in the lanes. Wasm globals: each thread has its own.
let ownX: v128 = f64x2.splat(0);
let ownY: v128 = f64x2.splat(0);
let ownZ: v128 = f64x2.splat(0);

/** Subtracts from the accumulator of a place in the window. */
// @ts-ignore: decorator
@inline
function subtractAt(window: usize, place: i32, xy: v128, z: v128): void {
  const at = window + (usize(place) << 3);
  checkRange(at, 32);
  const four = changetype<Four>(at);
  four.xy = f64x2.sub(four.xy, xy);
  four.zw = f64x2.sub(four.zw, z);
}

/**
 * Forces of two pairs: on the local at hand, at (xy, z) and with F' in `fpi`, into its sums, minus them on the others into
 * the window; g to `at`. `single`: only of the first pair.
 */
// @ts-ignore: decorator
@inline
function forcesOfTwo(
  single: bool, kept: usize, further: usize, xy: v128, z: v128, fpi: v128, c: Constants, tables: usize, window: usize,
  at: usize,
): void {
  checkNumbers(kept, single ? 8 : 16);
  checkNumbers(kept + further, single ? 8 : 16);
  checkRange(at, 16);
  const pairs = changetype<TwoPairs>(kept);
  const t = single ? v128.load64_splat(kept + further) : v128.load(kept + further);
  const word = f64x2.add(t, c.down);
  const s = f64x2.sub(t, f64x2.sub(word, c.toWord));
  const lineA = i32x4.extract_lane(word, 0);
  const a = lineAt(tables, lineA);
  const b = single ? a : lineAt(tables, i32x4.extract_lane(word, 2));
  const density = madd(madd(madd(low(a.a, b.a), s, low(a.b, b.b)), s, low(a.c, b.c)), s, low(a.d, b.d));
  const pair = madd(madd(madd(high(a.a, b.a), s, high(a.b, b.b)), s, high(a.c, b.c)), s, high(a.d, b.d));
  const xa = coordinates(pairs.siteA);
  const xb = single ? xa : coordinates(pairs.siteB);
  const azw = xa.zw;
  const bzw = xb.zw;
  const g = madd(f64x2.add(fpi, high(azw, bzw)), density, pair);
  v128.store(at, g);
  const da = f64x2.sub(xa.xy, xy);
  const db = f64x2.sub(xb.xy, xy);
  const gx = f64x2.mul(g, low(da, db));
  const gy = f64x2.mul(g, high(da, db));
  const gz = f64x2.mul(g, f64x2.sub(low(azw, bzw), z));
  const zero = f64x2.splat(0);
  subtractAt(window, pairs.placeA, low(gx, gy), low(gz, zero));
  if (single) {
    ownX = f64x2.add(ownX, low(gx, zero));
    ownY = f64x2.add(ownY, low(gy, zero));
    ownZ = f64x2.add(ownZ, low(gz, zero));
    return;
  }
  subtractAt(window, pairs.placeB, high(gx, gy), high(gz, zero));
  ownX = f64x2.add(ownX, gx);
  ownY = f64x2.add(ownY, gy);
  ownZ = f64x2.add(ownZ, gz);
}

/**
 * What the images among the kept pairs of local i add to the virial: their translations times the forces on them. It goes
 * to local `to`. In a row images come last. `gs`: of each pair g.
 */
// @ts-ignore: decorator
@inline
function addImageMoments(f: Frame, to: i32, i: i32, kept: usize, count: i32, gs: usize): void {
  const images = f.x + (usize(f.n) << 5);
  const xi = fourAt(f.x, i);
  for (let q = count - 1; q >= 0; q--) {
    const site = changetype<Pair>(kept + usize(q) * PAIR).site;
    if (site < images) break;
    const x = coordinates(site);
    const g = getSplat(gs, q);
    const k = i32((site - f.x) >> 5);
    const xy = f64x2.mul(g, f64x2.sub(x.xy, xi.xy));
    addMoment(f, to, k, getI32(f.home, k), -1, xy, f64x2.mul(g, f64x2.sub(x.zw, xi.zw)));
  }
}

/**
 * Forces of the chunks' pairs into their windows, (f_x, f_y), (f_z, 0) of each local; of the virial only what images have
 * more than the product of positions and forces (assembly/chunks.ts).
 */
export function eamHalfForce(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const counts = work + (usize(f.n) << 4);
  const gs = scratch + CONSTANTS;
  const tables = params + 128 + (usize(linesOf(params)) << 6);
  const further = f.distances - f.kept;
  const constants = writeConstants(scratch, params);
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const window = windowOf(f, chunk);
    memory.fill(window, 0, usize(chunk.reach) << 5);
    const from = chunkBegin(f, c);
    const to = chunkBegin(f, c + 1);
    for (let i = from; i < to; i++) {
      const xi = fourAt(x, i);
      const xy = xi.xy;
      const zw = xi.zw;
      const z = low(zw, zw);
      const fpi = high(zw, zw);
      ownX = f64x2.splat(0);
      ownY = f64x2.splat(0);
      ownZ = f64x2.splat(0);
      let first = keptOf(f, c, i);
      for (let left = getI32(counts, i); left > 0; left -= BLOCK) {
        const count = min(left, BLOCK);
        const last = first + usize(count) * PAIR;
        let at = gs;
        let pairs = first;
        for (; pairs + PAIR < last; pairs += TWO_PAIRS, at += 16) {
          forcesOfTwo(false, pairs, further, xy, z, fpi, constants, tables, window, at);
        }
        if (pairs < last) forcesOfTwo(true, pairs, further, xy, z, fpi, constants, tables, window, at);
        addImageMoments(f, from, i, first, count, gs);
        first = last;
      }
      const own = fourAt(window, i - from);
      own.xy = f64x2.add(own.xy, f64x2.add(low(ownX, ownY), high(ownX, ownY)));
      own.zw = f64x2.add(own.zw, f64x2.replace_lane(f64x2.add(ownZ, high(ownZ, ownZ)), 1, 0));
    }
  }
}
