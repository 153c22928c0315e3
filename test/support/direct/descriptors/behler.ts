/** The 8 + 43 functions of spec §7, every one listed. */
import { directAngular } from './g3.ts';
import type { DirectDescriptor } from './index.ts';
import { smooth, weight } from './settings.ts';

const repeat = <T>(n: number, items: T[]): T[] => Array.from({ length: n }, () => items).flat();
const times = (n: number, x: number) => repeat(n, [x]);

const ETAS = [
  ...[...times(4, 0.0001), ...times(4, 0.003), ...times(4, 0.008)],
  ...[...times(8, 0.015), ...times(8, 0.025), ...times(8, 0.045), ...times(7, 0.08)],
];
const ZETAS = [...repeat(3, [1, 1, 2, 2]), ...repeat(3, [1, 1, 2, 2, 4, 4, 16, 16]), ...[1, 1, 2, 2, 4, 4, 16]];

export const directBehler: DirectDescriptor = (settings, neighbors, z) => {
  const rc = 11.338 * 0.52917721067;
  const w = (element: number) => weight(settings, element);
  const radial = [0.001, 0.01, 0.02, 0.035, 0.06, 0.1, 0.2, 0.4].map((eta) =>
    neighbors.reduce(
      (sum, n) => sum + w(z) * w(n.z) * smooth(n.r, rc) * Math.exp((-eta / 0.52917721067 ** 2) * n.r ** 2),
      0,
    ),
  );
  const angular = ETAS.map((eta, k) => {
    const lambda = k === 42 ? 1 : k % 2 === 0 ? -1 : 1;
    return directAngular(neighbors, rc, [eta / 0.52917721077 ** 2, lambda, ZETAS[k]], w, z);
  });
  const set = settings.get('set');
  return [...(set === 'angular' ? [] : radial), ...(set === 'radial' ? [] : angular)];
};
