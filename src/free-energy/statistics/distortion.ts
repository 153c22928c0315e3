/**
 * The distortion score: how far the environment of an atom is from those of a reference (the bulk at some temperature), as
 * the robust Mahalanobis distance of its descriptor. It finds defects without being told what they look like.
 *
 * A. M. Goryaeva et al., Nat. Commun. 11, 4691 (2020), doi:10.1038/s41467-020-18282-2.
 */
import { InputError } from '../../data/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { createAccumulator } from '../../fit/accumulate.ts';
import { whitening } from '../../fit/environments.ts';
import { chiSquareQuantile } from './distributions.ts';
import { robustCovariance } from './robust-covariance.ts';

export interface Distortion {
  /** Components in which the reference spreads. */
  rank: number;
  /** 97.5 % of a normal reference are below it. */
  threshold: number;
  /** Distances of (n, size) components. */
  score(values: Float64Array): Float64Array;
}

/** From the components (n, size) of the reference. Throws InputError where they are fewer than twice the directions. */
export function learnDistortion(engine: Engine, reference: Float64Array, size: number, seed = 1n): Distortion {
  const n = reference.length / size;
  const to = createAccumulator(engine, 1 + size);
  const row = new Float64Array(1 + size).fill(1);
  for (let i = 0; i < n; i++) {
    row.set(reference.subarray(i * size, (i + 1) * size), 1);
    to.add(row, 0, 0, 1);
  }
  const { mean, whiten, rank } = whitening(engine, to.finish(), size);
  if (rank === 0) throw new InputError('all environments of the reference are the same: take atoms that move');
  if (n <= 2 * rank)
    throw new InputError(
      `the reference has ${n} environments; more than ${2 * rank} are needed for ${rank} directions`,
    );
  const principal = (values: Float64Array) => {
    const out = new Float64Array(values.length);
    for (let at = 0; at < values.length; at += size)
      for (let k = 0; k < size; k++) {
        const x = values[at + k] - mean[k];
        for (let j = 0; j < size; j++) out[at + j] += x * whiten[k * size + j];
      }
    return out;
  };
  const inside = (all: Float64Array) =>
    Float64Array.from({ length: (all.length / size) * rank }, (_, k) => all[Math.floor(k / rank) * size + (k % rank)]);
  const robust = robustCovariance(inside(principal(reference)), rank, { seed });
  return {
    rank,
    threshold: Math.sqrt(chiSquareQuantile(0.975, rank)),
    score: (values) => {
      const all = principal(values);
      const part = inside(all);
      return Float64Array.from({ length: values.length / size }, (_, i) => {
        let sum = robust.distance(part, i * rank);
        for (let k = rank; k < size; k++) sum += all[i * size + k] * all[i * size + k];
        return Math.sqrt(sum);
      });
    },
  };
}
