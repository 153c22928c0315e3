/**
 * Several elements on a half list (eam-half.ts). The force pass has for each row first the geometry of its pairs, two of them
 * in two lines, then their forces: in one loop the numbers of both would not fit into registers.
 *
 * params: the header of eam.ts, then for [a][b] a line a bin, the cubics of rho_ab and rho_ba interleaved, then the embedding
 * tables, then for [a][b] c3 c4 d f of z: both densities of a pair are taken at once, in the two lanes.
 * work: f64[n], rho; i32[n], how many pairs of each local are kept.
 * scratch: constants; then the force pass has lines of geometry.
 */
import { addMoment, chunkBegin, chunkOf, collectScalars, PAIR, Pair, windowOf } from '../chunks';
import { madd, nmadd } from '../fma';
import { Frame } from '../frame';
import { addF64, checkNumbers, checkRange, Four, fourAt, getF64, getI32, getSplat, Line, lineAt, setI32 } from '../memory';
import { embedTwo, writeEmbedding } from './eam';
import { compact, coordinates, high, keptOf, low, show, TO_WORD, TWO_PAIRS, TwoPairs } from './eam-half';

/** Pairs whose geometry is computed at a time. */
const BLOCK: i32 = 256;

/** Splats that would not stay in registers: from memory each is one instruction. 128 bytes at the beginning of scratch. */
// @ts-ignore: decorator
@unmanaged
class Constants {
  /** Bins per Å. */
  perDr: v128;
  one: v128;
  /** 2^52 − ½: a sum with it is rounded down. The last bin, plus 2^52; and 2^52. */
  down: v128;
  lastWord: v128;
  toWord: v128;
}
const CONSTANTS: usize = 128;

// @ts-ignore: decorator
@inline
function writeConstants(scratch: usize, params: usize): Constants {
  checkRange(scratch, CONSTANTS);
  const constants = changetype<Constants>(scratch);
  constants.perDr = getSplat(params, 2);
  constants.one = f64x2.splat(1);
  constants.down = f64x2.splat(TO_WORD - 0.5);
  constants.lastWord = f64x2.splat(TO_WORD + getF64(params, 3) - 1);
  constants.toWord = f64x2.splat(TO_WORD);
  return constants;
}

/** The interleaved densities of one pair, (received, given), at s. */
// @ts-ignore: decorator
@inline
function bothValues(line: Line, s: v128): v128 {
  return madd(madd(madd(line.a, s, line.b), s, line.c), s, line.d);
}

/** Their slopes: Horner's scheme with its derivative. */
// @ts-ignore: decorator
@inline
function bothSlopes(line: Line, s: v128): v128 {
  const c3 = f64x2.mul(line.a, s);
  const c34 = f64x2.add(c3, line.b);
  return madd(f64x2.add(f64x2.add(c3, c34), c34), s, line.c);
}

/** Lines of the tables of a pair of elements. */
// @ts-ignore: decorator
@inline
function linesPerPair(params: usize): i32 {
  return <i32>getF64(params, 3) - 1;
}

/** Where z begins: behind the densities and the embedding. */
function zTablesOf(params: usize): usize {
  const elements = <i32>getF64(params, 0);
  const lines = 8 * elements * elements * linesPerPair(params);
  return params + (usize(8 + lines + 4 * elements * (<i32>getF64(params, 5) - 1)) << 3);
}

/** Index of the element of the site with these coordinates. */
// @ts-ignore: decorator
@inline
function elementOf(f: Frame, site: usize): i32 {
  return getI32(f.types, i32((site - f.x) >> 5));
}

/** Adds to the f64 of a place in the window. */
// @ts-ignore: decorator
@inline
function addAt(window: usize, place: i32, value: f64): void {
  addF64(window + (usize(place) << 1), 0, value);
}

/**
 * The densities that the pairs at `kept` give, to the window, and those that they receive, which it returns in the lanes. Of
 * the squared distances `further` bytes behind remain the distances. `single`: only the first pair.
 */
// @ts-ignore: decorator
@inline
function densitiesOfTwo(
  single: bool, kept: usize, further: usize, f: Frame, c: Constants, params: usize, row: i32, pairLines: i32, window: usize,
): v128 {
  const at = kept + further;
  checkNumbers(kept, single ? 8 : 16);
  checkNumbers(at, single ? 8 : 16);
  const pairs = changetype<TwoPairs>(kept);
  const r = f64x2.sqrt(single ? v128.load64_splat(at) : v128.load(at));
  if (single) v128.store_lane<f64>(at, r, 0);
  else v128.store(at, r);
  const t = madd(r, c.perDr, c.one);
  const word = f64x2.pmin(f64x2.add(t, c.down), c.lastWord);
  const s = f64x2.pmin(f64x2.sub(t, f64x2.sub(word, c.toWord)), c.one);
  // The header is as long as a line, and bins count from 1.
  const binA = i32x4.extract_lane(word, 0) + row + elementOf(f, pairs.siteA) * pairLines;
  const a = bothValues(lineAt(params, binA), low(s, s));
  addAt(window, pairs.placeA, f64x2.extract_lane(a, 1));
  if (single) return f64x2.replace_lane(a, 1, 0);
  const binB = i32x4.extract_lane(word, 2) + row + elementOf(f, pairs.siteB) * pairLines;
  const b = bothValues(lineAt(params, binB), high(s, s));
  addAt(window, pairs.placeB, f64x2.extract_lane(b, 1));
  return low(a, b);
}

/** Densities of the chunks' pairs into their windows, one f64 per local. */
export function eamHalfDensityAlloy(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const counts = work + (usize(f.n) << 3);
  const cutoff2 = f64x2.splat(getF64(params, 1));
  const pairLines = linesPerPair(params);
  const rowLines = pairLines * <i32>getF64(params, 0);
  const further = f.distances - f.kept;
  const constants = writeConstants(scratch, params);
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const window = windowOf(f, chunk);
    memory.fill(window, 0, usize(chunk.reach) << 3);
    const from = chunkBegin(f, c);
    const to = chunkBegin(f, c + 1);
    for (let i = from; i < to; i++) {
      const xi = fourAt(x, i);
      const start = getI32(f.first, i);
      const count = getI32(f.first, i + 1) - start;
      const row = getI32(f.types, i) * rowLines;
      let rho = f64x2.splat(0);
      let kept = keptOf(f, c, i);
      const stop = compact(f.pairs + usize(start) * PAIR, count, xi.xy, low(xi.zw, xi.zw), cutoff2, kept, further);
      setI32(counts, i, i32((stop - kept) >> 3));
      for (; kept + PAIR < stop; kept += TWO_PAIRS) {
        rho = f64x2.add(rho, densitiesOfTwo(false, kept, further, f, constants, params, row, pairLines, window));
      }
      if (kept < stop) {
        rho = f64x2.add(rho, densitiesOfTwo(true, kept, further, f, constants, params, row, pairLines, window));
      }
      addF64(window, i - from, f64x2.extract_lane(rho, 0) + f64x2.extract_lane(rho, 1));
    }
  }
}

/** Collects the densities of the locals, adds F(rho) to their energies and keeps F'(rho) beside the coordinates. */
export function eamHalfEmbedAlloy(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  memory.fill(work + (usize(begin) << 3), 0, usize(end - begin) << 3);
  collectScalars(f, begin, end, work);
  const own = writeEmbedding(scratch, params);
  for (let i = begin; i < end; i += 2) {
    const k = min(i + 1, end - 1);
    const rho = f64x2.replace_lane(getSplat(work, i), 1, getF64(work, k));
    show(f, i, k, embedTwo(f, i, k, rho, f64x2.splat(0), own));
  }
}

/** Two pairs between the passes of a row. 128 bytes. */
// @ts-ignore: decorator
@unmanaged
class Two {
  dx: v128;
  dy: v128;
  dz: v128;
  perR: v128;
  p: v128;
  /** In the low words of the lanes, the line of z. */
  bin: v128;
  /** F'_i rho_ab' + F'_j rho_ba'. */
  density: v128;
  /** Afterwards g. */
  g: v128;
}
const TWO: usize = 128;

/** What the tables are asked with, of two pairs of the local at (xy, z). `single`: of the first pair, twice. */
// @ts-ignore: decorator
@inline
function measure(
  single: bool, f: Frame, params: usize, row: i32, pairLines: i32, kept: usize, further: usize, xy: v128, z: v128, fpi: v128,
  c: Constants, to: usize,
): void {
  checkNumbers(kept, single ? 8 : 16);
  checkNumbers(kept + further, single ? 8 : 16);
  checkRange(to, TWO);
  const pairs = changetype<TwoPairs>(kept);
  const two = changetype<Two>(to);
  const r = single ? v128.load64_splat(kept + further) : v128.load(kept + further);
  const xa = coordinates(pairs.siteA);
  const xb = single ? xa : coordinates(pairs.siteB);
  const da = f64x2.sub(xa.xy, xy);
  const db = f64x2.sub(xb.xy, xy);
  const azw = xa.zw;
  const bzw = xb.zw;
  const fpj = high(azw, bzw);
  two.dx = low(da, db);
  two.dy = high(da, db);
  two.dz = f64x2.sub(low(azw, bzw), z);
  const one = c.one;
  const t = madd(r, c.perDr, one);
  const word = f64x2.pmin(f64x2.add(t, c.down), c.lastWord);
  const s = f64x2.pmin(f64x2.sub(t, f64x2.sub(word, c.toWord)), one);
  two.perR = f64x2.div(one, r);
  two.p = s;
  const binA = i32x4.extract_lane(word, 0) + row + elementOf(f, pairs.siteA) * pairLines;
  const binB = single ? binA : i32x4.extract_lane(word, 2) + row + elementOf(f, pairs.siteB) * pairLines;
  const a = bothSlopes(lineAt(params, binA), low(s, s));
  const b = single ? a : bothSlopes(lineAt(params, binB), high(s, s));
  two.density = madd(fpi, low(a, b), f64x2.mul(fpj, high(a, b)));
  two.bin = i32x4.replace_lane(i32x4.splat(binA), 2, binB);
}

/** The accumulator of a place in the window. */
// @ts-ignore: decorator
@inline
function accumulator(window: usize, place: i32): Four {
  const at = window + (usize(place) << 3);
  checkRange(at, 32);
  return changetype<Four>(at);
}

// Sums over the pairs of the present local, for its end of them: (f_x, f_y), (f_z, Σ phi). Wasm globals: each thread has
// its own.
let ownXY: v128 = f64x2.splat(0);
let ownZW: v128 = f64x2.splat(0);

/**
 * Forces of two measured pairs: on the local at hand into its sums, minus them on the others into the window. `tables`: of
 * z. `single`: only of the first pair.
 */
// @ts-ignore: decorator
@inline
function forcesOfTwo(
  single: bool, tables: usize, kept: usize, perDr: v128, window: usize, at: usize,
): void {
  const pairs = changetype<TwoPairs>(kept);
  const two = changetype<Two>(at);
  const word = two.bin;
  const s = two.p;
  const perR = two.perR;
  const lineA = i32x4.extract_lane(word, 0);
  const lineB = single ? lineA : i32x4.extract_lane(word, 2);
  const za = fourAt(tables, lineA);
  const zb = fourAt(tables, lineB);
  const a34 = za.xy;
  const b34 = zb.xy;
  const a12 = za.zw;
  const b12 = zb.zw;
  const e3 = f64x2.mul(low(a34, b34), s);
  const e34 = f64x2.add(e3, high(a34, b34));
  const d = low(a12, b12);
  const zValue = madd(madd(e34, s, d), s, high(a12, b12));
  const zSlope = madd(f64x2.add(f64x2.add(e3, e34), e34), s, d);
  const phi = f64x2.mul(zValue, perR);
  // g = (dE/dr)/r, with phi' = z'/r − phi/r.
  const inner = f64x2.mul(madd(zSlope, perR, two.density), perDr);
  const g = f64x2.mul(nmadd(phi, perR, inner), perR);
  two.g = g;
  const gx = f64x2.mul(g, two.dx);
  const gy = f64x2.mul(g, two.dy);
  const gz = f64x2.mul(g, two.dz);
  const axy = low(gx, gy);
  const azw = low(gz, phi);
  const toA = accumulator(window, pairs.placeA);
  toA.xy = f64x2.sub(toA.xy, axy);
  toA.zw = f64x2.sub(toA.zw, azw);
  if (single) {
    ownXY = f64x2.add(ownXY, axy);
    ownZW = f64x2.add(ownZW, azw);
    return;
  }
  const bxy = high(gx, gy);
  const bzw = high(gz, phi);
  const toB = accumulator(window, pairs.placeB);
  toB.xy = f64x2.sub(toB.xy, bxy);
  toB.zw = f64x2.sub(toB.zw, bzw);
  ownXY = f64x2.add(ownXY, f64x2.add(axy, bxy));
  ownZW = f64x2.add(ownZW, f64x2.add(azw, bzw));
}

/**
 * What the images among the kept pairs of local i add to the virial: their translations times the forces on them. It goes
 * to local `to`. In a row images come last.
 */
// @ts-ignore: decorator
@inline
function addImageMoments(f: Frame, to: i32, kept: usize, count: i32, geometry: usize): void {
  const images = f.x + (usize(f.n) << 5);
  for (let q = count - 1; q >= 0; q--) {
    const site = changetype<Pair>(kept + usize(q) * PAIR).site;
    if (site < images) break;
    const two = geometry + usize(q >> 1) * TWO;
    const lane = q & 1;
    const g = getSplat(two + offsetof<Two>('g'), lane);
    const dx = getF64(two, lane);
    const dy = getF64(two + offsetof<Two>('dy'), lane);
    const k = i32((site - f.x) >> 5);
    const xy = f64x2.mul(g, f64x2.replace_lane(f64x2.splat(dx), 1, dy));
    const z = f64x2.mul(g, getSplat(two + offsetof<Two>('dz'), lane));
    addMoment(f, to, k, getI32(f.home, k), -1, xy, z);
  }
}

/**
 * Forces and minus twice the energies of the chunks' pairs into their windows, (f_x, f_y), (f_z, −2E) of each local; of the
 * virial only what images have more than the product of positions and forces (assembly/chunks.ts).
 */
export function eamHalfForceAlloy(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const counts = work + (usize(f.n) << 3);
  const geometry = scratch + CONSTANTS;
  const pairLines = linesPerPair(params);
  const rowLines = pairLines * <i32>getF64(params, 0);
  // Bins count from 1, and the header before them is as long as a line; before the tables of z is none.
  const tables = zTablesOf(params) - 32;
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
      const row = getI32(f.types, i) * rowLines;
      ownXY = f64x2.splat(0);
      ownZW = f64x2.splat(0);
      let first = keptOf(f, c, i);
      for (let left = getI32(counts, i); left > 0; left -= BLOCK) {
        const count = min(left, BLOCK);
        const last = first + usize(count) * PAIR;
        let at = geometry;
        let pairs = first;
        for (; pairs + PAIR < last; pairs += TWO_PAIRS, at += TWO) {
          measure(false, f, params, row, pairLines, pairs, further, xy, z, fpi, constants, at);
        }
        if (pairs < last) measure(true, f, params, row, pairLines, pairs, further, xy, z, fpi, constants, at);
        at = geometry;
        pairs = first;
        for (; pairs + PAIR < last; pairs += TWO_PAIRS, at += TWO) {
          forcesOfTwo(false, tables, pairs, constants.perDr, window, at);
        }
        if (pairs < last) forcesOfTwo(true, tables, pairs, constants.perDr, window, at);
        addImageMoments(f, from, first, count, geometry);
        first = last;
      }
      const own = fourAt(window, i - from);
      own.xy = f64x2.add(own.xy, ownXY);
      own.zw = f64x2.add(own.zw, f64x2.mul(ownZW, f64x2(1, -1)));
    }
  }
}
