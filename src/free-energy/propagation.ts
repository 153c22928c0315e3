/**
 * Sampling errors through everything that is made of the samples, to first order: σ² = gᵀ C g with g the derivatives by
 * differences. Samples of one group were drawn with the same random numbers; their correlation is that of their blocks.
 */
import { InputError } from '../data/errors.ts';
import { type Interval, intervalOf, welchSatterthwaite } from './statistics/interval.ts';

export interface Sampled {
  value: number;
  /** One standard error, and its degrees of freedom; default infinite. */
  error: number;
  dof?: number;
  /** Estimates from stretches of the run, all of the same length, in order; with any offset. */
  blocks?: ArrayLike<number>;
  /** Runs with the same random numbers have the same name. */
  group?: string;
}

/** Blocks that a correlation is computed from. */
const BLOCKS = 20;
const FEWEST = 5;

/**
 * Correlation of two samples, 0 where they share no random numbers or too few blocks. Of runs of different length the
 * common beginning counts, and less so.
 */
export function correlation(a: Sampled, b: Sampled): number {
  if (a.group === undefined || a.group !== b.group || !a.blocks || !b.blocks) return 0;
  const length = Math.min(a.blocks.length, b.blocks.length);
  const n = Math.min(BLOCKS, length);
  if (n < FEWEST) return 0;
  const [p, q] = [a.blocks, b.blocks].map((blocks) => merged(blocks, length, n));
  let [aa, bb, ab] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    aa += p[k] * p[k];
    bb += q[k] * q[k];
    ab += p[k] * q[k];
  }
  const shared = Math.sqrt(length / Math.max(a.blocks.length, b.blocks.length));
  return aa > 0 && bb > 0 ? (shared * ab) / Math.sqrt(aa * bb) : 0;
}

/** The first `length` blocks as n larger ones, less their mean. */
function merged(blocks: ArrayLike<number>, length: number, n: number): Float64Array {
  const sums = new Float64Array(n);
  for (let k = 0; k < length; k++) sums[Math.floor((k * n) / length)] += blocks[k];
  const mean = sums.reduce((sum, value) => sum + value, 0) / n;
  return sums.map((value) => value - mean);
}

type Derivatives = { values: number[]; gradient: (number[] | undefined)[] };

/** f, and by how much each sample moves it, per standard error; undefined where that is 0. */
function differentiate(samples: readonly Sampled[], f: (values: readonly number[]) => number[]): Derivatives {
  const centre = samples.map((sample) => sample.value);
  const values = f(centre);
  const gradient = samples.map(({ value, error }, i) => {
    if (!(error >= 0)) throw new InputError(`a standard error of ${error}; expected one that is not negative`);
    if (error === 0) return undefined;
    const shifted = (by: number) => f(centre.map((v, k) => (k === i ? value + by : v)));
    const [up, down] = [shifted(error / 2), shifted(-error / 2)];
    return values.map((_, q) => up[q] - down[q]);
  });
  return { values, gradient };
}

/** The parts that the variance of f is the sum of: element i, j comes from samples i and j. */
export function varianceMatrix(samples: readonly Sampled[], f: (values: readonly number[]) => number): number[][] {
  const { gradient } = differentiate(samples, (values) => [f(values)]);
  const g = gradient.map((own) => own?.[0] ?? 0);
  return samples.map((a, i) => samples.map((b, j) => g[i] * g[j] * (i === j ? 1 : correlation(a, b))));
}

/**
 * Values of f with their standard errors and intervals; f gets the values of the samples and returns as many numbers at
 * every call.
 */
export function propagate(samples: readonly Sampled[], f: (values: readonly number[]) => number[]): Interval[] {
  const { values, gradient } = differentiate(samples, f);
  const variance = new Float64Array(values.length);
  samples.forEach((a, i) => {
    const gi = gradient[i];
    if (!gi) return;
    for (let j = 0; j <= i; j++) {
      const gj = gradient[j];
      const rho = i === j ? 1 : 2 * correlation(a, samples[j]);
      if (gj && rho !== 0) for (let q = 0; q < values.length; q++) variance[q] += rho * gi[q] * gj[q];
    }
  });
  const dofs = samples.map(({ dof }) => dof ?? Number.POSITIVE_INFINITY);
  return values.map((value, q) => {
    const parts = gradient.map((g) => (g ? g[q] * g[q] : 0));
    return intervalOf(value, Math.sqrt(Math.max(0, variance[q])), welchSatterthwaite(parts, dofs));
  });
}
