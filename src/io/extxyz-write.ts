/**
 * Extended XYZ, written so that reading it back gives the same bits: the shortest decimal of every double. Velocities
 * go to velocities:R:3 in Å/ps, held components to move_mask (T = may move), atoms.arrays to columns, atoms.info to
 * key=value pairs.
 */
import type { Atoms, Json } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { formatKeyValue, formatNumber } from './key-values.ts';

/** Per-atom results that stay real numbers for other readers even when all of them happen to be whole. */
const REAL = new Set(['forces', 'energies', 'stresses', 'charges', 'magmoms', 'dipoles', 'masses']);
const RESERVED = new Set(
  'species symbols symbol element Z numbers atomic_numbers pos velocities momenta masses mass move_mask'.split(' '),
);
const ROWS = 4096;

/** One frame as text. For many atoms use extxyzChunks. */
export function formatExtxyz(atoms: Atoms): string {
  return [...extxyzChunks(atoms)].join('');
}

/** The text of one frame in pieces of some thousand lines. Throws InputError for names that the format cannot hold. */
export function* extxyzChunks(atoms: Atoms): Generator<string> {
  const n = atoms.numbers.length;
  const columns = columnsOf(atoms);
  const properties = ['species:S:1', ...columns.map((column) => `${column.name}:${column.type}:${column.width}`)];
  yield `${n}\n${headerOf(atoms, properties.join(':'))}\n`;
  const symbols = new Map<number, string>();
  for (const z of new Set(atoms.numbers)) symbols.set(z, symbolOf(z));
  for (let from = 0; from < n; from += ROWS) {
    const rows: string[] = [];
    for (let i = from; i < Math.min(n, from + ROWS); i++) {
      let row = symbols.get(atoms.numbers[i]) ?? '';
      for (const { values, width, type } of columns) {
        for (let k = i * width; k < (i + 1) * width; k++) {
          row += type === 'L' ? (values[k] === 0 ? ' T' : ' F') : ` ${formatNumber(values[k])}`;
        }
      }
      rows.push(row);
    }
    yield `${rows.join('\n')}\n`;
  }
}

interface OutputColumn {
  name: string;
  type: 'R' | 'I' | 'L';
  width: number;
  values: ArrayLike<number>;
}

function columnsOf(atoms: Atoms): OutputColumn[] {
  const n = atoms.numbers.length;
  const columns: OutputColumn[] = [{ name: 'pos', type: 'R', width: 3, values: atoms.positions }];
  if (atoms.velocities) columns.push({ name: 'velocities', type: 'R', width: 3, values: atoms.velocities });
  if (atoms.masses) columns.push({ name: 'masses', type: 'R', width: 1, values: atoms.masses });
  if (atoms.fixed) columns.push(moveMask(atoms.fixed));
  for (const [name, values] of Object.entries(atoms.arrays)) {
    const width = values.length / n;
    if (!/^[^\s:="'{}[\]\\]+$/.test(name) || RESERVED.has(name) || !Number.isInteger(width) || width < 1) {
      throw new InputError(
        `arrays: ${JSON.stringify(name)} with ${values.length} numbers cannot be a column for ${n} atoms`,
      );
    }
    const whole = !REAL.has(name) && values.every((x) => Number.isInteger(x) && Math.abs(x) < 2 ** 31);
    columns.push({ name, type: whole ? 'I' : 'R', width, values });
  }
  return columns;
}

/** One logical per atom when its three components agree everywhere, else three. */
function moveMask(fixed: Uint8Array): OutputColumn {
  const whole = fixed.every((held, i) => (held === 0) === (fixed[i - (i % 3)] === 0));
  const values = whole ? fixed.filter((_, i) => i % 3 === 0) : fixed;
  return { name: 'move_mask', type: 'L', width: whole ? 1 : 3, values };
}

function headerOf(atoms: Atoms, properties: string): string {
  const words = [`Properties=${properties}`, `pbc="${atoms.pbc.map((p) => (p ? 'T' : 'F')).join(' ')}"`];
  if (atoms.cell.some((x) => x !== 0)) words.unshift(`Lattice="${Array.from(atoms.cell, formatNumber).join(' ')}"`);
  for (const [key, value] of Object.entries(atoms.info)) {
    if (/^(lattice|properties|pbc)$/i.test(key)) throw new InputError(`info: the key ${key} belongs to the format`);
    words.push(formatKeyValue(key, key === 'stress' || key === 'virial' ? flatTensor(value) : value));
  }
  return words.join(' ');
}

/** 3×3 rows as ASE writes them, column after column; anything else as it is. */
function flatTensor(value: Json): Json {
  if (!Array.isArray(value) || value.length !== 3) return value;
  const rows = value.filter((row): row is number[] => Array.isArray(row) && row.length === 3);
  if (rows.length !== 3) return value;
  return [0, 1, 2].flatMap((j) => rows.map((row) => row[j]));
}
