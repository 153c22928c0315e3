/** Lattice parameters, elastic constants and defect energies of relaxed crystals against LAMMPS and numpy. */
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { dumbbell, vacancy } from '../src/data/defects.ts';
import { parseElement } from '../src/data/elements.ts';
import type { Potential } from '../src/data/potential.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { parseSetfl } from '../src/io/setfl.ts';
import { parseSnapCompanion } from '../src/io/snap.ts';
import { minimizers } from '../src/methods/minimize.ts';
import { distanceOf, evaluate, largest } from '../src/verify/evaluate.ts';
import { bcc, cubicConstants, formation, relaxedCrystal } from './support/crystals.ts';
import { sharedText } from './support/reference.ts';

interface Properties {
  a0: number;
  e_coh: number;
  C11?: number;
  C12?: number;
  C44?: number;
  e_vacancy_formation: number;
  e_vacancy_unrelaxed?: number;
  e_dumbbell_110?: number;
  e_dumbbell_111?: number;
}

interface Configuration {
  cell: number[][];
  species: string[];
  positions: number[][];
  energies: number[];
  forces: number[][];
  virial: number[][];
}

const own = JSON.parse(readFileSync(new URL('reference/statics.json', import.meta.url), 'utf8')) as {
  potentials: Record<string, Properties>;
  configurations: Record<string, Configuration>;
};

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

/** a0 to 1e-6 Å, constants to 0.1 %, energies of defects to 1e-5 eV. */
function expectProperties(potential: Potential, expected: Properties): void {
  const crystal = relaxedCrystal(engine, potential, 1.004 * expected.a0);
  expect(Math.abs(crystal.a0 - expected.a0)).toBeLessThan(1e-6);
  expect(Math.abs(crystal.energy - expected.e_coh)).toBeLessThan(1e-9);
  const constants = cubicConstants(engine, potential, crystal.a0);
  [expected.C11, expected.C12, expected.C44].forEach((c, k) => {
    if (c !== undefined) expect(Math.abs(constants[k] / c - 1), `constant ${k}: ${constants[k]}`).toBeLessThan(1e-3);
  });
  const hole = formation(engine, potential, crystal, vacancy(bcc(potential, crystal.a0, 5), 0));
  expect(Math.abs(hole.relaxed - expected.e_vacancy_formation), `${hole.relaxed}`).toBeLessThan(1e-5);
  const { e_vacancy_unrelaxed: unrelaxed = hole.unrelaxed } = expected;
  expect(Math.abs(hole.unrelaxed - unrelaxed), `${hole.unrelaxed}`).toBeLessThan(1e-6);
}

describe('embedded potentials', () => {
  it.each(Object.entries(own.potentials))('%s: lattice, elastic constants, vacancy', (name, expected) => {
    expectProperties(loadEmbedded(name), expected);
  });

  it.each(Object.entries(own.configurations))(
    '%s: energies, forces, virial of a rattled triclinic crystal',
    (name, c) => {
      const atoms = createAtoms({
        numbers: Uint8Array.from(c.species, (symbol) => parseElement(symbol)),
        positions: Float64Array.from(c.positions.flat()),
        cell: Float64Array.from(c.cell.flat()),
      });
      const found = evaluate(engine, atoms, loadEmbedded(name));
      c.energies.forEach((e, i) => {
        expect(Math.abs(found.energies[i] - e)).toBeLessThanOrEqual(1e-12 + 1e-12 * Math.abs(e));
      });
      const f = c.forces.flat();
      expect(distanceOf(found.forces, f)).toBeLessThan(1e-8 * Math.max(1, largest(f)));
      const [x, y, z] = c.virial;
      const w = [x[0], y[1], z[2], y[2], x[2], x[1]];
      expect(distanceOf(found.virial, w)).toBeLessThan(1e-8 * Math.max(1, largest(w)));
    },
  );
});

describe('dumbbells of Fe-Ackland-2004', () => {
  const potential = loadEmbedded('Fe-Ackland-2004');
  const expected = own.potentials['Fe-Ackland-2004'];
  const crystal = { a0: expected.a0, energy: expected.e_coh };
  const start = (direction: number[]) => dumbbell(bcc(potential, crystal.a0, 6), 200, { direction, separation: 2 });

  it.each(minimizers)('%s: ⟨110⟩, and ⟨111⟩ on its saddle from the symmetric start', (method) => {
    const energies = [
      [1, 1, 0],
      [1, 1, 1],
    ].map((direction) => formation(engine, potential, crystal, start(direction), { method }).relaxed);
    expect(Math.abs(energies[0] - (expected.e_dumbbell_110 ?? 0)), `${energies[0]}`).toBeLessThan(1e-5);
    expect(Math.abs(energies[1] - (expected.e_dumbbell_111 ?? 0)), `${energies[1]}`).toBeLessThan(1e-5);
  });

  it('⟨111⟩ pushed off the saddle ends lower', () => {
    const pushed = start([1, 1, 1]);
    pushed.positions[600] += 0.1;
    const { relaxed } = formation(engine, potential, crystal, pushed);
    expect(relaxed).toBeLessThan((expected.e_dumbbell_111 ?? 0) - 1e-3);
    expect(relaxed).toBeGreaterThan((expected.e_dumbbell_110 ?? 0) - 1e-6);
  });
});

const published: Record<string, () => Potential> = {
  'snap+zbl-W-2940': () => companion('W_2940_2017_2.snap'),
  'eam-fs-Fe-Ackland2004': () => parseSetfl(sharedText('potentials/lammps/FeP_mm.eam.fs')),
  'eam-alloy-W-Zhou': () => parseSetfl(sharedText('potentials/lammps/W_zhou.eam.alloy')),
  'qsnap-Mo-Zuo': () => companion('Mo_Zuo_JPCA2020.quadratic.snap'),
};
const companion = (file: string) =>
  parseSnapCompanion(sharedText(`potentials/lammps/${file}`), (name) => sharedText(`potentials/lammps/${name}`), {
    file,
  });

const table = new URL('../../shared/reference/lammps/static-properties.json', import.meta.url);

describe.skipIf(!existsSync(table))('published potentials from their files (needs ../shared)', () => {
  const { potentials } = existsSync(table)
    ? (JSON.parse(readFileSync(table, 'utf8')) as { potentials: Record<string, Properties> })
    : { potentials: {} };

  it('all of the table are here', () => {
    expect(Object.keys(potentials).sort()).toEqual(Object.keys(published).sort());
  });

  it.each(Object.entries(potentials))('%s: lattice, elastic constants, vacancy', (name, expected) => {
    expectProperties(published[name](), expected);
  });
});
