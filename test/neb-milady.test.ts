/** Barriers of Goryaeva et al. 2021 (10.1103/PhysRevMaterials.5.103803, table III) with the published potentials. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { dumbbell, vacancy } from '../src/data/defects.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { readPotentialFile } from '../src/node/load.ts';
import { startNeb, stepNeb } from '../src/tasks/neb.ts';
import { describeNeb, type NebResult } from '../src/tasks/neb-result.ts';
import { bcc, relaxedCrystal } from './support/crystals.ts';

const folder = '../shared/potentials/milady';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

/** Between two defects of a 5×5×5 cell at the potential's own lattice parameter. */
function path(name: string, guess: number, ends: (crystal: Atoms, a: number) => [Atoms, Atoms]): NebResult {
  const potential = readPotentialFile(`${folder}/${name}.pot`);
  const { a0 } = relaxedCrystal(engine, potential, guess);
  const [atoms, last] = ends(bcc(potential, a0, 5), a0);
  const neb = startNeb(engine, {
    atoms,
    last,
    potential,
    skin: 0.5,
    options: {
      images: 7,
      maxImages: 7,
      method: 'lbfgs',
      fmax: 5e-3,
      steps: 300,
      spring: 5,
      interpolate: 'idpp',
      climb: 'highest',
      climbBelow: 0.1,
      relaxEnds: true,
      keepOrder: false,
    },
  });
  while (neb.state.stage !== 'done') stepNeb(neb);
  const result = describeNeb(neb);
  engine.release(neb.mark);
  return result;
}

describe.skipIf(!existsSync(folder))('migration with MILADY potentials (needs ../shared)', () => {
  const published: [string, number, number][] = [
    ['Fe_LML', 2.83, 0.67],
    ['Fe_QNML', 2.83, 0.68],
    ['W_LML', 3.19, 1.82],
    ['W_QNML', 3.19, 1.83],
  ];
  it.each(published)('vacancy, %s', (name, guess, barrier) => {
    const found = path(name, guess, (crystal, a) => [
      vacancy(crystal, [0, 0, 0]),
      vacancy(crystal, [a / 2, a / 2, a / 2]),
    ]);
    expect(found.converged).toBe(true);
    expect(Math.abs(found.barrier - barrier)).toBeLessThan(0.03);
  });

  const pairs: [string, number][] = [
    ['W_LML', 1.74],
    ['W_QNML', 1.77],
  ];
  it.each(pairs)('divacancy from first to second neighbours, %s', (name, barrier) => {
    const found = path(name, 3.19, (crystal, a) => {
      const one = vacancy(crystal, [0, 0, 0]);
      return [vacancy(one, [a / 2, a / 2, a / 2]), vacancy(one, [a, 0, 0])];
    });
    expect(found.converged).toBe(true);
    expect(Math.abs(found.barrier - barrier)).toBeLessThan(0.01);
  });

  // The table has 0.35 and 0.33 eV. The saddle is the right one: random dimer searches from the dumbbell end on it.
  const dumbbells: [string, number][] = [
    ['Fe_LML', 0.383],
    ['Fe_QNML', 0.364],
  ];
  it.each(dumbbells)('⟨110⟩ dumbbell to a neighbour and turned, %s', (name, barrier) => {
    const found = path(name, 2.83, (crystal, a) => {
      const at = (site: number, direction: number[]) =>
        dumbbell(crystal, [site, site, site], { direction, separation: 1.9 });
      return [at(2 * a, [1, 1, 0]), at(2.5 * a, [0, 1, 1])];
    });
    expect(found.converged).toBe(true);
    expect(Math.abs(found.barrier - barrier)).toBeLessThan(2e-3);
  });
});
