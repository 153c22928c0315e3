/** ½ Σ over ordered pairs of distinct neighbours of g_p g_q T_l(cos), times the weights. */
import type { DirectDescriptor, DirectNeighbor } from './index.ts';

import { directRadial } from './radial.ts';
import { num } from './settings.ts';

/** T_l of a cosine, by the angle. */
const chebyshev = (l: number, cosine: number) => Math.cos(l * Math.acos(Math.max(-1, Math.min(1, cosine))));

export const directAfs: DirectDescriptor = (settings, neighbors, z) => {
  const [n, L, type, rc] = ['n', 'l', 'type', 'rcut'].map((key) => num(settings, key));
  const inside = neighbors.filter(({ r }) => r < rc);
  const g = inside.map(({ r }) => directRadial(n, rc, r));
  const cosine = (a: DirectNeighbor, b: DirectNeighbor) => a.d.reduce((s, x, c) => s + x * b.d[c], 0) / (a.r * b.r);
  const T = inside.map((a) => inside.map((b) => Array.from({ length: L + 1 }, (_, l) => chebyshev(l, cosine(a, b)))));
  const channels = ['weights', 'weights2', 'weights3'].filter((key, k) => k === 0 || settings.has(key));
  const up = Array.from({ length: n }, (_, p) => p);
  return channels.flatMap((key) => {
    const table = settings.get(key);
    const w = (element: number) => (table instanceof Map ? (table.get(element) ?? Number.NaN) : 1);
    return up.flatMap((p) =>
      (type === 2 ? up : [p]).flatMap((q) =>
        Array.from({ length: L + 1 }, (_, l) => {
          let sum = 0;
          inside.forEach((a, i) => {
            inside.forEach((b, k) => {
              if (i !== k) sum += 0.5 * w(z) * w(a.z) * w(b.z) * g[i][p] * g[k][q] * T[i][k][l];
            });
          });
          return sum;
        }),
      ),
    );
  });
};
