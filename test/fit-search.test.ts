import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';
import { standardMass } from '../src/data/elements.ts';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { fillGauss } from '../src/data/rng.ts';
import { forceToAcceleration } from '../src/data/units.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { type SnapBasis, withCoefficients } from '../src/fit/basis.ts';
import type { ShareCandidates } from '../src/fit/candidates.ts';
import { checkProperties, measureCard } from '../src/fit/card.ts';
import { basisOf } from '../src/fit/descriptor-config.ts';
import { createDesigner } from '../src/fit/design.ts';
import { evaluateSamples } from '../src/fit/evaluate.ts';
import { evolve } from '../src/fit/evolution.ts';
import { fitPotential } from '../src/fit/fit.ts';
import { gather } from '../src/fit/gather.ts';
import { learningShares } from '../src/fit/learning.ts';
import { apart, createParts } from '../src/fit/parts.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { parsePot } from '../src/io/milady.ts';
import { candidateThreads } from '../src/node/fit-threads.ts';
import { bcc } from './support/crystals.ts';
import { labelled, W } from './support/fits.ts';

const engine = await createEngine();
afterAll(() => engine.close());

const pot = '../shared/potentials/milady/W_LML.pot';
const basis: SnapBasis = { twojmax: 2, rcutfac: 4.6, elements: [W] };
const parted = basisOf('g2 rcut=4.5A neta=4', [74]);
const richer: SnapBasis = { ...basis, twojmax: 5 };
const truth = new Float64Array(21);
fillGauss(truth, 61n, 'trials', 0);
const samples = labelled(engine, snapPotential(withCoefficients(richer, truth)), 14, [74]);
const weights = new Map([
  ['odd', { energy: 30, force: 2, stress: 0 }],
  ['even', { energy: 100, force: 0.5, stress: 7 }],
]);

describe('parts of a training set', () => {
  const held = Uint8Array.from(samples, (_, k) => Number(k % 5 === 4));
  const parts = createParts(engine, gather(engine, samples, createDesigner(engine, basis), apart(held), {}));

  it('put together are the weighted fit', () => {
    const training = samples.filter((_, k) => held[k] === 0);
    const direct = fitPotential(engine, training, { basis, groups: weights });
    const system = parts.combine(weights);
    expect(system?.rows).toBe(direct.rows);
    const whole = fitPotential(engine, samples, { basis, groups: weights, learning: true });
    const plain = fitPotential(engine, samples, { basis, groups: weights });
    for (const [k, x] of plain.coefficients.entries()) expect(whole.coefficients[k]).toBeCloseTo(x, 8);
    expect(parts.combine(new Map())).toBeUndefined();
  });

  it('know the errors of any coefficients', () => {
    const { potential, coefficients } = fitPotential(engine, samples, { basis });
    const errors = parts.errors(coefficients, 'held').get('all');
    const direct = evaluateSamples(
      engine,
      samples.filter((_, k) => held[k] === 1),
      potential,
    ).get('all');
    expect((errors?.energy ?? 0) / (direct?.energy?.rmse ?? 1)).toBeCloseTo(1, 8);
    expect((errors?.force ?? 0) / (direct?.force?.rmse ?? 1)).toBeCloseTo(1, 8);
    expect((errors?.stress ?? 0) / (direct?.stress?.rmse ?? 1)).toBeCloseTo(1, 8);
  });
});

describe('search for weights', () => {
  it('evolution finds the least of a valley, the same for every run', () => {
    const valley = ([x, y]: ArrayLike<number> & Iterable<number>) => 100 * (y - x * x) ** 2 + (1 - x) ** 2;
    const options = {
      bounds: [
        [-3, 3],
        [-3, 3],
      ] as [number, number][],
      generations: 150,
      seed: 5n,
    };
    const found = evolve((all) => all.map(valley), options);
    expect(found.score).toBeLessThan(1e-8);
    expect(evolve((all) => all.map(valley), options)).toEqual(found);
    const still = evolve((all) => all.map(() => Number.POSITIVE_INFINITY), {
      ...options,
      generations: 2,
      start: [1, 2],
    });
    expect([...still.x]).toEqual([1, 2]);
  });

  it('lowers what it is asked to, within bounds, reproducibly', () => {
    const search = { generations: 6, population: 8, decades: [1, 2] as const };
    const one = fitPotential(engine, samples, { basis, test: 0.25, groups: weights, search });
    const two = fitPotential(engine, samples, { basis, test: 0.25, groups: weights, search });
    expect(two.found).toEqual(one.found);
    expect(one.found?.score).toBeLessThan(one.found?.before ?? 0);
    for (const [group, own] of one.found?.weights ?? []) {
      for (const kind of ['energy', 'force', 'stress'] as const) {
        const given = weights.get(group)?.[kind] ?? 0;
        expect(own[kind]).toBeGreaterThanOrEqual(0.0999 * given);
        expect(own[kind]).toBeLessThanOrEqual(100.01 * given);
      }
    }
    const again = fitPotential(engine, samples, { basis, test: 0.25, groups: one.found?.weights });
    for (const [k, x] of again.coefficients.entries()) expect(one.coefficients[k]).toBeCloseTo(x, 7);
  });

  it('in several threads finds the same bits, properties of the crystal and constraints among them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'frenkel-'));
    const outfile = join(folder, 'fit-thread.mjs');
    const entryPoints = ['src/node/fit-thread.ts'];
    await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', target: 'es2022' });
    const card = { crystal: 'bcc', number: 74, a: 3.1, properties: ['a0', 'bulk'] } as const;
    const wanted = [
      { name: 'a0', value: 3.2, importance: 3 },
      { name: 'bulk', value: 300, importance: 1 },
    ];
    const constraints = [{ difference: [samples[0], samples[3]] as const }];
    const fitBy = (share?: ShareCandidates) => {
      const search = { generations: 3, population: 7, goal: { card, wanted }, share };
      const ways = { basis: parted, test: 0.25, groups: weights, constraints, search };
      return fitPotential(engine, samples, ways);
    };
    try {
      const one = fitBy();
      expect(one.found?.score).toBeGreaterThan(0);
      for (const threads of [1, 2, 4]) {
        const { share, close } = candidateThreads(threads, outfile);
        try {
          const several = fitBy(share);
          expect(several.found).toEqual(one.found);
          expect(several.coefficients).toEqual(one.coefficients);
        } finally {
          close();
        }
      }
      writeFileSync(outfile, 'throw new Error()');
      const broken = candidateThreads(2, outfile);
      expect(() => fitBy(broken.share)).toThrow(/failed|ended/);
      broken.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('takes properties of the potential into account', () => {
    const property = (potential: { params: Float64Array }) => Math.abs(potential.params.at(-1) ?? 0);
    const search = { generations: 2, population: 6, scales: { energy: 0, force: 0, stress: 0 }, property };
    const { found, potential } = fitPotential(engine, samples, { basis, groups: weights, search });
    expect(found?.score).toBeCloseTo(property(potential), 9);
  });
});

describe('learning curve', () => {
  it('sees more and more of every group, the held-out set stays', () => {
    const { learning = [], rows } = fitPotential(engine, samples, { basis, test: 0.25, learning: true });
    expect(learning.map(({ share }) => share)).toEqual([...learningShares]);
    for (let k = 1; k < learning.length; k++) expect(learning[k].rows).toBeGreaterThanOrEqual(learning[k - 1].rows);
    const last = learning[learning.length - 1];
    expect(last.rows).toBe(rows);
    expect(last.held?.get('all')?.force).toBeGreaterThan(0);
    expect(() => fitPotential(engine, samples, { basis, ridge: 'cv', folds: 3, learning: true })).toThrow(/none: take/);
  });
});

describe('property card', () => {
  it.skipIf(!existsSync(pot))('has the numbers of W_LML (spec/milady.md § 12.4; needs ../shared)', () => {
    const potential = parsePot(readFileSync(pot, 'utf8'), { file: 'W_LML' });
    const wanted = {
      a0: [3.18551, 1e-4],
      C11: [509.2, 0.3],
      C12: [199.1, 0.3],
      C44: [144.5, 0.3],
      vacancy: [3.165, 0.003],
    };
    const options = { crystal: 'bcc', number: 74, a: 3.1, properties: Object.keys(wanted) } as const;
    const card = measureCard(engine, potential, options);
    for (const [name, [value, tolerance]] of Object.entries(wanted))
      expect(Math.abs((card.get(name) ?? 0) - value), name).toBeLessThan(tolerance);
  });

  it.each(['H', 'N', 'P'])('has the frequencies of frozen waves at %s', (point) => {
    const potential = loadEmbedded('W-Wood-2017');
    const names = [1, 2, 3].map((branch) => `phonon ${point} ${branch}`);
    const card = measureCard(engine, potential, { crystal: 'bcc', number: 74, a: 3.1, properties: ['a0', ...names] });
    const a0 = card.get('a0') ?? 0;
    const found = names.map((name) => card.get(name) ?? Number.NaN);
    const q = { H: [1, 0, 0], N: [0.5, 0.5, 0], P: [0.5, 0.5, 0.5] }[point] ?? [];
    const axes =
      {
        H: [[1, 0, 0]],
        N: [
          [1, -1, 0],
          [0, 0, 1],
          [1, 1, 0],
        ],
        P: [[1, 0, 0]],
      }[point] ?? [];
    const perfect = bcc(potential, a0, 4);
    const phases = Float64Array.from({ length: perfect.numbers.length }, (_, i) =>
      Math.cos(2 * Math.PI * [0, 1, 2].reduce((sum, c) => sum + (q[c] / a0) * perfect.positions[3 * i + c], 0)),
    );
    const mark = engine.mark();
    const system = createSystem(engine, perfect, potential);
    const energyAt = (u: number, axis: number[]) => {
      const length = Math.sqrt(axis.reduce((sum, x) => sum + x * x, 0));
      system.x.set(perfect.positions.map((x, k) => x + ((u * axis[k % 3]) / length) * phases[Math.floor(k / 3)]));
      return system.evaluate();
    };
    const waves = axes.map((axis) => {
      const [u, still] = [2e-3, energyAt(0, axis)];
      // E = ½ m (2πν)² u² Σ cos²
      const curvature = (energyAt(u, axis) + energyAt(-u, axis) - 2 * still) / u ** 2;
      const mass = standardMass(74) * phases.reduce((sum, c) => sum + c * c, 0);
      return Math.sqrt((curvature / mass) * forceToAcceleration) / (2 * Math.PI);
    });
    engine.release(mark);
    waves.sort((x, y) => x - y);
    for (const [k, nu] of found.entries()) expect(nu / waves[Math.min(k, waves.length - 1)]).toBeCloseTo(1, 3);
    expect(() => checkProperties([`phonon ${point} 1`], 'fcc')).toThrow(/phonon X 1/);
  });

  it('says what it does not find, and refuses what it does not know', () => {
    const potential = loadEmbedded('W-Wood-2017');
    const bad = measureCard(engine, potential, { crystal: 'bcc', number: 74, a: 9, properties: ['a0', 'vacancy'] });
    expect([...bad.values()]).toEqual([Number.NaN, Number.NaN]);
    // density alone binds without end: the crystal collapses, and nobody waits for it
    const collapsing = snapPotential(withCoefficients(basis, [0, -5, 0, 0, 0, 0]));
    const none = measureCard(engine, collapsing, {
      crystal: 'bcc',
      number: 74,
      a: 3.1,
      properties: ['a0', 'phonon P 1'],
    });
    expect([...none.values()]).toEqual([Number.NaN, Number.NaN]);
    const surface = measureCard(engine, potential, { crystal: 'bcc', number: 74, a: 3.1, properties: ['surface 110'] });
    // tungsten's surfaces have 3 to 4 J/m²
    expect(surface.get('surface 110')).toBeGreaterThan(2);
    expect(surface.get('surface 110')).toBeLessThan(4.5);
    expect(() => checkProperties(['C33'])).toThrow(/no property is called C33/);
  });
});
