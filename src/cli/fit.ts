/** frenkel fit: linear and quadratic potentials from data, and the errors of a given one. */
import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { Command, Option } from 'commander';
import { InputError } from '../data/errors.ts';
import { gpaPerPressure } from '../data/units.ts';
import { type FitConfig, fitSchema } from '../fit/config.ts';
import { parseDescriptor } from '../fit/descriptor-config.ts';
import type { FitReport, FlatMetrics } from '../fit/report.ts';
import { readSamples } from '../node/fit-data.ts';
import { fitInFolder } from '../node/fit-folder.ts';
import { candidateThreads } from '../node/fit-threads.ts';
import { evaluateData } from '../node/run-fit.ts';
import { createEngine } from '../node/threads.ts';
import { readFitConfig } from './fit-config.ts';
import { integer, jsonFlag, threadsFlag } from './flags.ts';
import { type PotentialFlags, readPotential } from './input.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';

interface Flags extends PotentialFlags {
  descriptor?: string;
  reference?: string[];
  ridge?: string;
  rcond?: string;
  ard?: boolean;
  quadratic?: boolean;
  learningCurve?: boolean;
  checkpoint: number;
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
    .option('--rcond <ratio>', 'truncated SVD: leave out singular values below it times the largest')
    .option('--ard', 'automatic relevance determination: leave coefficients out')
    .option('--quadratic', 'products of components too')
    .option('--learning-curve', 'errors along shares of the data: learning.csv and figures')
    .option('--test <share>', 'share of each group that is held out (default: 0)')
    .addOption(integer('--seed <n>', 'seed of that choice', 0))
    .option('--name <name>', 'of the potential (default: its elements)')
    .option('--evaluate', 'fit nothing: the errors of the potential of -p on the data')
    .addOption(new Option('-p, --potential <what>', 'with --evaluate').argParser(collect))
    .option('--overlay', 'add several potentials up')
    .option('--out <dir>', 'folder of the results (default: runs/fit-<name>)')
    .option('--force', 'overwrite what is there; matrices that fit are used again')
    .addOption(integer('--checkpoint <seconds>', 'wall-clock time between writes of the matrices', 0, 10))
    .addOption(threadsFlag())
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Writes NAME.snapcoeff, .snapparam and .snap (LAMMPS and frenkel read them; .pot for bso4), NAME.uncertainty.json (posterior,
environments of the data), report.json, metrics.md (FitSNAP's table), parity-*.svg, lambda.svg, and checkpoint-*.bin: the
matrices, with which a fit that was killed goes on, and --force with another --ridge solves again at once.
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
  const engine = await createEngine({ threads: flags.threads });
  const candidates = config.search ? candidateThreads(engine.threads) : undefined;
  const progress = createProgress(false);
  try {
    const run = fitInFolder(engine, config, {
      folder,
      force: flags.force,
      seconds: flags.checkpoint,
      share: candidates?.share,
      say: (message) => process.stderr.write(`frenkel: ${message}\n`),
      progress: (done, total) => progress.update(() => `${name}: ${done} of ${total} configurations`),
    });
    progress.end();
    await print([flags.json ? `${JSON.stringify(run.report)}\n` : summary(run.report, folder)]);
  } finally {
    progress.end();
    candidates?.close();
    engine.close();
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}

const stemOf = (path: string) =>
  (path.split('/').filter(Boolean).pop() ?? 'data').replace(/\.gz$/, '').replace(/\.[^.]+$/, '');

function configOf(what: string[], flags: Flags): FitConfig {
  const [first] = what;
  if (!/\.ya?ml$/i.test(first)) return fromFlags(what, flags);
  if (what.length > 1) throw new InputError('a configuration stands alone: it names the data itself', { file: first });
  const given = (['descriptor', 'reference', 'rcond', 'ridge', 'ard', 'quadratic', 'test', 'seed'] as const).find(
    (key) => flags[key] !== undefined,
  );
  if (given) throw new InputError(`--${given}: with a configuration it belongs there`, { file: first });
  const config = readFitConfig(first);
  const learning = flags.learningCurve ?? config.learning;
  return { ...config, learning, name: flags.name ?? config.name };
}

function fromFlags(
  data: string[],
  { descriptor, reference, ridge, rcond, ard, quadratic, learningCurve, test, seed, name }: Flags,
): FitConfig {
  if (descriptor === undefined)
    throw new InputError("--descriptor: is needed beside data, 'snap rcut=4.7A twojmax=8' for example");
  const lambda = ridge === undefined || /^[a-z]+$/.test(ridge) ? ridge : Number(ridge);
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const rest = { data, reference, ridge: lambda, rcond: number(rcond), test: number(test), ard, quadratic, seed, name };
  // the schema reads texts as YAML would give them
  const input = { ...rest, descriptor: { rcut: 1 } };
  const found = fitSchema.safeParse(
    Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)),
  );
  if (!found.success) {
    const [issue] = found.error.issues;
    throw new InputError(`--${issue.path.map(String).join('.')}: ${issue.message}`);
  }
  return { ...found.data, learning: learningCurve ?? false, descriptor: parseDescriptor(descriptor) };
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

function cardLines(card: NonNullable<FitReport['card']>): string[] {
  return Object.entries(card).map(([name, { found, reference }]) => {
    const value = found === null ? 'not found' : found.toPrecision(5);
    const off = found === null ? '' : ` (${(100 * (found / reference - 1)).toFixed(1)} %)`;
    return `${name.padEnd(14)}${value.padStart(10)}  reference ${reference}${off}`;
  });
}

function summary(report: FitReport, folder: string): string {
  const { coefficients, rows, condition, lambda, effective, relevant, metrics, fitted, test, tested } = report;
  const determined = effective < coefficients.length ? ` (${effective.toFixed(1)} effective)` : '';
  const ridge = lambda > 0 ? `, ridge λ ${lambda.toPrecision(3)}` : '';
  const left = relevant === undefined ? '' : `, ${relevant} are relevant`;
  return `${[
    `${coefficients.length} coefficients from ${rows} rows, condition ${condition.toExponential(1)}${ridge}${left}${determined}`,
    table({ ...metrics, '(with a weight)': fitted }),
    ...(test ? ['', 'held out:', table({ ...test, ...(tested ? { '(with a weight)': tested } : {}) })] : []),
    ...(report.card ? ['', ...cardLines(report.card)] : []),
    '',
    `files       ${folder}/`,
  ].join('\n')}\n`;
}
