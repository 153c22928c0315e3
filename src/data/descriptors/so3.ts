/**
 * The power spectrum of SO(3), p-SO(3), and its form with three bodies (assembly/descriptors/so3.ts).
 *
 * A. P. Bartók, R. Kondor, G. Csányi, Phys. Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115; MILADY's radial
 * functions and own terms, whose c_plm has the centre's at m = 0 for every l: from l = 1 on its components turn with the
 * axes. `centre=scalar` keeps that of l = 0 alone and is invariant.
 */
import { channelKeys, channelSuffix, channelsOf } from './channels.ts';
import { rcutKey } from './common.ts';
import type { Block, DescriptorRecord } from './descriptor.ts';
import { harmonicsTable } from './harmonics.ts';
import { Layout } from './layout.ts';
import { chebyshevTable, orthonormalTable, radialBasis } from './radial-basis.ts';
import { type SettingKey, type Settings, settingOf } from './settings.ts';

const { number, word } = settingOf;
const SO3 = 6;
const HEADER = 22;
const doi = 'doi:10.1103/PhysRevB.87.184115';

const keys: SettingKey[] = [
  rcutKey,
  { key: 'n', kind: 'integer', fallback: 4, least: 1, most: 20, meaning: 'radial functions' },
  { key: 'lmax', kind: 'integer', fallback: 4, least: 0, most: 16, meaning: 'highest l' },
  {
    key: 'radial',
    kind: { choices: ['orthonormal', 'chebyshev'] },
    fallback: 'orthonormal',
    meaning: 'orthonormal (MILADY type 1) or chebyshev (type 2: n functions and before them one that is zero)',
  },
  {
    key: 'centre',
    kind: { choices: ['scalar', 'none', 'milady'] },
    fallback: 'scalar',
    meaning:
      "the centre's own term: in l = 0 alone, none, or MILADY's in all l, which is not invariant under rotations",
  },
  ...channelKeys,
];

interface Radial {
  /** Functions before the matrix. */
  functions: number;
  table: number[];
  /** (rows, functions). */
  matrix: Float64Array;
  rows: number;
}

function radialOf(settings: Settings): Radial {
  const n = number(settings, 'n');
  const cutoff = number(settings, 'rcut');
  if (word(settings, 'radial') === 'orthonormal') {
    return { functions: n, table: orthonormalTable(n, cutoff), matrix: radialBasis(n).rotation, rows: n };
  }
  const matrix = new Float64Array((n + 1) * n);
  for (let k = 0; k < n; k++) matrix[(k + 1) * n + k] = 1;
  return { functions: n, table: chebyshevTable(n, cutoff), matrix, rows: n + 1 };
}

/** The centre's term in c_pl0: [channel][type][l]. */
function ownTerms(settings: Settings, channels: number[][], L: number): number[] {
  const centre = word(settings, 'centre');
  const last = centre === 'none' ? -1 : centre === 'scalar' ? 0 : L;
  return channels
    .flat()
    .flatMap((weight) =>
      Array.from({ length: L + 1 }, (_, l) => (l <= last ? weight * Math.sqrt((2 * l + 1) / (4 * Math.PI)) : 0)),
    );
}

function block(settings: Settings, species: readonly number[], pairs: boolean): Block {
  const L = number(settings, 'lmax');
  const { functions, table, matrix, rows } = radialOf(settings);
  const channels = channelsOf(settings, species);
  const square = (L + 1) * (L + 1);
  const stride = 4 * Math.ceil(square / 4);
  const numbers = new Layout(HEADER);
  const scratch = new Layout();
  const own = new Layout();
  const header = [
    ...[channels.length, functions, rows, L, pairs ? 1 : 0, stride],
    ...[channels.flat(), ownTerms(settings, channels, L), table, matrix, harmonicsTable(L)].map((s) => numbers.add(s)),
    ...[channels.length * functions * stride, channels.length * rows * stride].map((n) => scratch.take(n)),
    ...[stride, species.length * functions * stride, stride, 3].map((n) => scratch.take(n)),
    ...[functions, functions, square, 2 * (L + 1), stride].map((n) => own.take(n)),
  ];
  return {
    kind: SO3,
    labels: channels.flatMap((_, channel) => labelsOf(rows, L, pairs).map((label) => label + channelSuffix(channel))),
    numbers: numbers.with(header),
    scratch: 8 * scratch.size,
    own: own.size,
    cutoff: number(settings, 'rcut'),
  };
}

/** p outer, (q,) l inner; from 1 on. */
function labelsOf(rows: number, L: number, pairs: boolean): string[] {
  const up = (n: number, first: number) => Array.from({ length: n }, (_, k) => k + first);
  return up(rows, 1).flatMap((p) =>
    (pairs ? up(rows, 1) : [p]).flatMap((q) => up(L + 1, 0).map((l) => `pSO3_${p}${pairs ? `_${q}` : ''}_${l}`)),
  );
}

export const pso3: DescriptorRecord = {
  name: 'pso3',
  title: `p-SO(3), power spectrum, ${doi}`,
  keys,
  blocks: (settings, species) => [block(settings, species, false)],
};

export const pso3Pairs: DescriptorRecord = {
  name: 'pso3-3body',
  title: `p-SO(3) of all pairs of radial functions (MILADY's type 603), ${doi}`,
  keys,
  blocks: (settings, species) => [block(settings, species, true)],
};
