/** Rows of a fit over any descriptor, made with derivatives of all components, beside the forces of the potential. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descriptorPotential } from '../src/data/potentials/descriptor.ts';
import type { Engine } from '../src/engine/engine.ts';
import { createDesigner } from '../src/fit/design.ts';
import { parseDescriptor } from '../src/io/descriptor.ts';
import { createEngine } from '../src/node/threads.ts';
import { crystal } from '../src/verify/configurations.ts';
import { evaluate } from '../src/verify/evaluate.ts';
import { noise } from '../src/verify/subject.ts';

let engine: Engine;
let checked: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  checked = await createEngine({ threads: 1, debug: true });
});
afterAll(() => {
  engine.close();
  checked.close();
});

const dot = (rows: Float64Array, row: number, x: Float64Array) =>
  x.reduce((sum, value, k) => sum + value * rows[row * x.length + k], 0);

describe('rows of a fit', () => {
  it.each([
    ['afs n=3 l=4', false],
    ['afs n=4 l=5 type=2 weights=Fe:0.8,W:1.3', false],
    ['hybrid g2(neta=3 nrs=2) + afs(rcut=4.4A n=2 l=3 weights2=Fe:0.8,W:1.3) + bso4(jmax=1)', true],
    ['g3', false],
  ])('are the forces, the virial and the energy per coefficient: %s', (text, quadratic) => {
    const descriptor = parseDescriptor(text);
    const atoms = crystal({ elements: [26, 74], distance: 2.6 });
    const basis = { descriptor, quadraticflag: quadratic, elements: [{ number: 26 }, { number: 74 }] };
    const designer = createDesigner(engine, basis);
    const rows = designer.rows(atoms);
    const x = noise(designer.columns, 3).map((value) => 0.01 * value);
    const elements = [26, 74].map((number, t) => ({
      number,
      coefficients: x.subarray(t * designer.width, (t + 1) * designer.width),
    }));
    const { energies, forces, virial } = evaluate(
      engine,
      atoms,
      descriptorPotential({ descriptor, elements, quadratic }),
    );
    const energy = energies.reduce((sum, e) => sum + e, 0);
    const close = (found: number, expected: number, scale: number) =>
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-11 * scale);
    const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    close(dot(rows.energy, 0, x), energy, Math.abs(energy) + 1);
    for (const [i, f] of forces.entries()) close(dot(rows.forces, i, x), f, largest(forces));
    for (const [i, w] of virial.entries()) close(dot(rows.virial, i, x), w, largest(virial));
    expect(createDesigner(checked, basis).rows(atoms)).toEqual(rows);
  });
});
