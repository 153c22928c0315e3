/**
 * Sampling errors through everything that is made of the samples, to first order: σ² = gᵀ C g with g the derivatives by
 * differences. Samples of one group were drawn with the same random numbers; their correlation is that of their blocks.
 */
import { InputError } from '../data/errors.ts';

export interface Sampled {
  value: number;
  /** One standard error. */
  error: number;
  /** Estimates from stretches of the run, in order. */
  blocks?: ArrayLike<number>;
  /** Runs with the same random numbers have the same name. */
  group?: string;
}

export interface Propagated {
  value: number;
  error: number;
}

/** Correlation of two samples, 0 where they share no random numbers or their blocks do not pair. */
export function correlation(a: Sampled, b: Sampled): number {
  const n = a.blocks?.length ?? 0;
  if (a.group === undefined || a.group !== b.group || !a.blocks || !b.blocks || b.blocks.length !== n || n < 5)
    return 0;
  const mean = (x: ArrayLike<number>) => Array.from(x).reduce((sum, value) => sum + value / n, 0);
  const [ma, mb] = [mean(a.blocks), mean(b.blocks)];
  let [aa, bb, ab] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    aa += (a.blocks[k] - ma) ** 2;
    bb += (b.blocks[k] - mb) ** 2;
    ab += (a.blocks[k] - ma) * (b.blocks[k] - mb);
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** Values of f and their standard errors; f gets the values of the samples and returns as many numbers at every call. */
export function propagate(samples: readonly Sampled[], f: (values: readonly number[]) => number[]): Propagated[] {
  const centre = samples.map((sample) => sample.value);
  const values = f(centre);
  const gradient = samples.map(({ value, error }, i) => {
    if (!(error >= 0)) throw new InputError(`a standard error of ${error}; expected one that is not negative`);
    if (error === 0) return undefined;
    const shifted = (by: number) => f(centre.map((v, k) => (k === i ? value + by : v)));
    const [up, down] = [shifted(error / 2), shifted(-error / 2)];
    // per standard error
    return values.map((_, q) => up[q] - down[q]);
  });
  const variance = new Float64Array(values.length);
  samples.forEach((a, i) => {
    samples.forEach((b, j) => {
      const [gi, gj] = [gradient[i], gradient[j]];
      if (!gi || !gj) return;
      const rho = i === j ? 1 : correlation(a, b);
      if (rho !== 0) for (let q = 0; q < values.length; q++) variance[q] += rho * gi[q] * gj[q];
    });
  });
  return values.map((value, q) => ({ value, error: Math.sqrt(Math.max(0, variance[q])) }));
}
