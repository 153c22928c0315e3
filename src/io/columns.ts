/** The columns of a table of atoms: where the numbers of each row go, growing by what was really read. */
import type { LineReader } from './lines.ts';
import { quote } from './lines.ts';

export type ColumnType = 'R' | 'I' | 'L' | 'S';

/** One property of the atoms: `width` columns. */
export class Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly width: number;
  /** (rows, width); text columns store nothing. */
  values = new Float64Array(0);

  constructor(name: string, type: ColumnType, width: number) {
    this.name = name;
    this.type = type;
    this.width = width;
  }

  /** Room for `rows` rows, keeping what is there. */
  reserve(rows: number): void {
    if (this.type === 'S' || this.values.length >= rows * this.width) return;
    const values = new Float64Array(rows * this.width);
    values.set(this.values);
    this.values = values;
  }

  /** Reads this property of one row. */
  read(lines: LineReader, row: number): void {
    const from = row * this.width;
    for (let k = 0; k < this.width; k++) {
      if (this.type === 'R') this.values[from + k] = lines.number(this.name);
      else if (this.type === 'I') this.values[from + k] = lines.integer(this.name);
      else if (this.type === 'L') this.values[from + k] = logical(lines, this.name);
      else lines.skip(this.name);
    }
  }
}

/** T/F, true/false in the spellings of extended XYZ, Fortran and Python, or 1/0. */
export function parseLogical(word: string): boolean | undefined {
  if (/^(t|true|1|\.true\.)$/i.test(word)) return true;
  if (/^(f|false|0|\.false\.)$/i.test(word)) return false;
  return undefined;
}

function logical(lines: LineReader, what: string): number {
  const word = lines.word(what);
  if (word === 'T') return 1;
  if (word === 'F') return 0;
  const value = parseLogical(word);
  if (value === undefined) throw lines.error(`expected ${what} (T or F), found ${quote(word)}`);
  return Number(value);
}
