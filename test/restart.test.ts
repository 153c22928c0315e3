/**
 * Runs that were stopped, written to bytes and taken up in a fresh engine have the bits of the run that was not:
 * whatever the stop, the interval of checkpoints and the number of threads.
 */
import { describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { vacancy } from '../src/data/defects.ts';
import type { Potential } from '../src/data/potential.ts';
import { decodeState, encodeState } from '../src/data/state.ts';
import { gpaPerPressure } from '../src/data/units.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createSystem, type System } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { type DynamicsState, ensembles } from '../src/methods/dynamics.ts';
import { criterion, type MinimizerState, minimizerInit, minimizerStep, minimizers } from '../src/methods/minimize.ts';
import {
  type MdCheckpoint,
  type MdOptions,
  observeMd,
  restoreMd,
  saveMd,
  startMd,
  stepMd,
} from '../src/tasks/dynamics.ts';
import { massesOf } from '../src/tasks/masses.ts';
import {
  type RelaxCheckpoint,
  type RelaxOptions,
  relaxObjective,
  restoreRelax,
  saveRelax,
} from '../src/tasks/relax.ts';
import { bcc } from './support/crystals.ts';
import { finelySplit } from './support/split.ts';

/** Small skin: the list is rebuilt within a few steps, so that stops fall before, at and after builds. */
const skin = 0.1;

interface Case {
  atoms: Atoms;
  potential: Potential;
}

/** A vacancy in 54 sites; one atom is held, another along y only; the cell is skewed. */
function iron(): Case {
  const potential = loadEmbedded('Fe-Ackland-2004');
  const atoms = vacancy(bcc(potential, 2.87, 3), 20);
  atoms.cell[3] = 0.4;
  atoms.cell[6] = -0.3;
  for (let i = 0; i < atoms.positions.length; i += 3) {
    atoms.positions[i] += (0.4 * atoms.positions[i + 1] - 0.3 * atoms.positions[i + 2]) / atoms.cell[4];
  }
  atoms.fixed = new Uint8Array(atoms.positions.length);
  for (const k of [15, 16, 17, 31]) atoms.fixed[k] = 1;
  return { atoms, potential };
}

/** Smaller than the cutoff: 15 atoms and images of themselves. */
function tungsten(): Case {
  const potential = loadEmbedded('W-Wood-2017');
  return { potential, atoms: vacancy(bcc(potential, 3.19, 2), 3) };
}

/** As a checkpoint travels: cloned, to bytes and back. */
const travelled = <T>(checkpoint: T): T => decodeState(encodeState(structuredClone(checkpoint))) as T;

const bitsOf = (system: System) => ({
  x: system.x.slice(),
  f: system.f.slice(),
  cell: system.cell.slice(),
  virial: system.virial.slice(),
  energies: system.energies.slice(),
  energy: system.energy(),
});

/** One run of molecular dynamics: begun or taken up, saved every `every` steps. */
function dynamics(engine: Engine, { atoms, potential }: Case, options: MdOptions, from?: MdCheckpoint, every = 0) {
  const system = createSystem(engine, atoms, potential, { skin });
  const state = from ? restoreMd(system, from) : startMd(system, massesOf(atoms, potential).values, options);
  const log: number[][] = [];
  const saved = new Map<number, MdCheckpoint>();
  const builds: number[] = [];
  while (state.step < options.steps) {
    if (every > 0 && state.step % every === 0) saved.set(state.step, travelled(saveMd(system, state)));
    stepMd(system, state, options);
    log.push(observeMd(system, state, options));
    builds.push(system.builds());
  }
  return { log, saved, builds, end: { ...bitsOf(system), state: structuredClone(state) as DynamicsState } };
}

const md: MdOptions = {
  ensemble: 'nve',
  steps: 60,
  timestep: 0.003,
  temperature: [700, 1100],
  pressure: [0, 2 / gpaPerPressure],
  friction: 5,
  relaxation: 0.05,
  cellRelaxation: 0.2,
  coupling: 'iso',
  seed: 5n,
};

const kinds = [...ensembles.map((ensemble) => [ensemble, 'iso'] as const), ['npt', 'aniso'] as const];

describe.each(kinds)('%s %s', (ensemble, coupling) => {
  const options: MdOptions = { ...md, ensemble, coupling };

  it('taken up at any step in a fresh engine', async () => {
    const whole = dynamics(await createEngine(), iron(), options, undefined, 1);
    // the run must rebuild its list on the way, or the test shows nothing
    expect(whole.builds[59]).toBeGreaterThan(3);
    expect(dynamics(await createEngine(), iron(), options).end).toEqual(whole.end);
    for (const stop of [0, 1, 2, 3, 7, 19, 20, 21, 40, 59]) {
      const again = dynamics(await createEngine(), iron(), options, whole.saved.get(stop));
      expect(again.log, `after ${stop}`).toEqual(whole.log.slice(stop));
      expect(again.end, `after ${stop}`).toEqual(whole.end);
    }
  });

  it('stopped again and again, with checkpoints at different intervals', async () => {
    const whole = dynamics(await createEngine(), iron(), options);
    for (const every of [1, 7, 25]) {
      let from: MdCheckpoint | undefined;
      for (let stop = every; stop < options.steps; stop += every) {
        const part = dynamics(await createEngine(), iron(), options, from, every);
        from = part.saved.get(stop);
        expect(part.end, `every ${every}, after ${stop}`).toEqual(whole.end);
      }
    }
  });
});

const threads = 2;

describe('threads', () => {
  it.each(kinds)('%s %s: one and two, and one that takes over from two', async (ensemble, coupling) => {
    const options: MdOptions = { ...md, ensemble, coupling, steps: 30 };
    const two = await finelySplit(threads);
    expect(two.threads).toBe(threads);
    const whole = dynamics(await createEngine(), iron(), options);
    const split = dynamics(two, iron(), options, undefined, 10);
    expect(split.end).toEqual(whole.end);
    expect(dynamics(await createEngine(), iron(), options, split.saved.get(20)).end).toEqual(whole.end);
    two.close();
  });

  it('W-Wood-2017, with images of the atoms themselves', async () => {
    const options: MdOptions = { ...md, ensemble: 'npt', temperature: [1500, 3000], steps: 40 };
    const two = await finelySplit(threads);
    const whole = dynamics(await createEngine(), tungsten(), options, undefined, 13);
    expect(whole.builds[39]).toBeGreaterThan(1);
    expect(dynamics(two, tungsten(), options).end).toEqual(whole.end);
    for (const stop of [13, 39]) {
      expect(dynamics(await createEngine(), tungsten(), options, whole.saved.get(stop)).end).toEqual(whole.end);
    }
    two.close();
  });
});

/** One relaxation, begun or taken up, saved after every step. */
function relaxation(engine: Engine, { atoms, potential }: Case, options: RelaxOptions, from?: RelaxCheckpoint) {
  const system = createSystem(engine, atoms, potential, { skin });
  const begun = (): { objective: ReturnType<typeof relaxObjective>; state: MinimizerState } => {
    const objective = relaxObjective(system, options);
    return { objective, state: minimizerInit(objective, options.method) };
  };
  const { objective, state } = from ? restoreRelax(system, options, from) : begun();
  const saved: RelaxCheckpoint[] = [travelled(saveRelax(system, objective, state))];
  const energies: number[] = [];
  while (!criterion(state, options)) {
    minimizerStep(objective, state);
    saved.push(travelled(saveRelax(system, objective, state)));
    energies.push(state.energy, state.fmax);
  }
  const end = { ...bitsOf(system), y: objective.x.slice(), g: objective.f.slice(), state: structuredClone(state) };
  return { saved, energies, builds: system.builds(), end };
}

/** The vacancy with its neighbours shaken, so that there is something to do. */
function shaken(): Case {
  const { atoms, potential } = iron();
  for (let k = 0; k < atoms.positions.length; k++) atoms.positions[k] += 0.15 * ((((k * 7919) % 101) - 50) / 50);
  return { atoms, potential };
}

describe.each(minimizers)('%s', (method) => {
  it.each(['fixed', 'iso', 'ortho', 'full'] as const)('cell %s: taken up at any step', async (cell) => {
    const options: RelaxOptions = { method, fmax: 1e-6, steps: 60, cell, pressure: 3 / gpaPerPressure };
    const whole = relaxation(await createEngine(), shaken(), options);
    const last = whole.saved.length - 1;
    expect(last).toBeGreaterThan(10);
    expect(whole.builds).toBeGreaterThan(1);
    for (const stop of [0, 1, 2, 5, 9, last - 1]) {
      const again = relaxation(await createEngine(), shaken(), options, whole.saved[stop]);
      expect(again.energies, `after ${stop}`).toEqual(whole.energies.slice(2 * stop));
      expect(again.end, `after ${stop}`).toEqual(whole.end);
    }
  });

  it('one and two threads', async () => {
    const options: RelaxOptions = { method, fmax: 1e-4, steps: 40, cell: 'full', pressure: 0 };
    const two = await finelySplit(threads);
    expect(relaxation(two, shaken(), options).end).toEqual(relaxation(await createEngine(), shaken(), options).end);
    two.close();
  });
});
