/**
 * Velocity autocorrelation Σ m v(0)·v(t) over all origins, and its cosine transform with a Hann window: the spectrum of
 * vibrations, which is the harmonic density of states at low temperature.
 */
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { cos } from '../data/math.ts';

export interface VelocityCorrelation {
  /** (lags) normalised to 1 at lag 0. */
  values: Float64Array;
  /** Σ m v² per degree of freedom at lag 0, amu Å²/ps². */
  scale: number;
}

/** Lags up to a third of the frames. Throws InputError where velocities are missing. */
export function velocityCorrelation(frames: readonly Atoms[], masses: ArrayLike<number>): VelocityCorrelation {
  const velocities = frames.map(({ velocities: v }, k) => {
    if (!v) throw new InputError(`frame ${k} has no velocities: write them with the trajectory`);
    return v;
  });
  if (frames.length < 3) throw new InputError(`${frames.length} frames: at least three were expected`);
  const lags = Math.floor(frames.length / 3) + 1;
  const values = new Float64Array(lags);
  for (let lag = 0; lag < lags; lag++) {
    const origins = frames.length - lag;
    for (let from = 0; from < origins; from++) {
      const [a, b] = [velocities[from], velocities[from + lag]];
      let sum = 0;
      for (let i = 0; i < a.length; i++) sum += masses[(i - (i % 3)) / 3] * a[i] * b[i];
      values[lag] += sum / a.length / origins;
    }
  }
  const scale = values[0];
  if (!(scale > 0)) throw new InputError('all velocities are 0');
  for (let k = lags - 1; k >= 0; k--) values[k] /= scale;
  return { values, scale };
}

/** Frequencies (THz) and the spectrum (1/THz), of integral 1 up to the highest frequency that the spacing (ps) resolves. */
export function vibrationSpectrum(values: Float64Array, spacing: number, points = 400) {
  const nyquist = 1 / (2 * spacing);
  const frequency = Float64Array.from({ length: points }, (_, k) => ((k + 0.5) / points) * nyquist);
  const density = frequency.map((nu) => {
    let sum = 0.5;
    for (let k = 1; k < values.length; k++) {
      const hann = 0.5 * (1 + cos((Math.PI * k) / values.length));
      sum += hann * values[k] * cos(2 * Math.PI * nu * k * spacing);
    }
    return sum;
  });
  const integral = (density.reduce((a, b) => a + b, 0) * nyquist) / points;
  return { frequency, density: density.map((value) => value / integral) };
}
