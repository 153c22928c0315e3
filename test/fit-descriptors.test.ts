import { afterAll, describe, expect, it } from 'vitest';
import { zblPotential } from '../src/data/potentials/zbl.ts';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { potentialOf } from '../src/fit/basis.ts';
import { basisOf, parseDescriptor } from '../src/fit/descriptor-config.ts';
import { createDesigner } from '../src/fit/design.ts';
import { predict } from '../src/fit/evaluate.ts';
import { fitPotential } from '../src/fit/fit.ts';
import { standardErrors } from '../src/fit/solution.ts';
import { formatNative, parseNative } from '../src/io/native.ts';
import { disorder, dot, labelled } from './support/fits.ts';

const engine = await createEngine();
afterAll(() => engine.close());

const cases: [string, number[], boolean][] = [
  ['g2 rcut=4.5A neta=4', [74], false],
  ['g2 rcut=4.5A neta=2 nrs=2', [74, 4], true],
  ['afs rcut=4.5A n=2 l=3', [74], false],
  ['hybrid g2(rcut=4.5A neta=3) + bso4(jmax=1.5 rcut=4.2A)', [74], false],
];

const basisFor = ([text, species, quadratic]: (typeof cases)[number]) =>
  basisOf(parseDescriptor(text), species, quadratic);
const truthOf = (columns: number, draw: number) => {
  const truth = new Float64Array(columns);
  fillGauss(truth, 41n, 'trials', draw);
  return truth;
};

describe('fits over descriptors', () => {
  it.each(cases)('rows are energy, forces and virial of the engine: %s', (...one) => {
    const basis = basisFor(one);
    for (const n of [1, 9]) {
      const mark = engine.mark();
      const atoms = disorder(n, one[1], n);
      const designer = createDesigner(engine, basis);
      const rows = designer.rows(atoms);
      const x = truthOf(designer.columns, n);
      const system = createSystem(engine, atoms, potentialOf(basis, x));
      const energy = system.evaluate();
      const scale = Math.max(1, Math.abs(energy), ...system.f.map(Math.abs), ...system.virial.map(Math.abs));
      expect(Math.abs(dot(rows.energy, 0, x) - energy)).toBeLessThan(1e-12 * scale);
      for (let i = 0; i < 3 * n; i++)
        expect(Math.abs(dot(rows.forces, i, x) - system.f[i])).toBeLessThan(1e-12 * scale);
      for (let i = 0; i < 6; i++)
        expect(Math.abs(dot(rows.virial, i, x) - system.virial[i])).toBeLessThan(1e-12 * scale);
      engine.release(mark);
    }
  });

  it.each(cases)('coefficients are found again, and read from JSON: %s', (...one) => {
    const basis = basisFor(one);
    const { columns, names } = createDesigner(engine, basis);
    const truth = truthOf(columns, 0);
    const known = potentialOf(basis, truth);
    const reference = zblPotential({ species: one[1], inner: 2.5, outer: 3 });
    const data = labelled(engine, known, 14, one[1].length > 1 ? [74, 4, 74] : [74]);
    const fit = fitPotential(engine, data, { basis, name: 'again' });
    const largest = Math.max(...truth.map(Math.abs));
    for (const [k, x] of truth.entries())
      expect(Math.abs(fit.coefficients[k] - x), names[k]).toBeLessThan(1e-8 * largest);
    const withCore = fitPotential(engine, data, { basis, reference, name: 'core' });
    for (const { potential } of [fit, withCore]) {
      const read = parseNative(formatNative(potential));
      for (const sample of data.slice(0, 3))
        expect(predict(engine, sample, read)).toEqual(predict(engine, sample, potential));
    }
  });

  it('a quadratic hybrid is found again to 1e-8; what is left is the rounding of the labels', () => {
    const basis = basisOf(parseDescriptor(cases[3][0]), [74], true);
    const { columns, rows } = createDesigner(engine, basis);
    const truth = truthOf(columns, 0);
    const known = potentialOf(basis, truth);
    // close neighbours, without which the narrow G2 and its square are nothing; energies of weight 1 round like forces
    const data = Array.from({ length: 30 }, (_, k) => {
      const atoms = disorder(6 + (k % 9), [74], k, 2.1 + 0.05 * (k % 7));
      const { energy, forces } = predict(engine, { atoms, name: `${k}` }, known);
      return { atoms, name: `${k}`, group: 'all', energy, forces };
    });
    const weights = { energy: 1, force: 1, stress: 0 };
    const { coefficients, solution } = fitPotential(engine, data, { basis, weights });
    const largest = Math.max(...truth.map(Math.abs));
    const wrong = coefficients.map((x, k) => x - truth[k]);
    for (const x of wrong) expect(Math.abs(x)).toBeLessThan(1e-8 * largest);
    // root mean square of what the rows leave with the true coefficients
    const left = data.flatMap(({ atoms, forces }) => {
      const made = rows(atoms);
      return Array.from(forces, (f, i) => f - dot(made.forces, i, truth));
    });
    const rounding = Math.sqrt(left.reduce((sum, x) => sum + x * x, 0) / left.length);
    expect(solution.noise).toBeLessThan(10 * rounding);
    const errors = standardErrors(solution);
    expect(Math.max(...wrong.map((x, k) => Math.abs(x) / errors[k]))).toBeLessThan(20);
  });

  it('batches of atoms give the same rows', () => {
    const basis = basisFor(cases[1]);
    const atoms = disorder(30, [74, 4], 3);
    const whole = createDesigner(engine, basis).rows(atoms);
    const few = createDesigner(engine, basis, 50_000).rows(atoms);
    const largest = Math.max(...whole.forces.map(Math.abs));
    for (const [k, value] of whole.forces.entries())
      expect(Math.abs(few.forces[k] - value)).toBeLessThan(1e-13 * largest);
  });
});
