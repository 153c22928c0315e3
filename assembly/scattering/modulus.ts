/** From the waves of the density to S_l and back: assembly/scattering/waves.ts has the formulas and the table. */
import { addF64, getF64, getV128, setF64, setV128 } from '../memory';
import { transform } from './fourier';
import { at, rowAt, skip, waveAt, word } from './waves';

/** S_l, to out[l], for the places [begin, end) of the order of l. */
export function waveModulus(begin: i32, end: i32, table: usize, work: usize, out: usize, scratch: usize): void {
  for (let place = begin; place < end; place++) {
    const l = <i32>getF64(at(table, table, 25), place);
    setF64(out, l, modulus(l, table, work, scratch));
  }
}

/** Besides S_l the sum of dS_l/df times its adjoint, of the same places. */
export function waveAdjoint(begin: i32, end: i32, table: usize, work: usize, out: usize, scratch: usize): void {
  for (let place = begin; place < end; place++) {
    const l = <i32>getF64(at(table, table, 25), place);
    setF64(out, l, modulus(l, table, work, scratch));
    adjoint(l, table, work, scratch);
  }
}

// @ts-ignore: decorator
@inline
function points(table: usize): i32 {
  return word(table, 1) * word(table, 2) * word(table, 3);
}

/** Where scratch has the squares of the modulus, and the harmonics of one wave: B of lane m and of lane m + 1. */
// @ts-ignore: decorator
@inline
function squaresAt(table: usize, scratch: usize): usize {
  return scratch + ((<usize>points(table)) << 6);
}

// @ts-ignore: decorator
@inline
function harmonicAt(table: usize, scratch: usize): usize {
  return squaresAt(table, scratch) + (((<usize>points(table) + 1) & ~1) << 3);
}

/** S_l; leaves the squares of the modulus in scratch. */
function modulus(l: i32, table: usize, work: usize, scratch: usize): f64 {
  const n = points(table);
  const squares = squaresAt(table, scratch);
  for (let g = 0; g < n; g++) setF64(squares, g, 0);
  for (let m = 0; m <= l; m += 2) {
    const field = fields(l, m, table, work, scratch);
    for (let g = 0; g < n; g++) {
      const re = getV128(field, 2 * g);
      const im = getV128(field, 2 * g + 1);
      const both = f64x2.add(f64x2.mul(re, re), f64x2.mul(im, im));
      addF64(squares, g, f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1));
    }
  }
  let sum = 0.0;
  for (let g = 0; g < n; g++) sum += Math.sqrt(getF64(squares, g));
  return sum * getF64(table, 18);
}

/** A_m and A_(m+1) on the grid, in one of the two buffers. */
function fields(l: i32, m: i32, table: usize, work: usize, scratch: usize): usize {
  fill(l, m, table, work, scratch);
  return transformed(1.0, table, scratch, scratch + ((<usize>points(table)) << 5));
}

function transformed(sign: f64, table: usize, from: usize, to: usize): usize {
  return transform(at(table, table, 21), at(table, table, 22), at(table, table, 23), sign, from, to);
}

/** Waves of A_m and A_(m+1). */
function fill(l: i32, m: i32, table: usize, work: usize, scratch: usize): void {
  const n3 = word(table, 3);
  const H = word(table, 19);
  const rows = word(table, 1) * word(table, 2);
  const slot = harmonicAt(table, scratch);
  memory.fill(scratch, 0, (<usize>points(table)) << 5);
  const odd = f64x2.splat((l & 1) != 0 ? -1.0 : 1.0);
  for (let row = 0; row < rows; row++) {
    const f = rowAt(at(work, table, 28), row, H);
    const wave = waveAt(row, table, work);
    const length = <i32>getF64(wave, 3);
    for (let q = 0; q < length; q++) {
      const fr = f64x2.splat(getF64(f, q));
      const fi = f64x2.splat(getF64(f, H + q));
      harmonic(l, m, wave, q, table, slot);
      const br = getV128(slot, 0), bi = getV128(slot, 1);
      const rr = f64x2.mul(fr, br), ii = f64x2.mul(fi, bi), ri = f64x2.mul(fr, bi), ir = f64x2.mul(fi, br);
      const here = row * n3 + q;
      setV128(scratch, 2 * here, f64x2.sub(rr, ii));
      setV128(scratch, 2 * here + 1, f64x2.add(ri, ir));
      if (q == 0) continue;
      const there = opposite(row, q, table);
      setV128(scratch, 2 * there, f64x2.mul(odd, f64x2.add(rr, ii)));
      setV128(scratch, 2 * there + 1, f64x2.mul(odd, f64x2.sub(ri, ir)));
    }
  }
}

/** Place of −k on the grid. */
// @ts-ignore: decorator
@inline
function opposite(row: i32, l: i32, table: usize): i32 {
  const n1 = word(table, 1);
  const n2 = word(table, 2);
  const n3 = word(table, 3);
  return (((n1 - row / n2) % n1) * n2 + ((n2 - (row % n2)) % n2)) * n3 + n3 - l;
}

/** B of m and, where there is one, of m + 1. */
function harmonic(l: i32, m: i32, wave: usize, q: i32, table: usize, slot: usize): void {
  const s = getF64(table, 13);
  const along = <f64>q;
  const x = s * (getF64(wave, 0) + along * getF64(table, 10));
  const y = s * (getF64(wave, 1) + along * getF64(table, 11));
  const z = s * (getF64(wave, 2) + along * getF64(table, 12));
  const k2 = x * x + y * y + z * z;
  let c = 1.0;
  let d = 0.0;
  for (let i = 0; i < m; i++) {
    const next = c * x - d * y;
    d = c * y + d * x;
    c = next;
  }
  const first = solid(l, m, z, k2, table);
  const second = m < l ? solid(l, m + 1, z, k2, table) : 0.0;
  setF64(slot, 0, first * c);
  setF64(slot, 2, first * d);
  setF64(slot, 1, second * (c * x - d * y));
  setF64(slot, 3, second * (c * y + d * x));
}

/** Q_lm made homogeneous, of degree l − m. */
function solid(l: i32, m: i32, z: f64, k2: f64, table: usize): f64 {
  const harmonics = at(table, table, 24);
  const w = word(table, 17) + 1;
  const rows = skip(harmonics, 1 + w);
  let before = 0.0;
  let value = getF64(harmonics, 1 + m);
  for (let j = m + 1; j <= l; j++) {
    const row = 3 * (j * w + m);
    const next = getF64(rows, row) * z * value - getF64(rows, row + 1) * k2 * before;
    before = value;
    value = next;
  }
  return value;
}

/** g dS_l/df, g the adjoint of S_l, after modulus: dS_l = Re sum over the kept waves of it times df. */
function adjoint(l: i32, table: usize, work: usize, scratch: usize): void {
  const n = points(table);
  const H = word(table, 19);
  const rows = word(table, 1) * word(table, 2);
  const to = at(work, table, 29) + (<usize>l) * ((<usize>(rows * 2 * H)) << 3);
  memory.fill(to, 0, (<usize>(rows * 2 * H)) << 3);
  const factor = getF64(at(work, table, 30), l) * getF64(table, 18);
  if (factor == 0.0) return;
  const squares = squaresAt(table, scratch);
  const other = scratch + ((<usize>n) << 5);
  for (let m = 0; m <= l; m += 2) {
    const field = fields(l, m, table, work, scratch);
    for (let g = 0; g < n; g++) {
      const square = getF64(squares, g);
      const weight = f64x2.splat(square > 0 ? factor / Math.sqrt(square) : 0.0);
      setV128(field, 2 * g, f64x2.mul(weight, getV128(field, 2 * g)));
      setV128(field, 2 * g + 1, f64x2.mul(weight, getV128(field, 2 * g + 1)));
    }
    collect(l, m, transformed(-1.0, table, field, field == scratch ? other : scratch), to, table, work, scratch);
  }
}

/** Adds conj(D(k)) B + (−1)^l D(−k) conj(B), D = dS/dA, of both lanes. */
function collect(l: i32, m: i32, d: usize, to: usize, table: usize, work: usize, scratch: usize): void {
  const n3 = word(table, 3);
  const H = word(table, 19);
  const rows = word(table, 1) * word(table, 2);
  const slot = harmonicAt(table, scratch);
  const odd = f64x2.splat((l & 1) != 0 ? -1.0 : 1.0);
  for (let row = 0; row < rows; row++) {
    const out = rowAt(to, row, H);
    const wave = waveAt(row, table, work);
    const length = <i32>getF64(wave, 3);
    for (let q = 0; q < length; q++) {
      harmonic(l, m, wave, q, table, slot);
      const br = getV128(slot, 0), bi = getV128(slot, 1);
      const here = row * n3 + q;
      let dr = getV128(d, 2 * here), di = f64x2.neg(getV128(d, 2 * here + 1));
      let re = f64x2.sub(f64x2.mul(dr, br), f64x2.mul(di, bi));
      let im = f64x2.add(f64x2.mul(dr, bi), f64x2.mul(di, br));
      if (q > 0) {
        const there = opposite(row, q, table);
        dr = f64x2.mul(odd, getV128(d, 2 * there));
        di = f64x2.mul(odd, getV128(d, 2 * there + 1));
        re = f64x2.add(re, f64x2.add(f64x2.mul(dr, br), f64x2.mul(di, bi)));
        im = f64x2.add(im, f64x2.sub(f64x2.mul(di, br), f64x2.mul(dr, bi)));
      }
      addF64(out, q, f64x2.extract_lane(re, 0) + f64x2.extract_lane(re, 1));
      addF64(out, H + q, f64x2.extract_lane(im, 0) + f64x2.extract_lane(im, 1));
    }
  }
}
