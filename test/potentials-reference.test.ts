import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Potential } from '../src/data/potential.ts';
import { ljPotential } from '../src/data/potentials/lj.ts';
import { zblPotential } from '../src/data/potentials/zbl.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { parseFuncfl } from '../src/io/funcfl.ts';
import { parseSetfl } from '../src/io/setfl.ts';
import { hasReference, lammpsCases, type ReferenceCase, sharedText } from './support/reference.ts';

const setfl = (file: string) => () => parseSetfl(sharedText(`potentials/lammps/${file}`), { file });

const potentials: Record<string, () => Potential> = {
  'eam-alloy-CuNi': setfl('CuNi.eam.alloy'),
  'eam-alloy-W-Zhou': setfl('W_zhou.eam.alloy'),
  'eam-fs-Fe-Mendelev2003': setfl('Fe_mm.eam.fs'),
  'eam-fs-FeP-Ackland2004': setfl('FeP_mm.eam.fs'),
  'eam-funcfl-Fe-MeyerEntel': () => parseFuncfl([{ text: sharedText('potentials/calphy/Fe_MeyerEntel.eam') }]),
  'lj-cut-Fe': () => ljPotential({ species: [26], epsilon: 0.4, sigma: 2.3, cutoff: 6 }),
  'zbl-WBe': () => zblPotential({ species: [4, 74], inner: 3, outer: 4 }),
};

describe.skipIf(!hasReference)('numbers of LAMMPS (needs ../shared)', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ debug: true });
  });
  afterAll(() => engine.close());

  const deviations = (potential: Potential, { atoms, ...expected }: ReferenceCase) => {
    const mark = engine.mark();
    const system = createSystem(engine, atoms, potential);
    system.evaluate();
    const largest = (found: ArrayLike<number>, wanted: number[]) =>
      wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i])), 0);
    const scale = (wanted: number[]) => Math.max(1, ...wanted.map(Math.abs));
    const v = expected.virial;
    const virial = [v[0][0], v[1][1], v[2][2], v[1][2], v[0][2], v[0][1]];
    const forces = expected.forces.flat();
    const found = {
      energies: largest(system.energies, expected.energies),
      forces: largest(system.f, forces) / scale(forces),
      virial: largest(system.virial, virial) / scale(virial),
    };
    engine.release(mark);
    return found;
  };

  for (const [id, load] of Object.entries(potentials)) {
    it(id, () => {
      const potential = load();
      for (const reference of lammpsCases(id)) {
        const found = deviations(potential, reference);
        expect(found.energies, `${reference.name}: eV per atom`).toBeLessThan(1e-9);
        expect(found.forces, `${reference.name}: forces`).toBeLessThan(1e-8);
        expect(found.virial, `${reference.name}: virial`).toBeLessThan(1e-8);
      }
    });
  }
});
