/** What a command reads, from the flags that name it. */
import { existsSync } from 'node:fs';
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import { readText } from '../node/files.ts';
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

/** SNAP files alone, where LAMMPS's .snap beside them adds a repulsion that they were fitted with. */
function companionLeftOut(specs: readonly string[]): string[] {
  const coefficients = specs.length === 2 ? specs.find((spec) => spec.endsWith('.snapcoeff')) : undefined;
  const companion = coefficients?.replace(/coeff$/, '');
  if (companion === undefined || !existsSync(companion) || !/\bzbl\b/.test(readText(companion))) return [];
  return [`SNAP without the ZBL of ${companion}: atoms may collapse; -p ${companion} has both`];
}

/** The potential that -p names, for the elements of `atoms`; tells what its loader noticed on stderr. `descriptors`: no energies are wanted. */
export function readPotential(flags: PotentialFlags, atoms: readonly Atoms[], { descriptors = false } = {}): Potential {
  return readPotentialOf(flags, [...new Set(atoms.flatMap((frame) => [...new Set(frame.numbers)]))], { descriptors });
}

/** The same for atomic numbers: they are what inline forms hold for. */
export function readPotentialOf(
  flags: PotentialFlags,
  numbers: readonly number[],
  { descriptors = false } = {},
): Potential {
  const species = [...numbers].sort((a, b) => a - b);
  const potential = readPotentialFile(flags.potential ?? [], { species, overlay: flags.overlay });
  const warnings = [...(potential.warnings ?? []), ...(descriptors ? [] : companionLeftOut(flags.potential ?? []))];
  for (const warning of warnings) process.stderr.write(`frenkel: warning: ${warning}\n`);
  return potential;
}
