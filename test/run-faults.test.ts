/**
 * Runs in their folders on a disk that fails at every change, in every way: after it, the same command gives the files of a
 * run that nothing happened to.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../src/campaign/config.ts';
import { vacancy } from '../src/data/defects.ts';
import { fillUniform } from '../src/data/rng.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { type FitConfig, fitSchema } from '../src/fit/config.ts';
import { samplingDefaults } from '../src/free-energy/sampling.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { formatStructure } from '../src/io/structure.ts';
import type { Disk } from '../src/node/disk.ts';
import { WriteError } from '../src/node/files.ts';
import { fitInFolder } from '../src/node/fit-folder.ts';
import type { RunEnd } from '../src/node/run.ts';
import type { Run } from '../src/node/run-folder.ts';
import { runFreeEnergy } from '../src/node/run-free-energy.ts';
import { runMd } from '../src/node/run-md.ts';
import { runNeb } from '../src/node/run-neb.ts';
import { runRelax } from '../src/node/run-relax.ts';
import { type RunJob, startRun } from '../src/node/start-run.ts';
import { scratch } from './support/cli.ts';
import { bcc } from './support/crystals.ts';
import { long } from './support/long.ts';
import { type Fault, type MemoryDisk, memoryDisk } from './support/memory-disk.ts';
import { record } from './support/trust/record.ts';

const potential = loadEmbedded('Fe-Ackland-2004');
const crystal = vacancy(bcc(potential, 2.87, 2), 3);

interface Kind {
  name: string;
  /** A process's life: begins, or goes on, until the end or a fault. */
  live(disk: Disk): Promise<void>;
  /** Its last word. */
  report: string;
}

interface RunKind {
  name: string;
  job: RunJob;
  go(engine: Engine, run: Run): Promise<RunEnd<unknown>>;
}

function runKinds(): RunKind[] {
  const common = { atoms: crystal, potential, checkpointSeconds: 0 };
  const moved = { ...crystal, positions: crystal.positions.map((x, k) => x + 0.1 * (((k * 7919) % 13) / 13 - 0.5)) };
  const md = {
    ...common,
    options: {
      ensemble: 'npt' as const,
      coupling: 'aniso' as const,
      steps: 5,
      timestep: 0.002,
      temperature: [600, 600] as [number, number],
      pressure: [0, 0] as [number, number],
      friction: 5,
      relaxation: 0.05,
      cellRelaxation: 0.3,
      seed: 1n,
    },
    thermoEvery: 1,
    dumpEvery: 2,
    trajectory: 't.xyz.gz',
  };
  const relax = {
    ...common,
    atoms: moved,
    options: { method: 'cg' as const, fmax: 1e-9, steps: 4, cell: 'fixed' as const, pressure: 0 },
    dumpEvery: 2,
    trajectory: 't.xyz',
  };
  // the first neighbour of the vacancy jumps into it
  const last = { ...crystal, positions: crystal.positions.slice() };
  const hop = nearest(crystal.positions, bcc(potential, 2.87, 2).positions.slice(9, 12));
  last.positions.set(bcc(potential, 2.87, 2).positions.slice(9, 12), 3 * hop);
  const neb = {
    ...common,
    last,
    options: {
      images: 4,
      maxImages: 4,
      method: 'lbfgs' as const,
      fmax: 0.3,
      steps: 4,
      spring: 1,
      interpolate: 'linear' as const,
      climb: 'none' as const,
      climbBelow: 0.1,
      relaxEnds: false,
      keepOrder: true,
    },
  };
  const free = {
    ...common,
    reference: { kind: 'harmonic' as const },
    relax: true,
    options: {
      ...samplingDefaults,
      temperature: 300,
      steps: 40,
      seed: 5n,
      blockSteps: 20,
      equilibration: 20,
      replicas: 1,
      draws: 10,
    },
  };
  return [
    { name: 'md', job: md, go: (engine, run) => runMd(engine, md, run) },
    { name: 'relax', job: relax, go: (engine, run) => runRelax(engine, relax, run) },
    { name: 'neb', job: neb, go: (engine, run) => runNeb(engine, neb, run) },
    { name: 'free-energy', job: free, go: (engine, run) => runFreeEnergy(engine, free, run) },
  ];
}

function nearest(positions: Float64Array, [x, y, z]: Float64Array): number {
  let [best, least] = [0, Infinity];
  for (let i = 0; i < positions.length / 3; i++) {
    const d = (positions[3 * i] - x) ** 2 + (positions[3 * i + 1] - y) ** 2 + (positions[3 * i + 2] - z) ** 2;
    if (d < least) [best, least] = [i, d];
  }
  return best;
}

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

async function liveRun({ name, job, go }: RunKind, disk: Disk): Promise<void> {
  const mark = engine.mark();
  let run: Run | undefined;
  try {
    run = startRun(name, '/r', job, false, disk);
    if (run.status !== 'finished') await go(engine, run);
  } finally {
    engine.release(mark);
    try {
      run?.close();
    } catch {
      // closing fails for the same reason
    }
  }
}

/** Twelve displaced crystals: enough rows for two blocks of the matrices. */
function fitKind(): Kind {
  const folder = scratch();
  const frames = Array.from({ length: 14 }, (_, k) => {
    const perfect = bcc(potential, 2.87, 3);
    const moves = new Float64Array(perfect.positions.length);
    fillUniform(moves, 3n, 'trials', k);
    const forces = moves.map((x) => x - 0.5);
    const positions = perfect.positions.map((x, i) => x + 0.4 * (moves[i] - 0.5));
    return { ...perfect, positions, info: { energy: k % 7 }, arrays: { forces } };
  });
  const data = join(folder, 'train.xyz');
  writeFileSync(data, formatStructure(frames, 'extxyz'));
  const text = `data: ${data}\ndescriptor: snap rcut=3.2A twojmax=4\nquadratic: true\nridge: 0.01\n`;
  const config = { ...parseConfig<FitConfig>(text, 'fit.yaml', fitSchema), name: 'Fe' };
  return {
    name: 'fit',
    report: '/r/report.json',
    live: async (disk) => {
      const mark = engine.mark();
      try {
        if (disk.stat('/r/report.json') === undefined) fitInFolder(engine, config, { folder: '/r', seconds: 0, disk });
      } finally {
        engine.release(mark);
      }
    },
  };
}

const kinds = (): Kind[] => [
  ...runKinds().map((kind) => ({
    name: kind.name,
    report: '/r/run.json',
    live: (disk: Disk) => liveRun(kind, disk),
  })),
  fitKind(),
];

/** The process that held the lock is gone. */
function bury(disk: MemoryDisk): void {
  for (const path of disk.files().keys()) if (/\/lock\.\d+$/.test(path)) disk.remove(path);
}

/** All that lasts; events tell what happened, and checkpoints how often. */
const lasting = (disk: MemoryDisk): [string, string][] =>
  [...disk.files()]
    .filter(([path]) => !/\/(events\.jsonl|checkpoint-\d\.bin|\..*\.tmp|lock\.\d+)$/.test(path))
    .sort()
    .map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')]);

const counted = { power: 0, failures: 0 };

describe.each(kinds())('$name', (kind) => {
  let files: [string, string][];
  let changes: number;
  beforeAll(async () => {
    const disk = memoryDisk();
    await kind.live(disk);
    files = lasting(disk);
    changes = disk.changes;
    expect(files.map(([path]) => path)).toContain(kind.report);
    expect(files.length).toBeGreaterThan(3);
  });
  // every change in the long tier; else every thirteenth, beginning elsewhere for each mode
  const stride = long ? 1 : 13;

  async function survives(fault: Omit<Fault, 'at'>, first: number, after: (disk: MemoryDisk) => void): Promise<number> {
    let count = 0;
    for (let at = 1 + (first % stride); at <= changes; at += stride, count++) {
      const disk = memoryDisk();
      disk.fault = { ...fault, at };
      const error = await kind.live(disk).catch((caught) => caught);
      const what = `${fault.mode} ${fault.once ? 'once' : ''} at change ${at}: ${disk.hit}`;
      if (fault.mode !== 'cut' && error !== undefined) expect(error, what).toBeInstanceOf(WriteError);
      after(disk);
      bury(disk);
      await kind.live(disk);
      expect(lasting(disk), what).toEqual(files);
    }
    return count;
  }

  it.each(['nothing', 'names', 'all'] as const)('power cut; of what was not synced, %s stays', async (kept) => {
    const first = ['nothing', 'names', 'all'].indexOf(kept);
    counted.power += await survives({ mode: 'cut' }, first, (disk) => disk.restart(kept));
    record('R9.runs', `0 of ${counted.power} (md, relax, neb, free-energy, fit)`, true);
  });

  it.each(['EIO', 'ENOSPC'] as const)('%s, once and for good', async (mode) => {
    for (const once of [true, false]) {
      const first = (once ? 0 : 2) + (mode === 'EIO' ? 0 : 1);
      counted.failures += await survives({ mode, once }, first, (disk) => {
        disk.fault = undefined;
      });
    }
    record('R10.runs', `0 of ${counted.failures} (md, relax, neb, free-energy, fit)`, true);
  });
});
