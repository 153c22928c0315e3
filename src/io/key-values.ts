/**
 * The comment line of an extended XYZ frame: key=value pairs with quotes "…" '…' {…} […], blanks around =, and \ that
 * takes the next character as it is, typed as ASE does it: numbers, T/F, lists of either, "_JSON …", else text.
 */
import type { Json } from '../data/atoms.ts';
import { parseNumber } from './lines.ts';

export interface KeyValue {
  key: string;
  /** The value without its quotes; 'T' for a key alone. */
  text: string;
  /** The whole value stood in […]: a list even when it has one item. */
  list: boolean;
}

const CLOSING = new Map([
  ['"', '"'],
  ["'", "'"],
  ['{', '}'],
  ['[', ']'],
]);

/** The pairs of a line in their order, or undefined when a quote is not closed. */
export function splitKeyValues(line: string): KeyValue[] | undefined {
  const pairs: KeyValue[] = [];
  let at = skipBlanks(line, 0);
  while (at < line.length) {
    const key = readWord(line, at, true);
    if (key === undefined) return undefined;
    at = skipBlanks(line, key.end);
    if (line[at] !== '=') {
      pairs.push({ key: key.text, text: 'T', list: false });
      continue;
    }
    const value = readWord(line, skipBlanks(line, at + 1), false);
    if (value === undefined) return undefined;
    pairs.push({ key: key.text, text: value.text, list: value.list });
    at = skipBlanks(line, value.end);
  }
  return pairs;
}

/** The typed value of a pair. */
export function typedValue(pair: KeyValue): Json {
  const { text } = pair;
  if (text.startsWith('_JSON ')) {
    const value = parseJson(text.slice(6));
    return value === undefined ? text : value;
  }
  if (pair.list && text.includes('[')) {
    const value = parseJson(`[${text}]`);
    if (value !== undefined) return value;
  }
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length === 0) return pair.list ? [] : text;
  const values = allNumbers(words) ?? allLogicals(words);
  if (values === undefined) return text;
  return values.length === 1 && !pair.list ? values[0] : values;
}

/** The words of a value as finite numbers, or undefined. */
export function allNumbers(words: string[]): number[] | undefined {
  const values: number[] = [];
  for (const word of words) {
    const value = parseNumber(word);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function allLogicals(words: string[]): boolean[] | undefined {
  return words.every((word) => word === 'T' || word === 'F') ? words.map((word) => word === 'T') : undefined;
}

/** `key=value` so that splitKeyValues and typedValue give it back, bit by bit. */
export function formatKeyValue(key: string, value: Json): string {
  return `${quoteWord(key)}=${formatValue(value)}`;
}

function formatValue(value: Json): string {
  if (typeof value === 'number' && Number.isFinite(value)) return formatNumber(value);
  if (typeof value === 'boolean') return value ? 'T' : 'F';
  if (typeof value === 'string') {
    const plain = hasControl(value) ? undefined : typedValue({ key: '', text: value, list: false });
    return quoteWord(plain === value ? value : `_JSON ${jsonText(value)}`);
  }
  if (Array.isArray(value) && value.length > 1) {
    if (value.every((item) => typeof item === 'number' && Number.isFinite(item))) {
      return `"${value.map((item) => formatNumber(item as number)).join(' ')}"`;
    }
    if (value.every((item) => typeof item === 'boolean')) return `"${value.map((b) => (b ? 'T' : 'F')).join(' ')}"`;
  }
  return quoteWord(`_JSON ${jsonText(value)}`);
}

/** The shortest text that reads back as the same double, the sign of zero included. */
export function formatNumber(x: number): string {
  return x === 0 && 1 / x < 0 ? '-0' : String(x);
}

/** JSON on one line; unlike JSON.stringify it keeps −0. */
function jsonText(value: Json): string {
  if (typeof value === 'number' && Number.isFinite(value)) return formatNumber(value);
  if (Array.isArray(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item)}`)}}`;
  }
  return JSON.stringify(value);
}

/** Deeper JSON is text: whoever walks through it later would run out of stack. */
const DEEPEST = 64;

function parseJson(text: string): Json | undefined {
  let depth = 0;
  for (const char of text) {
    if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    if (depth > DEEPEST) return undefined;
  }
  try {
    // 1e999 is JSON, and Infinity to JavaScript: such a text stays text
    return JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('not a finite number');
      return value;
    }) as Json;
  } catch {
    return undefined;
  }
}

function quoteWord(text: string): string {
  if (/^[\w.+:/-]+$/.test(text)) return text;
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 32) return true;
  return false;
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (at < line.length && line.charCodeAt(at) <= 32) at++;
  return at;
}

interface Word {
  text: string;
  end: number;
  list: boolean;
}

/** The word at `from`, quotes removed: up to a blank, or a key's =. undefined: a quote is not closed. */
function readWord(line: string, from: number, isKey: boolean): Word | undefined {
  let text = '';
  let at = from;
  let list = false;
  while (at < line.length) {
    const char = line[at];
    if (line.charCodeAt(at) <= 32 || (isKey && char === '=')) break;
    const close = CLOSING.get(char);
    if (char === '\\') {
      text += line[at + 1] ?? '';
      at += 2;
    } else if (close === undefined) {
      text += char;
      at++;
    } else {
      const part = readQuoted(line, at + 1, char, close);
      if (part === undefined) return undefined;
      list = char === '[' && text === '';
      text += part.text;
      at = part.end;
    }
  }
  return { text, end: Math.min(at, line.length), list };
}

/** The text up to the closing quote (brackets nest), and where it ends. */
function readQuoted(line: string, from: number, open: string, close: string): Omit<Word, 'list'> | undefined {
  let text = '';
  let depth = 1;
  for (let at = from; at < line.length; at++) {
    const char = line[at];
    if (char === '\\') {
      at++;
      text += line[at] ?? '';
      continue;
    }
    if (char === close) depth--;
    else if (char === open) depth++;
    if (depth === 0) return { text, end: at + 1 };
    text += char;
  }
  return undefined;
}
