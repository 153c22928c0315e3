/** Errors of learned entropies on configurations that were held out: at random, again and again, or by group. */
import { InputError } from '../../data/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Regularisation } from '../ridge.ts';
import { testSplit } from '../split.ts';
import { type EntropyRow, type EntropyWeights, estimateEntropy, type NoiseModel, trainEntropy } from './train.ts';

/** How it is learned. */
export interface Learning {
  ridge: Regularisation;
  noises?: NoiseModel;
}

/** k_B. */
export interface EntropyErrors {
  configurations: number;
  rmse: number;
  mae: number;
  /** Mean of estimate less label. */
  bias: number;
  /** Standard deviation of the labels, and largest less smallest. */
  spread: number;
  range: number;
  /** Share of labels within one error bar of the estimate; 0.68 for Gaussian errors. */
  within: number;
}

/** One label and its estimate, k_B. */
export interface Compared {
  group: string;
  label: number;
  estimate: number;
  error: number;
}

export interface Split {
  held: Compared[];
  fitted: Compared[];
}

export function errorsOf(points: readonly Compared[]): EntropyErrors {
  const n = points.length;
  const mean = points.reduce((sum, { label }) => sum + label, 0) / n;
  const average = (of: (point: Compared) => number) => points.reduce((sum, point) => sum + of(point), 0) / n;
  const labels = points.map(({ label }) => label);
  return {
    configurations: n,
    rmse: Math.sqrt(average(({ label, estimate }) => (estimate - label) ** 2)),
    mae: average(({ label, estimate }) => Math.abs(estimate - label)),
    bias: average(({ label, estimate }) => estimate - label),
    spread: Math.sqrt(average(({ label }) => (label - mean) ** 2)),
    range: labels.reduce((a, b) => Math.max(a, b), labels[0]) - labels.reduce((a, b) => Math.min(a, b), labels[0]),
    within: average(({ label, estimate, error }) => Number(Math.abs(estimate - label) <= error)),
  };
}

export function compare(model: EntropyWeights, rows: readonly EntropyRow[]): Compared[] {
  return rows.map(({ row, entropy: label, group }) => {
    const { entropy: estimate, error } = estimateEntropy(model, row);
    return { group, label, estimate, error };
  });
}

/** Learns from what is not held out (1), and compares both parts. */
export function splitBy(
  engine: Engine,
  rows: readonly EntropyRow[],
  held: ArrayLike<number>,
  { ridge, noises }: Learning,
): Split {
  const [test, train] = [rows.filter((_, k) => held[k]), rows.filter((_, k) => !held[k])];
  if (test.length === 0) throw new InputError('no configuration is held out: there is nothing to test on');
  const model = trainEntropy(engine, train, ridge, noises);
  return { held: compare(model, test), fitted: compare(model, train) };
}

/** `count` random splits, the same share of every group: seeds seed, seed + 1, … */
export function randomSplits(
  engine: Engine,
  rows: readonly EntropyRow[],
  { share, count, seed, ...learning }: { share: number; count: number; seed: number } & Learning,
): Split[] {
  const groups = rows.map(({ group }) => group);
  return Array.from({ length: count }, (_, k) =>
    splitBy(engine, rows, testSplit(groups, share, BigInt(seed + k)), learning),
  );
}
