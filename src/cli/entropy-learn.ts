/** frenkel entropy learn: formation entropies as a linear function of descriptors, from labelled configurations. */
import { Command, Option } from 'commander';
import { InputError } from '../data/errors.ts';
import {
  type Compared,
  type EntropyErrors,
  errorsOf,
  randomSplits,
  type Split,
  splitBy,
} from '../fit/entropy/measure.ts';
import { type EntropyModel, formatEntropyModel } from '../fit/entropy/model.ts';
import { type EntropyRows, entropyRows } from '../fit/entropy/rows.ts';
import { entropyData } from '../fit/entropy/samples.ts';
import { type NoiseModel, trainEntropy } from '../fit/entropy/train.ts';
import type { Regularisation } from '../fit/ridge.ts';
import { createEngine } from '../node/threads.ts';
import { entropyParity } from '../plot/entropy-parity.ts';
import { readFramesOf } from './entropy-frames.ts';
import { integer, jsonFlag, threadsFlag, typesFlag } from './flags.ts';
import { readStructure } from './input.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';
import { refuseExisting, save } from './save.ts';

interface Flags {
  descriptor: string;
  bulk?: string;
  label: string;
  ridge: Regularisation;
  noise: NoiseModel;
  test: number;
  splits: number;
  hold?: string;
  seed: number;
  out: string;
  parity?: string;
  types?: string[];
  force?: boolean;
  threads?: number;
  json?: boolean;
}

/** Of iron and of most metals here: the paper's angular Fourier series. */
const PUBLISHED = 'afs n=20 l=10 rcut=5A';

export function entropyLearnCommand(): Command {
  return new Command('learn')
    .description('learn formation entropies from labelled configurations: S_f = w·(Σ_defect D − (N_d/N_b) Σ_bulk D)')
    .argument('<data...>', 'extended XYZ: formation_entropy=… (k_B) in the header of every frame')
    .option('--descriptor <what>', `descriptor D: 'NAME key=value …', hybrids with +`, PUBLISHED)
    .option('--bulk <file>', 'the perfect crystal, any cell of it, where the data do not name theirs')
    .option('--label <key>', 'key of the labels', 'formation_entropy')
    .addOption(
      new Option('--ridge <lambda>', 'evidence (Bayesian ridge), gcv, cv or a number')
        .default('evidence')
        .argParser(parseRidge),
    )
    .addOption(
      new Option('--noise <model>', "of labels: each group's own, the same and labels count by it, or one for all")
        .choices(['group', 'weighted', 'one'])
        .default('group'),
    )
    .addOption(
      new Option('--test <share>', 'share of each group that is held out in turn; 0: none')
        .default(0.2)
        .argParser(parseShare),
    )
    .addOption(integer('--splits <n>', 'random splits', 1, 10))
    .option('--hold <text>', 'instead: hold out the groups whose name has this in it')
    .addOption(integer('--seed <n>', 'of the splits', 0, 1))
    .option('-o, --out <file>', 'the model, from all configurations (JSON)', 'entropy.json')
    .option('--parity <file>', 'SVG: estimates against labels of the first split')
    .addOption(typesFlag())
    .option('--force', 'overwrite these files')
    .addOption(threadsFlag())
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Data: frames with formation_entropy and bulk=ID, and one frame of each perfect crystal with reference=ID; config_type is
the group. \`frenkel campaign run\` with 'campaign: search' writes such a file (report/configurations.xyz).
No intercept: a perfect crystal has S_f = 0. Errors are those of configurations that were held out; error bars of
estimates are √(posterior² + noise²); "within" is the share of labels that they cover (0.68 if Gaussian). Each group has a
noise of its own, and a structure gets that of the group whose mean descriptors are nearest. With --noise weighted labels count
by 1/noise² as well (better where there is little noise, worse elsewhere); --noise one takes one for all: the majority's.
--json prints {"model","configurations","components","lambda","effective","noise","noises":{GROUP:…},"test":{"rmse","mae",
"bias","spread","range","within","ratio","splits"},"groups":{GROUP:{…}},"fitted":{…}}, k_B.

Example:
  frenkel entropy learn runs/search/report/configurations.xyz --descriptor '${PUBLISHED}' -o iron.json`,
    )
    .action(learn);
}

function parseRidge(text: string): Regularisation {
  if (text === 'evidence' || text === 'gcv' || text === 'cv') return text;
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new InputError(`--ridge: found ${JSON.stringify(text)}; evidence, gcv, cv or a number >= 0 was expected`);
}

function parseShare(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new InputError(`--test: found ${JSON.stringify(text)}; a share of [0, 1) was expected`);
}

async function learn(files: string[], flags: Flags): Promise<void> {
  for (const path of [flags.out, flags.parity]) refuseExisting(path, flags.force);
  const bulk = flags.bulk === undefined ? undefined : readStructure(flags.bulk, flags.types);
  const data = entropyData(readFramesOf(files, flags.types), flags.label, bulk);
  if (data.unlabelled > 0)
    process.stderr.write(`frenkel: ${data.unlabelled} frames have no ${flags.label} and are left out\n`);
  const engine = await createEngine({ threads: flags.threads });
  const progress = createProgress(false);
  try {
    const found = entropyRows(engine, data, flags.descriptor, (done, total) =>
      progress.update(() => `descriptors: ${done} of ${total} configurations`),
    );
    progress.end();
    const { ridge, noise: noises, test: share, splits: count, seed } = flags;
    const splits = splitsOf(
      flags,
      found,
      (held) => splitBy(engine, found.rows, held, { ridge, noises }),
      () => randomSplits(engine, found.rows, { share, count, seed, ridge, noises }),
    );
    const weights = trainEntropy(engine, found.rows, ridge, noises);
    const { species, labels, references } = found;
    const model: EntropyModel = {
      ...weights,
      descriptor: flags.descriptor,
      species,
      labels,
      references,
      target: flags.label,
    };
    const report = reportOf(model, splits, flags.out);
    await save(flags.out, [formatEntropyModel(model, { test: report.test })], flags.force);
    if (flags.parity !== undefined && splits[0]) await save(flags.parity, [entropyParity(splits[0])], flags.force);
    await print([flags.json ? `${JSON.stringify(report)}\n` : summary(report, flags)]);
  } finally {
    progress.end();
    engine.close();
  }
}

function splitsOf(
  { hold, test }: Flags,
  { rows }: EntropyRows,
  by: (held: ArrayLike<number>) => Split,
  random: () => Split[],
): Split[] {
  if (hold !== undefined) {
    const held = rows.map(({ group }) => Number(group.includes(hold)));
    if (!held.includes(1)) {
      const groups = [...new Set(rows.map(({ group }) => group))].join(', ');
      throw new InputError(`--hold: no group has ${JSON.stringify(hold)} in its name; there are ${groups}`);
    }
    return [by(held)];
  }
  return test > 0 ? random() : [];
}

interface Tested extends EntropyErrors {
  /** RMSE over the spread of the labels. */
  ratio: number;
  splits: number;
}

interface LearnReport {
  model: string;
  descriptor: string;
  components: number;
  configurations: number;
  lambda: number;
  effective: number;
  noise: number;
  noises: Record<string, number>;
  test?: Tested;
  groups: Record<string, Tested>;
  fitted?: Tested;
}

function reportOf(model: EntropyModel, splits: readonly Split[], out: string): LearnReport {
  const held = splits.map((split) => split.held);
  const groups = [...new Set(held.flat().map(({ group }) => group))].sort();
  return {
    model: out,
    descriptor: model.descriptor,
    components: model.weights.length,
    ...{ configurations: model.configurations, lambda: model.lambda, effective: model.effective, noise: model.noise },
    noises: Object.fromEntries(model.groups.map(({ name, noise }) => [name, noise])),
    ...(held.length > 0 ? { test: tested(held), fitted: tested(splits.map(({ fitted }) => fitted)) } : {}),
    groups: Object.fromEntries(
      groups.map((name) => [name, tested(held.map((points) => points.filter(({ group }) => group === name)))]),
    ),
  };
}

/** Over all points of all splits. */
function tested(splits: readonly (readonly Compared[])[]): Tested {
  const errors = errorsOf(splits.flat());
  return { ...errors, ratio: errors.rmse / errors.spread, splits: splits.length };
}

function summary(report: LearnReport, { parity, test: share, hold }: Flags): string {
  const { test, fitted, groups, model, components, configurations, lambda, effective, noise, noises } = report;
  const own = Object.entries(noises).map(([name, one]) => `${name} ${one.toFixed(3)}`);
  const line = (name: string, { configurations: n, rmse, mae, bias, spread, range, ratio, within }: Tested) =>
    `  ${name.padEnd(16)}${String(n).padStart(6)}  RMSE ${rmse.toFixed(3)}  MAE ${mae.toFixed(3)}  bias ${bias.toFixed(3)}  spread ${spread.toFixed(3)} (range ${range.toFixed(2)})  RMSE/spread ${ratio.toFixed(3)}  within ${within.toFixed(2)}`;
  const how = hold === undefined ? `${100 * share} % of each group, ${test?.splits} times` : `groups with ${hold}`;
  return `${[
    `${configurations} configurations, ${components} components; λ ${lambda.toPrecision(3)}, ${effective.toFixed(1)} weights determined, noise ${noise.toFixed(3)} k_B`,
    ...(own.length > 0 ? [`noise of groups, k_B: ${own.join(', ')}`] : []),
    ...(test && fitted
      ? [
          `held out (${how}), k_B`,
          line('all', test),
          ...Object.entries(groups).map(([name, one]) => line(name, one)),
          line('(learned from)', fitted),
        ]
      : []),
    `model       ${model}${parity === undefined ? '' : `; ${parity}`}`,
  ].join('\n')}\n`;
}
