/**
 * SNAP and MILADY's b-SO(4), linear, with the cubic form in f32 for four atoms at a time: the opt-in fast target's kernel.
 * All else is potentials/so4.ts in f64, for two pairs of atoms with a scratch of their own each:
 *
 *     U of both pairs -> f32, lanes 0 and 1, 2 and 3 -> g = dE/dU in f32 -> f64 -> Y, E, gradients of either pair.
 *
 * U and g are good to some 1e-7 of the largest; what that does to energies and forces the host measures and tells.
 */
import { Frame } from '../frame';
import { cubicSingle } from '../generated/so4-single';
import { addF64, getI32, getV128, setI32, setV128 } from '../memory';
import { clear } from '../so4/transform';
import { at, density, energyOfForm, gradients, header } from './so4';

/** i32 per type where atoms wait: how many, and three of them. */
const WAITING = 4;

/** Linear: E_i = beta_0 + beta.B. All four atoms are of one type, because the cubic form is. */
export function so4LinearSingle(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  const types = header(params, 1);
  const waiting = at(scratch, params, 23) + 64;
  for (let type = 0; type < types; type++) setI32(waiting, WAITING * type, 0);
  for (let i = begin; i < end; i++) {
    const type = getI32(fr.types, i);
    const queue = waiting + <usize>(4 * WAITING * type);
    const count = getI32(queue, 0);
    setI32(queue, 0, count < 3 ? count + 1 : 0);
    if (count < 3) setI32(queue, 1 + count, i);
    else four(getI32(queue, 1), getI32(queue, 2), getI32(queue, 3), i, type, fr, params, scratch);
  }
  for (let type = 0; type < types; type++) {
    const queue = waiting + <usize>(4 * WAITING * type);
    const count = getI32(queue, 0);
    if (count == 0) continue;
    const a = getI32(queue, 1);
    const b = count > 1 ? getI32(queue, 2) : a;
    const c = count > 2 ? getI32(queue, 3) : b;
    four(a, b, c, c, type, fr, params, scratch);
  }
}

/** Atoms that are the one before once more add no energy; their gradients are written twice. */
function four(a: i32, b: i32, c: i32, d: i32, type: i32, fr: Frame, params: usize, scratch: usize): void {
  const second = scratch + <usize>header(params, 42);
  const u = at(scratch, params, 43);
  const g = at(scratch, params, 44);
  const length = 2 * header(params, 13) * header(params, 27);
  const rounds = density(a, b, fr, params, scratch);
  const otherRounds = density(c, d, fr, params, second);
  narrow(at(scratch, params, 20), at(second, params, 20), u, length);
  clear(g, length);
  const k = at(params, params, 40) + <usize>(type * header(params, 41));
  cubicSingle(at(params, params, 7), header(params, 8), at(params, params, 9), k, u, g);
  widen(g, at(scratch, params, 22), at(second, params, 22), length);
  finish(a, b, -1, rounds, type, fr, params, scratch);
  finish(c, d, b, otherRounds, type, fr, params, second);
}

/** Energies and gradients of a pair; `before` is the atom before it. */
function finish(
  i: i32, other: i32, before: i32, rounds: i32, type: i32, fr: Frame, params: usize, scratch: usize,
): void {
  const energy = energyOfForm(type, params, scratch);
  if (i != before) addF64(fr.energy, i, f64x2.extract_lane(energy, 0));
  if (other != i) addF64(fr.energy, other, f64x2.extract_lane(energy, 1));
  gradients(i, other, rounds, fr, params, scratch);
}

/** Vectors of two f64 each to one of four f32. */
function narrow(first: usize, second: usize, to: usize, vectors: i32): void {
  for (let v = 0; v < vectors; v++) {
    const low = f32x4.demote_f64x2_zero(getV128(first, v));
    const high = f32x4.demote_f64x2_zero(getV128(second, v));
    setV128(to, v, v128.shuffle<i64>(low, high, 0, 2));
  }
}

function widen(from: usize, first: usize, second: usize, vectors: i32): void {
  for (let v = 0; v < vectors; v++) {
    const all = getV128(from, v);
    setV128(first, v, f64x2.promote_low_f32x4(all));
    setV128(second, v, f64x2.promote_low_f32x4(v128.shuffle<i64>(all, all, 1, 1)));
  }
}
