/**
 * Block analysis: average neighbours in pairs until the error of the mean no longer grows (Flyvbjerg, Petersen,
 * 10.1063/1.457480). The plateau is found by B³ > 2 n (σ_B/σ_1)⁴ (Lee et al., 10.1103/PhysRevE.83.066706): the first
 * block size whose remaining bias is below its noise.
 */
import { averagedPairs } from './inefficiency.ts';
import { checkSeries, type Interval, intervalOf, meanOf, varianceOf } from './interval.ts';

export interface BlockLevel {
  /** Numbers in a block. */
  size: number;
  blocks: number;
  /** Of the mean, from these blocks, and the standard error of this error. */
  error: number;
  uncertainty: number;
}

export interface Blocking extends Interval {
  levels: BlockLevel[];
  /** Index of the level whose error is used. */
  plateau: number;
  /** False: the series is too short for its correlations, the error is a lower bound. */
  converged: boolean;
}

/** Blocks below this number say nothing. */
const FEWEST = 4;

export function blocking(x: Float64Array, confidence = 0.95): Blocking {
  checkSeries(x, 'block analysis', FEWEST);
  const levels: BlockLevel[] = [];
  const mean = meanOf(x);
  for (let series = x, size = 1; series.length >= FEWEST; series = averagedPairs(series), size *= 2) {
    const blocks = series.length;
    const error = Math.sqrt(varianceOf(series) / blocks);
    levels.push({ size, blocks, error, uncertainty: error / Math.sqrt(2 * (blocks - 1)) });
  }
  const first = levels[0].error;
  const steady = levels.findIndex(({ size, error }) => {
    const g = first > 0 ? (error / first) ** 2 : 1;
    return size * size * size > 2 * x.length * g * g;
  });
  const converged = steady >= 0;
  // too short: the largest error seen is the least wrong
  const plateau = converged
    ? steady
    : levels.reduce((best, level, k) => (level.error > levels[best].error ? k : best), 0);
  const { error, blocks } = levels[plateau];
  return { ...intervalOf(mean, error, blocks - 1, confidence), levels, plateau, converged };
}

/** Means of `count` consecutive blocks of equal length; what does not fill them at the beginning is left out. */
export function blockMeans(x: Float64Array, count: number): Float64Array {
  checkSeries(x, 'block means', count);
  const size = Math.floor(x.length / count);
  const offset = x.length - size * count;
  return Float64Array.from({ length: count }, (_, b) => meanOf(x.subarray(offset + b * size, offset + (b + 1) * size)));
}
