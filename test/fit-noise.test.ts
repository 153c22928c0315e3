import { afterAll, describe, expect, it } from 'vitest';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine as createPlainEngine } from '../src/engine/engine.ts';
import { type Basis, withCoefficients } from '../src/fit/basis.ts';
import { createDesigner } from '../src/fit/design.ts';
import { evaluateSamples } from '../src/fit/evaluate.ts';
import { fitPotential } from '../src/fit/fit.ts';
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
