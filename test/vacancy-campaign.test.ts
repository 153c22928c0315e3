/** Vacancy campaigns in memory: targets of bcc iron, plans that only grow, the same bytes however a run is interrupted. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCampaign } from '../src/campaign/config.ts';
import { campaignKinds } from '../src/campaign/kinds.ts';
import { assemble } from '../src/campaign/vacancy/assemble.ts';
import type { VacancyConfig } from '../src/campaign/vacancy/config.ts';
import { checkPair } from '../src/campaign/vacancy/pair.ts';
import { vacancyCampaign } from '../src/campaign/vacancy.ts';
import type { Json } from '../src/data/atoms.ts';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { uniform } from '../src/data/rng.ts';
import { repeat } from '../src/data/supercell.ts';
import { vacancyReport } from '../src/plot/vacancy-report.ts';
import { type Finished, runCampaign } from './support/campaign.ts';

const iron = { campaign: 'vacancy', potential: 'Fe-Ackland-2004', element: 'Fe', a: '2.86 A' };
const tiny = { ...iron, sizes: [2], temperatures: [300, '450 K'], steps: 1000, replicas: 2, seed: 5 };

const results = (finished: Finished) => assemble(finished.view.config as VacancyConfig, finished.results);

describe('harmonic formation free energies of iron', () => {
  it('at constant volume are those of the entropies, in both conventions', async () => {
    const finished = await runCampaign(vacancyCampaign, {
      ...iron,
      temperatures: ['300 K', '600 K'],
      pressure: 'constant-volume',
      methods: ['none'],
    });
    const [one] = results(finished);
    expect(one.atoms).toEqual({ bulk: 128, defect: 127 });
    expect(one.formationEnergy).toBeCloseTo(1.7232, 4);
    const [cold, warm] = one.temperatures.map(({ harmonic }) => harmonic);
    expect(cold?.modeMatched).toBeCloseTo(1.6558, 4);
    expect(warm?.modeMatched).toBeCloseTo(1.7232 - 8.617333e-5 * 600 * 2.6079, 4);
    expect(warm?.asPublished).toBeCloseTo(1.5892, 4);
    expect(cold?.entropy).toBeCloseTo(2.608, 3);
    expect(finished.jobs).toHaveLength(3);
  });

  it('at zero pressure begin at the relaxed formation energy and follow their slope', async () => {
    const finished = await runCampaign(vacancyCampaign, {
      ...iron,
      sizes: [3],
      temperatures: [5, 300],
      methods: ['none'],
    });
    const [one] = results(finished);
    const [cold, warm] = one.temperatures.map(({ harmonic }) => harmonic);
    if (!cold || !warm || one.formationEnergy === undefined) throw new Error('not all is there');
    const kT = 8.617333e-5 * 5;
    expect(cold.modeMatched).toBeCloseTo(one.formationEnergy - kT * cold.entropy, 5);
    // the cell with the vacancy is smaller, and at constant volume the vacancy costs more
    expect(cold.defectA).toBeLessThan(cold.bulkA);
    expect(one.formationEnergy).toBeLessThan(1.7293);
    expect(cold.formationVolume).toBeLessThan(11.64);
    expect(warm.bulkA).toBeGreaterThan(cold.bulkA);
    expect(cold.bulkA).toBeCloseTo(one.lattice?.a ?? 0, 3);
    expect(cold.bulkModulus).toBeCloseTo(178, -1);
  });
});

describe('a crystal that expands beyond a window of volumes', () => {
  it('has a formation energy at 0 K and a curve from there to the only temperature', async () => {
    const finished = await runCampaign(vacancyCampaign, {
      ...{ campaign: 'vacancy', potential: 'Ar-LJ-1975', element: 'Ar', crystal: 'fcc', a: '5.3 A' },
      ...{ sizes: [2], temperatures: [45], methods: ['none'] },
    });
    const [one] = results(finished);
    const { harmonic } = one.temperatures[0];
    if (!harmonic || !one.lattice || one.formationEnergy === undefined) throw new Error('not all is there');
    // half of the window is 0.9 %
    expect(harmonic.bulkA / one.lattice.a).toBeGreaterThan(1.014);
    expect(one.harmonicCurve).toHaveLength(61);
    const [cold] = one.harmonicCurve;
    expect(cold.state.modeMatched).toBeCloseTo(one.formationEnergy - 8.617333e-5 * cold.entropy, 5);
    expect(one.harmonicCurve[60].state.modeMatched).toBe(harmonic.modeMatched);
    // the slopes belong to the curve, across all windows
    for (let k = 1; k + 1 < 61; k++) {
      const [before, at, after] = one.harmonicCurve.slice(k - 1, k + 2);
      const slope = (after.state.modeMatched - before.state.modeMatched) / (after.temperature - before.temperature);
      expect(-slope / 8.617333e-5).toBeCloseTo(at.entropy, 0);
    }
  });
});

describe('runs that are too short for an estimate', () => {
  it('are named, and leave the quasi-harmonic result', async () => {
    const finished = await runCampaign(vacancyCampaign, {
      ...{ ...tiny, temperatures: [300], replicas: 1, pressure: 'constant-volume' },
      ...{ methods: ['quadrature'], nodes: 21 },
    });
    const [one] = results(finished);
    expect(one.temperatures[0].harmonic?.modeMatched).toBeGreaterThan(1);
    expect(one.temperatures[0].sampled).toEqual([]);
    expect(one.temperatures[0].missing.join()).toMatch(/n16-bulk-p0-300k-quadrature-r1: too few samples/);
    expect(() => vacancyReport(finished.view)).not.toThrow();
  });
});

describe('a tiny campaign', () => {
  let whole: Finished;
  let broken: Finished;
  beforeAll(async () => {
    whole = await runCampaign(vacancyCampaign, tiny);
    broken = await runCampaign(vacancyCampaign, tiny, { interrupt: 1 });
  });

  it('ends with free energies, errors, and checks that so few steps cannot pass', () => {
    const [one] = results(whole);
    expect(whole.failed.size).toBe(0);
    for (const { sampled, missing } of one.temperatures) {
      expect(missing).toEqual([]);
      const { modeMatched } = sampled[0].values;
      expect(modeMatched.value).toBeGreaterThan(1.2);
      expect(modeMatched.value).toBeLessThan(2);
      expect(modeMatched.error).toBeGreaterThan(0);
      expect(modeMatched.error).toBeLessThan(0.2);
    }
    expect(vacancyReport(whole.view).summary).toMatch(/300 K {2}F_f = .* ± .* eV .*CHECKS FAILED: .*coverage/);
  });

  it('has the same results and records when it is saved and restored after every slice', () => {
    expect([...broken.results]).toEqual([...whole.results]);
    expect([...broken.records]).toEqual([...whole.records]);
  });

  it('writes the same report, byte by byte', () => {
    const { files } = vacancyReport(whole.view);
    expect(vacancyReport(broken.view).files).toEqual(files);
    for (const name of ['report.html', 'report.json', 'formation.csv', 'runs.csv', 'formation.svg', 'coverage.svg']) {
      expect(files[name].length).toBeGreaterThan(200);
    }
    expect(files['report.html']).not.toMatch(/NaN|undefined|Infinity|<script|https?:\/\/(?!www\.w3\.org)/);
    expect(files['formation.csv'].split('\n')).toHaveLength(1 + 4 + 1);
    const report = JSON.parse(files['report.json']);
    expect(report.cases[0].temperatures[1].sampled[0].passed).toBe(false);
  });

  it('is planned the same every time, and a plan only grows', () => {
    const { config } = whole.view;
    const plan = (known: ReadonlyMap<string, Json>) => vacancyCampaign.plan(config as VacancyConfig, known);
    const all = new Map(plan(whole.results).map((job) => [job.id, JSON.stringify(job)]));
    expect(new Set(all.keys())).toEqual(new Set(whole.results.keys()));
    for (let trial = 0; trial < 60; trial++) {
      const share = uniform(3n, 'trials', trial, 0);
      const some = [...whole.results].filter((_, i) => uniform(3n, 'trials', trial, i + 1) < share);
      const fewer = some.filter((_, i) => uniform(4n, 'trials', trial, i + 1) < 0.7);
      const [large, small] = [some, fewer].map((list) => plan(new Map(list)));
      const ids = new Set(large.map(({ id }) => id));
      for (const { id } of small) expect(ids).toContain(id);
      for (const job of large) expect(all.get(job.id)).toBe(JSON.stringify(job));
      for (const { needs } of large) for (const need of needs) expect(ids).toContain(need);
    }
  });
});

describe('what a campaign needs', () => {
  it('is foreseen without results', () => {
    const config = vacancyCampaign.schema.parse({ ...iron, temperatures: { from: 100, to: 1200, step: 100 } });
    const jobs = vacancyCampaign.foresee?.(config) ?? [];
    const count = (task: string) => jobs.filter((job) => job.task === task).length;
    expect(count('lattice')).toBe(1);
    expect(count('sampling')).toBe(12 * 2 * 3 * 2);
    expect(count('harmonic')).toBeGreaterThan(14);
    expect(count('harmonic')).toBeLessThan(40);
  });

  it('can be several potentials, sizes, and a pair of structures', async () => {
    const config = vacancyCampaign.schema.parse({
      ...iron,
      potential: undefined,
      potentials: { ackland: 'Fe-Ackland-2004', fs: 'Fe-FS-1984' },
      sizes: [2, 3],
      temperatures: [300],
    });
    const ids = new Set((vacancyCampaign.foresee?.(config) ?? []).map(({ id }) => id));
    for (const id of ['ackland-lattice', 'fs-n16-bulk-p0', 'ackland-n54-defect-m2', 'fs-lattice'])
      expect(ids).toContain(id);
    const bulk = repeat(lattice({ kind: 'bcc', a: 2.8553127490017545, elements: ['Fe'] }), [3, 3, 3]);
    const finished = await runCampaign(
      vacancyCampaign,
      {
        campaign: 'vacancy',
        potential: 'Fe-Ackland-2004',
        defect: { bulk: 'bulk.xyz', defect: 'vacancy.xyz' },
        temperatures: [300],
        pressure: 'constant-volume',
        methods: ['none'],
      },
      { structures: { 'bulk.xyz': bulk, 'vacancy.xyz': vacancy(bulk, 7) } },
    );
    const [one] = results(finished);
    expect(one.atoms).toEqual({ bulk: 54, defect: 53 });
    expect(one.formationEnergy).toBeCloseTo(1.7293, 3);
  });

  it('refuses pairs of structures that no formation free energy is between', () => {
    const bulk = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [3, 3, 3]);
    const alloy = { ...bulk, numbers: bulk.numbers.map((z, i) => (i % 2 ? 24 : z)) };
    const swapped = { ...alloy, numbers: alloy.numbers.map((z, i) => (i === 0 ? 24 : i === 1 ? 26 : z)) };
    const files = { bulk: 'b.xyz', defect: 'd.xyz' };
    const pair = (one: typeof bulk, other: typeof bulk) => () => checkPair(one, other, files);
    expect(pair(bulk, vacancy(bulk, 7))).not.toThrow();
    expect(pair(alloy, swapped)).not.toThrow();
    expect(pair(alloy, vacancy(alloy, 7))).toThrow(/d\.xyz: 27 of 53 atoms are Fe.*reservoir/);
    expect(pair(bulk, { ...bulk, numbers: bulk.numbers.map((z, i) => (i ? z : 24)) })).toThrow(/53 of 54 atoms are Fe/);
    expect(pair(bulk, { ...bulk, fixed: new Uint8Array(162).fill(1, 0, 3) })).toThrow(/d\.xyz.*held/);
    expect(pair(bulk, { ...bulk, pbc: [true, true, false] })).toThrow(/periodic/);
    expect(pair(bulk, { ...bulk, cell: bulk.cell.map((c) => 1.001 * c) })).toThrow(/cell is not that of b\.xyz/);
  });
});

describe('vacancy.yaml', () => {
  const parse = (text: string) => parseCampaign(text, 'vacancy.yaml', campaignKinds);

  it('has an example that is one', () => {
    const { config } = parse(vacancyCampaign.example);
    expect(config).toMatchObject({ a: 2.8553, temperatures: [300, 600], replicas: 2, pressure: 'zero' });
    expect(vacancyCampaign.schema.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it.each([
    ['temperature: [300]', /temperature/],
    ['temperatures: [300 GPa]', /GPa/],
    ['temperatures: [-5]', /positive/],
    ['temperatures: [300]\ngrid: {points: 6}', /odd/],
    ['temperatures: [300]\nmethods: [abg]', /abf|methods/],
    ['temperatures: {from: 600, to: 300, step: 100}', /rising/],
  ])('refuses %s', (line, message) => {
    const text = `campaign: vacancy\npotential: Fe-Ackland-2004\nelement: Fe\na: 2.86\n${line}\n`;
    expect(() => parse(text)).toThrow(message);
  });

  it('wants one of potential and potentials, an element and a', () => {
    expect(() => parse('campaign: vacancy\ntemperatures: [300]\n')).toThrow(/potential/);
    expect(() => parse('campaign: vacancy\npotential: Fe-Ackland-2004\ntemperatures: [300]\n')).toThrow(/element/);
  });
});
