/** LAMMPS's SNAP files: .snapcoeff (elements and coefficients) with .snapparam (the descriptor). */
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import type { Potential } from '../data/potential.ts';
import {
  MAX_TWOJMAX,
  type SnapElement,
  type SnapOptions,
  snapCoefficients,
  snapPotential,
  snapSize,
} from '../data/potentials/snap.ts';
import { LineReader, quote } from './lines.ts';
import { elementOf, unknownElement } from './species.ts';

export interface NamedText {
  file?: string;
  text: string;
}

export interface SnapFileOptions {
  /** Which elements of the file, as in LAMMPS's pair_coeff; default all. */
  elements?: string[];
  name?: string;
}

type Parameters = Omit<SnapOptions, 'elements'> & { sinner?: number[]; dinner?: number[] };

const FLAGS = [
  'switchflag',
  'bzeroflag',
  'quadraticflag',
  'chemflag',
  'bnormflag',
  'wselfallflag',
  'switchinnerflag',
] as const;
const NUMBERS = ['rcutfac', 'rfac0', 'rmin0'] as const;
const LISTS = ['sinner', 'dinner'] as const;
/** How LAMMPS's Kokkos version divides its work: no effect on numbers. */
const IGNORED = ['chunksize', 'parallelthresh'];
const KEYS: readonly string[] = ['twojmax', ...NUMBERS, ...FLAGS, ...LISTS, ...IGNORED];

const isIn = <T extends string>(list: readonly T[], key: string): key is T => (list as readonly string[]).includes(key);

/** One potential from both files. Throws InputError with file and line. */
export function parseSnap(coefficients: NamedText, parameters: NamedText, options: SnapFileOptions = {}): Potential {
  const { sinner, dinner, ...settings } = readParameters(parameters);
  const file = readCoefficients(coefficients, settings);
  const elements = select(file.elements, settings.chemflag ?? false, coefficients.file, options.elements);
  for (const [key, values] of [
    ['sinner', sinner],
    ['dinner', dinner],
  ] as const) {
    if (values === undefined) continue;
    if (values.length !== elements.length) {
      const found = `found ${values.length}`;
      throw new InputError(`expected ${elements.length} values of ${key}, one per element, ${found}`, parameters);
    }
    elements.forEach((element, i) => {
      element[key] = values[i];
    });
  }
  try {
    return snapPotential({
      ...settings,
      elements,
      reference: file.citation ?? 'SNAP, doi:10.1016/j.jcp.2014.12.018',
      name: options.name ?? coefficients.file?.replace(/^.*[/\\]/, ''),
    });
  } catch (error) {
    if (error instanceof InputError && error.file === undefined) {
      throw new InputError(error.message, { file: parameters.file });
    }
    throw error;
  }
}

/** A .snapparam: one keyword and its value on a line. */
function readParameters({ text, file }: NamedText): Parameters {
  const lines = new LineReader(text, { file, comment: '#' });
  const found: Partial<Parameters> = {};
  const seen = new Set<string>();
  while (lines.nextFilled()) {
    const key = lines.word('a keyword');
    if (!KEYS.includes(key)) {
      throw lines.error(`expected a keyword of SNAP, found ${quote(key)}${didYouMean(key, KEYS)}`);
    }
    if (seen.has(key)) throw lines.error(`expected ${key} once, found it again`);
    seen.add(key);
    readValue(lines, key, found);
    lines.finish(`the value of ${key}`);
  }
  const { twojmax, rcutfac } = found;
  if (twojmax === undefined || rcutfac === undefined) {
    const missing = twojmax === undefined ? 'twojmax' : 'rcutfac';
    throw new InputError(`expected ${missing} in a .snapparam file, found none`, { file });
  }
  return { ...found, twojmax, rcutfac };
}

function readValue(lines: LineReader, key: string, found: Partial<Parameters>): void {
  if (key === 'twojmax') found.twojmax = lines.integer('twojmax', 0, MAX_TWOJMAX);
  else if (isIn(FLAGS, key)) found[key] = lines.integer(key, 0, 1) === 1;
  else if (isIn(LISTS, key)) {
    const values = [lines.number(key)];
    while (lines.hasToken()) values.push(lines.number(key));
    found[key] = values;
  } else if (isIn(NUMBERS, key)) {
    const value = lines.number(key);
    if (value < 0 || (key !== 'rmin0' && value === 0)) {
      throw lines.error(`expected ${key} ${key === 'rmin0' ? '>=' : '>'} 0, found ${value}`);
    }
    found[key] = value;
  } else lines.integer(key);
}

/** A .snapcoeff: counts, then for every element its symbol, radius, weight and the coefficients one to a line. */
function readCoefficients(
  { text, file }: NamedText,
  settings: Omit<Parameters, 'sinner' | 'dinner'>,
): { elements: SnapElement[]; citation?: string } {
  const lines = new LineReader(text, { file, comment: '#' });
  lines.needFilled('the number of elements and of coefficients');
  const count = lines.integer('the number of elements', 1, 118);
  const perElement = lines.integer('the number of coefficients per element', 1);
  lines.finish('the number of coefficients');
  checkCount(lines, count, perElement, settings);
  lines.checkCount(count * perElement, 2, 'coefficients');
  const elements: SnapElement[] = [];
  for (let e = 0; e < count; e++) {
    lines.needFilled(`element ${e + 1} of ${count}: symbol, radius, weight`);
    const symbol = lines.word('a symbol');
    const number = elementOf(symbol);
    if (number === undefined) throw unknownElement(symbol, lines.place);
    if (elements.some((known) => known.number === number)) throw lines.error(`expected ${symbol} once, found it again`);
    const radius = lines.number(`the radius of ${symbol}`);
    if (radius <= 0) throw lines.error(`expected a radius > 0 for ${symbol}, found ${radius}`);
    const weight = lines.number(`the weight of ${symbol}`);
    lines.finish(`the weight of ${symbol}`);
    const coefficients = new Float64Array(perElement);
    for (let k = 0; k < perElement; k++) {
      const what = `coefficient ${k + 1} of ${perElement} of ${symbol}`;
      coefficients[k] = lines.needFilled(what).number(what);
      lines.finish(what);
    }
    elements.push({ number, radius, weight, coefficients });
  }
  if (lines.nextFilled()) lines.finish('the last coefficient');
  return { elements, citation: /^\s*#.*?CITATION:\s*(.+)$/m.exec(text.slice(0, 2000))?.[1].trim() };
}

/** Do the coefficients belong to this descriptor? */
function checkCount(lines: LineReader, count: number, found: number, settings: Omit<SnapOptions, 'elements'>): void {
  const size = snapSize(settings.twojmax, false, settings.chemflag ? count : 1);
  const expected = snapCoefficients(size, settings.quadraticflag ?? false);
  if (found === expected) return;
  const flags = [
    `twojmax ${settings.twojmax}`,
    settings.quadraticflag ? 'quadraticflag 1' : 'quadraticflag 0',
    ...(settings.chemflag ? [`chemflag 1 and ${count} elements`] : []),
  ];
  throw lines.error(`expected ${expected} coefficients per element (${flags.join(', ')}), found ${found}`);
}

function select(elements: SnapElement[], chem: boolean, file: string | undefined, symbols?: string[]): SnapElement[] {
  if (symbols === undefined) return elements;
  const known = elements.map((element) => symbolOf(element.number));
  const chosen = symbols.map((symbol) => {
    const at = elements.findIndex((element) => element.number === elementOf(symbol));
    if (at < 0) throw new InputError(`expected one of ${known.join(', ')}, asked for ${quote(symbol)}`, { file });
    return at;
  });
  if (chem && (chosen.length !== elements.length || chosen.some((at, i) => at !== i))) {
    throw new InputError(
      `with chemflag 1 expected all elements in the file's order (${known.join(' ')}), asked for ${symbols.join(' ')}`,
      { file },
    );
  }
  return [...new Set(chosen)].map((at) => elements[at]);
}
