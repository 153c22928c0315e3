/**
 * All products of two densities, for energies that are not linear in the bispectrum:
 *
 *     Z^j(m,m') = sum C(j1 m1 j2 m2 | j m) C(j1 m1' j2 m2' | j m') U^j1(m1,m1') U^j2(m2,m2')
 *
 * For given j1 >= j2 and output (m, m') of the half plane, a product is formed once and added up for all `width` (1…5)
 * allowed j; for j1 = j2 only one of the two equal products is formed. J = 8: 14,637 products, 31,902 coefficients,
 * 1,285 outputs; 0.22 million multiplications and additions.
 *
 * The host (src/data/so4/products.ts) writes streams that are read from front to back: per output its products, as two byte
 * offsets into the whole plane, u16; per product `width` coefficients C C' (twice that for two equal products), f64; per
 * output and j where the sum goes, an i32 byte offset. Outputs are grouped by width and number of products: then the
 * inner loop has one length for a long time, which the branch predictor learns.
 * A group is four i32: width, products per output, outputs, 0.
 */
import { madd, nmadd } from '../fma';
import { checkNumbers, checkRange, getI32, setV128 } from '../memory';

/** Z from the U of the whole plane. */
export function multiply(
  group: usize, groups: i32, products: usize, coefficients: usize, outputs: usize, full: usize, z: usize,
): void {
  for (; groups > 0; groups--, group += 16) {
    const width = getI32(group, 0);
    const length = getI32(group, 1);
    const count = getI32(group, 2);
    if (width == 1) add1(count, length, products, coefficients, outputs, full, z);
    else if (width == 2) add2(count, length, products, coefficients, outputs, full, z);
    else if (width == 3) add3(count, length, products, coefficients, outputs, full, z);
    else if (width == 4) add4(count, length, products, coefficients, outputs, full, z);
    else add5(count, length, products, coefficients, outputs, full, z);
    products += (<usize>(count * length)) << 2;
    coefficients += (<usize>(count * length * width)) << 3;
    outputs += (<usize>(count * width)) << 2;
  }
}

// @ts-ignore: decorator
@inline
function finish(outputs: usize, which: i32, re: v128, im: v128, z: usize): void {
  const to = z + <usize>getI32(outputs, which);
  setV128(to, 0, re);
  setV128(to, 1, im);
}

/** The width is a constant wherever this is inlined, so the sums are locals and what is beyond the width disappears. */
// @ts-ignore: decorator
@inline
function sums(
  width: i32, count: i32, length: i32, products: usize, coefficients: usize, outputs: usize, full: usize, z: usize,
): void {
  for (; count > 0; count--) {
    const zero = f64x2.splat(0);
    let a0 = zero, a1 = zero, a2 = zero, a3 = zero, a4 = zero;
    let b0 = zero, b1 = zero, b2 = zero, b3 = zero, b4 = zero;
    for (let i = length; i > 0; i--) {
      checkNumbers(products, 4);
      const u = full + <usize>load<u16>(products);
      const w = full + <usize>load<u16>(products, 2);
      checkRange(u, 32);
      checkRange(w, 32);
      checkNumbers(coefficients, 8 * width);
      const ur = v128.load(u);
      const ui = v128.load(u, 16);
      const wr = v128.load(w);
      const wi = v128.load(w, 16);
      const re = nmadd(ui, wi, f64x2.mul(ur, wr));
      const im = madd(ui, wr, f64x2.mul(ur, wi));
      const c0 = v128.load64_splat(coefficients);
      a0 = madd(c0, re, a0);
      b0 = madd(c0, im, b0);
      if (width > 1) {
        const c = v128.load64_splat(coefficients, 8);
        a1 = madd(c, re, a1);
        b1 = madd(c, im, b1);
      }
      if (width > 2) {
        const c = v128.load64_splat(coefficients, 16);
        a2 = madd(c, re, a2);
        b2 = madd(c, im, b2);
      }
      if (width > 3) {
        const c = v128.load64_splat(coefficients, 24);
        a3 = madd(c, re, a3);
        b3 = madd(c, im, b3);
      }
      if (width > 4) {
        const c = v128.load64_splat(coefficients, 32);
        a4 = madd(c, re, a4);
        b4 = madd(c, im, b4);
      }
      products += 4;
      coefficients += 8 * width;
    }
    finish(outputs, 0, a0, b0, z);
    if (width > 1) finish(outputs, 1, a1, b1, z);
    if (width > 2) finish(outputs, 2, a2, b2, z);
    if (width > 3) finish(outputs, 3, a3, b3, z);
    if (width > 4) finish(outputs, 4, a4, b4, z);
    outputs += 4 * width;
  }
}

function add1(n: i32, l: i32, p: usize, c: usize, o: usize, full: usize, z: usize): void {
  sums(1, n, l, p, c, o, full, z);
}

function add2(n: i32, l: i32, p: usize, c: usize, o: usize, full: usize, z: usize): void {
  sums(2, n, l, p, c, o, full, z);
}

function add3(n: i32, l: i32, p: usize, c: usize, o: usize, full: usize, z: usize): void {
  sums(3, n, l, p, c, o, full, z);
}

function add4(n: i32, l: i32, p: usize, c: usize, o: usize, full: usize, z: usize): void {
  sums(4, n, l, p, c, o, full, z);
}

function add5(n: i32, l: i32, p: usize, c: usize, o: usize, full: usize, z: usize): void {
  sums(5, n, l, p, c, o, full, z);
}
