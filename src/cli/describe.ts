/** frenkel describe: the vectors of any descriptor for atoms, or those that a potential is a function of. */
import { Command, Option } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import { formatNpy } from '../io/npy.ts';
import { readStructureFile } from '../node/load.ts';
import { createEngine } from '../node/threads.ts';
import { type DescribedFlags, describedBy, descriptorHelp, type Source } from './described-by.ts';
import { jsonFlag, threadsFlag, typesFlag } from './flags.ts';
import { frameFlag, pickFrames } from './frames.ts';
import { print } from './output.ts';
import { isStdout, refuseExisting, save } from './save.ts';

const formats = ['csv', 'json', 'xyz', 'npy'] as const;
type Format = (typeof formats)[number];

interface Flags extends DescribedFlags {
  types?: string[];
  threads?: number;
  frame?: string;
  format?: Format;
  output?: string;
  force?: boolean;
  json?: boolean;
}

interface Described {
  atoms: Atoms;
  /** Number of the frame in the file. */
  frame: number;
  /** One row per atom, or their mean: (rows, size). */
  values: Float64Array;
}

export function describeCommand(): Command {
  return new Command('describe')
    .description('descriptor vectors of atoms')
    .argument('<file>', "structures of any known format; '-' is standard input")
    .addOption(new Option('-d, --descriptor <text>', "NAME key=value … or NAME(…) + NAME(…): 'afs n=20 l=10 rcut=5A'"))
    .addOption(
      new Option('-p, --potential <what>', 'or that of a potential: embedded name or file(s)').argParser(
        (value: string, before: string[] | undefined) => [...(before ?? []), value],
      ),
    )
    .option('--overlay', 'several potentials are given; the term with a descriptor describes')
    .addOption(typesFlag())
    .addOption(frameFlag('all'))
    .addOption(new Option('--format <format>', 'of the output (default: by suffix, else csv)').choices(formats))
    .option('--average', 'the mean over the atoms of each frame')
    .option('-o, --output <file>', 'where to, .gz compresses (default: standard output)')
    .option('--force', 'overwrite that file')
    .addOption(threadsFlag())
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Descriptors, with their keys and defaults (docs/descriptors.md has formulas and sources; weights are for several elements):
${descriptorHelp()}

With -p the components (no unit) are those of the potential: its cutoff, 2J, weights and flags; with bzeroflag 1 the isolated
atom's are subtracted. B_l1_l2_l has the doubled momenta 2j1, 2j2, 2j; with chemistry the elements of the three densities
follow. csv: frame, atom (from 0), element, components. xyz: a column descriptors. npy: float64, (atoms of all frames,
components), with --average (frames, components); xyz has the means beside the energy, as descriptors="…".
scattering has one row per frame, which grows with the number of atoms (--average: divided by it), and is no part of a hybrid;
its settings are told with every output.
--json, without -o: {"labels","frames":[[[…], one row per atom], …]}; with -o: {"output","format","labels","shape"}.

Examples:
  frenkel describe vacancy.xyz -p W-Wood-2017 -o B.npy
  frenkel describe loop.xyz -d 'g2(rcut=5A neta=7) + bso4(rcut=5A jmax=1.5)' --average`,
    )
    .action(describe);
}

async function describe(file: string, flags: Flags): Promise<void> {
  const { output } = flags;
  refuseExisting(output, flags.force);
  const format = formatOf(flags);
  const frames = readStructureFile(file, { types: flags.types });
  const chosen = pickFrames(frames, flags.frame ?? 'all', file);
  const source = describedBy(flags, chosen);
  const { labels, settings } = source;
  const engine = await createEngine({ threads: flags.threads });
  try {
    const values = source.open(engine);
    const first = frames.indexOf(chosen[0]);
    const all = chosen.map((atoms, k): Described => {
      const frame = first + k;
      try {
        return { atoms, frame, values: values(atoms) };
      } catch (error) {
        if (!(error instanceof InputError) && !(error instanceof PhysicsError)) throw error;
        throw new InputError(`${frame > 0 ? `frame ${frame}: ` : ''}${error.message}`, { file });
      }
    });
    await save(output, write(all, source, format), flags.force);
    if (settings !== undefined && (isStdout(output) ? format !== 'json' : !flags.json))
      process.stderr.write(`frenkel: ${settings}\n`);
    if (isStdout(output)) return;
    const shape = [all.reduce((sum, { values }) => sum + values.length / labels.length, 0), labels.length];
    const line = `${output}: ${shape[0]} × ${shape[1]} components, ${format}\n`;
    await print([
      flags.json
        ? `${JSON.stringify({ output, format, ...(settings === undefined ? {} : { settings }), labels, shape })}\n`
        : line,
    ]);
  } finally {
    engine.close();
  }
}

function formatOf({ format, output, json }: Flags): Format {
  const suffix = output?.replace(/\.gz$/, '').match(/\.(?:ext)?([a-z]+)$/)?.[1];
  const chosen = format ?? (isStdout(output) && json ? 'json' : (formats.find((name) => name === suffix) ?? 'csv'));
  if (json && isStdout(output) && chosen !== 'json') {
    throw new InputError(`--json: it prints one object; --format ${chosen} needs -o FILE beside it`);
  }
  if (chosen === 'npy' && isStdout(output) && process.stdout.isTTY) {
    throw new InputError('--format npy: these bytes are not for a terminal; give -o FILE');
  }
  return chosen;
}

function write(all: readonly Described[], source: Source, format: Format): Iterable<string> | Uint8Array {
  const { labels } = source;
  if (format === 'csv') return csvChunks(all, source);
  if (format === 'json') return jsonChunks(all, source);
  if (format === 'xyz') return xyzChunks(all, source);
  const rows = all.reduce((sum, { values }) => sum + values.length, 0);
  const values = new Float64Array(rows);
  let at = 0;
  for (const part of all) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return formatNpy(values, [rows / labels.length, labels.length]);
}

function* csvChunks(all: readonly Described[], { labels, perAtom }: Source): Generator<string> {
  const size = labels.length;
  yield `${(perAtom ? ['frame', 'atom', 'element', ...labels] : ['frame', ...labels]).join(',')}\n`;
  for (const { atoms, frame, values } of all) {
    for (let i = 0; i < values.length / size; i++) {
      const row = values.subarray(i * size, (i + 1) * size).join(',');
      yield perAtom ? `${frame},${i},${symbolOf(atoms.numbers[i])},${row}\n` : `${frame},${row}\n`;
    }
  }
}

function* jsonChunks(all: readonly Described[], { labels, settings }: Source): Generator<string> {
  const size = labels.length;
  const head = settings === undefined ? '' : `"settings":${JSON.stringify(settings)},`;
  yield `{${head}"labels":${JSON.stringify(labels)},"frames":[`;
  for (const [k, { values }] of all.entries()) {
    yield k > 0 ? ',[' : '[';
    for (let i = 0; i < values.length; i += size)
      yield `${i > 0 ? ',' : ''}[${values.subarray(i, i + size).join(',')}]`;
    yield ']';
  }
  yield ']}\n';
}

function* xyzChunks(all: readonly Described[], { labels, perAtom, settings }: Source): Generator<string> {
  for (const { atoms, values } of all) {
    const said: Record<string, string> = settings === undefined ? {} : { descriptor_settings: settings };
    const info = { ...atoms.info, ...said, descriptor_labels: labels.join(' ') };
    yield* perAtom
      ? extxyzChunks({ ...atoms, info, arrays: { ...atoms.arrays, descriptors: values } })
      : extxyzChunks({ ...atoms, info: { ...info, descriptors: Array.from(values) } });
  }
}
