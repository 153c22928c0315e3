/**
 * The free-energy difference from records alone: A'_k = Σ π ΔU/Σ π over all replicas, its integral by the trapezoid rule
 * with the end correction of Euler and Maclaurin (A'' = −β Var ΔU is known at the ends), and an error from the records' own
 * contributions to the whole integral, linearised in the sums: correlated series, combined over the replicas.
 */
import { boltzmann } from '../data/units.ts';
import { runChecks } from './checks.ts';
import type { ReferenceRecord, SampleRecord } from './records.ts';
import type { Estimate, EstimateOptions, GradientPoint } from './result.ts';

import { statisticalInefficiency } from './statistics/inefficiency.ts';
import { type Combined, combineReplicas } from './statistics/replicas.ts';

export type { Check, Estimate, EstimateOptions, GradientPoint } from './result.ts';

/** What the sums of all records say, and what each record adds to the integral, linearised. */
export interface Sums {
  nodes: number;
  steps: number;
  num: Float64Array;
  den: Float64Array;
  square: Float64Array;
}

/** Records that count, in order of replica and sequence. */
export function countedRecords(
  records: readonly (SampleRecord | ReferenceRecord)[],
  equilibration: number,
): SampleRecord[] {
  return records
    .filter((record): record is SampleRecord => record.kind === 'sampling' && record.first > equilibration)
    .sort((a, b) => a.replica - b.replica || a.sequence - b.sequence);
}

export function sumRecords(records: readonly SampleRecord[]): Sums {
  const nodes = records[0]?.num.length ?? 0;
  const sums: Sums = {
    nodes,
    steps: 0,
    num: new Float64Array(nodes),
    den: new Float64Array(nodes),
    square: new Float64Array(nodes),
  };
  for (const record of records) {
    sums.steps += record.last - record.first + 1;
    for (let k = 0; k < nodes; k++) {
      sums.num[k] += record.num[k];
      sums.den[k] += record.den[k];
      sums.square[k] += record.square[k];
    }
  }
  return sums;
}

/** The integral of A' and how each record moves it: (records) eV × steps, sum 0. */
export function integrate(
  { nodes, num, den, square, steps }: Sums,
  records: readonly SampleRecord[],
  beta: number,
): { value: number; influence: Float64Array } {
  const h = 1 / (nodes - 1);
  const influence = new Float64Array(records.length);
  let value = 0;
  for (let k = 0; k < nodes; k++) {
    const end = k === 0 || k === nodes - 1;
    const weight = end ? h / 2 : h;
    // ∫ = trapezoid + h²/12 (A''(0) − A''(1)), A'' = −β Var
    const curve = end ? ((k === 0 ? -1 : 1) * beta * h * h) / 12 : 0;
    const mean = num[k] / den[k];
    const variance = square[k] / den[k] - mean * mean;
    value += weight * mean + curve * variance;
    const scale = steps / den[k];
    records.forEach((record, r) => {
      const first = record.num[k] - mean * record.den[k];
      const second =
        record.square[k] - 2 * mean * record.num[k] + mean * mean * record.den[k] - variance * record.den[k];
      influence[r] += scale * (weight * first + curve * second);
    });
  }
  return { value, influence };
}

/** Too few records give an error of Infinity and failed checks, never an exception. */
export function estimate(records: readonly (SampleRecord | ReferenceRecord)[], options: EstimateOptions): Estimate {
  const counted = countedRecords(records, options.equilibration);
  const found = counted.length > 0 ? fromRecords(counted, options) : nothing;
  const checks = runChecks(found, records, counted, options);
  return { ...found, checks, passed: checks.every((check) => check.passed) };
}

type Found = Omit<Estimate, 'checks' | 'passed'>;

const nothing: Found = {
  deltaA: Number.NaN,
  error: Number.POSITIVE_INFINITY,
  interval: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  gradient: [],
  consistent: true,
  independentSamples: 0,
  inefficiency: Number.POSITIVE_INFINITY,
  steps: 0,
  replicas: 0,
};

function fromRecords(counted: readonly SampleRecord[], options: EstimateOptions): Found {
  const sums = sumRecords(counted);
  const replicas = new Set(counted.map((record) => record.replica)).size;
  // a node where ζ has not been yet
  if (!sums.den.every((weight) => weight > 0)) return { ...nothing, steps: sums.steps, replicas };
  const beta = 1 / (boltzmann * options.temperature);
  const { value, influence } = integrate(sums, counted, beta);
  const whole = combine(influence, counted);
  const gradient = gradientOf(sums, counted);
  const independentSamples = gradient.reduce((least, { effective }) => Math.min(least, effective), Infinity);
  return {
    deltaA: value,
    error: whole.error,
    interval: [value + whole.interval[0], value + whole.interval[1]],
    gradient,
    consistent: whole.consistent,
    independentSamples,
    inefficiency: sums.steps / independentSamples,
    steps: sums.steps,
    replicas,
  };
}

/** Error of the mean of a linearised series whose mean is 0, records in order of replica. */
function combine(series: Float64Array, records: readonly SampleRecord[]): Combined {
  const own: { error: number; dof: number }[] = [];
  const means: number[] = [];
  const weights: number[] = [];
  for (let begin = 0; begin < records.length; ) {
    let end = begin;
    let steps = 0;
    const { replica } = records[begin];
    for (; end < records.length && records[end].replica === replica; end++) steps += lengthOf(records[end]);
    const part = series.subarray(begin, end).map((value) => (value * (end - begin)) / steps);
    // one record alone says nothing of its error
    if (part.length < 2) return { ...unknown };
    const { mean, meanVariance, dof } = statisticalInefficiency(part);
    own.push({ error: Math.sqrt(meanVariance), dof });
    means.push(mean);
    weights.push(steps);
    begin = end;
  }
  return combineReplicas(Float64Array.from(means), { own, weights });
}

const unknown: Combined = {
  value: 0,
  error: Number.POSITIVE_INFINITY,
  dof: 1,
  interval: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  consistent: true,
};

function gradientOf({ nodes, num, den, square, steps }: Sums, records: readonly SampleRecord[]): GradientPoint[] {
  return Array.from({ length: nodes }, (_, k) => {
    const value = num[k] / den[k];
    const series = Float64Array.from(records, (r) => ((r.num[k] - value * r.den[k]) * steps) / den[k]);
    const { error } = combine(series, records);
    const variance = Math.max(0, square[k] / den[k] - value * value);
    const effective = error > 0 ? Math.min(den[k], variance / (error * error)) : den[k];
    return { zeta: k / (nodes - 1), value, error, effective };
  });
}

const lengthOf = ({ first, last }: SampleRecord) => last - first + 1;
