import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wignerSeitz } from '../src/analysis/wigner-seitz.ts';
import { parseCampaign } from '../src/campaign/config.ts';
import type { Job, TaskContext, Work } from '../src/campaign/job.ts';
import { campaignKinds } from '../src/campaign/kinds.ts';
import { type SearchConfig, searchSchema } from '../src/campaign/search/config.ts';
import { foundGroups } from '../src/campaign/search/dataset.ts';
import { placedFrame } from '../src/campaign/search/given.ts';
import { type Shape, sameShape } from '../src/campaign/search/shape.ts';
import { searchCampaign } from '../src/campaign/search.ts';
import type { Atoms, Json } from '../src/data/atoms.ts';
import { interstitial, vacancy } from '../src/data/defects.ts';
import { InputError } from '../src/data/errors.ts';
import { nearestAtom } from '../src/data/image.ts';
import { lattice } from '../src/data/lattice.ts';
import { pushOne, pushRandomly } from '../src/data/push.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { entropyData } from '../src/fit/entropy/samples.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { activate } from '../src/methods/art.ts';
import { still } from '../src/methods/band.ts';
import { dimer } from '../src/methods/dimer.ts';
import { minimize } from '../src/methods/minimize.ts';
import { forceProduct, softest } from '../src/methods/softest.ts';
import { searchReport } from '../src/plot/search-report.ts';
import { nextMinimum, relaxed } from '../src/tasks/next-minimum.ts';
import { describeSaddle, startSaddle, stepSaddle } from '../src/tasks/saddle.ts';
import { runCampaign } from './support/campaign.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const iron = loadEmbedded('Fe-Ackland-2004');
const bulk = repeat(lattice({ kind: 'bcc', a: 2.855313, elements: ['Fe'] }), [4, 4, 4]);
const free: readonly [boolean, boolean, boolean] = [true, true, true];

/** A vacancy at rest, and a random vector of `length` Å around atom 99, one of its neighbours or not. */
function relaxedVacancy() {
  const blank = vacancy(bulk, 100);
  const found = relaxed(engine, blank, iron);
  if (!found) throw new Error('did not relax');
  return { atoms: { ...blank, positions: found.x }, energy: found.energy };
}

describe('softest', () => {
  it('is the lowest eigenvector of a matrix, from any start that is not orthogonal to it', () => {
    const n = 30;
    const diagonal = Float64Array.from({ length: n }, (_, k) => (k === 4 ? -2 : 1 + k));
    const { value, vector } = softest(
      engine,
      (v) => v.map((x, k) => diagonal[k] * x),
      new Float64Array(n).fill(-1),
      25,
    );
    expect(value).toBeCloseTo(-2, 9);
    expect(Math.abs(vector[4])).toBeCloseTo(1, 6);
    // on the side of the start
    expect(vector[4]).toBeLessThan(0);
  });

  it('of atoms agrees with what the dimer turns to', () => {
    const { atoms } = relaxedVacancy();
    const mark = engine.mark();
    const system = createSystem(engine, atoms, iron, { skin: 0.5 });
    const start = pushRandomly(atoms, 1, 3n, { centre: bulk.positions.subarray(300, 303), radius: 2.6 });
    still(start, free);
    system.evaluate();
    const product = forceProduct(system, { force: system.f.slice(), step: 1e-3, free });
    const { value, vector } = softest(engine, product, start, 60);
    system.x.set(atoms.positions);
    const turned = dimer(system, { mode: vector, free, rotations: 20, tolerance: 1e-3, separation: 1e-3 });
    turned.evaluate();
    expect(value).toBeGreaterThan(0.5);
    expect(turned.curvature()).toBeGreaterThan(value - 0.05);
    engine.release(mark);
  });
});

describe('activation from a vacancy of iron', () => {
  const tries = [1n, 4n, 5n];

  it('finds the saddle of migration, whose barrier the dimer and the band have as well: 0.64 eV', () => {
    const { atoms, energy } = relaxedVacancy();
    const barriers = tries.map((seed) => {
      const mark = engine.mark();
      const system = createSystem(engine, atoms, iron, { skin: 0.5 });
      const way = pushRandomly(atoms, 1, seed, { centre: bulk.positions.subarray(300, 303), radius: 2.6 });
      const length = Math.sqrt(way.reduce((sum, d) => sum + d * d, 0));
      const found = activate(
        engine,
        system,
        way.map((d) => (0.4 * d) / length),
        { free, fmax: 1e-3 },
      );
      engine.release(mark);
      expect(found.failed).toBeUndefined();
      expect(found.curvature).toBeLessThan(-1);
      return found.energy - energy;
    });
    // a dimer that is told where to go: half-way into the vacancy
    const neighbour = nearestAtom(atoms, bulk.positions.slice(300, 303)).index;
    const halfway = [0, 1, 2].map((c) => 0.3 * (bulk.positions[300 + c] - atoms.positions[3 * neighbour + c]));
    const options = { method: 'lbfgs', fmax: 1e-3, steps: 500, relaxStart: false, connect: false } as const;
    const search = startSaddle(engine, {
      atoms,
      potential: iron,
      options,
      displacement: pushOne(atoms, neighbour, halfway),
    });
    while (search.state.stage !== 'done') stepSaddle(search);
    const expected = describeSaddle(search).barrier;
    expect(expected).toBeCloseTo(0.646, 3);
    for (const barrier of barriers) expect(Math.abs(barrier - expected)).toBeLessThan(1e-4);
  });

  it('goes over to the next minimum: of this potential the split vacancy half-way, 0.55 eV higher', () => {
    const { atoms, energy } = relaxedVacancy();
    const way = pushRandomly(atoms, 1, 4n, { centre: bulk.positions.subarray(300, 303), radius: 2.6 });
    const length = Math.sqrt(way.reduce((sum, d) => sum + d * d, 0));
    const displacement = way.map((d) => (0.4 * d) / length);
    const next = nextMinimum(engine, { atoms, displacement, potential: iron });
    expect(next.failed).toBeUndefined();
    expect((next.minimum?.energy ?? 0) - energy).toBeCloseTo(0.552, 3);
    expect(next.saddle?.barrier).toBeCloseTo(0.6463, 3);
    const found = wignerSeitz({ ...atoms, positions: next.minimum?.x ?? new Float64Array() }, bulk);
    // an atom half-way between two empty sites
    expect(found.ambiguous).toHaveLength(1);
    // nothing but its input decides
    const again = nextMinimum(engine, { atoms, displacement, potential: iron });
    expect(again).toEqual(next);
  });

  it('says why it found nothing', () => {
    const { atoms } = relaxedVacancy();
    const mark = engine.mark();
    const system = createSystem(engine, atoms, iron, { skin: 0.5 });
    const way = pushRandomly(atoms, 0.01, 1n, { centre: [0, 0, 0], radius: 1 });
    expect(activate(engine, system, way, { free, steps: 2 }).failed).toMatch(/no way out/);
    system.x.set(atoms.positions);
    expect(() => activate(engine, system, new Float64Array(3 * 127))).toThrow(InputError);
    engine.release(mark);
  });
});

describe('one configuration or two', () => {
  const one: Shape = { energy: -10, points: 2, inertia: 20 };
  it('needs energies within 0.01 eV and the same inertia', () => {
    expect(sameShape(one, { ...one, energy: -9.991 })).toBe(true);
    expect(sameShape(one, { ...one, energy: -9.989 })).toBe(false);
    expect(sameShape(one, { ...one, inertia: 20.1 })).toBe(false);
    expect(sameShape(one, { ...one, inertia: 20 + 1e-9 })).toBe(true);
    expect(sameShape(one, { ...one, points: 3 })).toBe(false);
  });
});

const text = `campaign: search
potential: Fe-Ackland-2004
element: Fe
defects: [vacancy, {random: {interstitials: 1, radius: 3 A}}]
sizes: [3]
walks: 1
events: 2
`;

/** Runs a job alone; `after`: saved and restored, in a new engine, after so many slices. */
async function runJob(job: Job, done: Map<string, Finished>, after = -1): Promise<Finished> {
  const of = (id: string): Finished => {
    const found = done.get(id);
    if (!found || !job.needs.includes(id)) throw new Error(`${job.id} does not need ${id}`);
    return found;
  };
  const context = (own: Engine): TaskContext => ({
    engine: own,
    input: JSON.parse(JSON.stringify(job.input)) as Json,
    results: new Map(job.needs.map((id) => [id, of(id).result])),
    arrays: (id) => of(id).arrays,
    records: (id) => of(id).records,
    resource: () => iron,
  });
  const task = searchCampaign.tasks.get(job.task);
  if (!task) throw new Error(job.task);
  let own = await createEngine();
  let work: Work = task.start(context(own));
  const records: Json[] = [];
  for (let slice = 1, more = true; more; slice++) {
    more = work.advance();
    records.push(...work.takeRecords());
    if (slice !== after || !more) continue;
    const saved = structuredClone(work.save());
    own.close();
    own = await createEngine();
    work = task.restore(context(own), saved);
  }
  own.close();
  return { result: JSON.parse(JSON.stringify(work.result())) as Json, arrays: work.arrays?.() ?? {}, records };
}

interface Finished {
  result: Json;
  arrays: Record<string, Float64Array>;
  records: Json[];
}

describe('a campaign that searches', () => {
  const config = parseCampaign(text, 'search.yaml', campaignKinds).config as SearchConfig;

  it('plans walks after the lattice, labels after duplicates are removed, the same with every further result', async () => {
    const done = new Map<string, Finished>();
    const results = () => new Map([...done].map(([id, { result }]) => [id, result]));
    let known: Job[] = [];
    for (;;) {
      const jobs = searchCampaign.plan(config, results());
      for (const job of known) expect(jobs).toContainEqual(job);
      known = jobs;
      const next = jobs.find((job) => !done.has(job.id) && job.needs.every((id) => done.has(id)));
      if (!next) break;
      done.set(next.id, await runJob(next, done));
    }
    expect(known.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'lattice',
        'walk-vacancy-1-n54-e0-1',
        'pool-v1-n54-e0',
        'label-v1-n54-e0-1',
        'label-bulk-n54-e0',
      ]),
    );
    // the vacancy, and the split one
    const pool = done.get('pool-v1-n54-e0')?.result as unknown as { minima: { energy: number; points: number }[] };
    expect(pool.minima.length).toBeLessThan(4);
    for (const { points } of pool.minima) expect(points).toBe(1);
    const label = done.get('label-v1-n54-e0-1')?.result as unknown as { atoms: number; labels: { sum: number }[] };
    expect(label.atoms).toBe(53);
    expect(Number.isFinite(label.labels[0].sum)).toBe(true);
    const { files, summary } = searchReport({
      ...{ kind: 'search', config, jobs: known, results: results(), failed: new Map() },
      arrays: (id) => done.get(id)?.arrays ?? {},
      records: () => [],
      resource: () => iron,
      identity: { config: '', resources: {}, kernels: '', version: '' },
    });
    expect(summary).toMatch(/v1-n54-e0 +\d configurations.*\n.*i1-n54-e0/);
    const frames = parseExtxyz([...files['configurations.xyz']].join(''));
    const data = entropyData(
      frames.map((atoms, number) => ({ atoms, file: 'configurations.xyz', number })),
      'formation_entropy',
    );
    expect([...data.references.keys()]).toEqual(['n54-e0']);
    const vacancies = data.frames.filter(({ group }) => group === 'v1-n54-e0');
    expect(vacancies[0].atoms.info.formation_energy).toBeCloseTo(1.72, 1);
    // `frenkel entropy` says 2.61 k_B in 128 sites
    expect(Math.abs(vacancies[0].entropy - 2.6)).toBeLessThan(0.4);
    // a walk that was interrupted has the bits of one that was not
    const walk = known.find(({ task, id }) => task === 'walk' && id.includes('random'));
    if (!walk) throw new Error('no walk');
    expect(await runJob(walk, done, 2)).toEqual(done.get(walk.id));
  });

  it('refuses what it cannot begin, with the place in the file', () => {
    const wrong = (change: string, by: string) => () =>
      parseCampaign(text.replace(change, by), 'search.yaml', campaignKinds);
    expect(wrong('[vacancy,', '[V0,')).toThrow(/defects\.0/);
    expect(wrong('interstitials: 1', 'interstitials: 0')).toThrow(/vacancies or interstitials/);
    expect(wrong('element: Fe', 'element: Xe')).toThrow(/lattice constant/);
    expect(wrong('sizes: [3]', 'sizes: [1]')).toThrow(/sizes/);
    expect(wrong('walks: 1', 'walk: 1')).toThrow(/walks/);
    expect(wrong('walks: 1', 'displacement: [0.5, 0.1]')).toThrow(/rising/);
  });

  it('has an example that it reads itself', () => {
    const parsed = parseCampaign(searchCampaign.example, 'search.yaml', campaignKinds);
    expect(parsed.kind.name).toBe('search');
  });

  it('foresees labels for the cost', () => {
    const jobs = searchCampaign.foresee?.(searchSchema.parse(config)) ?? [];
    expect(jobs.filter(({ task }) => task === 'label').length).toBeGreaterThan(2);
  });
});

describe('a search that begins with files', () => {
  const given = (changes: Record<string, unknown> = {}) => ({
    ...{ campaign: 'search', potential: 'Fe-Ackland-2004', element: 'Fe', sizes: [3], walks: 1, events: 0 },
    ...{ defects: [{ file: 'found.xyz', only: 'v1' }], strains: [0, 0.01] },
    ...changes,
  });
  const small = repeat(lattice({ kind: 'bcc', a: 2.855313, elements: ['Fe'] }), [3, 3, 3]);
  /** As a report has them: the crystal, a vacancy that is relaxed, another that is not, and an interstitial. */
  function frames(): Atoms[] {
    const named = (atoms: Atoms, info: Atoms['info']): Atoms => ({ ...atoms, info });
    const blank = vacancy(small, 20);
    const found = relaxed(engine, blank, iron);
    if (!found) throw new Error('did not relax');
    return [
      named(small, { config_type: 'bulk', reference: 'n54-e0' }),
      named({ ...blank, positions: found.x }, { config_type: 'v1-n54-e0' }),
      named(vacancy(small, 31), { config_type: 'v1-n54-e0' }),
      named(interstitial(small, 26, [1.4, 1.4, 0.1]), { config_type: 'i1-n54-e0' }),
    ];
  }

  it('relaxes them again in its own cells, each once, with labels that strain changes', async () => {
    const done = await runCampaign(searchCampaign, given(), { frames: { 'found.xyz': frames() } });
    expect([...done.failed]).toEqual([]);
    const ids = done.jobs.map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith('walk'))).toEqual([
      'walk-frame-1-1-n54-e0-1',
      'walk-frame-1-2-n54-e0-1',
      'walk-frame-1-1-n54-e1-1',
      'walk-frame-1-2-n54-e1-1',
    ]);
    const groups = foundGroups(done.view);
    expect(groups.map(({ id, candidates, distinct }) => [id, candidates, distinct])).toEqual([
      ['v1-n54-e0', 2, 1],
      ['v1-n54-e1', 2, 1],
    ]);
    const [[still], [strained]] = groups.map(({ configurations }) => configurations);
    expect(Math.abs((still.entropy ?? 0) - 2.6)).toBeLessThan(0.4);
    expect(strained.entropy).toBeGreaterThan((still.entropy ?? 0) + 0.05);
    // what this search minimised is what a strained vacancy relaxes to from scratch
    const wide = repeat(lattice({ kind: 'bcc', a: groups[1].perfect.cell[0] / 3, elements: ['Fe'] }), [3, 3, 3]);
    const direct = relaxed(engine, vacancy(wide, 20), iron);
    expect(Math.abs(strained.minimum.energy - (direct?.energy ?? 0))).toBeLessThan(1e-6);
  });

  it('begins with the frame itself: nothing is drawn, the cell alone is another', () => {
    const [, one] = frames();
    const wide = repeat(lattice({ kind: 'bcc', a: 2.9, elements: ['Fe'] }), [3, 3, 3]);
    const { positions, numbers } = placedFrame(wide, { ...one, repeat: 3, number: 1 });
    expect(numbers).toEqual(one.numbers);
    positions.forEach((x, k) => {
      expect(x).toBeCloseTo((one.positions[k] * 2.9) / 2.855313, 10);
    });
  });

  it('walks on from them as from any other start', () => {
    const config = searchSchema.parse(given({ events: 3, walks: 2 }));
    const results = new Map<string, Json>([
      ['lattice', { scale: 1, a: 2.855313, energy: -4.01 }],
      ['frames-1', { frames: [{ repeat: 3, atoms: 53 }] }],
    ]);
    expect(searchCampaign.plan(config, new Map()).map(({ id }) => id)).toEqual(['lattice', 'frames-1']);
    const walks = searchCampaign.plan(config, results).filter(({ task }) => task === 'walk');
    expect(walks.map(({ id }) => id)).toContain('walk-frame-1-1-n54-e1-2');
    expect(walks[0].input).toMatchObject({ defect: { resource: 'frames-1', frame: 0 }, events: 3 });
    const foreseen = searchCampaign.foresee?.(config) ?? [];
    expect(foreseen.some(({ task }) => task === 'label')).toBe(true);
  });

  it('refuses frames that it cannot begin with, by file and number', async () => {
    const [bulk, one, , interstitials] = frames();
    const wrong = (all: Atoms[], changes: Record<string, unknown> = {}) =>
      expect(runCampaign(searchCampaign, given(changes), { frames: { 'found.xyz': all } })).rejects;
    await wrong([bulk, interstitials]).toThrow(/found\.xyz: has no frame whose config_type has "v1"/);
    await wrong([bulk], { defects: [{ file: 'found.xyz' }] }).toThrow(/perfect crystals .* are left out/);
    await wrong([bulk, one], { sizes: [4] }).toThrow(/frame 1: 53 atoms are a cell of 3 × 3 × 3, and sizes has 4/);
    const tungsten = { ...one, numbers: one.numbers.map(() => 74) };
    await wrong([tungsten]).toThrow(/frame 0: W is in it; only Fe/);
    await wrong([{ ...one, pbc: [true, true, false] }]).toThrow(/periodic in all directions/);
    await wrong([{ ...one, cell: one.cell.map((x, k) => (k === 1 ? 0.5 : x)) }]).toThrow(/a cubic cell/);
    await wrong([{ ...one, positions: one.positions.map(() => Number.NaN) }]).toThrow(/not finite/);
    expect(() => searchSchema.parse(given({ defects: [{ file: 'x', onyl: 'v1' }] }))).toThrow(/onyl/);
  });

  it('refuses another lattice, or one with its origin elsewhere', () => {
    const config = searchSchema.parse(given({ defects: [{ file: 'found.xyz' }] }));
    const [, one] = frames();
    const check = (frame: Atoms) => () =>
      searchCampaign.check?.(config as SearchConfig, () => [{ ...frame, repeat: 3, number: 1 }], engine);
    expect(check(one)).not.toThrow();
    const between = one.positions.map((x, k) => x + [1.43, 0, 0][k % 3]);
    expect(check({ ...one, positions: between })).toThrow(/found\.xyz: frame 1: .* sites of the bcc crystal are empty/);
  });
});

it('a minimizer alone falls back from the same displacement', () => {
  const { atoms, energy } = relaxedVacancy();
  const mark = engine.mark();
  const system = createSystem(engine, atoms, iron, { skin: 0.5 });
  const way = pushRandomly(atoms, 1, 4n, { centre: bulk.positions.subarray(300, 303), radius: 2.6 });
  const length = Math.sqrt(way.reduce((sum, d) => sum + d * d, 0));
  for (let k = 0; k < way.length; k++) system.x[k] += (0.4 * way[k]) / length;
  const end = minimize(system, 'lbfgs', { fmax: 1e-4 });
  expect(end.energy).toBeCloseTo(energy, 6);
  engine.release(mark);
});
