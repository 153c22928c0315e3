/**
 * LAMMPS text dumps (dump custom, metal units), many frames, read. Coordinates: xu yu zu, which nobody has wrapped, else
 * x y z (with ix iy iz if they are there), xsu ysu zsu, xs ys zs (with images). Elements: the user's types, else the
 * column element, else the column mass. Atoms come by ascending id, so that every frame has them in one order; ids other
 * than 1…n are in arrays.id; fx fy fz are arrays.forces, every further column arrays[name]. The time step is info.step.
 * Boxes: orthogonal, triclinic, general ("abc origin"). Positions stay where they are: frenkel's cells have no origin.
 */
import { type Atoms, createAtoms, type Json } from '../data/atoms.ts';
import { transformRows } from '../data/cell.ts';
import { sortById } from './by-id.ts';
import { Column } from './columns.ts';
import { lammpsDumpChunks } from './lammps-dump-write.ts';
import { LineReader, parseInteger, quote } from './lines.ts';
import { createSpeciesReader, elementByMass, elementsOf } from './species.ts';
import type { StructureFormatRecord } from './structure-format.ts';
import { validateAtoms } from './validate.ts';

export interface LammpsDumpOptions {
  file?: string;
  /** Elements of types 1, 2, …; default: the columns element or mass. */
  types?: readonly string[];
}

interface Box {
  /** Rows, Å. */
  cell: Float64Array;
  /** Where fractional coordinates start, Å. */
  origin: Float64Array;
  pbc: [boolean, boolean, boolean];
  line: number;
}

const TEXT = new Set(['element', 'type', 'typelabel']);
const INTEGERS = new Set(['id', 'ix', 'iy', 'iz']);
const COORDINATES: [string[], scaled: boolean, images: boolean][] = [
  [['xu', 'yu', 'zu'], false, false],
  [['x', 'y', 'z'], false, true],
  [['xsu', 'ysu', 'zsu'], true, false],
  [['xs', 'ys', 'zs'], true, true],
];

/** All frames. Throws InputError with file and line. */
export function parseLammpsDump(text: string, options: LammpsDumpOptions = {}): Atoms[] {
  const lines = new LineReader(text, { file: options.file });
  const read = new FrameReader(lines, options.types ? elementsOf(options.types) : undefined);
  const frames: Atoms[] = [];
  lines.needFilled('ITEM: TIMESTEP');
  do frames.push(read.frame());
  while (lines.nextFilled());
  return frames;
}

class FrameReader {
  private readonly lines: LineReader;
  private readonly types: number[] | undefined;
  private readonly species = createSpeciesReader();

  constructor(lines: LineReader, types: number[] | undefined) {
    this.lines = lines;
    this.types = types;
  }

  /** One frame, from the current line, its first ITEM. */
  frame(): Atoms {
    const { lines } = this;
    const info: Record<string, Json> = {};
    let count: number | undefined;
    let box: Box | undefined;
    for (;;) {
      const item = this.item();
      if (item === 'TIMESTEP') info.step = lines.need('the time step').integer('the time step', 0);
      else if (item === 'TIME') info.time = lines.need('the time').number('the time');
      else if (item === 'UNITS') {
        const units = lines.need('the units').rest();
        if (units !== 'metal') throw lines.error(`expected metal units, found ${quote(units)}`);
      } else if (item === 'NUMBER OF ATOMS') {
        count = lines.need('the number of atoms').integer('the number of atoms', 1);
        lines.checkCount(count, 4, 'atoms');
      } else if (item.startsWith('BOX BOUNDS')) box = this.box(item.split(/\s+/).slice(2));
      else if (item.startsWith('ATOMS')) {
        if (count === undefined) throw lines.error('expected ITEM: NUMBER OF ATOMS before ITEM: ATOMS');
        if (box === undefined) throw lines.error('expected ITEM: BOX BOUNDS before ITEM: ATOMS');
        return this.atoms(count, box, info, item.split(/\s+/).slice(1));
      } else throw lines.error(`expected TIMESTEP, NUMBER OF ATOMS, BOX BOUNDS or ATOMS, found ITEM: ${quote(item)}`);
      lines.finish(item);
      lines.needFilled('the next ITEM of the frame');
    }
  }

  private item(): string {
    const line = this.lines.rest();
    if (line.startsWith('ITEM:')) return line.slice(5).trim();
    throw this.lines.error(`expected ITEM: …, found ${quote(line)}`);
  }

  private box(words: string[]): Box {
    const { lines } = this;
    const general = words[0] === 'abc';
    const tilted = words[0] === 'xy';
    const flags = words.slice(general ? 2 : tilted ? 3 : 0);
    const line = lines.line;
    if (flags.length !== 3 && flags.length !== 0) throw lines.error('expected three boundary flags such as pp pp ff');
    const bad = flags.find((flag) => !/^(pp|[fsm][fsm])$/.test(flag));
    if (bad !== undefined) throw lines.error(`expected a boundary flag such as pp or ff, found ${quote(bad)}`);
    const wide = general ? 4 : tilted ? 3 : 2;
    const rows: number[][] = [];
    for (let k = 0; k < 3; k++) {
      lines.need('the bounds of the box');
      rows.push(Array.from({ length: wide }, () => lines.number('a bound of the box')));
      if (!general && !(rows[k][1] > rows[k][0])) throw lines.error('expected low < high, found a box of no size');
      if (k < 2) lines.finish('the bounds of the box');
    }
    const pbc = [0, 1, 2].map((k) => flags.length === 0 || flags[k] === 'pp');
    const { cell, origin } = general ? generalBox(rows) : boundedBox(rows);
    return { cell, origin, pbc: [pbc[0], pbc[1], pbc[2]], line };
  }

  private atoms(count: number, box: Box, info: Record<string, Json>, names: string[]): Atoms {
    const { lines, types } = this;
    if (new Set(names).size !== names.length) throw lines.error('ITEM: ATOMS: expected different names of columns');
    const place = { file: lines.file, line: box.line };
    const coordinates = COORDINATES.find(([xyz]) => xyz.every((name) => names.includes(name)));
    if (!coordinates) throw lines.error('ITEM: ATOMS: expected the columns x y z, xu yu zu or xs ys zs');
    const source = types && names.includes('type') ? 'type' : ['element', 'mass'].find((name) => names.includes(name));
    if (source === undefined) {
      throw lines.error('ITEM: ATOMS: expected a column element, or the column type with types given (--types W,…)');
    }
    lines.checkCount(count, 2 * names.length, 'atoms');
    const columns = names.map((name) => new Column(name, TEXT.has(name) ? 'S' : INTEGERS.has(name) ? 'I' : 'R', 1));
    for (const column of columns) column.reserve(count);
    const numbers = new Uint8Array(count);
    const ids = new Set<number>();
    for (let i = 0; i < count; i++) {
      lines.needFilled(`${count} atoms`);
      for (const column of columns) {
        if (column.name === source && source !== 'mass') numbers[i] = this.element(source);
        else column.read(lines, i);
        if (column.name === 'id') this.different(ids, column.values[i]);
      }
      lines.finish(`the ${names.length} columns of an atom`);
      if (source === 'mass') numbers[i] = this.elementOfMass(columns[names.indexOf('mass')].values[i]);
    }
    const values = new Map(
      columns.filter((c) => c.type !== 'S').map((c): [string, Float64Array] => [c.name, c.values]),
    );
    return validateAtoms(assemble(numbers, values, coordinates, box, info), place);
  }

  private element(source: string): number {
    const { lines, types } = this;
    const word = lines.word(`the ${source} of an atom`);
    if (source === 'element') return this.species(word, () => lines.place);
    const z = types?.[(parseInteger(word) ?? 0) - 1];
    if (z === undefined) throw lines.error(`expected a type from 1 to ${types?.length}, found ${quote(word)}`);
    return z;
  }

  private elementOfMass(mass: number): number {
    const z = elementByMass(mass);
    if (z === undefined)
      throw this.lines.error(`expected the mass of an element, found ${mass}: give types (--types W,…)`);
    return z;
  }

  private different(ids: Set<number>, id: number): void {
    if (ids.has(id)) throw this.lines.error(`expected different ids, found ${id} again`);
    ids.add(id);
  }
}

function generalBox(rows: number[][]): Pick<Box, 'cell' | 'origin'> {
  return {
    cell: Float64Array.from(rows.flatMap((row) => row.slice(0, 3))),
    origin: Float64Array.from(rows, (row) => row[3]),
  };
}

/** The bounds of a triclinic box are those of the box around it. */
function boundedBox(rows: number[][]): Pick<Box, 'cell' | 'origin'> {
  const [xy, xz, yz] = rows.map((row) => row[2] ?? 0);
  const low = [Math.min(0, xy, xz, xy + xz), Math.min(0, yz), 0];
  const high = [Math.max(0, xy, xz, xy + xz), Math.max(0, yz), 0];
  const origin = Float64Array.from(rows, (row, k) => row[0] - low[k]);
  const edge = rows.map((row, k) => row[1] - high[k] - origin[k]);
  return { cell: Float64Array.of(edge[0], 0, 0, xy, edge[1], 0, xz, yz, edge[2]), origin };
}

function assemble(
  numbers: Uint8Array,
  values: Map<string, Float64Array>,
  [xyz, scaled, images]: (typeof COORDINATES)[number],
  box: Box,
  info: Record<string, Json>,
): Atoms {
  const { cell, origin, pbc } = box;
  const take = (names: string[]): Float64Array | undefined => {
    const columns = names.map((name) => values.get(name));
    if (columns.includes(undefined)) return undefined;
    for (const name of names) values.delete(name);
    return interleave(columns as Float64Array[]);
  };
  const raw = take(xyz) ?? new Float64Array(0);
  const flags = take(['ix', 'iy', 'iz']);
  let positions = scaled ? transformRows(raw, cell).map((x, i) => x + origin[i % 3]) : raw;
  if (flags && images) {
    const shift = transformRows(flags, cell);
    positions = positions.map((x, i) => x + shift[i]);
  }
  for (const [names] of COORDINATES) take(names);
  const velocities = take(['vx', 'vy', 'vz']);
  const forces = take(['fx', 'fy', 'fz']);
  const masses = take(['mass']);
  const id = take(['id']);
  const arrays = new Map(values);
  if (forces) arrays.set('forces', forces);
  const atoms = createAtoms({ numbers, positions, cell, pbc, info, arrays: Object.fromEntries(arrays) });
  if (velocities) atoms.velocities = velocities;
  if (masses) atoms.masses = masses;
  if (id) sortById(atoms, id);
  return atoms;
}

/** Columns to rows. */
function interleave(columns: Float64Array[]): Float64Array {
  const width = columns.length;
  if (width === 1) return columns[0];
  const values = new Float64Array(columns[0].length * width);
  for (let i = 0; i < values.length; i++) values[i] = columns[i % width][Math.floor(i / width)];
  return values;
}

export const lammpsDump: StructureFormatRecord<'lammps-dump'> = {
  name: 'lammps-dump',
  title: 'LAMMPS dump',
  files: /(\.(dump|lammpstrj|lammps-dump)$|^dump\.)/i,
  detect: (head) => /^\s*ITEM:/.test(head.find((line) => line.trim() !== '') ?? ''),
  parse: parseLammpsDump,
  *write(frames) {
    for (const [step, atoms] of frames.entries()) yield* lammpsDumpChunks(atoms, step);
  },
};
