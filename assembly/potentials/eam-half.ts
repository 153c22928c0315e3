/**
 * Embedded-atom potentials on a half list: the sums of assembly/potentials/eam.ts, each pair once, two pairs at a time in
 * the two lanes. The kernels of one element are in eam-half-one.ts, those of several in eam-half-alloy.ts; here is what
 * they share.
 *
 *     rho_i += rho_ab(r), rho_j += rho_ba(r)                     eamHalfDensity, over chunks
 *     E_i += F_a(rho_i), F'_a(rho_i) beside the coordinates      eamHalfEmbed, over locals
 *     F' beside the coordinates of the images                    eamHalfShow, over images
 *     g = (F'_i rho_ab'(r) + F'_j rho_ba'(r) + phi_ab'(r)) / r,
 *     f_i += g d, f_j −= g d,  E_i, E_j += ½ phi_ab(r)           eamHalfForce, over chunks
 *
 * The density pass sorts out, without a branch, the pairs within the cutoff and leaves them in frame.kept for the force
 * pass, and beside them in frame.distances what it knows of their distances. What is done for two pairs is a function,
 * which is called once more with `single` for an odd last pair: nothing in the loops then asks which case it is.
 */
import { PAIR } from '../chunks';
import { madd } from '../fma';
import { Frame } from '../frame';
import { checkNumbers, checkRange, Four, getF64, getI32, setF64 } from '../memory';

/** 2^52: a number below it that is added has no fraction left, and stands in the low word. */
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

/** The coordinates at this address. */
// @ts-ignore: decorator
@inline
export function coordinates(site: usize): Four {
  checkRange(site, 32);
  return changetype<Four>(site);
}

/** Two neighbours of a half list, one after the other. */
// @ts-ignore: decorator
@unmanaged
export class TwoPairs {
  siteA: usize;
  placeA: i32;
  siteB: usize;
  placeB: i32;
}
/** Bytes of them. */
export const TWO_PAIRS: usize = 16;

/**
 * Pairs that are kept of a row of `count` pairs go to `kept`, their squared distances `further` bytes behind; returns their
 * end. Two at a time: behind an odd last one the next row's first is measured as well, and forgotten.
 */
// @ts-ignore: decorator
@inline
export function compact(pairs: usize, count: i32, xy: v128, z: v128, cutoff2: v128, kept: usize, further: usize): usize {
  const end = pairs + usize(count) * PAIR;
  let to = kept;
  let second = 0;
  for (let at = pairs; at < end; at += TWO_PAIRS) {
    checkNumbers(at, 16);
    const two = changetype<TwoPairs>(at);
    const both = v128.load(at);
    const xj = coordinates(two.siteA);
    const xk = coordinates(two.siteB);
    const a = f64x2.sub(xj.xy, xy);
    const b = f64x2.sub(xk.xy, xy);
    const dz = f64x2.sub(low(xj.zw, xk.zw), z);
    const aa = f64x2.mul(a, a);
    const bb = f64x2.mul(b, b);
    const r2 = madd(dz, dz, f64x2.add(low(aa, bb), high(aa, bb)));
    const within = i64x2.bitmask(f64x2.lt(r2, cutoff2));
    checkNumbers(to, 16);
    checkNumbers(to + further, 16);
    v128.store_lane<f64>(to, both, 0);
    v128.store_lane<f64>(to + further, r2, 0);
    to += usize(within & 1) << 3;
    second = (within & 2) << 2;
    v128.store_lane<f64>(to, both, 1);
    v128.store_lane<f64>(to + further, r2, 1);
    to += second;
  }
  return to - (second & -(count & 1));
}

/** Where the kept pairs of local i of the chunk begin: each chunk has room for two more than its pairs. */
// @ts-ignore: decorator
@inline
export function keptOf(f: Frame, chunk: i32, i: i32): usize {
  return f.kept + usize(chunk) * TWO_PAIRS + usize(getI32(f.first, i)) * PAIR;
}

/** F'(rho) of the locals i and k beside their coordinates. */
// @ts-ignore: decorator
@inline
export function show(f: Frame, i: i32, k: i32, slopes: v128): void {
  setF64(f.x, 4 * i + 3, f64x2.extract_lane(slopes, 0));
  if (k != i) setF64(f.x, 4 * k + 3, f64x2.extract_lane(slopes, 1));
}

/** F'(rho) of the images [begin, end), counted from the first, as of their locals. */
export function eamHalfShow(begin: i32, end: i32, frame: usize, _params: usize, _work: usize, _scratch: usize): void {
  const f = changetype<Frame>(frame);
  for (let k = f.n + begin; k < f.n + end; k++) setF64(f.x, 4 * k + 3, getF64(f.x, 4 * getI32(f.home, k) + 3));
}
