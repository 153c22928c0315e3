/**
 * SNAP and MILADY's b-SO(4), fast: the energies and pair gradients of assembly/potentials/snap.ts by another way, for two
 * atoms at a time and without a matrix per neighbour.
 *
 *     neighbours -> records (alpha, beta, t, w)                          assembly/so4/neighbors.ts
 *     -> moments M of monomials                                          generated
 *     -> density U                                                       assembly/so4/transform.ts
 *     linear: g = dE/dU of the cubic form E(U), three quarters of the time   generated, src/data/so4/cubic.ts
 *     quadratic: Z, products of two U -> B -> dE/dB -> Y                 assembly/so4/products.ts, bispectrum.ts
 *     -> Y = dE/dU* -> coefficients c = dE/dM                            assembly/so4/transform.ts
 *     -> F = sum c monomials of each neighbour and its derivatives       generated
 *     -> gradients by d                                                  assembly/so4/neighbors.ts
 *
 * The linear energy is beta_0 - beta.shift and a cubic form of U, so the latter is a third of Re sum U* Y.
 *
 * With chemistry there is a density for the neighbours of each element, a "channel": moments, U, Y and gradients are made
 * for one after the other, and E is a cubic form of all U together.
 *
 * params (src/data/so4/tables.ts): numbers in f64, sections and positions in scratch as byte offsets in
 *    0 J   1 types T   2 pairs, C x T x T x 8   3 the pair of a neighbour that is none   4, 5, 6 items of the transform:
 *    integers, numbers, count   13 channels C   14 1 with inner switching   15 weights of the own term, T x C
 *   linear: 7, 8 groups of blocks, their count   9 blocks   10, 11 coefficients, bytes of one type's   12 constants, T
 *   in f32 (so4-single.ts): 40, 41 coefficients, bytes of one type's   scratch: 42 bytes of one pair's   43 U   44 g
 *   scratch: 16 records   17 powers, fence   18 moments, then coefficients   19 U, half plane   20 U, whole plane   21 Y
 *   22 g, whole plane   23 cursor, i32: neighbours found in either lane, list positions; at 16 bytes the weights of the
 *   own term, at 32 the gradient of nobody; an atom of each type that waits for another at 64
 *   24 vectors of moments   25 elements of a half plane   27 elements from one channel's whole plane to the next
 *   descriptors and quadratic: 7, 8 groups of products, their count   9 products   10 coefficients   11 outputs
 *   28 components D   29 their list   33 scale, D   34 shift, T x D   scratch: 37 Z   38 B
 *   quadratic: 30, 31 list of adjoint items, count   32 factors   35 coefficients, T x (1+D)   36 A, T x D x D
 *   scratch: 39 dE/dB
 */
import { adjoint, components } from '../bispectrum';
import { Frame } from '../frame';
import { cubic, gradient, moments } from '../generated/so4';
import { addF64, getF64, getI32, getV128, setF64, setI32, setV128 } from '../memory';
import { chain, clearGradients, gather, geometry, pad, switchInside } from '../so4/neighbors';
import { multiply } from '../so4/products';
import { clear, contract, fold, toDensity, toPolynomial } from '../so4/transform';

// @ts-ignore: decorator
@inline
export function header(params: usize, i: i32): i32 {
  return <i32>getF64(params, i);
}

/** A section of params or, from the scratch's base, an array there. */
// @ts-ignore: decorator
@inline
export function at(base: usize, params: usize, i: i32): usize {
  return base + <usize>header(params, i);
}

/** Linear: E_i = beta_0 + beta.B. Both atoms are of one type, because the cubic form is. */
export function so4Linear(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  const types = header(params, 1);
  const waiting = at(scratch, params, 23) + 64;
  for (let type = 0; type < types; type++) setI32(waiting, type, -1);
  for (let i = begin; i < end; i++) {
    const type = getI32(fr.types, i);
    const other = getI32(waiting, type);
    setI32(waiting, type, other < 0 ? i : -1);
    if (other >= 0) linearPair(other, i, type, fr, params, scratch);
  }
  for (let type = 0; type < types; type++) {
    const i = getI32(waiting, type);
    if (i >= 0) linearPair(i, i, type, fr, params, scratch);
  }
}

function linearPair(i: i32, other: i32, type: i32, fr: Frame, params: usize, scratch: usize): void {
  const rounds = density(i, other, fr, params, scratch);
  const energy = linear(type, params, scratch);
  addF64(fr.energy, i, f64x2.extract_lane(energy, 0));
  if (other != i) addF64(fr.energy, other, f64x2.extract_lane(energy, 1));
  gradients(i, other, rounds, fr, params, scratch);
}

/** Quadratic: E_i = beta_0 + beta.B + 1/2 B.A.B. */
export function so4Quadratic(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  for (let i = begin; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    const rounds = density(i, other, fr, params, scratch);
    const energy = quadratic(getI32(fr.types, i), getI32(fr.types, other), params, scratch);
    addF64(fr.energy, i, f64x2.extract_lane(energy, 0));
    if (other != i) addF64(fr.energy, other, f64x2.extract_lane(energy, 1));
    gradients(i, other, rounds, fr, params, scratch);
  }
}

/** B of every local to work, f64[n][D]. */
export function so4Descriptors(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  const D = header(params, 28);
  const b = at(scratch, params, 38);
  for (let i = begin; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    density(i, other, fr, params, scratch);
    bispectrum(getI32(fr.types, i), getI32(fr.types, other), params, scratch);
    const first = work + (((<usize>i) * (<usize>D)) << 3);
    const second = work + (((<usize>other) * (<usize>D)) << 3);
    for (let k = 0; k < D; k++) {
      const both = getV128(b, k);
      setF64(first, k, f64x2.extract_lane(both, 0));
      // Where there is no other, its lane holds the same atom.
      setF64(second, k, f64x2.extract_lane(both, 1));
    }
  }
}

/** Puts the cursor before the neighbours of both atoms. */
function rewind(i: i32, other: i32, fr: Frame, cursor: usize): void {
  setI32(cursor, 2, getI32(fr.first, i));
  setI32(cursor, 3, getI32(fr.first, other));
}

/** Makes records of the next neighbours of both atoms in this channel, an even number, which it returns. */
function next(i: i32, other: i32, channel: i32, fr: Frame, params: usize, scratch: usize): i32 {
  const record = at(scratch, params, 16);
  const cursor = at(scratch, params, 23);
  const types = header(params, 1);
  const row = types << 6;
  const pairs = at(params, params, 2) + <usize>(channel * types * row);
  const first = pairs + <usize>(row * getI32(fr.types, i));
  const second = pairs + <usize>(row * getI32(fr.types, other));
  setI32(cursor, 2, gather(i, getI32(cursor, 2), 0, fr, first, record, cursor));
  setI32(cursor, 3, gather(other, getI32(cursor, 3), 1, fr, second, record, cursor));
  const count = (max(getI32(cursor, 0), getI32(cursor, 1)) + 1) & ~1;
  for (let lane = 0; lane < 2; lane++) {
    pad(getI32(cursor, lane), count, lane, at(params, params, 3), record, cursor + 32);
  }
  geometry(record, count);
  if (header(params, 14) != 0) switchInside(record, count);
  return count;
}

function finished(i: i32, other: i32, fr: Frame, cursor: usize): bool {
  return getI32(cursor, 2) == getI32(fr.first, i + 1) && getI32(cursor, 3) == getI32(fr.first, other + 1);
}

/** Bytes from one channel to the next in the half planes and in the whole ones. */
// @ts-ignore: decorator
@inline
function halfStride(params: usize): usize {
  return (<usize>header(params, 25)) << 5;
}

// @ts-ignore: decorator
@inline
function fullStride(params: usize): usize {
  return (<usize>header(params, 27)) << 5;
}

/**
 * U of both atoms, channel by channel. Returns the number of records where all neighbours have one, which they then keep
 * for the gradients, or -1 where there were several rounds or channels.
 */
export function density(i: i32, other: i32, fr: Frame, params: usize, scratch: usize): i32 {
  const m = at(scratch, params, 18);
  const cursor = at(scratch, params, 23);
  const channels = header(params, 13);
  const own = at(params, params, 15);
  let half = at(scratch, params, 19);
  let full = at(scratch, params, 20);
  let rounds = 0;
  let count = 0;
  for (let channel = 0; channel < channels; channel++) {
    clear(m, header(params, 24));
    rewind(i, other, fr, cursor);
    do {
      count = next(i, other, channel, fr, params, scratch);
      moments(header(params, 0), at(scratch, params, 16), count >> 1, m, at(scratch, params, 17));
      rounds++;
    } while (!finished(i, other, fr, cursor));
    setF64(cursor, 2, getF64(own, getI32(fr.types, i) * channels + channel));
    setF64(cursor, 3, getF64(own, getI32(fr.types, other) * channels + channel));
    toDensity(at(params, params, 4), at(params, params, 5), header(params, 6), m, cursor + 16, half, full);
    half += halfStride(params);
    full += fullStride(params);
  }
  return rounds == 1 ? count : -1;
}

/** E_i of both lanes; leaves Y. */
function linear(type: i32, params: usize, scratch: usize): v128 {
  const g = at(scratch, params, 22);
  clear(g, 2 * header(params, 13) * header(params, 27));
  const k = at(params, params, 10) + <usize>(type * header(params, 11));
  cubic(at(params, params, 7), header(params, 8), at(params, params, 9), k, at(scratch, params, 20), g);
  return energyOfForm(type, params, scratch);
}

/** From g = dE/dU of the cubic form to Y, which it leaves, and E_i of both lanes. */
export function energyOfForm(type: i32, params: usize, scratch: usize): v128 {
  let g = at(scratch, params, 22);
  let y = at(scratch, params, 21);
  let half = at(scratch, params, 19);
  let thrice = f64x2.splat(0);
  for (let channel = 0; channel < header(params, 13); channel++) {
    fold(at(params, params, 4), at(params, params, 5), header(params, 6), g, y);
    thrice = f64x2.add(thrice, contract(header(params, 0), half, y));
    g += fullStride(params);
    y += halfStride(params);
    half += halfStride(params);
  }
  return f64x2.add(f64x2.div(thrice, f64x2.splat(3)), f64x2.splat(getF64(at(params, params, 12), type)));
}

// @ts-ignore: decorator
@inline
function lanes(first: f64, second: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(first), 1, second);
}

/** U -> Z -> B of both lanes, scaled and shifted. */
function bispectrum(type: i32, otherType: i32, params: usize, scratch: usize): void {
  const z = at(scratch, params, 37);
  const b = at(scratch, params, 38);
  const D = header(params, 28);
  multiply(
    at(params, params, 7), header(params, 8), at(params, params, 9), at(params, params, 10), at(params, params, 11),
    at(scratch, params, 20), z,
  );
  components(at(params, params, 29), D, at(scratch, params, 19), z, b);
  const scale = at(params, params, 33);
  const shift = at(params, params, 34) + ((<usize>(type * D)) << 3);
  const otherShift = at(params, params, 34) + ((<usize>(otherType * D)) << 3);
  for (let k = 0; k < D; k++) {
    const own = lanes(getF64(shift, k), getF64(otherShift, k));
    setV128(b, k, f64x2.sub(f64x2.mul(f64x2.splat(getF64(scale, k)), getV128(b, k)), own));
  }
}

/** E_i of both lanes; leaves Y. */
function quadratic(type: i32, otherType: i32, params: usize, scratch: usize): v128 {
  bispectrum(type, otherType, params, scratch);
  const z = at(scratch, params, 37);
  const g = at(scratch, params, 39);
  const energy = contractQuadratic(type, otherType, params, header(params, 28), at(scratch, params, 38), g);
  const y = at(scratch, params, 21);
  const length = header(params, 13) * header(params, 25);
  adjoint(at(params, params, 30), header(params, 31), at(params, params, 32), g, z, y, length);
  clear(y + ((<usize>length) << 5), 2);
  return energy;
}

/** beta_0 + beta.B + 1/2 B.A.B, and its derivatives by the components before scaling. */
function contractQuadratic(type: i32, otherType: i32, params: usize, D: i32, b: usize, g: usize): v128 {
  const beta = at(params, params, 35) + ((<usize>(type * (1 + D))) << 3);
  const otherBeta = at(params, params, 35) + ((<usize>(otherType * (1 + D))) << 3);
  let row = at(params, params, 36) + ((<usize>(type * D * D)) << 3);
  let otherRow = at(params, params, 36) + ((<usize>(otherType * D * D)) << 3);
  const scale = at(params, params, 33);
  let energy = f64x2.splat(0);
  for (let k = 0; k < D; k++) {
    let sum = f64x2.splat(0);
    for (let l = 0; l < D; l++) {
      sum = f64x2.add(sum, f64x2.mul(lanes(getF64(row, l), getF64(otherRow, l)), getV128(b, l)));
    }
    row += (<usize>D) << 3;
    otherRow += (<usize>D) << 3;
    const slope = lanes(getF64(beta, 1 + k), getF64(otherBeta, 1 + k));
    const half = f64x2.mul(f64x2.splat(0.5), sum);
    energy = f64x2.add(energy, f64x2.mul(f64x2.add(slope, half), getV128(b, k)));
    setV128(g, k, f64x2.mul(f64x2.splat(getF64(scale, k)), f64x2.add(slope, sum)));
  }
  return f64x2.add(energy, lanes(getF64(beta, 0), getF64(otherBeta, 0)));
}

/** From Y to the gradient of every pair of both atoms. */
export function gradients(i: i32, other: i32, known: i32, fr: Frame, params: usize, scratch: usize): void {
  const c = at(scratch, params, 18);
  const cursor = at(scratch, params, 23);
  clearGradients(i, fr);
  clearGradients(other, fr);
  let y = at(scratch, params, 21);
  for (let channel = 0; channel < header(params, 13); channel++, y += halfStride(params)) {
    clear(c, header(params, 24));
    toPolynomial(at(params, params, 4), at(params, params, 5), header(params, 6), y, c);
    if (known >= 0) return pairGradients(known, c, params, scratch);
    rewind(i, other, fr, cursor);
    do {
      pairGradients(next(i, other, channel, fr, params, scratch), c, params, scratch);
    } while (!finished(i, other, fr, cursor));
  }
}

function pairGradients(count: i32, c: usize, params: usize, scratch: usize): void {
  const record = at(scratch, params, 16);
  const powers = at(scratch, params, 17);
  gradient(header(params, 0), record, count, c, powers);
  chain(record, count);
}
