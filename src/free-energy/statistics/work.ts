/**
 * Free energies from the work of switching a system between two states, over and over, each time from equilibrium.
 * Works and kT in eV. One direction: Jarzynski's average, and its two cumulants, exact for Gaussian work. Both directions:
 * half the difference of the mean works, and its correction by the difference of the variances; or `bar`.
 */
import { InputError } from '../../data/errors.ts';
import { exp, log } from '../../data/math.ts';
import { checkSeries, type Interval, intervalOf, meanOf, varianceOf, welchSatterthwaite } from './interval.ts';

export interface Jarzynski extends Interval {
  /** Number of works that count, (Σw)²/Σw² with w = e^(−W/kT); below about 10 the result is biased upwards. */
  effective: number;
}

/** −kT ln⟨e^(−W/kT)⟩ (10.1103/PhysRevLett.78.2690); bias and error by leaving one work out after the other. */
export function jarzynski(work: Float64Array, kT: number, confidence = 0.95): Jarzynski {
  checkWork(work, kT);
  const n = work.length;
  const least = work.reduce((low, w) => Math.min(low, w), Number.POSITIVE_INFINITY);
  const weights = work.map((w) => exp((least - w) / kT));
  const sum = weights.reduce((s, w) => s + w, 0);
  const squares = weights.reduce((s, w) => s + w * w, 0);
  const whole = least - kT * log(sum / n);
  const without = weights.map((w) => least - kT * log(Math.max(sum - w, 1e-300) / (n - 1)));
  const mean = meanOf(without);
  const value = whole - (n - 1) * (mean - whole);
  const error = (n - 1) * Math.sqrt(varianceOf(without, mean) / n);
  return { ...intervalOf(value, error, n - 1, confidence), effective: (sum * sum) / squares };
}

/** W̄ − σ²/2kT: the fluctuation–dissipation estimate of fast growth (Hendrix, Jarzynski, 10.1063/1.1353552). */
export function gaussianWork(work: Float64Array, kT: number, confidence = 0.95): Interval {
  checkWork(work, kT);
  const n = work.length;
  const mean = meanOf(work);
  const variance = varianceOf(work, mean);
  // error of the variance from the fourth moment, so that it also holds off the Gaussian
  const terms = work.map((w) => w - mean - ((w - mean) * (w - mean)) / (2 * kT));
  return intervalOf(mean - variance / (2 * kT), Math.sqrt(varianceOf(terms) / n), n - 1, confidence);
}

export interface TwoWay extends Interval {
  /** ½(W̄_f + W̄_b), eV: what a switch loses; never below 0 but for noise. */
  dissipation: number;
}

/** ½(W̄_f − W̄_b), exact where both directions lose alike (Freitas, Asta, de Koning, 10.1016/j.commatsci.2015.10.050). */
export function meanWork(forward: Float64Array, backward: Float64Array, confidence = 0.95): TwoWay {
  checkWork(forward, 1);
  checkWork(backward, 1);
  const [f, b] = [meanOf(forward), meanOf(backward)];
  const variances = [varianceOf(forward, f) / (4 * forward.length), varianceOf(backward, b) / (4 * backward.length)];
  const error = Math.sqrt(variances[0] + variances[1]);
  const dof = welchSatterthwaite(variances, [forward.length - 1, backward.length - 1]);
  return { ...intervalOf(0.5 * (f - b), error, dof, confidence), dissipation: 0.5 * (f + b) };
}

/**
 * ½(W̄_f − W̄_b) − (σ_f² − σ_b²)/12kT: exact to the fourth cumulant (Hummer, 10.1063/1.1363668). With K the cumulant
 * function of the forward work, ΔF is the integral of K' from −1/kT to 0: the trapezoid and its first correction.
 */
export function curvedWork(forward: Float64Array, backward: Float64Array, kT: number, confidence = 0.95): TwoWay {
  const straight = meanWork(forward, backward);
  checkWork(forward, kT);
  const side = (work: Float64Array, sign: number) => {
    const mean = meanOf(work);
    const terms = work.map((w) => 0.5 * sign * (w - mean) - (sign * (w - mean) ** 2) / (12 * kT));
    return { sigma: varianceOf(work, mean), variance: varianceOf(terms) / work.length };
  };
  const [f, b] = [side(forward, 1), side(backward, -1)];
  const value = straight.value - (f.sigma - b.sigma) / (12 * kT);
  const dof = welchSatterthwaite([f.variance, b.variance], [forward.length - 1, backward.length - 1]);
  const interval = intervalOf(value, Math.sqrt(f.variance + b.variance), dof, confidence);
  return { ...interval, dissipation: straight.dissipation };
}

function checkWork(work: Float64Array, kT: number): void {
  checkSeries(work, 'works');
  if (!(kT > 0 && kT < Infinity)) throw new InputError(`works at kT = ${kT} eV; expected a positive number`);
}
