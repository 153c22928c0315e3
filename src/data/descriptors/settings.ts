/** Settings of descriptors: which keys there are, with bounds and defaults, and reading them from text. */
import { numberOf, symbolOf } from '../elements.ts';
import { InputError } from '../errors.ts';
import { didYouMean } from '../nearest.ts';
import { parseQuantity } from '../units.ts';

/** A number (lengths in Å), several, a word, or numbers of elements ('Fe:1,W:2.5'). */
export type Setting = number | readonly number[] | string | ReadonlyMap<number, number>;
export type Settings = ReadonlyMap<string, Setting>;

export interface SettingKey {
  key: string;
  kind: 'integer' | 'number' | 'length' | 'numbers' | 'elements' | { choices: readonly string[] };
  /** Without one it must be given, unless optional. */
  fallback?: Setting;
  optional?: boolean;
  /** Of several: integers. */
  integer?: boolean;
  /** Bounds of integers, numbers, and each of several; a length is positive. */
  least?: number;
  most?: number;
  /** What it is, with its unit. */
  meaning: string;
}

/** Most numbers in a list. */
const LONGEST = 10_000;
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** One setting from text; `name` begins the error's sentence. */
export function readSetting(key: SettingKey, text: string, name: string): Setting {
  const { kind } = key;
  if (typeof kind === 'object') {
    if (kind.choices.includes(text)) return text;
    throw new InputError(
      `${name}: found '${text}'${didYouMean(text, kind.choices)}; accepted: ${kind.choices.join(', ')}`,
    );
  }
  if (kind === 'length') return parseQuantity(text, { dimension: 'length', name, sign: 'positive' });
  if (kind === 'elements') return readElements(text, name);
  if (kind !== 'numbers') return readNumber(key, text, name);
  const words = text.split(',');
  if (words.length > LONGEST)
    throw new InputError(`${name}: found ${words.length} numbers; at most ${LONGEST} are possible`);
  return words.map((word) => readNumber(key, word, name));
}

function readNumber(
  { kind, integer = kind === 'integer', least = -1e6, most = 1e6 }: SettingKey,
  text: string,
  name: string,
): number {
  const value = number.test(text) ? Number(text) : Number.NaN;
  const fits = value >= least && value <= most && (!integer || Number.isInteger(value));
  if (fits) return value;
  const what = integer ? 'an integer' : 'a number';
  throw new InputError(`${name}: found '${text}'; expected ${what} from ${least} to ${most}`);
}

function readElements(text: string, name: string): Map<number, number> {
  const found = new Map<number, number>();
  for (const word of text.split(',')) {
    const [symbol, value, ...more] = word.split(':');
    const z = numberOf(symbol);
    if (z === undefined || found.has(z) || more.length > 0 || !number.test(value ?? ''))
      throw new InputError(`${name}: found '${word}'; expected an element once and its number, such as Fe:1.5`);
    found.set(z, Number(value));
  }
  return found;
}

/** As readSetting reads it back, bit by bit. */
export function formatSetting(setting: Setting): string {
  if (typeof setting === 'string' || typeof setting === 'number') return String(setting);
  if (isMap(setting)) return [...setting].map(([z, value]) => `${symbolOf(z)}:${value}`).join(',');
  return setting.join(',');
}

function isMap(setting: readonly number[] | ReadonlyMap<number, number>): setting is ReadonlyMap<number, number> {
  return setting instanceof Map;
}

/** The settings by their types; a wrong type is a mistake of the record, not of the user. */
export const settingOf = {
  number: (settings: Settings, key: string): number => {
    const value = settings.get(key);
    if (typeof value !== 'number') throw new Error(`no number ${key}`);
    return value;
  },
  word: (settings: Settings, key: string): string => {
    const value = settings.get(key);
    if (typeof value !== 'string') throw new Error(`no word ${key}`);
    return value;
  },
  /** Undefined where it is not given. */
  numbers: (settings: Settings, key: string): readonly number[] | undefined => {
    const value = settings.get(key);
    return Array.isArray(value) ? value : undefined;
  },
  /** Of every element in the order of `species`: 1 where the key or the element is not given. */
  elements: (settings: Settings, key: string, species: readonly number[]): number[] => {
    const value = settings.get(key);
    if (value === undefined) return species.map(() => 1);
    if (!(value instanceof Map)) throw new Error(`no numbers of elements ${key}`);
    const absent = species.find((z) => !value.has(z));
    if (absent !== undefined) throw new InputError(`${key}: has no number for ${symbolOf(absent)}`);
    return species.map((z) => value.get(z) ?? 1);
  },
};
