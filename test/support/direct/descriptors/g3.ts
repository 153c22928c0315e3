/** Σ over ordered pairs of neighbours, every factor written out. */
import type { DirectDescriptor, DirectNeighbor } from './index.ts';
import { list, num, smooth, weight } from './settings.ts';

type Weight = (z: number) => number;

export function directAngular(
  neighbors: DirectNeighbor[],
  rc: number,
  [eta, lambda, zeta]: [number, number, number],
  w: Weight,
  z: number,
): number {
  let sum = 0;
  for (const j of neighbors) {
    for (const k of neighbors) {
      if (j === k) continue;
      const rjk = Math.hypot(...j.d.map((x, c) => x - k.d[c]));
      if (rjk >= rc) continue;
      const cosine = j.d.reduce((s, x, c) => s + x * k.d[c], 0) / (j.r * k.r);
      const squares = j.r ** 2 + k.r ** 2 + rjk ** 2;
      const f = smooth(j.r, rc) * smooth(k.r, rc) * smooth(rjk, rc);
      const ends = w(z) * w(j.z) * (w(j.z) * w(k.z)) * (w(z) * w(k.z));
      sum += 0.5 * 2 ** (1 - zeta) * (1 + lambda * cosine) ** zeta * Math.exp(-eta * squares) * f * ends;
    }
  }
  return sum;
}

export const directG3: DirectDescriptor = (settings, neighbors, z) => {
  const explicit = settings.get('grid') === 'explicit';
  const [n, nl, nz] = [num(settings, 'neta'), num(settings, 'nlambda'), num(settings, 'nzeta')];
  const up = (count: number) => Array.from({ length: count }, (_, k) => k + 1);
  const etas = explicit ? list(settings, 'etas') : up(n).map((p) => 0.01 + ((p - 1) * 0.79) / (n - 1));
  const lambdas = explicit ? list(settings, 'lambdas') : up(nl).map((p) => -1 + 2 * (p - 1));
  const zetas = explicit ? list(settings, 'zetas') : up(nz).map((p) => 2 ** (p - 1));
  const w = (element: number) => weight(settings, element);
  return etas.flatMap((eta) =>
    lambdas.flatMap((lambda) =>
      zetas.map((zeta) => directAngular(neighbors, num(settings, 'rcut'), [eta, lambda, zeta], w, z)),
    ),
  );
};
