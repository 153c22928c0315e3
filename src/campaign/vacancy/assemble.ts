/**
 * From results to free energies of formation: each temperature by itself with its sampling errors, then what needs several
 * temperatures (entropy, thermal expansion). A pure function of configuration and results.
 */

import { PhysicsError } from '../../data/errors.ts';
import { propagate, type Sampled } from '../../free-energy/propagation.ts';
import type { Interval } from '../../free-energy/statistics/interval.ts';
import type { Results } from '../job.ts';
import type { CellName } from './cells.ts';
import { type Case, casesOf, type VacancyConfig } from './config.ts';
import { type Gathered, gatherTemperature, type Missing } from './gather.ts';
import { latticeOf, type Method, methodsOf } from './jobs.ts';
import type { Located } from './located.ts';
import { type Place, placesOf, staticFormation } from './places.ts';
import { survey } from './plan.ts';
import { type Estimated, type StateNumbers, stateAt } from './state-at.ts';
import { slopes, type TrendPoint, type Trends, trendsOf } from './trends.ts';

/** The curve through all temperatures at one of them: slopes need their neighbours. */
export type Trend = { [name in keyof TrendPoint]: Interval };

export interface Curve {
  /** K, from near 0 to the highest temperature. */
  temperatures: number[];
  points: Trend[];
}

export interface TemperatureResult {
  temperature: number;
  /** Quasi-harmonic; absent with the reason in `missing`. */
  harmonic?: StateNumbers & { entropy: number; enthalpy: number; expansion: number };
  /** By method. */
  sampled: { method: Method; values: Estimated; trend: Trend; gathered: Gathered }[];
  missing: string[];
}

export interface CaseResult {
  one: Case;
  /** Å, eV/atom at 0 K. */
  lattice?: { a: number; energy: number };
  /** eV, of the defect at 0 K without vibrations: at zero pressure, or constant volume. */
  formationEnergy?: number;
  atoms?: Record<CellName, number>;
  temperatures: TemperatureResult[];
  /** Quasi-harmonic values along the temperature, without errors. */
  harmonicCurve: { temperature: number; state: StateNumbers; entropy: number; expansion: number }[];
  curves: { method: Method; curve: Curve }[];
}

/** Points of curves. */
const POINTS = 61;

/** Everything that is known by now. */
export function assemble(config: VacancyConfig, results: Results): CaseResult[] {
  return casesOf(config).map((one) => assembleCase(config, one, results));
}

function assembleCase(config: VacancyConfig, one: Case, results: Results): CaseResult {
  const { located } = survey(config, one, results);
  const lattice = latticeOf(results, one);
  const found = located.map((at) => harmonicAt(config, one, results, at));
  const temperatures = found.map(({ result }) => result);
  const harmonic = found.flatMap(({ gathered }) => (gathered ? [gathered] : []));
  const highest = harmonic.reduce((most, { temperature }) => Math.max(most, temperature), 0);
  const places = placesOf(config, one, results, { highest, count: POINTS });
  const [first] = harmonic;
  const formationEnergy = first && staticFormation(config, one, results);
  const curves = methodsOf(config).flatMap((method) => {
    const parts = located.flatMap((at, t) => {
      const own = found[t].gathered;
      if (!own) return [];
      const gathered = gatherTemperature(config, one, results, at, method);
      if ('missing' in gathered) {
        temperatures[t].missing.push(...gathered.missing);
        return [];
      }
      const values = physical(() => estimated(config, gathered));
      if (typeof values !== 'string') return [{ t, gathered, values, harmonic: own }];
      temperatures[t].missing.push(`${method}: ${values}`);
      return [];
    });
    if (parts.length === 0) return [];
    // polynomials say nothing beyond the temperatures that they were fitted to
    const reach = parts.reduce((most, { harmonic: { temperature } }) => Math.max(most, temperature), 0);
    const within = places.filter(({ temperature }) => temperature <= reach);
    const { trends, curve } = sampledCurve(config, parts, within, {
      modeMatched: formationEnergy,
      bulkA: coldEdge(config, places),
    });
    parts.forEach(({ t, gathered, values }, i) => {
      temperatures[t].sampled.push({ method, gathered, values, trend: trends[i] });
    });
    return [{ method, curve }];
  });
  return {
    one,
    ...(lattice ? { lattice: { a: lattice.a, energy: lattice.energy } } : {}),
    ...(first
      ? {
          ...(formationEnergy === undefined ? {} : { formationEnergy }),
          atoms: { bulk: first.bulk.states[0].atoms, defect: first.defect.states[0].atoms },
        }
      : {}),
    temperatures,
    harmonicCurve: places.map(({ temperature, gathered }) => ({
      temperature,
      state: stateAt(config, gathered, [], temperature),
      ...slopes(config, gathered, temperature),
    })),
    curves,
  };
}

function harmonicAt(
  config: VacancyConfig,
  one: Case,
  results: Results,
  at: Located,
): { result: TemperatureResult; gathered?: Gathered } {
  const { temperature } = at;
  const gathered: Gathered | Missing = gatherTemperature(config, one, results, at);
  if ('missing' in gathered) return { result: { temperature, sampled: [], missing: gathered.missing } };
  const harmonic = physical(() => ({ ...stateAt(config, gathered, []), ...slopes(config, gathered) }));
  if (typeof harmonic === 'string') return { result: { temperature, sampled: [], missing: [harmonic] } };
  return { result: { temperature, harmonic, sampled: [], missing: [] }, gathered };
}

/** What is computed, or why there is no such state: one temperature without a result leaves the others theirs. */
function physical<T>(compute: () => T): T | string {
  try {
    return compute();
  } catch (error) {
    if (error instanceof PhysicsError) return error.message;
    throw error;
  }
}

/** Å at 0 K: classical crystals shrink linearly to it. Undefined where the coldest place is not near enough. */
function coldEdge(config: VacancyConfig, [cold]: readonly Place[]): number | undefined {
  if (cold === undefined || cold.temperature > 1) return undefined;
  const { bulkA } = stateAt(config, cold.gathered, [], cold.temperature);
  return bulkA * (1 - cold.temperature * slopes(config, cold.gathered, cold.temperature).expansion);
}

interface Part {
  t: number;
  gathered: Gathered;
  values: Estimated;
  harmonic: Gathered;
}

const NAMES = ['entropy', 'enthalpy', 'expansion', 'free', 'a'] as const;

/** What needs several temperatures: slopes at each, and the curve through them, its errors from the samples of all. */
function sampledCurve(
  config: VacancyConfig,
  parts: readonly Part[],
  places: readonly Place[],
  origins: { modeMatched?: number; bulkA?: number },
): { trends: Trend[]; curve: Curve } {
  const ends = parts.map(({ harmonic }) => ({ temperature: harmonic.temperature, gathered: harmonic }));
  const trends = trendsOf(
    config,
    parts.map(({ harmonic, values }) => ({ harmonic, errors: values })),
    [...ends, ...places],
    origins,
  );
  const flatten = (points: readonly TrendPoint[]) => points.flatMap((point) => NAMES.map((name) => point[name]));
  const memory = parts.map(({ gathered }) => remembered(config, gathered));
  const samples: Sampled[] = parts.flatMap(({ gathered }) => gathered.samples);
  const flat = propagate(samples, (all) => {
    let from = 0;
    const states = parts.map(({ gathered }, i) => {
      const own = all.slice(from, from + gathered.samples.length);
      from += own.length;
      return memory[i](own);
    });
    return flatten(trends.through(states));
  });
  const usual = parts.map(({ gathered }, i) => memory[i](centre(gathered)));
  const excess = excessOf(trends, usual, flatten);
  const point = (i: number) =>
    Object.fromEntries(
      NAMES.map((name, q) => [name, widened(flat[NAMES.length * i + q], excess[NAMES.length * i + q])]),
    ) as unknown as Trend;
  return {
    trends: parts.map((_, i) => point(i)),
    curve: {
      temperatures: places.map(({ temperature }) => temperature),
      points: places.map((_, i) => point(parts.length + i)),
    },
  };
}

/** One standard deviation of all numbers of the curve, when every point is as far from it as the points are on the whole. */
function excessOf(
  { through, excess }: Trends,
  usual: readonly StateNumbers[],
  flatten: (points: readonly TrendPoint[]) => number[],
): Float64Array {
  const centre = flatten(through(usual));
  const square = new Float64Array(centre.length);
  for (const name of ['modeMatched', 'bulkA'] as const) {
    if (excess[name] === 0) continue;
    for (let i = 0; i < usual.length; i++) {
      const shifted = usual.map((state, k) => (k === i ? { ...state, [name]: state[name] + excess[name] } : state));
      for (const [k, value] of flatten(through(shifted)).entries()) square[k] += (value - centre[k]) ** 2;
    }
  }
  return square.map(Math.sqrt);
}

/** An interval of which the value has another independent error. */
function widened({ value, error, dof, interval: [low, high] }: Interval, excess: number): Interval {
  const by = error > 0 ? Math.sqrt(error * error + excess * excess) / error : 1;
  return { value, error: by * error, dof, interval: [value - by * (value - low), value + by * (high - value)] };
}

/** All numbers at one temperature with their errors. */
function estimated(config: VacancyConfig, gathered: Gathered): Estimated {
  const names = Object.keys(stateAt(config, gathered, centre(gathered))) as (keyof StateNumbers)[];
  const found = propagate(gathered.samples, (sampled) => {
    const state = stateAt(config, gathered, sampled);
    return names.map((name) => state[name]);
  });
  return Object.fromEntries(names.map((name, q) => [name, found[q]])) as Estimated;
}

const centre = ({ samples }: Gathered) => samples.map((sample) => sample.value);

/** stateAt, computed once for the values that most calls share. */
function remembered(config: VacancyConfig, gathered: Gathered): (values: readonly number[]) => StateNumbers {
  const usual = centre(gathered);
  const known = stateAt(config, gathered, usual);
  return (values) => (values.every((v, k) => v === usual[k]) ? known : stateAt(config, gathered, values));
}
