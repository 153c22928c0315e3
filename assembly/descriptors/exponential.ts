/**
 * exp of two numbers at a time, to about one unit in the last place: x = k ln 2 + r, a Taylor polynomial of r, and k added
 * to the exponent. Arguments are brought into [-700, 700].
 */

const LOG2E = 1.4426950408889634;
/** ln 2 in two parts; the first has so many zeros at its end that k times it is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** Adding it leaves the nearest integer in the low bits. */
const ROUND = 6755399441055744.0;

// @ts-ignore: decorator
@inline
function step(sum: v128, x: v128, c: f64): v128 {
  return f64x2.add(f64x2.mul(sum, x), f64x2.splat(c));
}

// @ts-ignore: decorator
@inline
export function expPair(x: v128): v128 {
  x = f64x2.min(f64x2.max(x, f64x2.splat(-700)), f64x2.splat(700));
  const shifted = f64x2.add(f64x2.mul(x, f64x2.splat(LOG2E)), f64x2.splat(ROUND));
  const k = f64x2.sub(shifted, f64x2.splat(ROUND));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH))), f64x2.mul(k, f64x2.splat(LN2_LOW)));
  let sum = f64x2.splat(1.0 / 6227020800.0);
  sum = step(sum, r, 1.0 / 479001600.0);
  sum = step(sum, r, 1.0 / 39916800.0);
  sum = step(sum, r, 1.0 / 3628800.0);
  sum = step(sum, r, 1.0 / 362880.0);
  sum = step(sum, r, 1.0 / 40320.0);
  sum = step(sum, r, 1.0 / 5040.0);
  sum = step(sum, r, 1.0 / 720.0);
  sum = step(sum, r, 1.0 / 120.0);
  sum = step(sum, r, 1.0 / 24.0);
  sum = step(sum, r, 1.0 / 6.0);
  sum = step(sum, r, 0.5);
  sum = step(sum, r, 1.0);
  sum = step(sum, r, 1.0);
  return i64x2.add(sum, i64x2.shl(shifted, 52));
}
