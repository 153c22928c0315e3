/** The opt-in fast kernels: close to those in f64, told apart from them, and the same on any number of threads. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bulk, defectEnergy } from '../src/analysis/defect-energy.ts';
import { elasticConstants } from '../src/analysis/elastic.ts';
import { energyVolume } from '../src/analysis/equation-of-state.ts';
import { hessian } from '../src/analysis/hessian.ts';
import { stochasticVibrations } from '../src/analysis/stochastic-entropy.ts';
import { type GammaOptions, gammaSurface, surfaceEnergy } from '../src/analysis/surface.ts';
import { InputError } from '../src/data/errors.ts';
import { snapCoefficients, snapPotential, snapSize } from '../src/data/potentials/snap.ts';
import type { Engine } from '../src/engine/engine.ts';
import { fastError, formatFastError } from '../src/engine/fast-error.ts';
import { createSystem } from '../src/engine/system.ts';
import { prepare } from '../src/free-energy/prepare.ts';
import { systemTarget } from '../src/free-energy/target.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { startRun } from '../src/node/start-run.ts';
import { createEngine } from '../src/node/threads.ts';
import type { MdOptions } from '../src/tasks/dynamics.ts';
import { startNeb } from '../src/tasks/neb.ts';
import { startSaddle } from '../src/tasks/saddle.ts';
import { cluster, crystal } from '../src/verify/configurations.ts';
import { noise } from '../src/verify/subject.ts';

let engines: Engine[];
beforeAll(async () => {
  engines = await Promise.all([1, 3].map((threads) => createEngine({ threads, fast: true })));
});
afterAll(() => {
  for (const engine of engines) engine.close();
});

const tungsten = (quadraticflag: boolean, chemflag = false) => {
  const size = snapSize(6, false, chemflag ? 2 : 1);
  const elements = [74, 4].map((number, e) => ({
    number,
    radius: 0.5,
    weight: 1,
    coefficients: noise(snapCoefficients(size, quadraticflag), e).map((c, k) => (k > size ? 1e-5 : 2e-3) * c),
  }));
  return snapPotential({ twojmax: 6, rcutfac: 4.6, elements, quadraticflag, chemflag });
};
const shape = { elements: [74, 4], distance: 2.6 };

describe('the fast kernels', () => {
  it.each([
    ['linear SNAP', tungsten(false), 1e-8, 1e-5],
    ['linear SNAP with chemistry', tungsten(false, true), 1e-8, 1e-5],
    ['quadratic SNAP, in f64', tungsten(true), 0, 1e-12],
  ] as const)('%s: their error is small and told', async (_, potential, least, most) => {
    for (const atoms of [crystal(shape, 2), cluster(shape)]) {
      const error = await fastError(engines[0], atoms, potential);
      expect(error.forces / error.size).toBeGreaterThanOrEqual(least);
      expect(error.forces / error.size).toBeLessThanOrEqual(most);
      expect(error.energy).toBeLessThanOrEqual(1e-5);
      expect(formatFastError(error)).toMatch(/^forces differ by .* eV\/Å RMS of .*, the energy by .* eV\/atom$/);
    }
  });

  it('EAM differs by rounding', async () => {
    const potential = loadEmbedded('Fe-Ackland-2004');
    const error = await fastError(engines[0], crystal({ elements: [26], distance: 2.5 }, 2), potential);
    expect(error.forces / error.size).toBeLessThanOrEqual(1e-12);
  });

  it('forces are the same with any number of threads', () => {
    const atoms = crystal(shape, 3);
    const [one, three] = engines.map((engine) => {
      const system = createSystem(engine, atoms, tungsten(false));
      system.evaluate();
      return [...system.f, ...system.energies];
    });
    expect(three).toStrictEqual(one);
  });

  it('are part of what a run folder is', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'frenkel-fast-')), 'run');
    const options: MdOptions = {
      ensemble: 'nve',
      steps: 1,
      timestep: 1e-3,
      temperature: [300, 300],
      pressure: [0, 0],
      friction: 1,
      relaxation: 0.1,
      cellRelaxation: 1,
      coupling: 'iso',
      seed: 1n,
    };
    const files = { thermoEvery: 1, dumpEvery: 0, trajectory: 'trajectory.xyz', checkpointSeconds: 30 };
    const job = { atoms: crystal(shape, 1), potential: tungsten(false), options, skin: 0.5, ...files };
    const run = startRun('md', folder, job);
    run.event({ event: 'start' });
    run.close();
    expect(() => startRun('md', folder, { ...job, fast: true })).toThrow(/another run.*\(fast\)/);
    rmSync(dirname(folder), { recursive: true });
  });

  it('are refused by Hessians, entropies and free energies, strained cells, paths, saddle points, planes and defects', () => {
    const atoms = crystal({ elements: [26], distance: 2.5 }, 1);
    const potential = loadEmbedded('Fe-Ackland-2004');
    const system = createSystem(engines[0], atoms, potential);
    const masses = atoms.positions.map(() => 56);
    const search = { method: 'fire', fmax: 0.01, steps: 10, relaxStart: true, connect: true } as const;
    const bands = {
      images: 5,
      maxImages: 5,
      spring: 5,
      interpolate: 'linear',
      climb: 'none',
      climbBelow: 0.5,
    } as const;
    const path = { ...search, ...bands, relaxEnds: true, keepOrder: true };
    const grid: GammaOptions = { plane: [1, 1, 0], vectors: [[0.5, -0.5, 0.5]], intervals: [2] };
    const none = {} as Bulk;
    const refused = (what: string) => new RegExp(`^${what} on an engine with the fast kernels`);
    for (const [what, use] of [
      ['a Hessian', () => hessian(system)],
      ['an entropy', () => stochasticVibrations(engines[0], atoms, potential)],
      ['a free energy', () => prepare(engines[0], atoms, potential, { reference: { kind: 'harmonic' } })],
      ['a free energy', () => systemTarget(system, masses)],
      ['energies and stresses of strained cells', () => elasticConstants(system)],
      ['energies and stresses of strained cells', () => energyVolume(system)],
      ['an energy of a plane', () => surfaceEnergy(engines[0], atoms, potential, [1, 1, 0])],
      ['an energy of a plane', () => gammaSurface(engines[0], atoms, potential, grid)],
      ['a formation energy', () => defectEnergy(engines[0], atoms, potential, none)],
      ['a path', () => startNeb(engines[0], { atoms, last: atoms, potential, options: path })],
      ['a saddle point', () => startSaddle(engines[0], { atoms, displacement: masses, potential, options: search })],
    ] as [string, () => unknown][]) {
      expect(use, what).toThrow(InputError);
      expect(use, what).toThrow(refused(what));
    }
  });

  it('have a name of their own', async () => {
    const exact = await createEngine({ threads: 1 });
    expect([exact.fast, engines[0].fast]).toEqual([false, true]);
    expect(engines[0].hash).not.toBe(exact.hash);
    exact.close();
  });
});
