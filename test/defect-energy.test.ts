/** Formation energies, dipoles and relaxation volumes of point defects against LAMMPS, and against each other. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bulk, defectEnergy, measureBulk, relaxedConstant } from '../src/analysis/defect-energy.ts';
import { relaxationVolume } from '../src/analysis/elastic-dipole.ts';
import { infiniteCell } from '../src/analysis/finite-size.ts';
import { formationEnergy } from '../src/analysis/formation.ts';
import type { Atoms } from '../src/data/atoms.ts';
import { placeDefect } from '../src/data/defect-shape.ts';
import { lattice } from '../src/data/lattice.ts';
import { defectShape } from '../src/data/point-defects.ts';
import type { Potential } from '../src/data/potential.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { parsePot } from '../src/io/milady.ts';
import { parseSetfl } from '../src/io/setfl.ts';
import { long, needsLong } from './support/long.ts';
import { hasReference, sharedText } from './support/reference.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

interface Crystal {
  potential: Potential;
  kind: 'bcc' | 'fcc';
  a: number;
  unit: Atoms;
  bulk: Bulk;
}

function crystalOf(potential: Potential, element: string, kind: 'bcc' | 'fcc', guess: number): Crystal {
  const cell = (a: number) => lattice({ kind, a, elements: [element] });
  const a = relaxedConstant(engine, cell(guess), potential);
  return { potential, kind, a, unit: cell(a), bulk: measureBulk(engine, cell(a), potential) };
}

function energyOf({ potential, kind, a, unit, bulk }: Crystal, name: string, size: number, options = {}) {
  const reference = repeat(unit, [size, size, size]);
  const atoms = placeDefect(reference, defectShape(name, kind), { site: 0, a });
  return defectEnergy(engine, atoms, potential, bulk, { reference, ...options });
}

describe('Fe (Ackland 2004)', () => {
  let iron: Crystal;
  beforeAll(() => {
    iron = crystalOf(loadEmbedded('Fe-Ackland-2004'), 'Fe', 'bcc', 2.87);
  });

  // shared/reference/lammps/static-properties.json: 5×5×5 for the vacancy, 6×6×6 for the dumbbells
  it.each([
    ['vacancy', 5, 1.7219881113705924],
    ['dumbbell-110', 6, 3.5429071822263722],
    ['dumbbell-111', 6, 4.0217995718362545],
  ])('%s in %i³ cells has the formation energy of LAMMPS', (name, size, expected) => {
    const { energy, change, converged } = energyOf(iron, name, size);
    expect(Math.abs(energy - expected), `${energy}`).toBeLessThan(1e-4);
    expect([change?.kept, converged]).toEqual([true, true]);
  });

  it('the ⟨111⟩ dumbbell, kept by its symmetric start, is a saddle; the ⟨110⟩ one a minimum', () => {
    const lowest = (name: string) =>
      energyOf(iron, name, 4, { fmax: 1e-6, check: { memory: 2 ** 30 } }).lowestEigenvalue;
    expect(lowest('dumbbell-111')).toBeLessThan(-0.1);
    expect(lowest('dumbbell-110')).toBeGreaterThan(0.01);
    expect(() => energyOf(iron, 'vacancy', 4, { check: { memory: 1e6 } })).toThrow('GiB are left');
  });

  it('dipoles have the symmetry of their defects', () => {
    const { dipole: p } = energyOf(iron, 'vacancy', 4);
    const off = [p[0][1], p[0][2], p[1][2]];
    for (const x of [p[0][0] - p[1][1], p[0][0] - p[2][2], ...off]) expect(Math.abs(x)).toBeLessThan(1e-6);
    expect(p[0][0]).toBeLessThan(0);
    // ⟨110⟩: orthorhombic along [110], [1-10], [001]
    const { dipole: q } = energyOf(iron, 'dumbbell-110', 4);
    expect(Math.abs(q[0][0] - q[1][1])).toBeLessThan(1e-4);
    for (const x of [q[0][2], q[1][2]]) expect(Math.abs(x)).toBeLessThan(1e-4);
    expect([q[0][1] > 1, q[0][1] === q[1][0], q[2][2] > 0]).toEqual([true, true, true]);
  });

  it.each(['vacancy', 'dumbbell-110', 'V2-2nn', 'I2-gao'])(
    '%s: relaxation volumes by stress and by cell relaxation agree, as do the energies',
    (name) => {
      const {
        relaxationVolume: byStress,
        cellRelaxation,
        energy,
        dipole,
        sites,
      } = energyOf(iron, name, 6, { cell: true });
      const { volume, energy: free } = cellRelaxation ?? { volume: 0, energy: 0 };
      expect(Math.abs(byStress / volume - 1), `${byStress} ${volume}`).toBeLessThan(0.02);
      // elastic energy that the fixed cell costs: ½ P·S·P / V, from the same compliance
      const { C } = iron.bulk;
      const [shear, bulk] = [C[0] - C[1], (C[0] + 2 * C[1]) / 3];
      const mean = (dipole[0][0] + dipole[1][1] + dipole[2][2]) / 3;
      let square = 0;
      for (let i = 0; i < 3; i++) square += (dipole[i][i] - mean) ** 2 / shear;
      square += (dipole[0][1] ** 2 + dipole[0][2] ** 2 + dipole[1][2] ** 2) / C[21];
      const cost = (mean ** 2 / bulk + square) / (2 * sites * (iron.bulk.volume / 2));
      expect(Math.abs(energy - free - cost), `${energy - free} ${cost}`).toBeLessThan(0.03 * cost + 1e-5);
    },
  );

  it('formation energies tend to a limit with 1/N', () => {
    const sizes = [3, 4, 5, 6];
    const found = sizes.map((size) => energyOf(iron, 'dumbbell-110', size));
    const { limit, slope, spread } = infiniteCell(
      found.map((f) => f.sites),
      found.map((f) => f.energy),
    );
    const large = energyOf(iron, 'dumbbell-110', 9).energy;
    expect(slope).toBeGreaterThan(0);
    expect(Math.abs(limit + slope / 1458 - large), `${limit} ${large}`).toBeLessThan(0.003);
    expect(spread).toBeLessThan(0.01);
  });

  it('says that an atom fell back into its vacancy, and that a crowded cell made something else', () => {
    const reference = repeat(iron.unit, [4, 4, 4]);
    // the third atom of a row, nearly in the hole: instantaneous recombination
    const shape = { remove: [[0, 0, 0]], add: [[0.28, 0.28, 0.2]] } as const;
    const close = placeDefect(reference, shape, { site: 0, a: iron.a });
    const { change, energy } = defectEnergy(engine, close, iron.potential, iron.bulk, { reference });
    expect(Math.abs(energy)).toBeLessThan(1e-5);
    expect(change).toEqual({ kept: false, text: 'recombined: no defect is left' });
  });

  it('several sizes of bulk files give the same', () => {
    const reference = repeat(iron.unit, [4, 4, 4]);
    const atoms = placeDefect(reference, defectShape('V4', 'bcc'), { site: 0, a: iron.a });
    const whole = measureBulk(engine, reference, iron.potential);
    const [small, large] = [iron.bulk, whole].map((bulk) => defectEnergy(engine, atoms, iron.potential, bulk));
    expect(Math.abs(small.energy - large.energy)).toBeLessThan(1e-9);
    expect(Math.abs(small.relaxationVolume - large.relaxationVolume)).toBeLessThan(1e-4);
    expect(() =>
      defectEnergy(engine, { ...atoms, cell: atoms.cell.map((x) => 1.001 * x) }, iron.potential, iron.bulk),
    ).toThrow('whole number was expected');
  });
});

describe('bookkeeping', () => {
  it('one and several species', () => {
    const bulk = { numbers: [26, 26], energy: -8 };
    expect(formationEnergy({ numbers: new Array(127).fill(26), energy: -505 }, { bulk, cells: 64 })).toBeCloseTo(3, 12);
    const helium = { numbers: [...new Array(128).fill(26), 2], energy: -507 };
    expect(() => formationEnergy(helium, { bulk, cells: 64 })).toThrow('He changes by +1');
    expect(formationEnergy(helium, { bulk, cells: 64, potentials: new Map([[2, -0.5]]) })).toBeCloseTo(5.5, 12);
    // an antisite of a compound: one Al for one Ni
    const nickel = { numbers: [28, 13], energy: -9 };
    const antisite = {
      numbers: [...new Array(8).fill(28), ...new Array(8).fill(13)].map((z, i) => (i === 0 ? 13 : z)),
      energy: -70,
    };
    const mu = new Map([
      [28, -4.5],
      [13, -3.5],
    ]);
    expect(formationEnergy(antisite, { bulk: nickel, cells: 8, potentials: mu })).toBeCloseTo(-70 + 72 + 3.5 - 4.5, 12);
    expect(() => formationEnergy(antisite, { bulk: nickel, cells: 8 })).toThrow('chemical potential');
  });

  it('relaxation volume of a cubic crystal is tr P/3B; the line in 1/N is exact', () => {
    const C = new Float64Array(36);
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) C[6 * i + j] = i === j ? 1.5 : 0.9;
    for (let i = 3; i < 6; i++) C[7 * i] = 0.7;
    expect(relaxationVolume([3, 0.4, 0, 0.4, 5, -1, 0, -1, 7], C)).toBeCloseTo(15 / (3 * 1.1), 12);
    expect(
      infiniteCell(
        [54, 128, 250],
        [54, 128, 250].map((n) => 2.5 + 7 / n),
      ).limit,
    ).toBeCloseTo(2.5, 12);
    expect(() => infiniteCell([54, 54], [1, 2])).toThrow('two sizes');
  });
});

/** Goryaeva et al., Phys. Rev. Materials 5, 103803 (2021), Table II: the lowest cluster is the triangle for n = 2, C15 for n = 4. */
describe.skipIf(!hasReference)('published potentials (needs ../shared)', () => {
  const ordering = (name: string, size: number) => {
    const iron = crystalOf(parsePot(sharedText(`potentials/milady/${name}.pot`), { file: name }), 'Fe', 'bcc', 2.84);
    const of = (names: string[]) =>
      names.map((defect) => ({ defect, energy: energyOf(iron, defect, size, { fmax: 1e-3 }).energy }));
    return ['2', '4'].map((n) => {
      const shapes = ['110', '111', 'C15', ...(n === '2' ? ['gao'] : [])].map((shape) => `I${n}-${shape}`);
      return of(shapes).sort((p, q) => p.energy - q.energy);
    });
  };

  it.each(['Fe_LML', 'Fe_QNML'])('%s: I2 and I4 in the order of the paper, 250 sites', (name) => {
    const [two, four] = ordering(name, 5);
    expect([two[0].defect, four[0].defect], JSON.stringify([two, four])).toEqual(['I2-gao', 'I4-C15']);
  });

  it.skipIf(!long).each(['Fe_LML', 'Fe_QNML'])(`%s: the same in 128 and 432 sites ${needsLong}`, (name) => {
    for (const size of [4, 6]) {
      const [two, four] = ordering(name, size);
      expect([two[0].defect, four[0].defect], JSON.stringify([two, four])).toEqual(['I2-gao', 'I4-C15']);
    }
  });

  it('W (Zhou 2004): the vacancy of LAMMPS, and what fcc Cu has', () => {
    const text = sharedText('potentials/lammps/W_zhou.eam.alloy');
    const tungsten = crystalOf(parseSetfl(text, { file: 'W_zhou.eam.alloy' }), 'W', 'bcc', 3.16);
    expect(Math.abs(energyOf(tungsten, 'vacancy', 5).energy - 3.5761490080590193)).toBeLessThan(1e-4);
    const alloy = parseSetfl(sharedText('potentials/lammps/CuNi.eam.alloy'), { file: 'CuNi.eam.alloy' });
    const copper = crystalOf(alloy, 'Cu', 'fcc', 3.61);
    const [vacancy, split, octahedral, pair] = ['vacancy', 'dumbbell-100', 'octahedral', 'V2-1nn'].map((name) =>
      energyOf(copper, name, 4, { cell: name === 'vacancy' }),
    );
    expect(vacancy.energy).toBeGreaterThan(1);
    expect(vacancy.relaxationVolume / (vacancy.cellRelaxation?.volume ?? 0)).toBeCloseTo(1, 1);
    expect(split.energy).toBeLessThan(octahedral.energy);
    // the divacancy is bound
    expect(pair.energy).toBeLessThan(2 * vacancy.energy);
  });
});
