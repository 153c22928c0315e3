/**
 * The bispectrum of SNAP and b-SO(4) as a block, by the recurrence kernels of assembly/potentials/snap.ts: two atoms at a
 * time, a SIMD lane each. `numbers` are those of a SNAP potential, whose coefficients are not used.
 *
 * scratch of the first atom: that of snap.ts, then 4 f64; the second's is not used.
 */
import { adjoint as toY, toTower } from '../bispectrum';
import { Frame } from '../frame';
import { getF64, getI32, setF64 } from '../memory';
import { bispectrum, prepare as unpackPlan, room } from '../potentials/snap';
import { header, meet, PAIR, pairGradient, section } from '../potentials/snap-pair';
import { descend, rise } from '../so4';
import { Block, neighbourAt } from './block';

export function prepare(first: Block): void {
  unpackPlan(first.numbers, first.scratch);
}

export function values(first: Block, second: Block, alone: bool, out: usize, otherOut: usize): void {
  const params = first.numbers;
  bispectrum(first.atom, second.atom, changetype<Frame>(first.frame), params, first.scratch);
  const b = room(params, first.scratch, 28);
  for (let k = 0; k < first.size; k++) {
    setF64(out, k, getF64(b, 2 * k));
    if (!alone) setF64(otherOut, k, getF64(b, 2 * k + 1));
  }
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
  const fr = changetype<Frame>(first.frame);
  const J = header(params, 0);
  const v = room(params, scratch, 21);
  const bar = room(params, scratch, 22);
  const slot = room(params, scratch, 31);
  const gradient = room(params, scratch, 35);
  let p = getI32(fr.first, first.atom);
  let q = getI32(fr.first, second.atom);
  let k = 0;
  let l = 0;
  for (;;) {
    p = meet(first.atom, p, channel, 0, fr, params, slot);
    q = meet(second.atom, q, channel, 1, fr, params, slot);
    const pair = getI32(slot, 4 * PAIR);
    const otherPair = alone ? -1 : getI32(slot, 4 * PAIR + 1);
    if (pair < 0 && otherPair < 0) return;
    rise(J, slot, v);
    descend(J, slot, v, tower, bar);
    if (pair >= 0) k = addTo(first, k, pair, slot, 0, gradient);
    if (otherPair >= 0) l = addTo(second, l, otherPair, slot, 1, gradient);
  }
}

/** Adds a lane's gradient to the record of this pair, at k or behind it; returns where it was. */
function addTo(b: Block, k: i32, pair: i32, slot: usize, lane: i32, gradient: usize): i32 {
  while (neighbourAt(b, k).pair < pair) k++;
  pairGradient(slot, lane, 0, gradient);
  const n = neighbourAt(b, k);
  n.gx += getF64(gradient, 0);
  n.gy += getF64(gradient, 1);
  n.gz += getF64(gradient, 2);
  return k;
}
