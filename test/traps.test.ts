/**
 * Kernels that trap or give numbers that mean nothing, in the middle of a run or a job of a campaign: an error that says
 * where, no sample from that step on, and afterwards the bytes of a run that nothing happened to.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCampaign } from '../src/campaign/config.ts';
import { campaignKinds } from '../src/campaign/kinds.ts';
import { InputError, PhysicsError } from '../src/data/errors.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { createCampaign } from '../src/node/campaign-create.ts';
import { hereExecutor } from '../src/node/campaign-executor.ts';
import { runCampaign } from '../src/node/campaign-run.ts';
import { openStore, type Store } from '../src/node/campaign-store.ts';
import { sha256 } from '../src/node/hash.ts';
import { readPotentialFile } from '../src/node/load.ts';
import { runMd } from '../src/node/run-md.ts';
import { startRun } from '../src/node/start-run.ts';
import { bcc } from './support/crystals.ts';
import { type MemoryDisk, memoryDisk, textIn } from './support/memory-disk.ts';
import { type Hook, type Hooked, hookedEngine, traps } from './support/traps.ts';
import { record } from './support/trust/record.ts';

let hooked: Hooked;
beforeAll(async () => {
  hooked = await hookedEngine();
});
afterAll(() => hooked.engine.close());

/** Kernels in turn that every evaluation calls once. */
const KERNELS = ['gatherChunks', 'scatterLocals'];
const ATOM = 3;

interface Fault {
  what: string;
  hook: Omit<Hook, 'at'>;
  /** What the message must say besides the step. */
  says: RegExp;
}

/** scatterLocals gets the addresses of all energies and forces as its fourth and fifth argument. */
const spoiled = (which: 'energy' | 'force', value: number): Fault => ({
  what: `${which} ${value}`,
  hook: {
    kernel: 'scatterLocals',
    act: (args, memory) => {
      const at = which === 'energy' ? args[3] + 8 * ATOM : args[4] + 24 * ATOM;
      new Float64Array(memory, at, 1)[0] = value;
    },
  },
  says: which === 'energy' ? /the energy of atom 3 .* is not finite/ : /the temperature is .* K: atoms came too close/,
});

const faults: Fault[] = [
  ...[...traps].flatMap(([what, act]) =>
    KERNELS.map((kernel): Fault => ({ what: `${what} in ${kernel}`, hook: { kernel, act }, says: new RegExp(kernel) })),
  ),
  ...[NaN, Infinity, -Infinity].map((value) => spoiled('energy', value)),
  ...[NaN, Infinity, -Infinity, 1e12, -1e12].map((value) => spoiled('force', value)),
];

const potential = loadEmbedded('Fe-Ackland-2004');
const atoms = bcc(potential, 2.87, 2);
const STEPS = 60;
const md = {
  atoms,
  potential,
  checkpointSeconds: 1000,
  options: {
    ...{ ensemble: 'langevin' as const, steps: STEPS, timestep: 0.002, friction: 5, seed: 1n },
    ...{ temperature: [600, 600] as [number, number], pressure: [0, 0] as [number, number] },
    ...{ relaxation: 0.05, cellRelaxation: 0.3 },
  },
  thermoEvery: 1,
  dumpEvery: 0,
  trajectory: 't.xyz',
};

/** A run in its folder on this disk: the lines of its log. What it throws is in `error`. */
async function liveMd(disk: MemoryDisk): Promise<{ rows: string[]; error: unknown }> {
  const mark = hooked.engine.mark();
  const run = startRun('md', '/r', md as never, false, disk);
  let error: unknown;
  try {
    await runMd(hooked.engine, md as never, run);
  } catch (caught) {
    error = caught;
  } finally {
    run.close();
    hooked.engine.release(mark);
  }
  return { rows: textIn(disk, '/r/log.thermo').trimEnd().split('\n'), error };
}

let told = 0;
const tell = () => {
  told++;
  record('R14.injected', `${told} of ${2 * faults.length + 1}: ${faults.length} kinds`, told === 2 * faults.length + 1);
};

describe('a run', () => {
  it('has an error that names kernel or atom and the step, no row of it, and goes on', async () => {
    hooked.set({ kernel: 'gatherChunks', at: Number.POSITIVE_INFINITY, act() {} });
    const calm = await liveMd(memoryDisk());
    // one evaluation for the start, one for every step
    expect([calm.error, hooked.calls(), calm.rows.length]).toEqual([undefined, STEPS + 1, STEPS + 2]);
    for (const [k, { what, hook, says }] of faults.entries()) {
      const disk = memoryDisk();
      const step = 1 + ((7 * k) % STEPS);
      hooked.set({ ...hook, at: step + 1 });
      const { rows, error } = await liveMd(disk);
      // names of columns, and steps 0 … step − 1
      expect(rows, what).toEqual(calm.rows.slice(0, step + 1));
      expect((error as Error).message, what).toMatch(says);
      if (what.startsWith('stack')) expect(error, what).toBeInstanceOf(RangeError);
      else {
        expect(error, what).toBeInstanceOf(PhysicsError);
        expect((error as Error).message, what).toContain(`step ${step}: `);
      }
      hooked.set(undefined);
      const again = await liveMd(disk);
      expect(again, what).toEqual(calm);
      tell();
    }
  });
});

const text = `campaign: vacancy
potential: Fe-Ackland-2004
element: Fe
sizes: [2]
temperatures: [300 K]
replicas: 1
steps: 1000
seed: 3
`;

describe('a job of a campaign', () => {
  const { kind, config } = parseCampaign(text, 'c.yaml', campaignKinds);
  const nothing = () => expect.fail('no structure is needed');
  const reader = { structure: nothing, structures: nothing };
  const resources = kind.gather(config, {
    ...reader,
    potential: (what, options) => readPotentialFile(what, { ...options, species: [26] }),
  });
  const campaign = { kind: kind.name, config, resources, source: text };
  const open = (disk: MemoryDisk) => openStore('/c', createCampaign('/c', campaign, { disk }), { disk });

  async function work(store: Store, retry = false) {
    const said: string[] = [];
    const executor = hereExecutor(hooked.engine);
    const quick = { checkpointSeconds: 0, poll: 0.001, backoff: 0 };
    const onMessage = (message: string) => said.push(message);
    const end = await runCampaign(store, kind, { workers: 1, executor, ...quick, retry, onMessage });
    return { end, said: said.join('\n') };
  }

  const put = (disk: MemoryDisk, path: string, bytes: Uint8Array) => {
    const descriptor = disk.open(path, 'wx');
    disk.write(descriptor, bytes);
    disk.close(descriptor);
  };
  /** Hashes: a difference of megabytes would take minutes to print. */
  const lasting = (disk: MemoryDisk) =>
    [...disk.files()]
      .filter(([path]) => !/timing\.json|\/\.|claim/.test(path))
      .map(([path, bytes]) => `${sha256(bytes)} ${path}`)
      .sort();

  it('fails with its name, the step and the cause, without a result; the others, and it when tried again, are done', async () => {
    hooked.set(undefined);
    const calm = memoryDisk();
    const { end } = await work(open(calm));
    expect(end).toMatchObject({ status: 'complete', finished: end.planned });
    const id = 'n16-bulk-m1-300k-abf-r1';
    for (const [k, { what, hook }] of faults.entries()) {
      const disk = memoryDisk();
      const store = open(disk);
      // all but this job are done
      for (const [path, bytes] of calm.files()) {
        if (path.includes(`/${id}/`) || disk.stat(path) !== undefined) continue;
        disk.makeFolder(path.slice(0, path.lastIndexOf('/')));
        put(disk, path, bytes);
      }
      // draws of the reference come first, then steps
      hooked.set({ ...hook, at: 200 + 37 * k });
      const { end: first, said } = await work(store);
      expect(first, what).toMatchObject({ status: 'complete', planned: end.planned, finished: end.finished - 1 });
      const failure = first.failed.get(id);
      if (what.startsWith('stack')) expect(failure, what).toMatchObject({ kind: 'error', tries: 3 });
      else expect(failure, what).toMatchObject({ kind: 'physics', message: expect.stringMatching(/step \d+: /) });
      expect(said, what).toContain(`${id}: failed: ${failure?.message}`);
      expect(store.names(id), what).not.toContain('result.json');
      hooked.set(undefined);
      const { end: second } = await work(store, true);
      expect(second, what).toMatchObject({ finished: end.finished });
      expect(lasting(disk), what).toEqual(lasting(calm));
      tell();
    }
  });

  it('without memory says how much it needs', async () => {
    const { engine, set } = await hookedEngine();
    set(undefined);
    const energy = createSystem(engine, atoms, potential).evaluate();
    const { grow } = engine.memory;
    engine.memory.grow = () => {
      throw new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory');
    };
    const big = () => createSystem(engine, bcc(potential, 2.87, 20), potential).evaluate();
    expect(big).toThrow(InputError);
    expect(big).toThrow(/this needs .* GiB of kernel memory/);
    engine.memory.grow = grow;
    expect(createSystem(engine, atoms, potential).evaluate()).toBe(energy);
    engine.close();
    tell();
  });
});
