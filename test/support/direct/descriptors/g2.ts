/** Σ_n f(r) exp(−η (r − R_s)²), times the weights of neighbour and centre. */
import type { DirectDescriptor } from './index.ts';
import { list, num, smooth, weight } from './settings.ts';

export const directG2: DirectDescriptor = (settings, neighbors, z) => {
  const rc = num(settings, 'rcut');
  const grid = settings.get('grid');
  const [n, s] = [num(settings, 'neta'), num(settings, 'nrs')];
  const [low, high] = [num(settings, 'etamin'), num(settings, 'etamax')];
  let etas: number[] = [];
  let shifts: number[] = [];
  if (grid === 'explicit') {
    etas = list(settings, 'etas');
    shifts = settings.has('shifts') ? list(settings, 'shifts') : [0];
  } else if (grid === 'behler') {
    etas = [0.001, 0.01, 0.02, 0.035, 0.06, 0.1, 0.2, 0.4].map((eta) => eta / 0.529177210903 ** 2);
    shifts = [0];
  } else if (grid === 'milady') {
    for (let p = 1; p <= n; p++) etas.push(0.01 + ((p - 1) * (high - 0.01)) / (n - 1));
    for (let k = 0; k < s; k++) shifts.push(k);
  } else {
    for (let p = 1; p <= n; p++) etas.push(n === 1 ? low : (low + ((p - 1) * (high - low)) / (n - 1)) ** -2);
    const [a, b] = [num(settings, 'rsmin'), num(settings, 'rsmax')];
    for (let k = 1; k <= s; k++) shifts.push(s === 1 ? a : a + ((k - 1) * (b - a)) / (s - 1));
  }
  return etas.flatMap((eta) =>
    shifts.map((shift) =>
      neighbors.reduce(
        (sum, { r, z: other }) =>
          sum + weight(settings, z) * weight(settings, other) * smooth(r, rc) * Math.exp(-eta * (r - shift) ** 2),
        0,
      ),
    ),
  );
};
