/** Structures and potentials from files, by content; the same functions that the command line uses. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { loadPotential } from '../io/potential.ts';
import { parseStructures, type StructureFormat, structureChunks, structureFormatOf } from '../io/structure.ts';
import { readText, writeAtomic } from './files.ts';

/** All frames of a file of any known format (.gz too); '-' is standard input. Throws InputError with file and line. */
export function readStructureFile(path: string, options: { types?: string[]; format?: StructureFormat } = {}): Atoms[] {
  const file = path === '-' ? 'standard input' : path;
  const text = path === '-' ? readFileSync(0, 'utf8') : readText(path);
  const frames = parseStructures(text, { file, ...options });
  if (frames.length === 0) throw new InputError('no structure in it', { file });
  return frames;
}

export interface PotentialOptions {
  /** Atomic numbers that inline forms hold for. */
  species?: number[];
  /** Sum several potentials. */
  overlay?: boolean;
  /** Where relative paths begin; default: the working directory. */
  folder?: string;
}

/**
 * The potential that names, inline forms or files make together, as -p does: 'W-Wood-2017', 'lj epsilon=0.4eV …',
 * ['W.snapcoeff', 'W.snapparam'].
 */
export function readPotentialFile(
  specs: string | readonly string[],
  { species = [], overlay, folder = '' }: PotentialOptions = {},
): Potential {
  const place = (path: string) => (isAbsolute(path) ? path : join(folder, path));
  return loadPotential(typeof specs === 'string' ? [specs] : specs, {
    species,
    overlay,
    read(name) {
      const path = place(name);
      return existsSync(path) && statSync(path).isFile() ? readText(path) : undefined;
    },
    readBeside: (path, name) => {
      if (basename(name) === name && name !== '..') return readText(join(dirname(place(path)), name));
      throw new InputError(`names the file ${JSON.stringify(name)}; only plain names of files beside it are read`, {
        file: path,
      });
    },
  });
}

/**
 * Writes frames in the format that the name says (POSCAR, .vasp, .xyz, .lmp, .data, .dump; .gz after it), whole or not at
 * all. Throws InputError where the file exists, unless forced.
 */
export function writeStructureFile(
  path: string,
  frames: readonly Atoms[],
  { force = false, format }: { force?: boolean; format?: StructureFormat } = {},
): void {
  if (!force && existsSync(path))
    throw new InputError('exists already: give --force to overwrite it, or another name', { file: path });
  const chosen = format ?? structureFormatOf(path);
  if (chosen === undefined) {
    throw new InputError('its name says no format: end it in .xyz, .data, .lmp, .dump or .vasp, or call it POSCAR', {
      file: path,
    });
  }
  writeAtomic(path, structureChunks(frames, chosen));
}
