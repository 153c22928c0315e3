import { describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { minimize } from '../src/methods/minimize.ts';

describe('ordinary memory', () => {
  const atoms = vacancy(repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [4, 4, 4]), 0);
  const potential = loadEmbedded('Fe-Ackland-2004');

  it('has the bits of shared memory', async () => {
    const ends = await Promise.all(
      [undefined, 64 * 2 ** 20].map(async (ordinary) => {
        const engine = await createEngine({ ordinary });
        expect(engine.memory.buffer instanceof ArrayBuffer).toBe(ordinary !== undefined);
        const system = createSystem(engine, atoms, potential);
        const { energy } = minimize(system, 'cg', { fmax: 1e-3 });
        return [energy, ...system.x];
      }),
    );
    expect(ends[1]).toEqual(ends[0]);
  });

  it('says how much it lacks', async () => {
    const engine = await createEngine({ ordinary: 2 ** 21 });
    expect(() => engine.f64(2 ** 20)).toThrow(/needs 8 MiB .*2 MiB of ordinary memory were reserved/);
  });
});
