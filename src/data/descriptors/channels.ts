/**
 * Channels of weights, MILADY's way to several elements in the descriptors of a density: the components of a channel are
 * those of the density in which a neighbour counts with its element's weight, and so does the centre's own term.
 */

import { weightsKey } from './common.ts';
import type { SettingKey, Settings } from './settings.ts';
import { settingOf } from './settings.ts';

const channelKey = (k: number): SettingKey => ({
  key: `weights${k}`,
  kind: 'elements',
  optional: true,
  meaning: `weights of a ${k === 2 ? 'second' : 'third'} channel, Fe:1,W:2.5; its components follow`,
});

export const channelKeys: readonly SettingKey[] = [weightsKey, channelKey(2), channelKey(3)];

/** The weights of every element, one row per channel. */
export function channelsOf(settings: Settings, species: readonly number[]): number[][] {
  const keys = ['weights', ...['weights2', 'weights3'].filter((key) => settings.has(key))];
  return keys.map((key) => settingOf.elements(settings, key, species));
}

/** What the labels of a channel end with: nothing for the first. */
export const channelSuffix = (channel: number) => (channel === 0 ? '' : `_c${channel + 1}`);
