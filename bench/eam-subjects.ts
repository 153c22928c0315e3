/** What bench/eam.ts runs: a crystal and its potential, for frenkel and for LAMMPS. Alloys have half of each element. */
import { existsSync, readFileSync } from 'node:fs';
import type { Atoms } from '../src/data/atoms.ts';
import { numberOf, standardMass } from '../src/data/elements.ts';
import { lattice } from '../src/data/lattice.ts';
import type { Potential } from '../src/data/potential.ts';
import { repeat } from '../src/data/supercell.ts';
import { embeddedFile, loadEmbedded } from '../src/io/embedded.ts';
import { maxwellBoltzmann } from '../src/methods/temperature.ts';
import { readPotentialFile } from '../src/node/load.ts';

interface Subject {
  elements: string[];
  crystal: 'bcc' | 'fcc';
  a: number;
  style: 'eam/alloy' | 'eam/fs';
  /** Name of the file, and its folder where it is not embedded (Debian's lammps-data). */
  file: string;
  folder?: string;
}

const folder = '/usr/share/lammps/potentials';
const subjects = new Map<string, Subject>([
  ['Fe', { elements: ['Fe'], crystal: 'bcc', a: 2.8553, style: 'eam/fs', file: 'Fe_Ackland_2004.eam.fs' }],
  ['CuNi', { elements: ['Cu', 'Ni'], crystal: 'fcc', a: 3.57, style: 'eam/alloy', file: 'CuNi.eam.alloy', folder }],
  ['VFe', { elements: ['V', 'Fe'], crystal: 'bcc', a: 2.94, style: 'eam/fs', file: 'VFe_mm.eam.fs', folder }],
]);

/** The subject of this name; throws where there is none, or its file is missing. */
export function subjectOf(name: string): Subject {
  const subject = subjects.get(name);
  if (!subject) throw new Error(`--system ${name}: expected one of ${[...subjects.keys()].join(', ')}`);
  if (subject.folder && !existsSync(`${subject.folder}/${subject.file}`))
    throw new Error(`${subject.folder}/${subject.file} is missing: apt-get install lammps-data`);
  return subject;
}

export const textOf = ({ file, folder }: Subject): string =>
  folder ? readFileSync(`${folder}/${file}`, 'utf8') : embeddedFile(file);

export const potentialOf = ({ file, folder, elements }: Subject): Potential =>
  folder
    ? readPotentialFile(`${folder}/${file}`, { species: elements.map((symbol) => numberOf(symbol) ?? 0) })
    : loadEmbedded('Fe-Ackland-2004');

/** At 300 K kinetic (600 K worth of velocities on a perfect lattice); elements by a fixed pattern without order. */
export function crystalOf({ elements, crystal, a }: Subject, count: number): Atoms {
  const atoms = repeat(lattice({ kind: crystal, a, elements: [elements[0]] }), [count, count, count]);
  const z = elements.map((symbol) => numberOf(symbol) ?? 0);
  const numbers = atoms.numbers.map((_, i) => z[(Math.imul(i, 0x9e3779b1) >>> 16) % z.length]);
  const masses = Float64Array.from(numbers, (each) => standardMass(each));
  return { ...atoms, numbers, masses, velocities: maxwellBoltzmann(masses, 600, 1n) };
}
