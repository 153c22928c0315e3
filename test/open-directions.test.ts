import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import type { Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { createEngine } from '../src/node/threads.ts';
import { type MdOptions, startMd } from '../src/tasks/dynamics.ts';
import { type RelaxOptions, relaxObjective } from '../src/tasks/relax.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

const iron = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [3, 3, 3]);
const masses = new Float64Array(54).fill(55.845);
const md: MdOptions = {
  ensemble: 'npt',
  steps: 1,
  timestep: 0.001,
  temperature: [300, 300],
  pressure: [0, 0],
  friction: 1,
  relaxation: 0.1,
  cellRelaxation: 1,
  coupling: 'iso',
  seed: 1n,
};
const relax: RelaxOptions = { method: 'cg', fmax: 1e-4, steps: 1, cell: 'full', pressure: 0.01 };

describe('a slab', () => {
  it('has no volume that a pressure could act on', () => {
    const potential = loadEmbedded('Fe-Ackland-2004');
    const slab = createSystem(engine, { ...iron, pbc: [true, true, false] }, potential);
    expect(() => startMd(slab, masses, md)).toThrow(/periodic in all three/);
    expect(startMd(slab, masses, { ...md, ensemble: 'nhc' }).step).toBe(0);
    expect(() => relaxObjective(slab, relax)).toThrow(/periodic in all three/);
    expect(relaxObjective(slab, { ...relax, pressure: 0 }).x.length).toBe(168);
    const crystal = createSystem(engine, iron, potential);
    expect(startMd(crystal, masses, md).step).toBe(0);
    expect(relaxObjective(crystal, relax).x.length).toBe(168);
  });
});
