/**
 * Free energies from windows of fixed ζ, three ways from the same ΔU: the integral of ⟨ΔU⟩ by Lobatto's weights, BAR
 * between neighbours, MBAR over all. Errors from the correlated series of each window; replicas combined.
 */
import { boltzmann } from '../data/units.ts';
import { runChecks } from './checks.ts';
import { lobatto } from './lobatto.ts';
import type { ReferenceRecord, SampleRecord } from './records.ts';
import type { Check, Estimate, EstimateOptions, GradientPoint } from './result.ts';
import { bar } from './statistics/bar.ts';
import { statisticalInefficiency } from './statistics/inefficiency.ts';
import { type Interval, intervalOf, welchSatterthwaite } from './statistics/interval.ts';
import { mbar, mbarDifference } from './statistics/mbar.ts';
import { combineReplicas } from './statistics/replicas.ts';

export type WindowMethod = 'quadrature' | 'bar' | 'mbar';

/** Of a window: fewer stored ΔU say nothing. */
const FEWEST = 10;
/** Neighbours that share less than this are no neighbours. */
const OVERLAP = 0.03;

/** Stored ΔU, eV, by window. */
export function windowSeries(records: readonly SampleRecord[], nodes: number): Float64Array[] {
  const found: number[][] = Array.from({ length: nodes }, () => []);
  for (const { series = [] } of records) {
    for (let k = 0; k + 1 < series.length; k += 2) found[series[k]]?.push(series[k + 1]);
  }
  return found.map((numbers) => Float64Array.from(numbers));
}

/** ∫ ⟨ΔU⟩ dζ, eV. */
export function integrateWindows(series: readonly Float64Array[]): Interval {
  const { weights } = lobatto(series.length);
  const parts = series.map(statisticalInefficiency);
  const value = parts.reduce((sum, { mean }, k) => sum + weights[k] * mean, 0);
  return summed(
    value,
    parts.map(({ meanVariance, dof }, k) => ({ meanVariance: weights[k] ** 2 * meanVariance, dof })),
  );
}

function summed(value: number, parts: readonly { meanVariance: number; dof: number }[]): Interval {
  const variances = parts.map((part) => part.meanVariance);
  const dof = welchSatterthwaite(
    variances,
    parts.map((part) => part.dof),
  );
  return intervalOf(value, Math.sqrt(variances.reduce((sum, v) => sum + v, 0)), dof);
}

/** Sum of BAR over neighbours, kT; a window's samples count in both of its pairs. `overlap` is the least. */
export function chainBar(series: readonly Float64Array[], beta: number): Interval & { overlap: number } {
  const { nodes } = lobatto(series.length);
  const influence = series.map((x) => new Float64Array(x.length));
  let [value, overlap] = [0, 1];
  for (let k = 0; k + 1 < series.length; k++) {
    const width = beta * (nodes[k + 1] - nodes[k]);
    const pair = bar(
      series[k].map((x) => width * x),
      series[k + 1].map((x) => -width * x),
    );
    value += pair.value;
    overlap = Math.min(overlap, pair.overlap);
    pair.influence.forward.forEach((p, t) => {
      influence[k][t] += p;
    });
    pair.influence.backward.forEach((p, t) => {
      influence[k + 1][t] += p;
    });
  }
  const parts = influence.map((x) => {
    const { meanVariance, dof } = statisticalInefficiency(x);
    return { meanVariance: x.length ** 2 * meanVariance, dof };
  });
  return { ...summed(value, parts), overlap };
}

/** MBAR from first to last window, kT. */
export function windowsMbar(series: readonly Float64Array[], beta: number): Interval {
  const { nodes } = lobatto(series.length);
  const all = series.flatMap((x) => Array.from(x));
  const reduced = new Float64Array(nodes.length * all.length);
  nodes.forEach((zeta, k) => {
    for (let t = 0; t < all.length; t++) reduced[k * all.length + t] = beta * zeta * all[t];
  });
  const counts = series.map((x) => x.length);
  return mbarDifference(mbar(reduced, counts), 0, nodes.length - 1);
}

/** Too few records give an error of Infinity and failed checks. */
export function windowsEstimate(
  method: WindowMethod,
  records: readonly (SampleRecord | ReferenceRecord)[],
  options: EstimateOptions,
): Estimate {
  const counted = records
    .filter((record): record is SampleRecord => record.kind === 'sampling')
    .sort((a, b) => a.replica - b.replica || a.sequence - b.sequence);
  const nodes = counted[0]?.num.length ?? 0;
  const replicas = [...new Set(counted.map(({ replica }) => replica))]
    .map((replica) =>
      windowSeries(
        counted.filter((record) => record.replica === replica),
        nodes,
      ),
    )
    .filter((series) => series.every((x) => x.length >= FEWEST));
  const steps = counted.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  if (replicas.length === 0) return unfinished(steps, records, options);
  const beta = 1 / (boltzmann * options.temperature);
  const each = replicas.map((series) => evaluate(method, series, beta));
  const whole = combineReplicas(
    Float64Array.from(each, ({ result }) => result.value),
    { own: each.map(({ result }) => result) },
  );
  const gradient = gradientOf(replicas);
  const independentSamples = gradient.reduce((least, { effective }) => Math.min(least, effective), Infinity);
  const found = {
    deltaA: whole.value,
    error: whole.error,
    interval: whole.interval,
    gradient,
    consistent: whole.consistent,
    independentSamples,
    inefficiency: steps / independentSamples,
    steps,
    replicas: replicas.length,
  };
  const overlap = each.reduce((least, one) => Math.min(least, one.overlap), 1);
  const spread = each.reduce((most, one) => Math.max(most, one.disagreement), 0);
  const checks = [...runChecks(found, records, counted, options), ...ownChecks(overlap, spread)];
  return { ...found, checks, passed: checks.every((check) => check.passed) };
}

/** One replica by the method asked for, eV; how far the integral is from BAR in its own standard errors. */
function evaluate(method: WindowMethod, series: readonly Float64Array[], beta: number) {
  const integral = integrateWindows(series);
  const chain = chainBar(series, beta);
  const disagreement = integral.error > 0 ? Math.abs(integral.value - chain.value / beta) / integral.error : 0;
  const inKt = method === 'mbar' ? windowsMbar(series, beta) : chain;
  const result =
    method === 'quadrature' ? integral : { value: inKt.value / beta, error: inKt.error / beta, dof: inKt.dof };
  return { result, overlap: chain.overlap, disagreement };
}

function gradientOf(replicas: readonly (readonly Float64Array[])[]): GradientPoint[] {
  const { nodes } = lobatto(replicas[0].length);
  return Array.from(nodes, (zeta, k) => {
    const parts = replicas.map((series) => statisticalInefficiency(series[k]));
    const { value, error } = combineReplicas(
      Float64Array.from(parts, ({ mean }) => mean),
      {
        own: parts.map(({ meanVariance, dof }) => ({ error: Math.sqrt(meanVariance), dof })),
        weights: replicas.map((series) => series[k].length),
      },
    );
    return { zeta, value, error, effective: parts.reduce((sum, { samples }) => sum + samples, 0) };
  });
}

function ownChecks(overlap: number, disagreement: number): Check[] {
  return [
    {
      name: 'overlap',
      passed: overlap >= OVERLAP,
      value: overlap,
      limit: OVERLAP,
      advice: 'overlap of the least similar neighbouring windows, 1 where they are alike: take more nodes',
    },
    {
      name: 'integral and BAR',
      passed: disagreement <= 2,
      value: disagreement,
      limit: 2,
      advice: 'standard errors between two estimates from the same samples: take more nodes',
    },
  ];
}

function unfinished(
  steps: number,
  records: readonly (SampleRecord | ReferenceRecord)[],
  options: EstimateOptions,
): Estimate {
  const infinity = Number.POSITIVE_INFINITY;
  const found = {
    deltaA: Number.NaN,
    error: infinity,
    interval: [-infinity, infinity] as [number, number],
    gradient: [],
    consistent: true,
    independentSamples: 0,
    inefficiency: infinity,
    steps,
    replicas: 0,
  };
  const checks = runChecks(found, records, [], options);
  return { ...found, checks, passed: false };
}
