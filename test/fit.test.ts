import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { createAtoms } from '../src/data/atoms.ts';
import { overlayPotential } from '../src/data/potentials/overlay.ts';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { zblPotential } from '../src/data/potentials/zbl.ts';
import { fillGauss, fillUniform } from '../src/data/rng.ts';
import { createEngine as createPlainEngine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { createAccumulator, loss, merge } from '../src/fit/accumulate.ts';
import { checkSamples } from '../src/fit/checks.ts';
import { basisOf, parseDescriptor } from '../src/fit/config.ts';
import { type Basis, createDesigner, withCoefficients } from '../src/fit/design.ts';
import { evaluateSamples, predict } from '../src/fit/evaluate.ts';
import { coefficientNames, fitPotential } from '../src/fit/fit.ts';
import { type Sample, sampleOf } from '../src/fit/samples.ts';
import { solveLeastSquares, solveRidge } from '../src/fit/solve.ts';
import { foldsOf, testSplit } from '../src/fit/split.ts';
import { findEmbedded } from '../src/io/embedded.ts';
import { parseExtxyz } from '../src/io/extxyz.ts';
import { fitsnapBar, parseFitsnap } from '../src/io/fitsnap.ts';
import { parsePot } from '../src/io/milady.ts';
import { formatPot } from '../src/io/milady-write.ts';
import { parseSnap, parseSnapCompanion } from '../src/io/snap.ts';
import { formatSnap } from '../src/io/snap-write.ts';
import { leastSquares } from '../src/linalg/qr.ts';
import { readSamples } from '../src/node/fit-data.ts';
import { createEngine } from '../src/node/threads.ts';

const engine = await createPlainEngine();
afterAll(() => engine.close());

/** Atoms in a skewed cell, no two closer than some distance; `draw` tells them apart. */
function disorder(n: number, numbers: number[], draw: number, a = 3.1): Atoms {
  const side = Math.ceil(Math.cbrt(n));
  const moves = new Float64Array(3 * n);
  fillUniform(moves, 5n, 'trials', draw);
  const h = [side * a, 0, 0, 0.3, side * a * 1.02, 0, -0.2, 0.4, side * a * 0.97];
  const positions = moves.map((move, i) => {
    const k = Math.floor(i / 3);
    const s = [k % side, Math.floor(k / side) % side, Math.floor(k / side ** 2)].map((c) => c / side);
    return s[0] * h[i % 3] + s[1] * h[3 + (i % 3)] + s[2] * h[6 + (i % 3)] + 0.6 * (move - 0.5);
  });
  const kinds = Uint8Array.from({ length: n }, (_, i) => numbers[i % numbers.length]);
  return createAtoms({ numbers: kinds, positions, cell: Float64Array.from(h), pbc: [true, draw % 2 === 0, true] });
}

const W = { number: 74, radius: 0.5, weight: 1 };
const Be = { number: 4, radius: 0.42, weight: 0.96 };
const bases: [string, Basis][] = [
  ['linear', { twojmax: 6, rcutfac: 4.7, elements: [W] }],
  ['linear of two elements, bnormflag', { twojmax: 3, rcutfac: 4.6, bnormflag: true, elements: [W, Be] }],
  ['quadratic of two elements', { twojmax: 4, rcutfac: 4.4, rmin0: 0.2, quadraticflag: true, elements: [W, Be] }],
  ['chemistry', { twojmax: 3, rcutfac: 4.5, chemflag: true, elements: [W, Be] }],
  ['diagonal', { twojmax: 5, rcutfac: 4.2, diagonal: true, bzeroflag: false, elements: [W] }],
  [
    'inner switching, no outer one',
    {
      twojmax: 4,
      rcutfac: 4.1,
      switchflag: false,
      switchinnerflag: true,
      elements: [{ ...W, sinner: 1.5, dinner: 0.8 }],
    },
  ],
];

const dot = (rows: Float64Array, row: number, x: ArrayLike<number>) => {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += rows[row * x.length + k] * x[k];
  return sum;
};

describe('design matrix', () => {
  it.each(bases)("gives the engine's energy, forces and virial: %s", (_, basis) => {
    for (const n of [1, 7, 12]) {
      const mark = engine.mark();
      const atoms = disorder(
        n,
        basis.elements.map((e) => e.number),
        n,
      );
      const designer = createDesigner(engine, basis);
      const rows = designer.rows(atoms);
      const x = new Float64Array(designer.columns);
      fillGauss(x, 2n, 'trials', n);
      const system = createSystem(engine, atoms, snapPotential(withCoefficients(basis, x)));
      const energy = system.evaluate();
      const scale = Math.max(1, Math.abs(energy), ...system.f.map(Math.abs), ...system.virial.map(Math.abs));
      expect(Math.abs(dot(rows.energy, 0, x) - energy)).toBeLessThan(1e-12 * scale);
      for (let i = 0; i < 3 * n; i++)
        expect(Math.abs(dot(rows.forces, i, x) - system.f[i])).toBeLessThan(1e-12 * scale);
      for (let i = 0; i < 6; i++)
        expect(Math.abs(dot(rows.virial, i, x) - system.virial[i])).toBeLessThan(1e-12 * scale);
      expect(coefficientNames(basis).length).toBe(designer.columns);
      engine.release(mark);
    }
  });

  it('has the same bits on any number of threads', async () => {
    const [, basis] = bases[2];
    const found = [];
    for (const threads of [1, 2, 3]) {
      const own = await createEngine({ threads });
      found.push(createDesigner(own, basis).rows(disorder(25, [74, 4], 3)));
      own.close();
    }
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
  });

  it.each(bases)('stays inside its memory: %s', async (_, basis) => {
    const checked = await createPlainEngine({ debug: true });
    const kinds = basis.elements.map((e) => e.number);
    const atoms = disorder(5, kinds, 1);
    const expected = createDesigner(engine, basis).rows(atoms);
    expect(createDesigner(checked, basis).rows(atoms)).toEqual(expected);
    checked.close();
  });

  it('makes the same rows in batches', () => {
    const [, basis] = bases[2];
    const atoms = disorder(40, [74, 4], 3);
    const whole = createDesigner(engine, basis).rows(atoms);
    const few = createDesigner(engine, basis, 100_000).rows(atoms);
    const largest = Math.max(...whole.forces.map(Math.abs));
    whole.forces.forEach((value, k) => {
      if (Math.abs(few.forces[k] - value) > 1e-13 * largest) expect(few.forces[k]).toBe(value);
    });
    expect(few.energy).toEqual(whole.energy);
  });

  it('refuses elements that the fit does not have', () => {
    const designer = createDesigner(engine, bases[0][1]);
    expect(() => designer.rows(disorder(2, [26], 0))).toThrow(/contains Fe; the fit knows W/);
  });
});

describe('systems of rows', () => {
  const [m, n] = [60, 5];
  const a = new Float64Array(m * n);
  const b = new Float64Array(m);
  fillGauss(a, 3n, 'trials', 0);
  fillGauss(b, 3n, 'trials', 1);
  const weightOf = (i: number) => 1 + (i % 3);
  const system = (normal: boolean, only = (_: number) => true) => {
    const to = createAccumulator(engine, n, normal);
    for (let i = 0; i < m; i++) if (only(i)) to.add(a, i * n, b[i], weightOf(i));
    return to.finish();
  };
  const weighted = a.map((value, k) => value * weightOf(Math.floor(k / n)));
  const target = b.map((value, i) => value * weightOf(i));
  const direct = leastSquares(engine, weighted, target, { m, n });

  it.each([false, true])('least squares, normal equations %s', (normal) => {
    const found = solveLeastSquares(engine, system(normal), String);
    for (let k = 0; k < n; k++) expect(found.coefficients[k]).toBeCloseTo(direct.x[k], 12);
    expect(loss(system(normal), direct.x)).toBeCloseTo(direct.residuals[0] ** 2, 10);
  });

  it('a long stream of rows gives what all rows at once give', () => {
    const rows = 600_000;
    const long = createAccumulator(engine, n);
    for (let i = 0; i < rows; i++) long.add(a, (i % m) * n, b[i % m], weightOf(i % m));
    const found = solveLeastSquares(engine, long.finish(), String);
    for (let k = 0; k < n; k++) expect(found.coefficients[k]).toBeCloseTo(direct.x[k], 10);
  });

  it('folds put together are the whole', () => {
    const folds = [0, 1, 2].map((fold) => system(false, (i) => i % 3 === fold));
    const whole = solveLeastSquares(engine, merge(engine, folds), String);
    for (let k = 0; k < n; k++) expect(whole.coefficients[k]).toBeCloseTo(direct.x[k], 12);
  });

  it('ridge is least squares with rows √λ times the lengths of the columns', () => {
    const lambda = 0.7;
    const lengths = Array.from({ length: n }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < m; i++) sum += weighted[i * n + k] ** 2;
      return Math.sqrt(sum);
    });
    const more = new Float64Array((m + n) * n);
    more.set(weighted);
    lengths.forEach((length, k) => {
      more[(m + k) * n + k] = Math.sqrt(lambda) * length;
    });
    const longer = new Float64Array(m + n);
    longer.set(target);
    const expected = leastSquares(engine, more, longer, { m: m + n, n });
    const found = solveRidge(engine, system(false), lambda);
    for (let k = 0; k < n; k++) expect(found.coefficients[k]).toBeCloseTo(expected.x[k], 12);
  });

  it('GCV is its definition with the hat matrix', () => {
    const found = solveRidge(engine, system(false), 'gcv');
    const { lambda, score } = found.path[60];
    const x = solveRidge(engine, system(false), lambda);
    const ratio = (m * loss(system(false), x.coefficients)) / (m - x.effective) ** 2;
    expect(score / ratio).toBeCloseTo(1, 10);
  });

  it('the evidence finds the noise: coefficients near the truth from few noisy rows', () => {
    const p = 30;
    const truth = new Float64Array(p);
    fillGauss(truth, 4n, 'trials', 0);
    let better = 0;
    for (let trial = 1; trial <= 10; trial++) {
      const to = createAccumulator(engine, p);
      const rows = new Float64Array(36 * p);
      const noise = new Float64Array(36);
      fillGauss(rows, 4n, 'trials', 2 * trial);
      fillGauss(noise, 4n, 'trials', 2 * trial + 1);
      for (let i = 0; i < 36; i++) to.add(rows, i * p, dot(rows, i, truth) + 3 * noise[i], 1);
      const distance = (x: Float64Array) => x.reduce((sum, value, k) => sum + (value - truth[k]) ** 2, 0);
      const plain = distance(solveLeastSquares(engine, to.finish(), String).coefficients);
      if (distance(solveRidge(engine, to.finish(), 'evidence').coefficients) < plain) better++;
    }
    expect(better).toBeGreaterThanOrEqual(9);
  });

  it('names what the data do not determine', () => {
    const to = createAccumulator(engine, 3);
    for (let i = 0; i < 9; i++) to.add([a[i], 2 * a[i], a[i + 20]], 0, b[i], 1);
    expect(() => solveLeastSquares(engine, to.finish(), (k) => `c${k}`)).toThrow(/2 of 3 coefficients .*c[01]/);
    const short = createAccumulator(engine, 3);
    short.add([1, 2, 3], 0, 1, 1);
    expect(() => solveLeastSquares(engine, short.finish(), String)).toThrow(/3 coefficients, but 1 rows/);
  });
});

/** Configurations labelled by a potential. */
function labelled(potential: Parameters<typeof predict>[2], count: number, numbers: number[]): Sample[] {
  return Array.from({ length: count }, (_, k) => {
    const atoms = disorder(6 + k, numbers, 2 * k, 2.9 + 0.05 * (k % 7));
    const name = `number ${k}`;
    const { energy, forces, virial } = predict(engine, { atoms, name }, potential);
    const volume = atoms.cell[0] * atoms.cell[4] * atoms.cell[8];
    return { atoms, name, group: k % 3 === 0 ? 'odd' : 'even', energy, forces, stress: virial.map((w) => -w / volume) };
  });
}

describe('recovery', () => {
  it('gives W-Wood-2017 back from data that it made', () => {
    const wood = findEmbedded('W-Wood-2017')?.load();
    const snap = wood?.parts?.find((part) => part.kernel === 'snap');
    const zbl = wood?.parts?.find((part) => part.kernel === 'zbl');
    if (!wood || !snap || !zbl) throw new Error('the embedded potential is not what it was');
    const basis: Basis = { twojmax: 8, rcutfac: 4.73442, bzeroflag: false, elements: [W] };
    const at = snap.params[18];
    const known = snap.params.subarray(at, at + 56);
    const fit = fitPotential(engine, labelled(wood, 24, [74]), { basis, reference: zbl });
    expect(snap.cutoff).toBeCloseTo(4.73442, 10);
    const largest = Math.max(...known.map(Math.abs));
    for (const [k, c] of known.entries()) expect(Math.abs(fit.coefficients[k] - c)).toBeLessThan(1e-8 * largest);
    const { energy, force, stress } = evaluateSamples(engine, labelled(wood, 5, [74]), fit.potential).get('all') ?? {};
    expect(energy?.mae).toBeLessThan(1e-9);
    expect(force?.largest).toBeLessThan(1e-8);
    expect(stress?.largest).toBeLessThan(1e-9);
  });

  it('gives a quadratic potential of two elements back', () => {
    const basis: Basis = { twojmax: 2, rcutfac: 4.6, quadraticflag: true, elements: [W, Be] };
    const truth = new Float64Array(42);
    fillGauss(truth, 8n, 'trials', 0);
    const potential = overlayPotential([
      zblPotential({ species: [74, 4], inner: 3, outer: 3.6 }),
      snapPotential(withCoefficients(basis, truth)),
    ]);
    const reference = zblPotential({ species: [74, 4], inner: 3, outer: 3.6 });
    const fit = fitPotential(engine, labelled(potential, 16, [74, 4, 74]), { basis, reference });
    for (const [k, c] of truth.entries()) expect(Math.abs(fit.coefficients[k] - c)).toBeLessThan(1e-8);
  });

  it('with ridge, held-out configurations and folds, predicts what it has not seen', () => {
    const basis: Basis = { twojmax: 4, rcutfac: 4.6, elements: [W] };
    const truth = new Float64Array(15);
    fillGauss(truth, 9n, 'trials', 0);
    const samples = labelled(snapPotential(withCoefficients(basis, truth)), 12, [74]);
    for (const ridge of ['gcv', 'evidence', 'cv'] as const) {
      const fit = fitPotential(engine, samples, { basis, ridge, test: 0.25, folds: ridge === 'cv' ? 3 : 0 });
      expect(fit.held.reduce((sum, one) => sum + one, 0)).toBe(3);
      const unseen = samples.filter((_, k) => fit.held[k] === 1);
      expect(evaluateSamples(engine, unseen, fit.potential).get('all')?.force?.rmse).toBeLessThan(1e-5);
    }
  });
});

describe('quadratic noise model', () => {
  const basis: Basis = { twojmax: 2, rcutfac: 4.6, quadraticflag: true, elements: [W] };
  const truth = new Float64Array(21);
  fillGauss(truth, 10n, 'trials', 0);
  const samples = labelled(snapPotential(withCoefficients(basis, truth)), 14, [74]);

  it.each([false, true])('freezes the linear fit and lowers what it leaves, normal equations %s', (normal) => {
    const linear = fitPotential(engine, samples, { basis: { ...basis, quadraticflag: false }, normal });
    const noise = fitPotential(engine, samples, { basis, noise: true, normal });
    const full = fitPotential(engine, samples, { basis, normal });
    for (let k = 0; k <= 5; k++) expect(noise.coefficients[k]).toBeCloseTo(linear.coefficients[k], 6);
    const [a, b, c] = [linear, noise, full].map(
      ({ potential }) => evaluateSamples(engine, samples, potential).get('all')?.force?.rmse ?? 0,
    );
    expect(b).toBeLessThan(a);
    expect(c).toBeLessThan(1e-6);
  });

  it('is the direct least squares of the residuals', () => {
    const designer = createDesigner(engine, basis);
    const noise = fitPotential(engine, samples, { basis, noise: true, weights: { energy: 1, force: 1, stress: 0 } });
    const frozen = noise.coefficients.slice();
    frozen.fill(0, 6);
    const rows: number[] = [];
    const left: number[] = [];
    for (const { atoms, forces, energy = 0 } of samples) {
      const design = designer.rows(atoms);
      const n = atoms.numbers.length;
      rows.push(...design.energy.subarray(6).map((value) => value / n));
      left.push((energy - dot(design.energy, 0, frozen)) / n);
      for (let i = 0; i < 3 * n; i++) {
        rows.push(...design.forces.subarray(21 * i + 6, 21 * i + 21));
        left.push((forces?.[i] ?? 0) - dot(design.forces, i, frozen));
      }
    }
    const shape = { m: left.length, n: 15 };
    const { x } = leastSquares(engine, Float64Array.from(rows), Float64Array.from(left), shape);
    for (let k = 0; k < 15; k++) expect(Math.abs(noise.coefficients[6 + k] - x[k])).toBeLessThan(1e-7);
  });

  it('is for quadratic descriptors', () => {
    const plain = { ...basis, quadraticflag: false };
    expect(() => fitPotential(engine, samples, { basis: plain, noise: true })).toThrow(/not quadratic/);
  });
});

describe('files of a fitted potential', () => {
  const names = { file: 'T.snap' };

  it.each(bases.filter(([, basis]) => !basis.diagonal))('are read with the same bits: %s', (_, basis) => {
    const width = createDesigner(engine, basis).columns;
    const x = new Float64Array(width);
    fillGauss(x, 6n, 'trials', 0);
    const options = withCoefficients(basis, x);
    const files = formatSnap(options, 'T', { inner: 4, outer: 4.8 });
    const alone = parseSnap({ text: files.snapcoeff }, { text: files.snapparam });
    expect(alone.params).toEqual(snapPotential(options).params);
    const read = (name: string) => (name === 'T.snapcoeff' ? files.snapcoeff : files.snapparam);
    const whole = parseSnapCompanion(files.snap, read, names);
    expect(whole.parts?.map((part) => part.kernel).sort()).toEqual(
      [basis.quadraticflag ? 'snap-quadratic' : 'snap', 'zbl'].sort(),
    );
  });

  it.each(['bso4 rcut=4.7A jmax=2', 'bso4 rcut=4.7A jmax=1.5 diagonal=1 quadratic=1'])('are .pot for %s', (text) => {
    const basis = basisOf(parseDescriptor(text), [26]);
    const x = new Float64Array(createDesigner(engine, basis).columns);
    fillGauss(x, 6n, 'trials', 0);
    const options = withCoefficients(basis, x);
    const atoms = disorder(9, [26], 4);
    const given = predict(engine, { atoms, name: 'x' }, snapPotential(options));
    const read = predict(engine, { atoms, name: 'x' }, parsePot(formatPot(options)));
    expect(Math.abs(read.energy - given.energy)).toBeLessThan(1e-12 * Math.abs(given.energy));
  });
});

describe('data', () => {
  const frame = (comment: string, row = 'W 0 0 0 0.1 0.2 0.3') =>
    parseExtxyz(`1\nLattice="3 0 0 0 3 0 0 0 3" ${comment}\n${row}\n`)[0];

  it('finds labels under the names that codes give them', () => {
    const atoms = frame(
      'Properties=species:S:1:pos:R:3:dft_force:R:3 dft_energy=-8.5 config_type=bulk dft_virial="1 2 3 4 5 6 7 8 9"',
    );
    const sample = sampleOf(atoms, 'x', 'file');
    expect(sample.group).toBe('bulk');
    expect(sample.energy).toBe(-8.5);
    expect([...(sample.forces ?? [])]).toEqual([0.1, 0.2, 0.3]);
    const symmetric = [1, 5, 9, 7, 5, 3];
    expect([...(sample.stress ?? [])]).toEqual(symmetric.map((w) => -w / 27));
  });

  it('asks where names are ambiguous, and says what there is where none is known', () => {
    const two = frame('Properties=species:S:1:pos:R:3:f:R:3 energy=1 REF_energy=2');
    expect(() => sampleOf(two, 'x.xyz', 'g')).toThrow(/x.xyz: has energy and REF_energy/);
    expect(sampleOf(two, 'x', 'g', { energy: 'REF_energy' }).energy).toBe(2);
    const none = frame('Properties=species:S:1:pos:R:3:f:R:3 E0=1');
    expect(() => sampleOf(none, 'x', 'g')).toThrow(/neither energy nor forces nor stress; found E0, f/);
  });

  it('reads FitSNAP JSON; stress in bar, positive under compression, becomes tension in eV/Å³', () => {
    const data = (more: object) =>
      `# comment\n${JSON.stringify({
        Dataset: {
          StressStyle: 'bar',
          Data: [
            {
              NumAtoms: 1,
              AtomTypes: ['Ta'],
              Positions: [[0, 0, 0]],
              Lattice: [
                [3, 0, 0],
                [0, 3, 0],
                [0, 0, 3],
              ],
              Energy: -11.8,
              Stress: [
                [fitsnapBar, 0, 0],
                [0, 0, 0],
                [0, 0, 0],
              ],
              ...more,
            },
          ],
        },
      })}`;
    const sample = sampleOf(parseFitsnap(data({}))[0], 'x', 'g');
    expect(sample.energy).toBe(-11.8);
    expect(sample.stress?.[0]).toBeCloseTo(-1, 14);
    expect(() => parseFitsnap(data({ Forces: [[1, 2]] }), { file: 'a.json' })).toThrow(/a.json: expected Forces/);
    expect(() => parseFitsnap(data({ AtomTypes: ['Xx'] }))).toThrow(/symbol of an element/);
    expect(() => parseFitsnap('{', { file: 'a.json' })).toThrow(/no valid JSON/);
  });

  const samples = labelled(snapPotential(withCoefficients(bases[0][1], new Float64Array(31).fill(0.01))), 6, [74]);

  it('suspects units, distances and duplicates', () => {
    expect(checkSamples(samples)).toEqual([]);
    const kbar = samples.map((s) => ({ ...s, stress: new Float64Array(6).fill(120) }));
    expect(() => checkSamples(kbar)).toThrow(/probably kbar or GPa/);
    const one = [...samples, { ...samples[0], name: 'again', energy: (samples[0].energy ?? 0) + 1 }];
    expect(checkSamples(one).join()).toMatch(/again = number 0.*differ/);
    const close = structuredClone(samples[1]);
    close.atoms.positions.set(close.atoms.positions.subarray(0, 3), 3);
    close.atoms.positions[3] += 0.1;
    expect(() => checkSamples([close])).toThrow(/number 1: two atoms are 0.100 Å apart/);
  });

  it('refuses weights of groups that are not there, and data without weight', () => {
    const none = { energy: 0, force: 0, stress: 0 };
    const [, basis] = bases[0];
    expect(() => fitPotential(engine, samples, { basis, groups: new Map([['bluk', none]]) })).toThrow(
      /no configuration is of bluk; the data have odd, even/,
    );
    expect(() => fitPotential(engine, samples, { basis, weights: none })).toThrow(/no row of data has a weight/);
  });

  it('holds the same share of every group out, whatever else is there', () => {
    const groups = Array.from({ length: 100 }, (_, k) => (k < 40 ? 'a' : 'b'));
    const held = testSplit(groups, 0.1, 1n);
    expect(held.slice(0, 40).reduce((s, x) => s + x, 0)).toBe(4);
    expect(held.slice(40).reduce((s, x) => s + x, 0)).toBe(6);
    expect(testSplit(groups, 0.1, 1n)).toEqual(held);
    expect(testSplit(groups, 0.1, 2n)).not.toEqual(held);
    const folds = foldsOf(groups, 5, 1n);
    for (let fold = 0; fold < 5; fold++) expect(folds.filter((f) => f === fold).length).toBe(20);
    expect(() => testSplit(groups, 1, 1n)).toThrow(/share of \[0, 1\)/);
  });

  it('reads a descriptor, or says what is wrong with it', () => {
    expect(basisOf(parseDescriptor('snap rcut=4.7A twojmax=8'), [74])).toMatchObject({ twojmax: 8, rcutfac: 4.7 });
    expect(basisOf(parseDescriptor('bso4 rcut=0.5nm jmax=4'), [74])).toMatchObject({ twojmax: 8, rcutfac: 5 });
    expect(() => parseDescriptor('snap rcut=4.7A twojmx=8')).toThrow(/twojmx/);
    expect(() => parseDescriptor('snap rcut=4.7eV twojmax=8')).toThrow(/no unit of length/);
    expect(() => basisOf(parseDescriptor('bso4 rcut=5 jmax=2'), [74, 26])).toThrow(/one element/);
  });
});

const archive = '../shared/data/fitsnap-Ta/Ta_Linear_JCP2014_JSON.tar.xz';

describe.skipIf(!existsSync(archive))("FitSNAP's tantalum (needs ../shared)", () => {
  const folder = mkdtempSync(join(tmpdir(), 'frenkel-Ta-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('the fit is the published one, and so are its errors', () => {
    execFileSync('tar', ['xJf', archive, '-C', folder]);
    const samples = readSamples([join(folder, 'JSON')]);
    expect(samples.length).toBe(363);
    const groups = new Map(
      Object.entries({
        Elastic_BCC: [1e-8, 1e-8, 1e-4],
        Elastic_FCC: [1e-9, 1e-9, 1e-9],
        Liquid: [467, 1, 1e-8],
        Volume_A15: [1, 1e-9, 1e-9],
        Volume_BCC: [1, 1e-9, 1e-9],
        Volume_FCC: [1, 1e-9, 1e-9],
      }).map(([group, [energy, force, stress]]) => [group, { energy, force, stress: stress * fitsnapBar }]),
    );
    const Ta = { number: 73, radius: 0.5, weight: 1 };
    const fit = fitPotential(engine, samples, {
      basis: { twojmax: 6, rcutfac: 4.67637, rfac0: 0.99363, bzeroflag: false, elements: [Ta] },
      reference: zblPotential({ species: [73], inner: 4, outer: 4.8 }),
      weights: { energy: 100, force: 1, stress: 1e-8 * fitsnapBar },
      groups,
    });
    const text = readFileSync('../shared/data/fitsnap-Ta/Ta_pot.snapcoeff', 'utf8');
    const published = [...text.matchAll(/^\s*(\S+)\s+#\s+B\[/gm)].map(([, number]) => Number(number));
    expect(published.length).toBe(31);
    for (const [k, c] of published.entries()) expect(Math.abs(fit.coefficients[k] / c - 1)).toBeLessThan(1e-8);
    expect(fit.solution.condition).toBeGreaterThan(2.6e5);
    expect(fit.solution.condition).toBeLessThan(2.75e5);
    const metrics = evaluateSamples(engine, samples, fit.potential);
    expect(metrics.get('all')?.energy?.mae).toBeCloseTo(0.112787, 6);
    expect(metrics.get('all')?.force?.mae).toBeCloseTo(0.0757576, 7);
    const table = readFileSync('../shared/data/fitsnap-Ta/Ta_metrics.md', 'utf8');
    const kinds = { Energy: 'energy', Force: 'force', Stress: 'stress' } as const;
    let compared = 0;
    for (const [, group, kind, count, mae, rmse] of table.matchAll(
      /\('([*\w]+)', 'Unweighted', '(\w+)'\)\s*\|\s*(\d+) \|\s*(\S+)\s*\|\s*(\S+)/g,
    )) {
      const found = metrics.get(group === '*ALL' ? 'all' : group)?.[kinds[kind as keyof typeof kinds]];
      const unit = kind === 'Stress' ? fitsnapBar : 1;
      if (!found) throw new Error(`${group} has no ${kind}`);
      expect(found.count).toBe(Number(count));
      // By symmetry zero: what is there is rounding.
      if (Number(mae) < 1e-12) continue;
      compared++;
      expect(Math.abs((found.mae * unit) / Number(mae) - 1)).toBeLessThan(6e-6);
      expect(Math.abs((found.rmse * unit) / Number(rmse) - 1)).toBeLessThan(6e-6);
    }
    expect(compared).toBe(36);
  }, 180_000);
});
