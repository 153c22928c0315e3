/**
 * The components of SNAP's bispectrum and the derivative of every one of them by the position of every neighbour, which
 * the rows of a fit are made of:
 *
 *     dB_k/dd = sum over the items of B_k of factor Re sum dU* Z,    dU = norm d(w f V)/dd.
 *
 * By forward mode: dU of a pair is made once (three directions) and contracted with all Z of its centre. Reverse mode
 * would go through the recurrence once per component, and unit coefficients through the whole kernel.
 *
 * params are those of snap.ts. Behind its scratch (header 35): tangents 3 x 4, towers of V' 3, dU 3 half planes.
 */
import { Frame } from '../frame';
import { addF64, getF64, getI32, getSplat, getV128, setF64, setV128 } from '../memory';
import { A_IM, A_RE, B_IM, B_RE, halfSize, levelSize, rise } from '../so4';
import { riseTangent } from '../so4-tangent';
import { bispectrum, prepare, room } from './snap';
import { COS, D_ANGLE, D_WEIGHT, header, meet, NX, PAIR, PER_R, section, SIN, WEIGHT } from './snap-pair';

/** Where results go. */
// @ts-ignore: decorator
@unmanaged
class Outputs {
  /** f64[n][D] */
  values: usize;
  /** f64[pairs][3][D], of the pairs from `first` on. */
  gradients: usize;
  first: i32;
}

/** B of the locals [begin, end) and dB/dd of their pairs. */
export function snapGradients(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  prepare(params, scratch);
  const fr = changetype<Frame>(frame);
  const out = changetype<Outputs>(work);
  const D = header(params, 3);
  const b = room(params, scratch, 28);
  for (let i = begin; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    bispectrum(i, other, fr, params, scratch);
    for (let lane = 0; lane < 2; lane++) {
      const local = lane == 0 ? i : other;
      const row = out.values + (((<usize>local) * (<usize>D)) << 3);
      for (let k = 0; k < D; k++) setF64(row, k, getF64(b, 2 * k + lane));
      const p = getI32(fr.first, local);
      const count = getI32(fr.first, local + 1) - p;
      memory.fill(rowOf(out, p, D), 0, (<usize>(3 * D * count)) << 3);
    }
    for (let channel = 0; channel < header(params, 2); channel++) {
      channelPairs(i, other, channel, fr, out, params, scratch);
    }
  }
}

// @ts-ignore: decorator
@inline
function rowOf(out: Outputs, p: i32, D: i32): usize {
  return out.gradients + ((<usize>(p - out.first) * <usize>(3 * D)) << 3);
}

function channelPairs(
  i: i32, other: i32, channel: i32, fr: Frame, out: Outputs, params: usize, scratch: usize,
): void {
  const J = header(params, 0);
  const D = header(params, 3);
  const v = room(params, scratch, 21);
  const slot = room(params, scratch, 31);
  const tangent = room(params, scratch, 35);
  const step = (<usize>header(params, 34)) << 5;
  const dv = tangent + 16 * 12;
  const plane = (<usize>header(params, 32)) << 5;
  const du = dv + 3 * step;
  let p = getI32(fr.first, i);
  let q = getI32(fr.first, other);
  for (;;) {
    p = meet(i, p, channel, 0, fr, params, slot);
    q = meet(other, q, channel, 1, fr, params, slot);
    const first = getI32(slot, 4 * PAIR);
    const second = getI32(slot, 4 * PAIR + 1);
    if (first < 0 && second < 0) return;
    rise(J, slot, v);
    for (let c = 0; c < 3; c++) {
      direction(c, slot, tangent + (<usize>c << 6));
      riseTangent(J, slot, tangent + (<usize>c << 6), v, dv + <usize>c * step);
      toDensity(J, c, slot, section(params, 10), v, dv + <usize>c * step, du + <usize>c * plane);
    }
    // Where there is no other, its lane holds the same atom.
    const alone = second < 0 || other == i;
    contract(channel, du, first < 0 ? 0 : rowOf(out, first, D), alone ? 0 : rowOf(out, second, D), params, scratch);
  }
}

/** d(a, b)/dd_c of both lanes. */
function direction(c: i32, slot: usize, tangent: usize): void {
  const sint = getV128(slot, SIN);
  const perR = f64x2.mul(sint, getV128(slot, PER_R));
  const n = getV128(slot, NX + c);
  const turn = f64x2.mul(f64x2.mul(getV128(slot, COS), getV128(slot, D_ANGLE)), n);
  // sin t' n_e + sin t dn_e/dd_c for e = x, y, z; dn_e/dd_c = (delta_ec - n_e n_c)/r
  const along = f64x2.sub(turn, f64x2.mul(perR, n));
  const x = f64x2.add(f64x2.mul(along, getV128(slot, NX)), c == 0 ? perR : f64x2.splat(0));
  const y = f64x2.add(f64x2.mul(along, getV128(slot, NX + 1)), c == 1 ? perR : f64x2.splat(0));
  const z = f64x2.add(f64x2.mul(along, getV128(slot, NX + 2)), c == 2 ? perR : f64x2.splat(0));
  setV128(tangent, A_RE, f64x2.neg(f64x2.mul(f64x2.mul(sint, getV128(slot, D_ANGLE)), n)));
  setV128(tangent, A_IM, f64x2.neg(z));
  setV128(tangent, B_RE, y);
  setV128(tangent, B_IM, f64x2.neg(x));
}

/** dU of the half plane, elements that stand for two counted twice: norm ((w f)' n_c V + w f V'). */
function toDensity(J: i32, c: i32, slot: usize, norm: usize, v: usize, dv: usize, du: usize): void {
  const slope = f64x2.mul(getV128(slot, D_WEIGHT), getV128(slot, NX + c));
  const weight = getV128(slot, WEIGHT);
  let at = 0;
  for (let j = 0; j <= J; j++) {
    const n = halfSize(j);
    for (let i = 0; i < n; i++) {
      const count: f64 = (j & 1) == 0 && i == n - 1 ? 1 : 2;
      const factor = f64x2.splat(count * getF64(norm, at + i));
      for (let part = 2 * i; part < 2 * i + 2; part++) {
        const value = f64x2.add(f64x2.mul(slope, getV128(v, part)), f64x2.mul(weight, getV128(dv, part)));
        setV128(du, part, f64x2.mul(factor, value));
      }
    }
    const size = (<usize>levelSize(j)) << 5;
    v += size;
    dv += size;
    du += (<usize>n) << 5;
    at += n;
  }
}

/** Rows of either lane (0: none) += dB/dd of this channel. */
function contract(channel: i32, du: usize, first: usize, second: usize, params: usize, scratch: usize): void {
  const D = header(params, 3);
  const half = header(params, 32);
  const list = room(params, scratch, 20) + ((<usize>header(params, 17)) << 2);
  const items = header(params, 5);
  const factors = section(params, 15);
  const scale = section(params, 13);
  const z = room(params, scratch, 27);
  const step = (<usize>half) << 5;
  for (let item = 0; item < items; item++) {
    const at = getI32(list, 4 * item + 2) - channel * half;
    if (at < 0 || at >= half) continue;
    const k = getI32(list, 4 * item + 3);
    const n = 2 * halfSize(getI32(list, 4 * item));
    const p = z + ((<usize>getI32(list, 4 * item + 1)) << 5);
    const ux = du + ((<usize>at) << 5);
    const uy = ux + step;
    const uz = uy + step;
    let x = f64x2.splat(0);
    let y = x;
    let w = x;
    for (let i = 0; i < n; i++) {
      const value = getV128(p, i);
      x = f64x2.add(x, f64x2.mul(value, getV128(ux, i)));
      y = f64x2.add(y, f64x2.mul(value, getV128(uy, i)));
      w = f64x2.add(w, f64x2.mul(value, getV128(uz, i)));
    }
    const factor = f64x2.mul(getSplat(factors, item), getSplat(scale, k));
    x = f64x2.mul(factor, x);
    y = f64x2.mul(factor, y);
    w = f64x2.mul(factor, w);
    if (first != 0) {
      addF64(first, k, f64x2.extract_lane(x, 0));
      addF64(first, D + k, f64x2.extract_lane(y, 0));
      addF64(first, 2 * D + k, f64x2.extract_lane(w, 0));
    }
    if (second != 0) {
      addF64(second, k, f64x2.extract_lane(x, 1));
      addF64(second, D + k, f64x2.extract_lane(y, 1));
      addF64(second, 2 * D + k, f64x2.extract_lane(w, 1));
    }
  }
}
