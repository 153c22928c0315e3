/**
 * Embedded-atom potentials on a half list: the sums of assembly/potentials/eam.ts (same params, same tables, which say
 * what the letters mean), each pair once, two pairs at a time in the two lanes.
 *
 *     rho_i += rho_ab(r), rho_j += rho_ba(r)                     eamHalfDensity, over chunks
 *     E_i += F_a(rho_i), F'_a(rho_i) → work                      eamHalfEmbed, over locals
 *     g = (F'_i rho_ab'(r) + F'_j rho_ba'(r) + phi_ab'(r)) / r,
 *     f_i += g d, f_j −= g d,  E_i, E_j += ½ phi_ab(r)           eamHalfForce, over chunks (eam-half-force.ts)
 *
 * For one element rho_ab and rho_ba are one table, and a pair costs 13 table numbers, one root and one division. The
 * kernels for several elements (…Alloy) come from the same text. Their params (src/engine/forms/eam.ts) have the same
 * header, then for [a][b] the cubics of rho_ab and rho_ba interleaved, one line a bin, then the embedding tables, then
 * for [a][b] c3 c4 d f of z: both densities of a pair are taken at once, in the two lanes.
 *
 * The density pass sorts out, without a branch, the sites within the cutoff and leaves them in frame.kept for the force
 * pass, with the places of their locals in the window. What is done for two pairs is a function, which is called once more
 * with `single` for an odd last pair: nothing in the loops then asks which case it is.
 *
 * work: f64[n], F'(rho) of each local; i32[n], how many of its pairs are kept.
 * scratch: constants, f64x2[4]; then the density pass has Near[BLOCK + 2], the force pass lines of geometry (…-force.ts).
 */
import { chunkBegin, chunkOf, collectScalars, placeOf, windowOf } from '../chunks';
import { madd } from '../fma';
import { Frame } from '../frame';
import { addF64, checkNumbers, checkRange, fourAt, getF64, getI32, Line, lineAt, setI32, TwoI32 } from '../memory';
import { embed } from './eam';

/** Sites of a row that are sorted out at a time. */
export const BLOCK: i32 = 256;
/** 2^52: added to an integer below it, the low word of the sum is that integer. */
export const TO_WORD: f64 = 4503599627370496.0;

// @ts-ignore: decorator
@inline
export function low(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 0, 2);
}

// @ts-ignore: decorator
@inline
export function high(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 1, 3);
}

/** Splats that would not stay in registers: from memory each is one instruction. 64 bytes at the beginning of scratch. */
// @ts-ignore: decorator
@unmanaged
export class Constants {
  /** Bins per Å, and how many there are. */
  perDr: v128;
  bins: v128;
  one: v128;
  toWord: v128;
}

// @ts-ignore: decorator
@inline
export function writeConstants(scratch: usize, params: usize): Constants {
  checkRange(scratch, 64);
  const constants = changetype<Constants>(scratch);
  constants.perDr = f64x2.splat(getF64(params, 2));
  constants.bins = f64x2.splat(getF64(params, 3) - 1);
  constants.one = f64x2.splat(1);
  constants.toWord = f64x2.splat(TO_WORD);
  return constants;
}

/** A site within the cutoff: its squared distance, and its number. 16 bytes. */
// @ts-ignore: decorator
@unmanaged
class Near {
  square: f64;
  site: i32;
}
const NEAR: usize = 16;

/** Two of them, one after the other. */
// @ts-ignore: decorator
@unmanaged
class TwoNear {
  squareA: f64;
  siteA: i32;
  squareB: f64;
  siteB: i32;
}

/** Two pairs as the force pass finds them: the sites, and the places of their locals in the window. */
// @ts-ignore: decorator
@unmanaged
export class TwoKept {
  siteA: i32;
  placeA: i32;
  siteB: i32;
  placeB: i32;
}

/**
 * Writes those of `count` sites of a row that are within the cutoff to Near[]; returns the end. Two at a time: behind an
 * odd last one the next row's first is measured as well, and forgotten (behind the last row is a zero).
 */
// @ts-ignore: decorator
@inline
function compact(x: usize, row: usize, count: i32, xy: v128, z: v128, cutoff2: v128, near: usize): usize {
  let to = near;
  let second = 0;
  const end = row + (usize(count) << 2);
  for (let at = row; at < end; at += 8) {
    checkNumbers(at, 8);
    const sites = changetype<TwoI32>(at);
    const j = sites.first;
    const k = sites.second;
    const xj = fourAt(x, j);
    const xk = fourAt(x, k);
    const a = f64x2.sub(xj.xy, xy);
    const b = f64x2.sub(xk.xy, xy);
    const dz = f64x2.sub(low(xj.zw, xk.zw), z);
    const aa = f64x2.mul(a, a);
    const bb = f64x2.mul(b, b);
    const r2 = madd(dz, dz, f64x2.add(low(aa, bb), high(aa, bb)));
    const within = i64x2.bitmask(f64x2.lt(r2, cutoff2));
    checkNumbers(to, 32);
    v128.store_lane<f64>(to, r2, 0);
    changetype<Near>(to).site = j;
    to += usize(within & 1) << 4;
    second = (within & 2) << 3;
    v128.store_lane<f64>(to, r2, 1);
    changetype<Near>(to).site = k;
    to += second;
  }
  return to - (second & -(count & 1));
}

/** Two cubics, coefficients c3 c4 in `a` and d f in `b` of each line, at s. */
// @ts-ignore: decorator
@inline
function values(a: Line, b: Line, s: v128): v128 {
  const c34 = madd(low(a.a, b.a), s, high(a.a, b.a));
  return madd(madd(c34, s, low(a.b, b.b)), s, high(a.b, b.b));
}

/** The interleaved densities of one pair of several elements, (received, given), at s. */
// @ts-ignore: decorator
@inline
function bothValues(line: Line, s: v128): v128 {
  return madd(madd(madd(line.a, s, line.b), s, line.c), s, line.d);
}

/** Lines of the tables of a pair of elements. */
// @ts-ignore: decorator
@inline
export function linesPerPair(params: usize): i32 {
  return <i32>getF64(params, 3) - 1;
}

/**
 * The densities that the pairs at `near` give, to the window, and those that they receive, which it returns in the lanes;
 * the sites and their places to `kept`. `single`: only the first pair.
 */
// @ts-ignore: decorator
@inline
function densitiesOfTwo(
  several: bool, single: bool, near: usize, kept: usize, types: usize, home: usize, n: i32, c: Constants, params: usize,
  row: i32, pairLines: i32, window: usize, from: i32,
): v128 {
  const pair = changetype<TwoNear>(near);
  const squares = single ? v128.load64_splat(near) : v128.load_lane<f64>(near, v128.load64_zero(near), 1, NEAR);
  const j = pair.siteA;
  const k = single ? j : pair.siteB;
  const one = c.one;
  const t = madd(f64x2.sqrt(squares), c.perDr, one);
  const m = f64x2.pmin(f64x2.floor(t), c.bins);
  const s = f64x2.pmin(f64x2.sub(t, m), one);
  const word = f64x2.add(m, c.toWord);
  // The header is as long as a line, and bins count from 1.
  const binA = i32x4.extract_lane(word, 0) + row;
  const binB = single ? binA : i32x4.extract_lane(word, 2) + row;
  let received = f64x2.splat(0);
  let given = received;
  if (several) {
    const a = bothValues(lineAt(params, binA + getI32(types, j) * pairLines), low(s, s));
    const b = single ? a : bothValues(lineAt(params, binB + getI32(types, k) * pairLines), high(s, s));
    received = low(a, b);
    given = high(a, b);
  } else {
    received = values(lineAt(params, binA), lineAt(params, binB), s);
    given = received;
  }
  checkNumbers(kept, single ? 8 : 16);
  const out = changetype<TwoKept>(kept);
  const placeJ = placeOf(getI32(home, j), from, n);
  out.siteA = j;
  out.placeA = placeJ;
  addF64(window, placeJ, f64x2.extract_lane(given, 0));
  if (single) return f64x2.replace_lane(received, 1, 0);
  const placeK = placeOf(getI32(home, k), from, n);
  out.siteB = k;
  out.placeB = placeK;
  addF64(window, placeK, f64x2.extract_lane(given, 1));
  return received;
}

// @ts-ignore: decorator
@inline
function densities(several: bool, begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const n = f.n;
  const home = f.home;
  const types = f.types;
  const counts = work + (usize(n) << 3);
  const near = scratch + 64;
  const cutoff2 = f64x2.splat(getF64(params, 1));
  const pairLines = linesPerPair(params);
  const rowLines = pairLines * <i32>getF64(params, 0);
  const constants = writeConstants(scratch, params);
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const window = windowOf(f, chunk);
    memory.fill(window, 0, usize(chunk.reach) << 3);
    const from = chunkBegin(f, c);
    const to = chunkBegin(f, c + 1);
    for (let i = from; i < to; i++) {
      const xi = fourAt(x, i);
      const xy = xi.xy;
      const z = low(xi.zw, xi.zw);
      const start = getI32(f.first, i);
      const last = getI32(f.first, i + 1);
      const row = several ? getI32(types, i) * rowLines : 0;
      let rho = f64x2.splat(0);
      let kept = f.kept + (usize(start) << 3);
      for (let p = start; p < last; p += BLOCK) {
        const stop = compact(x, f.neighbors + (usize(p) << 2), min(last - p, BLOCK), xy, z, cutoff2, near);
        let at = near;
        for (; at + NEAR < stop; at += 2 * NEAR, kept += 16) {
          const two = densitiesOfTwo(
            several, false, at, kept, types, home, n, constants, params, row, pairLines, window, from,
          );
          rho = f64x2.add(rho, two);
        }
        if (at < stop) {
          const one = densitiesOfTwo(
            several, true, at, kept, types, home, n, constants, params, row, pairLines, window, from,
          );
          rho = f64x2.add(rho, one);
          kept += 8;
        }
      }
      setI32(counts, i, i32((kept - f.kept) >> 3) - start);
      addF64(window, i - from, f64x2.extract_lane(rho, 0) + f64x2.extract_lane(rho, 1));
    }
  }
}

/** Densities of the chunks' pairs into their windows, one f64 per local. */
export function eamHalfDensity(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  densities(false, begin, end, frame, params, work, scratch);
}

/** The same for several elements. */
export function eamHalfDensityAlloy(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  densities(true, begin, end, frame, params, work, scratch);
}

/** Collects the densities of the locals, adds F(rho) to their energies and keeps F'(rho) in work. */
export function eamHalfEmbed(begin: i32, end: i32, frame: usize, params: usize, work: usize, _scratch: usize): void {
  const f = changetype<Frame>(frame);
  memory.fill(work + (usize(begin) << 3), 0, usize(end - begin) << 3);
  collectScalars(f, begin, end, work);
  for (let i = begin; i < end; i++) embed(f, i, getI32(f.types, i), getF64(work, i), params, work);
}
