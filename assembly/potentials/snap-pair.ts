/**
 * One neighbour of a local in one lane of the slot: distance to (a, b, w f) and their adjoints to the gradient by d, for
 * snap.ts (whose header has params). Slots are vectors of two lanes.
 */
import { Frame } from '../frame';
import { cos, sin } from '../math';
import { getF64, getI32, setF64, setI32 } from '../memory';
import { A_IM, A_IM_BAR, A_RE, A_RE_BAR, B_IM, B_IM_BAR, B_RE, B_RE_BAR, FACTOR_BAR } from '../so4';

/**
 * Vectors of the pair slot behind those of so4.ts: w f, its derivative by r, t', sin t, cos t, d/r, 1/r,
 * the own term's weight; then the positions of both pairs in the list, i32.
 */
export const WEIGHT = 9;
export const D_WEIGHT = 10;
export const D_ANGLE = 11;
export const SIN = 12;
export const COS = 13;
export const NX = 14;
export const NY = 15;
export const NZ = 16;
export const PER_R = 17;
export const SELF = 18;
export const PAIR = 19;

// @ts-ignore: decorator
@inline
export function header(params: usize, i: i32): i32 {
  return <i32>getF64(params, i);
}

// @ts-ignore: decorator
@inline
export function section(params: usize, i: i32): usize {
  return params + ((<usize>header(params, i)) << 3);
}

/**
 * Puts the first neighbour of local i from list position p on that is of this channel and within the cutoff into a lane
 * of the slot, its position (-1 where there is none, with zeros in the lane) at PAIR. Returns where to go on.
 */
export function meet(i: i32, p: i32, channel: i32, lane: i32, fr: Frame, params: usize, slot: usize): i32 {
  const last = getI32(fr.first, i + 1);
  const row = section(params, 7) + ((<usize>(getI32(fr.types, i) * header(params, 1))) << 6);
  const neighbors = section(params, 8);
  const x = getF64(fr.x, 4 * i);
  const y = getF64(fr.x, 4 * i + 1);
  const z = getF64(fr.x, 4 * i + 2);
  for (; p < last; p++) {
    const j = getI32(fr.neighbors, p);
    const type = getI32(fr.types, j);
    if (<i32>getF64(neighbors, 2 * type + 1) != channel) continue;
    const dx = getF64(fr.x, 4 * j) - x;
    const dy = getF64(fr.x, 4 * j + 1) - y;
    const dz = getF64(fr.x, 4 * j + 2) - z;
    const pair = row + ((<usize>type) << 6);
    const r2 = dx * dx + dy * dy + dz * dz;
    const cutoff = getF64(pair, 0);
    if (r2 >= cutoff * cutoff) continue;
    enter(dx, dy, dz, Math.sqrt(r2), pair, lane, slot);
    switchOff(Math.sqrt(r2), pair, getF64(neighbors, 2 * type), lane, slot);
    setI32(slot, 4 * PAIR + lane, p);
    return p + 1;
  }
  for (let v = 0; v <= PER_R; v++) put(slot, v, lane, 0);
  setI32(slot, 4 * PAIR + lane, -1);
  return p;
}

/** Cayley-Klein parameters and what their derivatives need. */
function enter(dx: f64, dy: f64, dz: f64, r: f64, pair: usize, lane: i32, slot: usize): void {
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
export function put(slot: usize, vector: i32, lane: i32, value: f64): void {
  setF64(slot, 2 * vector + lane, value);
}

// @ts-ignore: decorator
@inline
function get(slot: usize, vector: i32, lane: i32): f64 {
  return getF64(slot, 2 * vector + lane);
}

/** Chain rule from (a, b, w f) to d for one lane. */
export function pairGradient(slot: usize, lane: i32, p: i32, gradient: usize): void {
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
  setF64(gradient, 4 * p, radial * nx + perR * vx);
  setF64(gradient, 4 * p + 1, radial * ny + perR * vy);
  setF64(gradient, 4 * p + 2, radial * nz + perR * vz);
}
