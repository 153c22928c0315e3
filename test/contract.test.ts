/**
 * What every registered form of potential promises (design §4), each held against something independent of the kernels:
 * numerical derivatives, symmetries, other descriptions of the same crystal, other numbers of threads.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import type { Potential } from '../src/data/potential.ts';
import type { Engine } from '../src/engine/engine.ts';
import { forms } from '../src/engine/registry.ts';
import { termsOf } from '../src/engine/system.ts';
import { createEngine } from '../src/node/threads.ts';
import { cluster, crystal, primitive, slab } from '../src/verify/configurations.ts';
import { type Jumps, worstJumps } from '../src/verify/cutoff.ts';
import { forceError, sumError, virialError } from '../src/verify/differences.ts';
import { dimerJumps, JUMP_LIMITS } from '../src/verify/dimers.ts';
import { evaluate } from '../src/verify/evaluate.ts';
import { type Image, latticeImages, supercells, symmetryImages } from '../src/verify/images.ts';
import { declaredContinuity, declaredSymmetric, radiiOf, worstOf } from '../src/verify/subject.ts';
import { balanceExcess, imageExcess } from '../src/verify/symmetry.ts';
import { numbersOf } from '../src/verify/threads.ts';
import type { Sample } from './support/contract/sample.ts';
import { samples } from './support/contract/samples.ts';
import { directEnergy } from './support/direct/index.ts';
import { finelySplit } from './support/split.ts';

let engine: Engine;
let checked: Engine;
let several: Engine[];

beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  checked = await createEngine({ threads: 1, debug: true });
  several = await Promise.all([2, 3].map(finelySplit));
});

afterAll(() => {
  for (const one of [engine, checked, ...several]) one.close();
});

function expectSame(sample: Sample, atoms: Atoms, images: Image[]): void {
  for (const image of images) {
    const { energy, energies, forces } = imageExcess(engine, sample, atoms, image);
    expect(energy, `${image.name}: energy`).toBeLessThanOrEqual(1);
    expect(energies, `${image.name}: energies of atoms`).toBeLessThanOrEqual(1);
    expect(forces, `${image.name}: forces`).toBeLessThanOrEqual(1);
  }
}

/** Forces, virial and energies of atoms against derivatives and sums that know nothing of the kernels. */
function gradients(sample: Sample): void {
  const free = cluster(sample);
  const periodic = crystal(sample);
  const all = [free, periodic, slab(sample), ...sample.elements.map((element) => primitive(sample, element))];

  it('forces are minus the numerical gradient', () => {
    for (const atoms of [free, periodic]) {
      expect(forceError(engine, atoms, sample.potential(atoms))).toBeLessThanOrEqual(7e-9);
    }
  });

  it('virial is minus the derivative by strain', () => {
    for (const atoms of all) expect(virialError(engine, atoms, sample.potential(atoms))).toBeLessThanOrEqual(1e-7);
  });

  it('energies add up, and the same place gives the same numbers', () => {
    const { sum, repeat } = sumError(engine, periodic, sample.potential(periodic));
    expect(sum).toBeLessThanOrEqual(1e-12 * periodic.numbers.length);
    expect(repeat).toBe(0);
  });

  it('energies are those of a sum over all pairs, written apart', () => {
    for (const atoms of all) {
      const potential = sample.potential(atoms);
      const { energies } = evaluate(engine, atoms, potential);
      directEnergy(atoms, potential).energies.forEach((e, i) => {
        expect(Math.abs(energies[i] - e), `atom ${i}`).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(e)));
      });
    }
  });
}

/** What must not matter: threads, bounds checks, the skin. */
function means(sample: Sample): void {
  it('1, 2 and 3 threads and the bounds-checked kernels give the same bits', () => {
    for (const atoms of [crystal(sample, 3), slab(sample), primitive(sample, sample.elements[0])]) {
      const potential = sample.potential(atoms);
      const one = numbersOf(engine, atoms, potential);
      for (const other of [...several, checked]) {
        expect(numbersOf(other, atoms, potential), `${other.threads} threads`).toStrictEqual(one);
      }
    }
  });

  it('does not depend on the skin', () => {
    const atoms = crystal(sample);
    const potential = sample.potential(atoms);
    const energies = [0, 0.5, 2].map((skin) => evaluate(engine, atoms, potential, { skin }).energy);
    for (const energy of energies) {
      expect(Math.abs(energy - energies[0])).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(energy)));
    }
  });
}

function symmetries(sample: Sample): void {
  const free = cluster(sample);
  const periodic = crystal(sample);

  it('has the symmetries of space and of equal atoms', () => {
    for (const atoms of [free, periodic]) expectSame(sample, atoms, symmetryImages(atoms));
  });

  it('forces of a free cluster add up to nothing, and so does their torque', () => {
    expect(balanceExcess(engine, sample, free)).toBeLessThanOrEqual(1);
  });

  it('a crystal is the same in twice the cell, for every pbc', () => {
    for (const cell of [periodic, ...sample.elements.map((element) => primitive(sample, element))]) {
      for (const { original, images } of supercells(cell)) expectSame(sample, original, images);
    }
  });

  it('a crystal is the same in another cell of its lattice, with its atoms anywhere', () => {
    for (const atoms of [periodic, primitive(sample, sample.elements[0])]) {
      expectSame(sample, atoms, latticeImages(atoms));
    }
  });
}

function noSymmetry(sample: Sample): void {
  it('declares no symmetry because it has none', () => {
    const atoms = cluster(sample);
    for (const image of symmetryImages(atoms)) {
      expect(Math.max(...Object.values(imageExcess(engine, sample, atoms, image))), image.name).toBeGreaterThan(1e6);
    }
  });
}

/** Neither less continuous than its record says, nor more. */
function continuityOf(sample: Sample, potential: Potential): void {
  const continuity = declaredContinuity(potential);
  it(`is ${continuity} where its formula changes, as declared`, () => {
    const kind = ({ value, slope }: Jumps) => (value > 1e-10 ? 'none' : slope > 1e-7 ? 'C0' : 'C1');
    const jumps = (spectator: boolean) =>
      worstOf(radiiOf(potential).map((radius) => kind(worstJumps(engine, potential, sample, radius, spectator))));
    expect(jumps(true)).toBe(continuity);
    expect(jumps(false), 'a lone dimer').toBe(sample.cornerWhenAlone ? 'C0' : continuity);
  });
  if (continuity !== 'C1') return;
  it('jumps nowhere else either', () => {
    for (const a of sample.elements) {
      const { value, slope, radius } = dimerJumps(engine, sample, [a, sample.elements[0], a]);
      expect(value, `${radius} Å`).toBeLessThanOrEqual(JUMP_LIMITS.value);
      expect(slope, `${radius} Å`).toBeLessThanOrEqual(JUMP_LIMITS.slope);
    }
  });
}

describe.each(samples)('$label', (sample) => {
  const potential = sample.potential(crystal(sample));
  const symmetric = declaredSymmetric(potential);
  gradients(sample);
  means(sample);
  if (symmetric) symmetries(sample);
  else noSymmetry(sample);
  if (potential.cutoff > 0) continuityOf(sample, potential);
  if (!sample.embedded) return;
  it('is C1 and has all symmetries, as every embedded potential', () => {
    expect(declaredContinuity(potential)).toBe('C1');
    expect(symmetric).toBe(true);
  });
});

describe('the contract', () => {
  it('looks at every registered form', () => {
    const seen = new Set(samples.flatMap((sample) => termsOf(sample.potential(crystal(sample))).map((t) => t.kernel)));
    expect(forms.map((form) => form.kernel).filter((kernel) => !seen.has(kernel))).toEqual([]);
  });

  it('splits its passes among 2 and 3 threads', () => {
    expect(several.map((one) => one.threads)).toEqual([2, 3]);
  });
});
