/**
 * Convergence against time: the mean of the first and of the last part of a series, as the part grows. Where the two do
 * not meet within their errors, the run was not in equilibrium (Klimovich, Shirts, Mobley, 10.1007/s10822-015-9840-9).
 */
import { seriesMean } from './inefficiency.ts';
import { checkSeries, type Interval } from './interval.ts';

export interface ConvergencePoint {
  /** Of the series. */
  fraction: number;
  forward: Interval;
  backward: Interval;
}

export interface Convergence {
  points: ConvergencePoint[];
  /** Difference of first and second half over its standard error. */
  halves: number;
}

export function convergence(x: Float64Array, parts = 10): Convergence {
  checkSeries(x, 'convergence', 4 * parts);
  const n = x.length;
  const points = Array.from({ length: parts }, (_, k) => {
    const length = Math.floor((n * (k + 1)) / parts);
    return {
      fraction: (k + 1) / parts,
      forward: seriesMean(x.subarray(0, length)),
      backward: seriesMean(x.subarray(n - length)),
    };
  });
  const [first, second] = [seriesMean(x.subarray(0, n >> 1)), seriesMean(x.subarray(n >> 1))];
  const error = Math.sqrt(first.error ** 2 + second.error ** 2);
  return { points, halves: error > 0 ? (second.value - first.value) / error : 0 };
}
