/**
 * Bootstrap: the statistic again on samples drawn with replacement, of single numbers or of blocks that run on cyclically
 * (Efron 10.1214/aos/1176344552; Politis, Romano 1992 for the circular blocks). Draws are a function of (seed, resample).
 */
import { InputError } from '../../data/errors.ts';
import { fillUniform } from '../../data/rng.ts';
import { meanOf, varianceOf } from './interval.ts';

export interface BootstrapOptions {
  seed: bigint;
  /** Default 400. */
  resamples?: number;
  /** Numbers that are drawn together; default 1. Several times the statistical inefficiency. */
  block?: number;
  confidence?: number;
}

export interface Bootstrap {
  /** Standard deviation of the resamples. */
  error: number;
  /** Of their mean from the statistic itself. */
  bias: number;
  /** Between the percentiles of the resamples. */
  interval: [number, number];
  /** (resamples), ascending. */
  resamples: Float64Array;
}

/** `statistic` gets n indices of [0, n), repeats included. */
export function bootstrap(n: number, statistic: (indices: Int32Array) => number, options: BootstrapOptions): Bootstrap {
  const { seed, resamples: count = 400, block = 1, confidence = 0.95 } = options;
  if (!(n >= 2 && Number.isInteger(n))) throw new InputError(`a bootstrap of ${n} numbers; at least 2 were expected`);
  if (!(count >= 20 && Number.isInteger(count))) throw new InputError(`${count} resamples; at least 20 were expected`);
  if (!(block >= 1 && block <= n && Number.isInteger(block))) {
    throw new InputError(`blocks of ${block} numbers; expected 1 to ${n}`);
  }
  const indices = Int32Array.from({ length: n }, (_, i) => i);
  const whole = statistic(indices);
  const starts = new Float64Array(Math.ceil(n / block));
  const found = new Float64Array(count);
  for (let draw = 0; draw < count; draw++) {
    fillUniform(starts, seed, 'bootstrap', draw);
    for (let i = 0; i < n; i++) {
      indices[i] = (Math.floor(starts[Math.floor(i / block)] * n) + (i % block)) % n;
    }
    found[draw] = statistic(indices);
  }
  found.sort();
  const mean = meanOf(found);
  const tail = 0.5 * (1 - confidence);
  return {
    error: Math.sqrt(varianceOf(found, mean)),
    bias: mean - whole,
    interval: [percentile(found, tail), percentile(found, 1 - tail)],
    resamples: found,
  };
}

/** Of ascending numbers, linear between them. */
function percentile(sorted: Float64Array, p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
