/** Tables of a run in LAMMPS's thermo layout: a line of column names, then right-aligned numbers that read back exactly. */
import { InputError } from '../data/errors.ts';
import { parseNumber } from './lines.ts';

export interface Thermo {
  columns: string[];
  /** One array per column. */
  values: number[][];
}

const WIDTH = 24;

export function formatThermoHeader(columns: readonly string[]): string {
  return `${columns.map((name, i) => (i === 0 ? name.padStart(10) : name.padStart(WIDTH))).join(' ')}\n`;
}

/** The first column is the step; the others are printed with the digits that give the same double back. */
export function formatThermoRow(row: readonly number[]): string {
  return `${row.map((value, i) => (i === 0 ? String(value).padStart(10) : String(value).padStart(WIDTH))).join(' ')}\n`;
}

/** Reads what the functions above wrote; lines that are no row of the table (a footer, say) end it. */
export function parseThermo(text: string, file?: string): Thermo {
  const lines = text.split('\n');
  const begin = lines.findIndex((line) => /^\s*Step\s/.test(line));
  if (begin < 0) throw new InputError('no line of column names that begins with Step', { file });
  const columns = lines[begin].trim().split(/\s+/);
  const values: number[][] = columns.map(() => []);
  for (let i = begin + 1; i < lines.length; i++) {
    const row = lines[i]
      .trim()
      .split(/\s+/)
      .map((word) => parseNumber(word));
    if (row.length !== columns.length || row.some((value) => value === undefined)) break;
    row.forEach((value, c) => {
      values[c].push(value as number);
    });
  }
  return { columns, values };
}
