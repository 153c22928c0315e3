/** Radial and angular descriptors and the framework: published numbers, sums over all pairs, symmetries, files, bounds. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { bareDescriptor, coefficientsOf, descriptorPotential, labelsOf } from '../src/data/potentials/descriptor.ts';
import { describeAtoms } from '../src/engine/describe.ts';
import type { Engine } from '../src/engine/engine.ts';
import { parseDescriptor } from '../src/io/descriptor.ts';
import { parsePot } from '../src/io/milady.ts';
import { createEngine } from '../src/node/threads.ts';
import { crystal } from '../src/verify/configurations.ts';
import { evaluate } from '../src/verify/evaluate.ts';
import { noise } from '../src/verify/subject.ts';
import { directDescriptors } from './support/direct/descriptors/index.ts';
import { turned } from './support/direct/descriptors/rotate.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

const values = (text: string, atoms: Parameters<typeof describeAtoms>[1]) =>
  describeAtoms(engine, atoms, bareDescriptor(parseDescriptor(text), [...new Set(atoms.numbers)])).values;

/** The centre and the three neighbours of the worked example of MILADY's conventions. */
const example = createAtoms({
  numbers: Uint8Array.of(26, 26, 26, 26),
  positions: Float64Array.of(0, 0, 0, 1.1, -0.7, 2.0, -1.3, 1.6, 0.4, 0.2, 2.1, -1.5),
  cell: new Float64Array(9),
  pbc: [false, false, false],
});

describe('the worked example', () => {
  const close = (found: ArrayLike<number>, expected: number[], digits: number) =>
    expected.forEach((value, k) => {
      expect(Math.abs(found[k] - value), `component ${k}`).toBeLessThanOrEqual(digits);
    });

  it('G2', () => {
    const found = values('g2 rcut=4.7A grid=explicit etas=0.01,0.41 shifts=0,1', example);
    close(found, [1.41186475169116, 1.46450374111753, 0.169689603128443, 0.725992287384307], 1e-14);
  });

  it('AFS of type 1', () => {
    const expected = [
      ...[1.1950418116, -0.217883947869, -0.583013444025, 0.718302674338, -0.16876935668, -0.302754046239],
      ...[-0.00302888458473, -0.00510784084663, 0.00495641964886],
    ];
    close(values('afs rcut=4.7A n=3 l=2', example), expected, 1e-10);
  });

  it('b-SO(4), full and as part of a hybrid', () => {
    const expected = [
      ...[15.4623078186272, 7.73402283298612, 1.83133608863387, 5.99271628288518, 2.65104124311511],
      ...[-0.195538552745379, 1.23279704554771, 17.2916685302063, 7.81573760733001, 2.10649551323087],
      ...[7.6989705680925, 25.4967834833022, 5.83509027261162, 10.712875266705],
    ];
    close(values('bso4 rcut=4.7A jmax=2', example), expected, 1e-12);
    const hybrid = values('g2(rcut=4.7A neta=2) + bso4(rcut=4.7A jmax=2)', example);
    close(hybrid.subarray(2), expected, 1e-12);
  });
});

interface Result {
  potential: string;
  config: string;
  energies_atom_eV: number[];
  forces_eV_A: number[][];
  pressure_bar: number[];
  volume: number;
}

const shared = new URL('../../shared/reference/milady/reference.json', import.meta.url);
const reference = existsSync(shared)
  ? (JSON.parse(readFileSync(shared, 'utf8')) as {
      meta: { nktv2p: number };
      configs: Record<string, { cell: number[][]; pbc: number[]; positions: number[][] }>;
      results: Result[];
    })
  : { meta: { nktv2p: 1 }, configs: {}, results: [] };

describe.skipIf(!existsSync(shared))("MILADY's numbers for G2 and AFS (needs ../shared)", () => {
  const names = ['rnd_G2_old_lin', 'rnd_AFS1_n3_c4_lin', 'rnd_AFS1_n3_c4_quad', 'rnd_AFS2_n2_c3_lin'];
  it.each(names)('%s', (name) => {
    const potential = parsePot(readFileSync(new URL(`data/random/${name}.pot`, import.meta.url), 'utf8'));
    const cases = reference.results.filter((one) => one.potential === name);
    expect(cases.length).toBe(5);
    for (const one of cases) {
      const { cell, pbc, positions } = reference.configs[one.config];
      const atoms = createAtoms({
        numbers: new Uint8Array(positions.length).fill(26),
        positions: Float64Array.from(positions.flat()),
        cell: Float64Array.from(cell.flat()),
        pbc: pbc.map(Boolean) as [boolean, boolean, boolean],
      });
      const { energies, forces, virial } = evaluate(engine, atoms, potential);
      one.energies_atom_eV.forEach((e, i) => {
        expect(Math.abs(energies[i] - e), `${one.config}, atom ${i}`).toBeLessThanOrEqual(1e-12 + 1e-12 * Math.abs(e));
      });
      // MILADY's forces of type 2 are not the gradient of its energy
      if (name.includes('AFS2')) continue;
      const largest = Math.max(1, ...one.forces_eV_A.flat().map(Math.abs));
      one.forces_eV_A.flat().forEach((f, k) => {
        expect(Math.abs(forces[k] - f)).toBeLessThanOrEqual(1e-11 * largest);
      });
      const [xx, yy, zz, xy, xz, yz] = one.pressure_bar.map((p) => (p * one.volume) / reference.meta.nktv2p);
      [xx, yy, zz, yz, xz, xy].forEach((w, k) => {
        expect(Math.abs(virial[k] - w), one.config).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(w)));
      });
    }
  });
});

describe('components', () => {
  const counts: [string, number][] = [
    ['bso4 jmax=3.5 set=diagonal', 26],
    ['bso4 jmax=4 set=diagonal', 35],
    ['bso4 jmax=3.5', 40],
    ['bso4 jmax=4', 55],
    ['afs', 220],
    ['afs n=3 l=4 type=2', 45],
    ['behler', 51],
    ['behler set=radial', 8],
    ['g3', 12],
    ['hybrid g2(neta=7) + bso4(jmax=1.5)', 15],
    ['hybrid g2(neta=10 nrs=3) + bso4(jmax=1.5)', 38],
    ['snap twojmax=2 chem=1', 40],
  ];
  it.each(counts)('%s are %i', (text, count) => {
    const species = text.includes('chem') ? [26, 74] : [26];
    const labels = labelsOf(parseDescriptor(text), species);
    expect(labels).toHaveLength(count);
    expect(new Set(labels).size).toBe(count);
  });

  it('of the diagonal bispectrum are rescaled ones of the full set', () => {
    const atoms = crystal({ elements: [74], distance: 2.7 });
    const [full, diagonal] = ['full', 'diagonal'].map((set) => `bso4 jmax=3.5 set=${set}`);
    const names = labelsOf(parseDescriptor(full), [74]);
    const all = values(full, atoms);
    const some = values(diagonal, atoms);
    labelsOf(parseDescriptor(diagonal), [74]).forEach((label, k) => {
      const [a, b, l] = label.split('_').slice(1).map(Number);
      // B_{l1 l2 l}/(l + 1) is the same for all orders; the full set has the largest last
      const sorted = [a, b, l].sort((x, y) => x - y);
      const at = names.indexOf(`B_${sorted[1]}_${sorted[0]}_${sorted[2]}`);
      expect(at).toBeGreaterThanOrEqual(0);
      expect(Math.abs((some[k] * (sorted[2] + 1)) / (l + 1) - all[at])).toBeLessThanOrEqual(1e-12 * Math.abs(all[at]));
    });
  });

  const texts = ['g2 neta=4 nrs=3', 'g2 grid=widths neta=3 nrs=3', 'g3', 'behler', 'afs', 'afs n=4 l=6 type=2'];
  // R_s in equal steps: by one another where η is small, by themselves where it is not
  const steps = ['g2 neta=11 nrs=7', 'g2 grid=explicit etas=1,25,49,73 shifts=0,1,2,3,4'];
  const nearer = 'g2(rcut=3A neta=3 nrs=4) + g2(rcut=5A)';
  const hybrid = 'g2(rcut=4A) + bso4(rcut=5A jmax=1.5 set=diagonal) + afs(rcut=4.5A n=7 l=4)';
  it.each([...texts, ...steps, nearer, hybrid])('are those of sums over all pairs: %s', (text) => {
    const atoms = createAtoms({
      ...example,
      cell: Float64Array.of(5.1, 0, 0, 0.4, 4.8, 0, -0.3, 0.2, 5.3),
      pbc: [true, true, true],
    });
    const direct = directDescriptors(atoms, bareDescriptor(parseDescriptor(text), [26]));
    const found = values(text, atoms);
    const size = direct[0].length;
    // AFS of one radial function: all its angular orders are of the size of the first
    const scale = (row: number[], k: number) => Math.max(1, Math.abs(row[k]), Math.abs(row[0]));
    direct.forEach((row, i) => {
      row.forEach((value, k) => {
        expect(Math.abs(found[i * size + k] - value), `${i} ${k}`).toBeLessThanOrEqual(1e-12 * scale(row, k));
      });
    });
  });

  it.each([...texts, hybrid])('do not change when the crystal is turned: %s', (text) => {
    const atoms = crystal({ elements: [26], distance: 2.5 });
    const before = values(text, atoms);
    const after = values(text, turned(atoms, [0.3, -1, 0.5], 1.234));
    const largest = before.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    after.forEach((x, k) => {
      expect(Math.abs(x - before[k])).toBeLessThanOrEqual(1e-12 * Math.max(1, largest));
    });
  });

  it('of an atom alone are zero, of the bispectrum l + 1', () => {
    const atoms = createAtoms({
      numbers: Uint8Array.of(26),
      positions: new Float64Array(3),
      cell: new Float64Array(9),
      pbc: [false, false, false],
    });
    for (const text of ['g2', 'g3', 'afs n=3 l=2']) expect([...values(text, atoms)].every((x) => x === 0)).toBe(true);
    values('g2() + bso4(jmax=1)', atoms).forEach((x, k) => {
      expect(Math.abs(x - [0, 0, 0, 1, 2, 3, 3, 3][k])).toBeLessThanOrEqual(1e-14);
    });
  });

  it('have room for atoms with hundreds of neighbours', () => {
    const atoms = crystal({ elements: [26], distance: 1.2 });
    for (const text of ['g2 rcut=6A', 'afs rcut=5A n=3 l=2']) {
      const [first] = directDescriptors(atoms, bareDescriptor(parseDescriptor(text), [26]));
      const found = values(text, atoms);
      first.forEach((x, k) => {
        expect(Math.abs(found[k] - x)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(x), Math.abs(first[0])));
      });
    }
  });
});

describe('potentials over descriptors', () => {
  /** bcc of one G2: its cell with zero stress, then C12 and C44 by differences of the virial. */
  it('of pairs alone have C12 = C44 at zero stress', () => {
    const descriptor = parseDescriptor('g2 rcut=5.3A grid=explicit etas=0.6,2 shifts=1.8,2.6');
    const coefficients = Float64Array.of(0, 0.9, -0.5, 0.7, -1.1);
    const potential = descriptorPotential({ descriptor, elements: [{ number: 26, coefficients }] });
    const atoms = (a: number, strain: number[] = []) => {
      const [e1 = 0, e4 = 0] = strain;
      const cell = Float64Array.of(a * (1 + e1), 0, 0, 0, a, (a * e4) / 2, 0, (a * e4) / 2, a);
      const half = [0, 1, 2].map((c) => (cell[c] + cell[3 + c] + cell[6 + c]) / 2);
      return createAtoms({ numbers: Uint8Array.of(26, 26), positions: Float64Array.of(0, 0, 0, ...half), cell });
    };
    const stress = (a: number, strain?: number[]) =>
      evaluate(engine, atoms(a, strain), potential).virial.map((w) => -w / a ** 3);
    const pressure = (a: number) => stress(a)[0];
    let [low, high] = [2.4, 3.4];
    const rising = pressure(high) > pressure(low);
    expect(pressure(low) * pressure(high)).toBeLessThan(0);
    for (let k = 0; k < 60; k++) {
      const middle = (low + high) / 2;
      if (pressure(middle) > 0 === rising) high = middle;
      else low = middle;
    }
    const a = (low + high) / 2;
    const h = 1e-5;
    const slope = (strain: (s: number) => number[], row: number) =>
      (stress(a, strain(h))[row] - stress(a, strain(-h))[row]) / (2 * h);
    const c12 = slope((s) => [s], 1);
    const c44 = slope((s) => [0, s], 3);
    expect(Math.abs(c12)).toBeGreaterThan(0.01);
    expect(Math.abs(c12 - c44)).toBeLessThanOrEqual(1e-7 * Math.abs(c12));
  });

  it('keep their coefficients', () => {
    for (const quadratic of [false, true]) {
      const descriptor = parseDescriptor('g2 neta=2');
      const elements = [26, 74].map((number) => ({ number, coefficients: noise(quadratic ? 6 : 3, number) }));
      expect(coefficientsOf(descriptorPotential({ descriptor, elements, quadratic }))).toEqual(
        elements.map((one) => one.coefficients),
      );
    }
  });

  it('refuse wrong counts and numbers that are not finite', () => {
    const descriptor = parseDescriptor('g2');
    const make = (coefficients: number[]) =>
      descriptorPotential({ descriptor, elements: [{ number: 26, coefficients }] });
    expect(() => make([1, 2])).toThrow(/expected 4 coefficients for Fe \(3 components\), found 2/);
    expect(() => make([1, 2, Number.NaN, 4])).toThrow(/coefficient 3 of Fe is NaN/);
  });
});
