/**
 * SNAP and MILADY's b-SO(4): E_i = beta_0 + beta.B + 1/2 B.A.B, B the bispectrum of the density of neighbours
 *
 *     c = self + sum_n w_n f(r_n) U(d_n),
 *     a = cos t - i sin t z/r,  b = sin t (y - i x)/r,  t = angle (r - inner),
 *     f = (f0 + f1 cos(rate max(0, r - inner))) x inner switching.
 *
 * Forces by reverse mode: dE/dB -> Y = dE/dU* -> recurrence -> (a, b, f) -> d. A SIMD lane is an atom: two locals are
 * done at a time, each with the bits that it has with any partner. With chemistry there is a density ("channel") for the
 * neighbours of each element.
 *
 * params, f64 (the host's src/data/potentials/snap.ts writes them; sections begin at the index in the header):
 *    0 J = twojmax   1 types T   2 channels C   3 components D   4 jobs   5 items of the adjoint list   6 integers
 *    7 pairs, T x T x 8: [i][j] cutoff, inner, angle, rate, f0, f1, inner switching S and D (0: off)
 *    8 neighbours, T x 2: weight, channel          9 self, T x C: weight of the centre's own term
 *   10 norm, half plane: sqrt(s!(j-s)!/(k!(j-k)!))  11 integers: jobs, then components at 16, adjoint items at 17
 *   12 Clebsch-Gordan blocks   13 scale, D: 1 or 1/(l+1)   14 shift, T x D   15 factors of the adjoint items
 *   16, 17 positions in the integers   18 coefficients, T x (1+D): beta_0, beta   19 A, T x D x D, symmetric
 *   20… positions in scratch in units of 16 bytes, two a complex number:
 *   20 integers   21 tower of V   22 tower of adjoints
 *   24 U, half plane, per channel   25 U, whole plane, per channel   26 dE/dB   27 Z   28 B   29 Y
 *   30 tower of dE/dV*   31 slot (below)
 *   32 elements of a half plane   33 of a whole plane   34 of a tower   35 all of scratch, in units of 16 bytes
 */
import { adjoint, closeDensity, components, couple, toTower, unfold, unpack } from '../bispectrum';
import { Frame } from '../frame';
import { addF64, getF64, getI32, setF64 } from '../memory';
import { accumulate, descend, rise } from '../so4';
import { header, meet, PAIR, pairGradient, put, section, SELF, WEIGHT } from './snap-pair';

// @ts-ignore: decorator
@inline
export function room(params: usize, scratch: usize, i: i32): usize {
  return scratch + ((<usize>header(params, i)) << 4);
}

/** Linear: E_i = beta_0 + beta.B. */
export function snap(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  prepare(params, scratch);
  const fr = changetype<Frame>(frame);
  for (let i = begin; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    bispectrum(i, other, fr, params, scratch);
    addF64(fr.energy, i, linear(getI32(fr.types, i), 0, params, scratch));
    const energy = linear(getI32(fr.types, other), 1, params, scratch);
    if (other != i) addF64(fr.energy, other, energy);
    gradients(i, other, fr, params, scratch);
  }
}

/** Quadratic: E_i = beta_0 + beta.B + 1/2 B.A.B. */
export function snapQuadratic(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  prepare(params, scratch);
  const fr = changetype<Frame>(frame);
  for (let i = begin; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    bispectrum(i, other, fr, params, scratch);
    addF64(fr.energy, i, quadratic(getI32(fr.types, i), 0, params, scratch));
    const energy = quadratic(getI32(fr.types, other), 1, params, scratch);
    if (other != i) addF64(fr.energy, other, energy);
    gradients(i, other, fr, params, scratch);
  }
}

/** B of every local to work, f64[n][D]. */
export function snapDescriptors(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  prepare(params, scratch);
  const fr = changetype<Frame>(frame);
  const size = header(params, 3);
  const b = room(params, scratch, 28);
  for (let i = begin; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    bispectrum(i, other, fr, params, scratch);
    for (let lane = 0; lane < 2; lane++) {
      const local = lane == 0 ? i : other;
      const row = work + (((<usize>local) * (<usize>size)) << 3);
      for (let k = 0; k < size; k++) setF64(row, k, getF64(b, 2 * k + lane));
    }
  }
}

export function prepare(params: usize, scratch: usize): void {
  unpack(section(params, 11), header(params, 6), room(params, scratch, 20));
}

/** Density, Z and components of the locals i (lane 0) and other (lane 1). */
export function bispectrum(i: i32, other: i32, fr: Frame, params: usize, scratch: usize): void {
  const type = getI32(fr.types, i);
  const otherType = getI32(fr.types, other);
  for (let channel = 0; channel < header(params, 2); channel++) {
    sumDensity(i, other, channel, densityOf(channel, params, scratch), fr, params, scratch);
    finishDensity(channel, type, otherType, params, scratch);
  }
  fromDensity(type, otherType, params, scratch);
}

/** Where the half plane of a channel is. */
// @ts-ignore: decorator
@inline
export function densityOf(channel: i32, params: usize, scratch: usize): usize {
  return room(params, scratch, 24) + ((<usize>(channel * header(params, 32))) << 5);
}

/** From the sum over the neighbours of one channel to U. */
export function finishDensity(channel: i32, type: i32, otherType: i32, params: usize, scratch: usize): void {
  const J = header(params, 0);
  const channels = header(params, 2);
  const u = densityOf(channel, params, scratch);
  const slot = room(params, scratch, 31);
  put(slot, SELF, 0, getF64(section(params, 9), type * channels + channel));
  put(slot, SELF, 1, getF64(section(params, 9), otherType * channels + channel));
  closeDensity(J, u, section(params, 10), slot + 16 * SELF);
  unfold(J, u, room(params, scratch, 25) + ((<usize>(channel * header(params, 33))) << 5));
}

/** From the U of all channels to Z and the components. */
export function fromDensity(type: i32, otherType: i32, params: usize, scratch: usize): void {
  const size = header(params, 3);
  const half = room(params, scratch, 24);
  const full = room(params, scratch, 25);
  const ints = room(params, scratch, 20);
  const z = room(params, scratch, 27);
  const b = room(params, scratch, 28);
  couple(ints, header(params, 4), section(params, 12), full, z);
  components(ints + ((<usize>header(params, 16)) << 2), size, half, z, b);
  const scale = section(params, 13);
  const shift = section(params, 14) + ((<usize>(type * size)) << 3);
  const otherShift = section(params, 14) + ((<usize>(otherType * size)) << 3);
  for (let k = 0; k < size; k++) {
    setF64(b, 2 * k, getF64(scale, k) * getF64(b, 2 * k) - getF64(shift, k));
    setF64(b, 2 * k + 1, getF64(scale, k) * getF64(b, 2 * k + 1) - getF64(otherShift, k));
  }
}

/** sum w f V of both locals' neighbours in one channel, to u. */
function sumDensity(i: i32, other: i32, channel: i32, u: usize, fr: Frame, params: usize, scratch: usize): void {
  const J = header(params, 0);
  const tower = room(params, scratch, 21);
  const slot = room(params, scratch, 31);
  const length = 4 * header(params, 32);
  for (let k = 0; k < length; k++) setF64(u, k, 0);
  let p = getI32(fr.first, i);
  let q = getI32(fr.first, other);
  for (;;) {
    p = meet(i, p, channel, 0, fr, params, slot);
    q = meet(other, q, channel, 1, fr, params, slot);
    if (getI32(slot, 4 * PAIR) < 0 && getI32(slot, 4 * PAIR + 1) < 0) return;
    rise(J, slot, tower);
    accumulate(J, slot + 16 * WEIGHT, tower, u);
  }
}

/** E_i of a lane; leaves dE/dB before scaling. */
function linear(type: i32, lane: i32, params: usize, scratch: usize): f64 {
  const size = header(params, 3);
  const beta = section(params, 18) + ((<usize>(type * (1 + size))) << 3);
  const b = room(params, scratch, 28);
  const g = room(params, scratch, 26);
  const scale = section(params, 13);
  let energy = 0.0;
  for (let k = 0; k < size; k++) {
    energy += getF64(beta, 1 + k) * getF64(b, 2 * k + lane);
    setF64(g, 2 * k + lane, getF64(scale, k) * getF64(beta, 1 + k));
  }
  return energy + getF64(beta, 0);
}

function quadratic(type: i32, lane: i32, params: usize, scratch: usize): f64 {
  const size = header(params, 3);
  const beta = section(params, 18) + ((<usize>(type * (1 + size))) << 3);
  const b = room(params, scratch, 28);
  const g = room(params, scratch, 26);
  const scale = section(params, 13);
  let row = section(params, 19) + ((<usize>(type * size * size)) << 3);
  let energy = 0.0;
  for (let k = 0; k < size; k++) {
    let sum = 0.0;
    for (let l = 0; l < size; l++) sum += getF64(row, l) * getF64(b, 2 * l + lane);
    row += (<usize>size) << 3;
    energy += (getF64(beta, 1 + k) + 0.5 * sum) * getF64(b, 2 * k + lane);
    setF64(g, 2 * k + lane, getF64(scale, k) * (getF64(beta, 1 + k) + sum));
  }
  return energy + getF64(beta, 0);
}

/** From dE/dB to the gradient of every pair of both locals. */
function gradients(i: i32, other: i32, fr: Frame, params: usize, scratch: usize): void {
  const J = header(params, 0);
  const channels = header(params, 2);
  const halfLength = header(params, 32);
  const list = room(params, scratch, 20) + ((<usize>header(params, 17)) << 2);
  const y = room(params, scratch, 29);
  const g = room(params, scratch, 26);
  adjoint(list, header(params, 5), section(params, 15), g, room(params, scratch, 27), y, channels * halfLength);
  const tower = room(params, scratch, 30);
  clearGradients(i, fr);
  clearGradients(other, fr);
  for (let channel = 0; channel < channels; channel++) {
    toTower(J, section(params, 10), y + ((<usize>(channel * halfLength)) << 5), tower);
    channelGradients(i, other, channel, tower, fr, params, scratch);
  }
}

function clearGradients(i: i32, fr: Frame): void {
  const last = 4 * getI32(fr.first, i + 1);
  for (let k = 4 * getI32(fr.first, i); k < last; k++) setF64(fr.gradient, k, 0);
}

function channelGradients(
  i: i32, other: i32, channel: i32, tower: usize, fr: Frame, params: usize, scratch: usize,
): void {
  const J = header(params, 0);
  const v = room(params, scratch, 21);
  const bar = room(params, scratch, 22);
  const slot = room(params, scratch, 31);
  let p = getI32(fr.first, i);
  let q = getI32(fr.first, other);
  for (;;) {
    p = meet(i, p, channel, 0, fr, params, slot);
    q = meet(other, q, channel, 1, fr, params, slot);
    const first = getI32(slot, 4 * PAIR);
    const second = getI32(slot, 4 * PAIR + 1);
    if (first < 0 && second < 0) return;
    rise(J, slot, v);
    descend(J, slot, v, tower, bar);
    if (first >= 0) pairGradient(slot, 0, first, fr.gradient);
    if (second >= 0) pairGradient(slot, 1, second, fr.gradient);
  }
}
