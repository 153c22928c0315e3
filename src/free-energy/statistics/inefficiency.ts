/**
 * Statistical inefficiency g of a time series: the mean of n numbers has the variance g σ²/n. Autocovariances are summed
 * in pairs, up to where Geyer's initial monotone sequence ends (10.1214/ss/1177011137): no window to choose. The error
 * of g, and the bias that comes from the unknown mean, after Wolff (10.1016/S0010-4655(03)00467-3).
 */
import { checkSeries, type Interval, intervalOf, meanOf } from './interval.ts';

export interface Inefficiency {
  /** At least 1. */
  g: number;
  mean: number;
  /** Of one number of the series (over n). */
  variance: number;
  /** Of the mean, corrected for its bias: the square of the standard error. */
  meanVariance: number;
  /** Degrees of freedom of meanVariance: n over the width of the window. */
  dof: number;
  /** Independent samples, n/g. */
  samples: number;
}

/** Longest window before neighbours are averaged in pairs, which leaves the variance of the mean as it is. */
const LAGS = 1000;

/** Needs two numbers or more, all finite. O(n · correlation time), at most 1000 n. */
export function statisticalInefficiency(x: Float64Array): Inefficiency {
  checkSeries(x, 'a time series');
  const mean = meanOf(x);
  const n = x.length;
  let variance = 0;
  for (let i = 0; i < n; i++) variance += (x[i] - mean) * (x[i] - mean);
  variance /= n;
  // what rounding leaves of equal numbers is no variance
  if (!(variance > 1e-30 * mean * mean)) {
    return { g: 1, mean, variance: 0, meanVariance: 0, dof: Number.POSITIVE_INFINITY, samples: n };
  }
  let series = x;
  let found = monotoneSum(series, mean, LAGS);
  while (found === undefined) {
    series = averagedPairs(series);
    found = monotoneSum(series, mean, LAGS);
  }
  const { sum, width } = found;
  const size = series.length;
  const biased = Math.max(sum / size, variance / n);
  const meanVariance = biased * (1 + width / size);
  const g = (n * meanVariance) / variance;
  return { g, mean, variance, meanVariance, dof: Math.max(1, size / width - 1), samples: n / g };
}

/** γ_0 + 2 Σ γ_t over the window, and its width 2W + 1; undefined where more than `most` lags are needed and there are more. */
function monotoneSum(x: Float64Array, mean: number, most: number): { sum: number; width: number } | undefined {
  const n = x.length;
  const last = Math.floor((n - 1) / 2);
  let sum = -covariance(x, mean, 0);
  let smallest = Number.POSITIVE_INFINITY;
  let lag = 0;
  for (; lag + 1 <= last; lag += 2) {
    if (lag > most) return undefined;
    const pair = covariance(x, mean, lag) + covariance(x, mean, lag + 1);
    if (lag > 0 && !(pair > 0)) break;
    smallest = Math.min(smallest, pair);
    sum += 2 * smallest;
  }
  if (lag === 0) return { sum: covariance(x, mean, 0), width: 1 };
  return { sum, width: 2 * (lag - 1) + 1 };
}

/** Mean product of deviations `lag` apart. */
export function covariance(x: Float64Array, mean: number, lag: number): number {
  const count = x.length - lag;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (x[i] - mean) * (x[i + lag] - mean);
  return sum / count;
}

/** Halves the series; an odd number at the end is left out. */
export function averagedPairs(x: Float64Array): Float64Array {
  const out = new Float64Array(Math.floor(x.length / 2));
  for (let i = 0; i < out.length; i++) out[i] = 0.5 * (x[2 * i] + x[2 * i + 1]);
  return out;
}

export interface SeriesMean extends Interval {
  g: number;
  /** Independent ones. */
  samples: number;
}

/** Mean of a correlated series with its 95 % interval. */
export function seriesMean(x: Float64Array, confidence = 0.95): SeriesMean {
  const { mean, meanVariance, dof, g, samples } = statisticalInefficiency(x);
  return { ...intervalOf(mean, Math.sqrt(meanVariance), dof, confidence), g, samples };
}
