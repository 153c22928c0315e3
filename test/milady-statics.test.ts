/** The published Fe and W potentials of MILADY (b-SO(4), linear and quadratic): lattice, elasticity, vacancy. */
import { beforeAll, describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { parsePot } from '../src/io/milady.ts';
import { bcc, cubicConstants, formation, relaxedCrystal } from './support/crystals.ts';
import { long, needsLong } from './support/long.ts';
import { hasReference, sharedText } from './support/reference.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

interface Row {
  a0: number;
  /** C11, C12, C44, GPa: zero-strain limit, stress slope at ±1e-4. */
  constants: number[];
  /** eV: 128 sites unrelaxed, 128 sites relaxed, 432 sites relaxed. */
  vacancy: [number, number, number];
}

/** spec/milady.md §12.4: the library itself; the paper (doi:10.1103/PhysRevMaterials.5.103803) gives the same to its digits. */
const rows: [string, Row][] = [
  ['Fe_LML', { a0: 2.83241, constants: [297.6, 150.5, 122.1], vacancy: [2.332, 2.144, 2.137] }],
  ['Fe_QNML', { a0: 2.83268, constants: [292.7, 142.8, 102.2], vacancy: [2.411, 2.189, 2.185] }],
  ['W_LML', { a0: 3.18551, constants: [509.2, 199.1, 144.5], vacancy: [3.313, 3.165, 3.159] }],
  ['W_QNML', { a0: 3.18538, constants: [513.8, 199.7, 137.0], vacancy: [3.307, 3.192, 3.182] }],
];

describe.skipIf(!hasReference)('published MILADY potentials (needs ../shared)', () => {
  const load = (name: string) => {
    const file = `${name}.pot`;
    return parsePot(sharedText(`potentials/milady/${file}`), { file });
  };

  it.each(rows)('%s: a0, elastic constants, vacancy in 128 sites', (name, expected) => {
    const potential = load(name);
    const crystal = relaxedCrystal(engine, potential, expected.a0 + 0.01);
    expect(Math.abs(crystal.a0 - expected.a0), `${crystal.a0}`).toBeLessThan(2e-5);
    cubicConstants(engine, potential, crystal.a0).forEach((c, k) => {
      expect(Math.abs(c - expected.constants[k]), `constant ${k}: ${c} GPa`).toBeLessThan(0.1);
    });
    const found = formation(engine, potential, crystal, vacancy(bcc(potential, crystal.a0, 4), 0));
    expect(Math.abs(found.unrelaxed - expected.vacancy[0]), `${found.unrelaxed}`).toBeLessThan(0.001);
    expect(Math.abs(found.relaxed - expected.vacancy[1]), `${found.relaxed}`).toBeLessThan(0.002);
  });

  it.skipIf(!long).each(rows)(`%s: vacancy in 432 sites ${needsLong}`, (name, expected) => {
    const potential = load(name);
    const crystal = relaxedCrystal(engine, potential, expected.a0);
    const found = formation(engine, potential, crystal, vacancy(bcc(potential, crystal.a0, 6), 0));
    expect(Math.abs(found.relaxed - expected.vacancy[2]), `${found.relaxed}`).toBeLessThan(0.002);
  });
});
