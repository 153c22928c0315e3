/**
 * Embedded-atom potentials (eam, eam/alloy, eam/fs) on tables: E_i = F(rho_i) + ½ Σ_j phi(r_ij), rho_i = Σ_j rho_{j→i}(r_ij).
 *
 * params, f64 (written by src/io/eam-tables.ts):
 *   0 elements E   1 cutoff²   2 1/dr   3 knots in r (nr)   4 1/drho   5 knots in rho (nrho)   6 rho_max   7 zero
 *   then E·E tables for [centre i][neighbour j], nr−1 bins of 8 (one 64-byte line):
 *        c3 c4 d f of rho_{j→i}, then c3 c4 d f of z = r·phi
 *   then E embedding tables of nrho−1 bins of 4: c3 c4 d f of F
 * In a bin the function is ((c3 p + c4) p + d) p + f, 0 <= p <= 1; beyond the last knot it stays at p = 1, as in LAMMPS.
 *
 * work: f64[n], F'(rho) of each local, written by eamDensity and read by eamForce.
 */
import { Frame } from '../frame';
import { addF64, checkRange, fourAt, getF64, getI32, getSplat, setF64 } from '../memory';
import { addLocal } from './pairs';

const HEADER: i32 = 8;

/** First address of the table of centre `a`, neighbour `b`. */
// @ts-ignore: decorator
@inline
function pairTable(params: usize, a: i32, b: i32, elements: i32, bins: i32): usize {
  return params + ((<usize>(HEADER + (a * elements + b) * bins * 8)) << 3);
}

/** Slope with respect to p of the cubic at `line`. */
// @ts-ignore: decorator
@inline
function slope(line: usize, p: f64): f64 {
  return (3.0 * getF64(line, 0) * p + 2.0 * getF64(line, 1)) * p + getF64(line, 2);
}

// @ts-ignore: decorator
@inline
function value(line: usize, p: f64): f64 {
  return ((getF64(line, 0) * p + getF64(line, 1)) * p + getF64(line, 2)) * p + getF64(line, 3);
}

/** What the embedding needs beside the tables: from memory each number is one instruction. 96 bytes of scratch. */
// @ts-ignore: decorator
@unmanaged
export class Embedding {
  perDrho: v128;
  bins: v128;
  rhoMax: v128;
  one: v128;
  /** 2^52: added to an integer below it, the low word of the sum is that integer. */
  toWord: v128;
  /** Where the line of bin 1 would have another before it; how many one element has. */
  tables: usize;
  lines: i32;
}

// @ts-ignore: decorator
@inline
export function writeEmbedding(scratch: usize, params: usize): Embedding {
  checkRange(scratch, 96);
  const elements = <i32>getF64(params, 0);
  const own = changetype<Embedding>(scratch);
  own.perDrho = getSplat(params, 4);
  own.bins = f64x2.splat(getF64(params, 5) - 1);
  own.rhoMax = getSplat(params, 6);
  own.one = f64x2.splat(1);
  own.toWord = f64x2.splat(4503599627370496.0);
  own.lines = <i32>getF64(params, 5) - 1;
  own.tables = pairTable(params, elements, 0, elements, <i32>getF64(params, 3) - 1) - 32;
  return own;
}

/**
 * Adds F(rho), and `more`, of the locals i and k to their energies; returns F'(rho). An odd last local is both.
 */
// @ts-ignore: decorator
@inline
export function embedTwo(frame: Frame, i: i32, k: i32, rho: v128, more: v128, own: Embedding): v128 {
  const one = own.one;
  const t = f64x2.add(f64x2.mul(rho, own.perDrho), one);
  // Of what is not a number bin 1.
  const m = f64x2.pmax(one, f64x2.pmin(f64x2.floor(t), own.bins));
  const word = f64x2.add(m, own.toWord);
  const a = fourAt(own.tables, i32x4.extract_lane(word, 0) + getI32(frame.types, i) * own.lines);
  const b = fourAt(own.tables, i32x4.extract_lane(word, 2) + getI32(frame.types, k) * own.lines);
  const p = f64x2.pmin(f64x2.sub(t, m), one);
  const d = v128.shuffle<f64>(a.zw, b.zw, 0, 2);
  const c3p = f64x2.mul(v128.shuffle<f64>(a.xy, b.xy, 0, 2), p);
  const c34 = f64x2.add(c3p, v128.shuffle<f64>(a.xy, b.xy, 1, 3));
  const inner = f64x2.add(f64x2.mul(c34, p), d);
  const slope = f64x2.add(f64x2.mul(f64x2.add(f64x2.add(c3p, c34), c34), p), d);
  const derivative = f64x2.mul(slope, own.perDrho);
  const value = f64x2.add(f64x2.mul(inner, p), v128.shuffle<f64>(a.zw, b.zw, 1, 3));
  // Beyond the last knot F goes on with its last slope.
  const beyond = f64x2.mul(derivative, f64x2.sub(rho, own.rhoMax));
  const energy = f64x2.add(f64x2.add(value, v128.and(beyond, f64x2.gt(rho, own.rhoMax))), more);
  addF64(frame.energy, i, f64x2.extract_lane(energy, 0));
  if (k != i) addF64(frame.energy, k, f64x2.extract_lane(energy, 1));
  return derivative;
}

/** Of the locals [begin, end), whose rho are in work; F'(rho) takes its place. */
function embedAll(frame: Frame, begin: i32, end: i32, params: usize, work: usize, scratch: usize): void {
  const own = writeEmbedding(scratch, params);
  for (let i = begin; i < end; i += 2) {
    const k = min(i + 1, end - 1);
    const rho = f64x2.replace_lane(getSplat(work, i), 1, getF64(work, k));
    const slopes = embedTwo(frame, i, k, rho, f64x2.splat(0), own);
    setF64(work, i, f64x2.extract_lane(slopes, 0));
    if (k != i) setF64(work, k, f64x2.extract_lane(slopes, 1));
  }
}

/** Sums the densities of the locals; adds F(rho) to their energies and keeps F'(rho) in work. */
export function eamDensity(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  const x = fr.x;
  const types = fr.types;
  const neighbors = fr.neighbors;
  const elements = <i32>getF64(params, 0);
  const cutoff2 = getF64(params, 1);
  const perDr = getF64(params, 2);
  const bins = <i32>getF64(params, 3) - 1;
  for (let i = begin; i < end; i++) {
    const xi = getF64(x, 4 * i);
    const yi = getF64(x, 4 * i + 1);
    const zi = getF64(x, 4 * i + 2);
    const a = getI32(types, i);
    const row = pairTable(params, a, 0, elements, bins);
    const last = getI32(fr.first, i + 1);
    let rho = 0.0;
    for (let k = getI32(fr.first, i); k < last; k++) {
      const j = getI32(neighbors, k);
      const dx = getF64(x, 4 * j) - xi;
      const dy = getF64(x, 4 * j + 1) - yi;
      const dz = getF64(x, 4 * j + 2) - zi;
      const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 >= cutoff2) continue;
      const p = Math.sqrt(r2) * perDr + 1.0;
      const m = min(<i32>p, bins);
      rho += value(row + ((<usize>((getI32(types, j) * bins + m - 1) * 8)) << 3), min(p - <f64>m, 1.0));
    }
    setF64(work, i, rho);
  }
  embedAll(fr, begin, end, params, work, scratch);
}

/** Adds the pair energies, the forces and the virials of the locals. */
export function eamForce(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const fr = changetype<Frame>(frame);
  const x = fr.x;
  const types = fr.types;
  const neighbors = fr.neighbors;
  const home = fr.home;
  const elements = <i32>getF64(params, 0);
  const cutoff2 = getF64(params, 1);
  const perDr = getF64(params, 2);
  const bins = <i32>getF64(params, 3) - 1;
  for (let i = begin; i < end; i++) {
    const xi = getF64(x, 4 * i);
    const yi = getF64(x, 4 * i + 1);
    const zi = getF64(x, 4 * i + 2);
    const a = getI32(types, i);
    const fpi = getF64(work, i);
    const last = getI32(fr.first, i + 1);
    let energy = 0.0;
    let fx = 0.0, fy = 0.0, fz = 0.0;
    let wxx = 0.0, wyy = 0.0, wzz = 0.0, wyz = 0.0, wxz = 0.0, wxy = 0.0;
    for (let k = getI32(fr.first, i); k < last; k++) {
      const j = getI32(neighbors, k);
      const dx = getF64(x, 4 * j) - xi;
      const dy = getF64(x, 4 * j + 1) - yi;
      const dz = getF64(x, 4 * j + 2) - zi;
      const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 >= cutoff2) continue;
      const r = Math.sqrt(r2);
      const perR = 1.0 / r;
      const t = r * perDr + 1.0;
      const m = min(<i32>t, bins);
      const p = min(t - <f64>m, 1.0);
      const b = getI32(types, j);
      const at = (<usize>((m - 1) * 8)) << 3;
      const line = pairTable(params, a, b, elements, bins) + at;
      const received = slope(line, p);
      const given = a == b ? received : slope(pairTable(params, b, a, elements, bins) + at, p);
      const phi = value(line + 32, p) * perR;
      const density = fpi * received + getF64(work, getI32(home, j)) * given;
      // (dE/dr)/r, with phi' = z'/r − phi/r.
      const g = ((density + slope(line + 32, p) * perR) * perDr - phi * perR) * perR;
      energy += phi;
      const gx = g * dx, gy = g * dy, gz = g * dz;
      fx += gx;
      fy += gy;
      fz += gz;
      wxx += gx * dx;
      wyy += gy * dy;
      wzz += gz * dz;
      wyz += gy * dz;
      wxz += gx * dz;
      wxy += gx * dy;
    }
    addLocal(fr, i, 0.5 * energy, fx, fy, fz, wxx, wyy, wzz, wyz, wxz, wxy);
  }
}
