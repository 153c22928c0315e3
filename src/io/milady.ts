/**
 * MILADY's .pot files with the b-SO(4) descriptor (type 9), linear and quadratic: version 1 (2021, one r_c per pair of
 * elements) and version 2 (channels, one r_c) for one element and one channel. By the exact map of the two codes they
 * are SNAP potentials with rfac0 = 1 − 0.02/pi and nothing subtracted.
 *
 * A. M. Goryaeva et al., Phys. Rev. Materials 5, 103803 (2021), doi:10.1103/PhysRevMaterials.5.103803.
 */
import { numberOf } from '../data/elements.ts';
import type { InputError } from '../data/errors.ts';
import type { Potential } from '../data/potential.ts';
import { MAX_TWOJMAX, snapCoefficients, snapPotential, snapSize } from '../data/potentials/snap.ts';
import { LineReader, parseInteger, parseNumber, quote } from './lines.ts';
import { unknownElement } from './species.ts';

const HEADER_LINES = 6;
const B_SO4 = 9;
const RFAC0 = 1 - 0.02 / Math.PI;
const DESCRIPTORS = new Map([
  [1, 'G2'],
  [4, 'AFS'],
  [5, 'SOAP'],
]);

interface Header {
  version: 1 | 2;
  number: number;
  symbol: string;
  /** Energy of the free atom, eV, which version 2 adds to every atom. */
  shift: number;
}

/** Throws InputError with file and line; for other descriptors it says that they are not supported yet. */
export function parsePot(text: string, options: { file?: string; name?: string } = {}): Potential {
  const { file } = options;
  const lines = new LineReader(text, { file, fortran: true });
  for (let k = 1; k <= HEADER_LINES; k++) lines.need(`comment line ${k} of ${HEADER_LINES}`);
  const header = readElements(lines);
  const tokens = new Tokens(lines);
  const type = tokens.integer('the type of the descriptor', 0);
  const count = tokens.integer('the number of parameters', 1);
  const details = tokens.integer('the number of details', 1, 100);
  checkType(type, lines);
  const mass = tokens.positive(`the mass of ${header.symbol}, amu`);
  const { order, twojmax, diagonal } = readDetails(tokens, details, header);
  const size = snapSize(twojmax, diagonal, 1);
  const expected = 1 + size + (order === 2 ? size * size : 0);
  if (count !== expected) {
    const set = `jmax ${twojmax / 2}, ${diagonal ? 'diagonal' : 'full'} set, order ${order}`;
    throw lines.error(`expected ${expected} parameters (${set}), found ${count}`);
  }
  const cutoff = tokens.positive('r_cut, Å');
  lines.checkCount(count, 2, 'parameters');
  const values = new Float64Array(count);
  for (let k = 0; k < count; k++) values[k] = tokens.number(`parameter ${k + 1} of ${count}`);
  tokens.finish('the last parameter');
  values[0] += header.shift;
  const element = { number: header.number, radius: 0.5, weight: 1, mass, coefficients: toSnap(values, size, order) };
  return snapPotential({
    twojmax,
    rcutfac: cutoff,
    rfac0: RFAC0,
    bzeroflag: false,
    quadraticflag: order === 2,
    diagonal,
    elements: [element],
    reference: 'MILADY b-SO(4), doi:10.1103/PhysRevMaterials.5.103803',
    name: options.name ?? file?.replace(/^.*[/\\]/, '') ?? 'MILADY',
  });
}

/** Numbers that may stand on any line from here on. */
class Tokens {
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
  const elements = version === 1 ? first : (parseInteger(words[1]) ?? 0);
  const [symbol = '', ...rest] = words.slice(version);
  const number = numberOf(symbol);
  if (number === undefined) throw unknownElement(symbol, lines.place);
  if (version === 2 && first !== 1) {
    throw lines.error(`potentials of ${first} channels are not supported yet: expected 1 channel`);
  }
  if (elements !== 1) {
    throw lines.error(`MILADY potentials of ${elements} elements are not supported yet: expected 1 element`);
  }
  const values = rest.map((word) => parseNumber(word, { fortran: true }));
  const counts = version === 1 ? [1] : [2, 3];
  if (!counts.includes(values.length) || values.some((value) => value === undefined)) {
    const what = version === 1 ? 'its weight' : 'two weights and an energy';
    throw lines.error(`expected ${symbol} and ${what}, found ${quote([symbol, ...rest].join(' '))}`);
  }
  if (version === 1 && Math.abs((values[0] ?? 0) - 1) > 1e-3) {
    throw lines.error(`expected weight 1 for ${symbol}, found ${values[0]}: weighted potentials are not supported`);
  }
  return { version, number, symbol, shift: version === 2 ? (values[2] ?? 0) : 0 };
}

function checkType(type: number, lines: LineReader): void {
  if (type === B_SO4) return;
  const name = DESCRIPTORS.get(type);
  throw lines.error(
    `descriptor type ${type}${name ? ` (${name})` : ''} is not supported yet: expected ${B_SO4} (bispectrum SO(4))`,
  );
}

/** order jmax diag, and in version 2 perhaps patch. */
function readDetails(tokens: Tokens, count: number, { version }: Header) {
  const allowed = version === 1 ? [3] : [3, 4];
  if (!allowed.includes(count)) {
    throw tokens.error(`expected ${allowed.join(' or ')} details (order jmax diag), found ${count}`);
  }
  const order = tokens.integer('the order (1 linear, 2 quadratic)', 1);
  if (order > 2) throw tokens.error(`order ${order} is not supported yet: expected 1 (linear) or 2 (quadratic)`);
  const jmax = tokens.number('jmax');
  const twojmax = 2 * jmax;
  if (!Number.isInteger(twojmax) || twojmax < 0 || twojmax > MAX_TWOJMAX) {
    throw tokens.error(`expected jmax (a multiple of 0.5 from 0 to ${MAX_TWOJMAX / 2}), found ${jmax}`);
  }
  const diagonal = tokens.integer('diag (0 full set, 1 diagonal)', 0, 1) === 1;
  if (count === 4 && tokens.integer('patch', 0) !== 0) {
    throw tokens.error('potentials with a two-body patch are not supported yet: expected patch 0');
  }
  return { order: order as 1 | 2, twojmax, diagonal };
}

/** β0, β and all of Q to LAMMPS's upper triangle: α_kk = 2 Q_kk, α_kl = Q_kl + Q_lk. */
function toSnap(values: Float64Array, size: number, order: 1 | 2): Float64Array {
  if (order === 1) return values;
  const out = new Float64Array(snapCoefficients(size, true));
  out.set(values.subarray(0, 1 + size));
  const Q = values.subarray(1 + size);
  let at = 1 + size;
  for (let k = 0; k < size; k++) {
    for (let l = k; l < size; l++) out[at++] = Q[k * size + l] + Q[l * size + k];
  }
  return out;
}
