/**
 * p-SO(3), its form with three bodies and p-SO(4) from their formulas: complex spherical harmonics by Legendre's sums,
 * whole matrices U of complex numbers. What `settings` means is read here once more.
 */
import type { Settings } from '../../../../src/data/descriptors/settings.ts';
import { directU } from '../snap.ts';
import type { DirectDescriptor, DirectNeighbor } from './index.ts';
import { directChebyshevRadial, directRadial } from './radial.ts';
import { num } from './settings.ts';

type Complex = [number, number];

const fact = (n: number): number => (n <= 1 ? 1 : n * fact(n - 1));

/** P_l^m(x), with the Condon–Shortley phase, m ≥ 0. */
function legendre(l: number, m: number, x: number): number {
  let sum = 0;
  for (let k = 0; 2 * k <= l - m; k++) {
    const term = fact(2 * l - 2 * k) / (fact(k) * fact(l - k) * fact(l - 2 * k - m));
    sum += (k % 2 === 0 ? term : -term) * x ** (l - 2 * k - m);
  }
  return ((-1) ** m * sum * (1 - x * x) ** (m / 2)) / 2 ** l;
}

/** Y_lm, orthonormal. */
export function sphericalHarmonic(l: number, m: number, d: readonly number[]): Complex {
  const r = Math.sqrt(d[0] ** 2 + d[1] ** 2 + d[2] ** 2);
  const k = Math.abs(m);
  const size =
    Math.sqrt((((2 * l + 1) / (4 * Math.PI)) * fact(l - k)) / fact(l + k)) * legendre(l, k, Math.min(1, d[2] / r));
  const phi = Math.atan2(d[1], d[0]);
  const sign = m < 0 && k % 2 === 1 ? -1 : 1;
  return [sign * size * Math.cos(m * phi), sign * size * Math.sin(m * phi)];
}

/** Weights by element, a map per channel; undefined: all 1. */
function channels(settings: Settings): (ReadonlyMap<number, number> | undefined)[] {
  const maps = ['weights', 'weights2', 'weights3'].map((key) => settings.get(key));
  return maps
    .filter((map, k) => k === 0 || map !== undefined)
    .map((map) => (map instanceof Map ? (map as Map<number, number>) : undefined));
}

/** c_plm of one channel: [p][l][m + l]. */
function coefficients(
  z: number,
  neighbors: readonly DirectNeighbor[],
  settings: Settings,
  weight: (z: number) => number,
) {
  const [n, L, cutoff] = ['n', 'lmax', 'rcut'].map((key) => num(settings, key));
  const radial = settings.get('radial') === 'chebyshev' ? directChebyshevRadial : directRadial;
  const rows = settings.get('radial') === 'chebyshev' ? n + 1 : n;
  const centre = settings.get('centre');
  const c = Array.from({ length: rows }, () =>
    Array.from({ length: L + 1 }, (_, l) =>
      Array.from({ length: 2 * l + 1 }, (_, m): Complex => {
        const own = m === l && (centre === 'milady' || (centre === 'scalar' && l === 0));
        return [own ? weight(z) * Math.sqrt((2 * l + 1) / (4 * Math.PI)) : 0, 0];
      }),
    ),
  );
  for (const { z: zn, d, r } of neighbors) {
    if (r >= cutoff) continue;
    const g = radial(n, cutoff, r);
    for (let l = 0; l <= L; l++) {
      for (let m = -l; m <= l; m++) {
        const [re, im] = sphericalHarmonic(l, m, d);
        c.forEach((cp, p) => {
          cp[l][m + l][0] += weight(zn) * g[p] * re;
          cp[l][m + l][1] += weight(zn) * g[p] * im;
        });
      }
    }
  }
  return c;
}

function so3(pairs: boolean): DirectDescriptor {
  return (settings, neighbors, z) =>
    channels(settings).flatMap((map) => {
      const c = coefficients(z, neighbors, settings, (element) => map?.get(element) ?? 1);
      return c.flatMap((cp, p) =>
        c
          .filter((_, q) => pairs || q === p)
          .flatMap((cq) =>
            cp.map((cl, l) => cl.reduce((s, [re, im], m) => s + re * cq[l][m][0] + im * cq[l][m][1], 0)),
          ),
      );
    });
}

export const directPso3 = so3(false);
export const directPso3Pairs = so3(true);

export const directPso4: DirectDescriptor = (settings, neighbors, z) => {
  const J = 2 * num(settings, 'jmax');
  const cutoff = num(settings, 'rcut');
  return channels(settings).flatMap((map) => {
    const weight = (element: number) => map?.get(element) ?? 1;
    const c = directU(J, [1, 0], [0, 0]).map((level) =>
      level.map((row) => row.map(([re, im]): Complex => [weight(z) * re, weight(z) * im])),
    );
    for (const { z: zn, d, r } of neighbors) {
      if (r >= cutoff) continue;
      const t = ((Math.PI - 0.02) * r) / cutoff;
      const s = Math.sin(t) / r;
      const f = 0.5 * weight(zn) * (Math.cos((Math.PI * r) / cutoff) + 1);
      directU(J, [Math.cos(t), -s * d[2]], [s * d[1], -s * d[0]]).forEach((level, j) => {
        level.forEach((row, m) => {
          row.forEach(([re, im], k) => {
            c[j][m][k][0] += f * re;
            c[j][m][k][1] += f * im;
          });
        });
      });
    }
    return c.map((level) => level.flat().reduce((sum, [re, im]) => sum + re * re + im * im, 0));
  });
};
