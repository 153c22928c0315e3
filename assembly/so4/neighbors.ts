/**
 * The neighbours of two atoms, a SIMD lane each, as records that the straight-line functions of assembly/generated/so4.ts
 * read and write. With t = angle (r - inner), n = d/r, the Cayley-Klein parameters a, b of the neighbour at d give
 *
 *     alpha = a* = cos t + i sin t n_z,   beta = -b* = -sin t (n_y + i n_x),   T = |b|²,
 *     w f = F0 + F1 cos(rate max(0, r - inner)),  times (1 + sin(pi s/2))/2, s = (r - S)/D in [-1, 1], with inner switching.
 *
 * The shorter list is padded with neighbours of weight 0, whose gradients go to a place that nobody reads. Each lane
 * adds up its own neighbours in the order of its own list, so an atom has the same bits beside any other.
 */
import { Frame } from '../frame';
import { getF64, getI32, getV128, setF64, setI32, setV128 } from '../memory';

/** Vectors of a record (scripts/generate-so4.mjs knows them too): what the moments need, */
const ALPHA_RE = 0;
const ALPHA_IM = 1;
const BETA_RE = 2;
const BETA_IM = 3;
const T = 4;
const WEIGHT = 5;
/** what the chain rule needs beside it: derivative of w f by r, sin t, dt/dr, n (first d), 1/r, */
const D_WEIGHT = 6;
const SIN = 7;
const D_ANGLE = 8;
const NX = 9;
const NY = 10;
const NZ = 11;
const PER_R = 12;
/** per lane the address of the pair's numbers and of its gradient, i32; */
const ADDRESSES = 13;
/** the value of the energy's polynomial and its derivatives. */
const F = 14;
const BY_T = 15;
const BY_ALPHA_RE = 16;
const BY_ALPHA_IM = 17;
const BY_BETA_RE = 18;
const BY_BETA_IM = 19;
export const RECORD = 320;

/** Records that fit; atoms with more neighbours are done in several rounds. Even. */
export const CAPACITY = 128;

/** Bytes of a pair's numbers: cutoff², inner, angle, rate, F0, F1, S, D. */
const PAIR = 64;

/**
 * Puts the neighbours of local i within their cutoffs into a lane, from position p of the list on and until the records are
 * full. Returns where to go on; how many it found stands in count.
 */
export function gather(i: i32, p: i32, lane: i32, fr: Frame, row: usize, record: usize, count: usize): i32 {
  const last = getI32(fr.first, i + 1);
  const x = getF64(fr.x, 4 * i);
  const y = getF64(fr.x, 4 * i + 1);
  const z = getF64(fr.x, 4 * i + 2);
  let found = 0;
  for (; p < last && found < CAPACITY; p++) {
    const j = getI32(fr.neighbors, p);
    const dx = getF64(fr.x, 4 * j) - x;
    const dy = getF64(fr.x, 4 * j + 1) - y;
    const dz = getF64(fr.x, 4 * j + 2) - z;
    const pair = row + <usize>(PAIR * getI32(fr.types, j));
    const target = fr.gradient + ((<usize>p) << 5);
    setF64(record, 2 * NX + lane, dx);
    setF64(record, 2 * NY + lane, dy);
    setF64(record, 2 * NZ + lane, dz);
    setI32(record, 4 * ADDRESSES + lane, <i32>pair);
    setI32(record, 4 * ADDRESSES + 2 + lane, <i32>target);
    // No branch: whether a pair is within the cutoff cannot be predicted. Not a number counts as within.
    const within = i32(!(dx * dx + dy * dy + dz * dz >= getF64(pair, 0)));
    found += within;
    record += <usize>(RECORD * within);
  }
  setI32(count, lane, found);
  return p;
}

/** Gradients of all pairs of local i: those beyond their cutoffs have no other. */
export function clearGradients(i: i32, fr: Frame): void {
  const first = getI32(fr.first, i);
  memory.fill(fr.gradient + ((<usize>first) << 5), 0, (<usize>(getI32(fr.first, i + 1) - first)) << 5);
}

/** Fills a lane's records from `found` to `count` with neighbours of weight 0. */
export function pad(found: i32, count: i32, lane: i32, nobody: usize, record: usize, nowhere: usize): void {
  record += <usize>(RECORD * found);
  for (; found < count; found++, record += RECORD) {
    setF64(record, 2 * NX + lane, 0);
    setF64(record, 2 * NY + lane, 0);
    setF64(record, 2 * NZ + lane, 1);
    setI32(record, 4 * ADDRESSES + lane, <i32>nobody);
    setI32(record, 4 * ADDRESSES + 2 + lane, <i32>nowhere);
  }
}

// @ts-ignore: decorator
@inline
function both(record: usize, i: i32): v128 {
  const first = <usize>getI32(record, 4 * ADDRESSES);
  const second = <usize>getI32(record, 4 * ADDRESSES + 1);
  return f64x2.replace_lane(f64x2.splat(getF64(first, i)), 1, getF64(second, i));
}

// @ts-ignore: decorator
@inline
function step(sum: v128, x2: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(sum, x2), f64x2.splat(c));
}

/** sin x / x and cos x as polynomials of x², Taylor to x^25 and x^24: the rest is below 1e-16 for |x| < 2.5. */
// @ts-ignore: decorator
@inline
function sinc(x2: v128): v128 {
  let sum = f64x2.splat(1.0 / 15511210043330985984000000.0);
  sum = step(sum, x2, -1.0 / 25852016738884976640000.0);
  sum = step(sum, x2, 1.0 / 51090942171709440000.0);
  sum = step(sum, x2, -1.0 / 121645100408832000.0);
  sum = step(sum, x2, 1.0 / 355687428096000.0);
  sum = step(sum, x2, -1.0 / 1307674368000.0);
  sum = step(sum, x2, 1.0 / 6227020800.0);
  sum = step(sum, x2, -1.0 / 39916800.0);
  sum = step(sum, x2, 1.0 / 362880.0);
  sum = step(sum, x2, -1.0 / 5040.0);
  sum = step(sum, x2, 1.0 / 120.0);
  sum = step(sum, x2, -1.0 / 6.0);
  return step(sum, x2, 1);
}

// @ts-ignore: decorator
@inline
function cosine(x2: v128): v128 {
  let sum = f64x2.splat(1.0 / 620448401733239439360000.0);
  sum = step(sum, x2, -1.0 / 1124000727777607680000.0);
  sum = step(sum, x2, 1.0 / 2432902008176640000.0);
  sum = step(sum, x2, -1.0 / 6402373705728000.0);
  sum = step(sum, x2, 1.0 / 20922789888000.0);
  sum = step(sum, x2, -1.0 / 87178291200.0);
  sum = step(sum, x2, 1.0 / 479001600.0);
  sum = step(sum, x2, -1.0 / 3628800.0);
  sum = step(sum, x2, 1.0 / 40320.0);
  sum = step(sum, x2, -1.0 / 720.0);
  sum = step(sum, x2, 1.0 / 24.0);
  sum = step(sum, x2, -0.5);
  return step(sum, x2, 1);
}

/** From d and the pairs' numbers to all else that does not depend on the energy. */
export function geometry(record: usize, count: i32): void {
  const quarter = f64x2.splat(0.5 * Math.PI);
  for (; count > 0; count--, record += RECORD) {
    const dx = getV128(record, NX);
    const dy = getV128(record, NY);
    const dz = getV128(record, NZ);
    const r = f64x2.sqrt(f64x2.add(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), f64x2.mul(dz, dz)));
    const perR = f64x2.div(f64x2.splat(1), r);
    const nx = f64x2.mul(dx, perR);
    const ny = f64x2.mul(dy, perR);
    const nz = f64x2.mul(dz, perR);
    const beyond = f64x2.sub(r, both(record, 1));
    const angle = both(record, 2);
    // Of t - pi/2, which lies around 0: sin t = cos(t - pi/2), cos t = -sin(t - pi/2).
    const x = f64x2.sub(f64x2.mul(angle, beyond), quarter);
    const x2 = f64x2.mul(x, x);
    const sint = cosine(x2);
    setV128(record, SIN, sint);
    setV128(record, ALPHA_RE, f64x2.neg(f64x2.mul(x, sinc(x2))));
    setV128(record, ALPHA_IM, f64x2.mul(sint, nz));
    const br = f64x2.neg(f64x2.mul(sint, ny));
    const bi = f64x2.neg(f64x2.mul(sint, nx));
    setV128(record, BETA_RE, br);
    setV128(record, BETA_IM, bi);
    setV128(record, T, f64x2.add(f64x2.mul(br, br), f64x2.mul(bi, bi)));
    setV128(record, D_ANGLE, angle);
    setV128(record, NX, nx);
    setV128(record, NY, ny);
    setV128(record, NZ, nz);
    setV128(record, PER_R, perR);
    const rate = both(record, 3);
    const f1 = both(record, 5);
    const y = f64x2.sub(f64x2.mul(rate, f64x2.pmax(f64x2.splat(0), beyond)), quarter);
    const y2 = f64x2.mul(y, y);
    setV128(record, WEIGHT, f64x2.sub(both(record, 4), f64x2.mul(f1, f64x2.mul(y, sinc(y2)))));
    setV128(record, D_WEIGHT, f64x2.neg(f64x2.mul(f64x2.mul(f1, rate), cosine(y2))));
  }
}

/** Inner switching of the weights that `geometry` left. */
export function switchInside(record: usize, count: i32): void {
  const one = f64x2.splat(1);
  const half = f64x2.splat(0.5);
  const quarter = f64x2.splat(0.5 * Math.PI);
  for (; count > 0; count--, record += RECORD) {
    const perWidth = f64x2.div(one, both(record, 7));
    const s = f64x2.mul(f64x2.sub(f64x2.div(one, getV128(record, PER_R)), both(record, 6)), perWidth);
    const y = f64x2.mul(quarter, f64x2.pmax(f64x2.splat(-1), f64x2.pmin(one, s)));
    const y2 = f64x2.mul(y, y);
    // Exactly 0 and 1 outside, where the slope is 0: also for neighbours that are none, with D = 0.
    const above = f64x2.gt(s, f64x2.splat(-1));
    const sine = v128.bitselect(f64x2.mul(y, sinc(y2)), one, f64x2.lt(s, one));
    const inner = v128.and(above, f64x2.mul(half, f64x2.add(one, sine)));
    const slope = f64x2.mul(f64x2.mul(half, f64x2.mul(quarter, perWidth)), cosine(y2));
    const dInner = v128.and(v128.and(above, f64x2.lt(s, one)), slope);
    const weight = getV128(record, WEIGHT);
    const d = f64x2.add(f64x2.mul(getV128(record, D_WEIGHT), inner), f64x2.mul(weight, dInner));
    setV128(record, D_WEIGHT, d);
    setV128(record, WEIGHT, f64x2.mul(weight, inner));
  }
}

/** Chain rule from the derivatives of w f F(alpha, beta, T) to those by d, written to the pairs' gradients. */
export function chain(record: usize, count: i32): void {
  for (; count > 0; count--, record += RECORD) {
    const weight = getV128(record, WEIGHT);
    const sint = getV128(record, SIN);
    const nx = getV128(record, NX);
    const ny = getV128(record, NY);
    const nz = getV128(record, NZ);
    const byT = f64x2.add(getV128(record, BY_T), getV128(record, BY_T));
    // F is the real part of a polynomial, so dF = Re(F' dz) = F'_re dz_re - F'_im dz_im.
    const ar = getV128(record, BY_ALPHA_RE);
    const ai = f64x2.neg(getV128(record, BY_ALPHA_IM));
    const br = f64x2.add(getV128(record, BY_BETA_RE), f64x2.mul(byT, getV128(record, BETA_RE)));
    const bi = f64x2.sub(f64x2.mul(byT, getV128(record, BETA_IM)), getV128(record, BY_BETA_IM));
    // By t: alpha_re' = -sin t, and the others' factor sin t becomes cos t.
    const turn = f64x2.sub(f64x2.mul(ai, nz), f64x2.add(f64x2.mul(br, ny), f64x2.mul(bi, nx)));
    const byAngle = f64x2.sub(f64x2.mul(getV128(record, ALPHA_RE), turn), f64x2.mul(ar, sint));
    // By n.
    const vx = f64x2.neg(f64x2.mul(bi, sint));
    const vy = f64x2.neg(f64x2.mul(br, sint));
    const vz = f64x2.mul(ai, sint);
    const along = f64x2.add(f64x2.add(f64x2.mul(vx, nx), f64x2.mul(vy, ny)), f64x2.mul(vz, nz));
    const perR = f64x2.mul(weight, getV128(record, PER_R));
    const radial = f64x2.sub(
      f64x2.add(
        f64x2.mul(getV128(record, D_WEIGHT), getV128(record, F)),
        f64x2.mul(f64x2.mul(weight, byAngle), getV128(record, D_ANGLE)),
      ),
      f64x2.mul(perR, along),
    );
    const gx = f64x2.add(f64x2.mul(radial, nx), f64x2.mul(perR, vx));
    const gy = f64x2.add(f64x2.mul(radial, ny), f64x2.mul(perR, vy));
    const gz = f64x2.add(f64x2.mul(radial, nz), f64x2.mul(perR, vz));
    const first = <usize>getI32(record, 4 * ADDRESSES + 2);
    const second = <usize>getI32(record, 4 * ADDRESSES + 3);
    setF64(first, 0, f64x2.extract_lane(gx, 0));
    setF64(first, 1, f64x2.extract_lane(gy, 0));
    setF64(first, 2, f64x2.extract_lane(gz, 0));
    setF64(second, 0, f64x2.extract_lane(gx, 1));
    setF64(second, 1, f64x2.extract_lane(gy, 1));
    setF64(second, 2, f64x2.extract_lane(gz, 1));
  }
}
