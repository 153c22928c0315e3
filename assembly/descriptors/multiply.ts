/**
 * C = A B of small matrices: tiles of C of four rows and two vectors stay in registers over the whole sum, so that a
 * multiplication and an addition wait for 0.75 loads. A is read a number at a time with any strides (a transposed matrix
 * costs nothing), B and C by rows. Every element is summed in one order, upwards.
 */
import { madd } from '../fma';
import { getPair, getSplat, setPair } from '../memory';

/** C is rows x columns, columns a multiple of 4; the sum runs over `depth`. Strides in f64. */
export function multiply(
  rows: i32, columns: i32, depth: i32,
  a: usize, rowOfA: i32, columnOfA: i32, b: usize, rowOfB: i32, c: usize, rowOfC: i32,
): void {
  const step = (<usize>columnOfA) << 3;
  const stepB = (<usize>rowOfB) << 3;
  for (let i = 0; i < rows; i += 4) {
    const left = rows - i;
    const from = a + ((<usize>(i * rowOfA)) << 3);
    for (let j = 0; j < columns; j += 4) {
      const right = b + ((<usize>j) << 3);
      const to = c + ((<usize>(i * rowOfC + j)) << 3);
      if (left > 3) tile(4, depth, from, rowOfA, step, right, stepB, to, rowOfC);
      else if (left == 3) tile(3, depth, from, rowOfA, step, right, stepB, to, rowOfC);
      else if (left == 2) tile(2, depth, from, rowOfA, step, right, stepB, to, rowOfC);
      else tile(1, depth, from, rowOfA, step, right, stepB, to, rowOfC);
    }
  }
}

/** `rows` is a constant wherever this is inlined: what is beyond it disappears. */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32, depth: i32, a0: usize, rowOfA: i32, step: usize, b: usize, stepB: usize, c: usize, rowOfC: i32,
): void {
  const zero = f64x2.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  const row = (<usize>rowOfA) << 3;
  let a1 = a0 + row;
  let a2 = a1 + row;
  let a3 = a2 + row;
  for (let k = 0; k < depth; k++) {
    const b0 = getPair(b, 0);
    const b1 = getPair(b, 2);
    let s = getSplat(a0, 0);
    c00 = madd(s, b0, c00);
    c01 = madd(s, b1, c01);
    if (rows > 1) s = getSplat(a1, 0), c10 = madd(s, b0, c10), c11 = madd(s, b1, c11);
    if (rows > 2) s = getSplat(a2, 0), c20 = madd(s, b0, c20), c21 = madd(s, b1, c21);
    if (rows > 3) s = getSplat(a3, 0), c30 = madd(s, b0, c30), c31 = madd(s, b1, c31);
    a0 += step;
    a1 += step;
    a2 += step;
    a3 += step;
    b += stepB;
  }
  setPair(c, 0, c00);
  setPair(c, 2, c01);
  if (rows > 1) setPair(c, rowOfC, c10), setPair(c, rowOfC + 2, c11);
  if (rows > 2) setPair(c, 2 * rowOfC, c20), setPair(c, 2 * rowOfC + 2, c21);
  if (rows > 3) setPair(c, 3 * rowOfC, c30), setPair(c, 3 * rowOfC + 2, c31);
}
