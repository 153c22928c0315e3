/** The moves of velocity Verlet beside the forces have the bits of the loops in src/methods/motion.ts. */
import { describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { startMd, stepMd } from '../src/tasks/dynamics.ts';
import { massesOf } from '../src/tasks/masses.ts';
import { bcc } from './support/crystals.ts';
import { finelySplit } from './support/split.ts';

const potential = loadEmbedded('Fe-Ackland-2004');
/** 53 atoms: an odd number of coordinates. */
const crystal = vacancy(bcc(potential, 2.87, 3), [0, 0, 0]);
const fixed = Uint8Array.from(crystal.positions, (_, k) => Number(k % 7 === 0));

/** At 1500 K hot enough for new lists. */
function run(engine: Engine, ensemble: 'nve' | 'nhc', held: boolean, inJavaScript: boolean, kelvin = 1500) {
  const atoms = held ? { ...crystal, fixed } : crystal;
  const system = createSystem(engine, atoms, potential);
  const seen = inJavaScript ? { ...system, move: undefined } : system;
  const options = {
    ensemble,
    steps: 600,
    timestep: 0.003,
    temperature: [kelvin, kelvin] as [number, number],
    pressure: [0, 0] as [number, number],
    friction: 1,
    relaxation: 0.05,
    cellRelaxation: 0.2,
    coupling: 'iso' as const,
    seed: 5n,
  };
  const state = startMd(seen, massesOf(atoms, potential).values, options);
  while (state.step < options.steps) stepMd(seen, state, options);
  return { state, x: system.x.slice(), f: system.f.slice(), list: system.listState(), builds: system.builds() };
}

describe.each(['nve', 'nhc'] as const)('%s', (ensemble) => {
  it.each([false, true])('some components held: %s', async (held) => {
    const one = await createEngine();
    const loops = run(one, ensemble, held, true);
    expect(loops.builds).toBeGreaterThanOrEqual(3);
    expect(run(one, ensemble, held, false)).toEqual(loops);
    const three = await finelySplit(3);
    expect(run(three, ensemble, held, false)).toEqual(loops);
    three.close();
  });

  it('with a list that is given up as too thick', async () => {
    const one = await createEngine();
    const loops = run(one, ensemble, false, true, 5);
    // no atom moves by half of the first skin, which is given up for a thinner one
    expect(loops.builds).toBeGreaterThan(1);
    expect(loops.list.skin?.notch).toBeLessThan(5);
    expect(run(one, ensemble, false, false, 5)).toEqual(loops);
    const three = await finelySplit(3);
    expect(run(three, ensemble, false, false, 5)).toEqual(loops);
    three.close();
  });
});
