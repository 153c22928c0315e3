/** Values of periodic cells of several sizes, and the infinite cell that they lead to. */
import { InputError } from '../data/errors.ts';

export interface FiniteSize {
  /** The value of an infinite cell. */
  limit: number;
  /** value = limit + slope/N. */
  slope: number;
  /** How far the line through the two largest cells leads elsewhere: what to make of the digits. Needs three sizes. */
  spread?: number;
}

/**
 * Least-squares line over 1/N: elastic interaction of a defect with its images falls off with the volume. Weights are N⁴,
 * as if what a line leaves out (overlap, anharmonicity) fell off with 1/N². Throws InputError for fewer than two sizes.
 */
export function infiniteCell(sites: readonly number[], values: readonly number[]): FiniteSize {
  const whole = line(sites, values);
  const sizes = [...new Set(sites)].sort((a, b) => b - a);
  if (sizes.length < 3) return whole;
  const largest = sites.map((_, k) => k).filter((k) => sites[k] >= sizes[1]);
  const { limit } = line(
    largest.map((k) => sites[k]),
    largest.map((k) => values[k]),
  );
  return { ...whole, spread: Math.abs(limit - whole.limit) };
}

function line(sites: readonly number[], values: readonly number[]): FiniteSize {
  const weights = sites.map((n) => n * n * n * n);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = (of: (k: number) => number) => weights.reduce((sum, w, k) => sum + w * of(k), 0) / total;
  const x = (k: number) => 1 / sites[k];
  const [mx, my] = [mean(x), mean((k) => values[k])];
  const sxx = mean((k) => (x(k) - mx) ** 2);
  if (!(sxx > 1e-12 * mx * mx)) throw new InputError('an extrapolation needs cells of at least two sizes');
  const slope = mean((k) => (x(k) - mx) * (values[k] - my)) / sxx;
  return { limit: my - slope * mx, slope };
}
