/**
 * G3: angular symmetry functions of three distances on MILADY's grid or an explicit one (assembly/descriptors/g3.ts), and
 * the blocks of any list of them.
 *
 * J. Behler, M. Parrinello, Phys. Rev. Lett. 98, 146401 (2007), doi:10.1103/PhysRevLett.98.146401.
 */
import { InputError } from '../errors.ts';
import { evened, linear, rcutKey, weightsKey } from './common.ts';
import type { Block, DescriptorRecord } from './descriptor.ts';
import { Layout } from './layout.ts';
import { type Settings, settingOf } from './settings.ts';

const { number, numbers, word, elements } = settingOf;
const G3 = 2;
const HEADER = 11;
/** f64 of a Pair of the kernel. */
const PAIR = 8;

export interface AngularTerm {
  /** Å⁻². */
  eta: number;
  lambda: number;
  zeta: number;
}

/** The numbers of each kind once, and of every term where its number is. */
function indexed(values: readonly number[]): { list: number[]; index: number[] } {
  const list = [...new Set(values)];
  return { list, index: values.map((value) => list.indexOf(value)) };
}

export function angularBlock(terms: readonly AngularTerm[], cutoff: number, weights: readonly number[]): Block {
  const etas = indexed(terms.map(({ eta }) => eta));
  // ζ and the place of λ in one number
  const lambdas = indexed(terms.map(({ lambda }) => lambda));
  const angular = indexed(terms.map(({ zeta }, k) => zeta * lambdas.list.length + lambdas.index[k]));
  const angles = angular.list.flatMap((code) => {
    const zeta = Math.floor(code / lambdas.list.length);
    return [lambdas.list[code % lambdas.list.length], zeta, 1 / 2 ** (zeta - 1)];
  });
  const width = etas.list.length + (etas.list.length % 2);
  const layout = new Layout(HEADER);
  const scratch = new Layout(PAIR);
  const header = [
    ...[Math.PI / cutoff, angular.list.length, width],
    ...[
      evened(etas.list.map((eta) => -eta)),
      angles,
      terms.map((_, k) => angular.index[k] * width + etas.index[k]),
      weights.map((w) => w * w),
    ].map((section) => layout.add(section)),
    ...[width, angular.list.length, angular.list.length, width * angular.list.length].map((n) => scratch.take(n)),
  ];
  return {
    kind: G3,
    labels: terms.map(({ eta, lambda, zeta }) => `G3_${eta}_${lambda}_${zeta}`),
    numbers: layout.with(header),
    scratch: 8 * scratch.size,
    own: 2,
    cutoff,
  };
}

function termsOf(settings: Settings): AngularTerm[] {
  const grid = word(settings, 'grid');
  const given = ['etas', 'lambdas', 'zetas'].map((key) => numbers(settings, key));
  if (grid === 'explicit') {
    const [etas, lambdas = [-1, 1], zetas = [1]] = given;
    if (etas === undefined) throw new InputError('g3: grid=explicit needs etas=…, Å⁻², and perhaps lambdas and zetas');
    return product(etas, lambdas, zetas);
  }
  if (given.some((list) => list !== undefined))
    throw new InputError('g3: etas, lambdas and zetas are of grid=explicit, not of grid=milady');
  const [neta, nlambda, nzeta] = ['neta', 'nlambda', 'nzeta'].map((key) => number(settings, key));
  const up = (count: number) => Array.from({ length: count }, (_, k) => k);
  return product(
    linear(neta, 0.01, 0.8),
    up(nlambda).map((k) => 2 * k - 1),
    up(nzeta).map((k) => 2 ** k),
  );
}

/** η outer, λ, ζ inner. */
function product(etas: readonly number[], lambdas: readonly number[], zetas: readonly number[]): AngularTerm[] {
  return etas.flatMap((eta) => lambdas.flatMap((lambda) => zetas.map((zeta) => ({ eta, lambda, zeta }))));
}

export const g3: DescriptorRecord = {
  name: 'g3',
  title: 'G3, angular symmetry functions, doi:10.1103/PhysRevLett.98.146401',
  keys: [
    rcutKey,
    {
      key: 'grid',
      kind: { choices: ['milady', 'explicit'] },
      fallback: 'milady',
      meaning: 'milady: η from 0.01 to 0.8 Å⁻², λ = −1, 1, ζ = 1, 2, 4 …; explicit: etas × lambdas × zetas',
    },
    { key: 'neta', kind: 'integer', fallback: 3, least: 2, most: 1000, meaning: 'number of η' },
    { key: 'nlambda', kind: 'integer', fallback: 2, least: 1, most: 2, meaning: 'number of λ' },
    { key: 'nzeta', kind: 'integer', fallback: 2, least: 1, most: 10, meaning: 'number of ζ' },
    { key: 'etas', kind: 'numbers', optional: true, least: 0, meaning: 'η of grid=explicit, Å⁻²' },
    {
      key: 'lambdas',
      kind: 'numbers',
      optional: true,
      least: -1,
      most: 1,
      meaning: 'λ of grid=explicit; default −1, 1',
    },
    {
      key: 'zetas',
      kind: 'numbers',
      optional: true,
      integer: true,
      least: 1,
      most: 1000,
      meaning: 'ζ of grid=explicit; default 1',
    },
    weightsKey,
  ],
  blocks: (settings, species) => [
    angularBlock(termsOf(settings), number(settings, 'rcut'), elements(settings, 'weights', species)),
  ],
};
