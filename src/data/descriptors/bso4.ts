/**
 * The bispectrum: MILADY's b-SO(4), full and diagonal, and SNAP's with its flags, by the recurrence kernels
 * (assembly/descriptors/bso4.ts). Alone in a potential they are of the faster form 'snap' (src/data/potentials/snap.ts).
 *
 * A. P. Thompson et al., J. Comput. Phys. 285, 316 (2015), doi:10.1016/j.jcp.2014.12.018.
 */
import { type Triple, triples } from '../bispectrum-plan.ts';
import { symbolOf } from '../elements.ts';
import { InputError } from '../errors.ts';
import { MAX_TWOJMAX, type SnapOptions, snapPotential, snapScratch } from '../potentials/snap.ts';
import { channelKeys, channelSuffix, channelsOf } from './channels.ts';
import { rcutKey, weightsKey } from './common.ts';
import type { Block, DescriptorRecord } from './descriptor.ts';
import { type SettingKey, type Settings, settingOf } from './settings.ts';

const { number, word, elements } = settingOf;
const BSO4 = 9;
const RFAC0 = 1 - 0.02 / Math.PI;
/** Behind the scratch of assembly/potentials/snap.ts: zeros in place of a neighbour. */
const ZERO_BYTES = 80;
/** f64 of a neighbour. */
const OWN = 10;

/** A SNAP potential without coefficients. */
export interface BispectrumOptions extends Omit<SnapOptions, 'elements'> {
  elements: { number: number; radius: number; weight: number }[];
}

function blockOf(options: BispectrumOptions, suffix = ''): Block {
  const { twojmax, diagonal = false, chemflag = false } = options;
  const list = triples(twojmax, diagonal);
  const symbols = options.elements.map(({ number: z }) => symbolOf(z));
  const channels = chemflag
    ? symbols.flatMap((a) => symbols.flatMap((b) => symbols.map((c) => `_${a}_${b}_${c}`)))
    : [''];
  const labels = channels.flatMap((channel) =>
    list.map((triple: Triple) => `B_${triple.join('_')}${channel}${suffix}`),
  );
  const coefficients = new Float64Array(1 + labels.length);
  const bare = options.elements.map((element) => ({ ...element, coefficients }));
  const potential = snapPotential({ ...options, quadraticflag: false, elements: bare });
  return {
    kind: BSO4,
    labels,
    numbers: potential.params,
    scratch: snapScratch(potential) + ZERO_BYTES,
    own: OWN,
    cutoff: potential.cutoff,
  };
}

/** One per channel. */
function bso4Options(settings: Settings, species: readonly number[]): BispectrumOptions[] {
  const jmax = number(settings, 'jmax');
  const twojmax = 2 * jmax;
  if (!Number.isInteger(twojmax)) throw new InputError(`bso4: expected jmax (a multiple of 0.5), found ${jmax}`);
  return channelsOf(settings, species).map((weights) => ({
    twojmax,
    rcutfac: number(settings, 'rcut'),
    rfac0: RFAC0,
    bzeroflag: false,
    diagonal: word(settings, 'set') === 'diagonal',
    elements: species.map((z, t) => ({ number: z, radius: 0.5, weight: weights[t] })),
  }));
}

function snapOptions(settings: Settings, species: readonly number[]): BispectrumOptions {
  const flag = (key: string) => word(settings, key) === '1';
  const weights = elements(settings, 'weights', species);
  const radii = settings.has('radii') ? elements(settings, 'radii', species) : species.map(() => 0.5);
  return {
    twojmax: number(settings, 'twojmax'),
    rcutfac: number(settings, 'rcut'),
    rfac0: number(settings, 'rfac0'),
    rmin0: number(settings, 'rmin0'),
    bzeroflag: flag('bzero'),
    bnormflag: flag('bnorm'),
    chemflag: flag('chem'),
    wselfallflag: flag('wselfall'),
    elements: species.map((z, t) => ({ number: z, radius: radii[t], weight: weights[t] })),
  };
}

/** The options of SNAP where the descriptor is one density of it: what the faster kernels serve. */
export function bispectrumOf(
  name: string,
  settings: Settings,
  species: readonly number[],
): BispectrumOptions | undefined {
  if (name === 'snap') return snapOptions(settings, species);
  const channels = name === 'bso4' ? bso4Options(settings, species) : [];
  return channels.length === 1 ? channels[0] : undefined;
}

const flagKey = (key: string, meaning: string): SettingKey => ({
  key,
  kind: { choices: ['0', '1'] },
  fallback: '0',
  meaning,
});

export const bso4: DescriptorRecord = {
  name: 'bso4',
  title: 'b-SO(4), bispectrum, doi:10.1103/PhysRevLett.104.136403',
  keys: [
    rcutKey,
    { key: 'jmax', kind: 'number', fallback: 3.5, least: 0, most: MAX_TWOJMAX / 2, meaning: 'a multiple of 0.5' },
    { key: 'set', kind: { choices: ['full', 'diagonal'] }, fallback: 'full', meaning: 'all components, or l1 = l2' },
    ...channelKeys,
  ],
  blocks: (settings, species) =>
    bso4Options(settings, species).map((options, channel) => blockOf(options, channelSuffix(channel))),
};

export const snap: DescriptorRecord = {
  name: 'snap',
  title: 'SNAP, bispectrum, doi:10.1016/j.jcp.2014.12.018',
  keys: [
    { ...rcutKey, meaning: 'cutoff of a pair whose radii add up to 1, Å' },
    { key: 'twojmax', kind: 'integer', fallback: 8, least: 0, most: MAX_TWOJMAX, meaning: '2J' },
    { key: 'rfac0', kind: 'number', fallback: 0.99363, least: 1e-6, most: 9, meaning: 'angle at the cutoff over π' },
    { key: 'rmin0', kind: 'number', fallback: 0, least: 0, meaning: 'inner radius, Å' },
    flagKey('bzero', "1: less the isolated atom's components"),
    flagKey('bnorm', '1: components over l + 1'),
    flagKey('chem', '1: a density for every element of the neighbours'),
    flagKey('wselfall', "1: the centre's own term in the densities of all elements"),
    weightsKey,
    {
      key: 'radii',
      kind: 'elements',
      optional: true,
      meaning: 'radius of every element, in units of rcut; default 0.5',
    },
  ],
  blocks: (settings, species) => [blockOf(snapOptions(settings, species))],
};
