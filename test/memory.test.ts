/**
 * Nothing grows: the kernels' memory over many steps, the heap, and the process over many small jobs. FRENKEL_LONG=1: ten
 * times as many of each.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { vacancy } from '../src/data/defects.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { minimize } from '../src/methods/minimize.ts';
import { createEngine } from '../src/node/threads.ts';
import { type MdOptions, startMd, stepMd } from '../src/tasks/dynamics.ts';
import { massesOf } from '../src/tasks/masses.ts';
import { bcc } from './support/crystals.ts';
import { long } from './support/long.ts';
import { record, recordMost } from './support/trust/record.ts';

const TIMES = long ? 10 : 1;
const STEPS = 1e5 * TIMES;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const potential = loadEmbedded('Fe-Ackland-2004');

it(`${STEPS} steps of NPT: not a byte of kernel memory, no slope of the heap`, async () => {
  const engine = await createEngine({ threads: 1 });
  const atoms = vacancy(bcc(potential, 2.87, 2), 3);
  const options: MdOptions = {
    ensemble: 'npt',
    steps: 1e9,
    timestep: 0.002,
    temperature: [600, 600],
    pressure: [0, 0],
    friction: 5,
    relaxation: 0.05,
    cellRelaxation: 0.3,
    coupling: 'iso',
    seed: 1n,
  };
  const system = createSystem(engine, atoms, potential);
  const state = startMd(system, massesOf(atoms, potential).values, options);
  const run = (steps: number) => {
    for (let i = 0; i < steps; i++) stepMd(system, state, options);
    collect();
    return { linear: engine.memory.buffer.byteLength, mark: engine.mark(), heap: process.memoryUsage().heapUsed };
  };
  run(1000);
  const before = run(1000);
  const own = await settled();
  // over so many steps what the compiler and the runner of tests once allocate, some 200 kB, does not count
  const after = run(STEPS);
  const drift = ((await settled()) - own) / 2 ** 20;
  const slope = (after.heap - before.heap) / STEPS;
  console.log(`linear memory ${after.linear / 2 ** 20} MiB, heap ${slope.toFixed(2)} B/step, ${system.builds()} lists`);
  recordMost('R15.linear', after.linear - before.linear, 0, `bytes over ${STEPS} steps`);
  recordMost('R15.heap', Math.max(0, slope), 10, 'B/step');
  recordMost('R15.steps', Math.max(0, drift), 8, `MiB over ${STEPS} steps`);
  expect(after.linear - before.linear).toBe(0);
  expect(after.mark - before.mark).toBe(0);
  expect(slope).toBeLessThan(10);
  // room for what the compiler makes late
  expect(drift).toBeLessThan(32);
  engine.close();
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Bytes of memory that are this process's own; what is read from files, the system takes away and brings back. */
function ownMemory(): number {
  if (!existsSync('/proc/self/status')) return process.memoryUsage().rss;
  const status = readFileSync('/proc/self/status', 'utf8');
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return 1024 * (kilobytes('RssAnon') + kilobytes('RssShmem') + kilobytes('VmSwap'));
}

/** Memories of engines are given back some turns of the event loop later: until it grows less. */
async function settled(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let since = 0; since < 5; since++) {
    collect();
    await pause(50);
    const now = ownMemory();
    if (now < least - 2 ** 18) since = 0;
    least = Math.min(least, now);
  }
  return least;
}

it(`${1000 * TIMES} small jobs, an engine each: no drift of the process`, async () => {
  const unit = vacancy(bcc(potential, 2.87, 2), 1);
  const job = async () => {
    const engine = await createEngine({ threads: 1 });
    const { energy } = minimize(createSystem(engine, unit, potential), 'cg', { fmax: 0.1, steps: 2 });
    engine.close();
    return energy;
  };
  const run = async (count: number) => {
    for (let k = 0; k < count; k++) await job();
    return settled();
  };
  /** Open descriptors and threads of this process, where the system tells. */
  const handles = () =>
    existsSync('/proc/self/fd')
      ? readdirSync('/proc/self/fd').length + readdirSync('/proc/self/task').length
      : undefined;
  // the threads of Node's own file system begin with its first use
  await stat('.');
  await run(100);
  const before = await run(100);
  const held = handles();
  const after = await run(1000 * TIMES);
  // what another turn of the event loop closes is no leak
  for (let tries = 0; tries < 100 && (handles() ?? 0) > (held ?? 0); tries++) await pause(100);
  const more = held === undefined ? undefined : (handles() ?? 0) - held;
  console.log(`RSS ${(before / 2 ** 20).toFixed(0)} → ${(after / 2 ** 20).toFixed(0)} MiB`);
  recordMost('R15.jobs', (after - before) / 2 ** 20, 20, `MiB over ${1000 * TIMES} jobs`);
  record('R15.handles', more === undefined ? 'the system does not tell' : `${more} more`, (more ?? 1) <= 0);
  expect(after - before).toBeLessThan(20 * 2 ** 20);
  expect(more ?? 0).toBeLessThanOrEqual(0);
}, 600_000);
