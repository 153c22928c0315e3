/** Threads of an engine that end, trap or spoil numbers in the middle of a kernel: a clear error, soon, and no hang. */
import { describe, expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { PhysicsError, ThreadError } from '../src/data/errors.ts';
import { createEngine as createWith } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { threadSource } from '../src/generated/thread.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { createEngine, spawnWith } from '../src/node/threads.ts';
import { finely } from '../src/verify/threads.ts';
import { bcc } from './support/crystals.ts';
import { record } from './support/trust/record.ts';

const potential = loadEmbedded('Fe-Ackland-2004');
const atoms = vacancy(bcc(potential, 2.87, 3), 20);

/** Threads in which call number `at` of a kernel does something else first. */
const spoiled = (at: number, act: string) => `
const Real = WebAssembly.Instance;
let calls = 0;
WebAssembly.Instance = function (module, imports) {
  const { exports } = new Real(module, imports);
  const wrap = (f) => (...args) => { if (++calls === ${at}) { ${act} } return f(...args); };
  return { exports: Object.fromEntries(Object.entries(exports).map(([k, f]) => [k, typeof f === 'function' ? wrap(f) : f])) };
};
${threadSource}`;

const engineOf = async (at: number, act: string) =>
  finely(await createWith({ threads: 3, spawn: spawnWith(spoiled(at, act), { maxOldGenerationSizeMb: 20 }) }));

const exact = async () => {
  const engine = await createEngine({ threads: 1 });
  const energy = createSystem(engine, atoms, potential).evaluate();
  engine.close();
  return energy;
};

const MEMORY = 'const all = []; for (;;) all.push(new Array(1000).fill(all.length + 0.5));';
/** What a thread does, at which call of a kernel. */
const DEATHS: [act: string, at: number][] = [
  ...[1, 2, 5, 9, 14].map((at): [string, number] => ['process.exit(3);', at]),
  [MEMORY, 5],
];

describe('a thread of an engine', () => {
  it('that ends as it starts is told at once', async () => {
    const spawn = spawnWith('process.exit(3);');
    await expect(createWith({ threads: 2, spawn })).rejects.toThrow('thread 1 of the engine ended as it started');
  });

  it('that exits or uses up its memory within a kernel is noticed within seconds', async () => {
    let slowest = 0;
    for (const [act, at] of DEATHS) {
      const engine = await engineOf(at, act);
      const system = createSystem(engine, atoms, potential);
      const begin = performance.now();
      expect(() => {
        for (let k = 0; k < 20; k++) {
          system.x[3 * k] += 0.5;
          system.evaluate();
        }
      }, `${act} at call ${at}`).toThrow(/thread [12] of the engine has ended by itself; start the run again/);
      slowest = Math.max(slowest, performance.now() - begin);
      expect(() => system.evaluate()).toThrow(ThreadError);
      engine.close();
    }
    // their errors come with the next turn of the event loop, and must not end the process
    await new Promise((resolve) => setTimeout(resolve, 100));
    record('R13.engine', `${(slowest / 1000).toFixed(1)} s (≤ 5 s), ${DEATHS.length} deaths`, slowest < 5000);
    // room for loaded machines: what is not noticed takes for ever
    expect(slowest).toBeLessThan(300_000);
  });

  it('that traps at any call is named, and the engine gives the right energy next', async () => {
    const energy = await exact();
    for (let at = 1; at <= 12; at++) {
      const engine = await engineOf(at, "throw new WebAssembly.RuntimeError('unreachable');");
      const system = createSystem(engine, atoms, potential);
      let error: unknown;
      for (let k = 0; k < 12 && error === undefined; k++) {
        try {
          system.evaluate();
        } catch (caught) {
          error = caught;
        }
      }
      expect(error, `call ${at}`).toBeInstanceOf(PhysicsError);
      expect(String(error)).toMatch(/a kernel stopped \(in thread [12]\)/);
      for (let k = 0; k < 20; k++) {
        try {
          // the other thread comes to its own trap
          system.evaluate();
        } catch (caught) {
          expect(caught).toBeInstanceOf(PhysicsError);
        }
      }
      expect(system.evaluate(), `call ${at}`).toBe(energy);
      engine.close();
    }
  });

  it('gives no number where one is not finite, and names the atom', async () => {
    const engine = await createEngine({ threads: 1 });
    const energy = await exact();
    const spoil: [string, number][] = [NaN, Infinity, -Infinity, 1e300].map((value) => [String(value), value]);
    for (const [what, value] of spoil) {
      const system = createSystem(engine, atoms, potential);
      system.evaluate();
      const kept = system.x[100];
      system.x[100] = value;
      expect(() => system.evaluate(), what).toThrow(PhysicsError);
      system.x[100] = kept;
      expect(system.evaluate(), `after ${what}`).toBe(energy);
    }
    engine.close();
    record('R14.traps', `12 traps, ${spoil.length} numbers: all named`, true);
  });
});
