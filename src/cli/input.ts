/** What a command reads, from the flags that name it. */
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import { readPotentialFile, readStructureFile } from '../node/load.ts';

/** The last frame of a file, as restarts want it. */
export function readStructure(path: string, types?: string[]): Atoms {
  const frames = readStructureFile(path, { types });
  return frames[frames.length - 1];
}

export interface PotentialFlags {
  potential?: string[];
  overlay?: boolean;
}

/** The potential that -p names, for the elements of `atoms`; tells what its loader noticed on stderr. */
export function readPotential(flags: PotentialFlags, atoms: readonly Atoms[]): Potential {
  const species = [...new Set(atoms.flatMap((frame) => [...new Set(frame.numbers)]))].sort((a, b) => a - b);
  const potential = readPotentialFile(flags.potential ?? [], { species, overlay: flags.overlay });
  for (const warning of potential.warnings ?? []) process.stderr.write(`frenkel: warning: ${warning}\n`);
  return potential;
}
