/**
 * The bispectrum of SNAP and b-SO(4) as a block, by the recurrence of assembly/potentials/snap.ts: two atoms at a time, a
 * SIMD lane each. `numbers` are those of a SNAP potential, whose coefficients are not used. What the recurrence needs of a
 * neighbour is made once and kept for reverse.
 *
 * scratch of the first atom: that of snap.ts, then zeros in place of a neighbour where there is none; the second's is not used.
 * own, 10: a, b (4 numbers), w f, its derivative, dt/dr, sin t, cos t, channel (-1: not within the pair's cutoff).
 */
import { adjoint as toY, toTower } from '../bispectrum';
import { cos, sin } from '../math';
import { getBoth, getF64, getV128, setF64, setV128 } from '../memory';
import { densityOf, finishDensity, fromDensity, prepare as unpackPlan, room } from '../potentials/snap';
import { header, section, WEIGHT } from '../potentials/snap-pair';
import {
  A_IM, A_IM_BAR, A_RE, A_RE_BAR, accumulate, B_IM, B_IM_BAR, B_RE, B_RE_BAR, descend, FACTOR_BAR, rise,
} from '../so4';
import { Block, Neighbour, neighbourAt, ownOf } from './block';
import { cutoffAt, sineCosine } from './cutoff';

const OF_WEIGHT = 4;
const OF_SLOPE = 5;
const OF_ANGLE = 6;
const OF_SIN = 7;
const OF_COS = 8;
const OF_CHANNEL = 9;
/** f64 of a neighbour's record up to 1/r, where its d/r begins, and zeros at the end of scratch. */
const NX = 4;
const PER_R = 7;
const ZEROS = 10;

export function prepare(first: Block): void {
  unpackPlan(first.numbers, first.scratch);
  const zeros = room(first.numbers, first.scratch, 35);
  for (let i = 0; i < ZEROS; i++) setF64(zeros, i, 0);
}

export function values(first: Block, second: Block, alone: bool, out: usize, otherOut: usize): void {
  const params = first.numbers;
  const scratch = first.scratch;
  enter(first);
  if (!alone) enter(second);
  for (let channel = 0; channel < header(params, 2); channel++) {
    sumDensity(first, second, alone, channel, densityOf(channel, params, scratch));
    finishDensity(channel, first.type, second.type, params, scratch);
  }
  fromDensity(first.type, second.type, params, scratch);
  const b = room(params, scratch, 28);
  for (let k = 0; k < first.size; k++) setF64(out, k, getF64(b, 2 * k));
  if (alone) return;
  for (let k = 0; k < first.size; k++) setF64(otherOut, k, getF64(b, 2 * k + 1));
}

/** sum w f V of both atoms' neighbours in one channel, to u. */
function sumDensity(first: Block, second: Block, alone: bool, channel: i32, u: usize): void {
  const params = first.numbers;
  const J = header(params, 0);
  const slot = room(params, first.scratch, 31);
  const tower = room(params, first.scratch, 21);
  const zeros = room(params, first.scratch, 35);
  memory.fill(u, 0, (<usize>header(params, 32)) << 5);
  let k = next(first, 0, channel);
  let l = alone ? second.count : next(second, 0, channel);
  while (k < first.count || l < second.count) {
    const one = k < first.count ? ownOf(first, k) : zeros;
    const other = l < second.count ? ownOf(second, l) : zeros;
    turns(one, other, slot);
    setV128(slot, WEIGHT, getBoth(one, other, OF_WEIGHT));
    rise(J, slot, tower);
    accumulate(J, slot + 16 * WEIGHT, tower, u);
    k = next(first, k + 1, channel);
    l = next(second, l + 1, channel);
  }
}

/** a and b of a neighbour of each atom to the slot. */
// @ts-ignore: decorator
@inline
function turns(one: usize, other: usize, slot: usize): void {
  setV128(slot, A_RE, getBoth(one, other, 0));
  setV128(slot, A_IM, getBoth(one, other, 1));
  setV128(slot, B_RE, getBoth(one, other, 2));
  setV128(slot, B_IM, getBoth(one, other, 3));
}

/** Cayley-Klein parameters and weight of every neighbour to its own. */
function enter(b: Block): void {
  const params = b.numbers;
  const row = section(params, 7) + ((<usize>(b.type * b.types)) << 6);
  const neighbours = section(params, 8);
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    const own = ownOf(b, i);
    const pair = row + ((<usize>n.type) << 6);
    if (n.r >= getF64(pair, 0)) {
      setF64(own, OF_CHANNEL, -1);
      continue;
    }
    const inner = getF64(pair, 1);
    const angle = getF64(pair, 2);
    setF64(own, OF_CHANNEL, getF64(neighbours, 2 * n.type + 1));
    turn(n, angle * (n.r - inner), own);
    setF64(own, OF_ANGLE, angle);
    const weight = getF64(neighbours, 2 * n.type);
    const f1 = getF64(pair, 5) * weight;
    const f = cutoffAt(max(0.0, n.r - inner), getF64(pair, 3));
    setF64(own, OF_WEIGHT, getF64(pair, 4) * weight - f1 + 2.0 * f1 * f64x2.extract_lane(f, 0));
    setF64(own, OF_SLOPE, 2.0 * f1 * f64x2.extract_lane(f, 1));
  }
}

function turn(n: Neighbour, t: f64, own: usize): void {
  let sint: f64;
  let cost: f64;
  if (t < 3.2 && t > -3.2) {
    const half = sineCosine(0.5 * t);
    const s = f64x2.extract_lane(half, 0);
    const c = f64x2.extract_lane(half, 1);
    sint = 2.0 * s * c;
    cost = (c - s) * (c + s);
  } else {
    sint = sin(t);
    cost = cos(t);
  }
  setF64(own, 0, cost);
  setF64(own, 1, -sint * n.nz);
  setF64(own, 2, sint * n.ny);
  setF64(own, 3, -sint * n.nx);
  setF64(own, OF_SIN, sint);
  setF64(own, OF_COS, cost);
}

/** The first neighbour of this channel from k on. */
// @ts-ignore: decorator
@inline
function next(b: Block, k: i32, channel: i32): i32 {
  while (k < b.count && getF64(ownOf(b, k), OF_CHANNEL) != <f64>channel) k++;
  return k;
}

export function reverse(first: Block, second: Block, alone: bool, adjoint: usize, otherAdjoint: usize): void {
  const params = first.numbers;
  const scratch = first.scratch;
  const J = header(params, 0);
  const channels = header(params, 2);
  const halfLength = header(params, 32);
  const g = room(params, scratch, 26);
  const scale = section(params, 13);
  for (let k = 0; k < first.size; k++) {
    setF64(g, 2 * k, getF64(scale, k) * getF64(adjoint, k));
    setF64(g, 2 * k + 1, alone ? 0 : getF64(scale, k) * getF64(otherAdjoint, k));
  }
  const list = room(params, scratch, 20) + ((<usize>header(params, 17)) << 2);
  const y = room(params, scratch, 29);
  toY(list, header(params, 5), section(params, 15), g, room(params, scratch, 27), y, channels * halfLength);
  const tower = room(params, scratch, 30);
  for (let channel = 0; channel < channels; channel++) {
    toTower(J, section(params, 10), y + ((<usize>(channel * halfLength)) << 5), tower);
    channelReverse(first, second, alone, channel, tower);
  }
}

function channelReverse(first: Block, second: Block, alone: bool, channel: i32, tower: usize): void {
  const params = first.numbers;
  const scratch = first.scratch;
  const J = header(params, 0);
  const v = room(params, scratch, 21);
  const bar = room(params, scratch, 22);
  const slot = room(params, scratch, 31);
  const zeros = room(params, scratch, 35);
  let k = next(first, 0, channel);
  let l = alone ? second.count : next(second, 0, channel);
  while (k < first.count || l < second.count) {
    const one = k < first.count ? ownOf(first, k) : zeros;
    const other = l < second.count ? ownOf(second, l) : zeros;
    turns(one, other, slot);
    rise(J, slot, v);
    descend(J, slot, v, tower, bar);
    const record = k < first.count ? changetype<usize>(neighbourAt(first, k)) : zeros;
    const otherRecord = l < second.count ? changetype<usize>(neighbourAt(second, l)) : zeros;
    gradients(slot, one, other, record, otherRecord);
    if (k < first.count) add(neighbourAt(first, k), slot, 0);
    if (l < second.count) add(neighbourAt(second, l), slot, 1);
    k = next(first, k + 1, channel);
    l = next(second, l + 1, channel);
  }
}

/** Chain rule from (a, b, w f) to d of both lanes, to the beginning of the slot: x, y, z. */
function gradients(slot: usize, one: usize, other: usize, record: usize, otherRecord: usize): void {
  const sint = getBoth(one, other, OF_SIN);
  const weight = getBoth(one, other, OF_WEIGHT);
  const nx = getBoth(record, otherRecord, NX);
  const ny = getBoth(record, otherRecord, NX + 1);
  const nz = getBoth(record, otherRecord, NX + 2);
  const ar = getV128(slot, A_RE_BAR);
  const ai = getV128(slot, A_IM_BAR);
  const br = getV128(slot, B_RE_BAR);
  const bi = getV128(slot, B_IM_BAR);
  const turned = f64x2.sub(f64x2.sub(f64x2.mul(br, ny), f64x2.mul(bi, nx)), f64x2.mul(ai, nz));
  const byAngle = f64x2.sub(f64x2.mul(getBoth(one, other, OF_COS), turned), f64x2.mul(ar, sint));
  const perR = f64x2.mul(weight, getBoth(record, otherRecord, PER_R));
  // v = (-bi, br, -ai) sin t, and v . n = turned sin t
  const across = f64x2.mul(perR, sint);
  const byWeight = f64x2.mul(getBoth(one, other, OF_SLOPE), getV128(slot, FACTOR_BAR));
  const byR = f64x2.mul(f64x2.mul(weight, byAngle), getBoth(one, other, OF_ANGLE));
  const radial = f64x2.sub(f64x2.add(byWeight, byR), f64x2.mul(across, turned));
  setV128(slot, 0, f64x2.sub(f64x2.mul(radial, nx), f64x2.mul(across, bi)));
  setV128(slot, 1, f64x2.add(f64x2.mul(radial, ny), f64x2.mul(across, br)));
  setV128(slot, 2, f64x2.sub(f64x2.mul(radial, nz), f64x2.mul(across, ai)));
}

// @ts-ignore: decorator
@inline
function add(n: Neighbour, slot: usize, lane: i32): void {
  n.gx += getF64(slot, lane);
  n.gy += getF64(slot, 2 + lane);
  n.gz += getF64(slot, 4 + lane);
}
