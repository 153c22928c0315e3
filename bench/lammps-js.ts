/**
 * EAM iron against LAMMPS in WebAssembly (lammps.js from npm, the build with MANYBODY), serial and Kokkos on one thread: each
 * round one short NVE run in a process of its own, timed by LAMMPS. Skips where the package is not found.
 *
 *   npm install --prefix /tmp/lammps-js lammps.js
 *   node scripts/bench.mjs lammps-js --package /tmp/lammps-js/node_modules/lammps.js [--cells 20] [--steps 60] [--rounds 5]
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { maxwellBoltzmann } from '../src/methods/temperature.ts';
import { verletInit, verletStep } from '../src/methods/verlet.ts';
import { createEngine } from '../src/node/threads.ts';
import { lammpsFiles, lammpsSetup, loopTimes } from './lammps-script.ts';
import { cpu, report, row } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    package: { type: 'string', default: '/tmp/lammps-js/node_modules/lammps.js' },
    cells: { type: 'string', default: '20' },
    steps: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '5' },
  },
});
const [cells, steps, rounds] = [flags.cells, flags.steps, flags.rounds].map(Number);
const module = resolve(flags.package, 'dist/cpp/lammps-atomify.js');
if (!existsSync(module)) {
  console.log(`lammps.js is not at ${flags.package}: npm install --prefix /tmp/lammps-js lammps.js`);
  process.exit(0);
}

/** Reads {module, kokkos, script, files} from standard input, prints LAMMPS's output. */
const CHILD = `
const input = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
import(input.module).then(async ({ default: create }) => {
  const wasm = await create({ print: (line) => console.log(line), printErr: (line) => console.error(line) });
  for (const [name, text] of Object.entries(input.files)) wasm.FS.writeFile(name, text);
  const lammps = new wasm.LAMMPSWeb();
  lammps.startWithArgs(input.kokkos ? ['-k', 'on', 't', '1', '-sf', 'kk'] : []);
  lammps.runScript(input.script);
  process.exit(0);
});
`;

const crystal = repeat(lattice({ kind: 'bcc', a: 2.8553, elements: ['Fe'] }), [cells, cells, cells]);
const n = crystal.numbers.length;
const masses = new Float64Array(n).fill(55.845);
const velocities = maxwellBoltzmann(masses, 600, 1n);
const script = `${lammpsSetup(steps)}run ${steps}
`;
const files = lammpsFiles({ ...crystal, masses, velocities });

/** µs per atom and step by LAMMPS's own clock; wall, for it cannot ask for CPU time in WebAssembly. */
function peer(kokkos: boolean): number {
  const input = JSON.stringify({ module: pathToFileURL(join(module)).href, kokkos, script, files });
  const out = spawnSync(process.execPath, ['-e', CHILD], { input, encoding: 'utf8', maxBuffer: 1e8 });
  const [seconds] = loopTimes(out.stdout ?? '');
  if (seconds === undefined)
    throw new Error(`lammps.js failed: ${(out.stdout ?? '').slice(-400)} ${(out.stderr ?? '').slice(-400)}`);
  return (1e6 * seconds) / steps / n;
}

const engine = await createEngine({ threads: 1 });
const system = createSystem(engine, crystal, loadEmbedded('Fe-Ackland-2004'), { skin: 0.5 });
const state = verletInit(system, { masses, velocities });
for (let k = 0; k < steps; k++) verletStep(system, state, { timestep: 0.001 });
const ours: number[] = [];
const theirs: Record<string, number[]> = { serial: [], Kokkos: [] };
for (let round = 0; round < rounds; round++) {
  const begin = cpu();
  for (let k = 0; k < steps; k++) verletStep(system, state, { timestep: 0.001 });
  ours.push((1e6 * (cpu() - begin)) / steps / n);
  theirs.serial.push(peer(false));
  theirs.Kokkos.push(peer(true));
}
engine.close();
const common = { section: 'MD step', name: 'Fe EAM, lammps.js', size: n, unit: 'µs/atom CPU' };
const rows = Object.entries(theirs).map(([name, values]) =>
  row({ ...common, who: `lammps.js ${name} (wall)`, values }, ours),
);
report([row({ ...common, who: 'frenkel', values: ours }), ...rows]);
