/** frenkel entropy predict: formation entropies of structures from their positions alone, by what `entropy learn` made. */
import { Command } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { createEnvironment, type Environment } from '../fit/entropy/describe.ts';
import { type EntropyModel, parseEntropyModel } from '../fit/entropy/model.ts';
import { inFrame } from '../fit/entropy/rows.ts';
import { type Frame, GIVEN, referenceOf } from '../fit/entropy/samples.ts';
import { type EntropyEstimate, estimateEntropy } from '../fit/entropy/train.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import { readText } from '../node/files.ts';
import { createEngine } from '../node/threads.ts';
import { readFramesOf } from './entropy-frames.ts';
import { jsonFlag, threadsFlag, typesFlag } from './flags.ts';
import { readStructure } from './input.ts';
import { print } from './output.ts';
import { refuseExisting, save } from './save.ts';

interface Flags {
  model: string;
  bulk?: string;
  local?: string;
  types?: string[];
  force?: boolean;
  threads?: number;
  json?: boolean;
}

export function entropyPredictCommand(): Command {
  return new Command('predict')
    .description('formation entropies of defects from positions alone, with error bars')
    .argument('<files...>', "relaxed structures in any known format; '-' is standard input")
    .requiredOption('-m, --model <file>', "of 'frenkel entropy learn'")
    .option(
      '--bulk <file>',
      'the perfect crystal at the same lattice constant, any cell of it; default: that of the model',
    )
    .option('--local <file>', 'extended XYZ with the share of every atom as a column, local_entropy (k_B)')
    .addOption(typesFlag())
    .option('--force', 'overwrite that file')
    .addOption(threadsFlag())
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
The cost is that of the descriptors: proportional to the number of atoms. The error bar is one standard deviation, posterior
and noise, that of the group it is most like; a structure with more leverage than any learned from is marked: there it is a guess.
--json prints {"model","predictions":[{"file","frame","atoms","bulk","entropy","error","like","leverage","extrapolates"}, …]}, k_B.

Example:
  frenkel entropy predict V4.xyz --model iron.json --local V4-entropy.xyz`,
    )
    .action(predict);
}

interface Predicted extends EntropyEstimate {
  file: string;
  frame: number;
  atoms: number;
  bulk: string;
}

async function predict(files: string[], flags: Flags): Promise<void> {
  refuseExisting(flags.local, flags.force);
  const model = parseEntropyModel(readText(flags.model), flags.model);
  const bulk = flags.bulk === undefined ? undefined : readStructure(flags.bulk, flags.types);
  const frames = readFramesOf(files, flags.types);
  const engine = await createEngine({ threads: flags.threads });
  try {
    const environment = createEnvironment(engine, model.descriptor, model.species);
    if (environment.size !== model.weights.length)
      throw new InputError(`has ${model.weights.length} weights for ${environment.size} components`, {
        file: flags.model,
      });
    const references = new Map(bulk ? [[GIVEN, environment.mean(bulk)]] : distinct(model.references));
    const all = frames.map((frame) => one(frame, { model, environment, references, local: flags.local !== undefined }));
    if (flags.local !== undefined) await save(flags.local, chunksOf(all.map(({ shared }) => shared)), flags.force);
    const predictions = all.map(({ predicted }) => predicted);
    await print([flags.json ? `${JSON.stringify({ model: flags.model, predictions })}\n` : summary(predictions)]);
  } finally {
    engine.close();
  }
}

/** Cells of one crystal at one lattice constant count once, by the name of the first; the other names stay known. */
function distinct(references: EntropyModel['references']): [string, Float64Array][] {
  const all = [...references];
  const first = all[0]?.[1];
  const same =
    first && all.every(([, mean]) => mean.every((x, k) => Math.abs(x - first[k]) <= 1e-9 * (1 + Math.abs(x))));
  return same ? all.slice(0, 1) : all;
}

interface With {
  model: EntropyModel;
  environment: Environment;
  references: ReadonlyMap<string, Float64Array>;
  local: boolean;
}

function one(frame: Frame, { model, environment, references, local }: With): { predicted: Predicted; shared: Atoms } {
  const { atoms, file, number } = frame;
  const known =
    references.size === 1 && !references.has(GIVEN) ? [...references.keys()][0] : referenceOf(frame, references);
  const mean = references.get(known);
  if (!mean) throw new Error(`no reference ${known}`);
  const shares = new Float64Array(local ? atoms.numbers.length : 0);
  const { weights } = model;
  const share = (atom: number, difference: Float64Array) => {
    for (let k = 0; k < weights.length; k++) shares[atom] += weights[k] * difference[k];
  };
  const row = inFrame(frame, () => environment.row(atoms, mean, local ? share : undefined));
  const estimate = estimateEntropy(model, row);
  const { entropy, error } = estimate;
  const info = { ...atoms.info, predicted_entropy: entropy, predicted_entropy_error: error };
  return {
    predicted: { file, frame: number, atoms: atoms.numbers.length, bulk: known, ...estimate },
    shared: { ...atoms, info, arrays: local ? { ...atoms.arrays, local_entropy: shares } : atoms.arrays },
  };
}

function* chunksOf(frames: readonly Atoms[]): Generator<string> {
  for (const frame of frames) yield* extxyzChunks(frame);
}

function summary(predictions: readonly Predicted[]): string {
  return predictions
    .map(({ file, frame, atoms, entropy, error, like, leverage, extrapolates }) => {
      const where = frame > 0 ? `${file} frame ${frame}` : file;
      const mark = extrapolates ? '  EXTRAPOLATES: unlike everything learned from' : '';
      const noise = like === undefined ? '' : `  like ${like}`;
      return `${where}  ${atoms} atoms  S_f = ${entropy.toFixed(4)} ± ${error.toFixed(4)} k_B  leverage ${leverage.toPrecision(3)}${noise}${mark}\n`;
    })
    .join('');
}
