/** Vibrations and their thermodynamics against closed forms, other routes to the same number, and published entropies. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  classicalThermal,
  formationEntropy,
  localEntropies,
  publishedEntropy,
  quantumThermal,
} from '../src/analysis/entropy.ts';
import { hessian } from '../src/analysis/hessian.ts';
import { localDensity } from '../src/analysis/local-density.ts';
import { hessianEigenvalues, type LogFrequencies, logFrequencies, normalModes, quanta } from '../src/analysis/modes.ts';
import type { Oscillator } from '../src/analysis/zero-modes.ts';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { dumbbell, vacancy } from '../src/data/defects.ts';
import { InputError, PhysicsError } from '../src/data/errors.ts';
import { lattice } from '../src/data/lattice.ts';
import type { Potential } from '../src/data/potential.ts';
import { einsteinPotential } from '../src/data/potentials/harmonic.ts';
import { ljPotential } from '../src/data/potentials/lj.ts';
import { repeat } from '../src/data/supercell.ts';
import { boltzmann, forceToAcceleration, hbar } from '../src/data/units.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { parsePot } from '../src/io/milady.ts';
import { minimize } from '../src/methods/minimize.ts';
import { massesOf } from '../src/tasks/masses.ts';
import { evaluate, withSystem } from '../src/verify/evaluate.ts';
import { long, needsLong } from './support/long.ts';
import { hasReference, sharedText } from './support/reference.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const iron = loadEmbedded('Fe-Ackland-2004');
const a0 = 2.85531274900052;
const bcc = (cells: number) => repeat(lattice({ kind: 'bcc', a: a0, elements: ['Fe'] }), [cells, cells, cells]);

/** The relaxed structure and its Hessian. */
function oscillator(start: Atoms, potential: Potential, relax = true): Oscillator {
  return withSystem(engine, start, potential, (system) => {
    if (relax) minimize(system, 'lbfgs', { fmax: 1e-7 });
    const atoms = { ...start, positions: system.x.slice() };
    return { atoms, hessian: hessian(system), masses: massesOf(start, potential).values };
  });
}

const cluster = (positions: number[]): Atoms =>
  createAtoms({
    numbers: new Uint8Array(positions.length / 3).fill(18),
    positions: Float64Array.from(positions),
    cell: new Float64Array(9),
    pbc: [false, false, false],
  });
const [epsilon, sigma, mass] = [0.0104, 3.4, 39.948];
const argon = ljPotential({ species: [18], epsilon, sigma, cutoff: 50 });
const minimum = sigma * 2 ** (1 / 6);
/** φ'' at the minimum of the pair. */
const spring = (72 * epsilon) / minimum ** 2;
const quantumOf = (stiffness: number, m: number) => hbar * Math.sqrt((stiffness / m) * forceToAcceleration);

describe('modes', () => {
  it('of an Einstein crystal are 3N equal ones: the numbers of iron with k = 5 eV/Å²', () => {
    const atoms = { ...bcc(2), masses: new Float64Array(16).fill(55.845) };
    const found = oscillator(atoms, einsteinPotential(atoms, 5), false);
    const energies = quanta(engine, found);
    expect(energies.length).toBe(48);
    for (const energy of energies) expect(Math.abs(1000 * energy - 19.34591)).toBeLessThan(1e-5);
    const product = logFrequencies(engine, found);
    expect(product.modes).toBe(48);
    expect(product.sum).toBeCloseTo(48 * Math.log(quantumOf(5, 55.845)), 9);
    expect(Math.abs((1000 * classicalThermal(product, 300).free) / 48 + 7.494668)).toBeLessThan(1e-5);
  });

  it('of a pair: one, with the reduced mass; translations and two rotations are none', () => {
    for (const masses of [
      [mass, mass],
      [mass, 4.0026],
    ]) {
      const atoms = { ...cluster([0, 0, 0, minimum * 0.6, minimum * 0.8, 0]), masses: Float64Array.from(masses) };
      const found = quanta(engine, oscillator(atoms, argon));
      expect(found.length).toBe(1);
      const reduced = (masses[0] * masses[1]) / (masses[0] + masses[1]);
      expect(found[0] / quantumOf(spring, reduced)).toBeCloseTo(1, 5);
    }
  });

  it('of an equilateral triangle: 3k/2m twice and 3k/m', () => {
    const height = (minimum * Math.sqrt(3)) / 2;
    const found = quanta(engine, oscillator(cluster([0, 0, 0, minimum, 0, 0, minimum / 2, height, 0]), argon));
    const expected = [1.5, 1.5, 3].map((times) => quantumOf(times * spring, mass));
    expect(found.length).toBe(3);
    found.forEach((energy, k) => {
      expect(energy / expected[k]).toBeCloseTo(1, 4);
    });
  });

  it('of a saddle are refused with the eigenvalue', () => {
    // three in a row: stretched, it bends
    const row = oscillator(cluster([0, 0, 0, minimum, 0, 0, 2 * minimum, 0, 0]), argon);
    for (const route of [logFrequencies, quanta]) {
      expect(() => route(engine, row)).toThrow(PhysicsError);
      expect(() => route(engine, row)).toThrow(/eigenvalue -0\.00\d+ eV/);
    }
    expect(hessianEigenvalues(engine, row)[0]).toBeLessThan(0);
  });

  it('with held atoms have no zero modes', () => {
    const fixed = Uint8Array.of(1, 1, 1, 0, 0, 0);
    const atoms = { ...cluster([0, 0, 0, minimum, 0, 0]), fixed };
    const { free } = oscillator(atoms, argon, false).hessian;
    expect(free.length).toBe(3);
    // two of them cost nothing at the minimum: the atom circles
    const all = hessianEigenvalues(engine, oscillator(atoms, argon, false));
    expect(all[2] / spring).toBeCloseTo(1, 5);
    expect(Math.abs(all[0]) + Math.abs(all[1])).toBeLessThan(1e-5 * spring);
  });
});

describe('thermodynamics', () => {
  const energies = [0.005, 0.02, 0.03];
  const product: LogFrequencies = { sum: energies.reduce((sum, e) => sum + Math.log(e), 0), modes: 3 };

  it('classical: closed forms', () => {
    const kT = boltzmann * 500;
    const { energy, entropy, free } = classicalThermal(product, 500);
    expect(energy).toBeCloseTo(3 * kT, 14);
    expect(entropy).toBeCloseTo(
      energies.reduce((sum, e) => sum + Math.log(kT / e) + 1, 0),
      12,
    );
    expect(free).toBeCloseTo(energy - kT * entropy, 14);
    expect(publishedEntropy(product)).toBeCloseTo(-product.sum, 14);
  });

  it('quantum: sums over levels, zero-point energy, the classical limit', () => {
    for (const temperature of [1, 50, 300, 3000]) {
      const kT = boltzmann * temperature;
      const { energy, entropy, free } = quantumThermal(energies, temperature);
      const expected = energies.map((e) => {
        const weights = Array.from({ length: 20000 }, (_, level) => Math.exp((-level * e) / kT));
        const z = weights.reduce((sum, w) => sum + w, 0);
        const mean = weights.reduce((sum, w, level) => sum + (w * level * e) / z, 0);
        return { energy: e / 2 + mean, free: e / 2 - kT * Math.log(z) };
      });
      expect(energy).toBeCloseTo(
        expected.reduce((sum, x) => sum + x.energy, 0),
        10,
      );
      expect(free).toBeCloseTo(
        expected.reduce((sum, x) => sum + x.free, 0),
        10,
      );
      expect(energy - kT * entropy).toBeCloseTo(free, 12);
    }
    expect(quantumThermal(energies, 0)).toEqual({ energy: 0.0275, entropy: 0, free: 0.0275 });
    const hot = 1e7;
    expect(quantumThermal(energies, hot).entropy).toBeCloseTo(classicalThermal(product, hot).entropy, 8);
    for (const t of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => quantumThermal(energies, t)).toThrow(InputError);
      expect(() => classicalThermal(product, t)).toThrow(InputError);
    }
  });

  it('mode-matched formation entropies do not depend on the unit of energy, published ones do', () => {
    const [defect, bulk] = [
      { sum: -1270, modes: 378, atoms: 127 },
      { sum: -1284, modes: 381, atoms: 128 },
    ];
    const inUnit = (f: typeof defect, unit: number) => ({ ...f, sum: f.sum - f.modes * Math.log(unit) });
    const [ev, mev] = [1, 1e-3].map((unit) => formationEntropy(inUnit(defect, unit), inUnit(bulk, unit)));
    expect(mev.modeMatched).toBeCloseTo(ev.modeMatched, 8);
    expect(Math.abs(mev.asPublished - ev.asPublished)).toBeGreaterThan(0.1);
    expect(ev.asPublished).toBeCloseTo(1270 - (127 / 128) * 1284, 10);
    expect(ev.modeMatched).toBeCloseTo(1270 - (378 / 381) * 1284, 10);
  });
});

describe('entropy of iron', () => {
  it('by Cholesky, by eigenvalues and by atoms is one number', () => {
    const defect = oscillator(vacancy(bcc(3), 0), iron);
    const product = logFrequencies(engine, defect);
    const energies = quanta(engine, defect);
    expect([product.modes, energies.length]).toEqual([156, 156]);
    expect(Math.abs(energies.reduce((sum, e) => sum + Math.log(e), 0) - product.sum)).toBeLessThan(1e-9);
    const local = localEntropies(engine, defect, 300);
    const total = local.reduce((sum, s) => sum + s, 0);
    expect(Math.abs(total - classicalThermal(product, 300).entropy)).toBeLessThan(1e-9);
    // the eight neighbours of the vacancy are freer than the rest
    const order = Array.from(local, (s, i) => [s, i]).sort((a, b) => b[0] - a[0]);
    expect(order[7][0] - order[8][0]).toBeGreaterThan(0.05);
  });

  /** spec/free-energy.md §1, k_B: as published, mode matched. */
  const cases: [string, number, (crystal: Atoms) => Atoms, number, number][] = [
    ['vacancy in 128 sites', 4, (crystal) => vacancy(crystal, 0), 2.522, 2.608],
    ['vacancy in 250 sites', 5, (crystal) => vacancy(crystal, 0), 2.62, 2.664],
    [
      '⟨110⟩ dumbbell, 129 atoms',
      4,
      (crystal) => dumbbell(crystal, 0, { direction: [1, 1, 0], separation: 2 }),
      1.698,
      1.611,
    ],
    ['vacancy in 432 sites', 6, (crystal) => vacancy(crystal, 0), 2.659, 2.684],
  ];
  const formation = (cells: number, make: (crystal: Atoms) => Atoms) => {
    const [defect, bulk] = [make(bcc(cells)), bcc(cells)].map((atoms) => {
      const found = oscillator(atoms, iron);
      return { ...logFrequencies(engine, found), atoms: atoms.numbers.length };
    });
    return formationEntropy(defect, bulk);
  };
  const expectFormation = (
    cells: number,
    make: (crystal: Atoms) => Atoms,
    asPublished: number,
    modeMatched: number,
  ) => {
    const found = formation(cells, make);
    expect(Math.abs(found.asPublished - asPublished), `as published ${found.asPublished}`).toBeLessThan(0.005);
    expect(Math.abs(found.modeMatched - modeMatched), `mode matched ${found.modeMatched}`).toBeLessThan(0.005);
  };

  it.each(cases.slice(0, 3))('%s', (_, cells, make, asPublished, modeMatched) => {
    expectFormation(cells, make, asPublished, modeMatched);
  });

  it.skipIf(!long).each(cases.slice(3))(`%s ${needsLong}`, (_, cells, make, asPublished, modeMatched) => {
    expectFormation(cells, make, asPublished, modeMatched);
  });

  it('the ⟨111⟩ dumbbell of a symmetric start is a saddle', () => {
    const start = dumbbell(bcc(4), 0, { direction: [1, 1, 1], separation: 2 });
    const found = oscillator(start, iron);
    const lowest = hessianEigenvalues(engine, found)[0];
    expect(lowest).toBeLessThan(-0.5);
    // the curvature of the energy along that mode
    const ones = new Float64Array(found.hessian.n).fill(1);
    const mode = normalModes(engine, { ...found, masses: ones }).vectors.subarray(0, 3 * ones.length);
    const [before, here, after] = [-0.01, 0, 0.01].map((by) => {
      const positions = found.atoms.positions.map((x, k) => x + by * mode[k]);
      return evaluate(engine, { ...found.atoms, positions }, iron).energy;
    });
    expect(Math.abs((before - 2 * here + after) / 1e-4 - lowest)).toBeLessThan(0.01);
    expect(() => logFrequencies(engine, found)).toThrow(/not a minimum: the Hessian has the eigenvalue -0\.\d+ eV/);
  });
});

/** spec/free-energy.md §1: a0 (Å), as published and mode matched (k_B), vacancy in 128 sites. */
const published: [string, string, number, number, number][] = [
  ['W_LML', 'W', 3.18551, 4.064, 4.157],
  ['Fe_LML', 'Fe', 2.83241, 5.87, 5.954],
  ['Fe_QNML', 'Fe', 2.83268, 5.53, 5.614],
  ['W_QNML', 'W', 3.18538, 2.918, 3.011],
];

describe.skipIf(!hasReference)('entropy of the vacancy with MILADY potentials (needs ../shared)', () => {
  const check = (name: string, element: string, a: number, asPublished: number, modeMatched: number) => {
    const potential = parsePot(sharedText(`potentials/milady/${name}.pot`), { file: name });
    const crystal = repeat(lattice({ kind: 'bcc', a, elements: [element] }), [4, 4, 4]);
    const [defect, bulk] = [vacancy(crystal, 0), crystal].map((atoms) => ({
      ...logFrequencies(engine, oscillator(atoms, potential)),
      atoms: atoms.numbers.length,
    }));
    const found = formationEntropy(defect, bulk);
    expect(Math.abs(found.asPublished - asPublished), `as published ${found.asPublished}`).toBeLessThan(0.005);
    expect(Math.abs(found.modeMatched - modeMatched), `mode matched ${found.modeMatched}`).toBeLessThan(0.005);
  };
  it.each(published.slice(0, 1))('%s', check);
  it.skipIf(!long).each(published.slice(1))(`%s ${needsLong}`, check);
});

describe('local density of states', () => {
  it('is one Gaussian at the frequency of an Einstein atom, its mean that of all', () => {
    const start = cluster([0, 0, 0, 20, 0, 0]);
    const potential = einsteinPotential(start, [2, 8]);
    const { frequency, atoms, mean } = localDensity(engine, oscillator(start, potential, false), [0, 1], {
      width: 0.1,
    });
    const width = frequency[1] - frequency[0];
    [2, 8].forEach((k, i) => {
      const nu = Math.sqrt((k * forceToAcceleration) / 39.948) / (2 * Math.PI);
      const integral = atoms[i].reduce((sum, g) => sum + g * width, 0);
      const center = atoms[i].reduce((sum, g, p) => sum + g * width * frequency[p], 0) / integral;
      expect(integral).toBeCloseTo(3, 3);
      expect(center).toBeCloseTo(nu, 3);
    });
    expect(mean[40]).toBeCloseTo((atoms[0][40] + atoms[1][40]) / 2, 12);
    expect(() => localDensity(engine, oscillator(start, potential, false), [2])).toThrow(/atom 2/);
  });
});
