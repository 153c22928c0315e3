/** Mean square displacement against time, over all origins, and the diffusion coefficient of its slope (Einstein). */
import { InputError } from '../data/errors.ts';
import type { Path } from './trajectory.ts';

export interface Displacements {
  /** (lags) frames between. */
  lag: Int32Array;
  /** (lags) Å², mean over atoms and origins; then along x, y, z. */
  total: Float64Array;
  along: [Float64Array, Float64Array, Float64Array];
}

/** Origins are thinned above this many atom displacements for one lag. */
const MOST = 2e7;

/** Lags up to half of the trajectory, where at least half of the frames are origins. `chosen`: which atoms, default all. */
export function meanSquareDisplacement({ positions }: Path, chosen?: readonly number[]): Displacements {
  const frames = positions.length;
  const lags = Math.max(2, Math.floor(frames / 2) + 1);
  const atoms = chosen ?? Array.from({ length: positions[0].length / 3 }, (_, i) => i);
  if (atoms.length === 0) throw new InputError('no atoms chosen');
  const [total, x, y, z] = [0, 0, 0, 0].map(() => new Float64Array(lags));
  const along: Displacements['along'] = [x, y, z];
  for (let lag = 1; lag < lags; lag++) {
    const every = Math.max(1, Math.ceil(((frames - lag) * atoms.length) / MOST));
    let origins = 0;
    for (let from = 0; from + lag < frames; from += every, origins++) {
      const [a, b] = [positions[from], positions[from + lag]];
      for (const i of atoms) for (let c = 0; c < 3; c++) along[c][lag] += (b[3 * i + c] - a[3 * i + c]) ** 2;
    }
    for (const one of along) {
      one[lag] /= origins * atoms.length;
      total[lag] += one[lag];
    }
  }
  return { lag: Int32Array.from({ length: lags }, (_, k) => k), total, along };
}

/** Å²/ps: a sixth of the slope of the least-squares line over the second half of the lags. */
export function diffusion({ lag, total }: Displacements, spacing: number): number {
  const from = Math.floor(lag.length / 2);
  const n = lag.length - from;
  let [t, m, tt, tm] = [0, 0, 0, 0];
  for (let k = from; k < lag.length; k++) {
    const time = lag[k] * spacing;
    t += time / n;
    m += total[k] / n;
  }
  for (let k = from; k < lag.length; k++) {
    tt += (lag[k] * spacing - t) ** 2;
    tm += (lag[k] * spacing - t) * (total[k] - m);
  }
  return n < 2 ? Number.NaN : tm / tt / 6;
}
