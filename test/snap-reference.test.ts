/** SNAP and MILADY files end to end against the numbers of LAMMPS and of MILADY's own library. */
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { parseElement } from '../src/data/elements.ts';
import type { Potential } from '../src/data/potential.ts';
import { describeAtoms } from '../src/engine/describe.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { parsePot } from '../src/io/milady.ts';
import { parseSnap, parseSnapCompanion } from '../src/io/snap.ts';
import { distanceOf, evaluate, largest } from '../src/verify/evaluate.ts';
import { hasReference, lammpsCases, type ReferenceCase, sharedText } from './support/reference.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

interface Structure {
  cell: number[][];
  pbc: [boolean, boolean, boolean];
  species: string[];
  positions: number[][];
}

type Expected = Pick<ReferenceCase, 'energies' | 'forces' | 'virial'>;

function atomsOf({ cell, pbc, species, positions }: Structure) {
  return createAtoms({
    numbers: Uint8Array.from(species, (symbol) => parseElement(symbol)),
    positions: Float64Array.from(positions.flat()),
    cell: Float64Array.from(cell.flat()),
    pbc,
  });
}

/** Tolerances of shared/reference/README.md. */
function expectReference(potential: Potential, atoms: ReturnType<typeof atomsOf>, expected: Expected): void {
  const { energies, forces, virial } = evaluate(engine, atoms, potential);
  expected.energies.forEach((e, i) => {
    expect(Math.abs(energies[i] - e)).toBeLessThanOrEqual(1e-12 + 1e-12 * Math.abs(e));
  });
  const f = expected.forces.flat();
  expect(distanceOf(forces, f)).toBeLessThanOrEqual(1e-8 * Math.max(1, largest(f)));
  const w = expected.virial;
  const voigt = [w[0][0], w[1][1], w[2][2], w[1][2], w[0][2], w[0][1]];
  expect(distanceOf(virial, voigt)).toBeLessThanOrEqual(1e-8 * Math.max(1, largest(voigt)));
}

const local = (file: string) => readFileSync(new URL(`data/random/${file}`, import.meta.url), 'utf8');
const random = JSON.parse(readFileSync(new URL('data/snap-random.json', import.meta.url), 'utf8')) as {
  structures: Record<string, Structure>;
  lammps: (Expected & { id: string; coefficients: string; parameters: string; structure: string })[];
  milady: (Expected & { id: string; file: string; structure: string })[];
};

describe('random coefficients', () => {
  it.each(random.lammps)('$id, $structure', ({ coefficients, parameters, structure, ...expected }) => {
    const potential = parseSnap(
      { file: coefficients, text: local(coefficients) },
      { file: parameters, text: local(parameters) },
    );
    expect(potential.warnings).toBeUndefined();
    expectReference(potential, atomsOf(random.structures[structure]), expected);
  });

  it.each(random.milady)('$id, $structure', ({ file, structure, ...expected }) => {
    expectReference(parsePot(local(file), { file }), atomsOf(random.structures[structure]), expected);
  });
});

const folder = 'potentials/lammps/';
const pair = (name: string) =>
  parseSnap(
    { file: `${name}.snapcoeff`, text: sharedText(`${folder}${name}.snapcoeff`) },
    { file: `${name}.snapparam`, text: sharedText(`${folder}${name}.snapparam`) },
  );
const companion = (name: string) =>
  parseSnapCompanion(sharedText(`${folder}${name}.snap`), (file) => sharedText(folder + file), {
    file: `${name}.snap`,
  });

describe.skipIf(!hasReference)('LAMMPS, published potentials (needs ../shared)', () => {
  it.each<[string, () => Potential]>([
    ['snap-W-2940', () => pair('W_2940_2017_2')],
    ['snap+zbl-W-2940', () => companion('W_2940_2017_2')],
    ['snap+zbl-WBe', () => companion('WBe_Wood_PRB2019')],
    ['qsnap-Mo-Zuo', () => companion('Mo_Zuo_JPCA2020.quadratic')],
  ])('%s', (id, load) => {
    const potential = load();
    for (const { atoms, ...expected } of lammpsCases(id)) expectReference(potential, atoms, expected);
  });

  it.each(['snap-chem-a', 'snap-chem-b', 'qsnap-two-elements', 'qsnap-noswitch'])('%s', (id) => {
    const { coefficients, parameters } = random.lammps.find((one) => one.id === id) ?? {
      coefficients: '',
      parameters: '',
    };
    const potential = parseSnap({ text: local(coefficients) }, { text: local(parameters) });
    for (const { atoms, ...expected } of lammpsCases(id)) expectReference(potential, atoms, expected);
  });

  it('descriptors of W', () => {
    const { configurations } = JSON.parse(sharedText('reference/lammps/snap-W-2940.json')) as {
      configurations: Record<string, Structure & { descriptors: { b: { values: number[][] } } }>;
    };
    for (const configuration of Object.values(configurations)) {
      const found = describeAtoms(engine, atomsOf(configuration), pair('W_2940_2017_2')).values;
      configuration.descriptors.b.values.flat().forEach((b, k) => {
        expect(Math.abs(found[k] - b)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(b)));
      });
    }
  });
});

describe.skipIf(!hasReference || !existsSync(new URL('../../shared/reference/milady', import.meta.url)))(
  'MILADY, b-SO(4) (needs ../shared)',
  () => {
    const reference = hasReference
      ? (JSON.parse(sharedText('reference/milady/reference.json')) as {
          configs: Record<string, Omit<Structure, 'species'>>;
          results: {
            potential: string;
            config: string;
            energies_atom_eV: number[];
            forces_eV_A: number[][];
            virial_eV: number[][];
            desc_atom0?: number[];
          }[];
        })
      : { configs: {}, results: [] };
    const results = reference.results.filter(({ potential }) => !/G2|AFS/.test(potential));

    it.each([...new Set(results.map(({ potential }) => potential))])('%s', (name) => {
      const file = name.startsWith('rnd_') ? `random/${name}.pot` : `${name}.pot`;
      const potential = parsePot(sharedText(`potentials/milady/${file}`), { file });
      const cases = results.filter((one) => one.potential === name);
      expect(cases.length).toBeGreaterThanOrEqual(5);
      for (const one of cases) {
        const { cell, pbc, positions } = reference.configs[one.config];
        const atoms = atomsOf({
          cell,
          pbc: pbc.map(Boolean) as [boolean, boolean, boolean],
          positions,
          species: positions.map(() => (potential.species[0] === 74 ? 'W' : 'Fe')),
        });
        const virial = one.virial_eV.map((row) => row.map((w) => -w));
        expectReference(potential, atoms, { energies: one.energies_atom_eV, forces: one.forces_eV_A, virial });
        const { size, values } = describeAtoms(engine, atoms, potential);
        one.desc_atom0?.forEach((b, k) => {
          expect(k).toBeLessThan(size);
          expect(Math.abs(values[k] - b)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(b)));
        });
      }
    });
  },
);
