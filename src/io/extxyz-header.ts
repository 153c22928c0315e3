/** What the first two lines of an extended XYZ frame declare: how many atoms, which columns, which cell. */
import type { Json } from '../data/atoms.ts';
import { Column, type ColumnType, parseLogical } from './columns.ts';
import { allNumbers, type KeyValue, splitKeyValues, typedValue } from './key-values.ts';
import type { LineReader } from './lines.ts';
import { parseInteger, quote } from './lines.ts';

export interface Header {
  cell: Float64Array;
  pbc: [boolean, boolean, boolean];
  info: Record<string, Json>;
  columns: Column[];
  /** No Properties: whatever follows x y z in a row is ignored, as ASE does. */
  loose: boolean;
}

const SPECIAL = ['lattice', 'properties', 'pbc'];
const SPECIES = ['species', 'symbols', 'symbol', 'element'];
const NUMBERS = ['Z', 'numbers', 'atomic_numbers'];
/** Columns that frenkel gives a meaning: their allowed types and widths. */
const KNOWN = new Map<string, [ColumnType[], number[]]>([
  ...SPECIES.map((name): [string, [ColumnType[], number[]]] => [name, [['S'], [1]]]),
  ...NUMBERS.map((name): [string, [ColumnType[], number[]]] => [name, [['I'], [1]]]),
  ['pos', [['R'], [3]]],
  ['velocities', [['R'], [3]]],
  ['momenta', [['R'], [3]]],
  ['forces', [['R'], [3]]],
  ['masses', [['R'], [1]]],
  ['mass', [['R'], [1]]],
  [
    'move_mask',
    [
      ['L', 'I'],
      [1, 3],
    ],
  ],
]);

export const isSpecies = (column: Column): boolean => SPECIES.includes(column.name);
export const isNumbers = (column: Column): boolean => NUMBERS.includes(column.name);

/** Reads the comment line, the reader's current one. */
export function parseHeader(lines: LineReader): Header {
  // A copy: parts of a string keep the whole file's text alive, and these parts live as long as the atoms.
  const line = JSON.parse(JSON.stringify(lines.whole())) as string;
  const extended = /(^|\s)(lattice|properties|pbc)\s*=/i.test(line);
  const pairs = splitKeyValues(line);
  if (pairs === undefined && extended) throw lines.error('a quote or bracket of the comment line is not closed');
  const special = new Map<string, KeyValue>();
  const info = new Map<string, Json>();
  if (pairs === undefined || !line.includes('=')) {
    if (line.trim() !== '') info.set('comment', line.trim());
  } else {
    for (const pair of pairs) {
      const name = pair.key.toLowerCase();
      if (!SPECIAL.includes(name)) info.set(pair.key, infoValue(pair, lines));
      else if (special.has(name)) throw lines.error(`expected one ${pair.key} on the comment line, found two`);
      else special.set(name, pair);
    }
  }
  const lattice = special.get('lattice');
  const properties = special.get('properties');
  return {
    cell: lattice ? parseLattice(lattice, lines) : new Float64Array(9),
    pbc: parsePbc(special.get('pbc'), lattice !== undefined, lines),
    info: Object.fromEntries(info),
    columns: parseProperties(properties?.text ?? 'species:S:1:pos:R:3', lines),
    loose: properties === undefined,
  };
}

/** name:type:width:… */
function parseProperties(text: string, lines: LineReader): Column[] {
  const parts = text.split(':', 3 * 1000 + 1);
  if (parts.length % 3 !== 0) {
    throw lines.error(`expected Properties=name:type:columns:…, found ${quote(text)}`);
  }
  const columns: Column[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < parts.length; i += 3) {
    const [name, type] = parts.slice(i, i + 2);
    const width = parseInteger(parts[i + 2]) ?? 0;
    if (name === '' || seen.has(name)) throw lines.error(`Properties: expected different names, found ${quote(name)}`);
    if (type !== 'R' && type !== 'I' && type !== 'L' && type !== 'S') {
      throw lines.error(`Properties: expected the type of ${quote(name)} to be R, I, L or S, found ${quote(type)}`);
    }
    if (width < 1 || width > 1000) {
      throw lines.error(`Properties: expected 1 to 1000 columns of ${quote(name)}, found ${quote(parts[i + 2])}`);
    }
    const known = KNOWN.get(name);
    if (known && !(known[0].includes(type) && known[1].includes(width))) {
      const expected = known[0].flatMap((t) => known[1].map((w) => `${name}:${t}:${w}`)).join(' or ');
      throw lines.error(`Properties: expected ${expected}, found ${quote(`${name}:${type}:${width}`)}`);
    }
    seen.add(name);
    columns.push(new Column(name, type, width));
  }
  if (!seen.has('pos')) throw lines.error('Properties: expected pos:R:3, found no positions');
  if (!columns.some((column) => isSpecies(column) || isNumbers(column))) {
    throw lines.error('Properties: expected species:S:1 or Z:I:1, found no elements');
  }
  return columns;
}

/** Lattice="ax ay az bx by bz cx cy cz", or the three edges of a box. */
function parseLattice(pair: KeyValue, lines: LineReader): Float64Array {
  const values = numbersOf(pair);
  if (values?.length === 9) return Float64Array.from(values);
  if (values?.length === 3) return Float64Array.of(values[0], 0, 0, 0, values[1], 0, 0, 0, values[2]);
  throw lines.error(`expected Lattice="…" with 9 finite numbers, found ${quote(pair.text)}`);
}

function parsePbc(pair: KeyValue | undefined, periodic: boolean, lines: LineReader): [boolean, boolean, boolean] {
  if (pair === undefined) return [periodic, periodic, periodic];
  const values = pair.text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map(parseLogical);
  if (!values.includes(undefined)) {
    if (values.length === 3) return [values[0] === true, values[1] === true, values[2] === true];
    if (values.length === 1) return [values[0] === true, values[0] === true, values[0] === true];
  }
  throw lines.error(`expected pbc="T T T" with three logicals, found ${quote(pair.text)}`);
}

/** Energies must be numbers; stress and virial become 3×3 rows, from 9 numbers or from xx yy zz yz xz xy. */
function infoValue(pair: KeyValue, lines: LineReader): Json {
  if (pair.key === 'energy' || pair.key === 'free_energy') {
    const values = numbersOf(pair);
    if (values?.length === 1) return values[0];
    throw lines.error(`expected ${pair.key} (a finite number, eV), found ${quote(pair.text)}`);
  }
  if (pair.key === 'stress' || pair.key === 'virial') {
    const v = numbersOf(pair);
    if (v?.length === 9) return [0, 1, 2].map((i) => [v[i], v[i + 3], v[i + 6]]);
    if (v?.length === 6) {
      return [
        [v[0], v[5], v[4]],
        [v[5], v[1], v[3]],
        [v[4], v[3], v[2]],
      ];
    }
    throw lines.error(`expected ${pair.key} (9 or 6 finite numbers), found ${quote(pair.text)}`);
  }
  return typedValue(pair);
}

function numbersOf(pair: KeyValue): number[] | undefined {
  return allNumbers(pair.text.split(/[\s,[\]]+/).filter((word) => word !== ''));
}
