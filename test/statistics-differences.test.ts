import { describe, expect, it } from 'vitest';
import { fillGauss } from '../src/data/rng.ts';
import { bar } from '../src/free-energy/statistics/bar.ts';
import { covariance } from '../src/free-energy/statistics/inefficiency.ts';
import { meanOf } from '../src/free-energy/statistics/interval.ts';
import { type Mbar, mbar, mbarDifference } from '../src/free-energy/statistics/mbar.ts';
import { curvedWork, gaussianWork, jarzynski, meanWork } from '../src/free-energy/statistics/work.ts';

function normal(n: number, run: number, channel: number, phi = 0): Float64Array {
  const out = new Float64Array(n);
  fillGauss(out, 100n + BigInt(channel), 'trials', run);
  for (let t = 1; t < n; t++) out[t] = phi * out[t - 1] + Math.sqrt(1 - phi * phi) * out[t];
  return out;
}
const covers = ([low, high]: [number, number], truth: number) => low <= truth && truth <= high;
const honest = (trial: (run: number) => boolean) => {
  const count = Array.from({ length: 200 }, (_, run) => trial(run)).filter(Boolean).length;
  expect(count).toBeGreaterThanOrEqual(180);
  expect(count).toBeLessThanOrEqual(198);
};

/** u_k = ½ s_k x² of oscillators, x sampled exactly (or as AR(1)) in each; f_k = ½ ln s_k + const. */
function oscillators(stiffness: number[], counts: number[], run: number, phi = 0): Float64Array {
  const x = stiffness.flatMap((s, k) => Array.from(normal(counts[k], run, k, phi), (g) => g / Math.sqrt(s)));
  return Float64Array.from(stiffness.flatMap((s) => x.map((v) => 0.5 * s * v * v)));
}

describe('BAR', () => {
  it('two configurations in their exact proportions: −ln(3/4)', () => {
    const c = Math.log(2);
    const forward = Float64Array.from({ length: 60 }, (_, i) => (i % 2 ? c : 0));
    const backward = Float64Array.from({ length: 120 }, (_, i) => (i % 3 === 2 ? -c : 0));
    expect(bar(forward, backward).value).toBeCloseTo(-Math.log(0.75), 13);
  });

  it('one state twice: 0, and an overlap of 1', () => {
    const same = bar(new Float64Array(10), new Float64Array(30));
    expect(same.value).toBeCloseTo(0, 13);
    expect(same.overlap).toBeCloseTo(1, 12);
  });

  it('Gaussian work that obeys Crooks: intervals cover, for independent and for correlated samples', () => {
    const [delta, sigma] = [3.7, 1.5];
    const works = (run: number, phi: number): [Float64Array, Float64Array] => [
      normal(300, run, 0, phi).map((g) => delta + sigma ** 2 / 2 + sigma * g),
      normal(500, run, 1, phi).map((g) => -delta + sigma ** 2 / 2 + sigma * g),
    ];
    honest((run) => covers(bar(...works(run, 0)).interval, delta));
    honest((run) => covers(bar(...works(run, 0.7)).interval, delta));
  });

  it('far from everything, and large offsets', () => {
    const near = normal(50, 0, 2);
    const at = (shift: number) =>
      bar(
        near.map((x) => x + shift),
        near.map((x) => -x - shift + 1),
      ).value - shift;
    expect(at(5000)).toBeCloseTo(at(0), 9);
    expect(() => bar(new Float64Array(5).fill(4000), new Float64Array(5).fill(4000))).toThrow(/do not overlap/);
  });
});

describe('MBAR', () => {
  const stiffness = [1, 1.5, 2.5, 4, 6];
  const exact = stiffness.map((s) => 0.5 * Math.log(s));

  it('two states: BAR, value and error', () => {
    const u = oscillators([1, 3], [200, 300], 0);
    const n = 500;
    const forward = u.slice(n, n + 200).map((v, i) => v - u[i]);
    const backward = u.slice(200, n).map((v, i) => v - u[n + 200 + i]);
    const result = mbar(u, [200, 300]);
    const two = bar(forward, backward);
    const one = mbarDifference(result, 0, 1);
    expect(one.value).toBeCloseTo(two.value, 11);
    expect(one.error).toBeCloseTo(two.error, 9);
    expect(result.covariance[3]).toBeCloseTo(two.error ** 2, 3);
  });

  it('satisfies its own equations', () => {
    const counts = [300, 200, 100, 200, 300];
    const u = oscillators(stiffness, counts, 1);
    const { f } = mbar(u, counts);
    const n = 1100;
    for (let i = 0; i < 5; i++) {
      let sum = 0;
      for (let t = 0; t < n; t++) {
        let below = 0;
        for (let k = 0; k < 5; k++) below += counts[k] * Math.exp(f[k] - u[k * n + t]);
        sum += Math.exp(-u[i * n + t]) / below;
      }
      expect(-Math.log(sum)).toBeCloseTo(f[i] - f[0] - Math.log(sumOf(u, counts, f)), 10);
    }
  });

  it('five oscillators: exact, with the covariance that 200 runs show, and intervals that cover', () => {
    const counts = [120, 100, 80, 100, 120];
    const runs: Mbar[] = Array.from({ length: 200 }, (_, run) => mbar(oscillators(stiffness, counts, run), counts));
    const last = Float64Array.from(runs, ({ f }) => f[4]);
    const middle = Float64Array.from(runs, ({ f }) => f[2]);
    const truth = exact[4] - exact[0];
    const claimed = meanOf(runs.map(({ covariance: c }) => c[24]));
    expect(Math.abs(meanOf(last) - truth)).toBeLessThan(3 * Math.sqrt(claimed / 200));
    expect(covariance(last, meanOf(last), 0) / claimed).toBeGreaterThan(0.75);
    expect(covariance(last, meanOf(last), 0) / claimed).toBeLessThan(1.3);
    const cross = meanOf(last.map((v, k) => (v - truth) * (middle[k] - exact[2])));
    expect(cross / meanOf(runs.map(({ covariance: c }) => c[14]))).toBeGreaterThan(0.65);
    honest((run) => covers(mbarDifference(runs[run], 0, 4).interval, truth));
  });

  it('correlated samples: intervals still cover', () => {
    const counts = [300, 250, 300];
    const three = [1, 2, 4];
    honest((run) => {
      const result = mbar(oscillators(three, counts, run, 0.8), counts);
      return covers(mbarDifference(result, 0, 2).interval, Math.log(2));
    });
  });

  it('refuses what is not K × N, and states without overlap', () => {
    expect(() => mbar(new Float64Array(5), [2, 2])).toThrow(/5 energies for 2 states/);
    const u = Float64Array.from([0, 0, 0, 1e4, 1e4, 1e4, 1e4, 1e4, 1e4, 0, 0, 0]);
    expect(() => mbar(u, [3, 3])).toThrow(/overlap/);
  });
});

/** Σ e^(−u_0)/Σ N e^(f − u): what the gauge f_0 = 0 is measured with. */
function sumOf(u: Float64Array, counts: number[], f: Float64Array): number {
  const n = counts.reduce((a, b) => a + b, 0);
  let sum = 0;
  for (let t = 0; t < n; t++) {
    let below = 0;
    for (let k = 0; k < counts.length; k++) below += counts[k] * Math.exp(f[k] - u[k * n + t]);
    sum += Math.exp(-u[t]) / below;
  }
  return sum;
}

describe('works', () => {
  const kT = 0.025;
  const [delta, sigma] = [-0.31, 1.2 * kT];
  const gaussian = (run: number, sign: number, n = 120, channel = 7) =>
    normal(n, run, channel + sign).map((g) => sign * delta + sigma ** 2 / (2 * kT) + sigma * g);

  it('Gaussian work: every estimate covers', () => {
    honest((run) => covers(jarzynski(gaussian(run, 1), kT).interval, delta));
    honest((run) => covers(gaussianWork(gaussian(run, 1), kT).interval, delta));
    honest((run) => covers(meanWork(gaussian(run, 1), gaussian(run, -1, 80)).interval, delta));
    honest((run) => covers(curvedWork(gaussian(run, 1), gaussian(run, -1, 80), kT).interval, delta));
  });

  it('dissipation of Gaussian work: σ²/2kT', () => {
    const { dissipation } = meanWork(gaussian(0, 1, 20_000), gaussian(0, -1, 20_000));
    expect(Math.abs(dissipation / (sigma ** 2 / (2 * kT)) - 1)).toBeLessThan(0.02);
  });

  it('a sudden change of stiffness, 1 → 1.5: the corrected mean leaves 2e-4 of the 5.6e-3 kT', () => {
    const forward = normal(400_000, 1, 30).map((x) => 0.25 * x * x);
    const backward = normal(400_000, 2, 31).map((x) => (-0.25 * x * x) / 1.5);
    const exact = 0.5 * Math.log(1.5);
    const straight = meanWork(forward, backward);
    expect(Math.abs(straight.value - 0.25 / 2 - 1 / 12)).toBeLessThan(4 * straight.error);
    const corrected = curvedWork(forward, backward, 1);
    expect(Math.abs(corrected.value - 0.202546)).toBeLessThan(4 * corrected.error);
    expect(Math.abs(corrected.value - exact)).toBeLessThan(0.2 * Math.abs(straight.value - exact));
    const average = jarzynski(forward, 1);
    expect(Math.abs(average.value - exact)).toBeLessThan(4 * average.error);
    expect(average.effective).toBeGreaterThan(300_000);
  });

  it('a few works that count among many are said', () => {
    expect(
      jarzynski(
        normal(1000, 3, 40).map((g) => 5 * g),
        1,
      ).effective,
    ).toBeLessThan(10);
    expect(() => jarzynski(new Float64Array(3), 0)).toThrow(/kT = 0/);
  });
});
