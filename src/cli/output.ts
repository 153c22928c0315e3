/** What a command writes beside its run folder: stdout in pieces, and structure files by suffix. */
import { existsSync } from 'node:fs';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { formatOf, type StructureFormat, structureChunks } from '../io/structure.ts';
import { writeAtomic } from '../node/files.ts';

/** Writes to stdout, waiting while the reader is slow. */
export async function print(pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (process.stdout.write(piece)) continue;
    await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
  }
}

export interface WriteOptions {
  force?: boolean;
  format?: StructureFormat;
}

/** Refuses to overwrite without --force. */
export function refuseOverwrite(path: string, force = false): void {
  if (!force && existsSync(path))
    throw new InputError('exists already: give --force to overwrite it, or another name', { file: path });
}

/** Writes frames in the format that the name says (…/POSCAR, .vasp, .xyz, .lmp, .data, .dump; .gz after it). */
export async function writeStructures(
  path: string,
  frames: readonly Atoms[],
  { force, format }: WriteOptions = {},
): Promise<void> {
  refuseOverwrite(path, force);
  writeAtomic(path, structureChunks(frames, format ?? formatOf(path)));
}
