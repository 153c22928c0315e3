/**
 * EAM iron against LAMMPS, side by side: NVE of bcc Fe at 300 K from the same file, positions, velocities, skin and rule
 * of rebuilding. Rounds alternate between the peers; CPU time, medians and minima over the rounds; only the ratios of
 * one run mean anything on a shared machine.
 *
 *   npx esbuild bench/eam.ts --bundle --platform=node --format=esm --packages=external --outfile=/tmp/bench-eam.mjs
 *   node /tmp/bench-eam.mjs [--cells 20] [--steps 60] [--rounds 5] [--threads 2] [--lammps lmp] [--skin 0.5] [--only] [--mpi]
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
import { type LammpsTimes, lammpsHas, runLammps } from './lammps.ts';

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
    /** frenkel alone. */
    only: { type: 'boolean', default: false },
    /** LAMMPS on `threads` MPI ranks too. */
    mpi: { type: 'boolean', default: false },
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

/** CPU seconds of a build, and of putting positions aside and back. */
function timeBuild({ system, builds }: Player): void {
  const state = system.listState();
  const c = cpu();
  system.restoreList(state);
  builds.push(cpu() - c);
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
const least = (values: number[]) => Math.min(...values);

const micro = (seconds: number) => ((seconds * 1e6) / n).toFixed(3);

function show(name: string, values: number[]): void {
  console.log(`${name.padEnd(34)} median ${micro(median(values))}  least ${micro(least(values))} µs per atom`);
}

/** a / b by medians and by minima. */
function ratio(a: number[], b: number[]): string {
  return `${(median(a) / median(b)).toFixed(2)} (medians), ${(least(a) / least(b)).toFixed(2)} (least)`;
}

/** LAMMPS's samples of one style. */
interface Peer {
  style: string;
  ranks: number;
  samples: LammpsTimes[];
}

function runPeer({ style, ranks, samples }: Peer, folder: string): void {
  const coefficients = `${join(folder, FILE)} Fe`;
  const data = join(folder, 'data');
  const common = { lmp: flags.lammps, folder, data, skin, timestep: TIMESTEP };
  samples.push(runLammps({ ...common, style, coefficients, steps: 2 * steps, ranks }));
}

function report(players: Map<number, Player>, peers: Peer[], builds: number): void {
  const first = players.get(1) as Player;
  const cpuOf = (p: Player) => p.samples.map((s) => s.step);
  const wallOf = (p: Player) => p.samples.map((s) => s.wall);
  console.log(`Fe EAM, NVE, ${n} atoms, skin ${skin} Å, rebuilt when an atom has moved by half of it;`);
  console.log(`${rounds} rounds of ${steps} steps; builds per step: frenkel ${builds.toFixed(3)}`);
  show('frenkel step, CPU', cpuOf(first));
  show('frenkel list build, CPU', first.builds);
  for (const { style, ranks, samples } of peers) {
    if (ranks > 1) continue;
    const [step, build] = [samples.map((s) => s.step), samples.map((s) => s.build)];
    show(`lammps ${style} step, CPU`, step);
    show(`lammps ${style} list build, CPU`, build);
    console.log(`  builds per step ${(samples[0].builds / (2 * steps)).toFixed(3)}`);
    console.log(`  lammps / frenkel: step ${ratio(step, cpuOf(first))}; list build ${ratio(build, first.builds)}`);
  }
  for (const [count, one] of players) {
    if (count === 1) continue;
    console.log(`frenkel, ${count} threads: ${ratio(wallOf(first), wallOf(one))} × one, wall`);
    console.log(`  same bits: ${first.state.energy === one.state.energy}`);
  }
  const serial = peers[0]?.samples.map((s) => s.wall);
  for (const { style, ranks, samples } of peers) {
    if (ranks === 1) continue;
    console.log(
      `lammps ${style}, ${ranks} ranks: ${ratio(
        serial,
        samples.map((s) => s.wall),
      )} × one, wall`,
    );
  }
}

const atoms = iron(cells);
const n = atoms.numbers.length;
const folder = mkdtempSync(join(tmpdir(), 'frenkel-bench-'));
try {
  writeFileSync(join(folder, FILE), embeddedFile(FILE));
  writeFileSync(join(folder, 'data'), formatLammpsData(atoms));
  const styles = flags.only ? [] : ['eam/fs', 'eam/fs/opt'].filter((style) => lammpsHas(flags.lammps, style));
  const peers: Peer[] = styles.map((style) => ({ style, ranks: 1, samples: [] }));
  if (flags.mpi && styles.length > 0) peers.push({ style: styles[0], ranks: threads, samples: [] });
  const players = new Map<number, Player>();
  for (const count of new Set([1, threads])) players.set(count, await player(atoms, count));
  for (const { system, state } of players.values()) {
    for (let k = 0; k < steps; k++) verletStep(system, state, { timestep: TIMESTEP });
  }
  const first = players.get(1) as Player;
  const builds = first.system.builds() / steps;
  for (let round = 0; round < rounds; round++) {
    for (const one of players.values()) run(one, steps);
    timeBuild(first);
    for (const peer of peers) runPeer(peer, folder);
  }
  report(players, peers, builds);
  for (const { engine } of players.values()) engine.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
