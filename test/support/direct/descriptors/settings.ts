/** Settings by their types, for the direct sums. */
import type { Settings } from '../../../../src/data/descriptors/settings.ts';

export const num = (settings: Settings, key: string): number => Number(settings.get(key));
export const list = (settings: Settings, key: string): number[] => {
  const value = settings.get(key);
  return Array.isArray(value) ? value : [];
};
/** Weight of an element, 1 by default. */
export const weight = (settings: Settings, z: number): number => {
  const value = settings.get('weights');
  return value instanceof Map ? (value.get(z) ?? Number.NaN) : 1;
};
/** (cos(πr/rc) + 1)/2. */
export const smooth = (r: number, cutoff: number): number =>
  r < cutoff ? 0.5 * (Math.cos((Math.PI * r) / cutoff) + 1) : 0;
