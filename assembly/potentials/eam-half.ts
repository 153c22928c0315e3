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
 * for [a][b] c3 c4 d f of z: both densities of a pair are taken at once, in the two lanes. The density pass sorts out, without a branch, the sites within the cutoff and leaves them in frame.kept for the force pass. An odd
 * last pair is taken with a partner of weight 0.
 *
 * work: f64[n], F'(rho) of each local; i32[n], how many of its pairs are kept.
 * scratch: weights of the two lanes, f64x2[2]; squared distances, f64[BLOCK + 2]; sites, i32[BLOCK + 2]; F' of the
 * window or forces of a row are kept in f64[4 BLOCK].
 */
import { chunkBegin, chunkOf, collectScalars, placeOf, windowOf } from '../chunks';
import { Frame } from '../frame';
import { addF64, fourAt, getF64, getI32, getV128, Line, lineAt, setF64, setI32, setV128, twoI32At } from '../memory';
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

/** Where the weights lie: (1, 1), then (1, 0) for an odd last pair. */
// @ts-ignore: decorator
@inline
export function writeWeights(scratch: usize): void {
  setV128(scratch, 0, f64x2.splat(1));
  setV128(scratch, 1, f64x2(1, 0));
}

/** Copies those of the sites neighbors[first…last) that are within the cutoff, with r²; returns how many. */
// @ts-ignore: decorator
@inline
function compact(
  x: usize, neighbors: usize, first: i32, last: i32, xy: v128, z: v128, cutoff2: v128, squares: usize, sites: usize,
): i32 {
  let count = 0;
  for (let p = first; p < last; p += 2) {
    const single = i32(p + 1 == last);
    const j = getI32(neighbors, p);
    const k = getI32(neighbors, p + 1 - single);
    const xj = fourAt(x, j);
    const xk = fourAt(x, k);
    const a = f64x2.sub(xj.xy, xy);
    const b = f64x2.sub(xk.xy, xy);
    const dz = f64x2.sub(low(xj.zw, xk.zw), z);
    const aa = f64x2.mul(a, a);
    const bb = f64x2.mul(b, b);
    const r2 = f64x2.add(f64x2.add(low(aa, bb), high(aa, bb)), f64x2.mul(dz, dz));
    const near = i64x2.bitmask(f64x2.lt(r2, cutoff2));
    setI32(sites, count, j);
    setF64(squares, count, f64x2.extract_lane(r2, 0));
    count += near & 1;
    setI32(sites, count, k);
    setF64(squares, count, f64x2.extract_lane(r2, 1));
    count += (near >> 1) & (1 - single);
  }
  return count;
}

/** Two cubics, coefficients c3 c4 in `a` and d f in `b` of each line, at s. */
// @ts-ignore: decorator
@inline
function values(a: Line, b: Line, s: v128): v128 {
  const c34 = f64x2.add(f64x2.mul(low(a.a, b.a), s), high(a.a, b.a));
  return f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(c34, s), low(a.b, b.b)), s), high(a.b, b.b));
}

/** The interleaved densities of one pair of several elements, (received, given), at s. */
// @ts-ignore: decorator
@inline
function bothValues(line: Line, s: v128): v128 {
  return f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(line.a, s), line.b), s), line.c), s), line.d);
}

/** Lines of the tables of a pair of elements. */
// @ts-ignore: decorator
@inline
export function linesPerPair(params: usize): i32 {
  return <i32>getF64(params, 3) - 1;
}

// @ts-ignore: decorator
@inline
function densities(several: bool, begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const n = f.n;
  const home = f.home;
  const counts = work + (usize(n) << 3);
  const squares = scratch + 32;
  const sites = squares + ((BLOCK + 2) << 3);
  const cutoff2 = f64x2.splat(getF64(params, 1));
  const perDr = f64x2.splat(getF64(params, 2));
  const bins = f64x2.splat(getF64(params, 3) - 1);
  const types = f.types;
  const pairLines = linesPerPair(params);
  const rowLines = pairLines * <i32>getF64(params, 0);
  const one = f64x2.splat(1);
  const toWord = f64x2.splat(TO_WORD);
  writeWeights(scratch);
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
      let kept = 0;
      for (let p = start; p < last; p += BLOCK) {
        const count = compact(x, f.neighbors, p, min(p + BLOCK, last), xy, z, cutoff2, squares, sites);
        setI32(sites, count, i);
        setF64(squares, count, f64x2.extract_lane(cutoff2, 0));
        const out = f.kept + (usize(start + kept) << 3);
        for (let q = 0; q < count; q += 2) {
          const single = i32(q + 1 == count);
          const r = f64x2.sqrt(getV128(squares + (usize(q) << 3), 0));
          const t = f64x2.add(f64x2.mul(r, perDr), one);
          const m = f64x2.pmin(f64x2.floor(t), bins);
          const s = f64x2.pmin(f64x2.sub(t, m), one);
          const word = f64x2.add(m, toWord);
          const j = getI32(sites, q);
          const k = getI32(sites, q + 1);
          // The header is as long as a line, and bins count from 1.
          const binA = i32x4.extract_lane(word, 0) + row;
          const binB = i32x4.extract_lane(word, 2) + row;
          let received = f64x2.splat(0);
          let given = f64x2.splat(0);
          if (several) {
            const typeA = getI32(types, j);
            const typeB = getI32(types, k);
            const a = bothValues(lineAt(params, binA + typeA * pairLines), low(s, s));
            const b = bothValues(lineAt(params, binB + typeB * pairLines), high(s, s));
            received = f64x2.mul(low(a, b), getV128(scratch, single));
            given = f64x2.mul(high(a, b), getV128(scratch, single));
          } else {
            received = f64x2.mul(values(lineAt(params, binA), lineAt(params, binB), s), getV128(scratch, single));
            given = received;
          }
          const placeJ = placeOf(getI32(home, j), from, n);
          const placeK = placeOf(getI32(home, k), from, n);
          addF64(window, placeJ, f64x2.extract_lane(given, 0));
          addF64(window, placeK, f64x2.extract_lane(given, 1));
          rho = f64x2.add(rho, received);
          const second = twoI32At(out, q + 1 - single);
          second.first = k;
          second.second = placeK;
          const first = twoI32At(out, q);
          first.first = j;
          first.second = placeJ;
        }
        kept += count;
      }
      setI32(counts, i, kept);
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
