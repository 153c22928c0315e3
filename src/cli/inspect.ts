/** frenkel inspect: what a file is, by its content, and what is in it. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../data/errors.ts';
import { detectPotential, potentialFormats } from '../io/detect-potential.ts';
import { isNpy, readNpyHeader } from '../io/npy.ts';
import { detectStructure, parseStructures, structureFormatOf, structureFormats } from '../io/structure.ts';
import { nodeDisk } from '../node/disk.ts';
import { readBytes } from '../node/files.ts';
import { EXIT, Exit, explain } from './exit.ts';
import { jsonFlag, typesFlag } from './flags.ts';
import { inspectPotential } from './inspect-potential.ts';
import { inspectRun, inspectThermo, isRunRecord } from './inspect-run.ts';
import { inspectStructure } from './inspect-structure.ts';
import { inspectText, type Report } from './inspect-text.ts';
import { print } from './output.ts';

interface Flags {
  types?: string[];
  json?: boolean;
}

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('say what a file is, and what is in it')
    .argument(
      '<files...>',
      "structures, potentials, run folders, log.thermo, .npy, .gz of these; '-' is standard input",
    )
    .addOption(typesFlag())
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Lengths in Å, volume in Å^3, density in g/cm^3, energies in eV. Of several frames the last is described. Tables: mean,
drift (slope of the least-squares line, per ps, else per step) and RMS about that line of each column.
--json prints {"files":[{"file","kind",…}, …]}, kind one of structure, potential, run, thermo, npy.

Example:
  frenkel inspect vacancy.xyz runs/md-vacancy/ W.snapcoeff`,
    )
    .action(inspectFiles);
}

async function inspectFiles(files: string[], flags: Flags): Promise<void> {
  const reports: Report[] = [];
  let worst = 0;
  for (const file of files) {
    try {
      const report = { file, ...(await inspect(file, flags)) };
      if (!flags.json) await print([reports.length > 0 ? '\n' : '', inspectText(report)]);
      reports.push(report);
    } catch (error) {
      const { message, code } = explain(error);
      if (code === 1) throw error;
      process.stderr.write(`frenkel: ${message}\n`);
      worst = code;
    }
  }
  if (flags.json) await print([`${JSON.stringify({ files: reports })}\n`]);
  if (worst !== 0) throw new Exit(EXIT.input);
}

async function inspect(path: string, flags: Flags): Promise<Report> {
  const file = path === '-' ? 'standard input' : path;
  if (path !== '-' && existsSync(path) && statSync(path).isDirectory()) return inspectRun(path);
  const bytes = path === '-' ? readFileSync(0) : readBytes(path);
  const packed: Report = path !== '-' && isPacked(path) ? { compressed: true } : {};
  if (isNpy(bytes)) return { kind: 'npy', ...packed, ...readNpyHeader(bytes, file) };
  const text = decode(bytes, file);
  if (isRunRecord(text) && basename(file) === 'run.json') return inspectRun(dirname(file));
  return { ...packed, ...(await inspectContent(file, text, flags)) };
}

/** Potentials first: their formats say more of themselves than those of structures. */
async function inspectContent(file: string, text: string, { types }: Flags): Promise<Report> {
  if (/^[ \t]*Step([ \t]+[^\s\d]\S*)+[ \t]*\r?$/m.test(text.slice(0, 20_000))) return inspectThermo(file, text);
  const potential = detectPotential(text);
  if (potential !== undefined) return inspectPotential(file, text, potential);
  const format = detectStructure(text) ?? structureFormatOf(file);
  if (format !== undefined) return inspectStructure(format, parseStructures(text, { file, types, format }));
  const found = text.trim() === '' ? 'is empty' : 'is nothing that frenkel knows';
  throw new InputError(
    `${found}; tried structures (${structureFormats.join(', ')}), potentials (${potentialFormats.join(', ')}), thermo tables, run folders, npy`,
    { file },
  );
}

function isPacked(path: string): boolean {
  const head = nodeDisk.readPart(path, 0, 2);
  return head[0] === 0x1f && head[1] === 0x8b;
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError('is neither text (its bytes are not UTF-8) nor a .npy file', { file });
  }
}
