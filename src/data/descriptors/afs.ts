/**
 * Angular Fourier series, MILADY's type 4 in both kinds (assembly/descriptors/afs.ts).
 *
 * A. P. Bartók, R. Kondor, G. Csányi, Phys. Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115; for entropies:
 * C. Lapointe et al., Phys. Rev. Materials 4, 063802 (2020), doi:10.1103/PhysRevMaterials.4.063802.
 */
import { channelKeys, channelSuffix, channelsOf } from './channels.ts';
import { rcutKey } from './common.ts';
import type { Block, DescriptorRecord } from './descriptor.ts';
import { harmonicsTable, MAX_L } from './harmonics.ts';
import { Layout } from './layout.ts';
import { MAX_RADIAL, orthonormalSteps, radialBasis } from './radial-basis.ts';
import { type Settings, settingOf } from './settings.ts';

const { number } = settingOf;
const AFS = 4;
const HEADER = 22;
/** Rows of what a neighbour is. */
const LINES = 7;

/** T_l = Σ_λ t_lλ P_λ, (L+1)²: from T_{l+1} = 2x T_l − T_{l−1} and (2λ+1) x P_λ = (λ+1) P_{λ+1} + λ P_{λ−1}. */
export function chebyshevByLegendre(L: number): number[][] {
  const rows = [[1], [0, 1]];
  for (let l = 2; l <= L; l++) {
    const row = new Array<number>(l + 1).fill(0);
    rows[l - 1].forEach((t, k) => {
      row[k + 1] += (2 * t * (k + 1)) / (2 * k + 1);
      if (k > 0) row[k - 1] += (2 * t * k) / (2 * k + 1);
    });
    rows[l - 2].forEach((t, k) => {
      row[k] -= t;
    });
    rows.push(row);
  }
  return rows.slice(0, L + 1).map((row) => Array.from({ length: L + 1 }, (_, k) => row[k] ?? 0));
}

function block(settings: Settings, weights: number[], suffix: string): Block {
  const [n, L, kind, cutoff] = ['n', 'l', 'type', 'rcut'].map((key) => number(settings, key));
  const P = 4 * Math.ceil(n / 4);
  const S = (L + 1) * (L + 1);
  const numbers = new Layout(HEADER);
  const scratch = new Layout();
  const own = new Layout();
  // O transposed, its rows with zeros to P
  const rotation = Array.from({ length: n * P }, (_, at) => {
    const p = at % P;
    return p < n ? radialBasis(n).rotation[p * n + Math.floor(at / P)] : 0;
  });
  const expansion = chebyshevByLegendre(L).map((row) => row.map((t, k) => (2 * Math.PI * t) / (2 * k + 1)));
  const factors = weights.flatMap((w) => [w, w]);
  const header = [
    ...[n, P, L, kind, S],
    ...[factors, orthonormalSteps(n, cutoff), rotation, harmonicsTable(L), expansion.flat()].map((s) => numbers.add(s)),
    ...[2, S * P, S * P, n * P, n * P, 16 * P + 4 * S + 8].map((size) => scratch.take(size)),
    ...[LINES, n, P, ((L + 1) * (L + 2)) / 2, S].map((size) => own.take(size)),
    scratch.take(4 * P + 12 * S + 4 * (L + 1) * P),
  ];
  const up = (count: number, first: number) => Array.from({ length: count }, (_, k) => k + first);
  const labels = up(n, 1).flatMap((p) =>
    (kind === 2 ? up(n, 1) : [p]).flatMap((q) =>
      up(L + 1, 0).map((l) => `AFS_${p}${kind === 2 ? `_${q}` : ''}_${l}${suffix}`),
    ),
  );
  return { kind: AFS, labels, numbers: numbers.with(header), scratch: 8 * scratch.size, own: own.size, cutoff };
}

export const afs: DescriptorRecord = {
  name: 'afs',
  title: 'Angular Fourier series, doi:10.1103/PhysRevB.87.184115',
  keys: [
    rcutKey,
    { key: 'n', kind: 'integer', fallback: 20, least: 1, most: MAX_RADIAL, meaning: 'radial functions' },
    {
      key: 'l',
      kind: 'integer',
      fallback: 10,
      least: 0,
      most: MAX_L,
      meaning: 'highest order of the Chebyshev polynomials',
    },
    {
      key: 'type',
      kind: 'integer',
      fallback: 1,
      least: 1,
      most: 2,
      meaning: '1: n (l+1) components; 2: of all pairs of radial functions',
    },
    ...channelKeys,
  ],
  blocks: (settings, species) =>
    channelsOf(settings, species).map((weights, channel) => block(settings, weights, channelSuffix(channel))),
};
