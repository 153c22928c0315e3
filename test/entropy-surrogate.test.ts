import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slabsOf } from '../src/analysis/slabs.ts';
import type { Atoms } from '../src/data/atoms.ts';
import { displace, vacancy } from '../src/data/defects.ts';
import { InputError } from '../src/data/errors.ts';
import { lattice } from '../src/data/lattice.ts';
import { bareDescriptor } from '../src/data/potentials/descriptor.ts';
import { fillGauss, fillUniform } from '../src/data/rng.ts';
import { repeat } from '../src/data/supercell.ts';
import { describeAtoms } from '../src/engine/describe.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createAccumulator } from '../src/fit/accumulate.ts';
import { createEnvironment } from '../src/fit/entropy/describe.ts';
import { errorsOf, randomSplits } from '../src/fit/entropy/measure.ts';
import { formatEntropyModel, parseEntropyModel } from '../src/fit/entropy/model.ts';
import { entropyRows } from '../src/fit/entropy/rows.ts';
import { entropyData, type Frame } from '../src/fit/entropy/samples.ts';
import { type EntropyRow, type EntropyWeights, estimateEntropy, trainEntropy } from '../src/fit/entropy/train.ts';
import { solveRidge } from '../src/fit/ridge.ts';
import { parseDescriptor } from '../src/io/descriptor.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { called } from './support/commands.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const G2 = 'g2 rcut=5A';
const a = 2.855313;
const crystal = (times: number) => repeat(lattice({ kind: 'bcc', a, elements: ['Fe'] }), [times, times, times]);

/** A crystal with a few vacancies and shaken atoms. */
function defective(times: number, seed: number): Atoms {
  const gone = new Float64Array(2);
  fillUniform(gone, BigInt(seed), 'trials', 1);
  const bulk = crystal(times);
  const some = [...gone].map((u) => Math.floor(u * (bulk.numbers.length - 2)));
  const atoms = some.slice(0, 1 + (seed % 2)).reduce((all, index) => vacancy(all, index), bulk);
  return displace(atoms, { sigma: 0.05 }, BigInt(seed));
}

/** Rows of `size` numbers and labels w·row + noise. */
function synthetic(
  count: number,
  size: number,
  noise: number,
  seed = 1n,
): { rows: EntropyRow[]; weights: Float64Array } {
  const weights = new Float64Array(size);
  fillGauss(weights, seed, 'trials', 0);
  const rows = Array.from({ length: count }, (_, k): EntropyRow => {
    const row = new Float64Array(size + 1);
    fillGauss(row, seed, 'trials', 1 + k);
    const x = row.subarray(0, size);
    return { row: x, entropy: x.reduce((sum, v, i) => sum + v * weights[i], noise * row[size]), group: `g${k % 2}` };
  });
  return { rows, weights };
}

describe('slabs', () => {
  const count = (atoms: Atoms, reach: number): Map<number, number> => {
    const near = new Map<number, number>();
    for (const { atoms: part, own } of slabsOf(atoms, reach, 60)) {
      own.forEach((global, i) => {
        let n = 0;
        for (let j = 0; j < part.numbers.length; j++) {
          for (let t = 0; t < 27; t++) {
            const shift = [(t % 3) - 1, (Math.floor(t / 3) % 3) - 1, Math.floor(t / 9) - 1];
            if (shift.some((s, c) => s !== 0 && !part.pbc[c])) continue;
            const d = [0, 1, 2].map((c) => {
              const cell = shift.reduce((sum, s, k) => sum + s * part.cell[3 * k + c], 0);
              return part.positions[3 * j + c] - part.positions[3 * i + c] + cell;
            });
            const r = Math.sqrt(d[0] ** 2 + d[1] ** 2 + d[2] ** 2);
            if (r > 1e-9 && r < reach) n++;
          }
        }
        near.set(global, n);
      });
    }
    return near;
  };
  it('have every atom once, with all of its neighbours, whatever the periodic directions and images', () => {
    const atoms = defective(4, 3);
    // positions outside of the cell
    atoms.positions[0] += 3 * 4 * a;
    for (const pbc of [
      [true, true, true],
      [true, false, true],
      [false, false, false],
    ] as [boolean, boolean, boolean][]) {
      const one = { ...atoms, pbc };
      const parts = [...slabsOf(one, 3.2, 60)];
      expect(parts.length).toBeGreaterThan(1);
      const found = count(one, 3.2);
      expect(found.size).toBe(one.numbers.length);
      const whole = createEnvironment(engine, 'g2 rcut=3.2A', [26]);
      expect(whole.size).toBeGreaterThan(0);
      if (pbc.every(Boolean)) {
        const perfect = count({ ...crystal(4), pbc }, 3.2);
        expect([...perfect.values()].every((n) => n === 14)).toBe(true);
      }
    }
  });
});

describe('rows', () => {
  it('of a perfect crystal are zero, whatever the cell and whoever is its reference', () => {
    const environment = createEnvironment(engine, G2, [26]);
    const mean = environment.mean(crystal(1));
    const row = environment.row(crystal(3), mean);
    const size = Math.max(...mean.map(Math.abs));
    expect(Math.max(...row.map(Math.abs))).toBeLessThan(1e-10 * size);
  });

  it('of scattering are nothing where the number of atoms is all that counts: l = 0, not rounding', () => {
    const environment = createEnvironment(engine, 'scattering scales=0,1', [26]);
    const row = environment.row(defective(3, 1), environment.mean(crystal(3)));
    expect(environment.labels.filter((_, k) => row[k] === 0)).toEqual(['S_0_0', 'S_1_0']);
    expect(Math.min(...row.filter((x) => x !== 0).map(Math.abs))).toBeGreaterThan(1e-3);
  });

  it('are sums over the atoms, those that each atom shows', () => {
    const environment = createEnvironment(engine, G2, [26]);
    const mean = environment.mean(crystal(1));
    const atoms = defective(3, 1);
    const sum = new Float64Array(environment.size);
    let seen = 0;
    const row = environment.row(atoms, mean, (_, difference) => {
      seen++;
      difference.forEach((d, k) => {
        sum[k] += d;
      });
    });
    expect(seen).toBe(atoms.numbers.length);
    expect(Math.max(...row.map((x, k) => Math.abs(x - sum[k])))).toBeLessThan(1e-12);
  });

  it("of AFS are the differences of the descriptors in the user's order, each atom its own", () => {
    const text = 'afs n=5 l=4 rcut=4A';
    const environment = createEnvironment(engine, text, [26]);
    const mean = environment.mean(crystal(1));
    const atoms = defective(3, 2);
    const { values, size } = describeAtoms(engine, atoms, bareDescriptor(parseDescriptor(text), [26]));
    const expected = new Float64Array(size);
    values.forEach((value, at) => {
      expected[at % size] += value - mean[at % size];
    });
    const seen = new Set<number>();
    const row = environment.row(atoms, mean, (atom, difference) => {
      seen.add(atom);
      difference.forEach((d, k) => {
        expect(d).toBe(values[atom * size + k] - mean[k]);
      });
    });
    expect(seen.size).toBe(atoms.numbers.length);
    row.forEach((x, k) => {
      expect(Math.abs(x - expected[k])).toBeLessThan(1e-11);
    });
  });
});

describe('learning', () => {
  it('gives back the weights that labels were made with', () => {
    const { rows, weights } = synthetic(60, 12, 0);
    const found = trainEntropy(engine, rows, 'evidence');
    found.weights.forEach((w, k) => {
      expect(Math.abs(w - weights[k])).toBeLessThan(1e-6);
    });
  });

  it('with more weights than labels says what the labels say, and no more', () => {
    const { rows } = synthetic(30, 50, 0.01);
    const found = trainEntropy(engine, rows, 'evidence');
    expect(found.effective).toBeLessThan(31);
    const rms = (of: (row: EntropyRow) => number) => Math.sqrt(rows.reduce((sum, row) => sum + of(row) ** 2, 0) / 30);
    const misses = rms(({ row, entropy }) => estimateEntropy(found, row).entropy - entropy);
    expect(misses).toBeLessThan(0.5 * rms(({ entropy }) => entropy));
  });

  it('chooses the same λ from triangles as from sums of products, where components depend on each other', () => {
    // 40 components that are combinations of 8
    const { rows } = synthetic(25, 8, 0.3);
    const [triangle, products] = [false, true].map((normal) => {
      const sums = createAccumulator(engine, 40, { normal });
      for (const { row, entropy } of rows) {
        const all = Float64Array.from({ length: 40 }, (_, k) => row[k % 8] + (k >> 3) * row[(k + 1) % 8]);
        sums.add(all, 0, entropy, 1);
      }
      return solveRidge(engine, sums.finish(), 'evidence');
    });
    expect(triangle.effective).toBeLessThan(8.01);
    expect(Math.abs(triangle.lambda / products.lambda - 1)).toBeLessThan(0.01);
    expect(Math.abs(triangle.noise / products.noise - 1)).toBeLessThan(1e-3);
  });

  it('has error bars that cover: 68 % of new labels within one, 95 % within two', () => {
    const noise = 0.3;
    const { rows } = synthetic(700, 20, noise);
    const found = trainEntropy(engine, rows.slice(0, 100), 'evidence');
    expect(found.noise).toBeGreaterThan(0.8 * noise);
    expect(found.noise).toBeLessThan(1.25 * noise);
    const misses = rows.slice(100).map(({ row, entropy }) => {
      const { entropy: estimate, error } = estimateEntropy(found, row);
      return Math.abs(estimate - entropy) / error;
    });
    const share = (bars: number) => misses.filter((miss) => miss <= bars).length / misses.length;
    expect(Math.abs(share(1) - 0.683)).toBeLessThan(0.07);
    expect(share(2)).toBeGreaterThan(0.92);
  });

  describe('from groups that are not alike', () => {
    /** Every third is of the noisy kind, and lies elsewhere. */
    const [quiet, loud] = [0.05, 0.8];
    const mixed = (count: number): { rows: EntropyRow[]; weights: Float64Array } => {
      const { rows, weights } = synthetic(count, 20, 1);
      return {
        weights,
        rows: rows.map(({ row, entropy }, k) => {
          const noisy = k % 3 === 0;
          const x = row.map((v, i) => (i === 0 ? v + (noisy ? 12 : -12) : v));
          const exact = (of: Float64Array) => of.reduce((sum, v, i) => sum + v * weights[i], 0);
          const rest = entropy - exact(row);
          return { row: x, entropy: exact(x) + rest * (noisy ? loud : quiet), group: noisy ? 'loud' : 'quiet' };
        }),
      };
    };
    const coverage = (found: EntropyWeights, rows: readonly EntropyRow[]) =>
      ['quiet', 'loud'].map((name) => {
        const own = rows.filter(({ group }) => group === name);
        const inside = own.filter(({ row, entropy }) => {
          const { entropy: estimate, error } = estimateEntropy(found, row);
          return Math.abs(estimate - entropy) <= error;
        });
        return inside.length / own.length;
      });
    const distance = (a: Float64Array, b: Float64Array) => Math.sqrt(a.reduce((sum, x, k) => sum + (x - b[k]) ** 2, 0));

    it('finds the noise of each: bars cover both, of estimates that are those of one noise for all', () => {
      const { rows } = mixed(1200);
      const [learned, fresh] = [rows.slice(0, 240), rows.slice(240)];
      const found = trainEntropy(engine, learned, 'evidence');
      const one = trainEntropy(engine, learned, 'evidence', 'one');
      expect(found.weights).toEqual(one.weights);
      expect(one.groups).toEqual([]);
      expect(Math.abs(found.groups[0].noise / loud - 1)).toBeLessThan(0.25);
      const [wide, narrow] = coverage(found, fresh);
      expect(Math.abs(narrow - 0.683)).toBeLessThan(0.08);
      expect(wide).toBeGreaterThan(0.6);
      expect(coverage(one, fresh)[0]).toBeGreaterThan(0.95);
      expect(coverage(one, fresh)[1]).toBeLessThan(0.55);
    });

    it('weighted by it, has better weights than with one noise for all, and bars that cover both', () => {
      const { rows, weights } = mixed(1200);
      const [learned, fresh] = [rows.slice(0, 240), rows.slice(240)];
      const found = trainEntropy(engine, learned, 'evidence', 'weighted');
      expect(found.groups.map(({ name }) => name)).toEqual(['loud', 'quiet']);
      expect(Math.abs(found.groups[0].noise / loud - 1)).toBeLessThan(0.25);
      expect(Math.abs(found.groups[1].noise / quiet - 1)).toBeLessThan(0.25);
      for (const share of coverage(found, fresh)) expect(Math.abs(share - 0.683)).toBeLessThan(0.08);
      const told = fresh.filter(({ row, group }) => estimateEntropy(found, row).like === group);
      expect(told.length / fresh.length).toBeGreaterThan(0.95);
      const one = trainEntropy(engine, learned, 'evidence', 'one');
      expect(distance(found.weights, weights)).toBeLessThan(0.3 * distance(one.weights, weights));
    });

    it('one group is ordinary ridge regression, and a group of one has the noise of all, about', () => {
      const rows = mixed(90).rows.map((row) => ({ ...row, group: 'all' }));
      expect(trainEntropy(engine, rows, 'evidence')).toEqual(trainEntropy(engine, rows, 'evidence', 'one'));
      const lonely = rows.map((row, k) => ({ ...row, group: k === 0 ? 'lonely' : 'all' }));
      const { groups } = trainEntropy(engine, lonely, 'evidence');
      const [own, others] = groups.map(({ noise }) => noise);
      expect(own / others).toBeGreaterThan(0.5);
      expect(own / others).toBeLessThan(2.5);
    });

    it('labels without any noise are learned as they are', () => {
      const { rows, weights } = synthetic(60, 12, 0);
      for (const noises of ['group', 'weighted'] as const) {
        const found = trainEntropy(engine, rows, 'evidence', noises);
        expect(distance(found.weights, weights)).toBeLessThan(1e-5);
        expect(found.groups.every(({ noise }) => noise < 1e-5)).toBe(true);
      }
    });
  });

  it('marks what lies outside: ten times a row that it learned from', () => {
    const { rows } = synthetic(100, 10, 0.1);
    const found = trainEntropy(engine, rows, 'evidence');
    expect(rows.every(({ row }) => !estimateEntropy(found, row).extrapolates)).toBe(true);
    const far = estimateEntropy(
      found,
      rows[0].row.map((x) => 10 * x),
    );
    expect(far.extrapolates).toBe(true);
    expect(far.error).toBeGreaterThan(estimateEntropy(found, rows[0].row).error);
  });

  it('splits are those of the seed, the same share of every group', () => {
    const { rows } = synthetic(40, 5, 0.1);
    const how = { share: 0.25, count: 3, seed: 7, ridge: 'evidence' } as const;
    const splits = randomSplits(engine, rows, how);
    expect(randomSplits(engine, rows, how)).toEqual(splits);
    expect(splits.map(({ held }) => held.length)).toEqual([10, 10, 10]);
    for (const { held } of splits) expect(held.filter(({ group }) => group === 'g0')).toHaveLength(5);
    expect(splits[0].held).not.toEqual(splits[1].held);
    const { rmse, spread, within } = errorsOf(splits.flatMap(({ held }) => held));
    expect(rmse).toBeLessThan(0.3);
    expect(spread).toBeGreaterThan(1);
    expect(within).toBeGreaterThan(0.4);
  });

  it('refuses what there is nothing to learn from', () => {
    const { rows } = synthetic(3, 4, 0);
    expect(() => trainEntropy(engine, rows.slice(0, 2), 'evidence')).toThrow(/three at least/);
    const empty = rows.map((row) => ({ ...row, row: new Float64Array(4) }));
    expect(() => trainEntropy(engine, empty, 'evidence')).toThrow(/nothing to learn/);
  });
});

describe('from structures to a model and back', () => {
  const frames = (): Frame[] =>
    [3, 4]
      .flatMap((times) => [
        { ...crystal(times), info: { config_type: 'bulk', reference: `n${times}` } },
        ...Array.from({ length: 10 }, (_, k): Atoms => {
          return { ...defective(times, 10 * times + k), info: { bulk: `n${times}`, config_type: `v-${times}` } };
        }),
      ])
      .map((atoms, number) => ({ atoms, file: 'data.xyz', number }));

  it('weights of labels that are linear in the descriptors come back, and estimates of another size with them', () => {
    const environment = createEnvironment(engine, G2, [26]);
    const mean = environment.mean(crystal(1));
    const weights = Float64Array.from({ length: environment.size }, (_, k) => (k % 3) - 1);
    const labelled = frames().map((frame) => {
      if (frame.atoms.info.reference) return frame;
      const row = environment.row(frame.atoms, mean);
      const entropy = row.reduce((sum, x, k) => sum + x * weights[k], 0);
      return { ...frame, atoms: { ...frame.atoms, info: { ...frame.atoms.info, formation_entropy: entropy } } };
    });
    const data = entropyData(labelled, 'formation_entropy');
    const { rows, species, labels, references } = entropyRows(engine, data, G2);
    const found = trainEntropy(engine, rows.slice(0, 10), 'evidence');
    for (const { row, entropy } of rows.slice(10)) {
      expect(Math.abs(estimateEntropy(found, row).entropy - entropy)).toBeLessThan(0.02 * Math.abs(entropy) + 0.05);
    }
    const model = { ...found, descriptor: G2, species, labels, references, target: 'formation_entropy' };
    const text = formatEntropyModel(model);
    expect(parseEntropyModel(text, 'm.json')).toEqual(model);
    // as it was before groups had noises
    const older = text.replace(/"groups":\[.*?\],/, '');
    expect(parseEntropyModel(older, 'm.json')).toEqual({ ...model, groups: [] });
    expect(() => parseEntropyModel(text.slice(0, 100), 'm.json')).toThrow(/m\.json/);
    expect(() => parseEntropyModel('{"schema":"other"}', 'm.json')).toThrow(InputError);
    expect(() => parseEntropyModel(text.replace('"weights":[', '"weights":[1,'), 'm.json')).toThrow(/sizes/);
  });

  it('faults are named with file and frame', () => {
    const [bulk, first, ...others] = frames();
    const withInfo = (info: Atoms['info']): Frame => ({ ...first, atoms: { ...first.atoms, info } });
    const wrong =
      (...given: Frame[]) =>
      () =>
        entropyData(given, 'formation_entropy');
    expect(wrong(bulk, first, ...others)).toThrow(/no frame has a label/);
    expect(wrong(bulk, withInfo({ bulk: 'n9', formation_entropy: 1 }))).toThrow(/data\.xyz.*frame 1.*reference=n9/s);
    expect(wrong(withInfo({ formation_entropy: 1 }))).toThrow(/perfect crystal is missing/);
    expect(wrong(bulk, withInfo({ formation_entropy: 'x' }))).toThrow(/finite number/);
    const crystals = frames().filter(({ atoms }) => atoms.info.reference);
    expect(wrong(...crystals, withInfo({ formation_entropy: 1 }))).toThrow(/names none of/);
    const given = entropyData([withInfo({ formation_entropy: 1 })], 'formation_entropy', crystal(1));
    expect(given.frames[0].reference).toBe('bulk');
    const foreign = { ...first.atoms, numbers: first.atoms.numbers.map(() => 74), info: { formation_entropy: 1 } };
    const both = entropyData([{ ...first, atoms: foreign }], 'formation_entropy', crystal(1));
    expect(both.frames).toHaveLength(1);
  });
});

describe('frenkel entropy learn and predict', () => {
  const folder = mkdtempSync(join(tmpdir(), 'frenkel-entropy-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const place = (name: string) => join(folder, name);

  const call = (...argv: string[]) => called('entropy', ...argv);

  /** Vacancies: 2 k_B each, with some scatter. */
  function writeData(): void {
    const bulk = { ...crystal(3), info: { config_type: 'bulk', reference: 'n54' } };
    const frames = Array.from({ length: 16 }, (_, k): Atoms => {
      const atoms = defective(3, k);
      const entropy = 2 * (54 - atoms.numbers.length) + 0.01 * (k % 3);
      return {
        ...atoms,
        info: { config_type: `v${54 - atoms.numbers.length}`, bulk: 'n54', formation_entropy: entropy },
      };
    });
    writeFileSync(place('data.xyz'), [bulk, ...frames].map(formatExtxyz).join(''));
    writeFileSync(place('one.xyz'), formatExtxyz({ ...defective(4, 2), info: {} }));
  }

  it('make a model, an estimate with an error bar, and shares of atoms that add up to it', async () => {
    writeData();
    const files = ['-o', place('m.json'), '--parity', place('p.svg')];
    const learned = await call('learn', place('data.xyz'), '--descriptor', G2, ...files, '--splits', '2', '--json');
    expect(learned.code).toBe(0);
    const report = JSON.parse(learned.stdout);
    expect(report).toMatchObject({ configurations: 16, test: { splits: 2 } });
    expect(Object.keys(report.groups)).toEqual(['v1', 'v2']);
    expect(Object.keys(report.noises)).toEqual(['v1', 'v2']);
    expect(readFileSync(place('p.svg'), 'utf8')).toContain('<svg');
    const given = ['--model', place('m.json'), '--local', place('local.xyz'), '--json'];
    const predicted = await call('predict', place('one.xyz'), ...given);
    expect(predicted.code).toBe(0);
    const [one] = JSON.parse(predicted.stdout).predictions;
    expect(one).toMatchObject({ atoms: 127, bulk: 'n54', like: 'v1' });
    expect(one.error).toBeGreaterThan(0);
    const [frame] = parseExtxyz(readFileSync(place('local.xyz'), 'utf8'));
    expect(frame.arrays.local_entropy.reduce((sum, s) => sum + s, 0)).toBeCloseTo(one.entropy, 8);
    expect(frame.info.predicted_entropy).toBeCloseTo(one.entropy, 8);
  });

  it('say what is wrong', async () => {
    writeData();
    const wrong = async (message: RegExp, ...argv: string[]) => {
      const { code, stderr } = await call(...argv);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    };
    const data = place('data.xyz');
    const out = ['-o', place('n.json')];
    await wrong(/unknown descriptor 'afz'.*afs/s, 'learn', data, '--descriptor', 'afz n=2', ...out);
    await wrong(/no frame has a label S=/, 'learn', data, '--descriptor', G2, '--label', 'S', ...out);
    await wrong(/--hold.*v1, v2/s, 'learn', data, '--descriptor', G2, '--hold', 'x', ...out);
    await wrong(/--ridge/, 'learn', data, '--descriptor', G2, '--ridge', 'much', ...out);
    await wrong(/group, weighted, one/, 'learn', data, '--descriptor', G2, '--noise', 'none', ...out);
    await wrong(/--test/, 'learn', data, '--descriptor', G2, '--test', '1', ...out);
    await wrong(/exists already/, 'learn', data, '--descriptor', G2, '-o', data);
    await wrong(/frenkel entropy learn/, 'predict', place('one.xyz'), '--model', data);
  });
});
