/**
 * Every bench after the other, each in a process of its own, into bench/results: rows as JSON, tables as Markdown, ratios as
 * SVG. Peers that are not installed are left out, and said.
 *
 *   npm run bench -- [--lammps PATH] [--kokkos PATH] [--lammps-js FOLDER] [--rounds 5] [--only eam,snap]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { markdown, type Row } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    lammps: { type: 'string', default: 'lmp' },
    kokkos: { type: 'string', default: '' },
    'lammps-js': { type: 'string', default: '/tmp/lammps-js/node_modules/lammps.js' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    /** Tables and figure from the rows of the run before. */
    again: { type: 'boolean', default: false },
  },
});
const FOLDER = 'bench/results';
const ROWS = 'build/bench-rows.jsonl';

const rounds = ['--rounds', flags.rounds];
const sizes = ['10', '20', '79'].map((cells) => {
  const steps = cells === '79' ? ['--steps', '4', '--rounds', '3'] : [...rounds];
  return ['eam', '--cells', cells, ...steps, ...(cells === '20' ? ['--mpi'] : []), '--lammps', 'lmp'];
});
const benches: string[][] = [
  ...sizes,
  ['eam', '--system', 'CuNi', '--cells', '16', ...rounds, '--lammps', 'lmp'],
  ['eam', '--system', 'VFe', '--cells', '20', ...rounds, '--lammps', 'lmp'],
  ['javascript', ...rounds],
  ['lammps-js', '--package', flags['lammps-js'], ...rounds],
  ['browser', '--package', flags['lammps-js'], ...rounds],
  ['snap', '--lammps', flags.lammps, '--kokkos', flags.kokkos, ...rounds],
  ['snap', '--lammps', flags.lammps, '--fast', '--rounds', '3'],
  ['band'],
  ['so4'],
  ['memory'],
  ['linalg'],
];

/** One dot for each peer, at its ratio, on a logarithmic axis with the line where both are as fast. */
function figure(rows: Row[]): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const peers = rows
    .filter(({ section, ratio }) => section === 'MD step' && ratio !== undefined)
    .map(({ name, size, who, ratio }) => ({ what: `${name}, ${size} atoms: ${who}`, ratio: ratio as number }));
  const svg = Plot.plot({
    document: document as unknown as Document,
    width: 860,
    height: 60 + 24 * peers.length,
    marginLeft: 420,
    marginRight: 50,
    marginBottom: 44,
    style: { fontSize: '12px', background: 'white', color: '#222222' },
    x: {
      type: 'log',
      label: 'time of the peer / time of frenkel, one core',
      labelOffset: 38,
      labelArrow: 'none',
      grid: true,
      domain: [0.5, 50],
      ticks: [0.5, 1, 2, 5, 10, 20, 50],
      tickFormat: String,
    },
    y: { label: null, domain: peers.map(({ what }) => what) },
    marks: [
      Plot.ruleX([1], { stroke: '#777777', strokeDasharray: '5 4' }),
      Plot.ruleY(peers, { x1: 1, x2: 'ratio', y: 'what', stroke: '#0072b2', strokeWidth: 2 }),
      Plot.dot(peers, { x: 'ratio', y: 'what', r: 4, fill: '#0072b2' }),
      Plot.text(peers, {
        x: 'ratio',
        y: 'what',
        text: ({ ratio }) => ratio.toFixed(ratio < 3 ? 2 : 1),
        dx: 8,
        textAnchor: 'start',
      }),
    ],
  }) as unknown as SVGSVGElement;
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}

if (!flags.again) rmSync(ROWS, { force: true });
mkdirSync('build', { recursive: true });
const chosen = flags.only.split(',').filter(Boolean);
const failed: string[] = [];
for (const [name, ...args] of flags.again ? [] : benches) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\n── ${name} ${args.join(' ')}`);
  const env = { ...process.env, FRENKEL_BENCH_ROWS: ROWS };
  const { status } = spawnSync(process.execPath, ['scripts/bench.mjs', name, ...args], { stdio: 'inherit', env });
  if (status !== 0) failed.push(name);
}
const rows: Row[] = existsSync(ROWS)
  ? readFileSync(ROWS, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  : [];
const date = new Date().toISOString().slice(0, 10);
const machine = `${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`.trim();
mkdirSync(FOLDER, { recursive: true });
writeFileSync(`${FOLDER}/bench.json`, `${JSON.stringify({ date, machine, command, rows }, undefined, 1)}\n`);
const head = `# Bench of ${date}\n\n${machine}; \`${command}\`. Ratios are peer / frenkel of one run: above 1 frenkel is faster.\n`;
writeFileSync(`${FOLDER}/bench.md`, `${head}\n![ratios](bench.svg)\n\n${markdown(rows)}`);
writeFileSync(`${FOLDER}/bench.svg`, figure(rows));
console.log(`\n${FOLDER}/bench.json, bench.md, bench.svg: ${rows.length} rows`);
if (failed.length > 0) {
  console.error(`without: ${failed.join(', ')}`);
  process.exitCode = 1;
}
