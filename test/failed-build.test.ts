/** A list whose building failed: the next evaluation must not read what it left behind. */
import { describe, expect, it } from 'vitest';
import { PhysicsError } from '../src/data/errors.ts';
import { lattice } from '../src/data/lattice.ts';
import { ljPotential } from '../src/data/potentials/lj.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';

describe('after atoms collapsed', () => {
  it('the positions before give the same bits again, and no memory is kept', async () => {
    const engine = await createEngine();
    const crystal = repeat(lattice({ kind: 'fcc', a: 5.3, elements: ['Ar'] }), [3, 3, 3]);
    const potential = ljPotential({ species: [18], epsilon: 0.0103, sigma: 3.4, cutoff: 6, shift: 'none' });
    // a skin that the program chooses remembers the lists before, and with it the order of sums
    const system = createSystem(engine, crystal, potential, { skin: 0.5 });
    const energy = system.evaluate();
    const forces = system.f.slice();
    const x = system.x.slice();
    const tops: number[] = [];
    for (let time = 0; time < 3; time++) {
      // far enough for another list, with other rows, and two atoms in one place
      for (let i = 0; i < x.length; i++) system.x[i] = x[i] * (i % 2 ? 1.7 : 0.4);
      for (let c = 0; c < 3; c++) system.x[3 + c] = system.x[c] + 1e-4;
      expect(() => system.evaluate()).toThrow(PhysicsError);
      system.x.set(x);
      expect(system.evaluate()).toBe(energy);
      expect(system.f).toEqual(forces);
      tops.push(engine.mark());
    }
    expect(tops[2]).toBe(tops[0]);
  });
});
