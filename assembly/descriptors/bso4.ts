/**
 * The bispectrum of SNAP and b-SO(4) as a block, by the recurrence of assembly/potentials/snap.ts: two atoms at a time, a
 * SIMD lane each. `numbers` are those of a SNAP potential, whose coefficients are not used. What the recurrence needs of a
 * neighbour is made once and kept for reverse.
 *
 * scratch of the first atom: that of snap.ts, then 4 f64; the second's is not used.
 * own, 10: a, b (4 numbers), dt/dr, sin t, cos t, w f, its derivative, channel (-1: not within the pair's cutoff).
 */
import { adjoint as toY, toTower } from '../bispectrum';
import { cos, sin } from '../math';
import { getF64, setF64 } from '../memory';
import { densityOf, finishDensity, fromDensity, prepare as unpackPlan, room } from '../potentials/snap';
import {
  COS, D_ANGLE, D_WEIGHT, header, NX, NY, NZ, PER_R, pairGradient, put, section, SIN, WEIGHT,
} from '../potentials/snap-pair';
import { A_IM, A_RE, accumulate, B_IM, B_RE, descend, rise } from '../so4';
import { Block, Neighbour, neighbourAt, ownOf } from './block';
import { cutoffAt, sineCosine } from './cutoff';

export function prepare(first: Block): void {
  unpackPlan(first.numbers, first.scratch);
}

export function values(first: Block, second: Block, alone: bool, out: usize, otherOut: usize): void {
  const params = first.numbers;
  const scratch = first.scratch;
  const slot = room(params, scratch, 31);
  const tower = room(params, scratch, 21);
  const J = header(params, 0);
  enter(first);
  if (!alone) enter(second);
  for (let channel = 0; channel < header(params, 2); channel++) {
    const u = densityOf(channel, params, scratch);
    memory.fill(u, 0, (<usize>header(params, 32)) << 5);
    let k = next(first, 0, channel);
    let l = alone ? second.count : next(second, 0, channel);
    while (k < first.count || l < second.count) {
      fill(first, k, 0, slot);
      fill(second, l, 1, slot);
      rise(J, slot, tower);
      accumulate(J, slot + 16 * WEIGHT, tower, u);
      k = next(first, k + 1, channel);
      l = next(second, l + 1, channel);
    }
    finishDensity(channel, first.type, second.type, params, scratch);
  }
  fromDensity(first.type, second.type, params, scratch);
  const b = room(params, scratch, 28);
  for (let k = 0; k < first.size; k++) {
    setF64(out, k, getF64(b, 2 * k));
    if (!alone) setF64(otherOut, k, getF64(b, 2 * k + 1));
  }
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
      setF64(own, 9, -1);
      continue;
    }
    const inner = getF64(pair, 1);
    const angle = getF64(pair, 2);
    setF64(own, 9, getF64(neighbours, 2 * n.type + 1));
    turn(n, angle * (n.r - inner), own);
    setF64(own, 4, angle);
    const weight = getF64(neighbours, 2 * n.type);
    const f1 = getF64(pair, 5) * weight;
    const f = cutoffAt(max(0.0, n.r - inner), getF64(pair, 3));
    setF64(own, 7, getF64(pair, 4) * weight - f1 + 2.0 * f1 * f64x2.extract_lane(f, 0));
    setF64(own, 8, 2.0 * f1 * f64x2.extract_lane(f, 1));
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
  setF64(own, 5, sint);
  setF64(own, 6, cost);
}

/** The first neighbour of this channel from k on. */
// @ts-ignore: decorator
@inline
function next(b: Block, k: i32, channel: i32): i32 {
  while (k < b.count && <i32>getF64(ownOf(b, k), 9) != channel) k++;
  return k;
}

/** A neighbour to a lane of the slot; zeros where there is none. */
function fill(b: Block, k: i32, lane: i32, slot: usize): void {
  if (k >= b.count) {
    for (let v = 0; v <= PER_R; v++) put(slot, v, lane, 0);
    return;
  }
  const n = neighbourAt(b, k);
  const own = ownOf(b, k);
  put(slot, A_RE, lane, getF64(own, 0));
  put(slot, A_IM, lane, getF64(own, 1));
  put(slot, B_RE, lane, getF64(own, 2));
  put(slot, B_IM, lane, getF64(own, 3));
  put(slot, D_ANGLE, lane, getF64(own, 4));
  put(slot, SIN, lane, getF64(own, 5));
  put(slot, COS, lane, getF64(own, 6));
  put(slot, WEIGHT, lane, getF64(own, 7));
  put(slot, D_WEIGHT, lane, getF64(own, 8));
  put(slot, NX, lane, n.nx);
  put(slot, NY, lane, n.ny);
  put(slot, NZ, lane, n.nz);
  put(slot, PER_R, lane, n.perR);
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
  const gradient = room(params, scratch, 35);
  let k = next(first, 0, channel);
  let l = alone ? second.count : next(second, 0, channel);
  while (k < first.count || l < second.count) {
    fill(first, k, 0, slot);
    fill(second, l, 1, slot);
    rise(J, slot, v);
    descend(J, slot, v, tower, bar);
    if (k < first.count) addTo(neighbourAt(first, k), slot, 0, gradient);
    if (l < second.count) addTo(neighbourAt(second, l), slot, 1, gradient);
    k = next(first, k + 1, channel);
    l = next(second, l + 1, channel);
  }
}

function addTo(n: Neighbour, slot: usize, lane: i32, gradient: usize): void {
  pairGradient(slot, lane, 0, gradient);
  n.gx += getF64(gradient, 0);
  n.gy += getF64(gradient, 1);
  n.gz += getF64(gradient, 2);
}
