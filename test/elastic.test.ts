/** Elastic constants and equations of state against closed forms, LAMMPS, MILADY, and energies differenced separately. */
import { beforeAll, describe, expect, it } from 'vitest';
import { elasticConstants, relaxCell } from '../src/analysis/elastic.ts';
import { elasticFromEnergies } from '../src/analysis/elastic-energy.ts';
import { birchMurnaghan, energyVolume } from '../src/analysis/equation-of-state.ts';
import { moduli } from '../src/analysis/moduli.ts';
import { fitPolynomial, polynomialAt } from '../src/analysis/polynomial.ts';
import { eigenSmall } from '../src/analysis/symmetric-small.ts';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { multiply, transformRows } from '../src/data/cell.ts';
import { InputError, PhysicsError } from '../src/data/errors.ts';
import { lattice } from '../src/data/lattice.ts';
import { ljPotential } from '../src/data/potentials/lj.ts';
import { supercell } from '../src/data/supercell.ts';
import { gpaPerPressure } from '../src/data/units.ts';
import { voigt } from '../src/data/voigt.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { parsePot } from '../src/io/milady.ts';
import { withSystem } from '../src/verify/evaluate.ts';
import { bcc, relaxedCrystal } from './support/crystals.ts';
import { hasReference, sharedText } from './support/reference.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const gpa = (C: ArrayLike<number>) => Array.from(C, (c) => c * gpaPerPressure);
const iron = loadEmbedded('Fe-Ackland-2004');
/** LAMMPS, zero pressure: static-properties.json. */
const a0 = 2.85531274900052;
const bccIron = lattice({ kind: 'bcc', a: a0, elements: ['Fe'] });
const argon = ljPotential({ species: [18], epsilon: 0.0104, sigma: 3.4, cutoff: 8.7, shift: 'force' });

const cubic = (c11: number, c12: number, c44: number) =>
  Float64Array.from({ length: 36 }, (_, k) => {
    const [i, j] = [Math.floor(k / 6), k % 6];
    if (i === j) return i < 3 ? c11 : c44;
    return i < 3 && j < 3 ? c12 : 0;
  });

const indexOf = (a: number, b: number) => voigt.findIndex(([i, j]) => (i === a && j === b) || (i === b && j === a));

/** The tensor c_ijkl in axes whose rows are R. */
function rotated(C: ArrayLike<number>, R: number[][]): Float64Array {
  const three = [0, 1, 2];
  return Float64Array.from({ length: 36 }, (_, at) => {
    const [[i, j], [k, l]] = [voigt[Math.floor(at / 6)], voigt[at % 6]];
    let sum = 0;
    for (const a of three)
      for (const b of three)
        for (const c of three)
          for (const d of three) sum += R[i][a] * R[j][b] * R[k][c] * R[l][d] * C[6 * indexOf(a, b) + indexOf(c, d)];
    return sum;
  });
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(expected.length);
  const off = Array.from(found, (value, k) => Math.abs(value - expected[k]));
  expect(Math.max(...off), `${Array.from(found, (value) => value.toFixed(4)).join(' ')}`).toBeLessThan(tolerance);
}

/** hcp argon, four atoms in an orthorhombic cell, relaxed. */
function hcp(): Atoms {
  const [a, c] = [3.77, 3.77 * Math.sqrt(8 / 3)];
  const b = a * Math.sqrt(3);
  const sites = [0, 0, 0, a / 2, b / 2, 0, a / 2, b / 6, c / 2, 0, (2 * b) / 3, c / 2];
  return createAtoms({
    numbers: Uint8Array.of(18, 18, 18, 18),
    positions: Float64Array.from(sites),
    cell: Float64Array.of(a, 0, 0, 0, b, 0, 0, 0, c),
  });
}

describe('elasticConstants', () => {
  it('of bcc iron are those of LAMMPS, whatever cell describes the crystal', () => {
    const expected = cubic(243.35073461953502, 145.12942205715302, 116.22574739490301);
    const cells = [
      bccIron,
      supercell(bccIron, [0, 1, 1, 1, 0, 1, 1, 1, 0]),
      supercell(bccIron, [1, 1, 0, 0, 2, 1, 0, 0, 1]),
    ];
    for (const atoms of cells) {
      withSystem(engine, atoms, iron, (system) => {
        const found = elasticConstants(system);
        expectClose(gpa(found.C), expected, 0.01);
        expectClose(gpa(found.stress), new Float64Array(6), 1e-6);
        expect(system.cell).toEqual(atoms.cell);
        expect(system.x).toEqual(atoms.positions);
      });
    }
  });

  it('turn with the crystal as a tensor', () => {
    const [c, s] = [Math.cos(0.4), Math.sin(0.4)];
    const turn = multiply([c, s, 0, -s, c, 0, 0, 0, 1], [1, 0, 0, 0, s, c, 0, -c, s]);
    // x' = x·turn: the axes of the turned crystal are the columns
    const R = [0, 1, 2].map((i) => [0, 1, 2].map((k) => turn[3 * k + i]));
    const upright = lattice({ kind: 'fcc', a: 5.25, elements: ['Ar'] });
    const turned = {
      ...upright,
      cell: multiply(upright.cell, turn),
      positions: transformRows(upright.positions, turn),
    };
    const [first, second] = [upright, turned].map((atoms) =>
      withSystem(engine, atoms, argon, (system) => {
        relaxCell(system, 1e-10);
        return { C: gpa(elasticConstants(system).C), far: elasticFromEnergies(system, { strain: 0.001 }) };
      }),
    );
    expectClose(second.C, rotated(first.C, R), 1e-5);
    expect([first.far.convention, second.far.convention]).toEqual(['cubic', 'general']);
    expectClose(gpa(second.far.C), rotated(first.C, R), 1e-3);
  });

  it('of hcp argon: atoms relaxed, symmetric as a hexagon, equal to energies differenced here', () => {
    withSystem(engine, hcp(), argon, (system) => {
      expect(relaxCell(system, 1e-9)).toBeLessThan(1e-8);
      const [relaxed, clamped] = [elasticConstants(system), elasticConstants(system, { relax: false })];
      const C = gpa(relaxed.C);
      expectClose([C[0], C[2], C[21], C[35]], [C[7], C[8], C[28], (C[0] - C[1]) / 2], 2e-4);
      expect(gpa([relaxed.asymmetry])[0]).toBeLessThan(2e-4);
      // the two sublattices slide: softer in the basal plane only
      expect(gpa(clamped.C)[35] - C[35]).toBeGreaterThan(0.01);
      expectClose(
        [C[14], C[21]],
        [14, 21].map((k) => gpa(clamped.C)[k]),
        1e-3,
      );
      const energies = elasticFromEnergies(system, { strain: 2e-3 });
      expectClose(gpa(energies.C), C, 0.01);
    });
  });

  it('of fcc argon obey the Cauchy relation of pair forces at zero pressure', () => {
    const atoms = lattice({ kind: 'fcc', a: 5.26, elements: ['Ar'] });
    withSystem(engine, atoms, argon, (system) => {
      relaxCell(system, 1e-10);
      const { C } = elasticConstants(system);
      expect(Math.abs(C[1] / C[21] - 1)).toBeLessThan(1e-4);
    });
  });

  it('report the stress of a start that has one, and refuse cells that are not periodic', () => {
    const a = 1.001 * a0;
    withSystem(engine, lattice({ kind: 'bcc', a, elements: ['Fe'] }), iron, (system) => {
      const { stress } = elasticConstants(system);
      expect(gpa(stress)[0]).toBeCloseTo(3 * 177.87 * 0.001, 1);
      expect(relaxCell(system)).toBeLessThan(1e-6);
      expect(Math.abs(system.cell[0] - a0)).toBeLessThan(1e-6);
    });
    withSystem(engine, { ...bccIron, pbc: [true, true, false] }, iron, (system) => {
      expect(() => elasticConstants(system)).toThrow(InputError);
    });
    withSystem(engine, bccIron, iron, (system) => {
      for (const strain of [0, -1, 0.5, Number.NaN])
        expect(() => elasticConstants(system, { strain })).toThrow(InputError);
    });
  });
});

describe('moduli', () => {
  it('of a cubic matrix are the closed forms', () => {
    const [c11, c12, c44] = [243, 145, 116];
    const m = moduli(cubic(c11, c12, c44));
    expectClose(m.eigenvalues, [98, 98, 116, 116, 116, 533], 1e-10);
    expectClose([m.voigt.bulk, m.reuss.bulk, m.hill.bulk], [533 / 3, 533 / 3, 533 / 3], 1e-10);
    const [v, r] = [(c11 - c12 + 3 * c44) / 5, (5 * (c11 - c12) * c44) / (4 * c44 + 3 * (c11 - c12))];
    expectClose([m.voigt.shear, m.reuss.shear, m.hill.shear], [v, r, (v + r) / 2], 1e-10);
    expect(m.anisotropy).toBeCloseTo(5 * (v / r - 1), 12);
    expect(m.stable).toBe(true);
    expect(moduli(cubic(c11, 250, c44)).stable).toBe(false);
  });

  it('of an isotropic matrix have one shear modulus and no anisotropy', () => {
    const [bulk, shear] = [100, 40];
    const m = moduli(cubic(bulk + (4 / 3) * shear, bulk - (2 / 3) * shear, shear));
    expectClose(
      [m.hill.young, m.hill.poisson, m.anisotropy],
      [(9 * bulk * shear) / (3 * bulk + shear), 11 / 34, 0],
      1e-10,
    );
  });
});

describe('small algebra', () => {
  it('eigenSmall: A v = λ v, ascending', () => {
    const n = 7;
    const A = Float64Array.from({ length: n * n }, (_, k) => {
      const [i, j] = [Math.floor(k / n), k % n];
      return 1 / (1 + i + j) + (i === j ? i % 3 : 0);
    });
    const { values, vectors } = eigenSmall(A, n);
    expect([...values]).toEqual([...values].sort((a, b) => a - b));
    for (let k = 0; k < n; k++) {
      const v = vectors.subarray(n * k, n * k + n);
      const Av = Array.from({ length: n }, (_, i) => v.reduce((sum, x, j) => sum + A[n * i + j] * x, 0));
      expectClose(
        Av,
        Array.from(v, (x) => values[k] * x),
        1e-13,
      );
      expect(v.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 13);
    }
  });

  it('fitPolynomial: a cubic comes back with its derivatives, far from the origin too', () => {
    const f = (x: number) => 2 + 3 * (x - 1000) - 0.5 * (x - 1000) ** 2 + 0.1 * (x - 1000) ** 3;
    const x = Array.from({ length: 9 }, (_, k) => 998 + k / 2);
    const p = fitPolynomial(x, x.map(f), 3);
    expectClose(
      [0, 1, 2, 3].map((d) => polynomialAt(p, 1000, d)),
      [2, 3, -1, 0.6],
      1e-9,
    );
    expect(p.rms).toBeLessThan(1e-12);
    expect(() => fitPolynomial([1, 1, 1], [1, 2, 3], 1)).toThrow(InputError);
  });
});

describe('equation of state', () => {
  /** Birch's form, written as in his paper. */
  const birch = (v: number, v0: number, e0: number, b: number, d: number) => {
    const y = (v0 / v) ** (2 / 3);
    return e0 + ((9 * v0 * b) / 16) * ((y - 1) ** 3 * d + (y - 1) ** 2 * (6 - 4 * y));
  };

  it('finds the parameters of exact data, and their pressure', () => {
    const volumes = Array.from({ length: 9 }, (_, k) => 10.5 + 0.3 * k);
    const fit = birchMurnaghan(
      volumes,
      volumes.map((v) => birch(v, 11.7, -4, 1.1, 4.6)),
    );
    expectClose([fit.volume, fit.energy, fit.bulk, fit.derivative], [11.7, -4, 1.1, 4.6], 1e-9);
    const slope = (birch(12.0001, 11.7, -4, 1.1, 4.6) - birch(11.9999, 11.7, -4, 1.1, 4.6)) / 2e-4;
    expect(fit.at(12).pressure).toBeCloseTo(-slope, 8);
    expect(fit.at(12).energy).toBeCloseTo(birch(12, 11.7, -4, 1.1, 4.6), 11);
  });

  it('of argon: volume, bulk modulus and B′ as stress differences have them', () => {
    const atoms = lattice({ kind: 'fcc', a: 5.26, elements: ['Ar'] });
    withSystem(engine, atoms, argon, (system) => {
      const points = energyVolume(system, { strain: [-0.01, 0.02], points: 13 });
      const fit = birchMurnaghan(
        points.map((p) => p.volume),
        points.map((p) => p.energy),
      );
      // the pressure of the virial knows nothing of the fit
      for (const { volume, pressure } of points)
        expect(Math.abs(fit.at(volume).pressure - pressure)).toBeLessThan(2e-5);
      relaxCell(system, 1e-9);
      const volume = system.cell[0] ** 3;
      expect(Math.abs(fit.volume / volume - 1)).toBeLessThan(1e-4);
      // B(P) by differences of pressures: B at zero pressure, and its slope
      const at = (strain: number) => energyVolume(system, { strain: [strain, 0.1], points: 5 })[0];
      const bulkAt = (strain: number) => {
        const [plus, here, minus] = [1e-4, 0, -1e-4].map((e) => at(strain + e));
        return { bulk: (-here.volume * (plus.pressure - minus.pressure)) / (plus.volume - minus.volume), ...here };
      };
      const [low, zero, high] = [-1e-3, 0, 1e-3].map(bulkAt);
      expect(Math.abs(fit.bulk / zero.bulk - 1), `${fit.bulk} ${zero.bulk}`).toBeLessThan(2e-3);
      const slope = (high.bulk - low.bulk) / (high.pressure - low.pressure);
      expect(Math.abs(fit.derivative / slope - 1), `${fit.derivative} ${slope}`).toBeLessThan(0.03);
    });
  });

  it('refuses what has no minimum, and too few points', () => {
    const volumes = [10, 11, 12, 13, 14];
    expect(() => birchMurnaghan(volumes, [5, 4, 3, 2.2, 1.6])).toThrow(PhysicsError);
    expect(() => birchMurnaghan([1, 2, 3], [1, 0, 1])).toThrow(InputError);
    withSystem(engine, bccIron, iron, (system) => {
      expect(() => energyVolume(system, { points: 3 })).toThrow(InputError);
      expect(() => energyVolume(system, { strain: [0.1, -0.1] })).toThrow(InputError);
    });
  });
});

/** spec/milady.md §12.4: C', C44, B of energies within 1 %, GPa; the paper (10.1103/PhysRevMaterials.5.103803) to 0.5. */
const published: [string, number, [number, number, number]][] = [
  ['Fe_LML', 2.8324, [69.63, 120.6, 195.4]],
  ['Fe_QNML', 2.8327, [74.84, 102.33, 193.9]],
  ['W_LML', 3.1855, [154.9, 144.45, 303.3]],
  ['W_QNML', 3.1854, [159.52, 137.22, 304.4]],
];

describe.skipIf(!hasReference)('constants over 1 % strain (needs ../shared)', () => {
  it.each(published)('%s', (name, guess, expected) => {
    const potential = parsePot(sharedText(`potentials/milady/${name}.pot`), { file: name });
    const crystal = relaxedCrystal(engine, potential, guess);
    withSystem(engine, bcc(potential, crystal.a0), potential, (system) => {
      const { C, convention, cubic: found } = elasticFromEnergies(system);
      expect(convention).toBe('cubic');
      expectClose(gpa([found?.tetragonal ?? 0, found?.shear ?? 0, found?.bulk ?? 0]), expected, 0.05);
      const [tetragonal, , bulk] = expected;
      expectClose(gpa(C.subarray(0, 2)), [bulk + (4 / 3) * tetragonal, bulk - (2 / 3) * tetragonal], 0.1);
    });
  });
});
