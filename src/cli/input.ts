/** Files that a command reads: structures (or standard input, '-'), and potentials with what lies beside them. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { loadPotential } from '../io/potential.ts';
import { parseStructures } from '../io/structure.ts';
import { readText } from '../node/files.ts';

/** All frames of a file of any known format; '-' is standard input. */
export function readStructures(path: string, types?: string[]): Atoms[] {
  const file = path === '-' ? 'standard input' : path;
  const text = path === '-' ? readFileSync(0, 'utf8') : readText(path);
  return parseStructures(text, { file, types });
}

/** The only frame of a file; of several, the last, as restarts want it. */
export function readStructure(path: string, types?: string[]): Atoms {
  const frames = readStructures(path, types);
  if (frames.length === 0) throw new InputError('no structure in it', { file: path });
  return frames[frames.length - 1];
}

export interface PotentialFlags {
  potential?: string[];
  overlay?: boolean;
}

/** The potential that -p names, for the elements of `atoms`. */
export function readPotential(flags: PotentialFlags, atoms: readonly Atoms[]): Potential {
  const species = [...new Set(atoms.flatMap((frame) => [...new Set(frame.numbers)]))].sort((a, b) => a - b);
  return loadPotential(flags.potential ?? [], {
    species,
    overlay: flags.overlay,
    read: (path) => (existsSync(path) && statSync(path).isFile() ? readText(path) : undefined),
    readBeside: (path, name) => {
      if (basename(name) !== name || name === '..') {
        throw new InputError(`names the file ${JSON.stringify(name)}; only plain names of files beside it are read`, {
          file: path,
        });
      }
      return readText(join(dirname(path), name));
    },
  });
}

/** Tells what a potential's loader noticed, once, on stderr. */
export function warn(potential: Potential): void {
  for (const warning of potential.warnings ?? []) process.stderr.write(`frenkel: warning: ${warning}\n`);
}
