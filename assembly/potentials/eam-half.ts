/**
 * Embedded-atom potentials of one element on a half list: the sums of assembly/potentials/eam.ts (same params, same
 * tables, which say what the letters mean), each pair once, two pairs at a time in the two lanes.
 *
 *     rho_i, rho_j += rho(r)                                     eamHalfDensity, over chunks
 *     E_i += F(rho_i), F'(rho_i) → work                          eamHalfEmbed, over locals
 *     g = ((F'_i + F'_j) rho'(r) + phi'(r)) / r,  f_i += g d, f_j −= g d,  E_i, E_j += ½ phi(r)     eamHalfForce, over chunks
 *
 * The rows of the list are read in blocks: `compact` keeps the sites within the cutoff, without a branch, and the lanes
 * take them from there. An odd last one is paired with a copy of itself of weight 0.
 *
 * scratch: i32[BLOCK + 4], the kept sites.
 */
import { Chunk, chunkBegin, chunkOf, collectScalars, placeOf, windowOf } from '../chunks';
import { Frame } from '../frame';
import { addF64, getF64, getI32, getV128, setF64, setI32, setV128 } from '../memory';
import { embed } from './eam';

const HEADER: i32 = 8;
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

// @ts-ignore: decorator
@inline
function sum(a: v128): f64 {
  return f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
}

/** Squared distances of sites j and k from the point (xy, z). */
// @ts-ignore: decorator
@inline
function distances2(x: usize, j: i32, k: i32, xy: v128, z: v128): v128 {
  const a = f64x2.sub(getV128(x, 2 * j), xy);
  const b = f64x2.sub(getV128(x, 2 * k), xy);
  const dz = f64x2.sub(low(getV128(x, 2 * j + 1), getV128(x, 2 * k + 1)), z);
  const aa = f64x2.mul(a, a);
  const bb = f64x2.mul(b, b);
  return f64x2.add(f64x2.add(low(aa, bb), high(aa, bb)), f64x2.mul(dz, dz));
}

/** Copies those of the sites neighbors[first…last) to `kept` that are within the cutoff; returns how many. */
// @ts-ignore: decorator
@inline
function compact(x: usize, neighbors: usize, first: i32, last: i32, xy: v128, z: v128, cutoff2: v128, kept: usize): i32 {
  let count = 0;
  for (let p = first; p < last; p += 2) {
    const single = p + 1 == last;
    const j = getI32(neighbors, p);
    const k = getI32(neighbors, single ? p : p + 1);
    const near = i64x2.bitmask(f64x2.lt(distances2(x, j, k, xy, z), cutoff2));
    setI32(kept, count, j);
    count += near & 1;
    setI32(kept, count, k);
    count += single ? 0 : near >> 1;
  }
  return count;
}

/** Densities of the chunks' pairs into their windows, one f64 per local. */
export function eamHalfDensity(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const n = f.n;
  const home = f.home;
  const cutoff2 = f64x2.splat(getF64(params, 1));
  const perDr = f64x2.splat(getF64(params, 2));
  const bins = f64x2.splat(getF64(params, 3) - 1);
  const one = f64x2.splat(1);
  const toWord = f64x2.splat(TO_WORD);
  // Bins count from 1.
  const table = params + ((HEADER - 8) << 3);
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const window = windowOf(f, chunk);
    memory.fill(window, 0, usize(chunk.reach) << 3);
    const from = chunkBegin(f, c);
    const to = chunkBegin(f, c + 1);
    for (let i = from; i < to; i++) {
      const xy = getV128(x, 2 * i);
      const z = f64x2.splat(getF64(x, 4 * i + 2));
      const last = getI32(f.first, i + 1);
      let rho = f64x2.splat(0);
      for (let p = getI32(f.first, i); p < last; p += BLOCK) {
        const count = compact(x, f.neighbors, p, min(p + BLOCK, last), xy, z, cutoff2, scratch);
        setI32(scratch, count, getI32(scratch, max(count - 1, 0)));
        for (let q = 0; q < count; q += 2) {
          const j = getI32(scratch, q);
          const k = getI32(scratch, q + 1);
          const r = f64x2.sqrt(distances2(x, j, k, xy, z));
          const t = f64x2.add(f64x2.mul(r, perDr), one);
          const m = f64x2.pmin(f64x2.floor(t), bins);
          const s = f64x2.pmin(f64x2.sub(t, m), one);
          const word = f64x2.add(m, toWord);
          const a = table + (usize(i32x4.extract_lane(word, 0)) << 6);
          const b = table + (usize(i32x4.extract_lane(word, 2)) << 6);
          const a0 = getV128(a, 0);
          const a1 = getV128(a, 1);
          const b0 = getV128(b, 0);
          const b1 = getV128(b, 1);
          const value = f64x2.add(
            f64x2.mul(f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(low(a0, b0), s), high(a0, b0)), s), low(a1, b1)), s),
            high(a1, b1),
          );
          const first = f64x2.extract_lane(value, 0);
          const second = q + 1 < count ? f64x2.extract_lane(value, 1) : 0.0;
          addF64(window, placeOf(getI32(home, j), from, n), first);
          addF64(window, placeOf(getI32(home, k), from, n), second);
          rho = f64x2.add(rho, f64x2.replace_lane(value, 1, second));
        }
      }
      addF64(window, i - from, sum(rho));
    }
  }
}

/** Collects the densities of the locals, adds F(rho) to their energies and keeps F'(rho) in work. */
export function eamHalfEmbed(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  memory.fill(work + (usize(begin) << 3), 0, usize(end - begin) << 3);
  collectScalars(f, begin, end, work);
  for (let i = begin; i < end; i++) embed(f, i, 0, getF64(work, i), params, work);
}

/** Adds (x, y), (z, w) to accumulator `place` of the window. */
// @ts-ignore: decorator
@inline
function addTo(window: usize, place: i32, xy: v128, zw: v128): void {
  setV128(window, 2 * place, f64x2.add(getV128(window, 2 * place), xy));
  setV128(window, 2 * place + 1, f64x2.add(getV128(window, 2 * place + 1), zw));
}

/** Forces and energies of the chunks' pairs into their windows; virials of the pairs to the locals that own them. */
export function eamHalfForce(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const n = f.n;
  const home = f.home;
  const cutoff2 = f64x2.splat(getF64(params, 1));
  const perDr = f64x2.splat(getF64(params, 2));
  const bins = f64x2.splat(getF64(params, 3) - 1);
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  const toWord = f64x2.splat(TO_WORD);
  const table = params + ((HEADER - 8) << 3);
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const window = windowOf(f, chunk);
    memory.fill(window, 0, usize(chunk.reach) << 5);
    const from = chunkBegin(f, c);
    const to = chunkBegin(f, c + 1);
    for (let i = from; i < to; i++) {
      const xy = getV128(x, 2 * i);
      const z = f64x2.splat(getF64(x, 4 * i + 2));
      const fpi = f64x2.splat(getF64(work, i));
      const last = getI32(f.first, i + 1);
      let fx = f64x2.splat(0), fy = f64x2.splat(0), fz = f64x2.splat(0), energy = f64x2.splat(0);
      let wxx = f64x2.splat(0), wyy = f64x2.splat(0), wzz = f64x2.splat(0);
      let wyz = f64x2.splat(0), wxz = f64x2.splat(0), wxy = f64x2.splat(0);
      for (let p = getI32(f.first, i); p < last; p += BLOCK) {
        const count = compact(x, f.neighbors, p, min(p + BLOCK, last), xy, z, cutoff2, scratch);
        setI32(scratch, count, getI32(scratch, max(count - 1, 0)));
        for (let q = 0; q < count; q += 2) {
          const j = getI32(scratch, q);
          const k = getI32(scratch, q + 1);
          const da = f64x2.sub(getV128(x, 2 * j), xy);
          const db = f64x2.sub(getV128(x, 2 * k), xy);
          const dx = low(da, db);
          const dy = high(da, db);
          const dz = f64x2.sub(low(getV128(x, 2 * j + 1), getV128(x, 2 * k + 1)), z);
          const r = f64x2.sqrt(f64x2.add(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), f64x2.mul(dz, dz)));
          const perR = f64x2.div(one, r);
          const t = f64x2.add(f64x2.mul(r, perDr), one);
          const m = f64x2.pmin(f64x2.floor(t), bins);
          const s = f64x2.pmin(f64x2.sub(t, m), one);
          const word = f64x2.add(m, toWord);
          const a = table + (usize(i32x4.extract_lane(word, 0)) << 6);
          const b = table + (usize(i32x4.extract_lane(word, 2)) << 6);
          // rho'
          const a0 = getV128(a, 0);
          const b0 = getV128(b, 0);
          const c3 = f64x2.mul(low(a0, b0), s);
          const c34 = f64x2.add(c3, high(a0, b0));
          const slope = f64x2.add(f64x2.mul(f64x2.add(f64x2.add(c3, c34), c34), s), low(getV128(a, 1), getV128(b, 1)));
          // z and z'
          const a2 = getV128(a, 2);
          const b2 = getV128(b, 2);
          const a3 = getV128(a, 3);
          const b3 = getV128(b, 3);
          const e3 = f64x2.mul(low(a2, b2), s);
          const e34 = f64x2.add(e3, high(a2, b2));
          const d = low(a3, b3);
          const zValue = f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(e34, s), d), s), high(a3, b3));
          const zSlope = f64x2.add(f64x2.mul(f64x2.add(f64x2.add(e3, e34), e34), s), d);
          const hj = getI32(home, j);
          const hk = getI32(home, k);
          const fp = f64x2.add(f64x2.replace_lane(f64x2.splat(getF64(work, hj)), 1, getF64(work, hk)), fpi);
          const weight = q + 1 < count ? one : f64x2.replace_lane(one, 1, 0);
          const phi = f64x2.mul(zValue, perR);
          // (dE/dr)/r, with phi' = z'/r − phi/r.
          const inner = f64x2.add(f64x2.mul(fp, slope), f64x2.mul(zSlope, perR));
          const g = f64x2.mul(f64x2.mul(f64x2.sub(f64x2.mul(inner, perDr), f64x2.mul(phi, perR)), perR), weight);
          const e = f64x2.mul(f64x2.mul(phi, half), weight);
          energy = f64x2.add(energy, e);
          const gx = f64x2.mul(g, dx);
          const gy = f64x2.mul(g, dy);
          const gz = f64x2.mul(g, dz);
          fx = f64x2.add(fx, gx);
          fy = f64x2.add(fy, gy);
          fz = f64x2.add(fz, gz);
          const mz = f64x2.neg(gz);
          addTo(window, placeOf(hj, from, n), f64x2.neg(low(gx, gy)), low(mz, e));
          addTo(window, placeOf(hk, from, n), f64x2.neg(high(gx, gy)), high(mz, e));
          wxx = f64x2.add(wxx, f64x2.mul(gx, dx));
          wyy = f64x2.add(wyy, f64x2.mul(gy, dy));
          wzz = f64x2.add(wzz, f64x2.mul(gz, dz));
          wyz = f64x2.add(wyz, f64x2.mul(gy, dz));
          wxz = f64x2.add(wxz, f64x2.mul(gx, dz));
          wxy = f64x2.add(wxy, f64x2.mul(gx, dy));
        }
      }
      addTo(
        window, i - from,
        f64x2.add(low(fx, fy), high(fx, fy)),
        f64x2.add(low(fz, energy), high(fz, energy)),
      );
      addF64(f.virial, 6 * i, -sum(wxx));
      addF64(f.virial, 6 * i + 1, -sum(wyy));
      addF64(f.virial, 6 * i + 2, -sum(wzz));
      addF64(f.virial, 6 * i + 3, -sum(wyz));
      addF64(f.virial, 6 * i + 4, -sum(wxz));
      addF64(f.virial, 6 * i + 5, -sum(wxy));
    }
  }
}
