import { describe, expect, it } from 'vitest';
import { fillGauss, gauss } from '../src/data/rng.ts';
import { blocking, blockMeans } from '../src/free-energy/statistics/blocking.ts';
import { bootstrap } from '../src/free-energy/statistics/bootstrap.ts';
import { convergence } from '../src/free-energy/statistics/convergence.ts';
import {
  chiSquareQuantile,
  fisherQuantile,
  logGamma,
  normalCdf,
  normalQuantile,
  studentQuantile,
} from '../src/free-energy/statistics/distributions.ts';
import { equilibration } from '../src/free-energy/statistics/equilibration.ts';
import { seriesMean, statisticalInefficiency } from '../src/free-energy/statistics/inefficiency.ts';
import { intervalOf, meanOf, welchSatterthwaite } from '../src/free-energy/statistics/interval.ts';
import { jackknife, ratioOfMeans } from '../src/free-energy/statistics/ratio.ts';
import { combineReplicas } from '../src/free-energy/statistics/replicas.ts';

/** x_t = φ x_{t−1} + √(1 − φ²) ε: variance 1, g = (1 + φ)/(1 − φ); number `run` of them. */
function ar1(n: number, phi: number, run: number, channel = 0): Float64Array {
  const noise = new Float64Array(n);
  fillGauss(noise, 17n + BigInt(channel), 'trials', run);
  const out = new Float64Array(n);
  let x = noise[0];
  for (let t = 0; t < n; t++) {
    if (t > 0) x = phi * x + Math.sqrt(1 - phi * phi) * noise[t];
    out[t] = x;
  }
  return out;
}

const covers = ([low, high]: [number, number], truth: number) => low <= truth && truth <= high;
const counted = (trial: (run: number) => boolean, runs = 200) =>
  Array.from({ length: runs }, (_, run) => trial(run)).filter(Boolean).length;
const honest = (count: number) => {
  expect(count).toBeGreaterThanOrEqual(180);
  expect(count).toBeLessThanOrEqual(198);
};

describe('distributions', () => {
  it('gamma function at integers and halves', () => {
    let factorial = 0;
    for (let n = 1; n < 30; n++) {
      expect(logGamma(n)).toBeCloseTo(factorial, 11);
      factorial += Math.log(n);
    }
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 12);
    expect(logGamma(1e5)).toBeCloseTo(1051287.708973657, 7);
  });

  it('quantiles as in the tables of NIST/SEMATECH', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 10);
    expect(normalCdf(-1.2815515655446004)).toBeCloseTo(0.1, 12);
    for (const [dof, t] of [
      [1, 12.706204736432095],
      [2, 4.302652729911275],
      [5, 2.570581835636314],
      [10, 2.228138851964939],
      [30, 2.042272456301238],
      [1000, 1.962339080792],
    ]) {
      expect(studentQuantile(0.975, dof)).toBeCloseTo(t, 8);
      expect(studentQuantile(0.025, dof)).toBeCloseTo(-t, 8);
    }
    expect(studentQuantile(0.5, 3)).toBe(0);
    expect(chiSquareQuantile(0.95, 1)).toBeCloseTo(3.841458820694124, 9);
    expect(chiSquareQuantile(0.95, 10)).toBeCloseTo(18.307038053275146, 9);
    expect(chiSquareQuantile(0.05, 100)).toBeCloseTo(77.92946516501726, 8);
    expect(fisherQuantile(0.95, 5, 10)).toBeCloseTo(3.3258345304130112, 9);
  });

  it('the Cauchy distribution in closed form, and one degree of freedom at least', () => {
    for (const p of [0.6, 0.9, 0.999]) expect(studentQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 7);
    expect(intervalOf(0, 1, 0.2).interval[1]).toBeCloseTo(12.7062, 3);
    expect(intervalOf(3, 0, 5).interval).toEqual([3, 3]);
  });

  it('Welch and Satterthwaite between the smaller and the sum', () => {
    expect(welchSatterthwaite([1, 1], [9, 9])).toBeCloseTo(18, 12);
    expect(welchSatterthwaite([1, 0], [9, 9])).toBeCloseTo(9, 12);
  });
});

describe('statistical inefficiency', () => {
  it.each([0, 0.5, 0.9, 0.99])('of AR(1), φ = %d: (1 + φ)/(1 − φ)', (phi) => {
    const exact = (1 + phi) / (1 - phi);
    const found = Array.from({ length: 5 }, (_, run) => statisticalInefficiency(ar1(40_000, phi, run)).g);
    expect(meanOf(found) / exact).toBeGreaterThan(0.93);
    expect(meanOf(found) / exact).toBeLessThan(1.12);
  });

  it('beyond the longest window: averaged neighbours', () => {
    const phi = 0.999;
    const { g, samples } = statisticalInefficiency(ar1(300_000, phi, 3));
    expect(g / ((1 + phi) / (1 - phi))).toBeGreaterThan(0.6);
    expect(g / ((1 + phi) / (1 - phi))).toBeLessThan(1.7);
    expect(samples).toBeCloseTo(300_000 / g, 6);
  });

  it('never below 1, and never below the truth of an oscillating signal', () => {
    expect(statisticalInefficiency(ar1(5000, -0.8, 1)).g).toBeGreaterThanOrEqual(1);
    // AR(2) with complex roots r e^(±iω): Σ of its correlations from the spectrum at zero
    const [r, angle] = [0.98, 0.2];
    const [a, b] = [2 * r * Math.cos(angle), -r * r];
    const noise = new Float64Array(60_000);
    fillGauss(noise, 3n, 'trials', 0);
    const x = new Float64Array(noise.length);
    for (let t = 0; t < x.length; t++) x[t] = a * (x[t - 1] ?? 0) + b * (x[t - 2] ?? 0) + noise[t];
    const variance = (1 - b) / (1 + b) / ((1 - b) ** 2 - a * a);
    const exact = 1 / (1 - a - b) ** 2 / variance;
    const { g } = statisticalInefficiency(x.subarray(1000));
    expect(g).toBeGreaterThan(Math.max(1, exact));
    expect(g).toBeLessThan(20);
  });

  it('equal numbers have no error; bad ones are refused', () => {
    const same = seriesMean(new Float64Array(50).fill(0.1));
    expect(same.error).toBe(0);
    expect(same.interval).toEqual([same.value, same.value]);
    expect(() => seriesMean(new Float64Array(1))).toThrow(/at least 2/);
    expect(() => seriesMean(Float64Array.of(1, Number.NaN, 2))).toThrow(/number 2 is NaN/);
  });

  it.each([
    [100, 0],
    [200, 0.6],
    [1000, 0.9],
    [4000, 0.97],
  ])('intervals of %d numbers, φ = %d, cover the mean in 180–198 of 200', (n, phi) => {
    honest(counted((run) => covers(seriesMean(ar1(n, phi, run, 1)).interval, 0)));
  });
});

describe('block analysis', () => {
  it('plateau of AR(1) at the exact error', () => {
    const phi = 0.9;
    const n = 2 ** 17;
    const exact = Math.sqrt((1 + phi) / (1 - phi) / n);
    const { error, converged, levels, plateau } = blocking(ar1(n, phi, 5));
    expect(converged).toBe(true);
    expect(Math.abs(error / exact - 1)).toBeLessThan(0.12);
    expect(levels[0].error).toBeLessThan(0.4 * exact);
    expect(levels[plateau].blocks).toBeGreaterThan(100);
  });

  it('says where a series is too short', () => {
    expect(blocking(ar1(200, 0.995, 0)).converged).toBe(false);
  });

  it('95 % intervals cover', () => {
    honest(counted((run) => covers(blocking(ar1(2000, 0.8, run, 2)).interval, 0)));
  });

  it('block means leave the beginning out', () => {
    expect(Array.from(blockMeans(Float64Array.of(9, 1, 3, 5, 7), 2))).toEqual([2, 6]);
  });
});

describe('quotients', () => {
  // num = (2 + a)(1 + 0.3 b), den = 1 + 0.3 b, a and b independent: R = 2
  const pair = (n: number, run: number): [Float64Array, Float64Array] => {
    const [a, b] = [ar1(n, 0.7, run, 3), ar1(n, 0.85, run, 4)];
    const den = b.map((x) => 1 + 0.3 * x);
    return [den.map((d, t) => d * (2 + a[t])), den];
  };

  it('the delta method covers', () => {
    honest(counted((run) => covers(ratioOfMeans(...pair(1500, run)).interval, 2)));
  });

  it('the jackknife over 20 blocks covers, and takes the bias of a square off', () => {
    honest(
      counted((run) => {
        const [num, den] = pair(1500, run);
        const [a, b] = [blockMeans(num, 20), blockMeans(den, 20)];
        const rows = Array.from(a, (x, k) => Float64Array.of(x, b[k]));
        return covers(jackknife(rows, (sums) => sums[0] / sums[1]).interval, 2);
      }),
    );
  });

  it('the jackknife takes the bias of a square off', () => {
    const squares = Array.from({ length: 400 }, (_, run) => {
      const rows = Array.from({ length: 8 }, (_, k) => Float64Array.of(gauss(5n, 'trials', run, k), 1));
      return jackknife(rows, ([sum, count]) => (sum / count) ** 2).value;
    });
    // the square of a mean of 8 is 1/8 on average, with a spread of √2/8
    expect(Math.abs(meanOf(squares))).toBeLessThan((3.5 * 1.1 * Math.SQRT2) / 8 / 20);
  });

  it('nothing sampled is said', () => {
    expect(() => ratioOfMeans(new Float64Array(5), new Float64Array(5))).toThrow(/nothing was sampled/);
  });
});

describe('replicas', () => {
  it('scatter alone: mean and s/√R', () => {
    const { value, error, dof } = combineReplicas(Float64Array.of(1, 2, 3, 6));
    expect(value).toBe(3);
    expect(error).toBeCloseTo(Math.sqrt(14 / 3 / 4), 14);
    expect(dof).toBe(3);
  });

  it('95 % intervals of 4 replicas cover, with and without their own errors, with weights', () => {
    const lengths = [300, 300, 600, 900];
    const runs = (run: number) => lengths.map((n, k) => seriesMean(ar1(n, 0.8, run, 10 + k)));
    const values = (run: number) => Float64Array.from(runs(run), (r) => r.value);
    honest(counted((run) => covers(combineReplicas(values(run), { weights: lengths }).interval, 0)));
    honest(counted((run) => covers(combineReplicas(values(run), { weights: lengths, own: runs(run) }).interval, 0)));
  });

  it('errors that the scatter contradicts are not believed', () => {
    const own = [1, 2, 3].map(() => ({ error: 0.01, dof: 50 }));
    const { consistent, error, scatter } = combineReplicas(Float64Array.of(0, 1, 2), { own });
    expect(consistent).toBe(false);
    expect(error).toBeCloseTo(1 / Math.sqrt(3), 12);
    expect(scatter).toBeGreaterThan(1000);
    expect(combineReplicas(Float64Array.of(4), { own: [{ error: 0.1, dof: 7 }] }).error).toBeCloseTo(0.1, 14);
    expect(() => combineReplicas(Float64Array.of(4))).toThrow(/at least 2/);
  });
});

describe('bootstrap', () => {
  it('error of a mean, the same draws for the same seed, circular blocks for correlated numbers', () => {
    const x = ar1(3000, 0.9, 7);
    const mean = (indices: Int32Array) => meanOf(Array.from(indices, (i) => x[i]));
    const exact = Math.sqrt(19 / 3000);
    const single = bootstrap(x.length, mean, { seed: 1n, resamples: 300 });
    const blocks = bootstrap(x.length, mean, { seed: 1n, resamples: 300, block: 100 });
    expect(single.error).toBeLessThan(0.35 * exact);
    expect(Math.abs(blocks.error / exact - 1)).toBeLessThan(0.25);
    expect(blocks.interval[0]).toBeLessThan(meanOf(x));
    expect(bootstrap(x.length, mean, { seed: 1n, resamples: 300, block: 100 })).toEqual(blocks);
    expect(bootstrap(x.length, mean, { seed: 2n, resamples: 300, block: 100 }).error).not.toBe(blocks.error);
  });
});

describe('bootstrap intervals', () => {
  it('of the mean of 100 numbers cover', () => {
    honest(
      counted((run) => {
        const x = ar1(100, 0, run, 20);
        const mean = (indices: Int32Array) => indices.reduce((sum, i) => sum + x[i], 0) / 100;
        return covers(bootstrap(100, mean, { seed: BigInt(run), resamples: 200 }).interval, 0);
      }),
    );
  });
});

describe('equilibration and convergence', () => {
  it('finds where a relaxation ends', () => {
    const x = ar1(4000, 0.8, 2).map((v, t) => v + 20 * Math.exp(-t / 100));
    const { start } = equilibration(x);
    expect(start).toBeGreaterThan(200);
    expect(start).toBeLessThan(1200);
    expect(equilibration(ar1(4000, 0.8, 2)).start).toBeLessThan(1500);
  });

  it('halves agree in equilibrium and not in a drift', () => {
    const steady = ar1(4000, 0.8, 9);
    expect(Math.abs(convergence(steady).halves)).toBeLessThan(2.6);
    // a drift within the halves counts as correlation and widens their errors
    const drifting = convergence(steady.map((v, t) => v + t / 1000));
    expect(drifting.halves).toBeGreaterThan(3);
    expect(drifting.points).toHaveLength(10);
    expect(drifting.points[9].forward.value).toBeCloseTo(drifting.points[9].backward.value, 12);
  });
});
