/**
 * Peak memory of one evaluation: 1,000,000 atoms with EAM and 250,000 with SNAP, each in a process of its own.
 *
 *   node scripts/bench.mjs memory [--case eam|snap] [--cells N]
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { lattice } from '../src/data/lattice.ts';
import { repeat } from '../src/data/supercell.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { createEngine } from '../src/node/threads.ts';
import { report, row } from './report.ts';

const { values: flags } = parseArgs({
  options: { case: { type: 'string' }, cells: { type: 'string' }, threads: { type: 'string', default: '1' } },
});

const cases = {
  eam: { potential: 'Fe-Ackland-2004', element: 'Fe', a: 2.8553, cells: 80 },
  snap: { potential: 'W-Wood-2017', element: 'W', a: 3.1803, cells: 50 },
} as const;
type Case = keyof typeof cases;
const LIMIT = 4;

/** One evaluation here. */
async function measure(name: Case): Promise<void> {
  const { potential, element, a, cells } = cases[name];
  const count = flags.cells ? Number(flags.cells) : Math.ceil(cells);
  const engine = await createEngine({ threads: Number(flags.threads) });
  const atoms = repeat(lattice({ kind: 'bcc', a, elements: [element] }), [count, count, count]);
  const system = createSystem(engine, atoms, loadEmbedded(potential));
  const energy = system.evaluate();
  const n = atoms.numbers.length;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(2);
  // Node counts the kernels' memory only where it was touched.
  const peak = process.resourceUsage().maxRSS * 1024;
  const kernels = engine.memory.buffer.byteLength;
  console.log(
    `| ${potential} | ${n} | ${gigabytes(peak)} | ${gigabytes(kernels)} | ${(peak / n).toFixed(0)} | ${(energy / n).toFixed(6)} |`,
  );
  const size = { section: 'memory', name: `${potential}, peak`, size: n, who: 'frenkel', unit: 'GB' };
  report([row({ ...size, values: [peak / 1e9] })]);
  if (peak > LIMIT * 1e9) process.exitCode = 1;
  engine.close();
}

if (flags.case) await measure(flags.case as Case);
else {
  console.log(
    '| potential | atoms | peak GB | of it reserved by kernels | bytes per atom | eV per atom |\n|---|---|---|---|---|---|',
  );
  for (const name of Object.keys(cases)) {
    const args = [process.argv[1], '--case', name, '--threads', flags.threads];
    if (spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0) process.exitCode = 1;
  }
}
