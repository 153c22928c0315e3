/**
 * Solid-harmonic wavelet scattering of the density of points of weight one, one scale at a time:
 *
 *     S_l = ∫ sqrt(sum_m |F_lm|²) dr,   F_lm(k) = a(k) R_lm(s k) sum_i exp(−i k r_i),   a = (s³/V) exp(−k² t²/2)
 *
 * with real solid harmonics R and t² = s² + sigma². |F| does not depend on the phase (−i)^l, which is left out. The grid of
 * (n1, n2, n3) points is that of a box which repeats in all directions; waves beyond k_cut are dropped. With A_m the sum of
 * cosine and i times sine harmonics, A_m(k) = f(k) B and A_m(−k) = (−1)^l f(k)* B, f = a sum exp, B = Q (x + i y)^m.
 *
 * table, f64: 0 atoms N   1 n1   2 n2   3 n3   4 vectors of waves, 3 x 3, Å⁻¹   13 s   14 t²/2   15 s³/V   16 k_cut²   17 L
 *   18 V/n   19 H, n3/2 + 1 rounded up to an even number   20 f64 of an atom's phases
 *   positions in the table: 21 plans of the axes, 3   24 table of the harmonics   25 order of l, L + 1
 *   in work: 26 fractional coordinates, N x 3   27 phases exp(−2 pi i h x), N x (re n1, im n1, re n2, im n2, re H, im H)
 *   28 f, n1 x n2 x (re H, im H), of waves with l >= 0   29 dS/df of every l, as 28   30 adjoint of every S_l, L + 1
 *   31 of every row: the wave of l = 0, and how many l it has
 * scratch: two buffers of 32 bytes a point, then f64 a point, then two vectors.
 */
import { cos, exp, sin } from '../math';
import { getF64, getPair, setF64, setPair } from '../memory';

// @ts-ignore: decorator
@inline
export function word(table: usize, i: i32): i32 {
  return <i32>getF64(table, i);
}

// @ts-ignore: decorator
@inline
export function at(base: usize, table: usize, i: i32): usize {
  return base + ((<usize>getF64(table, i)) << 3);
}

// @ts-ignore: decorator
@inline
export function skip(array: usize, numbers: i32): usize {
  return array + ((<usize>numbers) << 3);
}

/** The whole number of waves that index h of n stands for. */
// @ts-ignore: decorator
@inline
export function frequency(h: i32, n: i32): i32 {
  return 2 * h > n ? h - n : h;
}

/** Phases of the atoms [begin, end). */
export function wavePhases(begin: i32, end: i32, table: usize, work: usize, _out: usize, _scratch: usize): void {
  for (let i = begin; i < end; i++) {
    let to = at(work, table, 27) + (<usize>i) * ((<usize>word(table, 20)) << 3);
    for (let axis = 0; axis < 3; axis++) {
      const n = word(table, 1 + axis);
      const count = axis == 2 ? word(table, 19) : n;
      const x = getF64(at(work, table, 26), 3 * i + axis);
      for (let h = 0; h < count; h++) {
        const turns = <f64>frequency(h, axis == 2 ? 4 * n : n) * x;
        const angle = 2.0 * Math.PI * (turns - Math.floor(turns));
        setF64(to, h, cos(angle));
        setF64(to, count + h, -sin(angle));
      }
      to = skip(to, 2 * count);
    }
  }
}

/** f of the rows [begin, end) of n1 x n2. */
export function waveDensity(begin: i32, end: i32, table: usize, work: usize, _out: usize, _scratch: usize): void {
  const n1 = word(table, 1);
  const n2 = word(table, 2);
  const H = word(table, 19);
  const atom = (<usize>word(table, 20)) << 3;
  for (let row = begin; row < end; row++) {
    const re = rowAt(at(work, table, 28), row, H);
    const im = skip(re, H);
    for (let l = 0; l < H; l += 2) {
      setPair(re, l, f64x2.splat(0));
      setPair(im, l, f64x2.splat(0));
    }
    const length = inside(row, table);
    const first = waveAt(row, table, work);
    for (let c = 0; c < 3; c++) setF64(first, c, wave(row, 0, c, table));
    setF64(first, 3, <f64>length);
    if (length == 0) continue;
    const h = row / n2;
    const k = row % n2;
    let phases = at(work, table, 27);
    for (let i = 0; i < word(table, 0); i++, phases += atom) {
      const y = skip(phases, 2 * n1);
      const z = skip(y, 2 * n2);
      const xr = getF64(phases, h), xi = getF64(phases, n1 + h);
      const yr = getF64(y, k), yi = getF64(y, n2 + k);
      const pr = f64x2.splat(xr * yr - xi * yi), pi = f64x2.splat(xr * yi + xi * yr);
      for (let l = 0; l < length; l += 2) {
        const zr = getPair(z, l), zi = getPair(z, H + l);
        setPair(re, l, f64x2.add(getPair(re, l), f64x2.sub(f64x2.mul(pr, zr), f64x2.mul(pi, zi))));
        setPair(im, l, f64x2.add(getPair(im, l), f64x2.add(f64x2.mul(pr, zi), f64x2.mul(pi, zr))));
      }
    }
    for (let l = 0; l < H; l++) {
      const factor = amplitude(row, l, table);
      setF64(re, l, factor * getF64(re, l));
      setF64(im, l, factor * getF64(im, l));
    }
  }
}

// @ts-ignore: decorator
@inline
export function rowAt(array: usize, row: i32, H: i32): usize {
  return array + (<usize>row) * ((<usize>(2 * H)) << 3);
}

/** What is kept of a row: its wave of l = 0, and its length. */
// @ts-ignore: decorator
@inline
export function waveAt(row: i32, table: usize, work: usize): usize {
  return at(work, table, 31) + ((<usize>row) << 5);
}

/** Component c of the wave vector. */
// @ts-ignore: decorator
@inline
function wave(row: i32, l: i32, c: i32, table: usize): f64 {
  const n1 = word(table, 1);
  const n2 = word(table, 2);
  return (
    <f64>frequency(row / n2, n1) * getF64(table, 4 + c) +
    <f64>frequency(row % n2, n2) * getF64(table, 7 + c) +
    <f64>l * getF64(table, 10 + c)
  );
}

function squared(row: i32, l: i32, table: usize): f64 {
  const x = wave(row, l, 0, table);
  const y = wave(row, l, 1, table);
  const z = wave(row, l, 2, table);
  return x * x + y * y + z * z;
}

/** a(k), 0 beyond the cutoff. */
export function amplitude(row: i32, l: i32, table: usize): f64 {
  const k2 = squared(row, l, table);
  return k2 < getF64(table, 16) ? getF64(table, 15) * exp(-k2 * getF64(table, 14)) : 0.0;
}

/** How many waves of a row, from l = 0, one must look at. */
function inside(row: i32, table: usize): i32 {
  for (let l = word(table, 3) / 2; l >= 0; l--) {
    if (squared(row, l, table) < getF64(table, 16)) return l + 1;
  }
  return 0;
}
