/** Phonons against closed forms, elastic constants, and phonopy fed with this engine's forces. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bandPath, conventional } from '../src/analysis/band-path.ts';
import { elasticConstants } from '../src/analysis/elastic.ts';
import { type ForceConstants, forceConstants } from '../src/analysis/force-constants.ts';
import type { Hessian } from '../src/analysis/hessian.ts';
import { crystalThermal, densityOfStates, imaginaryModes, meshFrequencies } from '../src/analysis/phonon-mesh.ts';
import { frequencies, phonons } from '../src/analysis/phonons.ts';
import { primitiveLattice } from '../src/analysis/primitive.ts';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { determinant } from '../src/data/cell.ts';
import { vacancy } from '../src/data/defects.ts';
import { InputError } from '../src/data/errors.ts';
import { lattice } from '../src/data/lattice.ts';
import { einsteinPotential } from '../src/data/potentials/harmonic.ts';
import { ljPotential } from '../src/data/potentials/lj.ts';
import { repeat } from '../src/data/supercell.ts';
import { forceToAcceleration } from '../src/data/units.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { forceConstantsText, phonopyParams } from '../src/io/phonopy.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const bcc = (a: number, element: string) => lattice({ kind: 'bcc', a, elements: [element] });
const terahertz = (curvature: number, mass: number) =>
  Math.sqrt((curvature / mass) * forceToAcceleration) / (2 * Math.PI);

describe('closed forms', () => {
  /** Cells of two masses in a row, joined by springs along x, as a supercell of `cells`. */
  function chain(cells: number, a: number, spring: number, masses: [number, number]): ForceConstants {
    const n = 2 * cells;
    const unit: Atoms = createAtoms({
      numbers: Uint8Array.of(11, 17),
      positions: Float64Array.of(0, 0, 0, a / 2, 0, 0),
      cell: Float64Array.of(a, 0, 0, 0, 9 * a, 0, 0, 0, 9 * a),
    });
    const blocks = new Float64Array(9 * n * n);
    for (let i = 0; i < n; i++) {
      for (const j of [(i + 1) % n, (i + n - 1) % n]) {
        blocks[9 * (i * n + j)] -= spring;
        blocks[9 * (i * n + i)] += spring;
      }
    }
    const hessian = {
      n,
      start: Int32Array.from({ length: n + 1 }, (_, i) => i * n),
      column: Int32Array.from({ length: n * n }, (_, k) => k % n),
      blocks,
    } as Hessian;
    return {
      unit,
      counts: [cells, 1, 1],
      primitive: primitiveLattice(unit),
      supercell: repeat(unit, [cells, 1, 1]),
      sites: Int32Array.of(0, 1),
      siteOf: Int32Array.from({ length: n }, (_, i) => i % 2),
      masses: Float64Array.from(masses),
      hessian,
    };
  }

  it('a chain of two masses, whose supercell shares a force constant between two images', () => {
    const [a, spring, m, M] = [3, 1.7, 23, 35.5];
    // in a supercell of one cell the neighbour is at ±a/2: both images carry half the force constant
    for (const cells of [1, 2, 5]) {
      const crystal = phonons(chain(cells, a, spring, [m, M]));
      for (const t of [0, 0.13, 0.25, 0.4, 0.5]) {
        const found = frequencies(engine, crystal, [t / a, 0, 0]);
        const sum = 1 / m + 1 / M;
        const root = Math.sqrt(sum ** 2 - (4 / (m * M)) * Math.sin(Math.PI * t) ** 2);
        expect(Math.abs(found[5] - terahertz(spring * (sum + root), 1))).toBeLessThan(1e-9);
        expect(Math.abs(found[4] - terahertz(spring * Math.max(0, sum - root), 1))).toBeLessThan(1e-6);
      }
    }
  });

  it('fcc with nearest neighbours along [100]', () => {
    const [epsilon, sigma, mass, a] = [0.0104, 3.4, 39.948, 5.3];
    const cutoff = 4.5;
    const d = (r: number) => {
      const s6 = (sigma / r) ** 6;
      return [(4 * epsilon * (-12 * s6 * s6 + 6 * s6)) / r, (4 * epsilon * (156 * s6 * s6 - 42 * s6)) / (r * r)];
    };
    const r = a / Math.SQRT2;
    const [t, k] = [(d(r)[0] - d(cutoff)[0]) / r, d(r)[1]];
    const potential = ljPotential({ species: [18], epsilon, sigma, cutoff, shift: 'force' });
    const unit = { ...lattice({ kind: 'fcc', a, elements: ['Ar'] }), masses: new Float64Array(4).fill(mass) };
    const constants = forceConstants(engine, unit, potential, { supercell: [2, 2, 2] });
    expect(constants.hessian.displaced).toBe(1);
    expect(constants.primitive.copies).toBe(4);
    const crystal = phonons(constants);
    for (const x of [0.1, 0.35, 0.5, 0.8, 1]) {
      const found = frequencies(engine, crystal, [0, x / a, 0]);
      const factor = 1 - Math.cos(Math.PI * x);
      const expected = [2 * k + 6 * t, 2 * k + 6 * t, 4 * (k + t)].map((c) => terahertz(c * factor, mass));
      expected.forEach((value, i) => {
        expect(Math.abs(found[i] - value)).toBeLessThan(1e-5);
      });
    }
  });
});

describe('near Γ', () => {
  it('three modes at rest, and the speeds of sound of the elastic constants', () => {
    const a = 3.1652;
    const potential = loadEmbedded('W-AT-1987');
    const mass = 183.84;
    const unit = { ...bcc(a, 'W'), masses: new Float64Array(2).fill(mass) };
    const C = elasticConstants(createSystem(engine, unit, potential)).C;
    const [c11, c12, c44] = [C[0], C[1], C[21]];
    const crystal = phonons(forceConstants(engine, unit, potential, { supercell: [6, 6, 6] }));
    expect(Math.max(...frequencies(engine, crystal, [0, 0, 0]).map(Math.abs))).toBeLessThan(1e-4);
    // density in amu/Å^3; v² in eV/amu
    const density = (2 * mass) / a ** 3;
    const slopes = (direction: number[]) => {
      const length = 0.01 / a;
      const size = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0));
      const q = direction.map((x) => (x / size) * length);
      return [...frequencies(engine, crystal, q)].map((nu) => nu / length);
    };
    const speed = (modulus: number) => Math.sqrt((modulus / density) * forceToAcceleration);
    const compare = (direction: number[], moduli: number[]) => {
      const expected = moduli.map(speed).sort((x, y) => x - y);
      slopes(direction).forEach((v, i) => {
        expect(Math.abs(v / expected[i] - 1)).toBeLessThan(0.01);
      });
    };
    compare([1, 0, 0], [c44, c44, c11]);
    compare([1, 1, 0], [(c11 - c12) / 2, c44, (c11 + c12 + 2 * c44) / 2]);
    compare([1, 1, 1], [(c11 - c12 + c44) / 3, (c11 - c12 + c44) / 3, (c11 + 2 * c12 + 4 * c44) / 3]);
  });
});

describe('the path and the mesh', () => {
  it('finds the special points whatever the cell', () => {
    for (const kind of ['sc', 'bcc', 'fcc', 'hcp'] as const) {
      const unit = lattice({ kind, a: 3, elements: ['Fe'] });
      for (const cell of [unit, repeat(unit, [2, 1, 1])]) {
        const { cell: primitive, copies } = primitiveLattice(cell);
        expect(Math.abs(determinant(primitive) * copies - determinant(cell.cell))).toBeLessThan(1e-9);
        const found = conventional(primitive);
        expect(found?.kind).toBe(kind);
        if (kind !== 'hcp') {
          Array.from(found?.cell ?? []).forEach((x, k) => {
            expect(Math.abs(x - (k % 4 === 0 ? 3 : 0))).toBeLessThan(1e-9);
          });
        }
        expect(bandPath(primitive, unit.cell).ticks[0]).toEqual({ at: 0, label: 'Γ' });
      }
    }
    const { cell } = primitiveLattice(bcc(3, 'Fe'));
    const path = bandPath(cell, bcc(3, 'Fe').cell, { path: 'G H | 1/2,1/2,0 P', points: 3 });
    expect(path.ticks.map((t) => t.label)).toEqual(['Γ', 'H|1/2,1/2,0', 'P']);
    expect(Array.from(path.segments[1].q).map((x) => Math.round(12 * x))).toEqual([2, 2, 0, 2, 2, 1, 2, 2, 2]);
    for (const wrong of ['G X', 'G', 'G G', 'G 1/0,0,0', 'H 0,0']) {
      expect(() => bandPath(cell, cell, { path: wrong })).toThrow(InputError);
    }
    expect(() => bandPath(cell, cell, { lattice: 'fcc' })).toThrow(/bcc/);
  });

  it('a primitive and a cubic cell give the same crystal; the DOS has three states per atom', () => {
    const potential = loadEmbedded('Fe-FS-1984');
    const unit = bcc(2.8665, 'Fe');
    const h = unit.cell[0] / 2;
    const primitive = createAtoms({
      numbers: Uint8Array.of(26),
      positions: new Float64Array(3),
      cell: Float64Array.of(-h, h, h, h, -h, h, h, h, -h),
    });
    const cubic = phonons(forceConstants(engine, unit, potential, { supercell: [4, 4, 4] }));
    // the supercells differ, but both are wider than twice the range of the forces
    const other = phonons(forceConstants(engine, primitive, potential, { supercell: [8, 8, 8] }));
    const wide = phonons(forceConstants(engine, unit, potential, { supercell: [6, 6, 6] }));
    for (const q of [
      [0.11, 0.02, 0.2],
      [0.5, 0.5, 0],
    ].map((v) => v.map((x) => x / (2 * h)))) {
      const [x, y] = [frequencies(engine, other, q), frequencies(engine, wide, q)];
      x.forEach((value, i) => {
        expect(Math.abs(value - y[i])).toBeLessThan(1e-6);
      });
    }
    const mesh = meshFrequencies(engine, cubic, [8, 8, 8]);
    expect(imaginaryModes(mesh)).toBe(0);
    const { frequency, density } = densityOfStates(mesh, { width: 0.1 });
    const integral = density.reduce((sum, g) => sum + g, 0) * (frequency[1] - frequency[0]);
    expect(Math.abs(integral - 3)).toBeLessThan(1e-4);
    const [cold, hot] = crystalThermal(mesh, [0, 50000]);
    expect([cold.entropy, cold.heatCapacity]).toEqual([0, 0]);
    expect(Math.abs(hot.heatCapacity - 3)).toBeLessThan(1e-4); // Dulong and Petit
    const [low, mid, high] = crystalThermal(mesh, [299, 300, 301]);
    expect(Math.abs(mid.heatCapacity / ((300 * (high.entropy - low.entropy)) / 2) - 1)).toBeLessThan(1e-5);
    // what is around Γ counts: a mesh that leaves out its translations is 0.02 k_B short here
    const [fine] = crystalThermal(meshFrequencies(engine, cubic, [16, 16, 16]), [300]);
    expect(Math.abs(mid.entropy - fine.entropy)).toBeLessThan(4e-3);
    expect(Math.abs(mid.free - fine.free)).toBeLessThan(1e-4);
  });

  it('refuses what has no phonons', () => {
    const potential = loadEmbedded('Fe-Ackland-2004');
    const unit = bcc(2.86, 'Fe');
    const small = { supercell: [2, 2, 2] as const };
    expect(() => forceConstants(engine, { ...unit, pbc: [true, true, false] }, potential, small)).toThrow(/periodic/);
    expect(() => forceConstants(engine, { ...unit, fixed: Uint8Array.of(1, 0, 0, 0, 0, 0) }, potential)).toThrow(
      /held/,
    );
    const defect = vacancy(repeat(unit, [2, 2, 2]), 0);
    expect(() => forceConstants(engine, defect, potential, { supercell: [1, 1, 1] })).toThrow(/at rest/);
    const einstein = einsteinPotential(unit, 1);
    expect(() => forceConstants(engine, unit, einstein, { supercell: [1, 1, 1] })).toThrow(InputError);
  });
});

const python = '/usr/bin/python3';
function hasPhonopy(): boolean {
  try {
    execFileSync(python, ['-c', 'import phonopy'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
const there = hasPhonopy();

describe.skipIf(!there && process.env.CI !== 'true')('phonopy (needs /usr/bin/python3 with python3-phonopy)', () => {
  const ask = (task: string, input: unknown) =>
    JSON.parse(
      execFileSync(python, ['test/support/ask_phonopy.py', task], { input: JSON.stringify(input), encoding: 'utf8' }),
    );
  const nested = (values: ArrayLike<number>) =>
    Array.from({ length: values.length / 3 }, (_, i) => [values[3 * i], values[3 * i + 1], values[3 * i + 2]]);
  const half = [
    [-0.5, 0.5, 0.5],
    [0.5, -0.5, 0.5],
    [0.5, 0.5, -0.5],
  ];
  const hcpIron = lattice({ kind: 'hcp', a: 2.47, c: 4.01, elements: ['Fe'] });
  const identity = [0, 1, 2].map((i) => [0, 1, 2].map((j) => Number(i === j)));
  const cases = [
    { name: 'Fe-FS-1984', unit: bcc(2.8665, 'Fe'), supercell: [4, 4, 4] as const, primitive: half },
    { name: 'Fe-Ackland-2004', unit: bcc(2.85531274900052, 'Fe'), supercell: [3, 3, 3] as const, primitive: half },
    { name: 'W-AT-1987', unit: bcc(3.1652, 'W'), supercell: [4, 4, 4] as const, primitive: half },
    // two atoms in the primitive cell, a skew cell, images shared by up to three cells
    { name: 'Fe-FS-1984', unit: hcpIron, supercell: [4, 4, 2] as const, primitive: identity },
  ].map(({ name, unit, supercell, primitive }) => {
    const mass = unit.numbers[0] === 26 ? 55.845 : 183.84;
    const masses = new Float64Array(2).fill(mass);
    const a = unit.cell[0];
    const q = [
      [0, 0, 0],
      [1, 0, 0],
      [0.5, 0.5, 0],
      [0.5, 0.5, 0.5],
      [0.25, 0, 0],
      [0.31, 0.17, 0.05],
      [-0.4, 0.21, 0.66],
    ].map((v) => v.map((x) => x / a));
    const input = {
      symbols: [...unit.numbers].map((z) => (z === 26 ? 'Fe' : 'W')),
      positions: nested(unit.positions),
      cell: nested(unit.cell),
      masses: [...masses],
      supercell,
      primitive,
      step: 1e-3,
      q,
      mesh: [8, 8, 8],
      temperatures: [50, 300, 1000],
    };
    return { potential: loadEmbedded(name), unit: { ...unit, masses }, supercell, input };
  });

  function compare(crystal: ReturnType<typeof phonons>, q: number[][], expected: number[][]): void {
    q.forEach((point, i) => {
      const found = frequencies(engine, crystal, point);
      expect(found).toHaveLength(expected[i].length);
      found.forEach((value, k) => {
        expect(Math.abs(value - expected[i][k]), `q ${point}, branch ${k}`).toBeLessThan(1e-4);
      });
    });
  }

  it('gets the same frequencies and thermal properties from the forces of this engine, and from the files', () => {
    expect(there).toBe(true);
    const displaced = ask(
      'displaced',
      cases.map((c) => c.input),
    );
    const fed = cases.map(({ input, unit, potential }, i) => ({
      ...input,
      forces: displaced[i].map(({ positions, cell }: { positions: number[]; cell: number[] }) => {
        const mark = engine.mark();
        const numbers = new Uint8Array(positions.length / 3).fill(unit.numbers[0]);
        const atoms = createAtoms({ numbers, positions: Float64Array.from(positions), cell: Float64Array.from(cell) });
        const system = createSystem(engine, atoms, potential);
        system.evaluate();
        const forces = [...system.f];
        engine.release(mark);
        return forces;
      }),
    }));
    const answers = ask('frequencies', fed);
    const files = cases.map(({ input, unit, supercell, potential }, i) => {
      const constants = forceConstants(engine, unit, potential, { supercell });
      const crystal = phonons(constants);
      compare(crystal, input.q, answers[i].frequencies);
      if (i === 0 || i === 3) {
        const [, free, entropy, heat] = answers[i].thermal;
        // kJ/mol and J/K/mol
        const mole = 96.48533212331;
        const gas = 8.31446261815324;
        const mesh = meshFrequencies(engine, crystal, [8, 8, 8]);
        crystalThermal(mesh, input.temperatures).forEach((thermal, t) => {
          expect(Math.abs((thermal.free * mole) / free[t] - 1)).toBeLessThan(1e-4);
          expect(Math.abs((thermal.entropy * gas) / entropy[t] - 1)).toBeLessThan(1e-4);
          expect(Math.abs((thermal.heatCapacity * gas) / heat[t] - 1)).toBeLessThan(1e-4);
        });
      }
      const folder = mkdtempSync(join(tmpdir(), 'frenkel-phonopy-'));
      const text = [...forceConstantsText(2, supercell, constants.hessian)].join('');
      writeFileSync(join(folder, 'FORCE_CONSTANTS'), text);
      const params = phonopyParams(unit, supercell, constants.primitive.fractions, unit.masses);
      writeFileSync(join(folder, 'phonopy_params.yaml'), params);
      return { ...input, folder, crystal };
    });
    const some = [files[1], files[3]];
    const read = ask(
      'files',
      some.map(({ crystal, ...input }) => input),
    );
    some.forEach(({ crystal, q }, i) => {
      compare(crystal, q, read[i].frequencies);
    });
  });
});
