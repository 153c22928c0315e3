/**
 * LAMMPS data files of atom_style atomic in metal units, written. A type per element and mass; LAMMPS's frame (a along
 * x, b in the xy plane) where the cell is not in it yet, with the original rows in comments, from which parseLammpsData
 * restores the orientation. Doubles are the shortest text that reads back as the same.
 */
import type { Atoms } from '../data/atoms.ts';
import { transformRows } from '../data/cell.ts';
import { standardMass, symbolOf } from '../data/elements.ts';
import { formatNumber } from './key-values.ts';
import { frameOf, type LammpsFrame } from './lammps-box.ts';
import { STANDARD } from './lammps-types.ts';
import { elementsOf } from './species.ts';

/** Room around the atoms along directions without a lattice vector, Å. */
const MARGIN = 1;

/**
 * `types`: the elements in the order of LAMMPS's types; default: order of appearance. Throws InputError for left-handed
 * cells.
 */
export function formatLammpsData(atoms: Atoms, options: { types?: readonly string[] } = {}): string {
  return [...lammpsDataChunks(atoms, options)].join('');
}

/** The same text line by line. */
export function* lammpsDataChunks(atoms: Atoms, options: { types?: readonly string[] } = {}): Generator<string> {
  const n = atoms.numbers.length;
  const frame = frameOf(atoms.cell);
  const turned = (x: Float64Array) => (frame.identity ? x : transformRows(x, frame.rotation));
  const positions = turned(atoms.positions);
  const { masses, typeOf } = typesOf(atoms, elementsOf(options.types ?? []));
  yield 'LAMMPS data, atom_style atomic, units metal, written by frenkel\n\n';
  yield comments(atoms, frame);
  yield `${n} atoms\n${masses.length} atom types\n\n${bounds(positions, frame)}\nMasses\n\n`;
  for (const [k, { z, mass, own }] of masses.entries()) {
    yield `${k + 1} ${formatNumber(mass)} # ${symbolOf(z)}${own ? '' : `, ${STANDARD}`}\n`;
  }
  const ids = idsOf(atoms);
  yield '\nAtoms # atomic\n\n';
  for (let i = 0; i < n; i++) yield `${ids[i]} ${typeOf(i)}${row(positions, i)}\n`;
  if (atoms.velocities) {
    const velocities = turned(atoms.velocities);
    yield '\nVelocities\n\n';
    for (let i = 0; i < n; i++) yield `${ids[i]}${row(velocities, i)}\n`;
  }
}

/** atoms.arrays.id where it holds different positive integers, else 1…n. */
export function idsOf(atoms: Atoms): ArrayLike<number> {
  const { id } = atoms.arrays;
  const n = atoms.numbers.length;
  const good = id?.length === n && new Set(id).size === n && id.every((x) => Number.isSafeInteger(x) && x >= 1);
  return good ? id : Float64Array.from({ length: n }, (_, i) => i + 1);
}

interface TypeMass {
  z: number;
  mass: number;
  own: boolean;
}

/** Types in the order of `elements`, then of appearance; atoms of one element with different masses differ in type. */
function typesOf(atoms: Atoms, elements: number[]): { masses: TypeMass[]; typeOf: (i: number) => number } {
  const masses: TypeMass[] = [];
  const known = new Map<string, number>();
  const add = (z: number, mass: number, own: boolean): number => {
    const key = `${z} ${mass}`;
    const type = known.get(key) ?? masses.push({ z, mass, own });
    known.set(key, type);
    return type;
  };
  const massOf = (i: number) => atoms.masses?.[i] ?? standardMass(atoms.numbers[i]);
  const own = atoms.masses !== undefined;
  for (const z of elements) {
    const i = atoms.numbers.indexOf(z);
    add(z, i < 0 ? standardMass(z) : massOf(i), own && i >= 0);
  }
  const types = Int32Array.from(atoms.numbers, (z, i) => add(z, massOf(i), own));
  return { masses, typeOf: (i) => types[i] };
}

function comments(atoms: Atoms, frame: LammpsFrame): string {
  let text = '';
  if (!frame.identity || frame.open.includes(true)) {
    text += '# frenkel: the original lattice vectors; the box and all vectors below are turned from them\n';
    for (let k = 0; k < 3; k++) text += `# frenkel cell ${'abc'[k]}${row(atoms.cell, k)}\n`;
  }
  if (atoms.pbc.includes(false)) text += `# frenkel pbc ${atoms.pbc.map((p) => (p ? 'T' : 'F')).join(' ')}\n`;
  return text === '' ? '' : `${text}\n`;
}

function bounds(positions: Float64Array, frame: LammpsFrame): string {
  const { box, open } = frame;
  let text = '';
  for (let k = 0; k < 3; k++) {
    let [low, high] = [0, box[4 * k]];
    if (open[k]) {
      [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let i = k; i < positions.length; i += 3) {
        low = Math.min(low, positions[i] - MARGIN);
        high = Math.max(high, positions[i] + MARGIN);
      }
    }
    text += `${formatNumber(low)} ${formatNumber(high)} ${'xyz'[k]}lo ${'xyz'[k]}hi\n`;
  }
  const tilted = box[3] !== 0 || box[6] !== 0 || box[7] !== 0;
  return tilted ? `${text}${[box[3], box[6], box[7]].map(formatNumber).join(' ')} xy xz yz\n` : text;
}

function row(values: ArrayLike<number>, i: number): string {
  return ` ${formatNumber(values[3 * i])} ${formatNumber(values[3 * i + 1])} ${formatNumber(values[3 * i + 2])}`;
}
