/**
 * SNAP and MILADY's b-SO(4): E_i = beta_0 + beta.B + 1/2 B.A.B, B the bispectrum of the density of neighbours
 *
 *     c = self + sum_n w_n f(r_n) U(d_n),
 *     a = cos t - i sin t z/r,  b = sin t (y - i x)/r,  t = angle (r - inner),
 *     f = (f0 + f1 cos(rate max(0, r - inner))) x inner switching.
 *
 * Forces by reverse mode: dE/dB -> Y = dE/dU* -> recurrence -> (a, b, f) -> d. Neighbours go through in pairs, one in
 * each SIMD lane; with chemistry there is a density ("channel") for each element and the pairs are of one channel.
 *
 * params, f64 (the host's src/data/potentials/snap.ts writes them; sections begin at the index in the header):
 *    0 J = twojmax   1 types T   2 channels C   3 components D   4 jobs   5 items of the adjoint list   6 integers
 *    7 pairs, T x T x 8: [i][j] cutoff, inner, angle, rate, f0, f1, inner switching S and D (0: off)
 *    8 neighbours, T x 2: weight, channel          9 self, T x C: weight of the centre's own term
 *   10 norm, half plane: sqrt(s!(j-s)!/(k!(j-k)!))  11 integers: jobs, then components at 16, adjoint items at 17
 *   12 Clebsch-Gordan blocks   13 scale, D: 1 or 1/(l+1)   14 shift, T x D   15 factors of the adjoint items
 *   16, 17 positions in the integers   18 coefficients, T x (1+D): beta_0, beta   19 A, T x D x D, symmetric
 *   20… scratch, positions in units of 16 bytes: 20 integers   21 tower of V   22 tower of adjoints   23 density
 *   24 U, half plane, per channel   25 U, whole plane, per channel   26 i U   27 Z   28 B and dE/dB   29 Y
 *   30 tower of dE/dV*   31 pair (below)
 *   32 elements of a half plane   33 of a whole plane   34 of a tower
 */
import { adjoint, closeDensity, components, couple, toTower, unfold, unpack } from '../bispectrum';
import { Frame } from '../frame';
import { cos, sin } from '../math';
import { addF64, getF64, getI32, setF64, setI32 } from '../memory';
import { A_IM, A_IM_BAR, A_RE, A_RE_BAR, B_IM, B_IM_BAR, B_RE, B_RE_BAR, FACTOR_BAR } from '../so4';
import { accumulate, descend, rise } from '../so4';

/** Vectors of the pair slot behind those of so4.ts: w f, its derivative by r, t', sin t, cos t, d/r, 1/r; then indices. */
const WEIGHT = 9;
const D_WEIGHT = 10;
const D_ANGLE = 11;
const SIN = 12;
const COS = 13;
const NX = 14;
const NY = 15;
const NZ = 16;
const PER_R = 17;
const PAIR = 18;

// @ts-ignore: decorator
@inline
function header(params: usize, i: i32): i32 {
  return <i32>getF64(params, i);
}

// @ts-ignore: decorator
@inline
function section(params: usize, i: i32): usize {
  return params + ((<usize>header(params, i)) << 3);
}

// @ts-ignore: decorator
@inline
function room(params: usize, scratch: usize, i: i32): usize {
  return scratch + ((<usize>header(params, i)) << 4);
}

/** Linear: E_i = beta_0 + beta.B. */
export function snap(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  prepare(params, scratch);
  const fr = changetype<Frame>(frame);
  for (let i = begin; i < end; i++) {
    bispectrum(i, fr, params, scratch);
    addF64(fr.energy, i, linear(getI32(fr.types, i), params, scratch));
    gradients(i, fr, params, scratch);
  }
}

/** Quadratic: E_i = beta_0 + beta.B + 1/2 B.A.B. */
export function snapQuadratic(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  prepare(params, scratch);
  const fr = changetype<Frame>(frame);
  for (let i = begin; i < end; i++) {
    bispectrum(i, fr, params, scratch);
    addF64(fr.energy, i, quadratic(getI32(fr.types, i), params, scratch));
    gradients(i, fr, params, scratch);
  }
}

/** B of every local to work, f64[n][D]. */
export function snapDescriptors(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  prepare(params, scratch);
  const size = header(params, 3);
  const b = room(params, scratch, 28);
  for (let i = begin; i < end; i++) {
    bispectrum(i, changetype<Frame>(frame), params, scratch);
    const row = work + (((<usize>i) * (<usize>size)) << 3);
    for (let k = 0; k < size; k++) setF64(row, k, getF64(b, k));
  }
}

function prepare(params: usize, scratch: usize): void {
  unpack(section(params, 11), header(params, 6), room(params, scratch, 20));
}

/** Density, Z and components of local i. */
function bispectrum(i: i32, fr: Frame, params: usize, scratch: usize): void {
  const J = header(params, 0);
  const channels = header(params, 2);
  const size = header(params, 3);
  const type = getI32(fr.types, i);
  const halfLength = header(params, 32);
  const whole = header(params, 33);
  const half = room(params, scratch, 24);
  const full = room(params, scratch, 25);
  const turned = room(params, scratch, 26);
  for (let channel = 0; channel < channels; channel++) {
    const u = half + ((<usize>(channel * halfLength)) << 4);
    sumDensity(i, channel, fr, params, scratch);
    const self = getF64(section(params, 9), type * channels + channel);
    closeDensity(J, room(params, scratch, 23), section(params, 10), self, u);
    const offset = (<usize>(channel * whole)) << 4;
    unfold(J, u, full + offset, turned + offset);
  }
  const ints = room(params, scratch, 20);
  const z = room(params, scratch, 27);
  couple(ints, header(params, 4), section(params, 12), full, turned, z);
  const list = ints + ((<usize>header(params, 16)) << 2);
  const shift = section(params, 14) + ((<usize>(type * size)) << 3);
  components(list, size, section(params, 13), shift, half, z, room(params, scratch, 28));
}

/** sum w f V of the neighbours in one channel, two at a time. */
function sumDensity(i: i32, channel: i32, fr: Frame, params: usize, scratch: usize): void {
  const J = header(params, 0);
  const density = room(params, scratch, 23);
  const tower = room(params, scratch, 21);
  const slot = room(params, scratch, 31);
  const length = 4 * header(params, 32);
  for (let k = 0; k < length; k++) setF64(density, k, 0);
  const last = getI32(fr.first, i + 1);
  let lane = 0;
  for (let p = getI32(fr.first, i); p < last; p++) {
    if (!meet(i, p, channel, lane, fr, params, slot)) continue;
    lane ^= 1;
    if (lane != 0) continue;
    rise(J, slot, tower);
    accumulate(J, slot + 16 * WEIGHT, tower, density);
  }
  if (lane == 0) return;
  leaveEmpty(slot);
  rise(J, slot, tower);
  accumulate(J, slot + 16 * WEIGHT, tower, density);
}

/** Turns lane 1 of the slot into a neighbour that does not count. */
function leaveEmpty(slot: usize): void {
  for (let v = 0; v <= PER_R; v++) setF64(slot, 2 * v + 1, 0);
  setI32(slot, 4 * PAIR + 1, -1);
}

/** Puts neighbour p of local i into a lane of the slot. False where it is beyond the cutoff or of another channel. */
function meet(i: i32, p: i32, channel: i32, lane: i32, fr: Frame, params: usize, slot: usize): bool {
  const j = getI32(fr.neighbors, p);
  const type = getI32(fr.types, j);
  const neighbor = section(params, 8) + ((<usize>type) << 4);
  if (<i32>getF64(neighbor, 1) != channel) return false;
  const dx = getF64(fr.x, 4 * j) - getF64(fr.x, 4 * i);
  const dy = getF64(fr.x, 4 * j + 1) - getF64(fr.x, 4 * i + 1);
  const dz = getF64(fr.x, 4 * j + 2) - getF64(fr.x, 4 * i + 2);
  const pair = section(params, 7) + ((<usize>(getI32(fr.types, i) * header(params, 1) + type)) << 6);
  const r2 = dx * dx + dy * dy + dz * dz;
  const cutoff = getF64(pair, 0);
  if (r2 >= cutoff * cutoff) return false;
  const r = Math.sqrt(r2);
  const t = getF64(pair, 2) * (r - getF64(pair, 1));
  const sint = sin(t);
  const cost = cos(t);
  const nx = dx / r;
  const ny = dy / r;
  const nz = dz / r;
  put(slot, A_RE, lane, cost);
  put(slot, A_IM, lane, -sint * nz);
  put(slot, B_RE, lane, sint * ny);
  put(slot, B_IM, lane, -sint * nx);
  put(slot, D_ANGLE, lane, getF64(pair, 2));
  put(slot, SIN, lane, sint);
  put(slot, COS, lane, cost);
  put(slot, NX, lane, nx);
  put(slot, NY, lane, ny);
  put(slot, NZ, lane, nz);
  put(slot, PER_R, lane, 1 / r);
  switchOff(r, pair, getF64(neighbor, 0), lane, slot);
  setI32(slot, 4 * PAIR + lane, p);
  return true;
}

/** w f and its derivative. */
function switchOff(r: f64, pair: usize, weight: f64, lane: i32, slot: usize): void {
  const f1 = getF64(pair, 5) * weight;
  const rate = getF64(pair, 3);
  const x = rate * max(0.0, r - getF64(pair, 1));
  let f = getF64(pair, 4) * weight + f1 * cos(x);
  let df = -f1 * rate * sin(x);
  const width = getF64(pair, 7);
  if (width > 0) {
    const s = (r - getF64(pair, 6)) / width;
    if (s <= -1) {
      f = 0;
      df = 0;
    } else if (s < 1) {
      const y = 0.5 * Math.PI * (1 + s);
      const inner = 0.5 - 0.5 * cos(y);
      df = df * inner + f * (0.25 * Math.PI * sin(y)) / width;
      f *= inner;
    }
  }
  put(slot, WEIGHT, lane, f);
  put(slot, D_WEIGHT, lane, df);
}

// @ts-ignore: decorator
@inline
function put(slot: usize, vector: i32, lane: i32, value: f64): void {
  setF64(slot, 2 * vector + lane, value);
}

/** E_i; leaves dE/dB, before scaling, behind B. */
function linear(type: i32, params: usize, scratch: usize): f64 {
  const size = header(params, 3);
  const beta = section(params, 18) + ((<usize>(type * (1 + size))) << 3);
  const b = room(params, scratch, 28);
  const scale = section(params, 13);
  let energy = 0.0;
  for (let k = 0; k < size; k++) {
    energy += getF64(beta, 1 + k) * getF64(b, k);
    setF64(b, size + k, getF64(scale, k) * getF64(beta, 1 + k));
  }
  return energy + getF64(beta, 0);
}

function quadratic(type: i32, params: usize, scratch: usize): f64 {
  const size = header(params, 3);
  const beta = section(params, 18) + ((<usize>(type * (1 + size))) << 3);
  const b = room(params, scratch, 28);
  const scale = section(params, 13);
  let row = section(params, 19) + ((<usize>(type * size * size)) << 3);
  let energy = 0.0;
  for (let k = 0; k < size; k++) {
    let sum = 0.0;
    for (let l = 0; l < size; l++) sum += getF64(row, l) * getF64(b, l);
    row += (<usize>size) << 3;
    energy += (getF64(beta, 1 + k) + 0.5 * sum) * getF64(b, k);
    setF64(b, size + k, getF64(scale, k) * (getF64(beta, 1 + k) + sum));
  }
  return energy + getF64(beta, 0);
}

/** From dE/dB to the gradient of every pair of local i. */
function gradients(i: i32, fr: Frame, params: usize, scratch: usize): void {
  const J = header(params, 0);
  const channels = header(params, 2);
  const halfLength = header(params, 32);
  const list = room(params, scratch, 20) + ((<usize>header(params, 17)) << 2);
  const y = room(params, scratch, 29);
  const g = room(params, scratch, 28) + ((<usize>header(params, 3)) << 3);
  const z = room(params, scratch, 27);
  adjoint(list, header(params, 5), section(params, 15), g, z, y, channels * halfLength);
  const tower = room(params, scratch, 30);
  const last = 4 * getI32(fr.first, i + 1);
  for (let k = 4 * getI32(fr.first, i); k < last; k++) setF64(fr.gradient, k, 0);
  for (let channel = 0; channel < channels; channel++) {
    toTower(J, section(params, 10), y + ((<usize>(channel * halfLength)) << 4), tower);
    pairGradients(i, channel, tower, fr, params, scratch);
  }
}

function pairGradients(i: i32, channel: i32, tower: usize, fr: Frame, params: usize, scratch: usize): void {
  const J = header(params, 0);
  const v = room(params, scratch, 21);
  const bar = room(params, scratch, 22);
  const slot = room(params, scratch, 31);
  const last = getI32(fr.first, i + 1);
  let lane = 0;
  for (let p = getI32(fr.first, i); p < last; p++) {
    if (!meet(i, p, channel, lane, fr, params, slot)) continue;
    lane ^= 1;
    if (lane != 0) continue;
    rise(J, slot, v);
    descend(J, slot, v, tower, bar);
    pairGradient(slot, 0, fr.gradient);
    pairGradient(slot, 1, fr.gradient);
  }
  if (lane == 0) return;
  leaveEmpty(slot);
  rise(J, slot, v);
  descend(J, slot, v, tower, bar);
  pairGradient(slot, 0, fr.gradient);
}

// @ts-ignore: decorator
@inline
function get(slot: usize, vector: i32, lane: i32): f64 {
  return getF64(slot, 2 * vector + lane);
}

/** Chain rule from (a, b, w f) to d for one lane. */
function pairGradient(slot: usize, lane: i32, gradient: usize): void {
  const sint = get(slot, SIN, lane);
  const cost = get(slot, COS, lane);
  const nx = get(slot, NX, lane);
  const ny = get(slot, NY, lane);
  const nz = get(slot, NZ, lane);
  const ar = get(slot, A_RE_BAR, lane);
  const ai = get(slot, A_IM_BAR, lane);
  const br = get(slot, B_RE_BAR, lane);
  const bi = get(slot, B_IM_BAR, lane);
  const weight = get(slot, WEIGHT, lane);
  const byAngle = -ar * sint + cost * (br * ny - bi * nx - ai * nz);
  const vx = -bi * sint;
  const vy = br * sint;
  const vz = -ai * sint;
  const along = vx * nx + vy * ny + vz * nz;
  const perR = weight * get(slot, PER_R, lane);
  const radial =
    get(slot, D_WEIGHT, lane) * get(slot, FACTOR_BAR, lane) +
    weight * byAngle * get(slot, D_ANGLE, lane) -
    perR * along;
  const p = getI32(slot, 4 * PAIR + lane);
  setF64(gradient, 4 * p, radial * nx + perR * vx);
  setF64(gradient, 4 * p + 1, radial * ny + perR * vy);
  setF64(gradient, 4 * p + 2, radial * nz + perR * vz);
}
