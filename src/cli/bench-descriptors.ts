/** frenkel bench descriptors: cost of descriptors, and the accuracy of linear potentials over them, as a table and figures. */
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { displace } from '../data/defects.ts';
import { numberOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { lattice } from '../data/lattice.ts';
import { repeat } from '../data/supercell.ts';
import { version } from '../data/version.ts';
import { type Cost, type CostCase, descriptorCosts } from '../fit/cost.ts';
import { basisOf, parseDescriptor } from '../fit/descriptor-config.ts';
import { parseDescriptor as parseParts } from '../io/descriptor.ts';
import { writeAtomic } from '../node/files.ts';
import { runFit } from '../node/run-fit.ts';
import { createEngine } from '../node/threads.ts';
import { type CostPoint, costFigure, paretoFigure, paretoFront } from '../plot/descriptor-cost.ts';
import { readFitConfig } from './fit-config.ts';
import { integer, jsonFlag, quantity } from './flags.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';
import { refuseExisting } from './save.ts';

interface Flags {
  descriptor?: string[];
  element: string;
  a: number;
  repeat: number;
  rounds: number;
  fit?: string;
  out?: string;
  force?: boolean;
  json?: boolean;
}

/** Relative to which all are given, as in the paper. */
const NORM = 'bso4 jmax=3.5 rcut=5A by recurrence';
const RECURRENCE = / by recurrence$/;
const fast = (jmax: number) => `bso4 jmax=${jmax} rcut=5A`;
const slow = (jmax: number) => `${fast(jmax)} by recurrence`;
const hybrid = (radial: string, jmax: number) => `hybrid g2(rcut=5A ${radial}) + bso4(jmax=${jmax} rcut=5A)`;
/** Of 7 and 30 components. */
const [FEW, MANY] = ['neta=7', 'neta=10 nrs=3'];
const DEFAULTS = [
  `g2 rcut=5A ${FEW}`,
  `g2 rcut=5A ${MANY}`,
  'afs rcut=5A n=3 l=4',
  'afs rcut=5A n=20 l=10',
  'pso3 rcut=5A',
  'pso4 rcut=5A jmax=3.5',
  ...[1.5, 2.5, 3.5, 4].flatMap((jmax) => [fast(jmax), slow(jmax)]),
  ...[FEW, MANY].flatMap((radial) => [hybrid(radial, 1.5), `${hybrid(radial, 1.5)} by recurrence`]),
];
/** Å: without it all distances of a shell are the same. */
const RATTLE = 0.1;

export function benchDescriptorsCommand(): Command {
  return new Command('descriptors')
    .description('µs per atom of descriptors, values alone and with forces; accuracy against cost')
    .addOption(
      new Option(
        '--descriptor <text>',
        "'g2 rcut=5A neta=7', 'hybrid g2(…) + bso4(…)'; repeatable (default: a table of them)",
      ).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]),
    )
    .option('-e, --element <symbol>', 'of the bcc crystal that is described', 'W')
    .addOption(quantity('-a, --a <length>', 'its lattice constant', 'length', 'A').default(3.1803, '3.1803 A'))
    .addOption(integer('--repeat <n>', 'cells along each edge', 3, 6))
    .addOption(integer('--rounds <n>', 'rounds of which the median counts', 1, 7))
    .option('--fit <yaml>', 'fit a linear potential over each descriptor to the data of this fit.yaml')
    .option('--out <folder>', 'descriptors.json, cost.svg, pareto.svg there')
    .option('--force', 'overwrite them')
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
CPU time of one thread on a rattled crystal; lists are timed apart. Relative to b-SO(4) jmax 3.5 at 5 Å by the recurrence
('${NORM}': b-SO(4) and SNAP by the recurrence instead of the fast kernels, hybrids in
one pass), as in Goryaeva 2019, doi:10.1016/j.commatsci.2019.04.043. With --fit: ridge by GCV unless the file says otherwise, a fifth held out.
--json prints {"machine","atoms","norm","descriptors":[{"descriptor","size","cutoff","values","forces","list","relative",
"forceMAE","energyMAE"}]}: µs per atom, eV/Å, eV per atom.

Examples:
  frenkel bench descriptors
  frenkel bench descriptors --descriptor 'g2 rcut=5A neta=7' --descriptor 'bso4 jmax=3.5 rcut=5' --json
  frenkel bench descriptors --fit fit.yaml --out runs/bench-descriptors`,
    )
    .action(benchDescriptors);
}

/** 'TEXT by recurrence': b-SO(4) and SNAP by the recurrence, a hybrid with all parts in one pass. */
function caseOf(name: string, species: number[]): CostCase {
  const text = name.replace(RECURRENCE, '');
  if (text === name) return { name, basis: basisOf(parseDescriptor(text), species) };
  const descriptor = parseParts(text);
  return { name, basis: { descriptor, elements: species.map((number) => ({ number })) }, reference: true };
}

interface Row extends Cost {
  relative: number;
  forceMAE?: number;
  energyMAE?: number;
}

function crystal({ element, a, repeat: n }: Flags): Atoms {
  const perfect = lattice({ kind: 'bcc', a, elements: [element] });
  return displace(repeat(perfect, [n, n, n]), { amplitude: RATTLE }, 1n);
}

const cpuMicroseconds = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

async function benchDescriptors(flags: Flags): Promise<void> {
  const species = [numberOf(flags.element) ?? 0];
  if (species[0] === 0) throw new InputError(`--element: ${flags.element} is no element`);
  const files = flags.out === undefined ? [] : ['descriptors.json', 'cost.svg', 'pareto.svg'];
  for (const name of files) refuseExisting(join(flags.out ?? '', name), flags.force);
  const names = [...new Set([...(flags.descriptor ?? DEFAULTS), NORM])];
  const cases = names.map((name) => caseOf(name, species));
  const config = flags.fit === undefined ? undefined : readFitConfig(flags.fit);
  const engine = await createEngine({ threads: 1 });
  const progress = createProgress(false);
  try {
    const atoms = crystal(flags);
    const costs = descriptorCosts(engine, atoms, cases, {
      rounds: flags.rounds,
      clock: cpuMicroseconds,
      progress: (share) => progress.update(() => `${Math.floor(100 * share)} % of the rounds`),
    });
    const norm = costs[names.indexOf(NORM)].forces;
    const rows: Row[] = costs.map((cost) => ({ ...cost, relative: cost.forces / norm }));
    if (config) {
      for (const row of rows) {
        const descriptor = parseDescriptor(row.name.replace(RECURRENCE, ''));
        const { report } = runFit(
          engine,
          { ridge: 'gcv', ...config, test: config.test || 0.2, descriptor },
          {
            progress: (done, total) => progress.update(() => `${row.name}: ${done} of ${total} configurations`),
          },
        );
        const { forceMAE, energyMAE } = (report.test ?? report.metrics).all;
        Object.assign(row, { forceMAE, energyMAE });
      }
    }
    progress.end();
    await tell(rows, atoms.numbers.length, flags);
  } finally {
    progress.end();
    engine.close();
  }
}

/** Names of the parts: 'g2 + bso4'. */
function familyOf(name: string): string {
  if (RECURRENCE.test(name)) return `${familyOf(name.replace(RECURRENCE, ''))} by recurrence`;
  const parts = [...name.replace(/^hybrid\s+/, '').matchAll(/(?:^|\+\s*)([\w-]+)/g)].map(([, part]) => part);
  return parts.map((part) => (part.startsWith('pso') ? 'power spectrum' : part)).join(' + ');
}

async function tell(rows: Row[], atoms: number, { out, json }: Flags): Promise<void> {
  const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`;
  const descriptors = rows.map(({ name, ...rest }) => ({ descriptor: name, ...rest }));
  const report = { frenkel: version, machine, atoms, norm: NORM, descriptors };
  if (out !== undefined) {
    const points: CostPoint[] = rows.map(({ name, size, relative, forceMAE }) => ({
      family: familyOf(name),
      size,
      cost: relative,
      // by whatever kernels, the potential is the same
      error: RECURRENCE.test(name) ? undefined : forceMAE,
    }));
    writeAtomic(join(out, 'descriptors.json'), `${JSON.stringify(report, null, 1)}\n`);
    writeAtomic(join(out, 'cost.svg'), costFigure(points, 'b-SO(4) 3.5'));
    if (points.some(({ error }) => error !== undefined))
      writeAtomic(join(out, 'pareto.svg'), paretoFigure(points, 'b-SO(4) 3.5'));
  }
  await print([json ? `${JSON.stringify(report)}\n` : table(rows, machine, atoms)]);
}

function table(rows: Row[], machine: string, atoms: number): string {
  const fitted = rows.some(({ forceMAE }) => forceMAE !== undefined);
  const front = new Set(
    paretoFront(rows.map((row) => ({ ...row, cost: row.relative, error: row.forceMAE }))).map(({ name }) => name),
  );
  const head = [
    'descriptor',
    'size',
    'values',
    'and forces',
    'list',
    'relative',
    ...(fitted ? ['F MAE', 'E MAE', ''] : []),
  ];
  const lines = rows.map((row) => [
    row.name,
    String(row.size),
    ...[row.values, row.forces, row.list, row.relative].map((x) => x.toPrecision(3)),
    ...(fitted
      ? [
          (1e3 * (row.forceMAE ?? Number.NaN)).toPrecision(3),
          (1e3 * (row.energyMAE ?? Number.NaN)).toPrecision(3),
          front.has(row.name) ? '*' : '',
        ]
      : []),
  ]);
  const all = [head, ...lines];
  const widths = head.map((_, k) => Math.max(...all.map((line) => line[k].length)));
  const text = all.map((line) =>
    line
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k])))
      .join('  ')
      .trimEnd(),
  );
  const units = `µs per atom, ${atoms} atoms, one thread${fitted ? '; meV/Å, meV/atom; * beaten by none in both cost and force' : ''}`;
  return `${[machine, units, '', ...text].join('\n')}\n`;
}
