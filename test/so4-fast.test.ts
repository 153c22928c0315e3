/** The fast SO(4) kernels against the recurrence, which other tests hold to LAMMPS, MILADY and brute force. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { createAtoms } from '../src/data/atoms.ts';
import { triples } from '../src/data/bispectrum-plan.ts';
import type { Potential } from '../src/data/potential.ts';
import { type SnapOptions, snapCoefficients, snapPotential, snapSize } from '../src/data/potentials/snap.ts';
import { cubicForm } from '../src/data/so4/cubic.ts';
import { makePlane } from '../src/data/so4/plane.ts';
import { densityTransform, elementPolynomials } from '../src/data/so4/transform.ts';
import { createDescriber } from '../src/engine/describe.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { bindForm } from '../src/engine/form.ts';
import { formOf } from '../src/engine/registry.ts';
import { cluster, crystal } from '../src/verify/configurations.ts';
import { distanceOf, largest } from '../src/verify/evaluate.ts';
import { noise } from '../src/verify/subject.ts';
import { directU } from './support/direct/snap.ts';
import { bindKernels, referenceBinding } from './support/kernels.ts';
import { long } from './support/long.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

type Settings = Partial<Omit<SnapOptions, 'elements'>>;

/** Random coefficients for W and Be that give forces of some eV/Å. */
function sample(settings: Settings, seed = 1, count = 2): Potential {
  const options = { twojmax: 4, rcutfac: 4.6, ...settings };
  const channels = options.chemflag ? count : 1;
  const size = snapSize(options.twojmax, options.diagonal ?? false, channels);
  const elements = [74, 4].slice(0, count).map((number, e) => ({
    number,
    radius: [0.5, 0.43][e],
    weight: [1, 0.9][e],
    sinner: 2.2,
    dinner: 0.3,
    coefficients: noise(snapCoefficients(size, options.quadraticflag ?? false), 10 * seed + e).map(
      (c, k) => (k > size ? 1e-5 : 2e-3) * c,
    ),
  }));
  return snapPotential({ ...options, elements });
}

const stagesOf = (potential: Potential) => bindForm(formOf(potential.kernel), potential).stages;

/** Runs `use` with the fast and the reference kernels on the same atoms. */
function withBoth<T>(
  atoms: Atoms,
  potential: Potential,
  use: (fast: ReturnType<typeof bindKernels>, reference: ReturnType<typeof bindKernels>) => T,
): T {
  const mark = engine.mark();
  try {
    const bindings = [bindForm(formOf(potential.kernel), potential), referenceBinding(potential)];
    const [fast, reference] = bindings.map((binding) => bindKernels(engine, atoms, potential, binding, 0.4));
    reference.all();
    fast.all();
    return use(fast, reference);
  } finally {
    engine.release(mark);
  }
}

const rms = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0));

function expectSame(atoms: Atoms, potential: Potential): void {
  withBoth(atoms, potential, (fast, reference) => {
    const difference = reference.forces.map((f, i) => fast.forces[i] - f);
    expect(rms(difference) / rms(reference.forces)).toBeLessThanOrEqual(1e-12);
    expect(distanceOf(fast.energies, reference.energies)).toBeLessThanOrEqual(
      1e-12 * Math.max(1, largest(reference.energies)),
    );
  });
}

const chemistry: Settings = { chemflag: true, wselfallflag: true, switchinnerflag: true };

const shape = (seed: number, elements = [74, 4]) => ({ elements, distance: 2.3 + 0.2 * (seed % 4) });
/** Random configurations per potential. */
const COUNT = long ? 1000 : 3;

function expectSameOnMany(potential: Potential): void {
  for (let seed = 1; seed <= COUNT; seed++) {
    const form = shape(seed, potential.species);
    expectSame(seed % 2 === 0 ? cluster(form, seed) : crystal(form, 2, seed), potential);
  }
}

describe(`forces equal the reference's on ${COUNT} random configurations`, () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('2J = %i', (twojmax) => {
    const potential = sample({ twojmax }, twojmax, 1);
    expect(stagesOf(potential)).toEqual(['so4Linear']);
    expectSameOnMany(potential);
  });

  it.each<[string, Settings]>([
    ['two elements', { twojmax: 8 }],
    ['diagonal set', { twojmax: 6, diagonal: true }],
    ['bnormflag 1, bzeroflag 0', { twojmax: 5, bnormflag: true, bzeroflag: false }],
    ['rmin0, rfac0', { rmin0: 0.8, rfac0: 0.9 }],
    ['switchflag 0', { switchflag: false }],
    ['inner switching', { twojmax: 6, switchinnerflag: true }],
    ['chemflag', { twojmax: 4, chemflag: true }],
    ['chemflag, 2J = 8', { twojmax: 8, chemflag: true }],
    ['chemflag, wselfallflag, bnormflag, inner switching', { ...chemistry, twojmax: 5, bnormflag: true }],
    ['chemflag, bzeroflag 0', { twojmax: 3, chemflag: true, bzeroflag: false }],
    ['chemflag, quadratic', { ...chemistry, twojmax: 4, quadraticflag: true }],
    ['chemflag, quadratic, diagonal', { twojmax: 3, quadraticflag: true, chemflag: true, diagonal: true }],
    ['quadratic', { twojmax: 6, quadraticflag: true }],
    ['quadratic, 2J = 8', { twojmax: 8, quadraticflag: true }],
    ['quadratic, diagonal', { twojmax: 5, quadraticflag: true, diagonal: true, bnormflag: true }],
  ])('%s', (_, settings) => {
    const potential = sample(settings);
    expect(stagesOf(potential)).toEqual([settings.quadraticflag ? 'so4Quadratic' : 'so4Linear']);
    expectSameOnMany(potential);
  });
});

describe('the form chooses', () => {
  it.each<[string, Settings, string]>([
    ['2J = 0', { twojmax: 0 }, 'snap'],
    ['2J = 11', { twojmax: 11 }, 'snap'],
    ['angles far beyond pi', { rfac0: 1.5 }, 'snap'],
    ['quadratic with angles far beyond pi', { rfac0: 1.5, quadraticflag: true }, 'snapQuadratic'],
    ['linear', {}, 'so4Linear'],
  ])('%s: %s', (_, settings, stage) => {
    expect(stagesOf(sample(settings))).toEqual([stage]);
  });
});

describe("descriptors equal the recurrence's", () => {
  it.each<[string, Settings]>([
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((twojmax): [string, Settings] => [`2J = ${twojmax}`, { twojmax }]),
    ['diagonal set', { twojmax: 7, diagonal: true }],
    ['bnormflag, inner switching', { twojmax: 6, bnormflag: true, switchinnerflag: true }],
    ['chemistry', { ...chemistry, twojmax: 5 }],
    ['of a quadratic potential', { twojmax: 4, quadraticflag: true }],
  ])('%s', (_, settings) => {
    const potential = sample(settings);
    const describers = [false, true].map((recurrence) => createDescriber(engine, potential, recurrence));
    for (const atoms of [cluster(shape(1), 1), crystal(shape(2), 2, 2)]) {
      const [fast, reference] = describers.map((describer) => describer.describe(atoms).values);
      expect(fast.length).toBe(atoms.numbers.length * describers[0].size);
      expect(distanceOf(fast, reference)).toBeLessThanOrEqual(1e-12 * largest(reference));
    }
  });

  it('whatever was described before', () => {
    const describer = createDescriber(engine, sample({ twojmax: 6 }));
    const [free, periodic] = [cluster(shape(1), 1), crystal(shape(2), 2, 2)];
    const first = describer.describe(free).values;
    describer.describe(periodic);
    expect(describer.describe(free).values).toStrictEqual(first);
  });

  it('of atoms that move, with a list that lasts', () => {
    const describer = createDescriber(engine, sample({ twojmax: 6 }));
    const atoms = crystal(shape(2), 2, 2);
    const at = describer.follow(atoms);
    for (const step of [0, 0.01, 0.1, 1, 0.02]) {
      const positions = atoms.positions.map((x, i) => x + step * Math.sin(i));
      const { values } = describer.describe({ ...atoms, positions });
      expect(distanceOf(at(positions), values)).toBeLessThanOrEqual(1e-12 * largest(values));
    }
  });
});

describe('an atom has its own bits', () => {
  it.each<[string, Settings]>([
    ['linear', { twojmax: 8 }],
    ['quadratic', { twojmax: 4, quadraticflag: true }],
    ['chemistry', { ...chemistry, twojmax: 3 }],
  ])('%s: beside any partner and in any range', (_, settings) => {
    const potential = sample(settings);
    // At the surface atoms have few neighbours, inside many.
    withBoth(cluster({ elements: [74, 4], distance: 2.5 }), potential, (fast) => {
      const numbers = () => [...fast.energies, ...fast.forces];
      const whole = numbers();
      for (const bounds of [
        [0, 1, 2, 5, 6, 11, fast.n],
        [0, 7, fast.n],
        Array.from({ length: fast.n + 1 }, (_, i) => i),
      ]) {
        fast.all(bounds);
        expect(numbers()).toStrictEqual(whole);
      }
    });
  });
});

describe('any number of neighbours', () => {
  it('none: the energy of an isolated atom', () => {
    const far = createAtoms({
      numbers: Uint8Array.of(74, 4, 74),
      positions: Float64Array.of(0, 0, 0, 9, 0, 0, 0, 12, 0),
      cell: new Float64Array(9),
      pbc: [false, false, false],
    });
    withBoth(far, sample({ bzeroflag: false }), (fast, reference) => {
      expect(distanceOf(fast.energies, reference.energies)).toBeLessThanOrEqual(1e-14);
      expect(largest(fast.forces)).toBe(0);
    });
  });

  it('more than there are records: several rounds', () => {
    const dense = crystal({ elements: [74, 4], distance: 1.4 });
    const potential = sample({ twojmax: 4 });
    expectSame(dense, potential);
    const sparse = cluster({ elements: [74, 4], distance: 1.1 });
    expectSame(sparse, potential);
  });
});

describe('bounds checks of the debug target', () => {
  // Only generated functions touch these arrays: powers, and g of the cubic form.
  it.each([17, 22])('cover the generated functions: array %i of the scratch', async (array) => {
    const checked = await createEngine({ debug: true });
    const potential = sample({ twojmax: 3 });
    const binding = bindForm(formOf(potential.kernel), potential);
    const params = binding.params.slice();
    params[array] += 8;
    const bound = bindKernels(checked, crystal(shape(1), 1), potential, { ...binding, params }, 0.4);
    expect(() => bound.stages(0, bound.n)).toThrow(/kernel aborted/);
  });
});

describe('the tables', () => {
  it('polynomials times powers are the matrices of the direct recurrence', () => {
    const [a, b] = [
      [0.36, 0.48],
      [-0.64, 0.48],
    ];
    const U = directU(5, a as [number, number], b as [number, number]);
    const t = b[0] * b[0] + b[1] * b[1];
    const power = ([re, im]: number[], n: number): number[] => {
      let z = [1, 0];
      for (let i = 0; i < Math.abs(n); i++) z = [z[0] * re - z[1] * im, z[0] * im + z[1] * re];
      return n < 0 ? [z[0], -z[1]] : z;
    };
    const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
    const polynomials = elementPolynomials(5);
    for (let j = 0; j <= 5; j++) {
      for (let k = 0; 2 * k <= j; k++) {
        for (let s = 0; s <= j; s++) {
          const [x, y] = [power([a[0], -a[1]], j - k - s), power([-b[0], b[1]], s - k)];
          const norm = Math.sqrt((factorial(s) * factorial(j - s)) / (factorial(k) * factorial(j - k)));
          const g = norm * polynomials[j][k][s].reduceRight((sum, c) => sum * t + c, 0);
          expect(U[j][s][k][0]).toBeCloseTo(g * (x[0] * y[0] - x[1] * y[1]), 13);
          expect(U[j][s][k][1]).toBeCloseTo(g * (x[0] * y[1] + x[1] * y[0]), 13);
        }
      }
    }
  });

  it('have the sizes that the comments say', () => {
    const plane = makePlane(8, 1);
    const list = triples(8, false).map((momenta) => ({ momenta, channels: [0, 0, 0] as const }));
    const { blocks, coefficients } = cubicForm(plane, list, [new Float64Array(list.length)]);
    expect(plane.size).toBe(285);
    expect(blocks.length / 4).toBe(1033);
    expect(coefficients[0].length).toBe(12217);
    expect(densityTransform(8, plane).items).toBe(95);
  });
});
