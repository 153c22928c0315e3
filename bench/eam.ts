/**
 * EAM iron against LAMMPS, side by side: NVE of bcc Fe at 300 K from the same file, positions, velocities, skin and rule
 * of rebuilding. Rounds alternate between the peers; CPU time, medians and minima over the rounds; only the ratios of
 * one run mean anything on a shared machine.
 *
 *   npx esbuild bench/eam.ts --bundle --platform=node --format=esm --packages=external --outfile=/tmp/bench-eam.mjs
 *   node /tmp/bench-eam.mjs [--cells 20] [--steps 60] [--rounds 5] [--threads 2] [--lammps lmp] [--skin 0.5]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Atoms } from '../src/data/atoms.ts';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import type { Engine } from '../src/engine/engine.ts';
import { createSystem, type System } from '../src/engine/system.ts';
import { embeddedFile, loadEmbedded } from '../src/io/embedded.ts';
import { formatLammpsData } from '../src/io/lammps-data-write.ts';
import { maxwellBoltzmann } from '../src/methods/temperature.ts';
import { type VerletState, verletInit, verletStep } from '../src/methods/verlet.ts';
import { createEngine } from '../src/node/threads.ts';
import { lammpsHas, runLammps } from './lammps.ts';

const FILE = 'Fe_Ackland_2004.eam.fs';
const TIMESTEP = 0.001;

const { values: flags } = parseArgs({
  options: {
    cells: { type: 'string', default: '20' },
    steps: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    skin: { type: 'string', default: '0.5' },
    lammps: { type: 'string', default: 'lmp' },
    only: { type: 'boolean', default: false },
  },
});
const [cells, steps, rounds, threads, skin] = [flags.cells, flags.steps, flags.rounds, flags.threads, flags.skin].map(
  Number,
);

/** bcc Fe at 300 K kinetic (600 K worth of velocities on a perfect lattice). */
function iron(count: number): Atoms {
  const atoms = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [count, count, count]);
  const masses = new Float64Array(atoms.numbers.length).fill(55.845);
  return { ...atoms, masses, velocities: maxwellBoltzmann(masses, 600, 1n) };
}

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

interface Sample {
  step: number;
  wall: number;
}

interface Player {
  engine: Engine;
  system: System;
  state: VerletState;
  samples: Sample[];
  builds: number[];
}

async function player(atoms: Atoms, count: number): Promise<Player> {
  const engine = await createEngine({ threads: count });
  const system = createSystem(engine, atoms, loadEmbedded('Fe-Ackland-2004'), { skin });
  const particles = { masses: atoms.masses as Float64Array, velocities: atoms.velocities as Float64Array };
  return { engine, system, state: verletInit(system, particles), samples: [], builds: [] };
}

function run({ system, state, samples }: Player, count: number): void {
  const [c, w] = [cpu(), performance.now()];
  for (let k = 0; k < count; k++) verletStep(system, state, { timestep: TIMESTEP });
  samples.push({ step: (cpu() - c) / count, wall: (performance.now() - w) / 1000 / count });
}

/** CPU seconds of a build: the same positions with and without a fresh list. */
function timeBuild({ system, builds }: Player): void {
  const times = [true, false].map((rebuild) => {
    const c = cpu();
    if (rebuild) system.restoreList(system.listState());
    return cpu() - c;
  });
  builds.push(times[0] - times[1]);
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
const least = (values: number[]) => Math.min(...values);

const atoms = iron(cells);
const n = atoms.numbers.length;
const folder = mkdtempSync(join(tmpdir(), 'frenkel-bench-'));
try {
  writeFileSync(join(folder, FILE), embeddedFile(FILE));
  writeFileSync(join(folder, 'data'), formatLammpsData(atoms));
  const styles = flags.only ? [] : ['eam/fs', 'eam/fs/opt'].filter((style) => lammpsHas(flags.lammps, style));
  const players = new Map<number, Player>();
  for (const count of new Set([1, threads])) players.set(count, await player(atoms, count));
  const first = players.get(1) as Player;
  for (const one of players.values()) {
    for (let k = 0; k < steps; k++) verletStep(one.system, one.state, { timestep: TIMESTEP });
  }
  const peers = new Map(styles.map((style) => [style, [] as ReturnType<typeof runLammps>[]]));
  for (let round = 0; round < rounds; round++) {
    for (const one of players.values()) run(one, steps);
    timeBuild(first);
    for (const [style, results] of peers) {
      const coefficients = `${join(folder, FILE)} Fe`;
      results.push(
        runLammps({
          lmp: flags.lammps,
          folder,
          data: join(folder, 'data'),
          style,
          coefficients,
          skin,
          timestep: TIMESTEP,
          steps: 2 * steps,
        }),
      );
    }
  }
  const micro = (seconds: number) => ((seconds * 1e6) / n).toFixed(3);
  const show = (name: string, values: number[]) =>
    console.log(`${name.padEnd(34)} median ${micro(median(values))}  least ${micro(least(values))} µs per atom`);
  console.log(
    `Fe EAM, NVE, ${n} atoms, skin ${skin} Å, rebuilt when an atom has moved by half of it; ${rounds} rounds of ${steps} steps`,
  );
  show(
    'frenkel step, 1 thread, CPU',
    first.samples.map((s) => s.step),
  );
  for (const [style, results] of peers)
    show(
      `lammps ${style}, CPU`,
      results.map((s) => s.step),
    );
  show('frenkel list build, CPU', first.builds);
  for (const [style, results] of peers)
    show(
      `lammps ${style} list build, CPU`,
      results.map((s) => s.build),
    );
  for (const [count, { samples }] of players)
    show(
      `frenkel ${count} threads, wall`,
      samples.map((s) => s.wall),
    );
  for (const [style, results] of peers) {
    const ratio = (pick: (v: number[]) => number) =>
      (pick(results.map((s) => s.step)) / pick(first.samples.map((s) => s.step))).toFixed(2);
    const build = (least(results.map((s) => s.build)) / least(first.builds)).toFixed(2);
    console.log(
      `${style}: LAMMPS / frenkel = ${ratio(median)} (medians), ${ratio(least)} (least); list build ${build}`,
    );
  }
  const many = players.get(threads);
  if (many && many !== first) {
    const scaling = median(first.samples.map((s) => s.wall)) / median(many.samples.map((s) => s.wall));
    console.log(`${threads} threads: ${scaling.toFixed(2)}× one (wall, medians)`);
    console.log(`same bits: ${first.state.energy === many.state.energy}`);
  }
  console.log(
    `builds: frenkel ${first.system.builds()}, ${(first.system.builds() / ((rounds + 1) * steps)).toFixed(3)} per step`,
  );
  for (const [style, results] of peers) console.log(`builds: ${style} ${results[0].builds / (2 * steps)} per step`);
  for (const one of players.values()) one.engine.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
