import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gammaSurface, joulePerSquareMetre, surfaceEnergy } from '../src/analysis/surface.ts';
import { determinant, transformRows } from '../src/data/cell.ts';
import { displace } from '../src/data/defects.ts';
import { nearestAtom } from '../src/data/image.ts';
import { lattice } from '../src/data/lattice.ts';
import { planeBasis, slab, type Triple } from '../src/data/slab.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatExtxyz } from '../src/io/extxyz-write.ts';
import { readPotentialFile } from '../src/node/load.ts';
import { frenkel, scratch } from './support/cli.ts';

const file = '../shared/potentials/lammps/Fe_mm.eam.fs';
const iron = lattice({ kind: 'bcc', a: 2.855312, elements: ['Fe'] });
const zinc = lattice({ kind: 'hcp', a: 2.66, c: 4.95, elements: ['Zn'] });

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

describe('slabs', () => {
  const planes: Triple[] = [
    [1, 0, 0],
    [1, 1, 0],
    [1, -1, 1],
    [1, 1, -2],
    [3, 2, 1],
    [0, 0, -1],
    [5, -3, 7],
  ];
  it.each(planes)('(%i %i %i) have a whole lattice, its density and its sites', (...plane) => {
    for (const unit of [iron, zinc]) {
      const [u, v, w] = planeBasis(unit.cell, plane);
      expect(determinant([...u, ...v, ...w])).toBe(1);
      const { atoms, area, cells, axes } = slab(unit, plane, { thickness: 12 });
      expect(area * atoms.cell[8]).toBeCloseTo(cells * determinant(unit.cell) * 1, 6);
      expect(atoms.numbers).toHaveLength(unit.numbers.length * cells);
      expect(atoms.cell[8]).toBeGreaterThanOrEqual(12 - 1e-6);
      expect(atoms.pbc).toEqual([true, true, false]);
      expect(determinant(axes)).toBeCloseTo(1, 12);
      // turned back, every atom is on a site of the crystal
      const back = transformRows(atoms.positions, axes);
      for (let i = 0; i < atoms.numbers.length; i += 3) {
        expect(nearestAtom(unit, back.subarray(3 * i, 3 * i + 3)).distance).toBeLessThan(1e-7);
      }
      const alone = new Set(
        Array.from(atoms.numbers, (_, i) =>
          [...atoms.positions.subarray(3 * i, 3 * i + 3)].map((x) => x.toFixed(5)).join(),
        ),
      );
      expect(alone.size).toBe(atoms.numbers.length);
    }
  });

  it('refuse what is no plane or no crystal', () => {
    expect(() => slab(iron, [0, 0, 0], { thickness: 10 })).toThrow(/no plane/);
    expect(() => slab(iron, [1, 0.5, 0], { thickness: 10 })).toThrow(/no plane/);
    expect(() => slab({ ...iron, pbc: [true, true, false] }, [1, 0, 0], { thickness: 10 })).toThrow(/periodic/);
  });
});

// LAMMPS with its own lattices and the same file: (100) 1.790281 and 1.785252, … J/m²
const surfaces: [Triple, number, number][] = [
  [[1, 0, 0], 1.790281, 1.785252],
  [[1, 1, 0], 1.650694, 1.650599],
  [[1, 1, 1], 2.011558, 1.997924],
  [[1, 1, 2], 1.906457, 1.88694],
];

describe.skipIf(!existsSync(file))('planar defects of iron equal those of LAMMPS (needs ../shared)', () => {
  it.each(surfaces)('surface %j', (plane, unrelaxed, relaxed) => {
    const found = surfaceEnergy(engine, iron, readPotentialFile(file, { species: [26] }), plane);
    expect(found.unrelaxed * joulePerSquareMetre).toBeCloseTo(unrelaxed, 3);
    expect(found.relaxed * joulePerSquareMetre).toBeCloseTo(relaxed, 3);
  });

  it('γ-line of (112) along [11-1], in the twinning and the other sense', () => {
    const reference = [0.116598, 0.412904, 0.669925, 0.762733, 0.758042, 0.71538, 0.609354, 0.400197, 0.118015, 0];
    const options = { plane: [1, 1, 2] as Triple, intervals: [10], fmax: 1e-4 };
    const potential = readPotentialFile(file, { species: [26] });
    const one = gammaSurface(engine, iron, potential, { ...options, vectors: [[0.5, 0.5, -0.5]] });
    const energies = one.points.slice(1).map((point) => point.energy * joulePerSquareMetre);
    energies.forEach((energy, k) => {
      expect(Math.abs(energy - reference[k])).toBeLessThan(5e-4);
    });
  });
});

describe('γ-surfaces', () => {
  it('repeat with the lattice, have its symmetry, and bound the unrelaxed ones from below', () => {
    const potential = loadEmbedded('Fe-Ackland-2004');
    const shared = {
      plane: [1, 1, 0] as Triple,
      vectors: [
        [0, 0, 1],
        [-1, 1, 0],
      ] as Triple[],
      intervals: [4, 4],
      thickness: 20,
    };
    const relaxed = gammaSurface(engine, iron, potential, shared);
    const rigid = gammaSurface(engine, iron, potential, { ...shared, unrelaxed: true });
    expect(relaxed.points).toHaveLength(25);
    const at = (i: number, j: number) => relaxed.points[5 * i + j].energy;
    for (const [i, j] of [
      [0, 0],
      [4, 0],
      [0, 4],
      [2, 2],
      [4, 4],
    ]) {
      expect(Math.abs(at(i, j))).toBeLessThan(1e-5);
    }
    for (let k = 0; k <= 4; k++) {
      for (let l = 0; l <= 4; l++) {
        expect(at(k, l)).toBeCloseTo(at(4 - k, l), 4);
        expect(at(k, l)).toBeCloseTo(at(k, 4 - l), 4);
      }
    }
    // the zeros differ: the one has relaxed surfaces
    relaxed.points.forEach(({ energy }, k) => {
      expect(energy).toBeLessThan(rigid.points[k].energy + 1e-4);
    });
  });

  it('refuse vectors out of the plane and crystals that are not at rest', () => {
    const potential = loadEmbedded('Fe-Ackland-2004');
    const options = { plane: [1, 1, 0] as Triple, vectors: [[1, 1, 1]] as Triple[], intervals: [4] };
    expect(() => gammaSurface(engine, iron, potential, options)).toThrow(/does not lie in the plane/);
    const shaken = displace(iron, { sigma: 0.05 }, 1n);
    expect(() => surfaceEnergy(engine, shaken, potential, [1, 0, 0])).toThrow(/not at rest/);
  });
});

describe('frenkel surface, gamma-surface', () => {
  it('print and write what their help says', async () => {
    const where = scratch();
    writeFileSync(join(where, 'unit.xyz'), formatExtxyz(iron));
    const line = ['unit.xyz', '-p', 'Fe-Ackland-2004', '--threads', '1', '--json'];
    const surface = await frenkel(where, ['surface', ...line, '--plane', '110', '--plane', '1 0 0', '-o', 'slabs.xyz']);
    expect([surface.code, surface.stderr]).toEqual([0, '']);
    const found = JSON.parse(surface.stdout);
    expect(found.surfaces.map((s: { plane: number[] }) => s.plane)).toEqual([
      [1, 1, 0],
      [1, 0, 0],
    ]);
    expect(found.surfaces[0].relaxed).toBeLessThan(found.surfaces[1].relaxed);
    expect(readFileSync(join(where, 'slabs.xyz'), 'utf8').match(/surface_energy/g)).toHaveLength(2);
    const fault = ['--plane', '110', '--points', '4,3', '--svg', 'm.svg', '--csv', 'm.csv', '--unrelaxed'];
    const gamma = await frenkel(where, [
      'gamma-surface',
      ...line,
      ...fault,
      '--vector',
      '1/2[-111]',
      '--vector',
      '[0 0 1]',
    ]);
    expect([gamma.code, gamma.stderr]).toEqual([0, '']);
    expect(JSON.parse(gamma.stdout).points).toHaveLength(20);
    expect(readFileSync(join(where, 'm.csv'), 'utf8').trim().split('\n')).toHaveLength(21);
    expect(readFileSync(join(where, 'm.svg'), 'utf8')).toMatch(/^<svg[\s\S]*J\/m²[\s\S]*<\/svg>\n$/);
    const wrong = await frenkel(where, ['gamma-surface', ...line, '--plane', '110', '--vector', '1/2[111]']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('does not lie in the plane');
  });
});
