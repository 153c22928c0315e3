/**
 * LAMMPS data files of atom_style atomic in metal units (others are refused where the title says them), read.
 * Orthogonal, triclinic and general (avec bvec cvec) boxes; image flags are applied; atoms come by ascending id, ids
 * other than 1…n are in arrays.id. A file that frenkel wrote restores the orientation and the boundaries of the
 * structure from its comments; any other keeps its frame and is periodic. Sections of coefficients are passed over.
 */
import { type Atoms, createAtoms } from '../data/atoms.ts';
import { transformRows } from '../data/cell.ts';
import { sortById } from './by-id.ts';
import { frameOf, restoreCell, unrotate } from './lammps-box.ts';
import { lammpsDataChunks } from './lammps-data-write.ts';
import { elementsOfTypes, massesOfTypes, type TypeRecord } from './lammps-types.ts';
import { LineReader, parseInteger, parseNumber, quote } from './lines.ts';
import type { StructureFormatRecord } from './structure-format.ts';
import { validateAtoms } from './validate.ts';

export interface LammpsDataOptions {
  file?: string;
  /** Elements of types 1, 2, …; default: labels, comments behind the masses (# W), masses. */
  types?: readonly string[];
}

interface Draft {
  count: number;
  typeCount: number;
  low: Float64Array;
  high: Float64Array;
  tilt: Float64Array;
  /** Of the last line about the box. */
  boxLine: number;
  /** avec, bvec, cvec of a general triclinic box. */
  vectors: Map<string, Float64Array>;
  /** Of frenkel's comments. */
  original: Map<string, Float64Array>;
  pbc: [boolean, boolean, boolean];
  records: Map<number, TypeRecord>;
  labels: Map<string, number>;
  index: Map<number, number>;
  ids: Float64Array;
  types: Int32Array;
  positions: Float64Array;
  images: Int32Array;
  velocities?: Float64Array;
}

const HEADER_COUNTS = /^(bonds|angles|dihedrals|impropers|ellipsoids|lines|triangles|bodies)$/;
const SKIPPED = /^(Pair|PairIJ|Bond|Angle|Dihedral|Improper)\b.*\b(Coeffs|Labels)$/;

/** One configuration. Throws InputError with file and line. */
export function parseLammpsData(text: string, options: LammpsDataOptions = {}): Atoms {
  const lines = new LineReader(text, { file: options.file, comment: '#' });
  const draft = emptyDraft();
  checkUnits(lines.need('a title line'));
  let more = readHeader(lines, draft);
  if (draft.count === 0) throw lines.error('expected "<number> atoms" in the header, found none');
  let atoms = false;
  while (more) {
    const section = sectionName(lines);
    if (section === 'Atoms') {
      if (atoms) throw lines.error('expected one section Atoms, found a second');
      atoms = true;
      readAtoms(lines, draft);
      more = lines.nextFilled();
    } else if (section === 'Masses') more = readMasses(lines, draft);
    else if (section === 'Atom Type Labels') more = readLabels(lines, draft);
    else if (section === 'Velocities') {
      if (!atoms) throw lines.error('expected the section Atoms before Velocities');
      readVelocities(lines, draft);
      more = lines.nextFilled();
    } else if (SKIPPED.test(section)) more = skipSection(lines);
    else throw lines.error(`expected Masses, Atoms, Velocities or coefficients, found the section ${quote(section)}`);
  }
  if (!atoms) throw lines.error('expected the section Atoms, found the end of the file');
  return finish(draft, options.types, lines);
}

/** LAMMPS's own title: `LAMMPS data file via write_data, version …, timestep = 0, units = real`. */
function checkUnits(lines: LineReader): void {
  const units = /\bunits\s*=\s*(lj|real|si|cgs|electron|micro|nano)\b/.exec(lines.whole())?.[1];
  if (units !== undefined) throw lines.error(`expected metal units, found ${quote(units)} in the title`);
}

function emptyDraft(): Draft {
  return {
    count: 0,
    typeCount: 0,
    low: new Float64Array(3),
    high: new Float64Array(3),
    tilt: new Float64Array(3),
    boxLine: 0,
    vectors: new Map(),
    original: new Map(),
    pbc: [true, true, true],
    records: new Map(),
    labels: new Map(),
    index: new Map(),
    ids: new Float64Array(0),
    types: new Int32Array(0),
    positions: new Float64Array(0),
    images: new Int32Array(0),
  };
}

/** Lines up to the first section; true if there is one. */
function readHeader(lines: LineReader, draft: Draft): boolean {
  while (lines.next()) {
    if (!lines.hasToken()) {
      readComment(lines, draft);
      continue;
    }
    const first = lines.word('a header line');
    lines.rewind();
    if (parseNumber(first) === undefined) return true;
    readHeaderLine(lines, draft);
  }
  return false;
}

function readHeaderLine(lines: LineReader, draft: Draft): void {
  const words = lines.rest().split(/\s+/);
  const numbers = words.findIndex((word) => parseNumber(word) === undefined);
  const name = numbers < 0 ? '' : words.slice(numbers).join(' ');
  lines.rewind();
  if (/^([xyz]lo|xy|[abc]vec)/.test(name)) draft.boxLine = lines.line;
  const axis = ['xlo xhi', 'ylo yhi', 'zlo zhi'].indexOf(name);
  if (name === 'atoms') {
    draft.count = lines.integer('the number of atoms', 1);
    lines.checkCount(draft.count, 10, 'atoms');
  } else if (name === 'atom types') draft.typeCount = lines.integer('the number of atom types', 1, 1e6);
  else if (axis >= 0) {
    draft.low[axis] = lines.number(name.slice(0, 3));
    draft.high[axis] = lines.number(name.slice(4));
    if (!(draft.high[axis] > draft.low[axis])) {
      throw lines.error(`expected ${name.slice(0, 3)} < ${name.slice(4)}, found a box of no size`);
    }
  } else if (name === 'xy xz yz') for (let k = 0; k < 3; k++) draft.tilt[k] = lines.number(name);
  else if (/^(avec|bvec|cvec|abc origin)$/.test(name)) draft.vectors.set(name, triple(lines, name));
  else if (HEADER_COUNTS.test(name)) {
    if (lines.integer(name, 0) > 0) throw lines.error(`expected atom_style atomic, found a file with ${name}`);
  } else if (!/^((extra )?(bond|angle|dihedral|improper) types|extra .* per atom)$/.test(name)) {
    throw lines.error(`expected a header line such as "100 atoms" or "0 10 xlo xhi", found ${quote(words.join(' '))}`);
  }
}

/** `# frenkel cell a x y z`, `# frenkel pbc T T F` */
function readComment(lines: LineReader, draft: Draft): void {
  const words = lines.comment().split(/\s+/);
  if (words[0] !== 'frenkel') return;
  if (words[1] === 'pbc' && words.length === 5 && words.slice(2).every((word) => word === 'T' || word === 'F')) {
    draft.pbc = [words[2] === 'T', words[3] === 'T', words[4] === 'T'];
  } else if (words[1] === 'cell' && /^[abc]$/.test(words[2])) {
    const row = words.slice(3).map((word) => parseNumber(word));
    if (row.length !== 3 || row.includes(undefined)) throw lines.error('expected "# frenkel cell a x y z"');
    draft.original.set(words[2], Float64Array.from(row as number[]));
  }
}

function sectionName(lines: LineReader): string {
  const name = lines.rest().replace(/\s+/g, ' ');
  if (/^[A-Z]/.test(name)) return name;
  throw lines.error(`expected a section such as Atoms, found ${quote(name)}`);
}

function readAtoms(lines: LineReader, draft: Draft): void {
  const style = lines.comment().split(/\s+/)[0];
  if (style !== '' && style !== 'atomic') throw lines.error(`expected atom_style atomic, found ${quote(style)}`);
  const { count } = draft;
  lines.checkCount(count, 10, 'atoms');
  draft.ids = new Float64Array(count);
  draft.types = new Int32Array(count);
  draft.positions = new Float64Array(3 * count);
  let images = false;
  for (let i = 0; i < count; i++) {
    lines.needFilled(`${count} atoms`);
    const id = lines.integer('the id of an atom', 1);
    const before = draft.index.get(id);
    if (before !== undefined) throw lines.error(`expected different ids, found ${id} again (atom ${before + 1})`);
    draft.index.set(id, i);
    draft.ids[i] = id;
    draft.types[i] = readType(lines, draft);
    for (let k = 0; k < 3; k++) draft.positions[3 * i + k] = lines.number('a coordinate');
    if (i === 0) {
      images = lines.hasToken();
      if (images) draft.images = new Int32Array(3 * count);
    }
    if (images) for (let k = 0; k < 3; k++) draft.images[3 * i + k] = lines.integer('an image flag', -1e9, 1e9);
    lines.finish('id type x y z ix iy iz (atom_style atomic)');
  }
}

function readType(lines: LineReader, draft: Draft): number {
  const word = lines.word('the type of an atom');
  const type = draft.labels.get(word) ?? parseInteger(word);
  if (type !== undefined && type >= 1 && type <= draft.typeCount) return type;
  throw lines.error(`expected a type from 1 to ${draft.typeCount}, found ${quote(word)}`);
}

function readVelocities(lines: LineReader, draft: Draft): void {
  if (draft.velocities) throw lines.error('expected one section Velocities, found a second');
  const { count, index } = draft;
  draft.velocities = new Float64Array(3 * count);
  const seen = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    lines.needFilled(`the velocities of ${count} atoms`);
    const id = lines.integer('the id of an atom', 1);
    const i = index.get(id);
    if (i === undefined) throw lines.error(`expected the id of an atom, found ${id}, which is not in Atoms`);
    if (seen[i]) throw lines.error(`expected different ids, found ${id} again`);
    seen[i] = 1;
    for (let k = 0; k < 3; k++) draft.velocities[3 * i + k] = lines.number('a velocity');
    lines.finish('id vx vy vz');
  }
}

/** Reads `<type> …` lines until a line begins with a letter; true if there is one. */
function eachType(lines: LineReader, draft: Draft, read: (type: number) => void): boolean {
  while (lines.nextFilled()) {
    const first = lines.word('a type');
    lines.rewind();
    if (/^[A-Z]/.test(first) && draft.labels.get(first) === undefined) return true;
    read(readType(lines, draft));
  }
  return false;
}

function readMasses(lines: LineReader, draft: Draft): boolean {
  return eachType(lines, draft, (type) => {
    const mass = lines.number('a mass');
    if (!(mass > 0)) throw lines.error(`expected a mass > 0 for type ${type}, found ${mass}`);
    lines.finish('type mass');
    const record = draft.records.get(type);
    if (record?.mass !== undefined) throw lines.error(`expected one mass for type ${type}, found a second`);
    draft.records.set(type, { ...record, mass, comment: lines.comment(), place: lines.place });
  });
}

function readLabels(lines: LineReader, draft: Draft): boolean {
  return eachType(lines, draft, (type) => {
    const label = lines.word('a type label');
    lines.finish('type label');
    if (draft.labels.has(label)) throw lines.error(`expected different labels, found ${quote(label)} again`);
    draft.labels.set(label, type);
    draft.records.set(type, { ...draft.records.get(type), label, place: lines.place });
  });
}

function skipSection(lines: LineReader): boolean {
  while (lines.nextFilled()) {
    const first = lines.word('a line');
    lines.rewind();
    if (/^[A-Z]/.test(first)) return true;
  }
  return false;
}

function triple(lines: LineReader, what: string): Float64Array {
  return Float64Array.of(lines.number(what), lines.number(what), lines.number(what));
}

/** Rows of the cell as the header gives them. */
function boxOf(draft: Draft, lines: LineReader): Float64Array {
  const { low, high, tilt, vectors } = draft;
  if (vectors.size > 0) {
    const rows = ['avec', 'bvec', 'cvec'].map((name) => {
      const row = vectors.get(name);
      if (row === undefined) throw lines.error(`expected avec, bvec and cvec in the header, found no ${name}`);
      return row;
    });
    return Float64Array.from(rows.flatMap((row) => [...row]));
  }
  const missing = ['xlo xhi', 'ylo yhi', 'zlo zhi'].find((_, k) => !(high[k] > low[k]));
  if (missing) throw lines.error(`expected "<low> <high> ${missing}" in the header, found none`);
  const edge = high.map((x, k) => x - low[k]);
  return Float64Array.of(edge[0], 0, 0, tilt[0], edge[1], 0, tilt[1], tilt[2], edge[2]);
}

function finish(draft: Draft, types: readonly string[] | undefined, lines: LineReader): Atoms {
  const elements = elementsOfTypes(draft.typeCount, draft.records, types, lines.place);
  const masses = massesOfTypes(elements, draft.records);
  let { positions, velocities } = draft;
  let cell = boxOf(draft, lines);
  if (draft.images.length > 0) {
    const shift = transformRows(draft.images, cell);
    positions = positions.map((x, i) => x + shift[i]);
  }
  const place = { file: lines.file, line: draft.boxLine };
  const original = originalCell(draft);
  if (original) {
    const frame = frameOf(original, place);
    if (!frame.identity) {
      positions = unrotate(positions, frame);
      velocities &&= unrotate(velocities, frame);
    }
    cell = restoreCell(cell, original, frame);
  }
  const numbers = Uint8Array.from(draft.types, (type) => elements[type - 1]);
  const atoms = createAtoms({ numbers, positions, cell, pbc: draft.pbc });
  if (velocities) atoms.velocities = velocities;
  if (masses) atoms.masses = Float64Array.from(draft.types, (type) => masses[type - 1]);
  sortById(atoms, draft.ids);
  return validateAtoms(atoms, place);
}

function originalCell(draft: Draft): Float64Array | undefined {
  const rows = ['a', 'b', 'c'].flatMap((name) => [...(draft.original.get(name) ?? [])]);
  return rows.length === 9 ? Float64Array.from(rows) : undefined;
}

export const lammpsData: StructureFormatRecord<'lammps-data'> = {
  name: 'lammps-data',
  title: 'LAMMPS data',
  files: /(\.(lmp|lammps|lammps-data|data)$|^data\.)/i,
  detect: (head) =>
    head.some((line, i) => i > 0 && /^\s*\d+\s+atoms(\s|$)/.test(line)) &&
    head.some((line) => /\s(xlo\s+xhi|avec|atom\s+types)(\s|$)/.test(line)),
  parse: (text, options) => [parseLammpsData(text, options)],
  write: ([atoms], options) => lammpsDataChunks(atoms, options),
  single: true,
};
