/**
 * exp of two numbers at a time, to a few units in the last place: x = k ln 2 + r, a Taylor polynomial of r/4, its fourth
 * power, and k added to the exponent. Arguments are brought into [-700, 700].
 */
import { getSplat } from '../memory';

const LOG2E = 1.4426950408889634;
/** ln 2 in two parts; the first has so many zeros at its end that k times it is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** Adding it leaves the nearest integer in the low bits. */
const ROUND = 6755399441055744.0;

/** Of r in exp(r/4), the highest first: loaded where they are used, for V8 makes a constant in code anew at every use. */
const SERIES: usize = memory.data<f64>(
  [
    1.0 / 95126814720.0, 1.0 / 2642411520.0, 1.0 / 82575360.0, 1.0 / 2949120.0, 1.0 / 122880.0, 1.0 / 6144.0,
    1.0 / 384.0, 1.0 / 32.0, 0.25, 1.0,
  ],
  16,
);
/** The other constants. */
const REDUCTION: usize = memory.data<f64>([-700.0, 700.0, LOG2E, ROUND, LN2_HIGH, LN2_LOW], 16);

// @ts-ignore: decorator
@inline
function step(sum: v128, x: v128, k: i32): v128 {
  return f64x2.add(f64x2.mul(sum, x), getSplat(SERIES, k));
}

// @ts-ignore: decorator
@inline
export function expPair(x: v128): v128 {
  x = f64x2.pmin(f64x2.pmax(x, getSplat(REDUCTION, 0)), getSplat(REDUCTION, 1));
  const round = getSplat(REDUCTION, 3);
  const shifted = f64x2.add(f64x2.mul(x, getSplat(REDUCTION, 2)), round);
  const k = f64x2.sub(shifted, round);
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(k, getSplat(REDUCTION, 4))), f64x2.mul(k, getSplat(REDUCTION, 5)));
  let sum = getSplat(SERIES, 0);
  sum = step(sum, r, 1);
  sum = step(sum, r, 2);
  sum = step(sum, r, 3);
  sum = step(sum, r, 4);
  sum = step(sum, r, 5);
  sum = step(sum, r, 6);
  sum = step(sum, r, 7);
  sum = step(sum, r, 8);
  sum = step(sum, r, 9);
  sum = f64x2.mul(sum, sum);
  sum = f64x2.mul(sum, sum);
  return i64x2.add(sum, i64x2.shl(shifted, 52));
}
