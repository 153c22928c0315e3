/** frenkel convert: structures from one format to another, saying what the other cannot hold. */
import { Command, Option } from 'commander';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import { type StructureFormat, structureChunks, structureFormatOf, structureFormats } from '../io/structure.ts';
import { holdsOneFrame, lossesOf } from '../io/structure-losses.ts';
import { readStructureFile } from '../node/load.ts';
import { jsonFlag, typesFlag } from './flags.ts';
import { frameFlag, pickFrames } from './frames.ts';
import { print } from './output.ts';
import { isStdout, refuseExisting, save } from './save.ts';

interface Flags {
  frame?: string;
  types?: string[];
  from?: StructureFormat;
  to?: StructureFormat;
  force?: boolean;
  json?: boolean;
}

export function convertCommand(): Command {
  return new Command('convert')
    .description('convert structures between file formats')
    .argument('<in>', "a file of any known format, .gz too; '-' is standard input")
    .argument('<out>', "the file to write, .gz compresses; '-' is standard output")
    .addOption(frameFlag('all; the last where the format holds one'))
    .addOption(typesFlag())
    .addOption(formatFlag('--from', 'format of <in>, instead of what its content says'))
    .addOption(formatFlag('--to', 'format of <out>, instead of what its name says (standard output: extxyz)'))
    .option('--force', 'overwrite <out>')
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Formats: ${structureFormats.join(', ')} (cif is only read). Å, Å/ps, amu; LAMMPS files in metal units. --types are the
elements of types 1, 2, … of LAMMPS files, read and written; their atoms are read by ascending id. What <out> cannot hold is told on standard error.
--json prints {"input","output","format","frames","atoms","dropped"}.

Example:
  frenkel convert final.xyz W.data --types W,Be`,
    )
    .action(convert);
}

function formatFlag(flag: string, description: string): Option {
  return new Option(`${flag} <format>`, description).argParser((text) => {
    const format = structureFormats.find((name) => name === text);
    if (format !== undefined) return format;
    const hint = didYouMean(text, structureFormats);
    const found = JSON.stringify(text.slice(0, 40));
    throw new InputError(`${flag}: unknown format ${found}${hint}; known: ${structureFormats.join(', ')}`);
  });
}

async function convert(input: string, output: string, flags: Flags): Promise<void> {
  refuseExisting(output, flags.force);
  if (flags.json && isStdout(output)) {
    throw new InputError('--json: standard output cannot hold both the report and the structure; name a file');
  }
  const format = flags.to ?? (isStdout(output) ? 'extxyz' : formatOf(output));
  const read = readStructureFile(input, { types: flags.types, format: flags.from });
  const one = holdsOneFrame(format);
  if (one && flags.frame === 'all' && read.length > 1) {
    throw new InputError(`--frame: ${format} holds one structure, and the file has ${read.length}`, { file: input });
  }
  const frames = pickFrames(read, flags.frame ?? (one ? 'last' : 'all'), input);
  const dropped = [...(flags.frame === undefined ? droppedFrames(read, frames) : []), ...droppedParts(frames, format)];
  await save(output, structureChunks(frames, format, { types: flags.types }), flags.force);
  if (dropped.length > 0) process.stderr.write(`frenkel: ${format} cannot hold and so drops: ${dropped.join(', ')}\n`);
  if (isStdout(output)) return;
  const atoms = frames[frames.length - 1].numbers.length;
  const report = { input, output, format, frames: frames.length, atoms, dropped };
  const line = `${output}: ${frames.length === 1 ? '' : `${frames.length} frames, `}${atoms} atoms, ${format}\n`;
  await print([flags.json ? `${JSON.stringify(report)}\n` : line]);
}

function formatOf(output: string): StructureFormat {
  const format = structureFormatOf(output);
  if (format !== undefined) return format;
  throw new InputError(
    `its name says no format (.xyz, .data, .dump, .vasp …): give --to ${structureFormats.join('|')}`,
    {
      file: output,
    },
  );
}

function droppedFrames(read: readonly Atoms[], kept: readonly Atoms[]): string[] {
  const gone = read.length - kept.length;
  return gone === 0 ? [] : [`${gone === 1 ? 'the first frame' : `the first ${gone} frames`} (--frame chooses another)`];
}

function droppedParts(frames: readonly Atoms[], format: StructureFormat): string[] {
  return [...new Set(frames.flatMap((atoms) => lossesOf(atoms, format)))];
}
