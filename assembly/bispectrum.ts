/**
 * From the density U of an atom (sum over neighbours of U^j, so4.ts) to its bispectrum and back.
 *
 *     Z^j(m,m') = sum C(j1 m1 j2 m2 | j m) C(j1 m1' j2 m2' | j m') U^j1(m1,m1') U^j2(m2,m2')
 *     B = Re sum U^j* Z^j,         dE = Re sum dU^j* Y^j,  Y^j = sum factor dE/dB Z^j
 *
 * A product U^j1 U^j2 is formed once for up to five j. Which products, for which j and into which Y is a plan that the
 * host makes (src/data/potentials/bispectrum.ts): lists of integers, with every index a position in an array. So the
 * kernel knows nothing of full and diagonal sets, elements or normalisation. Complex numbers are one vector (re, im).
 *
 * "Half plane": columns k < j/2 and, for even j, the middle column down to its middle, in so4.ts's order; all but the
 * very middle stand for two equal terms.
 */

import { addF64, getF64, getI32, getSplat, getV128, setF64, setI32, setV128 } from './memory';
import { halfSize, levelSize } from './so4';

/** Half-plane sums of V (two lanes of real, two of imaginary parts) to U of one channel; self is its own weight. */
export function closeDensity(J: i32, density: usize, norm: usize, self: f64, half: usize): void {
  let at = 0;
  for (let j = 0; j <= J; j++) {
    const n = halfSize(j);
    for (let i = 0; i < n; i++) {
      const re = getV128(density, 2 * (at + i));
      const im = getV128(density, 2 * (at + i) + 1);
      const sum = f64x2.add(v128.shuffle<f64>(re, im, 0, 2), v128.shuffle<f64>(re, im, 1, 3));
      setV128(half, at + i, f64x2.mul(sum, getSplat(norm, at + i)));
    }
    for (let i = 0; i < n; i += j + 2) addF64(half, 2 * (at + i), self);
    at += n;
  }
}

/** Fills the whole plane from the half, and beside it the same turned by i: (re, im) and (-im, re). */
export function unfold(J: i32, half: usize, full: usize, turned: usize): void {
  for (let j = 0; j <= J; j++) {
    const n = halfSize(j);
    const last = (j + 1) * (j + 1) - 1;
    for (let i = 0; i < n; i++) {
      const re = getF64(half, 2 * i);
      const im = getF64(half, 2 * i + 1);
      const row = i % (j + 1);
      const sign: f64 = ((i - row) / (j + 1) - row) & 1 ? -1 : 1;
      place(full, turned, last - i, sign * re, -sign * im);
      place(full, turned, i, re, im);
    }
    half += (<usize>n) << 4;
    full += (<usize>(last + 1)) << 4;
    turned += (<usize>(last + 1)) << 4;
  }
}

// @ts-ignore: decorator
@inline
function place(full: usize, turned: usize, i: i32, re: f64, im: f64): void {
  setF64(full, 2 * i, re);
  setF64(full, 2 * i + 1, im);
  setF64(turned, 2 * i, -im);
  setF64(turned, 2 * i + 1, re);
}

/**
 * All Z of the plan. A job is j1, j2, where its two U begin in `full`, 1 if they are the same U, the number of j,
 * where its list of Clebsch-Gordan blocks begins in `ints`, then every j (descending) and where its Z begins.
 * There is one block for every m: for every m1 the coefficients of all j >= |m|.
 */
export function couple(ints: usize, jobs: i32, cg: usize, full: usize, turned: usize, z: usize): void {
  let job = ints;
  for (let i = 0; i < jobs; i++) {
    const count = getI32(job, 5);
    const blocks = ints + ((<usize>getI32(job, 6)) << 2);
    const js = job + 28;
    const top = getI32(js, 0);
    // Rows outside: all sums of one row have the same number of terms, which suits the branch predictor.
    for (let m = -top; m <= top; m += 2) {
      const strideR = reach(js, count, m < 0 ? -m : m);
      const blockR = cg + ((<usize>getI32(blocks, (m + top) >> 1)) << 3);
      const end = m > 0 ? -1 : 0;
      for (let mm = -top; mm <= end; mm += 2) {
        const strideC = reach(js, count, -mm);
        const blockC = cg + ((<usize>getI32(blocks, (mm + top) >> 1)) << 3);
        const width = strideR < strideC ? strideR : strideC;
        if (width == 1) element(1, job, m, mm, strideR, strideC, blockR, blockC, full, turned, z);
        else if (width == 2) element(2, job, m, mm, strideR, strideC, blockR, blockC, full, turned, z);
        else if (width == 3) element(3, job, m, mm, strideR, strideC, blockR, blockC, full, turned, z);
        else if (width == 4) element(4, job, m, mm, strideR, strideC, blockR, blockC, full, turned, z);
        else element(5, job, m, mm, strideR, strideC, blockR, blockC, full, turned, z);
      }
    }
    job = js + ((<usize>count) << 3);
  }
}

/** How many of the descending j are at least |m|. */
// @ts-ignore: decorator
@inline
function reach(js: usize, count: i32, m: i32): i32 {
  while (getI32(js, 2 * count - 2) < m) count--;
  return count;
}

/**
 * Z(m, mm) for the first `width` j of a job. The width is a constant wherever this is inlined, so the sums are locals
 * and what is beyond the width disappears. For twice the same U, (m1,m1') and (m2,m2') give equal terms.
 */
// @ts-ignore: decorator
@inline
function element(
  width: i32, job: usize, m: i32, mm: i32, strideR: i32, strideC: i32, blockR: usize, blockC: usize,
  full: usize, turned: usize, z: usize,
): void {
  const j1 = getI32(job, 0);
  const j2 = getI32(job, 1);
  const row = (j1 + j2 + m) >> 1;
  const column = (j1 + j2 + mm) >> 1;
  const first = max(0, row - j2);
  const n = min(j1, row) - first;
  const k0 = max(0, column - j2);
  const kEnd = min(j1, column);
  const same = getI32(job, 4);
  const u = full + ((<usize>(getI32(job, 2) + first)) << 4);
  const w = (<usize>(getI32(job, 3) + row - first)) << 4;
  const stepC = (<usize>strideC) << 3;
  const stepR = (<usize>strideR) << 3;
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0;
  let c = blockC;
  for (let k = k0; k <= kEnd; k++, c += stepC) {
    const twice = 2 * k - column;
    if (same != 0 && twice < 0) continue;
    let p = u + ((<usize>(k * (j1 + 1))) << 4);
    const offset = w + ((<usize>((column - k) * (j2 + 1))) << 4);
    let q = full + offset;
    let t = turned + offset;
    let r = blockR;
    let a0 = f64x2.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0;
    for (let i = n; i >= 0; i--) {
      const product = f64x2.add(f64x2.mul(getSplat(p, 0), getV128(q, 0)), f64x2.mul(getSplat(p, 1), getV128(t, 0)));
      a0 = f64x2.add(a0, f64x2.mul(getSplat(r, 0), product));
      if (width > 1) a1 = f64x2.add(a1, f64x2.mul(getSplat(r, 1), product));
      if (width > 2) a2 = f64x2.add(a2, f64x2.mul(getSplat(r, 2), product));
      if (width > 3) a3 = f64x2.add(a3, f64x2.mul(getSplat(r, 3), product));
      if (width > 4) a4 = f64x2.add(a4, f64x2.mul(getSplat(r, 4), product));
      p += 16;
      q -= 16;
      t -= 16;
      r += stepR;
    }
    if (same != 0 && twice > 0) {
      a0 = f64x2.add(a0, a0);
      if (width > 1) a1 = f64x2.add(a1, a1);
      if (width > 2) a2 = f64x2.add(a2, a2);
      if (width > 3) a3 = f64x2.add(a3, a3);
      if (width > 4) a4 = f64x2.add(a4, a4);
    }
    s0 = f64x2.add(s0, f64x2.mul(getSplat(c, 0), a0));
    if (width > 1) s1 = f64x2.add(s1, f64x2.mul(getSplat(c, 1), a1));
    if (width > 2) s2 = f64x2.add(s2, f64x2.mul(getSplat(c, 2), a2));
    if (width > 3) s3 = f64x2.add(s3, f64x2.mul(getSplat(c, 3), a3));
    if (width > 4) s4 = f64x2.add(s4, f64x2.mul(getSplat(c, 4), a4));
  }
  put(job, 0, m, mm, z, s0);
  if (width > 1) put(job, 1, m, mm, z, s1);
  if (width > 2) put(job, 2, m, mm, z, s2);
  if (width > 3) put(job, 3, m, mm, z, s3);
  if (width > 4) put(job, 4, m, mm, z, s4);
}

// @ts-ignore: decorator
@inline
function put(job: usize, which: i32, m: i32, mm: i32, z: usize, value: v128): void {
  const j = getI32(job, 7 + 2 * which);
  const start = getI32(job, 8 + 2 * which);
  setV128(z, start + ((j + mm) >> 1) * (j + 1) + ((j + m) >> 1), value);
}

/** Components, b[k] = scale[k] Re sum U* Z - shift[k]. An item of the list is j, where its Z and where its U begin. */
export function components(
  list: usize, count: i32, scale: usize, shift: usize, half: usize, z: usize, b: usize,
): void {
  for (let k = 0; k < count; k++) {
    const j = getI32(list, 3 * k);
    const p = z + ((<usize>getI32(list, 3 * k + 1)) << 4);
    const q = half + ((<usize>getI32(list, 3 * k + 2)) << 4);
    const n = halfSize(j);
    let sum = f64x2.splat(0);
    for (let i = 0; i < n; i++) sum = f64x2.add(sum, f64x2.mul(getV128(p, i), getV128(q, i)));
    sum = f64x2.add(sum, sum);
    if ((j & 1) == 0) sum = f64x2.sub(sum, f64x2.mul(getV128(p, n - 1), getV128(q, n - 1)));
    setF64(b, k, getF64(scale, k) * (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)) - getF64(shift, k));
  }
}

/** y += factor g[k] Z for every item of the list: j, where its Z and its Y begin, component k; y is cleared first. */
export function adjoint(
  list: usize, count: i32, factors: usize, g: usize, z: usize, y: usize, length: i32,
): void {
  for (let i = 0; i < length; i++) setV128(y, i, f64x2.splat(0));
  for (let item = 0; item < count; item++) {
    const n = halfSize(getI32(list, 4 * item));
    const p = z + ((<usize>getI32(list, 4 * item + 1)) << 4);
    const q = y + ((<usize>getI32(list, 4 * item + 2)) << 4);
    const c = f64x2.splat(getF64(factors, item) * getF64(g, getI32(list, 4 * item + 3)));
    for (let i = 0; i < n; i++) setV128(q, i, f64x2.add(getV128(q, i), f64x2.mul(c, getV128(p, i))));
  }
}

/** Y of one channel (half plane) to the tower dE/dV* that so4.ts's descend takes; zeros where the plane is redundant. */
export function toTower(J: i32, norm: usize, y: usize, tower: usize): void {
  let at = 0;
  for (let j = 0; j <= J; j++) {
    const n = halfSize(j);
    for (let i = 0; i < n; i++) {
      const weight: f64 = (j & 1) == 0 && i == n - 1 ? 1 : 2;
      setV128(tower, i, f64x2.mul(f64x2.splat(weight * getF64(norm, at + i)), getV128(y, at + i)));
    }
    const size = levelSize(j);
    for (let i = n; i < size; i++) setV128(tower, i, f64x2.splat(0));
    at += n;
    tower += (<usize>size) << 4;
  }
}

/** Copies the plan's integers, kept as f64 in params, to scratch. */
export function unpack(from: usize, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) setI32(to, i, <i32>getF64(from, i));
}
