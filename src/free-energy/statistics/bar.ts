/**
 * Free-energy difference of two states from samples of both (Bennett, 10.1016/0021-9991(76)90078-4): Δf solves
 * Σ_F 1/(1 + e^(M + w_F − Δf)) = Σ_R 1/(1 + e^(−M + w_R + Δf)), M = ln(n_F/n_R). Also from works of switching in both
 * directions (Shirts et al., 10.1103/PhysRevLett.91.140601). The error allows for correlated samples.
 */
import { PhysicsError } from '../../data/errors.ts';
import { exp, log } from '../../data/math.ts';
import { statisticalInefficiency } from './inefficiency.ts';
import { checkSeries, type Interval, intervalOf, welchSatterthwaite } from './interval.ts';

export interface Bar extends Interval {
  /** 1: both states are one; 0: they have nothing in common and the result means nothing. */
  overlap: number;
  /** What every sample adds to Δf, but for a constant: sums of BARs over states in between share samples. */
  influence: { forward: Float64Array; backward: Float64Array };
}

/** Less weight than this of one sample in common is none. */
const FEWEST = 1e-3;

/**
 * Δf = f_1 − f_0 in units of kT. `forward`: u_1 − u_0 (or work 0 → 1) of samples of state 0, `backward`: u_0 − u_1 (or
 * work 1 → 0) of samples of state 1, both over kT and in the order of time.
 */
export function bar(forward: Float64Array, backward: Float64Array, confidence = 0.95): Bar {
  checkSeries(forward, 'BAR, forward');
  checkSeries(backward, 'BAR, backward');
  const [nf, nr] = [forward.length, backward.length];
  const m = log(nf / nr);
  const residual = (delta: number) => total(forward, m - delta) - total(backward, delta - m);
  const value = root(residual, 0.5 * (least(forward) - least(backward)));
  const f = forward.map((w) => fermi(w + m - value));
  const r = backward.map((w) => fermi(w + value - m));
  const slope = [...f, ...r].reduce((sum, p) => sum + p * (1 - p), 0);
  if (!(slope > FEWEST)) throw new PhysicsError('BAR: the two sets of samples do not overlap at all');
  const [a, b] = [statisticalInefficiency(f), statisticalInefficiency(r)];
  const variances = [(nf / slope) ** 2 * a.meanVariance, (nr / slope) ** 2 * b.meanVariance];
  return {
    ...intervalOf(
      value,
      Math.sqrt(variances[0] + variances[1]),
      welchSatterthwaite(variances, [a.dof, b.dof]),
      confidence,
    ),
    overlap: (slope * (nf + nr)) / (nf * nr),
    influence: { forward: f.map((p) => -p / slope), backward: r.map((p) => p / slope) },
  };
}

const least = (x: Float64Array) => x.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);

const fermi = (x: number) => (x > 700 ? 0 : 1 / (1 + exp(x)));

function total(work: Float64Array, shift: number): number {
  let sum = 0;
  for (let i = 0; i < work.length; i++) sum += fermi(work[i] + shift);
  return sum;
}

/** Of a growing function: bracket from `start`, then bisection; exact to rounding. */
function root(f: (x: number) => number, start: number): number {
  let [low, high] = [start - 1, start + 1];
  for (let width = 2; !(f(low) < 0); width *= 2) low -= limited(width);
  for (let width = 2; !(f(high) > 0); width *= 2) high += limited(width);
  for (let k = 0; k < 200; k++) {
    const middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) break;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

function limited(width: number): number {
  if (width > 1e12) throw new PhysicsError('BAR: the two sets of samples do not overlap at all');
  return width;
}
