/**
 * Between the moments M of two atoms' neighbours and the density U, both ways. An element of U is
 *
 *     U = alpha^p beta^q g(t) summed over neighbours,   g a polynomial of degree (j - |p| - |q|) / 2,
 *
 * with negative powers standing for those of the conjugates. So the element (P, Q) and its companion with one sign turned
 * need the same four sums rr, ri, ir, ii of g_k M_k:
 *
 *     U(P, Q) = (rr - ii) + i (ri + ir),      U(P, -Q) or U(-P, Q) = s (rr + ii) + i u (ir - ri).
 *
 * The host (src/data/so4/transform.ts) lists the items (j, P, Q). Integers of an item: first slot of M, terms, then of
 * the element and of its companion the place in the half plane, in the whole plane, and of its mirror image there.
 * Numbers: s, u, sign of the mirror image, weight in the sum over the half plane, own term, then g_0, g_1 …
 * An item without companion has places that nobody reads.
 */
import { getI32, getSplat, getV128, setV128 } from '../memory';
import { halfSize } from '../so4';

const INTEGERS = 8;
const NUMBERS = 11;
const G = 5;

/** U(m, m') in the half plane, and with its mirror image U(-m, -m') = (-1)^((m'-m)/2) U(m, m')* in the whole plane. */
// @ts-ignore: decorator
@inline
function place(item: usize, at: i32, re: v128, im: v128, sign: v128, half: usize, full: usize): void {
  const h = getI32(item, at);
  const f = getI32(item, at + 1);
  const mirror = getI32(item, at + 2);
  setV128(half, 2 * h, re);
  setV128(half, 2 * h + 1, im);
  setV128(full, 2 * mirror, f64x2.mul(sign, re));
  setV128(full, 2 * mirror + 1, f64x2.neg(f64x2.mul(sign, im)));
  setV128(full, 2 * f, re);
  setV128(full, 2 * f + 1, im);
}

/** M to U, the own term added as often as stands at `own`. J = 8: 95 items, 175 numbers g_k, each of them with four moments. */
export function toDensity(
  item: usize, numbers: usize, items: i32, moments: usize, own: usize, half: usize, full: usize,
): void {
  for (; items > 0; items--) {
    let m = moments + ((<usize>getI32(item, 0)) << 4);
    const terms = getI32(item, 1);
    let rr = f64x2.splat(0);
    let ri = rr;
    let ir = rr;
    let ii = rr;
    for (let k = 0; k < terms; k++, m += 64) {
      const g = getSplat(numbers, G + k);
      rr = f64x2.add(rr, f64x2.mul(g, getV128(m, 0)));
      ri = f64x2.add(ri, f64x2.mul(g, getV128(m, 1)));
      ir = f64x2.add(ir, f64x2.mul(g, getV128(m, 2)));
      ii = f64x2.add(ii, f64x2.mul(g, getV128(m, 3)));
    }
    const sign = getSplat(numbers, 2);
    const re = f64x2.add(f64x2.sub(rr, ii), f64x2.mul(getV128(own, 0), getSplat(numbers, 4)));
    place(item, 2, re, f64x2.add(ri, ir), sign, half, full);
    const s = f64x2.mul(getSplat(numbers, 0), f64x2.add(rr, ii));
    const u = f64x2.mul(getSplat(numbers, 1), f64x2.sub(ir, ri));
    place(item, 5, s, u, sign, half, full);
    item += 4 * INTEGERS;
    numbers += 8 * NUMBERS;
  }
}

/** From g = dE/dU, where U and its mirror image count apart, to Y = dE/dU* of the half plane (dE = Re sum dU* Y). */
export function fold(item: usize, numbers: usize, items: i32, g: usize, y: usize): void {
  for (; items > 0; items--) {
    const sign = getSplat(numbers, 2);
    foldOne(item, 2, sign, g, y);
    foldOne(item, 5, sign, g, y);
    item += 4 * INTEGERS;
    numbers += 8 * NUMBERS;
  }
}

// @ts-ignore: decorator
@inline
function foldOne(item: usize, at: i32, sign: v128, g: usize, y: usize): void {
  const h = getI32(item, at);
  const f = getI32(item, at + 1);
  const mirror = getI32(item, at + 2);
  const half = f64x2.splat(0.5);
  const re = f64x2.add(f64x2.mul(sign, getV128(g, 2 * mirror)), getV128(g, 2 * f));
  const im = f64x2.sub(f64x2.mul(sign, getV128(g, 2 * mirror + 1)), getV128(g, 2 * f + 1));
  setV128(y, 2 * h, f64x2.mul(half, re));
  setV128(y, 2 * h + 1, f64x2.mul(half, im));
}

/** The transpose: Y = dE/dU* of the half plane to the coefficients c = dE/dM of the energy's polynomial, cleared before. */
export function toPolynomial(item: usize, numbers: usize, items: i32, y: usize, coefficients: usize): void {
  for (; items > 0; items--) {
    const h = getI32(item, 2);
    const o = getI32(item, 5);
    const weight = getSplat(numbers, 3);
    const re = f64x2.mul(weight, getV128(y, 2 * h));
    const im = f64x2.mul(weight, getV128(y, 2 * h + 1));
    const s = f64x2.mul(f64x2.mul(weight, getSplat(numbers, 0)), getV128(y, 2 * o));
    const u = f64x2.mul(f64x2.mul(weight, getSplat(numbers, 1)), getV128(y, 2 * o + 1));
    const rr = f64x2.add(s, re);
    const ri = f64x2.sub(im, u);
    const ir = f64x2.add(im, u);
    const ii = f64x2.sub(s, re);
    const terms = getI32(item, 1);
    let c = coefficients + ((<usize>getI32(item, 0)) << 4);
    for (let k = 0; k < terms; k++, c += 64) {
      const g = getSplat(numbers, G + k);
      setV128(c, 0, f64x2.add(getV128(c, 0), f64x2.mul(g, rr)));
      setV128(c, 1, f64x2.add(getV128(c, 1), f64x2.mul(g, ri)));
      setV128(c, 2, f64x2.add(getV128(c, 2), f64x2.mul(g, ir)));
      setV128(c, 3, f64x2.add(getV128(c, 3), f64x2.mul(g, ii)));
    }
    item += 4 * INTEGERS;
    numbers += 8 * NUMBERS;
  }
}

/** Re sum U* Y over the whole plane: three times the bispectrum's part of the energy, which is cubic in U. */
export function contract(J: i32, half: usize, y: usize): v128 {
  let total = f64x2.splat(0);
  for (let j = 0; j <= J; j++) {
    const n = halfSize(j);
    let sum = f64x2.splat(0);
    for (let i = 0; i < 2 * n; i++) sum = f64x2.add(sum, f64x2.mul(getV128(half, i), getV128(y, i)));
    total = f64x2.add(total, f64x2.add(sum, sum));
    // The very middle of an even j stands for itself alone; it is real.
    if ((j & 1) == 0) total = f64x2.sub(total, f64x2.mul(getV128(half, 2 * n - 2), getV128(y, 2 * n - 2)));
    half += (<usize>n) << 5;
    y += (<usize>n) << 5;
  }
  return total;
}

export function clear(array: usize, vectors: i32): void {
  memory.fill(array, 0, (<usize>vectors) << 4);
}
