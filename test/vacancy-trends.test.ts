/** Slopes with temperature from sampled values: against finite differences of a published table, and against truths. */
import { describe, expect, it } from 'vitest';
import { curvature } from '../src/campaign/vacancy/trends.ts';
import { fillGauss } from '../src/data/rng.ts';
import { at, excessScatter, weightedFit } from '../src/free-energy/weighted-fit.ts';

// bcc Fe, Ackland 2004, zero pressure, 128 atoms: docs/results/fe-full, rounded
const iron = {
  temperatures: [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000],
  values: [
    2.8563308401, 2.8580790619, 2.8601677819, 2.8624926341, 2.8650431276, 2.8678211519, 2.870818579, 2.8742586138,
    2.8777490847, 2.881692615,
  ],
  errors: [
    1.603e-6, 4.6039e-6, 8.0475e-6, 1.19232e-5, 1.65458e-5, 2.23985e-5, 2.95735e-5, 4.2735e-5, 5.53604e-5, 6.60716e-5,
  ],
  harmonic: [
    2.8558017712, 2.8563001993, 2.8568075938, 2.8573235587, 2.8578476444, 2.8583793481, 2.8589181166, 2.8594633489,
    2.8600144003, 2.8605705868,
  ],
  origin: 2.855312749,
};
/** 1/K, the quasi-harmonic part at the same temperatures, of the same table. */
const quasiHarmonic = [1.7292, 1.7609, 1.7913, 1.8202, 1.8474, 1.8728, 1.8961, 1.9173, 1.9361, 1.9524].map(
  (x) => x * 1e-6,
);

describe('thermal expansion from lattice constants', () => {
  it('is that of the neighbours, at the hot end too, though the cold ones are forty times as sharp', () => {
    const { values, temperatures, harmonic } = iron;
    const curve = curvature(iron);
    const fit = curve.fit(values);
    const expansion = (i: number) =>
      ((curve.whole ? 0 : quasiHarmonic[i] * harmonic[i]) + at(fit, temperatures[i], true)) / values[i];
    for (let i = 1; i < 9; i++) {
      const across = (values[i + 1] - values[i - 1]) / 200 / values[i];
      expect(Math.abs(expansion(i) / across - 1)).toBeLessThan(0.08);
    }
    // the step before the end, and how it grows: 1.37e-5 at 950 K
    expect(expansion(9)).toBeGreaterThan(1.25e-5);
    expect(expansion(9)).toBeLessThan(1.6e-5);
    expect(curve.excess).toBeGreaterThan(5e-5);
    expect(curve.excess).toBeLessThan(3e-4);
  });
});

describe('the kind of curve', () => {
  const temperatures = [200, 400, 600, 800, 1000];
  const errors = temperatures.map((t) => 1e-9 * t * t + 1e-5);
  const whole = temperatures.map((t) => 1.7 - 2e-4 * t - 3e-8 * t * t);

  it('is the whole where the quasi-harmonic values have a kink that the sampled ones have not', () => {
    const harmonic = temperatures.map((t) => 1.7 - 2e-4 * t + (t > 500 ? 1e-4 * (t - 500) : 0));
    const curve = curvature({ temperatures, values: whole, errors, harmonic, origin: 1.7 });
    expect(curve.whole).toBe(true);
    expect(curve.excess).toBe(0);
    for (const t of [300, 1000]) expect(at(curve.fit(whole), t, true)).toBeCloseTo(-2e-4 - 6e-8 * t, 10);
    // without a value at 0 K there is no whole, and the kink is an error
    const added = curvature({ temperatures, values: whole, errors, harmonic });
    expect(added.whole).toBe(false);
    expect(added.excess).toBeGreaterThan(1e-3);
  });

  it('is what sampling adds where that is enough', () => {
    const harmonic = temperatures.map((t) => 1.7 - 2e-4 * t + 1e-3 * Math.sin(t / 100));
    const values = harmonic.map((value, i) => value - 3e-8 * temperatures[i] ** 2);
    const curve = curvature({ temperatures, values, errors, harmonic, origin: 1.7 });
    expect(curve).toMatchObject({ whole: false, excess: 0 });
    expect(at(curve.fit(values), 1000, true)).toBeCloseTo(-6e-5, 12);
    const one = curvature({ ...{ temperatures: [300], values: [2], errors: [1e-3] }, harmonic: [1], origin: 0 });
    expect(one.whole).toBe(false);
  });
});

describe('excess scatter', () => {
  it('makes chi² the degrees of freedom, and is 0 where the errors explain the points', () => {
    const x = Array.from({ length: 40 }, (_, i) => i + 1);
    const noise = new Float64Array(40);
    fillGauss(noise, 5n, 'trials', 0);
    const y = x.map((v, i) => 2 * v + 0.3 * noise[i]);
    const sharp = x.map((_, i) => (i < 5 ? 1e-6 : 0.01));
    const excess = excessScatter(x, y, sharp, [1]);
    expect(excess).toBeGreaterThan(0.2);
    expect(excess).toBeLessThan(0.4);
    const wider = sharp.map((e) => Math.sqrt(e * e + excess * excess));
    expect(weightedFit(x, y, wider, [1]).misfit).toBeCloseTo(1, 6);
    expect(
      excessScatter(
        x,
        y,
        x.map(() => 0.5),
        [1],
      ),
    ).toBe(0);
    expect(excessScatter([1], [2], [0.1], [2])).toBe(0);
  });
});
