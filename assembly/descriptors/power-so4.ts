/**
 * The power spectrum of SO(4): P_l = sum |c^l(m,m')|², l = 0…J (doubled), of the density c = own + sum_n w_n f(r_n) U(d_n)
 * that the bispectrum has too (assembly/so4.ts): a = cos t − i sin t z/r, b = sin t (y − i x)/r, t = angle r,
 * f = (cos(pi r/r_c) + 1)/2.
 *
 * Two neighbours of one element at a time, one in each SIMD lane; the lanes are added up at the end. In reverse
 * dE/dU* = 2 dE/dP_l c^l is formed once per atom and, with its weights, for a neighbour of each element.
 *
 * numbers (src/data/descriptors/power-so4.ts packs them): 0 J   1 channels C   2 pi/r_c   3 angle
 *   positions: 4 weights of neighbours, C x T   5 of the own term, C x T   6 norm, half plane
 *   in scratch, in units of 16 bytes: 7 slot, 10   8 V, tower   9 adjoints, tower   10 c, C x half plane   11 tower
 *   12 dE/dV*, T x tower      13 elements of a half plane   14 of a tower
 * Components: channel outer, l inner. own, 4: f, its derivative, sin t, cos t.
 */
import { closeDensity, toTower } from '../bispectrum';
import { cos, sin } from '../math';
import { getF64, getSplat, getV128, setF64, setV128 } from '../memory';
import {
  A_IM, A_IM_BAR, A_RE, A_RE_BAR, accumulate, B_IM, B_IM_BAR, B_RE, B_RE_BAR, descend, FACTOR_BAR, halfSize, rise,
} from '../so4';
import { addRadial, Block, Neighbour, neighbourAt, ownOf, word } from './block';

/** Vector of the slot behind those of so4.ts: f, or the weight of the own term. */
const FACTOR = 9;

// @ts-ignore: decorator
@inline
function table(b: Block, i: i32): usize {
  return b.numbers + ((<usize>word(b, i)) << 3);
}

// @ts-ignore: decorator
@inline
function room(b: Block, i: i32): usize {
  return b.scratch + ((<usize>word(b, i)) << 4);
}

/** An array of complex numbers, two vectors each, further on. */
// @ts-ignore: decorator
@inline
function skip(array: usize, elements: i32): usize {
  return array + ((<usize>elements) << 5);
}

export function values(b: Block, out: usize): void {
  const J = word(b, 0);
  const channels = word(b, 1);
  const half = word(b, 13);
  const c = room(b, 10);
  const slot = room(b, 7);
  for (let i = 0; i < 2 * channels * half; i++) setV128(c, i, f64x2.splat(0));
  for (let i = 0; i < b.count; i++) functions(b, neighbourAt(b, i), ownOf(b, i));
  for (let type = 0; type < b.types; type++) sumType(b, type);
  for (let channel = 0; channel < channels; channel++) {
    const density = skip(c, channel * half);
    for (let i = 0; i < 2 * half; i++) {
      const v = getV128(density, i);
      setV128(density, i, f64x2.splat(f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1)));
    }
    setV128(slot, FACTOR, getSplat(table(b, 5), channel * b.types + b.type));
    closeDensity(J, density, table(b, 6), slot + 16 * FACTOR);
    let level = density;
    for (let l = 0; l <= J; l++) {
      setF64(out, channel * (J + 1) + l, power(l, level));
      level = skip(level, halfSize(l));
    }
  }
}

/** Sum of squares over the whole plane of level l, from its half. */
function power(l: i32, level: usize): f64 {
  const n = halfSize(l);
  let sum = 0.0;
  for (let i = 0; i < n; i++) {
    const re = getF64(level, 4 * i);
    const im = getF64(level, 4 * i + 2);
    const square = re * re + im * im;
    sum += (l & 1) == 0 && i == n - 1 ? square : 2.0 * square;
  }
  return sum;
}

function functions(b: Block, n: Neighbour, own: usize): void {
  if (n.r >= b.cutoff) return;
  const rate = getF64(b.numbers, 2);
  const angle = getF64(b.numbers, 3) * n.r;
  setF64(own, 0, 0.5 * (cos(rate * n.r) + 1.0));
  setF64(own, 1, -0.5 * rate * sin(rate * n.r));
  setF64(own, 2, sin(angle));
  setF64(own, 3, cos(angle));
}

/** The first neighbour of an element from k on, within the cutoff; count where there is none. */
function next(b: Block, type: i32, k: i32): i32 {
  for (; k < b.count; k++) {
    const n = neighbourAt(b, k);
    if (n.type == type && n.r < b.cutoff) break;
  }
  return k;
}

/** a, b and f of neighbour k to a lane; zeros where there is none. */
function enter(b: Block, k: i32, lane: i32, slot: usize): void {
  if (k >= b.count) {
    for (let v = A_RE; v <= FACTOR; v++) setF64(slot, 2 * v + lane, 0);
    return;
  }
  const n = neighbourAt(b, k);
  const own = ownOf(b, k);
  const s = getF64(own, 2);
  setF64(slot, 2 * A_RE + lane, getF64(own, 3));
  setF64(slot, 2 * A_IM + lane, -s * n.nz);
  setF64(slot, 2 * B_RE + lane, s * n.ny);
  setF64(slot, 2 * B_IM + lane, -s * n.nx);
  setF64(slot, 2 * FACTOR + lane, getF64(own, 0));
}

/** Adds the neighbours of an element to the densities of all channels. */
function sumType(b: Block, type: i32): void {
  const J = word(b, 0);
  const slot = room(b, 7);
  const tower = room(b, 8);
  let k = next(b, type, 0);
  while (k < b.count) {
    const other = next(b, type, k + 1);
    enter(b, k, 0, slot);
    enter(b, other, 1, slot);
    rise(J, slot, tower);
    const f = getV128(slot, FACTOR);
    for (let channel = 0; channel < word(b, 1); channel++) {
      setV128(slot, FACTOR, f64x2.mul(f, getSplat(table(b, 4), channel * b.types + type)));
      accumulate(J, slot + 16 * FACTOR, tower, skip(room(b, 10), channel * word(b, 13)));
    }
    k = next(b, type, other + 1);
  }
}

export function reverse(b: Block, adjoint: usize): void {
  const J = word(b, 0);
  const slot = room(b, 7);
  const v = room(b, 8);
  const bar = room(b, 9);
  adjoints(b, adjoint);
  for (let type = 0; type < b.types; type++) {
    const tower = skip(room(b, 12), type * word(b, 14));
    let k = next(b, type, 0);
    while (k < b.count) {
      const other = next(b, type, k + 1);
      enter(b, k, 0, slot);
      enter(b, other, 1, slot);
      rise(J, slot, v);
      descend(J, slot, v, tower, bar);
      gradient(b, k, 0, slot);
      if (other < b.count) gradient(b, other, 1, slot);
      k = next(b, type, other + 1);
    }
  }
}

/** The tower dE/dV* for a neighbour of each element. */
function adjoints(b: Block, adjoint: usize): void {
  const J = word(b, 0);
  const length = word(b, 14);
  const y = room(b, 9);
  const tower = room(b, 11);
  const towers = room(b, 12);
  for (let i = 0; i < 2 * b.types * length; i++) setV128(towers, i, f64x2.splat(0));
  for (let channel = 0; channel < word(b, 1); channel++) {
    const c = skip(room(b, 10), channel * word(b, 13));
    let at = 0;
    for (let l = 0; l <= J; l++) {
      const factor = f64x2.splat(2.0 * getF64(adjoint, channel * (J + 1) + l));
      const end = at + 2 * halfSize(l);
      for (; at < end; at++) setV128(y, at, f64x2.mul(factor, getV128(c, at)));
    }
    toTower(J, table(b, 6), y, tower);
    for (let type = 0; type < b.types; type++) {
      const weight = getSplat(table(b, 4), channel * b.types + type);
      const to = skip(towers, type * length);
      for (let i = 0; i < 2 * length; i++) {
        setV128(to, i, f64x2.add(getV128(to, i), f64x2.mul(weight, getV128(tower, i))));
      }
    }
  }
}

/** Chain rule from (a, b, f) of a lane to d. */
function gradient(b: Block, k: i32, lane: i32, slot: usize): void {
  const n = neighbourAt(b, k);
  const own = ownOf(b, k);
  const f = getF64(own, 0);
  const s = getF64(own, 2);
  const ar = getF64(slot, 2 * A_RE_BAR + lane);
  const ai = getF64(slot, 2 * A_IM_BAR + lane);
  const br = getF64(slot, 2 * B_RE_BAR + lane);
  const bi = getF64(slot, 2 * B_IM_BAR + lane);
  const byAngle = getF64(own, 3) * (br * n.ny - bi * n.nx - ai * n.nz) - ar * s;
  const vx = -bi * s;
  const vy = br * s;
  const vz = -ai * s;
  const across = f * n.perR;
  n.gx += across * vx;
  n.gy += across * vy;
  n.gz += across * vz;
  const inward = across * (vx * n.nx + vy * n.ny + vz * n.nz);
  addRadial(
    n,
    getF64(own, 1) * getF64(slot, 2 * FACTOR_BAR + lane) + f * byAngle * getF64(b.numbers, 3) - inward,
  );
}
