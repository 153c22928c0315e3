/**
 * The skin that is chosen from counted steps: near the best given one by counted work, and part of the state, so that
 * runs that were stopped, and other numbers of threads, make the same lists.
 */
import { describe, expect, it } from 'vitest';
import type { Atoms } from '../src/data/atoms.ts';
import { lattice } from '../src/data/lattice.ts';
import type { Potential } from '../src/data/potential.ts';
import { decodeState, encodeState } from '../src/data/state.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { formOf } from '../src/engine/registry.ts';
import { countStep, nextSkin, skinOf, skinState, tooThick } from '../src/engine/skin.ts';
import { createSystem, termsOf } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { type MdCheckpoint, type MdOptions, restoreMd, saveMd, startMd, stepMd } from '../src/tasks/dynamics.ts';
import { massesOf } from '../src/tasks/masses.ts';
import { finelySplit } from './support/split.ts';

const options: MdOptions = {
  ensemble: 'langevin',
  steps: 1e6,
  timestep: 0.001,
  temperature: [300, 300],
  pressure: [0, 0],
  friction: 1,
  relaxation: 0.05,
  cellRelaxation: 0.2,
  coupling: 'iso',
  seed: 3n,
};

const crystal = (element: string, a: number, count: number) =>
  repeat(lattice({ kind: 'bcc', a, elements: [element] }), [count, count, count]);

/**
 * Work of steps after the warm-up, in units of testing all pairs within the cutoff: the pairs tested, the tests that
 * lists cost, and the rest of a step (a step of EAM takes three such tests, one of SNAP some fifty).
 */
function work(
  engine: Engine,
  atoms: Atoms,
  potential: Potential,
  kelvin: number,
  steps: number,
  skin?: number,
): number {
  const md: MdOptions = { ...options, temperature: [kelvin, kelvin] };
  const mark = engine.mark();
  const system = createSystem(engine, atoms, potential, { skin });
  const state = startMd(system, massesOf(atoms, potential).values, { ...md, temperature: [2 * kelvin, 2 * kelvin] });
  const buildCost = Math.min(...termsOf(potential).map(({ kernel }) => formOf(kernel).buildCost ?? 10));
  let sum = 0;
  for (let step = 0, builds = 0; step < 2 * steps; step++) {
    stepMd(system, state, md);
    const tests = ((potential.cutoff + system.skin()) / potential.cutoff) ** 3;
    if (step >= steps) sum += (buildCost < 10 ? 50 : 2) + tests * (1 + buildCost * (system.builds() - builds));
    builds = system.builds();
  }
  engine.release(mark);
  return sum;
}

describe('counted work', () => {
  it.each([
    ['Fe-Ackland-2004', 'Fe', 2.8553, 3, 300, 3000],
    ['Fe-Ackland-2004', 'Fe', 2.87, 3, 1000, 1500],
    ['W-Wood-2017', 'W', 3.1803, 2, 300, 250],
  ] as const)('%s: %s, a = %d, %d cells, %d K', async (name, element, a, count, kelvin, steps) => {
    const engine = await createEngine();
    const atoms = crystal(element, a, count);
    const potential = loadEmbedded(name);
    const given = [0.5, 0.8, 1.1].map((skin) => work(engine, atoms, potential, kelvin, steps, skin));
    const chosen = work(engine, atoms, potential, kelvin, steps);
    expect(chosen).toBeLessThan(1.05 * Math.min(...given));
  });
});

describe('the choice', () => {
  const cost = { cutoff: 5.3, build: 12 };
  /** Lists in turn, where `last` says how many steps each skin serves. */
  const lists = (last: (skin: number) => number, count: number) => {
    const state = skinState();
    const skins: number[] = [];
    for (let l = 0; l < count; l++) {
      const skin = skinOf(state);
      skins.push(skin);
      for (let step = 1; step < last(skin) && !tooThick(state, cost); step++) {
        let used = 0;
        for (let k = 1; k <= 15; k++) if (last(k / 10) <= step) used = k / 10;
        countStep(state, used + 1e-6 * step);
      }
      nextSkin(state, cost, skin);
    }
    return skins;
  };

  it('is thick where atoms stay, thin where they run', () => {
    // vibration: after 0.75 Å hardly ever
    const vibrating = lists((s) => (s < 0.75 ? 60 * s : 1e4), 60).slice(20);
    expect(vibrating.filter((s) => s > 0.75 && s < 0.95).length).toBeGreaterThan(30);
    // a long skin at its limit, a short one where any is void at once
    expect(
      lists(() => 1, 40)
        .slice(10)
        .filter((s) => s < 0.15).length,
    ).toBeGreaterThan(20);
    expect(Math.max(...lists((s) => 2 * s * s, 200))).toBeLessThanOrEqual(1.5);
  });

  it('counts a step that is evaluated again once', () => {
    const state = skinState();
    countStep(state, 0.11);
    countStep(state, 0.11);
    expect(state.steps).toBe(1);
    expect(state.passed[1]).toBe(1);
  });
});

describe('restarts', () => {
  const hot: MdOptions = { ...options, ensemble: 'npt', temperature: [900, 900], timestep: 0.003, steps: 400 };
  const atoms = crystal('Fe', 2.87, 3);
  const potential = loadEmbedded('Fe-Ackland-2004');

  function run(engine: Engine, from?: MdCheckpoint, every = 0) {
    const system = createSystem(engine, atoms, potential);
    const state = from ? restoreMd(system, from) : startMd(system, massesOf(atoms, potential).values, hot);
    const saved = new Map<number, MdCheckpoint>();
    const skins: number[] = [];
    while (state.step < hot.steps) {
      if (every > 0 && state.step % every === 0)
        saved.set(state.step, decodeState(encodeState(saveMd(system, state))) as MdCheckpoint);
      stepMd(system, state, hot);
      skins.push(system.skin());
    }
    return {
      saved,
      skins,
      end: { x: system.x.slice(), f: system.f.slice(), energy: system.energy(), list: system.listState() },
    };
  }

  it('have the bits of the run that never stopped, with any number of threads', async () => {
    const whole = run(await createEngine(), undefined, 1);
    expect(new Set(whole.skins).size).toBeGreaterThan(2);
    expect(run(await createEngine(), undefined, 37).end).toEqual(whole.end);
    for (const stop of [0, 1, 15, 16, 17, 63, 64, 200, 377, 399]) {
      const again = run(await createEngine(), whole.saved.get(stop));
      expect(again.skins, `after ${stop}`).toEqual(whole.skins.slice(stop));
      expect(again.end, `after ${stop}`).toEqual(whole.end);
    }
    const two = await finelySplit(3);
    expect(run(two).end).toEqual(whole.end);
    two.close();
  });
});
