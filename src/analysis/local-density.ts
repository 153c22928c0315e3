/** Local vibrational density of states: of every mode the share that an atom has, g_i(ν) = Σ_k |ξ_i(k)|² δ(ν − ν_k). */
import { InputError } from '../data/errors.ts';
import { exp } from '../data/math.ts';
import { forceToAcceleration } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { normalModes } from './modes.ts';
import type { Oscillator } from './zero-modes.ts';

export interface LocalDensity {
  /** (points) THz. */
  frequency: Float64Array;
  /** Of each atom asked for (points), 1/THz; integral 3 less its share of the rigid motions. */
  atoms: Float64Array[];
  /** (points) 1/THz, mean over all atoms. */
  mean: Float64Array;
}

/** Gaussians of `width` THz. Takes four m×m matrices. Throws InputError for atoms that are not there. */
export function localDensity(
  engine: Engine,
  oscillator: Oscillator,
  atoms: readonly number[],
  { width = 0.15, points = 300 } = {},
): LocalDensity {
  const { free, n } = oscillator.hessian;
  const absent = atoms.find((i) => !(Number.isInteger(i) && i >= 0 && i < n));
  if (absent !== undefined) throw new InputError(`atom ${absent} is not there; atoms are counted from 0 to ${n - 1}`);
  const { values, vectors } = normalModes(engine, oscillator);
  const nu = values.map((square) => Math.sqrt(Math.max(0, square) * forceToAcceleration) / (2 * Math.PI));
  const top = nu[nu.length - 1] + 4 * width;
  const frequency = Float64Array.from({ length: points }, (_, k) => ((k + 0.5) / points) * top);
  const mean = new Float64Array(points);
  const local = atoms.map(() => new Float64Array(points));
  const norm = 1 / (width * Math.sqrt(2 * Math.PI));
  nu.forEach((center, mode) => {
    const share = new Float64Array(n);
    for (let k = 0; k < free.length; k++) share[Math.floor(free[k] / 3)] += vectors[mode * free.length + k] ** 2;
    for (let p = 0; p < points; p++) {
      const z = (frequency[p] - center) / width;
      if (z * z > 100) continue;
      const line = norm * exp(-0.5 * z * z);
      mean[p] += line / n;
      atoms.forEach((i, a) => {
        local[a][p] += share[i] * line;
      });
    }
  });
  return { frequency, atoms: local, mean };
}
