import { afterAll, describe, expect, it } from 'vitest';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine as createPlainEngine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { coefficientNames, withCoefficients } from '../src/fit/basis.ts';
import { createDesigner } from '../src/fit/design.ts';
import { createEngine } from '../src/node/threads.ts';
import { bases, disorder, dot } from './support/fits.ts';

const engine = await createPlainEngine();
afterAll(() => engine.close());

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
