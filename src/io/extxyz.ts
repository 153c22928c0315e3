/**
 * Extended XYZ as ASE writes and reads it, whole or in chunks. Read: species or Z, pos, velocities (Å/ps), momenta
 * (ASE's sqrt(amu·eV), turned into velocities), masses, move_mask (T = may move); any other R, I or L column goes to
 * atoms.arrays, text columns are passed over. Other keys of the comment line go to atoms.info, stress and virial as
 * 3×3 rows. No Lattice: not periodic, a zero cell. Lattice without pbc: periodic.
 */
import { type Atoms, createAtoms } from '../data/atoms.ts';
import { standardMass } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { forceToAcceleration } from '../data/units.ts';
import type { Column } from './columns.ts';
import { type Header, isNumbers, isSpecies, parseHeader } from './extxyz-header.ts';
import { extxyzChunks } from './extxyz-write.ts';
import { LineReader } from './lines.ts';
import { createSpeciesReader } from './species.ts';
import type { StructureFormatRecord } from './structure-format.ts';
import { validateAtoms } from './validate.ts';

/** 1 sqrt(eV/amu), the unit of ASE's p/m, in Å/ps. */
const ASE_VELOCITY = Math.sqrt(forceToAcceleration);

/** All frames of a text. Throws InputError with file and line. */
export function parseExtxyz(text: string, options: { file?: string } = {}): Atoms[] {
  const reader = new ExtxyzReader(options);
  const frames = reader.readWhole(text);
  if (frames.length === 0) throw new InputError('expected the number of atoms, found an empty file', reader.place);
  return frames;
}

/** Frames from a text that comes in chunks: `push` gives those that it completes, `end` checks that none is open. */
export function createExtxyzReader(options: { file?: string } = {}): ExtxyzReader {
  return new ExtxyzReader(options);
}

interface Frame extends Header {
  count: number;
  rows: number;
  /** Of its comment line. */
  line: number;
  numbers: Uint8Array;
  capacity: number;
}

export class ExtxyzReader {
  private readonly file: string | undefined;
  private readonly species = createSpeciesReader();
  private pieces: string[] = []; // of a line whose end has not come yet
  private line = 0; // lines read so far
  private count: number | undefined; // declared, the comment line has not come yet
  private frame: Frame | undefined;

  constructor(options: { file?: string } = {}) {
    this.file = options.file;
  }

  /** The frames that this chunk completes. Throws InputError. */
  push(chunk: string): Atoms[] {
    const cut = chunk.lastIndexOf('\n') + 1;
    if (cut === 0) {
      if (chunk !== '') this.pieces.push(chunk);
      return [];
    }
    this.pieces.push(chunk.slice(0, cut));
    const text = this.pieces.join('');
    this.pieces = cut < chunk.length ? [chunk.slice(cut)] : [];
    return this.read(text, false);
  }

  /** The frame that the end of the text completes, if any. Throws InputError when one is incomplete. */
  end(): Atoms[] {
    const text = this.pieces.join('');
    this.pieces = [];
    const frames = text === '' ? [] : this.read(text, false);
    if (this.count !== undefined) throw this.cut('expected the comment line');
    if (this.frame) throw this.cut(`expected ${this.frame.count} atoms`, ` after ${this.frame.rows}`);
    return frames;
  }

  /** The frames of a text that is complete: counts are checked against its length. */
  readWhole(text: string): Atoms[] {
    const frames = this.read(text, true);
    return frames.concat(this.end());
  }

  /** Where the reader is. */
  get place() {
    return { file: this.file, line: Math.max(1, this.line) };
  }

  private cut(expected: string, after = ''): InputError {
    return new InputError(`${expected}, found the end of the file${after}`, this.place);
  }

  private read(text: string, whole: boolean): Atoms[] {
    const lines = new LineReader(text, { file: this.file, firstLine: this.line + 1 });
    const done: Atoms[] = [];
    while (lines.next()) {
      if (this.frame) this.readRow(this.frame, lines);
      else if (this.count !== undefined) this.frame = this.begin(lines, this.count);
      else if (lines.hasToken()) this.count = readCount(lines, whole);
      if (this.frame && this.frame.rows === this.frame.count) {
        done.push(finishFrame(this.frame, this.file));
        this.frame = undefined;
      }
    }
    this.line = lines.line;
    return done;
  }

  private begin(lines: LineReader, count: number): Frame {
    const header = parseHeader(lines);
    const words = header.columns.reduce((sum, column) => sum + column.width, 0);
    const frame = { ...header, count, rows: 0, line: lines.line, numbers: new Uint8Array(0), capacity: 0 };
    this.count = undefined;
    grow(frame, Math.max(1, Math.floor((lines.left + 1) / (2 * words))));
    return frame;
  }

  private readRow(frame: Frame, lines: LineReader): void {
    const row = frame.rows;
    if (row >= frame.capacity) grow(frame, 2 * frame.capacity);
    let z = 0;
    for (const column of frame.columns) {
      if (isSpecies(column))
        z = this.agree(
          z,
          this.species(lines.word('an element'), () => lines.place),
          lines,
        );
      else if (isNumbers(column)) z = this.agree(z, lines.integer('an atomic number', 1, 118), lines);
      else column.read(lines, row);
    }
    if (!frame.loose) lines.finish(`the ${frame.columns.length} properties of the atom`);
    frame.numbers[row] = z;
    frame.rows++;
  }

  private agree(before: number, z: number, lines: LineReader): number {
    if (before !== 0 && before !== z)
      throw lines.error(`expected one element, found atomic numbers ${before} and ${z}`);
    return z;
  }
}

function readCount(lines: LineReader, whole: boolean): number {
  const count = lines.integer('the number of atoms', 1);
  lines.finish('the number of atoms');
  if (whole) lines.checkCount(count, 8, 'atoms');
  return count;
}

function grow(frame: Frame, rows: number): void {
  const capacity = Math.min(frame.count, rows);
  const numbers = new Uint8Array(capacity);
  numbers.set(frame.numbers);
  frame.numbers = numbers;
  for (const column of frame.columns) if (!isSpecies(column) && !isNumbers(column)) column.reserve(capacity);
  frame.capacity = capacity;
}

function finishFrame(frame: Frame, file: string | undefined): Atoms {
  const { numbers, cell, pbc, info } = frame;
  const named = new Map(frame.columns.filter((c) => c.type !== 'S').map((c): [string, Column] => [c.name, c]));
  const take = (name: string): Float64Array | undefined => {
    const values = named.get(name)?.values;
    named.delete(name);
    return values;
  };
  for (const column of frame.columns) if (isNumbers(column)) named.delete(column.name);
  const positions = take('pos') ?? new Float64Array(0);
  const mass = take('mass');
  const masses = take('masses') ?? mass;
  const momenta = take('momenta');
  const velocities = take('velocities') ?? (momenta && velocitiesOf(momenta, numbers, masses));
  const mask = take('move_mask');
  const fixed =
    mask && Uint8Array.from({ length: 3 * numbers.length }, (_, i) => heldComponent(mask, i, numbers.length));
  const arrays = Object.fromEntries([...named].map(([name, column]) => [name, column.values]));
  const atoms = createAtoms({ numbers, positions, cell, pbc, info, arrays });
  if (velocities) atoms.velocities = velocities;
  if (masses) atoms.masses = masses;
  if (fixed) atoms.fixed = fixed;
  return validateAtoms(atoms, { file, line: frame.line });
}

function heldComponent(mask: Float64Array, i: number, n: number): number {
  return mask[mask.length === n ? Math.floor(i / 3) : i] === 0 ? 1 : 0;
}

/** v = p/m; p in sqrt(amu·eV), v in Å/ps. */
function velocitiesOf(momenta: Float64Array, numbers: Uint8Array, masses?: Float64Array): Float64Array {
  return momenta.map((p, i) => {
    const atom = Math.floor(i / 3);
    return (p / (masses ? masses[atom] : standardMass(numbers[atom]))) * ASE_VELOCITY;
  });
}

export const extxyz: StructureFormatRecord<'extxyz'> = {
  name: 'extxyz',
  title: 'extended XYZ',
  files: /\.(ext)?xyz$/i,
  detect: (head) => /^\s*\d+\s*$/.test(head.find((line) => line.trim() !== '') ?? ''),
  parse: parseExtxyz,
  *write(frames) {
    for (const atoms of frames) yield* extxyzChunks(atoms);
  },
};
