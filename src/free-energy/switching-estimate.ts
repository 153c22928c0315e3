/**
 * Free energies from the works of switches in both directions: BAR, exact at any speed, beside half the difference of the
 * mean works, ½(W̄_f − W̄_b), which holds where both directions lose alike. What they lose, the dissipation, is reported.
 */
import { boltzmann } from '../data/units.ts';
import { runChecks } from './checks.ts';
import type { ReferenceRecord, SampleRecord } from './records.ts';
import type { Check, Estimate, EstimateOptions, GradientPoint } from './result.ts';
import { type Bar, bar } from './statistics/bar.ts';
import { seriesMean } from './statistics/inefficiency.ts';
import { curvedWork, meanWork, type TwoWay } from './statistics/work.ts';

/** Switches in each direction. */
const FEWEST = 4;
/**
 * Statistical inefficiencies of ΔU that the equilibrium before a switch must last. Where all of it is correlated, 2 are
 * found, since its second half is measured.
 */
const EQUILIBRIUM = 4;
/** kT that a switch may lose: beyond, few works decide. */
const DISSIPATION = 4;

export interface Works {
  /** eV. */
  forward: Float64Array;
  backward: Float64Array;
}

export function worksOf(records: readonly SampleRecord[]): Works {
  const forward: number[] = [];
  const backward: number[] = [];
  for (const { series = [] } of records) {
    for (let k = 0; k + 1 < series.length; k += 2) (series[k] > 0 ? forward : backward).push(series[k + 1]);
  }
  return { forward: Float64Array.from(forward), backward: Float64Array.from(backward) };
}

export interface SwitchingResult {
  bar: Bar;
  mean: TwoWay;
  curved: TwoWay;
}

/** All three estimates, eV. */
export function fromWorks({ forward, backward }: Works, temperature: number): SwitchingResult {
  const kT = boltzmann * temperature;
  const reduced = bar(
    forward.map((w) => w / kT),
    backward.map((w) => w / kT),
  );
  const { value, error, interval } = reduced;
  return {
    bar: { ...reduced, value: kT * value, error: kT * error, interval: [kT * interval[0], kT * interval[1]] },
    mean: meanWork(forward, backward),
    curved: curvedWork(forward, backward, kT),
  };
}

export function switchingEstimate(
  records: readonly (SampleRecord | ReferenceRecord)[],
  options: EstimateOptions,
): Estimate {
  const counted = records
    .filter((record): record is SampleRecord => record.kind === 'sampling')
    .sort((a, b) => a.replica - b.replica || a.sequence - b.sequence);
  const works = worksOf(counted);
  const steps = counted.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const switches = Math.min(works.forward.length, works.backward.length);
  const results = switches >= FEWEST ? fromWorks(works, options.temperature) : undefined;
  const infinity = Number.POSITIVE_INFINITY;
  const gradient = endsOf(counted);
  const found = {
    deltaA: results?.bar.value ?? Number.NaN,
    error: results?.bar.error ?? infinity,
    interval: results?.bar.interval ?? ([-infinity, infinity] as [number, number]),
    gradient,
    consistent: true,
    independentSamples: 2 * switches,
    inefficiency: steps / (2 * switches),
    steps,
    replicas: new Set(counted.map(({ replica }) => replica)).size,
  };
  const shared = gradient.length === 2 ? runChecks(found, records, counted, options) : [];
  // the ends were sampled for themselves: the works, not they, carry the result
  const kept = shared.filter(({ name }) => name !== 'coverage' && name !== 'replicas');
  const rest = equilibriumOf(counted, switches);
  const checks = [...kept, ...ownChecks(switches, results, options.temperature), ...(rest ? [rest] : [])];
  return { ...found, checks, passed: checks.every((check) => check.passed) };
}

/** ⟨ΔU⟩ at both ends from the equilibrium between the switches. */
function endsOf(records: readonly SampleRecord[]): GradientPoint[] {
  const last = (records[0]?.num.length ?? 0) - 1;
  return [0, last].flatMap((k, end) => {
    const means = records.filter(({ den }) => den[k] > 0).map(({ num, den }) => num[k] / den[k]);
    if (last < 1 || means.length < 2) return [];
    const { value, error, samples } = seriesMean(Float64Array.from(means));
    return [{ zeta: end, value, error, effective: samples }];
  });
}

/**
 * How long the equilibrium before a switch is, in statistical inefficiencies of ΔU at that end, the shorter of both: its
 * stretches, of which the second half counts, have means that scatter by Var ΔU · g/steps.
 */
function equilibriumOf(records: readonly SampleRecord[], switches: number): Check | undefined {
  const last = (records[0]?.num.length ?? 0) - 1;
  if (last < 1 || switches < FEWEST) return undefined;
  const ends = [0, last].map((k) => stretchesOf(records, k));
  // records longer than a switch do not tell its stretches apart
  if (ends.some((stretches) => stretches.length < switches / 2)) return undefined;
  const lengths = ends.map((stretches) => {
    const total = (of: 'steps' | 'sum' | 'square') => stretches.reduce((all, stretch) => all + stretch[of], 0);
    const mean = total('sum') / total('steps');
    const variance = total('square') / total('steps') - mean * mean;
    const scatter = stretches.reduce((all, { steps, sum }) => all + (sum - mean * steps) ** 2 / steps, 0);
    const inefficiency = Math.max(
      1,
      scatter / Math.max(1, stretches.length - 1) / Math.max(variance, Number.MIN_VALUE),
    );
    return (2 * total('steps')) / stretches.length / inefficiency;
  });
  const value = Math.min(...lengths);
  return {
    name: 'equilibrium',
    passed: value >= EQUILIBRIUM,
    value,
    limit: EQUILIBRIUM,
    advice: 'statistical inefficiencies of ΔU that the equilibrium before a switch lasts: fewer and longer switches',
  };
}

/** Steps, Σ ΔU and Σ ΔU² of each stay at an end: records in a row that have some of it. */
function stretchesOf(records: readonly SampleRecord[], k: number): { steps: number; sum: number; square: number }[] {
  const stretches: { steps: number; sum: number; square: number }[] = [];
  let before: SampleRecord | undefined;
  for (const record of records) {
    if (record.den[k] > 0) {
      const on = before !== undefined && before.den[k] > 0 && before.replica === record.replica;
      const stretch = on ? (stretches.pop() ?? { steps: 0, sum: 0, square: 0 }) : { steps: 0, sum: 0, square: 0 };
      stretches.push({
        steps: stretch.steps + record.den[k],
        sum: stretch.sum + record.num[k],
        square: stretch.square + record.square[k],
      });
    }
    before = record;
  }
  return stretches;
}

function ownChecks(switches: number, results: SwitchingResult | undefined, temperature: number): Check[] {
  const few: Check = {
    name: 'switches',
    passed: switches >= FEWEST,
    value: switches,
    limit: FEWEST,
    advice: 'switches in the direction that has fewer: run more steps',
  };
  if (!results) return [few];
  const { bar: both, mean } = results;
  const lost = mean.dissipation / (boltzmann * temperature);
  const apart = mean.error > 0 ? Math.abs(both.value - mean.value) / mean.error : 0;
  return [
    few,
    {
      name: 'dissipation',
      passed: lost <= DISSIPATION,
      value: lost,
      limit: DISSIPATION,
      advice: 'kT that a switch loses, ½(W̄_f + W̄_b)/kT: fewer and slower switches',
    },
    {
      name: 'works alike',
      passed: apart <= 3,
      value: apart,
      limit: 3,
      advice: `standard errors between BAR, ${both.value.toFixed(5)} eV, and ½(W̄_f − W̄_b), ${mean.value.toFixed(5)} ± ${mean.error.toFixed(5)} eV: slower switches`,
    },
  ];
}
