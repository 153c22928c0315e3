/**
 * Quotients of means, R = ⟨num⟩/⟨den⟩, of correlated series: the error is that of the mean of the residual
 * (num − R den)/⟨den⟩ (delta method), and the jackknife over blocks for any other function of sums
 * (Quenouille 10.1093/biomet/43.3-4.353; Efron, Stein 10.1214/aos/1176345462).
 */
import { InputError } from '../../data/errors.ts';
import { type Inefficiency, statisticalInefficiency } from './inefficiency.ts';
import { type Interval, intervalOf, meanOf, varianceOf } from './interval.ts';

export interface Ratio extends Interval {
  g: number;
  samples: number;
}

/** num and den step by step, of one length; ⟨den⟩ must not be 0. */
export function ratioOfMeans(num: Float64Array, den: Float64Array, confidence = 0.95): Ratio {
  if (num.length !== den.length) {
    throw new InputError(
      `a ratio of ${num.length} numerators and ${den.length} denominators; expected as many of both`,
    );
  }
  const below = meanOf(den);
  if (below === 0) throw new InputError('a ratio whose mean denominator is 0: nothing was sampled there');
  const value = meanOf(num) / below;
  const { meanVariance, dof, g, samples } = residual(num, den, value, below);
  return { ...intervalOf(value, Math.sqrt(meanVariance), dof, confidence), g, samples };
}

function residual(num: Float64Array, den: Float64Array, value: number, below: number): Inefficiency {
  return statisticalInefficiency(num.map((a, t) => (a - value * den[t]) / below));
}

export interface Jackknife extends Interval {
  /** Estimated bias of f at the full sums, already taken off `value`. */
  bias: number;
}

/**
 * A function of the sums of columns, from the sums of B blocks (rows): left out one after the other. Blocks must be long
 * against the correlation time and of one length.
 */
export function jackknife(
  rows: readonly Float64Array[],
  f: (sums: Float64Array) => number,
  confidence = 0.95,
): Jackknife {
  const count = rows.length;
  if (count < 2) throw new InputError(`a jackknife of ${count} blocks; at least 2 were expected`);
  const total = new Float64Array(rows[0].length);
  for (const row of rows) for (let k = 0; k < total.length; k++) total[k] += row[k];
  const whole = f(total);
  const without = Float64Array.from(rows, (row) => f(total.map((sum, k) => sum - row[k])));
  const mean = meanOf(without);
  const bias = (count - 1) * (mean - whole);
  const error = (count - 1) * Math.sqrt(varianceOf(without, mean) / count);
  return { ...intervalOf(whole - bias, error, count - 1, confidence), bias };
}
