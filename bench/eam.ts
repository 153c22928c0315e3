/**
 * EAM iron, or an alloy, against LAMMPS, side by side: NVE at 300 K from the same file, positions, velocities, skin and
 * rule of rebuilding. Rounds alternate between the peers; CPU time, medians and minima over the rounds; only the ratios of
 * one run mean anything on a shared machine.
 *
 *   node scripts/bench.mjs eam [--system Fe|CuNi|VFe] [--cells 20] [--steps 60] [--rounds 5] [--threads 2] [--lammps lmp] [--skin 0.5]
 *     [--only] [--mpi]
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Atoms } from '../src/data/atoms.ts';
import type { Engine } from '../src/engine/engine.ts';
import { createSystem, type System } from '../src/engine/system.ts';
import { formatLammpsData } from '../src/io/lammps-data-write.ts';
import { type VerletState, verletInit, verletStep } from '../src/methods/verlet.ts';
import { createEngine } from '../src/node/threads.ts';
import { crystalOf, potentialOf, subjectOf, textOf } from './eam-subjects.ts';
import { type LammpsTimes, lammpsHas, runLammps } from './lammps.ts';
import { cpu, least, median, type Row, report, row } from './report.ts';

const TIMESTEP = 0.001;

const { values: flags } = parseArgs({
  options: {
    system: { type: 'string', default: 'Fe' },
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

const subject = subjectOf(flags.system);
const potential = potentialOf(subject);

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
  const system = createSystem(engine, atoms, potential, { skin });
  const particles = { masses: atoms.masses as Float64Array, velocities: atoms.velocities as Float64Array };
  return { engine, system, state: verletInit(system, particles), samples: [], builds: [] };
}

function run({ system, state, samples }: Player, count: number): void {
  const [c, w] = [cpu(), performance.now()];
  for (let k = 0; k < count; k++) verletStep(system, state, { timestep: TIMESTEP });
  samples.push({ step: (cpu() - c) / count, wall: (performance.now() - w) / 1000 / count });
}

/** ms after which idle helpers of other engines sleep; until then they spin, and CPU time is that of the whole process. */
const SPINNING = 100;

/** CPU seconds of a build, and of putting positions aside and back. */
async function timeBuild({ system, builds }: Player): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SPINNING));
  const state = system.listState();
  const c = cpu();
  system.restoreList(state);
  builds.push(cpu() - c);
}

/** LAMMPS's samples of one style. */
interface Peer {
  style: string;
  ranks: number;
  samples: LammpsTimes[];
}

function runPeer({ style, ranks, samples }: Peer, folder: string): void {
  const coefficients = `${join(folder, subject.file)} ${subject.elements.join(' ')}`;
  const data = join(folder, 'data');
  const common = { lmp: flags.lammps, folder, data, skin, timestep: TIMESTEP };
  samples.push(runLammps({ ...common, style, coefficients, steps: 2 * steps, ranks }));
}

function rowsOf(players: Map<number, Player>, peers: Peer[], builds: number): Row[] {
  const first = players.get(1) as Player;
  const micro = (seconds: number[]) => seconds.map((value) => (1e6 * value) / n);
  const cpuOf = ({ samples }: Player) => micro(samples.map((s) => s.step));
  const wallOf = ({ samples }: Player) => micro(samples.map((s) => s.wall));
  const common = { name: `${flags.system} EAM`, size: n };
  const step = { ...common, section: 'MD step', unit: 'µs/atom CPU' };
  const list = { ...common, section: 'list build', unit: 'µs/atom CPU' };
  const wall = { ...common, section: 'threads', unit: 'µs/atom wall' };
  const rows = [
    row({ ...step, who: 'frenkel', values: cpuOf(first) }),
    row({ ...list, who: 'frenkel', values: micro(first.builds) }),
    row({ ...wall, who: 'frenkel, 1 thread', values: wallOf(first) }),
  ];
  for (const { style, ranks, samples } of peers) {
    const times = (key: 'step' | 'build' | 'wall') => micro(samples.map((sample) => sample[key]));
    if (ranks === 1) {
      rows.push(row({ ...step, who: `LAMMPS ${style}`, values: times('step') }, cpuOf(first)));
      // so few steps that no list was built tell nothing of builds
      if (samples.every(({ builds: count }) => count > 0)) {
        rows.push(row({ ...list, who: `LAMMPS ${style}`, values: times('build') }, micro(first.builds)));
      }
    } else rows.push(row({ ...wall, who: `LAMMPS ${style}, ${ranks} ranks`, values: times('wall') }));
  }
  for (const [count, one] of players) {
    if (count === 1) continue;
    rows.push(row({ ...wall, who: `frenkel, ${count} threads`, values: wallOf(one) }));
    const gain = (at: (values: number[]) => number) => (at(wallOf(first)) / at(wallOf(one))).toFixed(2);
    console.log(`frenkel, ${count} threads: ${gain(median)} × one (least ${gain(least)}), wall`);
    console.log(`  same bits: ${first.state.energy === one.state.energy}`);
  }
  for (const { style, ranks, samples } of peers) {
    if (ranks === 1) continue;
    const gain = (at: (values: number[]) => number) =>
      (at(peers[0].samples.map((s) => s.wall)) / at(samples.map((s) => s.wall))).toFixed(2);
    console.log(`LAMMPS ${style}, ${ranks} ranks: ${gain(median)} × one (least ${gain(least)}), wall`);
  }
  const theirs = peers.map(({ style, samples }) => `${style} ${(samples[0].builds / (2 * steps)).toFixed(3)}`);
  console.log(`builds per step: frenkel ${builds.toFixed(3)}, ${theirs.join(', ')}; skin ${skin} Å`);
  return rows;
}

const atoms = crystalOf(subject, cells);
const n = atoms.numbers.length;
const folder = mkdtempSync(join(tmpdir(), 'frenkel-bench-'));
try {
  writeFileSync(join(folder, subject.file), textOf(subject));
  writeFileSync(join(folder, 'data'), formatLammpsData(atoms, { types: subject.elements }));
  const styles = flags.only
    ? []
    : [subject.style, `${subject.style}/opt`].filter((style) => lammpsHas(flags.lammps, style));
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
    await timeBuild(first);
    for (const peer of peers) runPeer(peer, folder);
  }
  report(rowsOf(players, peers, builds));
  for (const { engine } of players.values()) engine.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
