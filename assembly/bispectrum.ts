/**
 * From the density U of an atom (sum over neighbours of U^j, so4.ts) to its bispectrum and back.
 *
 *     Z^j(m,m') = sum C(j1 m1 j2 m2 | j m) C(j1 m1' j2 m2' | j m') U^j1(m1,m1') U^j2(m2,m2')
 *     B = Re sum U^j* Z^j,         dE = Re sum dU^j* Y^j,  Y^j = sum factor dE/dB Z^j
 *
 * A product U^j1 U^j2 is formed once for up to five j. Which products, for which j and into which Y is a plan that the
 * host makes (src/data/potentials/bispectrum.ts): lists of integers, with every index a position in an array. So the
 * kernel knows nothing of full and diagonal sets, elements or normalisation. A complex number is two vectors, real and
 * imaginary part; a lane is an atom.
 *
 * "Half plane": columns k < j/2 and, for even j, the middle column down to its middle, in so4.ts's order; all but the
 * very middle stand for two equal terms.
 */

import { getF64, getI32, getSplat, getV128, setI32, setV128 } from './memory';
import { halfSize, levelSize } from './so4';

/** density, half-plane sums of V, to U of one channel in place; `self` is where the weight of the own term stands. */
export function closeDensity(J: i32, density: usize, norm: usize, self: usize): void {
  const own = getV128(self, 0);
  let at = 0;
  for (let j = 0; j <= J; j++) {
    const n = halfSize(j);
    for (let i = at; i < at + n; i++) {
      const factor = getSplat(norm, i);
      setV128(density, 2 * i, f64x2.mul(factor, getV128(density, 2 * i)));
      setV128(density, 2 * i + 1, f64x2.mul(factor, getV128(density, 2 * i + 1)));
    }
    for (let i = at; i < at + n; i += j + 2) setV128(density, 2 * i, f64x2.add(getV128(density, 2 * i), own));
    at += n;
  }
}

/** Fills the whole plane from the half. */
export function unfold(J: i32, half: usize, full: usize): void {
  for (let j = 0; j <= J; j++) {
    const n = halfSize(j);
    const last = (j + 1) * (j + 1) - 1;
    for (let i = 0; i < n; i++) {
      const re = getV128(half, 2 * i);
      const im = getV128(half, 2 * i + 1);
      const row = i % (j + 1);
      const odd = (((i - row) / (j + 1) - row) & 1) != 0;
      setV128(full, 2 * (last - i), odd ? f64x2.neg(re) : re);
      setV128(full, 2 * (last - i) + 1, odd ? im : f64x2.neg(im));
      setV128(full, 2 * i, re);
      setV128(full, 2 * i + 1, im);
    }
    half += (<usize>n) << 5;
    full += (<usize>(last + 1)) << 5;
  }
}

/**
 * All Z of the plan. A job is j1, j2, where its two U begin in `full`, 1 if they are the same U, the number of j,
 * where its list of Clebsch-Gordan blocks begins in `ints`, then every j (descending) and where its Z begins.
 * There is one block for every m: for every m1 the coefficients of all j >= |m|.
 */
export function couple(ints: usize, jobs: i32, cg: usize, full: usize, z: usize): void {
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
        if (width == 1) element(1, job, m, mm, strideR, strideC, blockR, blockC, full, z);
        else if (width == 2) element(2, job, m, mm, strideR, strideC, blockR, blockC, full, z);
        else if (width == 3) element(3, job, m, mm, strideR, strideC, blockR, blockC, full, z);
        else if (width == 4) element(4, job, m, mm, strideR, strideC, blockR, blockC, full, z);
        else element(5, job, m, mm, strideR, strideC, blockR, blockC, full, z);
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
  full: usize, z: usize,
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
  const u = full + ((<usize>(getI32(job, 2) + first)) << 5);
  const w = full + ((<usize>(getI32(job, 3) + row - first)) << 5);
  const stepC = (<usize>strideC) << 3;
  const stepR = (<usize>strideR) << 3;
  const zero = f64x2.splat(0);
  let r0 = zero, r1 = zero, r2 = zero, r3 = zero, r4 = zero;
  let i0 = zero, i1 = zero, i2 = zero, i3 = zero, i4 = zero;
  let c = blockC;
  for (let k = k0; k <= kEnd; k++, c += stepC) {
    const twice = 2 * k - column;
    if (same != 0 && twice < 0) continue;
    let p = u + ((<usize>(k * (j1 + 1))) << 5);
    let q = w + ((<usize>((column - k) * (j2 + 1))) << 5);
    let r = blockR;
    let a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero;
    let b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero;
    for (let i = n; i >= 0; i--) {
      const ur = getV128(p, 0);
      const ui = getV128(p, 1);
      const wr = getV128(q, 0);
      const wi = getV128(q, 1);
      const re = f64x2.sub(f64x2.mul(ur, wr), f64x2.mul(ui, wi));
      const im = f64x2.add(f64x2.mul(ur, wi), f64x2.mul(ui, wr));
      a0 = plus(a0, r, 0, re);
      b0 = plus(b0, r, 0, im);
      if (width > 1) a1 = plus(a1, r, 1, re), b1 = plus(b1, r, 1, im);
      if (width > 2) a2 = plus(a2, r, 2, re), b2 = plus(b2, r, 2, im);
      if (width > 3) a3 = plus(a3, r, 3, re), b3 = plus(b3, r, 3, im);
      if (width > 4) a4 = plus(a4, r, 4, re), b4 = plus(b4, r, 4, im);
      p += 32;
      q -= 32;
      r += stepR;
    }
    const factor = f64x2.splat(same != 0 && twice > 0 ? 2 : 1);
    r0 = plus(r0, c, 0, f64x2.mul(factor, a0));
    i0 = plus(i0, c, 0, f64x2.mul(factor, b0));
    if (width > 1) r1 = plus(r1, c, 1, f64x2.mul(factor, a1)), i1 = plus(i1, c, 1, f64x2.mul(factor, b1));
    if (width > 2) r2 = plus(r2, c, 2, f64x2.mul(factor, a2)), i2 = plus(i2, c, 2, f64x2.mul(factor, b2));
    if (width > 3) r3 = plus(r3, c, 3, f64x2.mul(factor, a3)), i3 = plus(i3, c, 3, f64x2.mul(factor, b3));
    if (width > 4) r4 = plus(r4, c, 4, f64x2.mul(factor, a4)), i4 = plus(i4, c, 4, f64x2.mul(factor, b4));
  }
  put(job, 0, m, mm, z, r0, i0);
  if (width > 1) put(job, 1, m, mm, z, r1, i1);
  if (width > 2) put(job, 2, m, mm, z, r2, i2);
  if (width > 3) put(job, 3, m, mm, z, r3, i3);
  if (width > 4) put(job, 4, m, mm, z, r4, i4);
}

/** sum + array[i] x. */
// @ts-ignore: decorator
@inline
function plus(sum: v128, array: usize, i: i32, x: v128): v128 {
  return f64x2.add(sum, f64x2.mul(getSplat(array, i), x));
}

// @ts-ignore: decorator
@inline
function put(job: usize, which: i32, m: i32, mm: i32, z: usize, re: v128, im: v128): void {
  const j = getI32(job, 7 + 2 * which);
  const start = getI32(job, 8 + 2 * which);
  const at = start + ((j + mm) >> 1) * (j + 1) + ((j + m) >> 1);
  setV128(z, 2 * at, re);
  setV128(z, 2 * at + 1, im);
}

/** Components, b[k] = Re sum U* Z. An item of the list is j, where its Z and where its U begin. */
export function components(list: usize, count: i32, half: usize, z: usize, b: usize): void {
  for (let k = 0; k < count; k++) {
    const j = getI32(list, 3 * k);
    const p = z + ((<usize>getI32(list, 3 * k + 1)) << 5);
    const q = half + ((<usize>getI32(list, 3 * k + 2)) << 5);
    const n = 2 * halfSize(j);
    let sum = f64x2.splat(0);
    for (let i = 0; i < n; i++) sum = f64x2.add(sum, f64x2.mul(getV128(p, i), getV128(q, i)));
    sum = f64x2.add(sum, sum);
    for (let i = n - 2; i < n; i++) {
      if ((j & 1) == 0) sum = f64x2.sub(sum, f64x2.mul(getV128(p, i), getV128(q, i)));
    }
    setV128(b, k, sum);
  }
}

/** y += factor g[k] Z for every item of the list: j, where its Z and its Y begin, component k; y is cleared first. */
export function adjoint(
  list: usize, count: i32, factors: usize, g: usize, z: usize, y: usize, length: i32,
): void {
  for (let i = 0; i < 2 * length; i++) setV128(y, i, f64x2.splat(0));
  for (let item = 0; item < count; item++) {
    const n = 2 * halfSize(getI32(list, 4 * item));
    const p = z + ((<usize>getI32(list, 4 * item + 1)) << 5);
    const q = y + ((<usize>getI32(list, 4 * item + 2)) << 5);
    const c = f64x2.mul(getSplat(factors, item), getV128(g, getI32(list, 4 * item + 3)));
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
      const factor = f64x2.splat(weight * getF64(norm, at + i));
      setV128(tower, 2 * i, f64x2.mul(factor, getV128(y, 2 * (at + i))));
      setV128(tower, 2 * i + 1, f64x2.mul(factor, getV128(y, 2 * (at + i) + 1)));
    }
    const size = levelSize(j);
    for (let i = 2 * n; i < 2 * size; i++) setV128(tower, i, f64x2.splat(0));
    at += n;
    tower += (<usize>size) << 5;
  }
}

/** Copies the plan's integers, kept as f64 in params, to scratch. */
export function unpack(from: usize, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) setI32(to, i, <i32>getF64(from, i));
}
