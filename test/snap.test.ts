/** The bispectrum kernel against the specification's worked example, brute force, and numerical derivatives. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Atoms, createAtoms } from '../src/data/atoms.ts';
import { triples } from '../src/data/bispectrum-plan.ts';
import { clebschGordan } from '../src/data/clebsch-gordan.ts';
import { InputError } from '../src/data/errors.ts';
import type { Potential } from '../src/data/potential.ts';
import { type SnapOptions, snapCoefficients, snapPotential, snapSize } from '../src/data/potentials/snap.ts';
import { describeAtoms } from '../src/engine/describe.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { cluster, crystal } from '../src/verify/configurations.ts';
import { forceError, virialError } from '../src/verify/differences.ts';
import { distanceOf, evaluate, largest } from '../src/verify/evaluate.ts';
import { noise } from '../src/verify/subject.ts';
import { directCG, directSnap, directTriples, directU } from './support/direct/snap.ts';

let engine: Engine;
let checked: Engine;
beforeAll(async () => {
  engine = await createEngine();
  checked = await createEngine({ debug: true });
});

type Settings = Partial<Omit<SnapOptions, 'elements'>> & { inner?: boolean };

/** Random coefficients for W and Be; equal for equal components where chemistry is on. */
function sample({ inner, ...settings }: Settings = {}, count = 2): Potential {
  const options = { twojmax: 4, rcutfac: 4.6, rfac0: 0.99, rmin0: 0.05, ...settings };
  const channels = options.chemflag ? count : 1;
  const size = snapSize(options.twojmax, options.diagonal ?? false, channels);
  const quadratic = options.quadraticflag ?? false;
  const elements = [74, 4].slice(0, count).map((number, e) => ({
    number,
    radius: [0.5, 0.43][e],
    weight: [1, 0.9][e],
    coefficients: noise(snapCoefficients(size, quadratic), 7 + e).map((c, k) => (k > size ? 2e-5 : 2e-3) * c),
    ...(inner ? { sinner: [2.4, 2.2][e], dinner: [0.3, 0.2][e] } : {}),
  }));
  return snapPotential({ ...options, switchinnerflag: inner, elements });
}

const shape = { elements: [74, 4], distance: 2.6 };
const alloy = cluster(shape);

const cases: [string, Settings][] = [
  ['linear', {}],
  ['2J = 0', { twojmax: 0 }],
  ['2J = 1', { twojmax: 1 }],
  ['odd 2J', { twojmax: 5 }],
  ['diagonal set', { diagonal: true, twojmax: 5 }],
  ['quadratic', { quadraticflag: true, twojmax: 3 }],
  ['quadratic, diagonal', { quadraticflag: true, diagonal: true }],
  ['bnormflag 1', { bnormflag: true }],
  ['bzeroflag 0', { bzeroflag: false }],
  ['switchflag 0', { switchflag: false }],
  ['chemflag 1', { chemflag: true, twojmax: 3 }],
  ['chemflag 1, wselfallflag 1, bnormflag 1', { chemflag: true, wselfallflag: true, bnormflag: true, twojmax: 3 }],
  ['chemflag 1, quadratic, diagonal', { chemflag: true, quadraticflag: true, diagonal: true, twojmax: 2 }],
  ['inner switching', { inner: true }],
  ['inner switching with chemistry', { inner: true, chemflag: true, twojmax: 2 }],
];

describe('Clebsch–Gordan coefficients', () => {
  it("agree with Racah's sum of factorials and are orthonormal up to 2J = 20", () => {
    for (const [l1, l2, l] of triples(7, false)) {
      for (let m1 = -l1; m1 <= l1; m1 += 2) {
        for (let m2 = -l2; m2 <= l2; m2 += 2) {
          expect(clebschGordan(l1, m1, l2, m2, l)).toBeCloseTo(directCG(l1, m1, l2, m2, l, m1 + m2), 13);
        }
      }
    }
    for (const l of [0, 10, 20]) {
      for (let m = -l; m <= l; m += 10) {
        let sum = 0;
        for (let m1 = -20; m1 <= 20; m1 += 2) sum += clebschGordan(20, m1, 20, m - m1, l) ** 2;
        expect(sum).toBeCloseTo(1, 13);
      }
    }
  });
});

describe('the worked example of MILADY', () => {
  const d = [1.1, -0.7, 2, -1.3, 1.6, 0.4, 0.2, 2.1, -1.5];
  const atoms = createAtoms({
    numbers: Uint8Array.of(26, 26, 26, 26),
    positions: Float64Array.from([0, 0, 0, ...d]),
    cell: new Float64Array(9),
    pbc: [false, false, false],
  });
  const settings = { twojmax: 4, rcutfac: 4.7, rfac0: 1 - 0.02 / Math.PI, bzeroflag: false };
  const potential = snapPotential({
    ...settings,
    elements: [{ number: 26, radius: 0.5, weight: 1, coefficients: new Float64Array(15) }],
  });
  // In the order of the components.
  const expected = [
    15.4623078186272, 7.73402283298612, 1.83133608863387, 5.99271628288518, 2.65104124311511, -0.195538552745379,
    1.23279704554771, 17.2916685302063, 7.81573760733001, 2.10649551323087, 7.6989705680925, 25.4967834833022,
    5.83509027261162, 10.712875266705,
  ];

  it('has its components', () => {
    const { size, values } = describeAtoms(engine, atoms, potential);
    expect(size).toBe(14);
    expected.forEach((b, k) => {
      expect(Math.abs(values[k] - b)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(b)));
    });
  });

  it('has its U of the first neighbour', () => {
    const r = 2.3874672772626644;
    const t = ((Math.PI - 0.02) * r) / 4.7;
    expect(t).toBeCloseTo(1.5856809177423743, 15);
    const s = Math.sin(t) / r;
    const [, U] = directU(1, [Math.cos(t), -s * 2], [s * -0.7, -s * 1.1]);
    const flat = [U[0][0], U[0][1], U[1][0], U[1][1]].flat();
    const table = [
      -0.0148840413374463, 0.8376150207744565, -0.2931652572710597, -0.460688261425951, 0.2931652572710597,
      -0.460688261425951, -0.0148840413374463, -0.8376150207744565,
    ];
    flat.forEach((x, k) => {
      expect(x).toBeCloseTo(table[k], 14);
    });
  });

  it('an isolated atom has components l + 1', () => {
    const alone = createAtoms({ ...atoms, numbers: Uint8Array.of(26), positions: Float64Array.of(1, 2, 3) });
    const { values } = describeAtoms(engine, alone, potential);
    directTriples(4, false).forEach(([, , l], k) => {
      expect(values[k]).toBeCloseTo(l + 1, 14);
    });
  });
});

describe('density matrices', () => {
  it('of one neighbour are unitary: Σ |U^j|² = j + 1', () => {
    const U = directU(8, [0.36, 0.48], [-0.64, 0.48]);
    U.forEach((level, j) => {
      const sum = level.flat().reduce((total, [re, im]) => total + re * re + im * im, 0);
      expect(sum).toBeCloseTo(j + 1, 13);
    });
  });

  it('of an atom and one neighbour give the kernel B_l0l in closed form, up to 2J = 12', () => {
    // Without switching c = I + w U, so B_{l0l} = (1 + w) Σ |δ + w U|² = (1 + w)((1 + w²)(l + 1) + 2 w Re tr U).
    const w = 0.7;
    const [x, y, z] = [1.2, -0.9, 1.4];
    const r = Math.sqrt(x * x + y * y + z * z);
    const potential = snapPotential({
      twojmax: 12,
      rcutfac: 4,
      switchflag: false,
      bzeroflag: false,
      elements: [{ number: 74, radius: 0.5, weight: w, coefficients: new Float64Array(1 + snapSize(12, false, 1)) }],
    });
    const dimer = createAtoms({
      numbers: Uint8Array.of(74, 74),
      positions: Float64Array.of(0, 0, 0, x, y, z),
      cell: new Float64Array(9),
      pbc: [false, false, false],
    });
    const { values } = describeAtoms(engine, dimer, potential);
    const t = (0.99363 * Math.PI * r) / 4;
    directTriples(12, false).forEach(([, l2, l], k) => {
      if (l2 !== 0) return;
      // The character of a rotation by 2t in the representation l/2.
      const trace = Math.sin((l + 1) * t) / Math.sin(t);
      expect(values[k]).toBeCloseTo((1 + w) * ((1 + w * w) * (l + 1) + 2 * w * trace), 11);
    });
  });
});

describe.each(cases)('%s', (_, settings) => {
  const potential = sample(settings);

  it('has the energies and components of the full sum', () => {
    for (const kernels of [engine, checked]) {
      const { energies, descriptors } = directSnap(alloy, potential);
      const found = evaluate(kernels, alloy, potential);
      expect(distanceOf(found.energies, energies)).toBeLessThanOrEqual(1e-12 * Math.max(1, largest(energies)));
      const { values } = describeAtoms(kernels, alloy, potential);
      const flat = descriptors.flat();
      expect(distanceOf(values, flat)).toBeLessThanOrEqual(1e-12 * Math.max(1, largest(flat)));
    }
  });

  it('has forces and virial that are minus the derivatives of its energy', () => {
    // Without switching nearly every atom of the crystal has a pair at the cutoff, where forces do not exist.
    const bulk: Atoms[] = settings.switchflag === false ? [] : [crystal(shape)];
    for (const atoms of [alloy, ...bulk]) {
      expect(forceError(engine, atoms, potential)).toBeLessThanOrEqual(7e-9);
    }
    expect(virialError(engine, alloy, potential)).toBeLessThanOrEqual(1e-7);
  });
});

it('one element and a periodic crystal, 2J = 8, agree with the full sum', () => {
  const potential = sample({ twojmax: 8 }, 1);
  const bulk = crystal({ elements: [74], distance: 2.7 }, 1);
  const { energies } = directSnap(bulk, potential);
  expect(distanceOf(evaluate(engine, bulk, potential).energies, energies)).toBeLessThanOrEqual(1e-12);
});

describe('unequal coefficients of equal components with chemistry', () => {
  it('warn', () => {
    expect(sample({ chemflag: true, twojmax: 2 }).warnings?.[0]).toMatch(/unequal coefficients/);
    expect(sample({ twojmax: 2 }).warnings).toBeUndefined();
  });
});

describe('bad numbers', () => {
  const good = { twojmax: 2, rcutfac: 4 };
  const element = { number: 74, radius: 0.5, weight: 1, coefficients: new Float64Array(6) };
  it.each<[string, Partial<SnapOptions>, RegExp]>([
    ['2J too large', { twojmax: 21 }, /twojmax .*from 0 to 20/],
    ['2J < 0', { twojmax: -1 }, /twojmax/],
    ['2J not whole', { twojmax: 2.5 }, /twojmax/],
    ['no elements', { elements: [] }, /one element/],
    ['an element twice', { elements: [element, element] }, /once/],
    ['cutoff 0', { rcutfac: 0 }, /rcutfac/],
    ['cutoff NaN', { rcutfac: Number.NaN }, /rcutfac/],
    ['rmin0 beyond the cutoff', { rmin0: 5 }, /rmin0/],
    ['too few coefficients', { elements: [{ ...element, coefficients: [1, 2] }] }, /expected 6 coefficients/],
    ['NaN coefficient', { elements: [{ ...element, coefficients: [1, 2, 3, Number.NaN, 5, 6] }] }, /finite/],
    ['radius 0', { elements: [{ ...element, radius: 0 }] }, /radius/],
    ['no sinner', { switchinnerflag: true }, /sinner/],
    ['dinner 0', { switchinnerflag: true, elements: [{ ...element, sinner: 2, dinner: 0 }] }, /dinner/],
  ])('%s', (_, change, message) => {
    const run = () => snapPotential({ ...good, elements: [element], ...change });
    expect(run).toThrow(InputError);
    expect(run).toThrow(message);
  });
});
