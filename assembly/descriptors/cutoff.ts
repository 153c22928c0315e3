/**
 * The cosine cutoff f = (cos(pi r/r_c) + 1)/2 = cos² x, x = pi r/(2 r_c) in [0, pi/2): sine and cosine of x by their Taylor
 * polynomials, each in a SIMD lane, the rest below 2e-18. Of two distances at a time: a distance in each lane.
 */
import { getPair, getSplat, setPair } from '../memory';

// @ts-ignore: decorator
@inline
function step(sum: v128, x2: v128, sine: f64, cosine: f64): v128 {
  return f64x2.add(f64x2.mul(sum, x2), f64x2(sine, cosine));
}

/** sin x and cos x for |x| <= 1.6. */
// @ts-ignore: decorator
@inline
export function sineCosine(x: f64): v128 {
  const x2 = f64x2.splat(x * x);
  let sum = f64x2(1.0 / 51090942171709440000.0, -1.0 / 1124000727777607680000.0);
  sum = step(sum, x2, -1.0 / 121645100408832000.0, 1.0 / 2432902008176640000.0);
  sum = step(sum, x2, 1.0 / 355687428096000.0, -1.0 / 6402373705728000.0);
  sum = step(sum, x2, -1.0 / 1307674368000.0, 1.0 / 20922789888000.0);
  sum = step(sum, x2, 1.0 / 6227020800.0, -1.0 / 87178291200.0);
  sum = step(sum, x2, -1.0 / 39916800.0, 1.0 / 479001600.0);
  sum = step(sum, x2, 1.0 / 362880.0, -1.0 / 3628800.0);
  sum = step(sum, x2, -1.0 / 5040.0, 1.0 / 40320.0);
  sum = step(sum, x2, 1.0 / 120.0, -1.0 / 720.0);
  sum = step(sum, x2, -1.0 / 6.0, 1.0 / 24.0);
  sum = step(sum, x2, 1.0, -0.5);
  return f64x2(x * f64x2.extract_lane(sum, 0), 1.0 + x * x * f64x2.extract_lane(sum, 1));
}

/** f and df/dr, at 0 <= r <= r_c; `rate` = pi/r_c. */
// @ts-ignore: decorator
@inline
export function cutoffAt(r: f64, rate: f64): v128 {
  const both = sineCosine(0.5 * rate * r);
  const sine = f64x2.extract_lane(both, 0);
  const cosine = f64x2.extract_lane(both, 1);
  return f64x2(cosine * cosine, -rate * sine * cosine);
}

/** Of x² in sin x/x, then in (cos x − 1)/x², the highest first: loaded, for V8 makes a constant in code anew at every use. */
const TERMS = 11;
const SERIES: usize = memory.data<f64>(
  [
    1.0 / 51090942171709440000.0, -1.0 / 121645100408832000.0, 1.0 / 355687428096000.0, -1.0 / 1307674368000.0,
    1.0 / 6227020800.0, -1.0 / 39916800.0, 1.0 / 362880.0, -1.0 / 5040.0, 1.0 / 120.0, -1.0 / 6.0, 1.0,
    -1.0 / 1124000727777607680000.0, 1.0 / 2432902008176640000.0, -1.0 / 6402373705728000.0, 1.0 / 20922789888000.0,
    -1.0 / 87178291200.0, 1.0 / 479001600.0, -1.0 / 3628800.0, 1.0 / 40320.0, -1.0 / 720.0, 1.0 / 24.0, -0.5,
  ],
  16,
);

// @ts-ignore: decorator
@inline
function series(x2: v128, from: i32): v128 {
  let sum = getSplat(SERIES, from);
  for (let k = 1; k < TERMS; k++) sum = f64x2.add(f64x2.mul(sum, x2), getSplat(SERIES, from + k));
  return sum;
}

/** weight f and weight df/dr of two, to two rows `stride` f64 apart. */
// @ts-ignore: decorator
@inline
export function cutoffPair(r: v128, rate: f64, weight: v128, to: usize, stride: i32): void {
  const x = f64x2.mul(r, f64x2.splat(0.5 * rate));
  const x2 = f64x2.mul(x, x);
  const sine = f64x2.mul(x, series(x2, 0));
  const cosine = f64x2.add(f64x2.splat(1), f64x2.mul(x2, series(x2, TERMS)));
  const factor = f64x2.mul(weight, cosine);
  setPair(to, 0, f64x2.mul(factor, cosine));
  setPair(to, stride, f64x2.mul(f64x2.splat(-rate), f64x2.mul(factor, sine)));
}
