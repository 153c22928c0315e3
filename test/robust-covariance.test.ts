import { describe, expect, it } from 'vitest';
import { fillGauss } from '../src/data/rng.ts';
import { robustCovariance } from '../src/free-energy/statistics/robust-covariance.ts';

/** 60 points, a quarter of them far away. */
const points = new Float64Array(60 * 3);
fillGauss(points, 12n, 'trials', 0);
for (let i = 0; i < 15; i++) {
  points[3 * i] += 8;
  points[3 * i + 1] -= 5;
}

/** scikit-learn 1.2.1, MinCovDet(support_fraction=0.75, random_state=0). */
const sklearn = [
  {
    share: 0.75,
    determinant: 0.6061069783251809,
    location: [0.12268813995146542, 0.1957229486763621, 0.07035601311908177],
    covariance: [
      1.0055811690957417, 0.01106177975635173, -0.13479692957789186, 0.01106177975635173, 0.7478727895398445,
      0.2163883652606076, -0.13479692957789186, 0.2163883652606076, 0.8876245080944206,
    ],
    support: 45,
    distances: new Map([
      [1, 104.02744429793779],
      [21, 1.3391475309949907],
    ]),
  },
];

describe('minimum covariance determinant', () => {
  it.each(sklearn)("is scikit-learn's, share $share", (one) => {
    const found = robustCovariance(points, 3, { share: one.share });
    expect(Math.exp(found.logDet)).toBeCloseTo(one.determinant, 12);
    for (const [k, x] of one.location.entries()) expect(found.location[k]).toBeCloseTo(x, 10);
    for (const [k, x] of one.covariance.entries()) expect(found.covariance[k]).toBeCloseTo(x, 10);
    expect(found.support.reduce((sum, x) => sum + x, 0)).toBe(one.support);
    expect([...found.support.subarray(0, 15)]).toEqual(new Array(15).fill(0));
    for (const [i, x] of one.distances) expect(found.distance(points, 3 * i)).toBeCloseTo(x, 8);
  });

  it('of half the points has the least determinant of 20,000 starts (an independent program)', () => {
    // scikit-learn's 30 starts end at 0.1225
    expect(Math.exp(robustCovariance(points, 3).logDet)).toBeCloseTo(0.10977129413203858, 12);
  });

  it('finds the best of all subsets of few points', () => {
    const few = new Float64Array(24);
    fillGauss(few, 13n, 'trials', 0);
    few[0] += 20;
    few[3] -= 9;
    const determinant = (chosen: number[]) => {
      const mean = [0, 1].map((k) => chosen.reduce((sum, i) => sum + few[2 * i + k], 0) / chosen.length);
      const c = (k: number, l: number) =>
        chosen.reduce((sum, i) => sum + (few[2 * i + k] - mean[k]) * (few[2 * i + l] - mean[l]), 0) / chosen.length;
      return c(0, 0) * c(1, 1) - c(0, 1) ** 2;
    };
    const h = 8;
    let least = Number.POSITIVE_INFINITY;
    for (let bits = 0; bits < 1 << 12; bits++) {
      const chosen = Array.from({ length: 12 }, (_, i) => i).filter((i) => (bits >> i) & 1);
      if (chosen.length === h) least = Math.min(least, determinant(chosen));
    }
    expect(Math.exp(robustCovariance(few, 2).logDet)).toBeCloseTo(least, 12);
  });

  it('is affine equivariant, and the same for every run', () => {
    const moved = Float64Array.from({ length: 180 }, (_, at) => {
      const [i, k] = [Math.floor(at / 3), at % 3];
      return k === 0 ? 100 * points[3 * i] + points[3 * i + 2] : points[3 * i + k] - 4;
    });
    const [a, b] = [robustCovariance(points, 3), robustCovariance(moved, 3)];
    for (let i = 0; i < 60; i++) expect(b.distance(moved, 3 * i) / a.distance(points, 3 * i)).toBeCloseTo(1, 8);
    expect(robustCovariance(points, 3).covariance).toEqual(a.covariance);
  });

  it('wants enough points, not in a plane', () => {
    expect(() => robustCovariance(points.subarray(0, 12), 3)).toThrow(/more than 6 points, found 4/);
    expect(() => robustCovariance(new Float64Array(60).fill(1), 3)).toThrow(/in a plane/);
  });
});
