/** Which descriptor of the registry the type and the details of a MILADY .pot mean, for both versions of the format. */
import type { Setting } from '../data/descriptors/settings.ts';
import type { InputError } from '../data/errors.ts';
import { MAX_TWOJMAX } from '../data/potentials/snap.ts';

/** What reads numbers one after the other, and complains with file and line. */
export interface Details {
  integer(what: string, min: number, max?: number): number;
  number(what: string): number;
  error(message: string): InputError;
}

export interface MiladyKind {
  /** In the registry. */
  name: string;
  /** The details behind the order, by version: MILADY's names. Without them that version does not have the descriptor. */
  v1?: string;
  v2?: string;
  settings(details: Details): [key: string, value: Setting][];
}

function readJmax(details: Details): number {
  const jmax = details.number('jmax');
  if (Number.isInteger(2 * jmax) && jmax >= 0 && 2 * jmax <= MAX_TWOJMAX) return jmax;
  throw details.error(`expected jmax (a multiple of 0.5 from 0 to ${MAX_TWOJMAX / 2}), found ${jmax}`);
}

/** From here on the published values are rounding of S^(−1/2) in doubles. */
const LOST = 10;

function radialFunctions(details: Details): number {
  const n = details.integer('n_rbf', 1, 1000);
  if (n < LOST) return n;
  throw details.error(
    `with n_rbf ${n} MILADY's radial functions are rounding errors of its S^(-1/2), which no other code has: expected less than ${LOST}`,
  );
}

function spectrum(name: string): MiladyKind {
  return {
    name,
    v2: 'l_max n_rbf radial_type patch',
    settings: (details) => [
      ['lmax', details.integer('l_max', 0, 16)],
      ['n', radialFunctions(details)],
      ['radial', details.integer('radial_type (1 or 2)', 1, 2) === 1 ? 'orthonormal' : 'chebyshev'],
      ['centre', 'milady'],
    ],
  };
}

const kinds = new Map<number, MiladyKind>([
  [
    1,
    {
      name: 'g2',
      v1: 'eta_max n_eta n_rs',
      settings: (details) => [
        ['grid', 'milady'],
        ['etamax', details.number('eta_max')],
        ['neta', details.integer('n_eta', 2, 1000)],
        ['nrs', details.integer('n_rs', 1, 1000)],
      ],
    },
  ],
  [
    4,
    {
      name: 'afs',
      v1: 'afs_type n_rbf n_cheb',
      v2: 'afs_type n_rbf n_cheb patch',
      settings: (details) => [
        ['type', details.integer('afs_type (1 or 2)', 1, 2)],
        ['n', radialFunctions(details)],
        ['l', details.integer('n_cheb', 0, 20)],
      ],
    },
  ],
  [6, spectrum('pso3')],
  [8, { name: 'pso4', v2: 'jmax patch', settings: (details) => [['jmax', readJmax(details)]] }],
  [
    9,
    {
      name: 'bso4',
      v1: 'jmax diag',
      v2: 'jmax diag patch',
      settings: (details) => [
        ['jmax', readJmax(details)],
        ['set', details.integer('diag (0 full set, 1 diagonal)', 0, 1) === 1 ? 'diagonal' : 'full'],
      ],
    },
  ],
  [603, spectrum('pso3-3body')],
]);

const UNKNOWN = new Map([
  [1, 'G2: version 2 does not record the range of R_s'],
  [5, 'SOAP'],
  [300, 'ACE'],
]);

/** Throws InputError by `error` for a descriptor that this version does not have, or that is not known. */
export function kindOf(type: number, version: 1 | 2, error: (message: string) => InputError): MiladyKind {
  const words = (kind: MiladyKind) => (version === 1 ? kind.v1 : kind.v2);
  const kind = kinds.get(type);
  if (kind && words(kind)) return kind;
  const name = UNKNOWN.get(type) ?? kind?.name;
  const known = [...kinds].flatMap(([one, other]) => (words(other) ? [`${one} (${other.name})`] : []));
  throw error(
    `descriptor type ${type}${name ? ` (${name})` : ''} is not supported in version ${version}: expected ${known.join(', ')}`,
  );
}

/** The settings that `count` details, the order among them already read, stand for. */
export function readSettings(kind: MiladyKind, count: number, version: 1 | 2, details: Details): [string, Setting][] {
  const words = (version === 1 ? kind.v1 : kind.v2) ?? '';
  const expected = 1 + words.split(' ').length;
  // older files of version 2 leave the patch out
  const optional = words.endsWith('patch');
  if (count !== expected && !(optional && count === expected - 1))
    throw details.error(`expected ${expected} details (order ${words}), found ${count}`);
  const settings = kind.settings(details);
  if (optional && count === expected && details.integer('patch', 0) !== 0)
    throw details.error('potentials with a two-body patch are not supported yet: expected patch 0');
  return settings;
}
