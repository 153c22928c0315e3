/** Do samples come from a distribution, and do two sets of them differ as two ensembles must? */
import { exp } from '../data/math.ts';
import { statisticalInefficiency } from '../free-energy/statistics/inefficiency.ts';

/** p of the Kolmogorov–Smirnov test of independent `samples` against the distribution function `cdf`. */
export function kolmogorovSmirnov(samples: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(samples).sort();
  const n = sorted.length;
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const p = cdf(sorted[i]);
    distance = Math.max(distance, p - i / n, (i + 1) / n - p);
  }
  const root = Math.sqrt(n);
  const t = (root + 0.12 + 0.11 / root) * distance;
  if (t < 0.2) return 1;
  let sum = 0;
  for (let j = 1; j < 100; j++) sum += (j % 2 ? 2 : -2) * exp(-2 * j * j * t * t);
  return Math.min(1, Math.max(0, sum));
}

/** Every g-th number of a series, g its statistical inefficiency: as good as independent. */
export function independent(series: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(series);
  const stride = Math.ceil(statisticalInefficiency(x).g);
  return x.filter((_, i) => i % stride === 0);
}

const joined = (lists: readonly ArrayLike<number>[]) => Float64Array.from(lists.flatMap((list) => Array.from(list)));

/**
 * The slope of `ensembleSlope` from replicas, with the error of leaving out one pair of them after the other. The samples
 * of one run cannot tell it: a volume swings within 0.1 ps, so that its mean is soon known, but how far it swings, on
 * which the slope depends, changes within many ps.
 */
export function replicaSlope(first: readonly ArrayLike<number>[], second: readonly ArrayLike<number>[]): Slope {
  const n = first.length;
  const without = Array.from({ length: n }, (_, k) => {
    const [a, b] = [first, second].map((lists) => joined(lists.filter((_, i) => i !== k)));
    return ensembleSlope(a, b).value;
  });
  const mean = without.reduce((sum, b) => sum + b / n, 0);
  const scatter = without.reduce((sum, b) => sum + (b - mean) * (b - mean), 0);
  return { value: ensembleSlope(joined(first), joined(second)).value, error: Math.sqrt(((n - 1) / n) * scatter) };
}

export interface Slope {
  value: number;
  /** One standard error. */
  error: number;
}

/**
 * Slope b of ln P₂(x)/P₁(x) = a + b x by maximum likelihood, from independent samples of both: whatever the densities of
 * states, two temperatures differ by b = β₁ − β₂ in energy, two pressures by b = −βΔP in volume (Shirts 2013,
 * 10.1021/ct300688p). Newton's steps of a logistic regression; the error is that of the Fisher information.
 */
export function ensembleSlope(first: Float64Array, second: Float64Array): Slope {
  const all = [...first, ...second];
  const mean = all.reduce((sum, x) => sum + x / all.length, 0);
  const scale = Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2 / all.length, 0));
  let [a, b] = [0, 0];
  let information = 0;
  for (let step = 0; step < 100; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 0, 0, 0];
    for (let i = 0; i < all.length; i++) {
      const u = (all[i] - mean) / scale;
      const p = 1 / (1 + exp(-(a + b * u)));
      const rest = (i < first.length ? 0 : 1) - p;
      const w = p * (1 - p);
      ga += rest;
      gb += rest * u;
      haa += w;
      hab += w * u;
      hbb += w * u * u;
    }
    const determinant = haa * hbb - hab * hab;
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
    a += da;
    b += db;
    information = determinant / haa;
    if (Math.abs(da) + Math.abs(db) < 1e-12) break;
  }
  return { value: b / scale, error: 1 / (scale * Math.sqrt(information)) };
}
