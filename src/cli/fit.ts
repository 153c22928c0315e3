/** frenkel fit: linear and quadratic potentials from data, and the errors of a given one. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { Command, Option } from 'commander';
import { parseConfig } from '../campaign/config.ts';
import { InputError } from '../data/errors.ts';
import { gpaPerPressure } from '../data/units.ts';
import { type FitConfig, fitSchema, parseDescriptor } from '../fit/config.ts';
import { readText } from '../node/files.ts';
import { readSamples } from '../node/fit-data.ts';
import { evaluateData, type FitReport, type FlatMetrics, runFit, writeFit } from '../node/run-fit.ts';
import { createEngine } from '../node/threads.ts';
import { integer, jsonFlag, threadsFlag } from './flags.ts';
import { type PotentialFlags, readPotential } from './input.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';

interface Flags extends PotentialFlags {
  descriptor?: string;
  reference?: string[];
  ridge?: string;
  test?: string;
  seed?: number;
  name?: string;
  evaluate?: boolean;
  out?: string;
  force?: boolean;
  threads?: number;
  json?: boolean;
}

const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value];

export function fitCommand(): Command {
  return new Command('fit')
    .description('fit a SNAP or b-SO(4) potential to energies, forces and stresses')
    .argument('<what...>', 'fit.yaml; or data: extended XYZ files, folders of FitSNAP JSON (subfolders are groups)')
    .option('--descriptor <what>', "'snap rcut=4.7A twojmax=8', 'bso4 rcut=4.7A jmax=4 quadratic=1'")
    .addOption(
      new Option('--reference <what>', "subtracted first and added again: 'zbl inner=4A outer=4.8A'").argParser(
        collect,
      ),
    )
    .option('--ridge <lambda>', 'regularise: gcv, evidence, cv or a number (default: least squares)')
    .option('--test <share>', 'share of each group that is held out (default: 0)')
    .addOption(integer('--seed <n>', 'seed of that choice', 0))
    .option('--name <name>', 'of the potential (default: its elements)')
    .option('--evaluate', 'fit nothing: the errors of the potential of -p on the data')
    .addOption(new Option('-p, --potential <what>', 'with --evaluate').argParser(collect))
    .option('--overlay', 'add several potentials up')
    .option('--out <dir>', 'folder of the results (default: runs/fit-<name>)')
    .option('--force', 'overwrite what is there')
    .addOption(threadsFlag())
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Writes NAME.snapcoeff, .snapparam and .snap (LAMMPS and frenkel read them; .pot for bso4), report.json and parity-*.svg.
Rows are energies per atom, forces and stresses times the weights of their group; with a YAML file every group can have
its own. Errors are unweighted: eV per atom, eV/Å, eV/Å³.
--json prints the report: {"coefficients","condition","metrics":{"all":{"energyMAE",…}, GROUP: …}, …}.

Examples:
  frenkel fit fit.yaml
  frenkel fit train.xyz --descriptor 'snap rcut=4.7A twojmax=8' --reference 'zbl inner=4A outer=4.8A' --test 0.1
  frenkel fit --evaluate -p W-Wood-2017 train.xyz --json`,
    )
    .action(fit);
}

async function fit(what: string[], flags: Flags): Promise<void> {
  if (flags.evaluate) return evaluate(what, flags);
  if (flags.potential) throw new InputError('-p: only with --evaluate; a fit makes its own');
  const config = configOf(what, flags);
  const name = config.name ?? 'potential';
  const folder = flags.out ?? `runs/fit-${config.name ?? stemOf(what[0])}`;
  if (existsSync(join(folder, 'report.json')) && !flags.force)
    throw new InputError('has a fit already: give --force to overwrite it, or another --out', { file: folder });
  const engine = await createEngine({ threads: flags.threads });
  const progress = createProgress(false);
  try {
    const run = runFit(engine, config, {
      say: (message) => process.stderr.write(`frenkel: ${message}\n`),
      progress: (done, total) => progress.update(() => `${name}: ${done} of ${total} configurations`),
    });
    progress.end();
    writeFit(folder, run);
    await print([flags.json ? `${JSON.stringify(run.report)}\n` : summary(run.report, folder)]);
  } finally {
    progress.end();
    engine.close();
  }
}

const stemOf = (path: string) =>
  (path.split('/').filter(Boolean).pop() ?? 'data').replace(/\.gz$/, '').replace(/\.[^.]+$/, '');

function configOf(what: string[], flags: Flags): FitConfig {
  const [first] = what;
  if (!/\.ya?ml$/i.test(first)) return fromFlags(what, flags);
  if (what.length > 1) throw new InputError('a configuration stands alone: it names the data itself', { file: first });
  const given = (['descriptor', 'reference', 'ridge', 'test', 'seed'] as const).find((key) => flags[key] !== undefined);
  if (given) throw new InputError(`--${given}: with a configuration it belongs there`, { file: first });
  const config = parseConfig<FitConfig>(readText(first), first, fitSchema);
  const beside = (path: string) => (isAbsolute(path) || existsSync(path) ? path : join(dirname(first), path));
  return { ...config, data: config.data.map(beside), name: flags.name ?? config.name };
}

function fromFlags(data: string[], { descriptor, reference, ridge, test, seed, name }: Flags): FitConfig {
  if (descriptor === undefined)
    throw new InputError("--descriptor: is needed beside data, 'snap rcut=4.7A twojmax=8' for example");
  const lambda = ridge === undefined || /^[a-z]+$/.test(ridge) ? ridge : Number(ridge);
  // The schema reads texts as YAML would give them.
  const { descriptor: _, ...rest } = { data, descriptor, reference, ridge: lambda, seed, name };
  const input = { ...rest, test: test === undefined ? undefined : Number(test), descriptor: { rcut: 1 } };
  const found = fitSchema.safeParse(
    Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)),
  );
  if (!found.success) {
    const [issue] = found.error.issues;
    throw new InputError(`--${issue.path.map(String).join('.')}: ${issue.message}`);
  }
  return { ...found.data, descriptor: parseDescriptor(descriptor) };
}

async function evaluate(what: string[], flags: Flags): Promise<void> {
  const samples = readSamples(what);
  const potential = readPotential(
    flags,
    samples.map(({ atoms }) => atoms),
  );
  const engine = await createEngine({ threads: flags.threads });
  try {
    const metrics = evaluateData(engine, potential, samples);
    await print([flags.json ? `${JSON.stringify({ metrics })}\n` : `${table(metrics)}\n`]);
  } finally {
    engine.close();
  }
}

const HEADINGS = ['group', 'configs', 'E MAE', 'E RMSE (meV/atom)', 'F MAE', 'F RMSE (eV/Å)', 'S MAE', 'S RMSE (GPa)'];

function table(metrics: Record<string, FlatMetrics>): string {
  const rows = Object.entries(metrics).map(([group, m]) => {
    const number = (value: number | undefined, factor: number) =>
      value === undefined ? '-' : (value * factor).toPrecision(4);
    return [
      group,
      String(m.configurations),
      number(m.energyMAE, 1000),
      number(m.energyRMSE, 1000),
      number(m.forceMAE, 1),
      number(m.forceRMSE, 1),
      number(m.stressMAE, gpaPerPressure),
      number(m.stressRMSE, gpaPerPressure),
    ];
  });
  const all = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, k) => Math.max(...all.map((row) => row[k].length)));
  return all
    .map((row) => row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join('  '))
    .join('\n');
}

function summary(report: FitReport, folder: string): string {
  const { coefficients, rows, condition, lambda, effective, metrics, fitted, test } = report;
  const ridge = lambda > 0 ? `, ridge λ ${lambda.toPrecision(3)} (${effective.toFixed(1)} effective)` : '';
  return `${[
    `${coefficients.length} coefficients from ${rows} rows, condition ${condition.toExponential(1)}${ridge}`,
    table({ ...metrics, '(with a weight)': fitted }),
    ...(test ? ['', 'held out:', table(test)] : []),
    '',
    `files       ${folder}/`,
  ].join('\n')}\n`;
}
