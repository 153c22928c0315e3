/** Keys and small things that several descriptors share. */
import type { SettingKey } from './settings.ts';

export const rcutKey: SettingKey = {
  key: 'rcut',
  kind: 'length',
  fallback: 5,
  meaning: 'cutoff, Å',
};

export const weightsKey: SettingKey = {
  key: 'weights',
  kind: 'elements',
  optional: true,
  meaning: 'weight of every element (a channel of MILADY), Fe:1,W:2.5; default: 1, chemistry does not count',
};

/** The numbers with zeros to an even count. */
export const evened = (numbers: readonly number[]): number[] => [...numbers, ...(numbers.length % 2 === 1 ? [0] : [])];

/** Of n numbers from a to b in equal steps, the first where there is one. */
export function linear(n: number, a: number, b: number): number[] {
  return Array.from({ length: n }, (_, k) => (n === 1 ? a : a + (k * (b - a)) / (n - 1)));
}
