/**
 * MILADY's .pot files, linear and quadratic: version 1 (2021, one element, one r_c per pair of elements) and version 2
 * (channels of weights, several elements with common coefficients, one r_c). b-SO(4) of one channel becomes a SNAP potential
 * by the exact map of the two codes (rfac0 = 1 − 0.02/pi, nothing subtracted).
 *
 * A. M. Goryaeva et al., Phys. Rev. Materials 5, 103803 (2021), doi:10.1103/PhysRevMaterials.5.103803.
 */
import type { Descriptor } from '../data/descriptors/descriptor.ts';
import type { Setting } from '../data/descriptors/settings.ts';
import { numberOf, symbolOf } from '../data/elements.ts';
import type { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { type DescriptorElement, descriptorSize, fastestPotential } from '../data/potentials/descriptor.ts';
import { makePart } from './descriptor.ts';
import { LineReader, parseInteger, parseNumber, quote } from './lines.ts';
import { type Details, kindOf, type MiladyKind, readSettings } from './milady-descriptors.ts';
import { unknownElement } from './species.ts';

const HEADER_LINES = 6;
const MOST_ELEMENTS = 20;

interface MiladyElement {
  number: number;
  /** Of channels 2 and 3. */
  weights: number[];
  /** Energy of the free atom, eV, which version 2 adds to every atom. */
  shift: number;
}

interface Header {
  version: 1 | 2;
  channels: number;
  elements: MiladyElement[];
}

/** Throws InputError with file and line; for other descriptors it says that they are not supported. */
export function parsePot(text: string, options: { file?: string; name?: string } = {}): Potential {
  const { file } = options;
  const lines = new LineReader(text, { file, fortran: true });
  for (let k = 1; k <= HEADER_LINES; k++) lines.need(`comment line ${k} of ${HEADER_LINES}`);
  const header = readElements(lines);
  const tokens = new Tokens(lines);
  const type = tokens.integer('the type of the descriptor', 0);
  const count = tokens.integer('the number of parameters', 1);
  const details = tokens.integer('the number of details', 1, 100);
  const kind = kindOf(type, header.version, (message) => lines.error(message));
  const masses = header.elements.map(({ number }) => tokens.positive(`the mass of ${symbolOf(number)}, amu`));
  const order = tokens.integer('the order (1 linear, 2 quadratic)', 1);
  if (order > 2) throw tokens.error(`order ${order} is not supported yet: expected 1 (linear) or 2 (quadratic)`);
  const settings = readSettings(kind, details, header.version, tokens);
  const species = header.elements.map(({ number }) => number);
  // any cutoff: the size does not depend on it, and its check comes before that of the next number
  const size = descriptorSize(descriptorOf(kind, settings, header, 5), species);
  const expected = 1 + size + (order === 2 ? size * size : 0);
  if (count !== expected) {
    const set = settings.map(([key, value]) => `${key} ${value}`).join(', ');
    throw lines.error(`expected ${expected} parameters (${kind.name}, ${set}, order ${order}), found ${count}`);
  }
  const cutoff = tokens.positive('r_cut, Å');
  lines.checkCount(count, 2, 'parameters');
  const values = new Float64Array(count);
  for (let k = 0; k < count; k++) values[k] = tokens.number(`parameter ${k + 1} of ${count}`);
  tokens.finish('the last parameter');
  const coefficients = upperTriangle(values, size, order);
  const elements = header.elements.map(({ number, shift }, t): DescriptorElement => {
    const own = coefficients.slice();
    own[0] += shift;
    return { number, mass: masses[t], coefficients: own };
  });
  return fastestPotential({
    descriptor: descriptorOf(kind, settings, header, cutoff),
    elements,
    quadratic: order === 2,
    reference: `MILADY ${kind.name === 'bso4' ? 'b-SO(4)' : kind.name}, doi:10.1103/PhysRevMaterials.5.103803`,
    name: options.name ?? file?.replace(/^.*[/\\]/, '') ?? 'MILADY',
    warnings: warningsOf(kind, settings),
  });
}

/** Channel 1 has weights 1, the others those of the header. */
function descriptorOf(kind: MiladyKind, settings: [string, Setting][], header: Header, cutoff: number): Descriptor {
  const channels = Array.from({ length: header.channels - 1 }, (_, c): [string, Setting] => [
    `weights${c + 2}`,
    new Map(header.elements.map(({ number, weights }) => [number, weights[c]])),
  ]);
  return [makePart(kind.name, new Map<string, Setting>([...settings, ...channels, ['rcut', cutoff]]))];
}

function warningsOf({ name }: MiladyKind, settings: [string, Setting][]): string[] {
  const value = (key: string) => settings.find(([one]) => one === key)?.[1];
  const n = value('n');
  return [
    ...(name === 'afs' && value('type') === 2
      ? ["forces here are the gradient of the energy; MILADY's of AFS type 2 are not"]
      : []),
    ...(typeof n === 'number' && n >= 7
      ? [`MILADY's radial functions with n_rbf ${n} have an error of 1e-5 or more; here they are exact`]
      : []),
    ...(name.startsWith('pso3')
      ? ["MILADY's own term makes these components depend on the orientation of the axes"]
      : []),
  ];
}

/** Numbers that may stand on any line from here on. */
class Tokens implements Details {
  private readonly lines: LineReader;

  constructor(lines: LineReader) {
    this.lines = lines;
  }

  private seek(what: string): LineReader {
    return this.lines.hasToken() ? this.lines : this.lines.needFilled(what);
  }

  number(what: string): number {
    return this.seek(what).number(what);
  }

  integer(what: string, min: number, max?: number): number {
    return this.seek(what).integer(what, min, max);
  }

  positive(what: string): number {
    const value = this.number(what);
    if (value > 0 && value < 1e4) return value;
    throw this.lines.error(`expected ${what} (a number > 0), found ${value}`);
  }

  error(message: string): InputError {
    return this.lines.error(message);
  }

  finish(after: string): void {
    this.lines.finish(after);
    if (this.lines.nextFilled()) this.lines.finish(after);
  }
}

/** Line 7. Version 1: nelem (symbol weight)…; version 2: channels nelem (symbol w2 w3 [E_ref])… */
function readElements(lines: LineReader): Header {
  const words = lines.needFilled('the number of elements and their symbols').rest().split(/\s+/);
  const first = parseInteger(words[0]);
  if (first === undefined || first < 1) throw lines.error(`expected the number of elements, found ${quote(words[0])}`);
  const version = parseInteger(words[1] ?? '') === undefined ? 1 : 2;
  const count = version === 1 ? first : (parseInteger(words[1]) ?? 0);
  const channels = version === 1 ? 1 : first;
  if (version === 1 && count !== 1) {
    throw lines.error(`MILADY potentials of ${count} elements are not supported in version 1: expected 1 element`);
  }
  if (count < 1 || count > MOST_ELEMENTS)
    throw lines.error(`expected 1 to ${MOST_ELEMENTS} elements, found ${words[1]}: more are not supported`);
  const elements: MiladyElement[] = [];
  let at: number = version;
  for (let t = 0; t < count; t++) {
    const symbol = words[at] ?? '';
    const number = numberOf(symbol);
    if (number === undefined) throw unknownElement(symbol, lines.place);
    let end = at + 1;
    while (end < words.length && parseNumber(words[end], { fortran: true }) !== undefined) end++;
    elements.push(readElement(words.slice(at, end), number, version, lines));
    at = end;
  }
  if (at < words.length) throw lines.error(`expected nothing after the last element, found ${quote(words[at])}`);
  if (channels > 3) throw lines.error(`potentials of ${channels} channels are not supported: expected 1, 2 or 3`);
  return { version, channels, elements };
}

function readElement(words: string[], number: number, version: 1 | 2, lines: LineReader): MiladyElement {
  const [symbol] = words;
  const values = words.slice(1).flatMap((word) => parseNumber(word, { fortran: true }) ?? []);
  if (!(version === 1 ? [1] : [2, 3]).includes(values.length)) {
    const what = version === 1 ? 'its weight' : 'two weights and an energy';
    throw lines.error(`expected ${symbol} and ${what}, found ${quote(words.join(' '))}`);
  }
  if (version === 1 && Math.abs(values[0] - 1) > 1e-3) {
    throw lines.error(`expected weight 1 for ${symbol}, found ${values[0]}: weighted potentials are not supported`);
  }
  return { number, weights: values.slice(0, 2), shift: version === 2 ? (values[2] ?? 0) : 0 };
}

/** β0, β and all of Q to LAMMPS's upper triangle: α_kk = 2 Q_kk, α_kl = Q_kl + Q_lk. */
function upperTriangle(values: Float64Array, size: number, order: number): Float64Array {
  if (order === 1) return values;
  const out = new Float64Array(1 + size + (size * (size + 1)) / 2);
  out.set(values.subarray(0, 1 + size));
  const Q = values.subarray(1 + size);
  let at = 1 + size;
  for (let k = 0; k < size; k++) {
    for (let l = k; l < size; l++) out[at++] = Q[k * size + l] + Q[l * size + k];
  }
  return out;
}
