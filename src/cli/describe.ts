/** frenkel describe: the vectors of any descriptor for atoms, or those that a potential is a function of. */
import { Command, Option } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { descriptorRecords } from '../data/descriptors/registry.ts';
import { formatSetting, type SettingKey } from '../data/descriptors/settings.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { bareDescriptor } from '../data/potentials/descriptor.ts';
import { createDescriber } from '../engine/describe.ts';
import { descriptorLabels } from '../engine/descriptors.ts';
import { parseDescriptor } from '../io/descriptor.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import { formatNpy } from '../io/npy.ts';
import { readStructureFile } from '../node/load.ts';
import { createEngine } from '../node/threads.ts';
import { jsonFlag, threadsFlag, typesFlag } from './flags.ts';
import { frameFlag, pickFrames } from './frames.ts';
import { type PotentialFlags, readPotential } from './input.ts';
import { print } from './output.ts';
import { isStdout, refuseExisting, save } from './save.ts';

const formats = ['csv', 'json', 'xyz', 'npy'] as const;
type Format = (typeof formats)[number];

interface Flags extends PotentialFlags {
  descriptor?: string;
  types?: string[];
  threads?: number;
  frame?: string;
  format?: Format;
  average?: boolean;
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
    .addOption(
      new Option('-d, --descriptor <text>', "NAME key=value … or NAME(…) + NAME(…): 'afs n=20 l=10 rcut=5A'").conflicts(
        ['potential', 'overlay'],
      ),
    )
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
  const potential = describedBy(flags, chosen);
  const labels = descriptorLabels(potential);
  const engine = await createEngine({ threads: flags.threads });
  try {
    const describer = createDescriber(engine, potential);
    const first = frames.indexOf(chosen[0]);
    const all = chosen.map((atoms, k): Described => {
      const frame = first + k;
      try {
        const { values } = describer.describe(atoms);
        return { atoms, frame, values: flags.average ? mean(values, labels.length) : values };
      } catch (error) {
        if (!(error instanceof InputError) && !(error instanceof PhysicsError)) throw error;
        throw new InputError(`${frame > 0 ? `frame ${frame}: ` : ''}${error.message}`, { file });
      }
    });
    await save(output, write(all, labels, format, !flags.average), flags.force);
    if (isStdout(output)) return;
    const shape = [all.reduce((sum, { values }) => sum + values.length / labels.length, 0), labels.length];
    const line = `${output}: ${shape[0]} × ${shape[1]} components, ${format}\n`;
    await print([flags.json ? `${JSON.stringify({ output, format, labels, shape })}\n` : line]);
  } finally {
    engine.close();
  }
}

/** The descriptor that -d gives, for the elements of the frames, or that of the potential. */
function describedBy(flags: Flags, frames: readonly Atoms[]): Potential {
  if (flags.descriptor === undefined) {
    if (flags.potential === undefined)
      throw new InputError("nothing to describe with: give -d 'NAME key=value …' or -p");
    return readPotential(flags, frames, { descriptors: true });
  }
  if (flags.potential !== undefined)
    throw new InputError('-d and -p both say what describes the atoms: give one of them');
  const species = [...new Set(frames.flatMap((atoms) => [...new Set(atoms.numbers)]))].sort((a, b) => a - b);
  if (species.length === 0) throw new InputError('the structure has no atoms');
  return bareDescriptor(parseDescriptor(flags.descriptor), species);
}

/** One line per descriptor. */
function descriptorHelp(): string {
  const of = ({ key, fallback, kind, optional }: SettingKey) =>
    `${key}=${fallback === undefined ? (optional ? '…' : '?') : formatSetting(fallback)}${kind === 'length' ? 'A' : ''}`;
  return descriptorRecords.map(({ name, keys }) => `  ${name.padEnd(11)}${keys.map(of).join(' ')}`).join('\n');
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

/** Mean over the rows of (n,size). */
function mean(values: Float64Array, size: number): Float64Array {
  const sums = new Float64Array(size);
  values.forEach((value, k) => {
    sums[k % size] += value;
  });
  return sums.map((sum) => (sum * size) / values.length);
}

function write(
  all: readonly Described[],
  labels: string[],
  format: Format,
  perAtom: boolean,
): Iterable<string> | Uint8Array {
  if (format === 'csv') return csvChunks(all, labels, perAtom);
  if (format === 'json') return jsonChunks(all, labels);
  if (format === 'xyz') return xyzChunks(all, labels, perAtom);
  const rows = all.reduce((sum, { values }) => sum + values.length, 0);
  const values = new Float64Array(rows);
  let at = 0;
  for (const part of all) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return formatNpy(values, [rows / labels.length, labels.length]);
}

function* csvChunks(all: readonly Described[], labels: string[], perAtom: boolean): Generator<string> {
  const size = labels.length;
  yield `${(perAtom ? ['frame', 'atom', 'element', ...labels] : ['frame', ...labels]).join(',')}\n`;
  for (const { atoms, frame, values } of all) {
    for (let i = 0; i < values.length / size; i++) {
      const row = values.subarray(i * size, (i + 1) * size).join(',');
      yield perAtom ? `${frame},${i},${symbolOf(atoms.numbers[i])},${row}\n` : `${frame},${row}\n`;
    }
  }
}

function* jsonChunks(all: readonly Described[], labels: string[]): Generator<string> {
  const size = labels.length;
  yield `{"labels":${JSON.stringify(labels)},"frames":[`;
  for (const [k, { values }] of all.entries()) {
    yield k > 0 ? ',[' : '[';
    for (let i = 0; i < values.length; i += size)
      yield `${i > 0 ? ',' : ''}[${values.subarray(i, i + size).join(',')}]`;
    yield ']';
  }
  yield ']}\n';
}

function* xyzChunks(all: readonly Described[], labels: string[], perAtom: boolean): Generator<string> {
  for (const { atoms, values } of all) {
    const info = { ...atoms.info, descriptor_labels: labels.join(' ') };
    yield* perAtom
      ? extxyzChunks({ ...atoms, info, arrays: { ...atoms.arrays, descriptors: values } })
      : extxyzChunks({ ...atoms, info: { ...info, descriptors: Array.from(values) } });
  }
}
