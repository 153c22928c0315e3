/**
 * VASP's POSCAR and CONTCAR, read: with a line of elements (VASP 5) or without (VASP 4: elements from the user or the
 * first line), scale factors (one, three, or minus the volume), selective dynamics (F holds), direct or Cartesian
 * coordinates, velocities (Å/fs in the file, all zero counts as none). Always periodic. The first line is info.comment.
 */
import { type Atoms, createAtoms } from '../data/atoms.ts';
import { determinant, transformRows } from '../data/cell.ts';
import type { Place } from '../data/errors.ts';
import { pow } from '../data/math.ts';
import { parseLogical } from './columns.ts';
import { LineReader, parseInteger, parseNumber, quote } from './lines.ts';
import { isDiagonal, poscarChunks } from './poscar-write.ts';
import { elementOf, elementsOf, unknownElement } from './species.ts';
import type { StructureFormatRecord } from './structure-format.ts';
import { validateAtoms } from './validate.ts';

export interface PoscarOptions {
  file?: string;
  /** Elements in the order of the counts, for files without a line of elements. */
  types?: readonly string[];
}

/** One configuration. Throws InputError with file and line. */
export function parsePoscar(text: string, options: PoscarOptions = {}): Atoms {
  const lines = new LineReader(text, { file: options.file });
  const title = JSON.parse(JSON.stringify(lines.need('a comment line').whole().trim())) as string;
  const { cell, factors, place } = readCell(lines);
  const { elements, counts } = readSpecies(lines, title, options.types);
  const count = counts.reduce((sum, n) => sum + n, 0);
  if (count === 0) throw lines.error('expected at least one atom, found none');
  lines.checkCount(count, 6, 'atoms');
  let mode = lines.need('Selective dynamics, Direct or Cartesian').rest();
  const selective = /^s/i.test(mode);
  if (selective) mode = lines.need('Direct or Cartesian').rest();
  if (!/^[dck]/i.test(mode)) throw lines.error(`expected Direct or Cartesian, found ${quote(mode)}`);
  const numbers = new Uint8Array(count);
  const raw = new Float64Array(3 * count);
  const fixed = selective ? new Uint8Array(3 * count) : undefined;
  let species = 0;
  for (let i = 0, end = counts[0]; i < count; i++) {
    while (i >= end) end += counts[++species];
    numbers[i] = elements[species];
    lines.needFilled(`the positions of ${count} atoms`);
    for (let k = 0; k < 3; k++) raw[3 * i + k] = lines.number('a coordinate');
    if (fixed) readFlags(lines, fixed, i, cell);
  }
  const direct = /^d/i.test(mode);
  const positions = direct ? transformRows(raw, cell) : raw.map((x, i) => x * factors[i % 3]);
  const atoms = createAtoms({ numbers, positions, cell, info: title === '' ? {} : { comment: title } });
  if (fixed) atoms.fixed = fixed;
  const velocities = readVelocities(lines, count);
  if (velocities) atoms.velocities = velocities;
  return validateAtoms(atoms, place);
}

function readCell(lines: LineReader): { cell: Float64Array; factors: Float64Array; place: Place } {
  lines.need('the scale factor');
  const first = lines.number('the scale factor');
  const factors = new Float64Array(3).fill(first);
  if (lines.hasToken() && isNumber(lines)) {
    factors[1] = lines.number('a scale factor');
    factors[2] = lines.number('a scale factor');
    if (factors.some((s) => !(s > 0))) throw lines.error('expected three scale factors > 0');
  }
  if (first === 0) throw lines.error('expected a scale factor (or minus the volume in Å^3), found 0');
  const vectors = new Float64Array(9);
  for (let i = 0; i < 9; i++) {
    if (i % 3 === 0) lines.need('a lattice vector');
    vectors[i] = lines.number('a component of a lattice vector');
  }
  const place = lines.place;
  const volume = Math.abs(determinant(vectors));
  if (first < 0 && volume > 0) factors.fill(cubeRoot(-first / volume));
  return { cell: vectors.map((x, i) => x * factors[i % 3]), factors, place };
}

/** Is the next token of the line a number? Leaves the reader after the first token. */
function isNumber(lines: LineReader): boolean {
  const words = lines.rest();
  lines.rewind();
  lines.skip('the scale factor');
  return parseNumber(words.split(/\s+/)[0]) !== undefined;
}

function cubeRoot(x: number): number {
  const y = pow(x, 1 / 3);
  return y - (y * y * y - x) / (3 * y * y);
}

/** The line of elements, if there is one, and that of counts; text behind ! or # is a comment. */
function readSpecies(lines: LineReader, title: string, types: readonly string[] | undefined) {
  let words = wordsOf(lines.need('the elements'));
  let elements: number[] | undefined;
  if (words.length > 0 && parseInteger(words[0]) === undefined) {
    elements = words.map((word) => {
      const z = /^[A-Za-z]/.test(word) ? elementOf(word.replace(/[_/.:].*$/, '')) : undefined;
      if (z === undefined) throw unknownElement(word, lines.place);
      return z;
    });
    words = wordsOf(lines.need('the number of atoms of each element'));
  }
  const counts = words.map((word) => {
    const count = parseInteger(word);
    if (count === undefined || count < 0) throw lines.error(`expected the number of atoms, found ${quote(word)}`);
    return count;
  });
  elements ??= types ? elementsOf(types) : elementsOfTitle(title, counts.length);
  if (elements === undefined) {
    throw lines.error('expected a line of elements before the numbers of atoms: add it, or give types (--types W,…)');
  }
  if (counts.length === 0 || counts.length !== elements.length) {
    throw lines.error(`expected ${elements.length} numbers of atoms, one per element, found ${counts.length}`);
  }
  return { elements, counts };
}

function wordsOf(lines: LineReader): string[] {
  const text = lines
    .rest()
    .replace(/[!#].*$/, '')
    .trim();
  return text === '' ? [] : text.split(/\s+/);
}

/** VASP 4: people write the elements on the first line. */
function elementsOfTitle(title: string, count: number): number[] | undefined {
  const elements = title.split(/\s+/).map((word) => (/^[A-Z][a-z]?$/.test(word) ? elementOf(word) : undefined));
  const found = elements.slice(0, count).filter((z) => z !== undefined);
  return found.length === count ? found : undefined;
}

/** T may move, F is held. The flags mean lattice vectors: one by one they only make sense along the axes. */
function readFlags(lines: LineReader, fixed: Uint8Array, i: number, cell: Float64Array): void {
  for (let k = 0; k < 3; k++) {
    const word = lines.word('T or F');
    const free = parseLogical(word);
    if (free === undefined) throw lines.error(`expected T or F, found ${quote(word)}`);
    fixed[3 * i + k] = free ? 0 : 1;
  }
  const partly = fixed[3 * i] !== fixed[3 * i + 1] || fixed[3 * i] !== fixed[3 * i + 2];
  if (partly && !isDiagonal(cell)) {
    throw lines.error(
      `expected T T T or F F F for atom ${i + 1}: directions of a cell that is not along x, y, z cannot be held one by one`,
    );
  }
}

/** The block after the positions, Å/ps; undefined if there is none or all is zero. What follows is passed over. */
function readVelocities(lines: LineReader, count: number): Float64Array | undefined {
  if (!lines.next()) return undefined;
  let mode = lines.rest();
  if (/^l/i.test(mode)) {
    for (let k = 0; k < 7; k++) lines.need('the velocities of the lattice vectors');
    if (!lines.next()) return undefined;
    mode = lines.rest();
  }
  if (mode !== '' && !/^[cdk]/i.test(mode)) {
    throw lines.error(`expected an empty line or Cartesian after ${count} positions, found ${quote(mode)}`);
  }
  if (!lines.nextFilled()) return undefined;
  lines.checkCount(count - 1, 6, 'further velocities');
  const values = new Float64Array(3 * count);
  for (let i = 0; i < count; i++) {
    if (i > 0) lines.needFilled(`the velocities of ${count} atoms`);
    for (let k = 0; k < 3; k++) values[3 * i + k] = lines.number('a velocity');
  }
  if (values.every((v) => v === 0)) return undefined;
  if (/^d/i.test(mode)) {
    throw lines.error('expected Cartesian velocities (Å/fs): direct ones are per time step of a run that is not known');
  }
  return values.map((v) => v * 1000);
}

export const poscar: StructureFormatRecord<'poscar'> = {
  name: 'poscar',
  title: 'POSCAR',
  files: /(\.(vasp|poscar|contcar)$|^(POSCAR|CONTCAR))/i,
  detect: (head) =>
    head.length > 6 &&
    startsWithNumbers(head[1], 1) &&
    [2, 3, 4].every((k) => startsWithNumbers(head[k], 3) && !startsWithNumbers(head[k], 4)),
  parse: (text, options) => [parsePoscar(text, options)],
  write: ([atoms]) => poscarChunks(atoms),
  single: true,
};

function startsWithNumbers(line: string, count: number): boolean {
  const words = line.trim().split(/\s+/);
  return words.slice(0, count).filter((word) => parseNumber(word) !== undefined).length === count;
}
