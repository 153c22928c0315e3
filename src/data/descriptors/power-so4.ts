/**
 * The power spectrum of SO(4), p-SO(4), of the density that b-SO(4) has too (assembly/descriptors/power-so4.ts).
 *
 * A. P. Bartók, R. Kondor, G. Csányi, Phys. Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115; MILADY's angle.
 */
import { InputError } from '../errors.ts';
import { MAX_TWOJMAX } from '../potentials/snap.ts';
import { channelKeys, channelSuffix, channelsOf } from './channels.ts';
import { rcutKey } from './common.ts';
import type { DescriptorRecord } from './descriptor.ts';
import { Layout } from './layout.ts';
import { settingOf } from './settings.ts';

const { number } = settingOf;
const POWER_SO4 = 8;
const HEADER = 15;
/** f64 in a vector of two lanes, in a complex number of two vectors. */
const LANES = 2;
const COMPLEX = 4;
const SLOT = 10;

const halfSize = (j: number) => ((j + 1) * (j + 1) + 1) >> 1;
const levelSize = (j: number) => (((j + 1) >> 1) + 1) * (j + 1);
const sum = (J: number, size: (j: number) => number) =>
  Array.from({ length: J + 1 }, (_, j) => size(j)).reduce((a, b) => a + b, 0);

/** sqrt(s!(j−s)!/(k!(j−k)!)) in half-plane order: assembly/so4.ts. */
function norms(J: number): number[] {
  const factorial = [1];
  for (let i = 1; i <= J; i++) factorial.push(i * factorial[i - 1]);
  return Array.from({ length: J + 1 }, (_, j) =>
    Array.from({ length: halfSize(j) }, (_, i) => {
      const [k, s] = [Math.floor(i / (j + 1)), i % (j + 1)];
      return Math.sqrt((factorial[s] * factorial[j - s]) / (factorial[k] * factorial[j - k]));
    }),
  ).flat();
}

function doubled(jmax: number): number {
  if (Number.isInteger(2 * jmax)) return 2 * jmax;
  throw new InputError(`pso4: jmax: found ${jmax}; expected a multiple of 0.5`);
}

export const pso4: DescriptorRecord = {
  name: 'pso4',
  title: 'p-SO(4), hyperspherical power spectrum, doi:10.1103/PhysRevB.87.184115',
  keys: [
    rcutKey,
    {
      key: 'jmax',
      kind: 'number',
      fallback: 4,
      least: 0,
      most: MAX_TWOJMAX / 2,
      meaning: 'highest j, a multiple of 0.5',
    },
    ...channelKeys,
  ],
  blocks: (settings, species) => {
    const J = doubled(number(settings, 'jmax'));
    const cutoff = number(settings, 'rcut');
    const channels = channelsOf(settings, species);
    const half = sum(J, halfSize);
    const tower = sum(J, levelSize);
    const numbers = new Layout(HEADER);
    const scratch = new Layout();
    const weights = numbers.add(channels.flat());
    const header = [
      ...[J, channels.length, Math.PI / cutoff, (Math.PI - 0.02) / cutoff, weights, weights, numbers.add(norms(J))],
      ...[LANES * SLOT, COMPLEX * tower, COMPLEX * tower, COMPLEX * half * channels.length, COMPLEX * tower].map(
        (n) => scratch.take(n) / LANES,
      ),
      ...[scratch.take(COMPLEX * tower * species.length) / LANES, half, tower],
    ];
    return [
      {
        kind: POWER_SO4,
        labels: channels.flatMap((_, c) => Array.from({ length: J + 1 }, (_, l) => `pSO4_${l}${channelSuffix(c)}`)),
        numbers: numbers.with(header),
        scratch: 8 * scratch.size,
        own: 4,
        cutoff,
      },
    ];
  },
};
