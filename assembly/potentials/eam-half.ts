/**
 * Embedded-atom potentials of one element on a half list: the sums of assembly/potentials/eam.ts (same params, same
 * tables, which say what the letters mean), each pair once, two pairs at a time in the two lanes.
 *
 *     rho_i, rho_j += rho(r)                                     eamHalfDensity, over chunks
 *     E_i += F(rho_i), F'(rho_i) → work                          eamHalfEmbed, over locals
 *     g = ((F'_i + F'_j) rho'(r) + phi'(r)) / r,  f_i += g d, f_j −= g d,  E_i, E_j += ½ phi(r)     eamHalfForce, over chunks
 *
 * Per pair 13 table numbers, one root and one division. The density pass sorts out, without a branch, the sites within
 * the cutoff and leaves them in frame.kept for the force pass. An odd last pair is taken with a partner of weight 0.
 *
 * work: f64[n], F'(rho) of each local; i32[n], how many of its pairs are kept.
 * scratch: weights of the two lanes, f64x2[2]; squared distances, f64[BLOCK + 2]; sites, i32[BLOCK + 2]; F' of the
 * window or forces of a row are kept in f64[4 BLOCK].
 */
import { addImageMoments, Chunk, chunkBegin, chunkOf, collectScalars, placeOf, windowOf } from '../chunks';
import { Frame } from '../frame';
import { addF64, fourAt, getF64, getI32, getV128, lineAt, setF64, setI32, setV128, twoI32At } from '../memory';
import { embed } from './eam';

/** Sites of a row that are sorted out at a time. */
const BLOCK: i32 = 256;
/** 2^52: added to an integer below it, the low word of the sum is that integer. */
const TO_WORD: f64 = 4503599627370496.0;

// @ts-ignore: decorator
@inline
function low(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 0, 2);
}

// @ts-ignore: decorator
@inline
function high(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 1, 3);
}

/** Where the weights lie: (1, 1), then (1, 0) for an odd last pair. */
// @ts-ignore: decorator
@inline
function writeWeights(scratch: usize): void {
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

/** Densities of the chunks' pairs into their windows, one f64 per local. */
export function eamHalfDensity(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
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
          // The header is as long as a line, and bins count from 1.
          const a = lineAt(params, i32x4.extract_lane(word, 0));
          const b = lineAt(params, i32x4.extract_lane(word, 2));
          const c34 = f64x2.add(f64x2.mul(low(a.a, b.a), s), high(a.a, b.a));
          const value = f64x2.mul(
            f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(c34, s), low(a.b, b.b)), s), high(a.b, b.b)),
            getV128(scratch, single),
          );
          const j = getI32(sites, q);
          const k = getI32(sites, q + 1);
          const placeJ = placeOf(getI32(home, j), from, n);
          const placeK = placeOf(getI32(home, k), from, n);
          addF64(window, placeJ, f64x2.extract_lane(value, 0));
          addF64(window, placeK, f64x2.extract_lane(value, 1));
          rho = f64x2.add(rho, value);
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

/** Collects the densities of the locals, adds F(rho) to their energies and keeps F'(rho) in work. */
export function eamHalfEmbed(begin: i32, end: i32, frame: usize, params: usize, work: usize, _scratch: usize): void {
  const f = changetype<Frame>(frame);
  memory.fill(work + (usize(begin) << 3), 0, usize(end - begin) << 3);
  collectScalars(f, begin, end, work);
  for (let i = begin; i < end; i++) embed(f, i, 0, getF64(work, i), params, work);
}

/**
 * Forces and energies of the chunks' pairs into their windows, (f_x, f_y), (f_z, E) of each local; of the virial only
 * what images have more than the product of positions and forces (assembly/chunks.ts).
 */
export function eamHalfForce(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const n = f.n;
  const counts = work + (usize(n) << 3);
  const pairForces = scratch + 64;
  const perDr = f64x2.splat(getF64(params, 2));
  const bins = f64x2.splat(getF64(params, 3) - 1);
  const minusHalf = f64x2.splat(-0.5);
  const geometry = pairForces + (BLOCK << 5);
  writeWeights(scratch);
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const window = windowOf(f, chunk);
    memory.fill(window, 0, usize(chunk.reach) << 5);
    const from = chunkBegin(f, c);
    const to = chunkBegin(f, c + 1);
    for (let i = from; i < to; i++) {
      const xi = fourAt(x, i);
      const xy = xi.xy;
      const z = low(xi.zw, xi.zw);
      const fpi = f64x2.splat(getF64(work, i));
      let ownXY = f64x2.splat(0);
      let ownZW = f64x2.splat(0);
      const kept = getI32(counts, i);
      const start = f.kept + (usize(getI32(f.first, i)) << 3);
      for (let p = 0; p < kept; p += BLOCK) {
        const count = min(kept - p, BLOCK);
        const pairs = start + (usize(p) << 3);
        measure(x, pairs, count, xy, z, perDr, bins, geometry);
        for (let q = 0; q < count; q += 2) {
          const single = i32(q + 1 == count);
          const pairA = twoI32At(pairs, q);
          const pairB = twoI32At(pairs, q + 1 - single);
          const at = lineAt(geometry, q);
          const more = lineAt(geometry, q + 1);
          const word = more.b;
          const s = more.a;
          const perR = at.d;
          const a = lineAt(params, i32x4.extract_lane(word, 0));
          const b = lineAt(params, i32x4.extract_lane(word, 2));
          // Horner's scheme with its derivative: rho', then z and z'.
          const c3 = f64x2.mul(low(a.a, b.a), s);
          const c34 = f64x2.add(c3, high(a.a, b.a));
          const slope = f64x2.add(f64x2.mul(f64x2.add(f64x2.add(c3, c34), c34), s), low(a.b, b.b));
          const e3 = f64x2.mul(low(a.c, b.c), s);
          const e34 = f64x2.add(e3, high(a.c, b.c));
          const d = low(a.d, b.d);
          const zValue = f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(e34, s), d), s), high(a.d, b.d));
          const zSlope = f64x2.add(f64x2.mul(f64x2.add(f64x2.add(e3, e34), e34), s), d);
          const fp = f64x2.add(fpi, fpOf(work, f, pairA.first, pairB.first));
          const phi = f64x2.mul(f64x2.mul(zValue, perR), getV128(scratch, single));
          const weighted = f64x2.mul(perR, getV128(scratch, single));
          // (dE/dr)/r, with phi' = z'/r − phi/r.
          const inner = f64x2.add(f64x2.mul(fp, slope), f64x2.mul(zSlope, perR));
          const g = f64x2.mul(f64x2.sub(f64x2.mul(inner, perDr), f64x2.mul(phi, perR)), weighted);
          const gx = f64x2.mul(g, at.a);
          const gy = f64x2.mul(g, at.b);
          const gz = f64x2.mul(g, at.c);
          // The energy goes with the opposite sign of the forces, which partners receive with a minus.
          const e = f64x2.mul(phi, minusHalf);
          const toA = fourAt(window, pairA.second);
          const toB = fourAt(window, pairB.second);
          const axy = low(gx, gy);
          const azw = low(gz, e);
          const bxy = high(gx, gy);
          const bzw = high(gz, e);
          toA.xy = f64x2.sub(toA.xy, axy);
          toA.zw = f64x2.sub(toA.zw, azw);
          toB.xy = f64x2.sub(toB.xy, bxy);
          toB.zw = f64x2.sub(toB.zw, bzw);
          ownXY = f64x2.add(f64x2.add(ownXY, axy), bxy);
          ownZW = f64x2.add(f64x2.add(ownZW, azw), bzw);
          const keep = lineAt(pairForces, q >> 1);
          keep.a = axy;
          keep.b = azw;
          keep.c = bxy;
          keep.d = bzw;
        }
        addImageMoments(f, from, pairs, count, pairForces);
      }
      const own = fourAt(window, i - from);
      own.xy = f64x2.add(own.xy, ownXY);
      own.zw = f64x2.add(own.zw, f64x2.mul(ownZW, f64x2(1, -1)));
    }
  }
}

/** What the tables are asked with, of pairs TwoI32[count]: two lines per two pairs, dx dy dz 1/r, then p and the bin. */
// @ts-ignore: decorator
@inline
function measure(x: usize, pairs: usize, count: i32, xy: v128, z: v128, perDr: v128, bins: v128, out: usize): void {
  const one = f64x2.splat(1);
  const toWord = f64x2.splat(TO_WORD);
  for (let q = 0; q < count; q += 2) {
    const single = i32(q + 1 == count);
    const xa = fourAt(x, twoI32At(pairs, q).first);
    const xb = fourAt(x, twoI32At(pairs, q + 1 - single).first);
    const da = f64x2.sub(xa.xy, xy);
    const db = f64x2.sub(xb.xy, xy);
    const dx = low(da, db);
    const dy = high(da, db);
    const dz = f64x2.sub(low(xa.zw, xb.zw), z);
    const r = f64x2.sqrt(f64x2.add(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), f64x2.mul(dz, dz)));
    const t = f64x2.add(f64x2.mul(r, perDr), one);
    const m = f64x2.pmin(f64x2.floor(t), bins);
    const first = lineAt(out, q);
    first.a = dx;
    first.b = dy;
    first.c = dz;
    first.d = f64x2.div(one, r);
    const second = lineAt(out, q + 1);
    second.a = f64x2.pmin(f64x2.sub(t, m), one);
    second.b = f64x2.add(m, toWord);
  }
}

/** F' of the locals that sites j and k show. */
// @ts-ignore: decorator
@inline
function fpOf(work: usize, f: Frame, j: i32, k: i32): v128 {
  return f64x2.replace_lane(f64x2.splat(getF64(work, getI32(f.home, j))), 1, getF64(work, getI32(f.home, k)));
}
