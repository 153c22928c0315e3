/**
 * Potentials without a file, written where a file's name would stand: a form and its numbers with units,
 * 'lj epsilon=0.4eV sigma=2.3A cutoff=6A shift=force' or 'zbl inner=4A outer=4.8A'. They hold for the elements of the
 * structure they are used with.
 */
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import type { Potential } from '../data/potential.ts';
import { type LjShift, ljPotential } from '../data/potentials/lj.ts';
import { zblPotential } from '../data/potentials/zbl.ts';
import { type Dimension, parseQuantity } from '../data/units.ts';
import { quote } from './lines.ts';

export interface InlineOptions {
  /** Atomic numbers of the structure. */
  species: number[];
}

type Key = { dimension: Dimension; sign: 'positive' | 'nonnegative' } | { choices: string[] };
type Values = { quantity(key: string): number; choice(key: string): string };

interface InlineForm {
  keys: Map<string, Key>;
  build(values: Values, species: number[]): Potential;
}

/** Characters. */
const LONGEST = 1000;
const LENGTH: Key = { dimension: 'length', sign: 'positive' };

const inlineForms = new Map<string, InlineForm>([
  [
    'lj',
    {
      keys: new Map<string, Key>([
        ['epsilon', { dimension: 'energy', sign: 'positive' }],
        ['sigma', LENGTH],
        ['cutoff', LENGTH],
        ['shift', { choices: ['none', 'energy', 'force'] }],
      ]),
      build: ({ quantity, choice }, species) =>
        ljPotential({
          species,
          epsilon: quantity('epsilon'),
          sigma: quantity('sigma'),
          cutoff: quantity('cutoff'),
          shift: choice('shift') as LjShift,
        }),
    },
  ],
  [
    'zbl',
    {
      keys: new Map<string, Key>([
        ['inner', { dimension: 'length', sign: 'nonnegative' }],
        ['outer', LENGTH],
      ]),
      build: ({ quantity }, species) => zblPotential({ species, inner: quantity('inner'), outer: quantity('outer') }),
    },
  ],
]);

/** Is this an inline potential rather than the name of a file or of an embedded one? */
export function isInline(text: string): boolean {
  return /^\s*[\w-]+\s+[^\s=]+\s*=/.test(text) || inlineForms.has(text.trim());
}

/**
 * Reads one inline potential. The first choice of a key with choices is its default; every quantity must be given.
 * Throws InputError for unknown forms and keys (with the nearest name), missing or repeated keys, and bad quantities.
 */
export function parseInline(text: string, { species }: InlineOptions): Potential {
  if (text.length > LONGEST) throw new InputError(`an inline potential is one line; found ${text.length} characters`);
  const [name = '', ...words] = text.trim().split(/\s+/);
  const form = inlineForms.get(name);
  if (form === undefined) {
    const known = [...inlineForms.keys()];
    throw new InputError(
      `unknown inline potential ${quote(name)}${didYouMean(name, known)}; there are ${known.join(' and ')}`,
    );
  }
  const found = readKeys(name, words, [...form.keys.keys()]);
  const keyOf = (key: string): Key => {
    const spec = form.keys.get(key);
    if (spec === undefined) throw new Error(`${name} has no key ${key}`);
    return spec;
  };
  const values: Values = {
    quantity: (key) => {
      const spec = keyOf(key);
      const value = found.get(key);
      if (!('dimension' in spec)) throw new Error(`${name} ${key} is no quantity`);
      if (value === undefined) throw new InputError(`${name}: expected ${key}=…, a ${spec.dimension} with its unit`);
      return parseQuantity(value, { ...spec, name: `${name} ${key}` });
    },
    choice: (key) => {
      const spec = keyOf(key);
      if (!('choices' in spec)) throw new Error(`${name} ${key} has no choices`);
      const value = found.get(key) ?? spec.choices[0];
      if (spec.choices.includes(value)) return value;
      const accepted = spec.choices.join(', ');
      throw new InputError(
        `${name} ${key}: found ${quote(value)}${didYouMean(value, spec.choices)}; accepted: ${accepted}`,
      );
    },
  };
  return form.build(values, species);
}

/** key=value words; a word without = belongs to the value before it ('cutoff=6 A'). */
function readKeys(form: string, words: string[], known: string[]): Map<string, string> {
  const found = new Map<string, string>();
  let last: string | undefined;
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 0) {
      if (last === undefined) throw new InputError(`${form}: expected key=value, found ${quote(word)}`);
      found.set(last, `${found.get(last)} ${word}`.trim());
      continue;
    }
    const key = word.slice(0, at);
    if (!known.includes(key)) {
      throw new InputError(
        `${form}: unknown key ${quote(key)}${didYouMean(key, known)}; accepted: ${known.join(', ')}`,
      );
    }
    if (found.has(key)) throw new InputError(`${form}: ${key} is given twice`);
    found.set(key, word.slice(at + 1));
    last = key;
  }
  return found;
}
