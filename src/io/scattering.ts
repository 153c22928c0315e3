/**
 * Wavelet scattering as text: `scattering sigma=0.5A spacing=0.3 scales=0,1,2`. Its numbers are those of a structure, so
 * it stands apart from the descriptors of atoms (descriptor.ts).
 */
import { readSetting, type SettingKey, settingOf } from '../data/descriptors/settings.ts';
import { InputError } from '../data/errors.ts';
import { didYouMean } from '../data/nearest.ts';
import { SCALES, type ScatteringSettings, scatteringDefaults } from '../data/scattering.ts';
import { quote } from './lines.ts';

const NAME = 'scattering';

export const scatteringKeys: readonly SettingKey[] = [
  { key: 'sigma', kind: 'length', fallback: scatteringDefaults.sigma, meaning: "width of the density's Gaussians, Å" },
  {
    key: 'spacing',
    kind: 'number',
    fallback: scatteringDefaults.spacing,
    least: 0.05,
    most: 0.4,
    meaning: 'distance of the points of the grid, in widths sqrt(4^j + sigma²) of a scale',
  },
  { key: 'scales', kind: 'numbers', fallback: SCALES, least: -2, most: 8, meaning: 'j of the scales 2^j Å' },
];

/** True of a text that is scattering's, and not a descriptor's of atoms. */
export function isScattering(text: string): boolean {
  return /^\s*scattering\b/.test(text);
}

/** Throws InputError for unknown keys (with the nearest one), keys given twice and values out of bounds. */
export function parseScattering(text: string): ScatteringSettings {
  const [name, ...words] = text.trim().replace(/[()]/g, ' ').trim().split(/\s+/);
  if (name !== NAME) throw new InputError(`expected scattering key=value …, found ${quote(text)}`);
  const settings = new Map(scatteringKeys.map(({ key, fallback = 0 }) => [key, fallback]));
  const given = new Set<string>();
  for (const word of words) {
    const at = word.indexOf('=');
    const key = word.slice(0, Math.max(0, at));
    if (at < 0)
      throw new InputError(
        `${NAME}: expected key=value, found ${quote(word)}; it is a descriptor of its own, not a part`,
      );
    const known = scatteringKeys.find((one) => one.key === key);
    if (!known) {
      const names = scatteringKeys.map((one) => one.key);
      throw new InputError(
        `${NAME}: unknown key ${quote(key)}${didYouMean(key, names)}; accepted: ${names.join(', ')}`,
      );
    }
    if (given.has(key)) throw new InputError(`${NAME}: ${key} is given twice`);
    given.add(key);
    settings.set(key, readSetting(known, word.slice(at + 1), `${NAME} ${key}`));
  }
  return {
    sigma: settingOf.number(settings, 'sigma'),
    spacing: settingOf.number(settings, 'spacing'),
    scales: settingOf.numbers(settings, 'scales') ?? SCALES,
  };
}

/** All settings: what numbers of scattering mean depends on them. */
export function formatScattering({ sigma, spacing, scales }: ScatteringSettings): string {
  return `${NAME} sigma=${sigma}A spacing=${spacing} scales=${scales.join(',')}`;
}
