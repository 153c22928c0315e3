/**
 * SNAP against LAMMPS, side by side: NVE of a rattled bcc crystal, the same file, skin and rule of rebuilding, published
 * potentials from LAMMPS's own folder. Rounds alternate between the peers; CPU time, medians; only the ratios of one run
 * mean anything. Needs a LAMMPS with ML-SNAP (bench/README.md).
 *
 *   npm run bench:snap -- --lammps /path/to/lmp [--cells 10] [--steps 10] [--rounds 5] [--fast]
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { displace } from '../src/data/defects.ts';
import { numberOf, standardMass } from '../src/data/elements.ts';
import { lattice } from '../src/data/lattice.ts';
import { overlayPotential } from '../src/data/potentials/overlay.ts';
import { zblPotential } from '../src/data/potentials/zbl.ts';
import { repeat } from '../src/data/supercell.ts';
import { createSystem } from '../src/engine/system.ts';
import { formatLammpsData } from '../src/io/lammps-data-write.ts';
import { parseSnap } from '../src/io/snap.ts';
import { maxwellBoltzmann } from '../src/methods/temperature.ts';
import { verletInit, verletStep } from '../src/methods/verlet.ts';
import { createEngine } from '../src/node/threads.ts';
import { lammpsHas, runLammps } from './lammps.ts';
import { cpu, report, row } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    lammps: { type: 'string', default: 'lmp' },
    /** A LAMMPS with KOKKOS, for snap/kk on one thread. */
    kokkos: { type: 'string', default: '' },
    potentials: { type: 'string', default: '/usr/share/lammps/potentials' },
    cells: { type: 'string', default: '10' },
    steps: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
    /** The fast kernels (--fast of md). */
    fast: { type: 'boolean', default: false },
  },
});
const [cells, steps, rounds] = [flags.cells, flags.steps, flags.rounds].map(Number);
const SKIN = 0.5;
const TIMESTEP = 0.001;

interface Case {
  name: string;
  file: string;
  /** Default bcc of the first element; of a second one there is every SOLUTE-th atom. */
  kind?: 'zincblende';
  elements: string[];
  a: number;
  /** Radii of the ZBL core of the published overlay, Å. */
  zbl?: [inner: number, outer: number];
}

const SOLUTE = 8;

const cases: Case[] = [
  { name: 'W, 2J = 8', file: 'W_2940_2017_2', elements: ['W'], a: 3.1803 },
  { name: 'W + ZBL', file: 'W_2940_2017_2', elements: ['W'], a: 3.1803, zbl: [4, 4.8] },
  { name: 'W 88 Be 12 + ZBL, 2J = 8', file: 'WBe_Wood_PRB2019', elements: ['W', 'Be'], a: 3.1803, zbl: [4, 4.8] },
  {
    name: 'InP, chemflag + ZBL, 2J = 6',
    file: 'InP_JCPA2020',
    kind: 'zincblende',
    elements: ['In', 'P'],
    a: 5.83,
    zbl: [4, 4.2],
  },
  { name: 'Ta, 2J = 6', file: 'Ta06A', elements: ['Ta'], a: 3.316 },
  { name: 'Mo, quadratic, 2J = 6', file: 'Mo_Zuo_JPCA2020.quadratic', elements: ['Mo'], a: 3.17 },
];

/** Rattled, with velocities of 300 K. */
function crystal({ kind, elements, a }: Case) {
  const unit = lattice(kind ? { kind, a, elements } : { kind: 'bcc', a, elements: [elements[0]] });
  const times = Math.max(1, Math.round(cells * Math.cbrt(2 / unit.numbers.length)));
  const perfect = repeat(unit, [times, times, times]);
  const numbers = perfect.numbers.map((z, i) =>
    !kind && elements.length > 1 && i % SOLUTE === 3 ? (numberOf(elements[1]) ?? z) : z,
  );
  const masses = Float64Array.from(numbers, standardMass);
  const rattled = displace({ ...perfect, numbers }, { sigma: 0.05 }, 1n);
  return { ...rattled, masses, velocities: maxwellBoltzmann(masses, 300, 1n) };
}

/** The potential here and in LAMMPS's words. */
function potentialOf({ file, elements, zbl }: Case) {
  const [coefficients, parameters] = ['snapcoeff', 'snapparam'].map((suffix) =>
    join(flags.potentials, `${file}.${suffix}`),
  );
  const text = (path: string) => ({ file: path, text: readFileSync(path, 'utf8') });
  const snap = parseSnap(text(coefficients), text(parameters));
  if (!zbl)
    return { potential: snap, style: 'snap', calls: [`* * ${coefficients} ${parameters} ${elements.join(' ')}`] };
  const [inner, outer] = zbl;
  const pairs = elements.flatMap((_, i) => elements.slice(i).map((_, j) => [i, i + j]));
  return {
    potential: overlayPotential([zblPotential({ species: snap.species, inner, outer }), snap]),
    style: `hybrid/overlay zbl ${inner} ${outer} snap`,
    calls: [
      ...pairs.map(([i, j]) => `${i + 1} ${j + 1} zbl ${snap.species[i]} ${snap.species[j]}`),
      `* * snap ${coefficients} ${parameters} ${elements.join(' ')}`,
    ],
  };
}

if (!lammpsHas(flags.lammps, 'snap')) {
  console.error(`${flags.lammps} has no pair_style snap: see bench/README.md, and name another with --lammps`);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'frenkel-bench-'));
const engine = await createEngine({ threads: 1, fast: flags.fast });
try {
  console.log(
    `NVE steps of about ${2 * cells ** 3} atoms, one core, CPU µs per atom and step; medians of ${rounds} rounds`,
  );
  for (const one of cases) {
    const { potential, style, calls } = potentialOf(one);
    const atoms = crystal(one);
    const { masses, velocities } = atoms;
    writeFileSync(join(folder, 'data'), formatLammpsData(atoms, { types: one.elements }));
    const mark = engine.mark();
    const system = createSystem(engine, atoms, potential, { skin: SKIN });
    const state = verletInit(system, { masses, velocities });
    for (let k = 0; k < 2; k++) verletStep(system, state, { timestep: TIMESTEP });
    const [ours, theirs, kokkos]: number[][] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      const begin = cpu();
      for (let k = 0; k < steps; k++) verletStep(system, state, { timestep: TIMESTEP });
      ours.push((cpu() - begin) / steps);
      const run = { lmp: flags.lammps, folder, data: join(folder, 'data'), skin: SKIN, timestep: TIMESTEP, steps };
      theirs.push(runLammps({ ...run, style, coefficients: calls }).step);
      if (flags.kokkos && !one.zbl) {
        const switches = ['-k', 'on', 't', '1', '-sf', 'kk'];
        kokkos.push(runLammps({ ...run, lmp: flags.kokkos, switches, style, coefficients: calls }).step);
      }
    }
    engine.release(mark);
    const micro = (seconds: number[]) => seconds.map((value) => (1e6 * value) / masses.length);
    const name = flags.fast ? `${one.name}, --fast` : one.name;
    const common = { section: 'MD step', name, size: masses.length, unit: 'µs/atom CPU' };
    const peers = [
      { who: 'LAMMPS snap', values: micro(theirs) },
      { who: 'LAMMPS snap/kk, one thread', values: micro(kokkos) },
    ].filter(({ values }) => values.length > 0);
    const own = micro(ours);
    report([
      row({ ...common, who: flags.fast ? 'frenkel --fast' : 'frenkel', values: own }),
      ...peers.map((peer) => row({ ...common, ...peer }, own)),
    ]);
  }
} finally {
  engine.close();
  rmSync(folder, { recursive: true, force: true });
}
