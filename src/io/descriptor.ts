/**
 * Descriptors as text: `NAME key=value …`, or several one after the other: `hybrid g2(rcut=5A) + afs(n=3 l=4)` (the word
 * hybrid may be left out, and so may the parentheses of a part alone). formatDescriptor writes what parseDescriptor reads
 * back, bit by bit.
 */
import type { Descriptor, DescriptorPart } from '../data/descriptors/descriptor.ts';
import { recordOf } from '../data/descriptors/registry.ts';
import { formatSetting, readSetting, type Setting, type Settings } from '../data/descriptors/settings.ts';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import { quote } from './lines.ts';

/** Characters. */
const LONGEST = 100_000;
const MOST_PARTS = 64;

/**
 * Throws InputError for unknown names and keys (with the nearest one), keys that are missing or repeated, and values out of
 * bounds. Settings that were not given have their defaults.
 */
export function parseDescriptor(text: string): Descriptor {
  if (text.length > LONGEST) throw new InputError(`a descriptor is one line; found ${text.length} characters`);
  const trimmed = text.trim();
  const bare = trimmed.replace(/^hybrid\s+/, '');
  if (bare === '' || bare === 'hybrid')
    throw new InputError(`descriptor: expected NAME key=value … or NAME(…) + NAME(…), found ${quote(text)}`);
  if (!bare.includes('(') && bare === trimmed) return [readPart(bare)];
  const parts = splitParts(bare);
  if (parts.length > MOST_PARTS)
    throw new InputError(`descriptor: found ${parts.length} parts; ${MOST_PARTS} are possible`);
  return parts.map(readPart);
}

/** 'g2(…) + afs(…)' to the texts 'g2 …', 'afs …'. */
function splitParts(text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  for (;;) {
    const [whole, name, inside = ''] = /^\s*([\w-]+)\s*(?:\(([^()]*)\))?\s*/.exec(rest) ?? [''];
    if (name === undefined) throw new InputError(`descriptor: expected NAME(key=value …), found ${quote(rest)}`);
    parts.push(`${name} ${inside}`);
    rest = rest.slice(whole.length);
    if (rest === '') return parts;
    if (!rest.startsWith('+')) throw new InputError(`descriptor: expected + between parts, found ${quote(rest)}`);
    rest = rest.slice(1);
  }
}

function readPart(text: string): DescriptorPart {
  const [name, ...words] = text.trim().split(/\s+/);
  const { keys } = recordOf(name);
  const given = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    const key = word.slice(0, Math.max(0, at));
    const known = keys.map((one) => one.key);
    if (at < 0) throw new InputError(`${name}: expected key=value, found ${quote(word)}`);
    if (!known.includes(key))
      throw new InputError(
        `${name}: unknown key ${quote(key)}${didYouMean(key, known)}; accepted: ${known.join(', ')}`,
      );
    if (given.has(key)) throw new InputError(`${name}: ${key} is given twice`);
    given.set(key, word.slice(at + 1));
  }
  return makePart(name, given);
}

/** A part from the text or the value of each key; others have their defaults. Throws InputError. */
export function makePart(name: string, given: ReadonlyMap<string, string | Setting>): DescriptorPart {
  const { keys } = recordOf(name);
  const settings = new Map<string, Setting>();
  for (const key of keys) {
    const value = given.get(key.key);
    const label = `${name} ${key.key}`;
    if (value !== undefined) {
      const text = typeof value === 'string' ? value : formatSetting(value);
      settings.set(key.key, readSetting(key, text, label));
    } else if (key.fallback !== undefined) settings.set(key.key, key.fallback);
    else if (!key.optional) throw new InputError(`${name}: expected ${key.key}=…, ${key.meaning}`);
  }
  return { name, settings };
}

/** Only what differs from the defaults. */
export function formatDescriptor(descriptor: Descriptor): string {
  const inside = descriptor.map(({ name, settings }) => ({ name, words: wordsOf(name, settings) }));
  if (inside.length === 1) return [inside[0].name, ...inside[0].words].join(' ');
  return `hybrid ${inside.map(({ name, words }) => `${name}(${words.join(' ')})`).join(' + ')}`;
}

function wordsOf(name: string, settings: Settings): string[] {
  return recordOf(name).keys.flatMap(({ key, fallback }) => {
    const value = settings.get(key);
    if (value === undefined) return [];
    const text = formatSetting(value);
    return fallback !== undefined && formatSetting(fallback) === text ? [] : [`${key}=${text}`];
  });
}
