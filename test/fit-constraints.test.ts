import { afterAll, describe, expect, it } from 'vitest';
import type { Potential } from '../src/data/potential.ts';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { zblPotential } from '../src/data/potentials/zbl.ts';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createAccumulator } from '../src/fit/accumulate.ts';
import { type Basis, withCoefficients } from '../src/fit/basis.ts';
import type { Constraints } from '../src/fit/constraints.ts';
import { predict } from '../src/fit/evaluate.ts';
import { fitPotential } from '../src/fit/fit.ts';
import { chooseRequirements } from '../src/fit/requirements.ts';
import { standardErrors } from '../src/fit/solution.ts';
import { solveSystem } from '../src/fit/solve-system.ts';
import { Be, disorder, labelled, W } from './support/fits.ts';

const engine = await createEngine();
afterAll(() => engine.close());

const [m, n, p] = [50, 7, 3];
const a = new Float64Array(m * n);
const b = new Float64Array(m);
const rows = new Float64Array(p * n);
const targets = new Float64Array(p);
fillGauss(a, 21n, 'trials', 0);
fillGauss(b, 21n, 'trials', 1);
fillGauss(rows, 21n, 'trials', 2);
fillGauss(targets, 21n, 'trials', 3);
const names = ['one', 'two', 'three'];
const columns = Array.from({ length: n }, (_, k) => `c${k}`);

const systemOf = (normal = false) => {
  const to = createAccumulator(engine, n, { normal });
  for (let i = 0; i < m; i++) to.add(a, i * n, b[i], 1);
  return to.finish();
};
const solve = (constraints: Constraints, normal = false) =>
  solveSystem(engine, systemOf(normal), [], columns, { constraints });

/** Gauss's elimination with pivots of a dense system. */
function eliminate(matrix: number[][], right: number[]): number[] {
  const size = right.length;
  const work = matrix.map((row, i) => [...row, right[i]]);
  for (let k = 0; k < size; k++) {
    const pivot = work
      .slice(k)
      .reduce((best, row, i) => (Math.abs(row[k]) > Math.abs(work[best][k]) ? i + k : best), k);
    [work[k], work[pivot]] = [work[pivot], work[k]];
    for (let i = k + 1; i < size; i++) {
      const factor = work[i][k] / work[k][k];
      for (let j = k; j <= size; j++) work[i][j] -= factor * work[k][j];
    }
  }
  const x = new Array<number>(size).fill(0);
  for (let k = size - 1; k >= 0; k--)
    x[k] = (work[k][size] - x.reduce((sum, value, j) => (j > k ? sum + work[k][j] * value : sum), 0)) / work[k][k];
  return x;
}

/** Aᵀ A x + Cᵀ μ = Aᵀ b, C x = d. */
function byMultipliers(): number[] {
  const sum = (f: (i: number) => number) => Array.from({ length: m }, (_, i) => f(i)).reduce((s, x) => s + x, 0);
  const matrix = Array.from({ length: n + p }, (_, i) =>
    Array.from({ length: n + p }, (_x, j) => {
      if (i < n && j < n) return sum((r) => a[r * n + i] * a[r * n + j]);
      if (i >= n && j >= n) return 0;
      return i < n ? rows[(j - n) * n + i] : rows[(i - n) * n + j];
    }),
  );
  const right = Array.from({ length: n + p }, (_, i) => (i < n ? sum((r) => a[r * n + i] * b[r]) : targets[i - n]));
  return eliminate(matrix, right).slice(0, n);
}

describe('hard constraints', () => {
  it.each([false, true])('solve the equations of Lagrange, normal equations %s', (normal) => {
    const { coefficients } = solve({ rows, targets, names }, normal);
    const expected = byMultipliers();
    for (let k = 0; k < n; k++) expect(Math.abs(coefficients[k] - expected[k])).toBeLessThan(1e-12);
    for (let i = 0; i < p; i++) {
      const met = coefficients.reduce((sum, x, k) => sum + x * rows[i * n + k], 0);
      expect(Math.abs(met - targets[i])).toBeLessThan(1e-14);
    }
  });

  it('leave what they fix without an error bar', () => {
    const one = Float64Array.from({ length: n }, (_, k) => Number(k === 2));
    const found = solve({ rows: one, targets: Float64Array.of(0.25), names: ['c2'] });
    expect(found.coefficients[2]).toBe(0.25);
    const errors = standardErrors(found);
    expect(errors[2]).toBeLessThan(1e-15);
    for (const k of [0, 1, 3]) expect(errors[k]).toBeGreaterThan(0.05);
  });

  it('may follow from others, but not contradict them; and leave something to fit', () => {
    const twice = Float64Array.from([...rows, ...rows.subarray(0, n).map((x, k) => x - 2 * rows[n + k])]);
    const target = Float64Array.from([...targets, targets[0] - 2 * targets[1]]);
    const four = [...names, 'four'];
    const expected = byMultipliers();
    const { coefficients } = solve({ rows: twice, targets: target, names: four });
    for (let k = 0; k < n; k++) expect(coefficients[k]).toBeCloseTo(expected[k], 11);
    target[3] += 1e-3;
    expect(() => solve({ rows: twice, targets: target, names: four })).toThrow(/contradicts the others/);
    const none = { rows: Float64Array.from([...rows.subarray(0, n), ...new Float64Array(n)]), names: ['one', 'zero'] };
    expect(() => solve({ ...none, targets: Float64Array.of(1, 2) })).toThrow(/zero should be 2, but no coefficient/);
    const all = new Float64Array(n * n).map((_, k) => Number(k % (n + 1) === 0));
    expect(() => solve({ rows: all, targets: new Float64Array(n), names: columns })).toThrow(/nothing to fit/);
  });
});

describe('constraints on configurations', () => {
  const basis: Basis = { twojmax: 4, rcutfac: 4.6, elements: [W] };
  const richer: Basis = { ...basis, twojmax: 6 };
  const truth = new Float64Array(31);
  fillGauss(truth, 22n, 'trials', 0);
  const samples = labelled(engine, snapPotential(withCoefficients(richer, truth)), 12, [74]);
  const reference = zblPotential({ species: [74], inner: 3, outer: 3.6 });

  it.each([{}, { ridge: 'gcv' as const }, { normal: true }])('are met to 1e-10, %o', (more) => {
    const constraints = [
      { sample: samples[0], kinds: ['energy', 'stress'] as const },
      { sample: samples[3], kinds: ['energy'] as const },
      { coefficient: 'W B_0', value: -3 },
    ];
    const fit = fitPotential(engine, samples, { basis, reference, constraints, ...more });
    expect(fit.coefficients[0]).toBeCloseTo(-3, 12);
    for (const sample of [samples[0], samples[3]]) {
      const found = predict(engine, sample, fit.potential).energy;
      const scale = Math.max(1, Math.abs(sample.energy ?? 0));
      expect(Math.abs(found - (sample.energy ?? 0))).toBeLessThan(1e-10 * scale);
    }
    const { virial } = predict(engine, samples[0], fit.potential);
    const { cell } = samples[0].atoms;
    const volume =
      cell[0] * (cell[4] * cell[8] - cell[5] * cell[7]) -
      cell[1] * (cell[3] * cell[8] - cell[5] * cell[6]) +
      cell[2] * (cell[3] * cell[7] - cell[4] * cell[6]);
    for (let k = 0; k < 6; k++)
      expect(Math.abs(-virial[k] / volume - (samples[0].stress?.[k] ?? 0))).toBeLessThan(1e-10);
  });

  it('hold for both steps of quadratic noise', () => {
    const constraints = [{ sample: samples[4], kinds: ['energy'] as const }];
    const fit = fitPotential(engine, samples, {
      basis: { ...basis, twojmax: 2, quadraticflag: true },
      noise: true,
      constraints,
    });
    const { energy } = predict(engine, samples[4], fit.potential);
    expect(Math.abs(energy - (samples[4].energy ?? 0))).toBeLessThan(1e-10 * Math.abs(energy));
  });

  it('want labels that are there', () => {
    const bare = { atoms: disorder(4, [74], 1), name: 'bare', group: 'x', energy: 1 };
    const options = { basis, constraints: [{ sample: bare, kinds: ['stress'] as const }] };
    expect(() => fitPotential(engine, samples, options)).toThrow(/bare has no stress/);
    const unknown = { basis, constraints: [{ coefficient: 'W B_99', value: 1 }] };
    expect(() => fitPotential(engine, samples, unknown)).toThrow(/no coefficient is called W B_99/);
  });

  describe('differences of energies', () => {
    const [first, second] = [samples[2], samples[7]];
    const apart = ({ potential }: { potential: Potential }) => {
      const [a, b] = [first, second].map((sample) => predict(engine, sample, potential).energy);
      return a - (first.atoms.numbers.length / second.atoms.numbers.length) * b;
    };
    const options = { basis, reference };

    it('are met as labelled, and as wished', () => {
      const labelledGap =
        (first.energy ?? 0) - (first.atoms.numbers.length / second.atoms.numbers.length) * (second.energy ?? 0);
      const difference = [first, second] as const;
      expect(Math.abs(apart(fitPotential(engine, samples, options)) - labelledGap)).toBeGreaterThan(1e-3);
      const asLabelled = fitPotential(engine, samples, { ...options, constraints: [{ difference }] });
      expect(Math.abs(apart(asLabelled) - labelledGap)).toBeLessThan(1e-9);
      const wished = fitPotential(engine, samples, { ...options, constraints: [{ difference, value: 3.25 }] });
      expect(Math.abs(apart(wished) - 3.25)).toBeLessThan(1e-9);
      // the energies themselves stay free
      const error = predict(engine, first, asLabelled.potential).energy - (first.energy ?? 0);
      expect(Math.abs(error)).toBeGreaterThan(1e-4);
    });

    it('are chosen by the ends of names', () => {
      const read = (difference: [string, string], energy: true | number = true) =>
        chooseRequirements({ difference, energy }, samples);
      expect(read(['number 2', 'number 7'])).toEqual([{ difference: [first, second] }]);
      expect(read(['number 2', 'number 7'], 1.5)).toEqual([{ difference: [first, second], value: 1.5 }]);
      expect(() => read(['number 2', 'number 77'])).toThrow(/no configuration is called number 77/);
      expect(() => read(['number 2', '1'])).toThrow(/number 1 and number 11 both end in 1/);
      const mixed = { ...second, atoms: disorder(6, [74, 4], 3), name: 'mixed', forces: undefined, stress: undefined };
      const both = { basis: { ...basis, elements: [W, Be] }, constraints: [{ difference: [first, mixed] as const }] };
      expect(() => fitPotential(engine, [...samples, mixed], both)).toThrow(/not the same composition/);
      const bare = { ...second, energy: undefined, name: 'bare' };
      const unlabelled = { ...options, constraints: [{ difference: [first, bare] as const }] };
      expect(() => fitPotential(engine, samples, unlabelled)).toThrow(/bare has no energy/);
    });
  });
});
