/** The bispectrum by full matrices and full sums (direct/snap.ts), from the settings of bso4 and snap. */
import { directComponent, directTriples, directU, type Matrix } from '../snap.ts';
import type { DirectDescriptor, DirectNeighbor } from './index.ts';
import { num } from './settings.ts';

interface Density {
  J: number;
  cutoff: (z: number) => number;
  rfac0: number;
  rmin0: number;
  weight: (z: number) => number;
  counts: (z: number) => boolean;
  /** Of the centre's own term. */
  self: number;
}

function density(neighbors: DirectNeighbor[], { J, cutoff, rfac0, rmin0, weight, counts, self }: Density): Matrix[] {
  const U = directU(J, [1, 0], [0, 0]).map((level) =>
    level.map((row) => row.map(([re, im]) => [self * re, self * im] as [number, number])),
  );
  for (const { d, r, z } of neighbors) {
    const rc = cutoff(z);
    if (r >= rc || !counts(z)) continue;
    const t = (rfac0 * Math.PI * (r - rmin0)) / (rc - rmin0);
    const f = r <= rmin0 ? 1 : 0.5 * (1 + Math.cos((Math.PI * (r - rmin0)) / (rc - rmin0)));
    const s = Math.sin(t) / r;
    directU(J, [Math.cos(t), -s * d[2]], [s * d[1], -s * d[0]]).forEach((level, j) => {
      level.forEach((row, m) => {
        row.forEach(([re, im], k) => {
          U[j][m][k][0] += weight(z) * f * re;
          U[j][m][k][1] += weight(z) * f * im;
        });
      });
    });
  }
  return U;
}

const table = (value: unknown, z: number, fallback: number): number =>
  value instanceof Map ? (value.get(z) ?? Number.NaN) : fallback;

export const directBso4: DirectDescriptor = (settings, neighbors) => {
  const J = 2 * num(settings, 'jmax');
  const rc = num(settings, 'rcut');
  const channels = ['weights', 'weights2', 'weights3'].filter((key, k) => k === 0 || settings.has(key));
  return channels.flatMap((key) => {
    const U = density(neighbors, {
      J,
      cutoff: () => rc,
      rfac0: 1 - 0.02 / Math.PI,
      rmin0: 0,
      weight: (z) => table(settings.get(key), z, 1),
      counts: () => true,
      self: 1,
    });
    const list = directTriples(J, settings.get('set') === 'diagonal');
    return list.map(([l1, l2, l]) => directComponent(l1, l2, l, U, U, U));
  });
};

/** Without bzero and bnorm, whose effect direct/snap.ts checks for the form. */
export const directSnapBlock: DirectDescriptor = (settings, neighbors, z) => {
  const J = num(settings, 'twojmax');
  const radius = (element: number) => table(settings.get('radii'), element, 0.5);
  const weights = settings.get('weights');
  const species = settings.get('chem') === '1' && weights instanceof Map ? [...weights.keys()] : [0];
  const chem = species[0] !== 0;
  const U = species.map((element) =>
    density(neighbors, {
      J,
      cutoff: (other) => num(settings, 'rcut') * (radius(z) + radius(other)),
      rfac0: num(settings, 'rfac0'),
      rmin0: num(settings, 'rmin0'),
      weight: (other) => table(weights, other, 1),
      counts: (other) => !chem || other === element,
      self: !chem || element === z || settings.get('wselfall') === '1' ? 1 : 0,
    }),
  );
  return U.flatMap((a) =>
    U.flatMap((b) =>
      U.flatMap((c) => directTriples(J, false).map(([l1, l2, l]) => directComponent(l1, l2, l, a, b, c))),
    ),
  );
};
