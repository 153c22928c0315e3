import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnMap } from '../src/analysis/differential-displacement.ts';
import { elasticConstants } from '../src/analysis/elastic.ts';
import type { Atoms } from '../src/data/atoms.ts';
import { determinant } from '../src/data/cell.ts';
import { displace } from '../src/data/defects.ts';
import { dipole } from '../src/data/dislocation-dipole.ts';
import type { Potential } from '../src/data/potential.ts';
import { screwAxes, screwCentres, screwDipole, screwDipoleField } from '../src/data/screw-dipole.ts';
import { cubicVoigt, dislocationField, elasticTensor, rotateTensor } from '../src/data/stroh.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { minimize } from '../src/methods/minimize.ts';
import { readPotentialFile } from '../src/node/load.ts';
import { startNeb, stepNeb } from '../src/tasks/neb.ts';
import { describeNeb } from '../src/tasks/neb-result.ts';
import { bcc, relaxedCrystal } from './support/crystals.ts';
import { long, needsLong } from './support/long.ts';

const folder = '../shared/potentials/milady';
const C = cubicVoigt(522, 204, 160);
const a = 3.18;
const [step, row, b] = [a * Math.sqrt(2 / 3), a / Math.sqrt(2), (a * Math.sqrt(3)) / 2];

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

describe('field of a dipole in a periodic cell', () => {
  it('repeats but for the tilt, which is the published one of the 135-atom cell', () => {
    const { tilt, displacement } = screwDipoleField({ z: 74, a, C });
    // C1 = n u1 + u3/3m, C2 = n/2 u1 + m u2 + (1/6m − 1/2) u3 with n = 5, m = 9, in another handedness
    expect(tilt[0][2] / b).toBeCloseTo(1 / 27, 12);
    expect(tilt[1][2] / b).toBeCloseTo(1 / 54 - 1 / 2, 12);
    const periods = [
      [15 * step, 0],
      [7.5 * step, 9 * row],
    ];
    for (const [x, y] of [
      [1, 2],
      [20, 9],
      [15.2, 10.3],
    ]) {
      periods.forEach(([px, py], k) => {
        const [here, there] = [displacement(x, y), displacement(x + px, y + py)];
        for (let c = 0; c < 3; c++) expect(Math.abs(there[c] - here[c] - tilt[k][c])).toBeLessThan(1e-9);
      });
    }
  });

  it('is smooth from cell to cell', () => {
    const { displacement } = screwDipoleField({ z: 74, a, C });
    const [[x, y], [p, q]] = screwCentres({ z: 74, a, C });
    const [cx, cy] = [(x + p) / 2, (y + q) / 2];
    for (const side of [-0.4, -0.1, 0.2]) {
      const [fx, fy] = [cx + 7.5 * step + side * 7.5 * step, cy + side * 9 * row];
      const [before, after] = [displacement(fx - 1e-6, fy), displacement(fx + 1e-6, fy)];
      for (let c = 0; c < 3; c++) expect(Math.abs(after[c] - before[c])).toBeLessThan(3e-4);
    }
  });

  it('jumps by b across the line between the dislocations, and nowhere else', () => {
    const tensor = rotateTensor(elasticTensor(C), screwAxes());
    const field = dislocationField(tensor, [1, 0.5, 2]);
    const { displacement } = dipole({
      field,
      first: [5, 5],
      second: [15, 6],
      periods: [
        [20, 0],
        [1, 18],
      ],
      images: 8,
    });
    const across = (x: number) => {
      const y = 5 + (x - 5) / 10;
      const [above, below] = [displacement(x, y + 1e-7), displacement(x, y - 1e-7)];
      return below.map((u, c) => u - above[c]);
    };
    for (const x of [6, 10, 14]) {
      across(x).forEach((jump, c) => {
        expect(jump).toBeCloseTo([1, 0.5, 2][c], 5);
      });
    }
    for (const x of [3, 17]) for (const value of across(x)) expect(Math.abs(value)).toBeLessThan(1e-5);
  });
});

/** Relaxes; energy above the crystal, where the cores are, in columns and rows, and shear stresses, eV/Å³. */
function relaxed(atoms: Atoms, potential: Potential, a0: number, bulk: number) {
  const mark = engine.mark();
  const system = createSystem(engine, atoms, potential);
  const end = minimize(system, 'lbfgs', { fmax: 1e-3, steps: 500 });
  const volume = Math.abs(determinant(system.cell));
  const { cores } = columnMap(system.snapshot(), a0);
  const found = {
    status: end.status,
    energy: end.energy - bulk * atoms.numbers.length,
    cores,
    shear: Math.max(Math.abs(system.virial[3]), Math.abs(system.virial[4])) / volume,
  };
  engine.release(mark);
  return found;
}

describe('dipole of screws in bcc', () => {
  it('has its atoms, its cores where they were asked for, and the crystal between', () => {
    for (const size of [
      [15, 9],
      [21, 11],
    ] as [number, number][]) {
      const atoms = screwDipole({ z: 74, a, C, size, length: 2 });
      expect(atoms.numbers).toHaveLength(2 * size[0] * size[1]);
      expect(Math.abs(determinant(atoms.cell)) / atoms.numbers.length).toBeCloseTo(a ** 3 / 2, 9);
      const { cores } = columnMap(screwDipole({ z: 74, a, C, size }), a);
      const centres = screwCentres({ z: 74, a, C, size });
      expect(cores.map((core) => core.sign).sort()).toEqual([-1, 1]);
      for (const { x, y, sign } of cores) {
        const [cx, cy] = centres[sign > 0 ? 0 : 1];
        expect(Math.abs(x - cx) + Math.abs(y - cy)).toBeLessThan(0.3);
      }
    }
  });

  it('relaxes to the easy core, which random displacements do not change, in iron (EAM)', () => {
    const potential = loadEmbedded('Fe-Ackland-2004');
    const { a0, energy } = relaxedCrystal(engine, potential, 2.855);
    const mark = engine.mark();
    const { C: found } = elasticConstants(createSystem(engine, bcc(potential, a0), potential));
    engine.release(mark);
    const spec = { z: 26, a: a0, C: found };
    const quiet = relaxed(screwDipole(spec), potential, a0, energy);
    const shaken = relaxed(displace(screwDipole(spec), { sigma: 0.05 }, 3n), potential, a0, energy);
    const moved = relaxed(screwDipole({ ...spec, shift: 1 }), potential, a0, energy);
    expect(quiet.status).toBe('converged');
    expect(quiet.energy).toBeCloseTo(2.3865, 3);
    expect(shaken.energy).toBeCloseTo(quiet.energy, 3);
    expect(moved.energy).toBeCloseTo(quiet.energy, 6);
    // 0.1 GPa: the tilt is right in size and sign
    expect(quiet.shear).toBeLessThan(0.1 / 160.2);
    const [first, second] = screwCentres(spec);
    for (const { cores } of [quiet, shaken]) {
      expect(cores).toHaveLength(2);
      for (const { x, y, sign } of cores) {
        const [cx, cy] = sign > 0 ? first : second;
        expect(Math.abs(x - cx) + Math.abs(y - cy)).toBeLessThan(0.3);
      }
    }
  });

  it('refuses sizes that do not close', () => {
    expect(() => screwDipole({ z: 74, a, C, size: [14, 9] })).toThrow(/odd/);
    expect(() => screwDipole({ z: 74, a, C, size: [17, 9] })).toThrow(/multiple of 3/);
    expect(() => screwDipole({ z: 74, a: -1, C })).toThrow(/lattice constant/);
  });
});

// eV per Burgers vector and dislocation. Single humps near first-principles values (W 0.09, Fe 0.035 to 0.04).
const barriers: [string, number, number, number][] = [
  ['W_LML', 74, 3.19, 0.0907],
  ['W_QNML', 74, 3.19, 0.0898],
  ['Fe_LML', 26, 2.83, 0.0384],
  ['Fe_QNML', 26, 2.83, 0.0415],
];

describe.skipIf(!existsSync(folder))(`Peierls barriers (needs ../shared), but for one ${needsLong}`, () => {
  it.each(long ? barriers : barriers.slice(0, 1))('%s: one hump in the 135-atom cell', (name, z, guess, barrier) => {
    const potential = readPotentialFile(`${folder}/${name}.pot`);
    const { a0 } = relaxedCrystal(engine, potential, guess);
    const mark = engine.mark();
    const { C: found } = elasticConstants(createSystem(engine, bcc(potential, a0), potential));
    engine.release(mark);
    const spec = { z, a: a0, C: found };
    const neb = startNeb(engine, {
      atoms: screwDipole(spec),
      last: screwDipole({ ...spec, shift: 1 }),
      potential,
      skin: 0.5,
      options: {
        images: 9,
        maxImages: 9,
        method: 'lbfgs',
        fmax: 5e-3,
        steps: 400,
        spring: 1,
        interpolate: 'linear',
        climb: 'highest',
        climbBelow: 0.05,
        relaxEnds: true,
        keepOrder: true,
      },
    });
    while (neb.state.stage !== 'done') stepNeb(neb);
    const result = describeNeb(neb);
    engine.release(neb.mark);
    expect(result.converged).toBe(true);
    expect(result.saddles).toHaveLength(1);
    expect(result.barrier / 2).toBeCloseTo(barrier, 3);
    expect(result.reverseBarrier).toBeCloseTo(result.barrier, 4);
  });
});
