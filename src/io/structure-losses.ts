/** What a file format of structures cannot hold, so that writing to it loses it. */
import type { Atoms } from '../data/atoms.ts';
import type { StructureFormat } from './structure.ts';

interface Holds {
  /** Several frames. */
  frames: boolean;
  velocities: boolean;
  masses: boolean;
  fixed: boolean;
  /** Directions that are not periodic. */
  open: boolean;
  /** Keys of info, names of arrays; true: all. */
  info: readonly string[] | true;
  arrays: readonly string[] | true;
}

const all: Holds = { frames: true, velocities: true, masses: true, fixed: true, open: true, info: true, arrays: true };

const holds: Record<StructureFormat, Holds> = {
  extxyz: all,
  'lammps-dump': { ...all, fixed: false, info: ['step', 'time'] },
  'lammps-data': { ...all, frames: false, fixed: false, open: false, info: [], arrays: ['id'] },
  poscar: { ...all, frames: false, masses: false, open: false, info: ['comment'], arrays: [] },
  cif: all, // only read
};

/** True where a file of this format has one structure and no more. */
export const holdsOneFrame = (format: StructureFormat): boolean => !holds[format].frames;

/** What of the structure a file of this format does not say, each in words: "velocities", "energy", "column forces". */
export function lossesOf(atoms: Atoms, format: StructureFormat): string[] {
  const can = holds[format];
  const missing = (names: string[], known: readonly string[] | true) =>
    known === true ? [] : names.filter((name) => !known.includes(name));
  const held = atoms.fixed?.some((flag) => flag !== 0) ?? false;
  return [
    ...(atoms.velocities && !can.velocities ? ['velocities'] : []),
    ...(atoms.masses && !can.masses ? ['masses'] : []),
    ...(held && !can.fixed ? ['held atoms'] : []),
    ...(atoms.pbc.includes(false) && !can.open ? ['open boundaries'] : []),
    ...missing(Object.keys(atoms.info), can.info),
    ...missing(Object.keys(atoms.arrays), can.arrays).map((name) => `column ${name}`),
    ...(format === 'poscar' && !grouped(atoms.numbers) ? ['order of the atoms (elements are grouped)'] : []),
  ];
}

/** Does every element come in one block? */
function grouped(numbers: Uint8Array): boolean {
  const blocks = numbers.filter((z, i) => i === 0 || z !== numbers[i - 1]);
  return new Set(blocks).size === blocks.length;
}
