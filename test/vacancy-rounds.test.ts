/** Campaigns with a target error, with samplers whose errors are known: the error is the one asked for, at little more than least cost. */
import { describe, expect, it } from 'vitest';
import type { Job } from '../src/campaign/job.ts';
import { assemble } from '../src/campaign/vacancy/assemble.ts';
import type { VacancyConfig } from '../src/campaign/vacancy/config.ts';
import type { HarmonicInput, HarmonicResult } from '../src/campaign/vacancy/harmonic-task.ts';
import type { SamplingInput, SamplingResult } from '../src/campaign/vacancy/sampling-task.ts';
import { type Stratum, share } from '../src/campaign/vacancy/sharing.ts';
import { vacancyCampaign } from '../src/campaign/vacancy.ts';
import type { Json } from '../src/data/atoms.ts';
import { uniform } from '../src/data/rng.ts';
import { cpuTime } from './support/cpu.ts';

describe('steps shared among volumes', () => {
  const costOf = (strata: readonly Stratum[], steps: readonly number[]) =>
    strata.reduce((sum, { cost }, k) => sum + cost * steps[k], 0);
  const varianceOf = (strata: readonly Stratum[], all: readonly number[]) =>
    strata.reduce((sum, { variance, steps }, k) => sum + (variance * steps) / all[k], 0);

  it('cost least, by trying', () => {
    const strata = [
      { variance: 4, steps: 100, cost: 2, least: 0 },
      { variance: 0.5, steps: 100, cost: 2, least: 0 },
      { variance: 0.001, steps: 100, cost: 2, least: 150 },
      { variance: 1, steps: 100, cost: 1, least: 0 },
    ];
    const found = share(strata, 0.7);
    expect(varianceOf(strata, found)).toBeCloseTo(0.7, 10);
    expect(found[2]).toBe(150);
    for (const k of [0, 1, 3]) {
      for (const factor of [0.7, 0.9, 1.1, 1.4]) {
        const other = found.map((n, i) => (i === k ? Math.max(100, factor * n) : n));
        const rest = 0.7 - varianceOf([strata[k], strata[2]], [other[k], other[2]]);
        if (rest <= 0) continue;
        // the two others again as good as they can be
        const two = [0, 1, 3].filter((i) => i !== k);
        const again = share(
          two.map((i) => strata[i]),
          rest,
        );
        two.forEach((i, j) => {
          other[i] = again[j];
        });
        expect(costOf(strata, other)).toBeGreaterThanOrEqual(costOf(strata, found) * (1 - 1e-12));
      }
    }
  });

  it('are those that were done where that is enough', () => {
    const strata = [
      { variance: 1, steps: 100, cost: 1, least: 0 },
      { variance: 2, steps: 100, cost: 1, least: 120 },
    ];
    expect(share(strata, 10)).toEqual([100, 120]);
    expect(share([{ variance: 0, steps: 5, cost: 1, least: 0 }], 1)).toEqual([5]);
  });
});

/** Campaigns. */
const COUNT = 16;
/** Atoms of the synthetic crystal, its noise in eV √steps of each cell, and how much of it both cells share. */
const ATOMS = 54;
const NOISE = 0.6;

interface World {
  seed: number;
  shared: number;
  noise: number;
  /** How ΔA depends on the strain. */
  slope?: number;
}

/** A number of mean 0 and variance 1. */
const normal = (seed: number, i: number, j: number) =>
  [0, 1, 2].reduce((sum, k) => sum + 2 * uniform(BigInt(seed), 'trials', i, 3 * j + k), -3);

/** Bulk modulus 1 eV/Å^3; the cell with the defect is 0.4 % smaller, so that its minimum is off the sampled volumes. */
function harmonic({ which, scale }: HarmonicInput): HarmonicResult {
  const atoms = which === 'bulk' ? ATOMS : ATOMS - 1;
  const volume = ATOMS * 12 * scale ** 3;
  const modes = 3 * atoms - 3;
  const strain = (which === 'bulk' ? scale : scale * 1.004) ** 3 - 1;
  const energy = 0.5 * ATOMS * 12 * strain * strain + (which === 'bulk' ? 0 : 1.7);
  return { atoms, modes, volume, energy, sum: modes * Math.log(0.025 * (1 - 1.4 * strain)), fmax: 0, moved: 0 };
}

function sampled({ seed, shared, noise, slope = 10 }: World, input: SamplingInput): Partial<SamplingResult> {
  const { which, scale, temperature, replica, steps, record = 500, equilibration = 0 } = input;
  const n = Math.floor((steps - equilibration) / record);
  const place = (which === 'bulk' ? 0 : 1e5) + Math.round(1e4 * (scale + 1));
  const sigma = (noise * (temperature / 500) ** 2) / Math.sqrt(record);
  const series = Array.from({ length: n }, (_, i) => {
    const common = normal(seed, replica, i);
    const own = normal(seed + 1000, place * 100 + replica, i);
    return sigma * (Math.sqrt(shared) * common + Math.sqrt(1 - shared) * own);
  });
  const mean = series.reduce((sum, x) => sum + x, 0) / n;
  const spread = Math.sqrt(series.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1));
  return {
    deltaA: -0.1 * (temperature / 500) ** 2 * (1 + slope * (scale - 1)) + mean,
    error: spread / Math.sqrt(n),
    series: series.map((x) => x - mean),
    steps,
    counted: n * record,
    independentSamples: (n * record) / 150,
    reflections: 0,
  };
}

function answer(world: World, { task, input }: Job): unknown {
  if (task === 'lattice') return { scale: 1, a: 2.87, energy: -4 };
  if (task === 'harmonic') return harmonic(input as unknown as HarmonicInput);
  return sampled(world, input as unknown as SamplingInput);
}

function campaign(file: object, world: World) {
  const config = vacancyCampaign.schema.parse({
    ...{ campaign: 'vacancy', potential: 'Fe-Ackland-2004', element: 'Fe', sizes: [3], temperatures: [500] },
    ...file,
  }) as VacancyConfig;
  const results = new Map<string, Json>();
  let rounds = 0;
  for (;;) {
    const jobs = vacancyCampaign.plan(config, results);
    const open = jobs.filter(({ id }) => !results.has(id));
    if (open.length === 0) break;
    if (open.some(({ task }) => task === 'sampling')) rounds++;
    // one at a time is how they come
    const [first] = open;
    for (const job of open.filter(({ task }) => task === first.task)) {
      results.set(job.id, answer(world, job) as Json);
      vacancyCampaign.plan(config, results);
    }
  }
  const [{ temperatures }] = assemble(config, results);
  const steps = [...results.values()].reduce<number>((sum, r) => sum + ((r as { steps?: number }).steps ?? 0), 0);
  const free = temperatures.map(({ sampled }) => sampled[0].values.modeMatched);
  return { config, results, free, steps, rounds };
}

describe('a target error of F_f', () => {
  const truth = campaign({}, { seed: 1, shared: 0, noise: 1e-6 }).free[0].value;

  it.each([
    { shared: 0, error: '2 meV' },
    { shared: 0.9, error: '0.6 meV' },
  ])('is met, and true: $error with shares of $shared', ({ shared, error }) => {
    const wanted = Number.parseFloat(error) / 1000;
    const many = Array.from({ length: COUNT }, (_, i) =>
      campaign({ error, steps: 2_000_000 }, { seed: i + 1, shared, noise: NOISE }),
    );
    const mean = (of: (one: (typeof many)[number]) => number) => many.reduce((sum, one) => sum + of(one), 0) / COUNT;
    for (const { free } of many) expect(free[0].error).toBeLessThanOrEqual(wanted);
    expect(mean(({ free }) => free[0].error)).toBeGreaterThan(0.75 * wanted);
    const scatter = Math.sqrt(mean(({ free }) => (free[0].value - truth) ** 2));
    expect(scatter).toBeGreaterThan(0.6 * wanted);
    expect(scatter).toBeLessThan(1.25 * wanted);
    const inside = many.filter(({ free: [{ interval }] }) => interval[0] <= truth && truth <= interval[1]).length;
    expect(inside).toBeGreaterThanOrEqual(0.85 * COUNT);
    // runs of equal length, from what the same number of them tells of their error
    const plain = campaign({ steps: 1_000_000, replicas: 4 }, { seed: 77, shared, noise: NOISE });
    const equal = plain.steps * (plain.free[0].error / wanted) ** 2;
    console.log(
      `${error}, shared ${shared}: ${(mean((one) => one.steps) / 1e6).toFixed(2)} million steps in ${mean((one) => one.rounds).toFixed(1)} rounds, mean error ${(1000 * mean(({ free }) => free[0].error)).toFixed(2)} meV, scatter ${(1000 * scatter).toFixed(2)} meV; runs of equal length ${(equal / 1e6).toFixed(2)}`,
    );
    expect(mean((one) => one.steps)).toBeLessThan(1.25 * equal);
  });

  it('is met where anharmonicity moves the minimum to volumes that were not known', () => {
    const world = { seed: 5, shared: 0.5, noise: NOISE, slope: 300 };
    const plain = campaign({}, { ...world, slope: 10 });
    const { results, free } = campaign({ error: '1 meV', steps: 2_000_000 }, world);
    const count = (all: Map<string, Json>) => [...all.keys()].filter((id) => /-(bulk|defect)-[mp]\d+$/.test(id)).length;
    expect(count(results)).toBeGreaterThan(count(plain.results));
    expect(free[0].error).toBeLessThanOrEqual(0.001);
  });

  it('is told from steps that do not suffice, which are not exceeded', () => {
    const { results, free } = campaign({ error: '0.5 meV', steps: 30_000 }, { seed: 3, shared: 0, noise: NOISE });
    expect(free[0].error).toBeGreaterThan(0.0005);
    const chains = new Map<string, number>();
    for (const [id, result] of results) {
      const chain = /^(.*-abf)-r\d+$/.exec(id)?.[1];
      if (chain) chains.set(chain, (chains.get(chain) ?? 0) + ((result as { steps?: number }).steps ?? 0));
    }
    expect(chains.size).toBe(6);
    for (const steps of chains.values()) expect(steps).toBeLessThanOrEqual(2 * 30_000);
  });

  it('makes plans that only grow, with results in any order', () => {
    const { config, results } = campaign(
      { error: '2 meV', temperatures: [300, 600] },
      { seed: 9, shared: 0.5, noise: NOISE },
    );
    const plan = (known: ReadonlyMap<string, Json>) => vacancyCampaign.plan(config, known);
    const all = new Map(plan(results).map((job) => [job.id, JSON.stringify(job)]));
    expect(new Set(all.keys())).toEqual(new Set(results.keys()));
    for (let trial = 0; trial < 40; trial++) {
      const share = Math.sqrt(uniform(3n, 'trials', trial, 0));
      const some = [...results].filter((_, i) => uniform(3n, 'trials', trial, i + 1) < share);
      const fewer = some.filter((_, i) => uniform(4n, 'trials', trial, i + 1) < 0.9);
      const [large, small] = [some, fewer].map((list) => plan(new Map(list)));
      const ids = new Set(large.map(({ id }) => id));
      for (const { id } of small) expect(ids).toContain(id);
      for (const job of large) expect(all.get(job.id)).toBe(JSON.stringify(job));
    }
  });

  it('reports the rounds that are complete while the next one runs', () => {
    const { config, results } = campaign({ error: '1 meV' }, { seed: 4, shared: 0.5, noise: NOISE });
    const last = [...results.keys()].at(-1) ?? '';
    expect(last).toMatch(/-r[3-9]$/);
    const partial = new Map(results);
    partial.delete(last);
    const [one] = assemble(config, partial);
    expect(one.temperatures[0].missing).toEqual([]);
    expect(one.temperatures[0].sampled[0].values.modeMatched.error).toBeGreaterThan(0.001);
  });
});

describe('a plan of many jobs', () => {
  it('costs little to repeat: what is known is not computed again', () => {
    const many = { temperatures: { from: 300, to: 690, step: 10 }, replicas: 20, methods: ['abf', 'expanded'] };
    const file = { campaign: 'vacancy', potential: 'Fe-Ackland-2004', element: 'Fe', sizes: [3], steps: 10_000 };
    const config = vacancyCampaign.schema.parse({ ...file, ...many }) as VacancyConfig;
    const results = new Map<string, Json>();
    const exact = { deltaA: -0.1, error: 0.001, series: [], steps: 10_000, counted: 9000, independentSamples: 100 };
    for (let open = true; open; ) {
      const jobs = vacancyCampaign.plan(config, results).filter(({ id }) => !results.has(id));
      open = jobs.length > 0;
      for (const job of jobs)
        results.set(job.id, (job.task === 'sampling' ? exact : answer({ seed: 1, shared: 0, noise: 0 }, job)) as Json);
    }
    expect(results.size).toBeGreaterThan(9000);
    const growing = new Map(results);
    const time = (known: ReadonlyMap<string, Json>) => cpuTime(() => vacancyCampaign.plan(config, known));
    const first = time(growing);
    const again = Math.min(...[1, 2, 3].map(() => time(growing)));
    expect(again).toBeLessThan(first / 2);
    const fresh = vacancyCampaign.plan(config, new Map(results));
    expect(JSON.stringify(vacancyCampaign.plan(config, growing))).toBe(JSON.stringify(fresh));
  });
});
