import { afterAll, describe, expect, it } from 'vitest';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine as createPlainEngine } from '../src/engine/engine.ts';
import { type Basis, withCoefficients } from '../src/fit/basis.ts';
import { createDesigner } from '../src/fit/design.ts';
import { evaluateSamples } from '../src/fit/evaluate.ts';
import { fitPotential } from '../src/fit/fit.ts';
import { shiftedGroups } from '../src/fit/shifts.ts';
import { leastSquares } from '../src/linalg/qr.ts';
import { dot, labelled, W } from './support/fits.ts';

const engine = await createPlainEngine();
afterAll(() => engine.close());

describe('quadratic noise model', () => {
  const basis: Basis = { twojmax: 2, rcutfac: 4.6, quadraticflag: true, elements: [W] };
  const truth = new Float64Array(21);
  fillGauss(truth, 10n, 'trials', 0);
  const samples = labelled(engine, snapPotential(withCoefficients(basis, truth)), 14, [74]);

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

describe('groups whose energies are off by one number', () => {
  const errors = (mae: number, rmse: number, count = 20) => ({ count, mae, rmse, largest: rmse });
  const group = (energy = errors(0.01, 0.0101), force: ReturnType<typeof errors> | undefined = errors(0.03, 0.04)) => ({
    configurations: 20,
    atoms: 2000,
    energy,
    force,
  });
  it('are named with how far', () => {
    const found = shiftedGroups(
      new Map([
        ['all', group()],
        ['vacancy', group()],
        ['bulk', group(errors(0.01, 0.013))],
      ]),
    );
    expect(found).toEqual([expect.stringMatching(/vacancy 10\.0\).*larger weights of energies/)]);
  });
  it('are not those with few or small errors, errors of both signs, or without forces that count', () => {
    const some = [group(errors(0.01, 0.01, 9)), group(errors(1e-3, 1e-3)), group(errors(0.01, 0.0125))];
    const all = new Map([...some, { ...group(), force: undefined }].map((one, k) => [`g${k}`, one]));
    expect(shiftedGroups(all)).toEqual([]);
  });
});
