/**
 * The free-energy difference from records alone: A'_k = Σ π ΔU/Σ π over all replicas, its integral by the trapezoid rule
 * with the end correction of Euler and Maclaurin (A'' = −β Var ΔU is known at the ends), and an error from blocks of the
 * whole integral, linearised in the sums.
 */
import { boltzmann } from '../data/units.ts';
import { runChecks } from './checks.ts';
import type { ReferenceRecord, SampleRecord } from './records.ts';
import type { Estimate, EstimateOptions, GradientPoint } from './result.ts';

export type { Check, Estimate, EstimateOptions, GradientPoint } from './result.ts';

/** Blocks of the whole integral that the error is computed from. */
const BLOCKS = 20;

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

/** Throws nothing: too few records give an error of Infinity and failed checks. */
export function estimate(records: readonly (SampleRecord | ReferenceRecord)[], options: EstimateOptions): Estimate {
  const counted = countedRecords(records, options.equilibration);
  const sums = sumRecords(counted);
  const beta = 1 / (boltzmann * options.temperature);
  const { value, influence } = integrate(sums, counted, beta);
  const { error, factor } = blockError(influence, counted);
  const gradient = gradientOf(sums, counted);
  const independentSamples = gradient.reduce((least, { effective }) => Math.min(least, effective), Infinity);
  const found = {
    deltaA: counted.length > 0 ? value : Number.NaN,
    error,
    interval: [value - factor * error, value + factor * error] as [number, number],
    gradient,
    independentSamples: counted.length > 0 ? independentSamples : 0,
    inefficiency: sums.steps / independentSamples,
    steps: sums.steps,
    replicas: new Set(counted.map((record) => record.replica)).size,
  };
  const checks = runChecks(found, records, options);
  return { ...found, checks, passed: checks.every((check) => check.passed) };
}

/** Standard error of the mean of a series of records, from at most BLOCKS blocks, and Student's factor of 95 %. */
function blockError(series: Float64Array, records: readonly SampleRecord[]): { error: number; factor: number } {
  const blocks = Math.min(BLOCKS, series.length);
  if (blocks < 2) return { error: Number.POSITIVE_INFINITY, factor: 1 };
  const sums = new Float64Array(blocks);
  const steps = new Float64Array(blocks);
  series.forEach((value, r) => {
    const b = Math.floor((r * blocks) / series.length);
    sums[b] += value;
    steps[b] += records[r].last - records[r].first + 1;
  });
  const total = steps.reduce((sum, value) => sum + value, 0);
  const square = sums.reduce((sum, value) => sum + value * value, 0);
  const error = Math.sqrt((square / (total * total)) * (blocks / (blocks - 1)));
  return { error, factor: 1.96 + 2.4 / (blocks - 1) };
}

function gradientOf({ nodes, num, den, square }: Sums, records: readonly SampleRecord[]): GradientPoint[] {
  return Array.from({ length: nodes }, (_, k) => {
    const value = num[k] / den[k];
    const series = Float64Array.from(records, (record) => {
      const steps = record.last - record.first + 1;
      return ((record.num[k] - value * record.den[k]) / den[k]) * (records.length > 0 ? totalSteps(records) : steps);
    });
    const { error } = blockError(series, records);
    const variance = Math.max(0, square[k] / den[k] - value * value);
    const effective = error > 0 ? Math.min(den[k], variance / (error * error)) : den[k];
    return { zeta: k / (nodes - 1), value, error, effective };
  });
}

const totalSteps = (records: readonly SampleRecord[]) =>
  records.reduce((sum, { first, last }) => sum + last - first + 1, 0);
