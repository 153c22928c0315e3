import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { displace, vacancy } from '../src/data/defects.ts';

import { lattice } from '../src/data/lattice.ts';
import type { Potential } from '../src/data/potential.ts';
import { repeat } from '../src/data/supercell.ts';
import { type Engine, createEngine as plainEngine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { evaluateTogether } from '../src/engine/together.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { readPotentialFile } from '../src/node/load.ts';
import { createEngine, spawnThread } from '../src/node/threads.ts';
import { restoreNeb, saveNeb, startNeb, stepNeb } from '../src/tasks/neb.ts';

const iron = loadEmbedded('Fe-Ackland-2004');
const crystal = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [3, 3, 3]);
const folder = '../shared/potentials/milady';

async function withEngine<T>(threads: number, use: (engine: Engine) => T | Promise<T>): Promise<T> {
  const engine = await createEngine({ threads });
  try {
    return await use(engine);
  } finally {
    engine.close();
  }
}

/** Energies, forces and virials of seven displaced crystals, twice: the second time they have moved past the skin. */
function bits(engine: Engine, potential: Potential, a: number, z: string): number[] {
  const unit = repeat(lattice({ kind: 'bcc', a, elements: [z] }), [3, 3, 3]);
  const systems = [1, 2, 3, 4, 5, 6, 7].map((seed) =>
    createSystem(engine, displace(unit, { sigma: 0.05 }, BigInt(seed)), potential, { skin: 0.3 }),
  );
  const out: number[] = [];
  for (let round = 0; round < 2; round++) {
    out.push(...evaluateTogether(engine, systems), ...systems.flatMap(({ f, virial }) => [...f, ...virial]));
    systems.forEach((system, k) => {
      system.x[3 * k] += 0.4;
    });
  }
  return out;
}

describe('systems evaluated together', () => {
  it('have the bits of one after the other on any number of threads (EAM)', async () => {
    const serial = await withEngine(1, (engine) => bits(engine, iron, 2.8553, 'Fe'));
    for (const threads of [2, 3]) {
      expect(await withEngine(threads, (engine) => bits(engine, iron, 2.8553, 'Fe'))).toEqual(serial);
    }
  });

  it.skipIf(!existsSync(folder))('have the same bits with MILADY potentials (needs ../shared)', async () => {
    for (const name of ['W_LML', 'W_QNML']) {
      const potential = readPotentialFile(`${folder}/${name}.pot`);
      const [serial, shared] = [
        await withEngine(1, (engine) => bits(engine, potential, 3.18, 'W')),
        await withEngine(2, (engine) => bits(engine, potential, 3.18, 'W')),
      ];
      expect(shared).toEqual(serial);
    }
  });

  it('throw what one of them throws, and go on', async () => {
    await withEngine(2, (engine) => {
      const systems = [1, 2, 3].map(() => createSystem(engine, crystal, iron));
      systems[1].x.copyWithin(0, 3, 6);
      expect(() => evaluateTogether(engine, systems)).toThrow(/atoms 0 and 1/);
      systems[1].x.set(crystal.positions);
      const energies = evaluateTogether(engine, systems);
      expect(energies[1]).toBe(energies[0]);
    });
  });

  it('say that a thread has ended, instead of waiting for it', async () => {
    const ended: (() => boolean)[] = [];
    const kill: (() => void)[] = [];
    const engine = await plainEngine({
      threads: 2,
      spawn: (start) => {
        const thread = spawnThread(start);
        ended.push(() => thread.ended?.() ?? false);
        kill.push(() => thread.terminate());
        return thread;
      },
    });
    const systems = [1, 2].map(() => createSystem(engine, crystal, iron));
    evaluateTogether(engine, systems);
    kill[0]();
    while (!ended[0]()) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(() => evaluateTogether(engine, systems)).toThrow(/thread 1 of the engine has ended/);
    engine.close();
  });
});

describe('a band with its images shared among threads', () => {
  const path = async (threads: number, stops: boolean) =>
    withEngine(threads, (engine) => {
      const input = {
        atoms: vacancy(crystal, [0, 0, 0]),
        last: vacancy(crystal, [1.42765, 1.42765, 1.42765]),
        potential: iron,
        skin: 0.5,
        options: {
          images: 7,
          maxImages: 9,
          method: 'lbfgs' as const,
          fmax: 1e-2,
          steps: 200,
          spring: 5,
          interpolate: 'idpp' as const,
          climb: 'highest' as const,
          climbBelow: 0.1,
          relaxEnds: true,
          keepOrder: false,
        },
      };
      let neb = startNeb(engine, input);
      for (let step = 1; neb.state.stage !== 'done'; step++) {
        stepNeb(neb);
        if (!stops || step % 9 !== 0 || ['done'].includes(neb.state.stage)) continue;
        const saved = structuredClone(saveNeb(neb));
        engine.release(neb.mark);
        neb = restoreNeb(engine, input, saved);
      }
      return [[...neb.objective.x], [...neb.objective.f], neb.state.steps];
    });

  it('is the same to the bit, stopped and resumed or not', async () => {
    const serial = await path(1, false);
    expect(await path(2, false)).toEqual(serial);
    expect(await path(2, true)).toEqual(serial);
  });
});
