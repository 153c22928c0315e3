/** `frenkel validate`: the quick tier passes here, and its statistics notice what is wrong. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillGauss, fillUniform } from '../src/data/rng.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { ensembleSlope, independent, kolmogorovSmirnov } from '../src/verify/distribution.ts';
import { validateEngine } from '../src/verify/validate.ts';
import { frenkel, scratch } from './support/cli.ts';
import { long } from './support/long.ts';
import { record, recordLeast, recordMost } from './support/trust/record.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

const gauss = (n: number, seed: bigint) => {
  const out = new Float64Array(n);
  fillGauss(out, seed, 'trials', 1);
  return out;
};

describe('statistics', () => {
  it.each([
    [1.2238, 0.1],
    [1.3581, 0.05],
    [1.6276, 0.01],
    [1.9495, 0.001],
  ])('Kolmogorov and Smirnov: a distance of %f/√n has the tabulated probability %f', (t, probability) => {
    const n = 1e6;
    const even = Float64Array.from({ length: n }, (_, i) => (i + 0.5) / n);
    const shift = t / Math.sqrt(n) - 0.5 / n;
    expect(kolmogorovSmirnov(even, (x) => x + shift) / probability - 1).toBeLessThan(3e-3);
    expect(kolmogorovSmirnov(even, (x) => x + shift) / probability - 1).toBeGreaterThan(-3e-3);
  });

  it('Kolmogorov and Smirnov let uniform numbers pass and see another power', () => {
    const u = new Float64Array(500);
    fillUniform(u, 1n, 'trials', 0);
    expect(kolmogorovSmirnov(u, (x) => x)).toBeGreaterThan(0.01);
    expect(kolmogorovSmirnov(u, (x) => x ** 1.3)).toBeLessThan(1e-3);
  });

  it('the slope of two ensembles is found within its error, and a wrong temperature is noticed', () => {
    // energies of 2k modes: Gamma(k, kT); here Gaussians of means ±d/2 and variance 1, whose log ratio has the slope d
    const [d, n] = [0.8, 4000];
    const first = gauss(n, 1n).map((x) => x - d / 2);
    const second = gauss(n, 2n).map((x) => x + d / 2);
    const { value, error } = ensembleSlope(first, second);
    expect(error).toBeLessThan(0.05 * d);
    expect(Math.abs(value - d)).toBeLessThan(4 * error);
    // a variance 20 % too large, as of a thermostat that is too hot
    const wrong = ensembleSlope(
      first.map((x) => 1.1 * x),
      second.map((x) => 1.1 * x),
    );
    expect(Math.abs(wrong.value - d)).toBeGreaterThan(2 * wrong.error);
  });

  it('independent samples of a correlated series are some inefficiencies apart', () => {
    const noise = gauss(20_000, 3n);
    const series = noise.slice();
    for (let i = 1; i < series.length; i++) series[i] = 0.9 * series[i - 1] + noise[i];
    // g = (1 + 0.9)/(1 − 0.9) = 19
    const picked = independent(series).length;
    expect(picked).toBeGreaterThan(20_000 / 25);
    expect(picked).toBeLessThan(20_000 / 14);
  });
});

describe('the engine', () => {
  it(`passes the ${long ? 'long' : 'quick'} tier`, () => {
    const { checks, figures, passed } = validateEngine(engine, { long });
    const values = (name: RegExp) => checks.filter((check) => name.test(check.name)).map(({ value }) => value);
    const [drift] = checks.filter(({ name }) => name === 'drift');
    recordMost('R4.drift', drift.value, drift.limit, `eV/atom/ns, ${drift.system}`);
    recordMost('R5.order', Math.max(...values(/^order/)), 0.25);
    const [coverage] = checks.filter(({ name }) => name === 'coverage');
    record('R21.coverage', `${coverage.value} (≥ ${coverage.limit} ${coverage.unit})`, coverage.passed);
    recordLeast('R22.kinetic', Math.min(...values(/^kinetic/)), 0.01);
    recordMost('R22.ensembles', Math.max(...values(/^ensemble/)), 4, 'σ');
    expect(checks.filter((check) => !check.passed)).toEqual([]);
    expect(passed).toBe(true);
    expect(checks.length).toBeGreaterThan(25);
    expect(figures.map(({ name }) => name)).toEqual(['order', 'free-energies', 'ensemble-nvt', 'ensemble-npt']);
    for (const { series } of figures) {
      for (const { x, y } of series) expect([...x, ...y].every(Number.isFinite)).toBe(true);
    }
  }, 3_600_000);
});

describe('frenkel validate', () => {
  it('does not overwrite a page unless forced, and says so before it computes', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'page.md'), 'mine');
    const { code, stderr } = await frenkel(folder, ['validate', '--page', 'page.md']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/page\.md: exists already/);
    expect(readFileSync(join(folder, 'page.md'), 'utf8')).toBe('mine');
  });
});
