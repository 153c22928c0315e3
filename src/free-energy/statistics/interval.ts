/** A number with its error: one standard error, its degrees of freedom, and the interval that Student's t makes of them. */
import { InputError } from '../../data/errors.ts';
import { studentQuantile } from './distributions.ts';

export interface Interval {
  value: number;
  /** One standard error. */
  error: number;
  /** Degrees of freedom behind `error`; Infinity where it is known exactly. */
  dof: number;
  /** Contains the truth with the probability asked for, 95 % by default. */
  interval: [number, number];
}

/** value ± t(confidence, dof) · error. Fewer than one degree of freedom counts as one. */
export function intervalOf(value: number, error: number, dof: number, confidence = 0.95): Interval {
  if (!(confidence > 0 && confidence < 1)) throw new InputError(`a confidence of ${confidence}; expected 0 to 1`);
  const half = error === 0 ? 0 : error * studentQuantile(0.5 + 0.5 * confidence, Math.max(1, dof));
  return { value, error, dof, interval: [value - half, value + half] };
}

/** Welch and Satterthwaite (10.2307/3002019): degrees of freedom of a sum of independent variances. */
export function welchSatterthwaite(variances: ArrayLike<number>, dofs: ArrayLike<number>): number {
  let sum = 0;
  let below = 0;
  for (let k = 0; k < variances.length; k++) {
    sum += variances[k];
    below += (variances[k] * variances[k]) / dofs[k];
  }
  return below > 0 ? (sum * sum) / below : Number.POSITIVE_INFINITY;
}

/** Throws InputError unless there are `least` numbers, all finite. */
export function checkSeries(x: ArrayLike<number>, name: string, least = 2): void {
  if (x.length < least) throw new InputError(`${name}: ${x.length} numbers; at least ${least} were expected`);
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i])) throw new InputError(`${name}: number ${i + 1} is ${x[i]}; finite ones were expected`);
  }
}

export function meanOf(x: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i];
  return sum / x.length;
}

/** Sum of squares about the mean, over n − 1. */
export function varianceOf(x: ArrayLike<number>, mean = meanOf(x)): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] - mean) * (x[i] - mean);
  return x.length > 1 ? sum / (x.length - 1) : 0;
}
