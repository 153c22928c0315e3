/**
 * A reader of lines and blank-separated tokens over one string. It knows its line number, so every error says where;
 * it never splits the text, so its cost is that of one pass. Numbers are strict: what C's strtod or JavaScript's
 * Number() would forgive ('', nan, inf, 0x10, 1_000, 1e400) is an InputError. A leading byte-order mark and the \r of
 * \r\n are blanks.
 *
 *   const lines = new LineReader(text, { file, comment: '#' });
 *   lines.need('the header');            // next line, or an error at the end of the text
 *   const n = lines.integer('the number of types', 1);
 *   const table = lines.numbers(n, 'density');   // as many lines as it takes
 */
import { InputError, type Place } from '../data/errors.ts';

export interface LineReaderOptions {
  /** Named in errors. */
  file?: string;
  /** Number of the text's first line, 1 unless the text is a piece of something longer. */
  firstLine?: number;
  /** One character: the rest of a line from it on is a comment, not tokens. */
  comment?: string;
  /** Accept Fortran's exponents: 1.5D-3, 1.5d-3. */
  fortran?: boolean;
}

export class LineReader {
  /** 1-based number of the current line; before the first next() that of the line before the text. */
  line: number;
  readonly file: string | undefined;
  private readonly text: string;
  private readonly comments: string | undefined;
  private readonly fortran: boolean;
  private after: number; // start of the next line
  private start = 0; // of the current line
  private position = 0; // of the next token
  private stop = 0; // end of the tokens of the current line
  private end = 0; // end of the current line
  private commentAt = -1; // next comment character at or after `start`, text.length: none

  constructor(text: string, options: LineReaderOptions = {}) {
    this.text = text;
    this.file = options.file;
    this.line = (options.firstLine ?? 1) - 1;
    this.comments = options.comment;
    this.fortran = options.fortran ?? false;
    this.after = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  /** Goes to the next line; false at the end of the text. */
  next(): boolean {
    if (this.after >= this.text.length) {
      this.start = this.position = this.stop = this.end = this.after = this.text.length;
      return false;
    }
    const newline = this.text.indexOf('\n', this.after);
    this.start = this.position = this.after;
    this.end = newline < 0 ? this.text.length : newline;
    this.after = newline < 0 ? this.text.length : newline + 1;
    this.stop = this.end;
    if (this.comments !== undefined) {
      if (this.commentAt < this.start) {
        const found = this.text.indexOf(this.comments, this.start);
        this.commentAt = found < 0 ? this.text.length : found;
      }
      this.stop = Math.min(this.end, this.commentAt);
    }
    this.line++;
    return true;
  }

  /** Goes to the next line that has a token; false at the end of the text. */
  nextFilled(): boolean {
    while (this.next()) if (this.hasToken()) return true;
    return false;
  }

  /** next(), or an InputError that says what was expected. */
  need(what: string): this {
    if (!this.next()) throw this.error(`expected ${what}, found the end of the file`);
    return this;
  }

  /** nextFilled(), or an InputError that says what was expected. */
  needFilled(what: string): this {
    if (!this.nextFilled()) throw this.error(`expected ${what}, found the end of the file`);
    return this;
  }

  /** Is there another token on the current line? */
  hasToken(): boolean {
    while (this.position < this.stop && isBlank(this.text.charCodeAt(this.position))) this.position++;
    return this.position < this.stop;
  }

  /** The next token of the current line. */
  word(what: string): string {
    if (!this.hasToken()) throw this.missing(what);
    const from = this.position;
    this.position = this.tokenEnd();
    return this.text.slice(from, this.position);
  }

  /** Passes over the next token. */
  skip(what: string): void {
    if (!this.hasToken()) throw this.missing(what);
    this.position = this.tokenEnd();
  }

  /** The next token as a finite number. */
  number(what: string): number {
    if (!this.hasToken()) throw this.missing(what);
    const from = this.position;
    this.position = this.tokenEnd();
    const value = decimal(this.text, from, this.position, this.fortran);
    if (value === undefined) throw this.unexpected(what, 'a finite number', this.text.slice(from, this.position));
    return value;
  }

  /** The next token as an integer (digits only) in [min, max]. */
  integer(what: string, min = -Number.MAX_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): number {
    const token = this.word(what);
    const value = parseInteger(token);
    if (value === undefined) throw this.unexpected(what, 'an integer', token);
    if (value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `from ${min} to ${max}`;
    throw this.unexpected(what, `an integer ${range}`, token);
  }

  /** The next `count` numbers from the current line and as many further lines as it takes. */
  numbers(count: number, what: string): Float64Array {
    this.checkCount(count, 2, `numbers (${what})`, this.stop - this.position);
    const values = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      while (!this.hasToken()) {
        if (!this.next()) throw this.error(`expected ${count} numbers (${what}), found the end of the file after ${i}`);
      }
      values[i] = this.number(what);
    }
    return values;
  }

  /**
   * Refuses a declared count that the text after the current line cannot hold when each item takes `bytesEach`
   * characters or more, line end included: to be called before anything is allocated from the count.
   */
  checkCount(count: number, bytesEach: number, what: string, extra = 0): void {
    if (count * bytesEach - 1 <= this.left + extra) return;
    throw this.error(`expected ${count} ${what}, but the ${this.left + extra} characters left in the file are too few`);
  }

  /** InputError unless the current line has been used up. */
  finish(after: string): void {
    if (this.hasToken()) throw this.error(`expected nothing after ${after}, found ${quote(this.rest())}`);
  }

  /** What is left of the current line, trimmed, without its comment; uses it up. */
  rest(): string {
    const from = this.position;
    this.position = this.stop;
    return this.text.slice(from, this.stop).trim();
  }

  /** The current line without its end, comment included. */
  whole(): string {
    const end = this.end > this.start && this.text.charCodeAt(this.end - 1) === 13 ? this.end - 1 : this.end;
    return this.text.slice(this.start, end);
  }

  /** The current line's comment without its mark, trimmed; '' if there is none. */
  comment(): string {
    return this.text.slice(this.stop + 1, this.end).trim();
  }

  /** Back to the first token of the current line. */
  rewind(): void {
    this.position = this.start;
  }

  /** Characters after the current line. */
  get left(): number {
    return this.text.length - this.after;
  }

  /** Where the reader is, for errors. */
  get place(): Place {
    return { file: this.file, line: Math.max(1, this.line) };
  }

  /** An InputError at the current line. */
  error(message: string): InputError {
    return new InputError(message, this.place);
  }

  private tokenEnd(): number {
    let at = this.position;
    while (at < this.stop && !isBlank(this.text.charCodeAt(at))) at++;
    return at;
  }

  private missing(what: string): InputError {
    return this.error(`expected ${what}, found the end of the line`);
  }

  private unexpected(what: string, kind: string, found: string): InputError {
    return this.error(`expected ${what} (${kind}), found ${quote(found)}`);
  }
}

/** `text` as a finite decimal number, or undefined. */
export function parseNumber(text: string, options: { fortran?: boolean } = {}): number | undefined {
  return decimal(text, 0, text.length, options.fortran ?? false);
}

/** `text` as an integer (an optional sign and digits, exactly representable), or undefined. */
export function parseInteger(text: string): number | undefined {
  if (!/^[+-]?\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Text from a file for an error message: quoted, printable, short. */
export function quote(text: string): string {
  const short = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return JSON.stringify(short);
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/**
 * The finite number text[from, to), or undefined. Up to 15 digits and a power of ten up to 22 are one exactly rounded
 * operation (W. D. Clinger 1990, doi:10.1145/93542.93557); anything else goes through Number().
 */
function decimal(text: string, from: number, to: number, fortran: boolean): number | undefined {
  let at = from;
  const sign = text.charCodeAt(at);
  if (sign === 45 || sign === 43) at++;
  let mantissa = 0;
  let significant = 0; // digits from the first that is not 0
  let seen = 0; // digits
  let scale = 0; // digits after the point
  let point = false;
  for (; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      seen++;
      if (significant > 0 || code !== 48) significant++;
      if (significant <= 15) mantissa = mantissa * 10 + (code - 48);
      if (point) scale++;
    } else if (code === 46 && !point) point = true;
    else break;
  }
  if (seen === 0) return undefined;
  const mark = at;
  let exponent = 0;
  if (at < to) {
    const letter = text.charCodeAt(at) | 32;
    if (letter !== 101 && !(fortran && letter === 100)) return undefined;
    const digits = exponentDigits(text, at + 1, to);
    if (digits === undefined) return undefined;
    exponent = digits;
  }
  const power = exponent - scale;
  if (significant <= 15 && power >= -22 && power <= 22) {
    const value = power < 0 ? mantissa / EXACT_POWERS[-power] : mantissa * EXACT_POWERS[power];
    return sign === 45 ? -value : value;
  }
  const value = Number(mark === to ? text.slice(from, to) : `${text.slice(from, mark)}e${text.slice(mark + 1, to)}`);
  return Number.isFinite(value) ? value : undefined;
}

/** A signed run of digits text[from, to), or undefined; large ones saturate. */
function exponentDigits(text: string, from: number, to: number): number | undefined {
  const sign = text.charCodeAt(from);
  let at = sign === 45 || sign === 43 ? from + 1 : from;
  if (at >= to) return undefined;
  let value = 0;
  for (; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) return undefined;
    value = Math.min(value * 10 + (code - 48), 1e6);
  }
  return sign === 45 ? -value : value;
}
