/**
 * G2: radial symmetry functions on one of MILADY's grids or an explicit one (assembly/descriptors/g2.ts).
 *
 * J. Behler, M. Parrinello, Phys. Rev. Lett. 98, 146401 (2007), doi:10.1103/PhysRevLett.98.146401; grids: MILADY.
 */
import { InputError } from '../errors.ts';
import { exp } from '../math.ts';
import { linear, rcutKey, weightsKey } from './common.ts';
import type { Block, DescriptorRecord } from './descriptor.ts';
import { Layout } from './layout.ts';
import { type Settings, settingOf } from './settings.ts';

const { number, numbers, word, elements } = settingOf;
const G2 = 1;
const HEADER = 12;

export interface RadialTerm {
  /** Å⁻². */
  eta: number;
  /** Å. */
  shift: number;
}

/** η from a first one on in equal steps, for one R_s. */
interface Progression {
  shift: number;
  eta: number;
  step: number;
  /** Numbers of the components. */
  terms: number[];
}

/** Within this part of the step, steps are equal. */
const EQUAL = 1e-13;

/** The components in as few progressions as they come in. */
function progressionsOf(terms: readonly RadialTerm[]): Progression[] {
  const found: Progression[] = [];
  terms.forEach(({ eta, shift }, k) => {
    const last = found.findLast((one) => one.shift === shift);
    if (last && last.terms.length === 1 && eta > last.eta) last.step = eta - last.eta;
    const next = last && last.eta + last.terms.length * last.step;
    if (last && next !== undefined && last.step > 0 && Math.abs(eta - next) <= EQUAL * eta) last.terms.push(k);
    else found.push({ shift, eta, step: 0, terms: [k] });
  });
  return found;
}

/** Exponents up to which products of exponentials lose no digits that count, and do not overflow. */
const STEEPEST = 30;

/**
 * [h, exp(−2ηh²), exp(−2 step h²)] where R_s go up in equal steps h and all else is the same; zeros where not, or where one
 * exponential is not to be had from another, or costs as much.
 */
function ladder(all: readonly Progression[], cutoff: number): [number, number, number] {
  const [first, second] = all;
  const none: [number, number, number] = [0, 0, 0];
  if (all.length < 3) return none;
  const h = second.shift - first.shift;
  const even = all.every(
    ({ shift, eta, step }, s) =>
      eta === first.eta && step === first.step && Math.abs(shift - first.shift - s * h) <= EQUAL * Math.abs(shift),
  );
  const reach = cutoff + Math.abs(first.shift) + all.length * Math.abs(h);
  if (!(even && h > 0 && Math.max(first.eta, first.step) * reach * reach <= STEEPEST)) return none;
  return [h, exp(-2 * first.eta * h * h), exp(-2 * first.step * h * h)];
}

export function radialBlock(terms: readonly RadialTerm[], cutoff: number, weights: readonly number[]): Block {
  const all = progressionsOf(terms);
  const length = Math.max(...all.map((one) => one.terms.length));
  const places = new Array<number>(terms.length);
  all.forEach((one, row) => {
    one.terms.forEach((k, at) => {
      places[k] = row * length + at;
    });
  });
  const numbers = new Layout(HEADER);
  const scratch = new Layout();
  const header = [
    ...[Math.PI / cutoff, all.length, length],
    ...[weights.flatMap((w) => [w, w]), all.flatMap(({ shift, eta, step }) => [shift, -eta, -step, 0]), places].map(
      (section) => numbers.add(section),
    ),
    ...[all.length * length, all.length * length].map((n) => scratch.take(n)),
    ...ladder(all, cutoff),
    scratch.take(Math.ceil(terms.length / 2)),
  ];
  return {
    kind: G2,
    labels: terms.map(({ eta, shift }) => `G2_${eta}_${shift}`),
    numbers: numbers.with(header),
    scratch: 8 * scratch.size,
    own: 6 + 2 * all.length,
    cutoff,
  };
}

function termsOf(settings: Settings): RadialTerm[] {
  const grid = word(settings, 'grid');
  const given = [numbers(settings, 'etas'), numbers(settings, 'shifts')];
  if (given.some((list) => list !== undefined) && grid !== 'explicit')
    throw new InputError(`g2: etas and shifts are of grid=explicit, not of grid=${grid}`);
  if (grid === 'explicit') {
    const [etas, shifts = [0]] = given;
    if (etas === undefined) throw new InputError('g2: grid=explicit needs etas=…, Å⁻², and perhaps shifts=…, Å');
    return product(etas, shifts);
  }
  const count = number(settings, 'neta');
  const shifts = number(settings, 'nrs');
  const most = number(settings, 'etamax');
  if (grid === 'milady') {
    if (count < 2) throw new InputError('g2: grid=milady needs neta of 2 or more');
    return product(
      linear(count, 0.01, most),
      Array.from({ length: shifts }, (_, s) => s),
    );
  }
  const least = number(settings, 'etamin');
  const widths = linear(count, least, most);
  const etas = count === 1 ? [least] : widths.map((width) => 1 / (width * width));
  return product(etas, linear(shifts, number(settings, 'rsmin'), number(settings, 'rsmax')));
}

/** η outer, R_s inner. */
function product(etas: readonly number[], shifts: readonly number[]): RadialTerm[] {
  return etas.flatMap((eta) => shifts.map((shift) => ({ eta, shift })));
}

export const g2: DescriptorRecord = {
  name: 'g2',
  title: 'G2, radial symmetry functions, doi:10.1103/PhysRevLett.98.146401',
  keys: [
    rcutKey,
    {
      key: 'grid',
      kind: { choices: ['milady', 'widths', 'explicit'] },
      fallback: 'milady',
      meaning:
        'milady (2021): η from 0.01 to etamax, R_s 0, 1 … Å; widths (newer MILADY): η = width⁻², widths from etamin to ' +
        'etamax, R_s from rsmin to rsmax; explicit: etas × shifts',
    },
    { key: 'neta', kind: 'integer', fallback: 3, least: 1, most: 1000, meaning: 'number of η' },
    { key: 'nrs', kind: 'integer', fallback: 1, least: 1, most: 1000, meaning: 'number of R_s' },
    {
      key: 'etamin',
      kind: 'number',
      fallback: 0.5,
      least: 1e-3,
      meaning: 'least width of grid=widths, Å (η of one, Å⁻²)',
    },
    { key: 'etamax', kind: 'number', fallback: 0.8, least: 1e-3, meaning: 'largest η, Å⁻², or width, Å' },
    { key: 'rsmin', kind: 'number', fallback: 0, least: 0, meaning: 'first R_s of grid=widths, Å' },
    { key: 'rsmax', kind: 'number', fallback: 4, least: 0, meaning: 'last R_s of grid=widths, Å' },
    { key: 'etas', kind: 'numbers', optional: true, least: 0, meaning: 'η of grid=explicit, Å⁻²' },
    { key: 'shifts', kind: 'numbers', optional: true, least: 0, meaning: 'R_s of grid=explicit, Å; default 0' },
    weightsKey,
  ],
  blocks: (settings, species) => [
    radialBlock(termsOf(settings), number(settings, 'rcut'), elements(settings, 'weights', species)),
  ],
};
