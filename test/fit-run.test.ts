/** A whole run from its configuration: files, the report, what only YAML can ask for. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { fillUniform } from '../src/data/rng.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { fitSchema } from '../src/fit/config.ts';
import { predict } from '../src/fit/evaluate.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatStructure } from '../src/io/structure.ts';
import { runFit } from '../src/node/run-fit.ts';
import { bcc } from './support/crystals.ts';

const engine = await createEngine();
const folder = mkdtempSync(join(tmpdir(), 'frenkel-'));
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

const truth = loadEmbedded('W-Wood-2017');

/** Displaced or strained bcc as W-Wood-2017 sees it. */
function labelled(group: string, k: number, displacement: number, strain: number): Atoms {
  const still = bcc(truth, 3.165 * (1 + strain * ((k % 5) - 2)), 2);
  const moves = new Float64Array(3 * still.numbers.length);
  fillUniform(moves, 31n, 'trials', k);
  const atoms = { ...still, positions: still.positions.map((x, i) => x + displacement * (moves[i] - 0.5)) };
  const { energy, forces, virial } = predict(engine, { atoms, name: group }, truth);
  const volume = atoms.cell[0] ** 3;
  const stress = Array.from(virial, (w) => -w / volume);
  return { ...atoms, info: { energy, stress, config_type: group }, arrays: { forces } };
}

describe('a run of a fit', () => {
  const frames = [
    ...Array.from({ length: 12 }, (_, k) => labelled('hot', k, 0.5, 0.004)),
    ...Array.from({ length: 8 }, (_, k) => labelled('strained', 20 + k, 0.02, 0.01)),
  ];
  const file = join(folder, 'train.xyz');
  writeFileSync(file, formatStructure(frames, 'extxyz'));
  const config = fitSchema.parse({
    data: file,
    descriptor: 'snap rcut=4.73442A twojmax=4',
    test: 0.25,
    groups: { hot: { stress: 0 } },
    constraints: [{ difference: ['train.xyz, frame 1', 'train.xyz, frame 15'], energy: true }],
    card: { crystal: 'bcc', a: 3.17, reference: { C11: 515, C44: 200, 'phonon N 3': 6.5 } },
    sweep: { group: 'strained', kinds: ['stress'], decades: [1, 3], points: 5 },
  });
  const { report, files, fit } = runFit(engine, config);

  it('meets differences of energies that the configuration names', () => {
    const [a, b] = [frames[1], frames[15]].map((atoms) => {
      const mark = engine.mark();
      const energy = createSystem(engine, atoms, fit.potential).evaluate() - Number(atoms.info.energy);
      engine.release(mark);
      return energy;
    });
    expect(Math.abs(a - b)).toBeLessThan(1e-9);
  });

  it('tells the errors of what was held out and has a weight', () => {
    const { tested, test, card } = report;
    expect(tested?.energyMAE).toBeCloseTo(test?.all.energyMAE ?? 0, 14);
    // stresses of `hot` have none
    expect(tested?.stressCount).toBe(test?.strained.stressCount);
    expect(card?.['phonon N 3'].found).toBeGreaterThan(5);
    expect(card?.['phonon N 3'].found).toBeLessThan(8);
  });

  it('has the fit along weights of a group: of weight 1 the fit itself, more of it less error', () => {
    const lines = (files.get('sweep.csv') ?? '').trim().split('\n');
    expect(lines[0]).toBe('factor,C11,C44,phonon N 3,energy (eV/atom),force (eV/Å),stress (eV/Å³)');
    const rows = lines.slice(1).map((line) => line.split(',').map(Number));
    expect(rows.map(([factor]) => factor)).toEqual([0.1, 1, 10, 100, 1000].map((x) => expect.closeTo(x, 9)));
    for (const [k, name] of ['C11', 'C44', 'phonon N 3'].entries())
      expect(rows[1][1 + k]).toBeCloseTo(report.card?.[name].found ?? 0, 6);
    const stress = fit.sweep?.map(({ errors }) => errors?.get('strained')?.stress ?? Number.NaN) ?? [];
    for (let k = 1; k < stress.length; k++) expect(stress[k]).toBeLessThanOrEqual(stress[k - 1] * (1 + 1e-9));
    for (const word of ['C11', 'C44', 'weight of strained']) expect(files.get('sweep.svg')).toContain(word);
  });

  it('refuses a sweep of what has no weight', () => {
    const wrong = { ...config, sweep: { group: 'hot', kinds: ['stress' as const] } };
    expect(() => runFit(engine, wrong)).toThrow(/sweep: hot has no stress with a weight/);
  });
});
