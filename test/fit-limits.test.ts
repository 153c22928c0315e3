import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { vacancy } from '../src/data/defects.ts';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine } from '../src/engine/engine.ts';
import { basisOf, parseDescriptor } from '../src/fit/descriptor-config.ts';
import { distanceOf, learnEnvironments } from '../src/fit/environments.ts';
import { predict } from '../src/fit/evaluate.ts';
import { fitPotential } from '../src/fit/fit.ts';
import { extrapolate, formatUncertainty, parseUncertainty, uncertaintyOf } from '../src/fit/uncertainty.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatStructure } from '../src/io/structure.ts';
import { describeBasis } from '../src/node/run-fit.ts';
import { frenkel, json, refused } from './support/commands.ts';
import { bcc } from './support/crystals.ts';

const engine = await createEngine();
const folder = mkdtempSync(join(tmpdir(), 'frenkel-limits-'));
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});
const place = (name: string) => join(folder, name);

const wood = loadEmbedded('W-Wood-2017');
const perfect = bcc(wood, 3.1803, 3);
const shaken = (k: number, size: number, atoms: Atoms = perfect): Atoms => {
  const moves = new Float64Array(atoms.positions.length);
  fillGauss(moves, 51n, 'trials', k);
  return { ...atoms, positions: atoms.positions.map((x, i) => x + size * moves[i]) };
};
const training = Array.from({ length: 8 }, (_, k) => shaken(k, 0.08));
const labelled = training.map((atoms, k) => {
  const { energy, forces } = predict(engine, { atoms, name: String(k) }, wood);
  return { atoms, name: String(k), group: 'bulk', energy, forces };
});
const text = 'snap rcut=4.7A twojmax=2';
const basis = basisOf(parseDescriptor(text), [74]);

describe('environments of a training set', () => {
  const describeAtoms = describeBasis(engine, { basis });
  const [own] = learnEnvironments(engine, training, 5, describeAtoms);
  const rows = training.flatMap((atoms) => {
    const values = describeAtoms(atoms);
    return Array.from({ length: 54 }, (_, i) => values.slice(5 * i, 5 * i + 5));
  });

  it('have the mean and the Mahalanobis distances of their definition', () => {
    const mean = Array.from({ length: 5 }, (_, k) => rows.reduce((sum, row) => sum + row[k], 0) / rows.length);
    for (const [k, x] of mean.entries()) expect(own.mean[k] / x).toBeCloseTo(1, 12);
    expect(own.count).toBe(432);
    // mean of all squared distances: components times (N − 1)/N
    const squares = rows.map((row) => distanceOf(own, row, 0) ** 2);
    const total = squares.reduce((sum, x) => sum + x, 0);
    expect(total / 432).toBeCloseTo((5 * 431) / 432, 6);
    expect(Math.sqrt(Math.max(...squares))).toBeCloseTo(own.farthest, 10);
    // the covariance of the whitened rows is 1
    for (let a = 0; a < 5; a++) {
      for (let b = 0; b < 5; b++) {
        let sum = 0;
        for (const row of rows) {
          const [x, y] = [a, b].map((c) => row.reduce((s, v, i) => s + (v - mean[i]) * own.whiten[5 * i + c], 0));
          sum += x * y;
        }
        expect(sum / 431).toBeCloseTo(Number(a === b), 6);
      }
    }
  });

  it('are read back as they were, and grade what is new', () => {
    const fit = fitPotential(engine, labelled, { basis });
    const made = uncertaintyOf(basis, fit.solution, [own]);
    const file = formatUncertainty(made, parseDescriptor(text), false);
    const read = parseUncertainty(file, () => basis);
    expect(read).toEqual(made);
    const seen = extrapolate(read, training[0], describeAtoms);
    expect(Math.max(...seen.grade)).toBeLessThanOrEqual(1);
    const hole = extrapolate(read, vacancy(perfect, 20), describeAtoms);
    expect(Math.max(...hole.grade)).toBeGreaterThan(2);
    expect(Math.max(...hole.deviation)).toBeGreaterThan(1.2 * Math.max(...seen.deviation));
    expect(() => parseUncertainty('{"schema":"x"}', () => basis, 'a.json')).toThrow(/a.json: is not 'frenkel unc/);
    expect(() => parseUncertainty(file.replace('"count"', '"cuont"').slice(0, 900), () => basis)).toThrow(/JSON/);
  });

  it('the deviation of an energy is the spread of energies over the posterior', () => {
    const fit = fitPotential(engine, labelled, { basis });
    const { deviation } = extrapolate(uncertaintyOf(basis, fit.solution, [own]), vacancy(perfect, 3), describeAtoms);
    const values = describeAtoms(vacancy(perfect, 3));
    const size = fit.solution.root.length / 6;
    const draws = new Float64Array(size);
    const spread = new Float64Array(53);
    const trials = 2000;
    for (let trial = 0; trial < trials; trial++) {
      fillGauss(draws, 52n, 'trials', trial);
      const step = Array.from({ length: 6 }, (_, i) =>
        draws.reduce((sum, x, k) => sum + fit.solution.noise * fit.solution.root[i * size + k] * x, 0),
      );
      for (let i = 0; i < 53; i++) {
        let change = step[0];
        for (let k = 0; k < 5; k++) change += step[1 + k] * values[5 * i + k];
        spread[i] += change * change;
      }
    }
    for (let i = 0; i < 53; i++) expect(Math.sqrt(spread[i] / trials) / deviation[i]).toBeCloseTo(1, 1);
  });
});

describe('on the command line', () => {
  const hot = vacancy(shaken(99, 0.1), 20);

  it('a fit leaves its limits, analyses and molecular dynamics mind them', async () => {
    const frames = labelled.map(({ atoms, energy, forces }) => ({ ...atoms, info: { energy }, arrays: { forces } }));
    writeFileSync(place('train.xyz'), formatStructure(frames, 'extxyz'));
    writeFileSync(place('hole.xyz'), formatStructure([hot], 'extxyz'));
    const made = await frenkel('fit', place('train.xyz'), '--descriptor', text, '--out', place('fit'));
    expect(made.code).toBe(0);
    const graded = await json<{ frames: { grade: number; atom: number }[] }>(
      'analyze',
      'extrapolation',
      place('hole.xyz'),
      '--fit',
      place('fit'),
      '-o',
      place('grades.xyz'),
    );
    expect(graded.frames[0].grade).toBeGreaterThan(2);
    expect(readFileSync(place('grades.xyz'), 'utf8')).toMatch(/distance:R:1:grade:R:1:leverage:R:1:deviation:R:1/);
    const md = (out: string, ...more: string[]) => [
      'md',
      place('hole.xyz'),
      '-p',
      'W-Wood-2017',
      '--steps',
      '20',
      '--thermo',
      '5',
      '--out',
      place(out),
      '--fit',
      place('fit'),
      '--extrapolation',
      ...more,
    ];
    const flagged = await frenkel(...md('flag', 'flag 1'));
    expect(flagged.code).toBe(0);
    expect(readFileSync(place('flag/extrapolation.csv'), 'utf8')).toMatch(/^step,grade,atom\n5,[2-9.]+\d*,\d+\n10,/);
    expect(readFileSync(place('flag/events.jsonl'), 'utf8')).toContain('"extrapolation"');
    const stopped = await frenkel(...md('stop', 'stop 1.5'));
    expect(stopped.code).not.toBe(0);
    expect(stopped.err).toMatch(/step 5: atom \d+ has extrapolation grade [\d.]+ \(above 1.5\)/);
    expect(existsSync(place('stop/checkpoint-1.bin'))).toBe(true);
    await refused(['md', place('hole.xyz'), '-p', 'W-Wood-2017', '--extrapolation', 'stop'], '--fit go together');
    await refused(['analyze', 'extrapolation', place('hole.xyz'), '--fit', place('nowhere')], 'neither the folder');
  });

  it('the distortion score marks the neighbours of a vacancy', async () => {
    const cold = vacancy(shaken(98, 0.02), 20);
    writeFileSync(place('cold.xyz'), formatStructure([cold], 'extxyz'));
    const bulk = Array.from({ length: 4 }, (_, k) => shaken(200 + k, 0.02));
    // some of the reference is wrong: the robust estimate does not mind
    bulk.push(vacancy(shaken(300, 0.02), 7));
    writeFileSync(place('bulk.xyz'), formatStructure(bulk, 'extxyz'));
    const options = ['--reference', place('bulk.xyz'), '--descriptor', 'snap rcut=4.7A twojmax=2'];
    const found = await json<{ threshold: number; frames: { above: number; largest: number; atom: number }[] }>(
      'analyze',
      'distortion',
      place('cold.xyz'),
      ...options,
      '-o',
      place('score.xyz'),
    );
    expect(found.threshold).toBeCloseTo(Math.sqrt(12.8325), 3);
    const [{ above, largest }] = found.frames;
    expect(largest).toBeGreaterThan(10 * found.threshold);
    // 14 neighbours in the first two shells of the hole; a small cell has few others
    expect(above).toBeGreaterThanOrEqual(14);
    const same = await json<{ frames: { largest: number }[] }>('analyze', 'distortion', place('bulk.xyz'), ...options);
    // squares of displacements are no normal numbers: more than 2.5 % are above, but none by much
    for (const frame of same.frames.slice(0, 4)) expect(frame.largest).toBeLessThan(largest / 3);
    await refused(
      [
        'analyze',
        'distortion',
        place('cold.xyz'),
        '--reference',
        place('cold.xyz'),
        '--descriptor',
        'snap rcut=4.7A twojmax=8',
      ],
      'environments; more than',
    );
  });
});
