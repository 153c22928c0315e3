/**
 * Several independent runs of one quantity. The error comes from their scatter, and, where they report errors of their
 * own and the scatter does not contradict them, from both pooled (more degrees of freedom, narrower intervals).
 */
import { InputError } from '../../data/errors.ts';
import { fisherQuantile } from './distributions.ts';
import { checkSeries, type Interval, intervalOf, welchSatterthwaite } from './interval.ts';

export interface ReplicaOptions {
  /** Known beforehand (lengths of the runs), not from the results; default: all alike. */
  weights?: ArrayLike<number>;
  /** One standard error of each, with its degrees of freedom. */
  own?: readonly { error: number; dof: number }[];
  confidence?: number;
}

export interface Combined extends Interval {
  /** Variance of the scatter over the one that the runs' own errors predict; far above 1: the errors are too small. */
  scatter?: number;
  /** False: the scatter is more than the runs' own errors allow (F test, 1 %). */
  consistent: boolean;
}

/** Weighted mean of replicas. One replica alone needs its own error. */
export function combineReplicas(values: Float64Array, options: ReplicaOptions = {}): Combined {
  const { own, confidence = 0.95 } = options;
  checkSeries(values, 'replicas', own ? 1 : 2);
  const n = values.length;
  if (own && own.length !== n) throw new InputError(`${own.length} errors for ${n} replicas`);
  const share = shares(n, options.weights);
  const value = share.reduce((sum, w, k) => sum + w * values[k], 0);
  // runs of weight w have variance ∝ 1/w: Σ w (x − mean)²/(n − 1) estimates the variance of the mean
  const between = n > 1 ? share.reduce((sum, w, k) => sum + w * (values[k] - value) ** 2, 0) / (n - 1) : 0;
  if (!own) return { ...intervalOf(value, Math.sqrt(between), n - 1, confidence), consistent: true };
  const variances = own.map(({ error }, k) => (share[k] * error) ** 2);
  const within = variances.reduce((sum, v) => sum + v, 0);
  const dof = welchSatterthwaite(
    variances,
    own.map((one) => Math.max(1, one.dof)),
  );
  if (n === 1) return { ...intervalOf(value, Math.sqrt(within), dof, confidence), consistent: true };
  const scatter = within > 0 ? between / within : between > 0 ? Number.POSITIVE_INFINITY : 1;
  const consistent = scatter <= fisherQuantile(0.99, n - 1, Math.min(dof, 1e6));
  if (!consistent) return { ...intervalOf(value, Math.sqrt(between), n - 1, confidence), scatter, consistent };
  const known = Math.min(dof, 1e6);
  const pooled = (known * within + (n - 1) * between) / (known + n - 1);
  return { ...intervalOf(value, Math.sqrt(pooled), known + n - 1, confidence), scatter, consistent };
}

function shares(n: number, weights?: ArrayLike<number>): Float64Array {
  if (!weights) return new Float64Array(n).fill(1 / n);
  if (weights.length !== n) throw new InputError(`${weights.length} weights for ${n} replicas`);
  const share = Float64Array.from(weights);
  if (!share.every((w) => w > 0 && w < Infinity)) throw new InputError('weights of replicas must be positive');
  const total = share.reduce((sum, w) => sum + w, 0);
  return share.map((w) => w / total);
}
