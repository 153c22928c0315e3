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
import { powersOf, slopes, type TrendPoint, trendOf } from './trends.ts';

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
    const { trends, curve } = sampledCurve(config, parts, within);
    parts.forEach(({ t, gathered, values }, i) => {
      temperatures[t].sampled.push({ method, gathered, values, trend: trends[i] });
    });
    return [{ method, curve }];
  });
  const [first] = harmonic;
  const formationEnergy = first && staticFormation(config, one, results);
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

interface Part {
  t: number;
  gathered: Gathered;
  values: Estimated;
  harmonic: Gathered;
}

/** What needs several temperatures: slopes at each, and the curve through them, its errors from the samples of all. */
function sampledCurve(
  config: VacancyConfig,
  parts: readonly Part[],
  places: readonly Place[],
): { trends: Trend[]; curve: Curve } {
  const ends = parts.map(({ harmonic }) => ({ temperature: harmonic.temperature, gathered: harmonic }));
  const trend = trendOf(
    config,
    parts.map(({ harmonic, values }) => ({ harmonic, errors: values })),
    [...ends, ...places],
  );
  const memory = parts.map(({ gathered }) => remembered(config, gathered));
  const samples: Sampled[] = parts.flatMap(({ gathered }) => gathered.samples);
  const names = ['entropy', 'enthalpy', 'expansion', 'free', 'a'] as const;
  const flat = propagate(samples, (all) => {
    let from = 0;
    const states = parts.map(({ gathered }, i) => {
      const own = all.slice(from, from + gathered.samples.length);
      from += own.length;
      return memory[i](own);
    });
    return trend(states).flatMap((point) => names.map((name) => point[name]));
  });
  const free = names.indexOf('free');
  const misfit = birge(
    parts.map(({ values }, i) => ({ off: flat[names.length * i + free].value, own: values.modeMatched })),
    parts.length - powersOf(parts.length).length,
  );
  const point = (i: number) =>
    Object.fromEntries(names.map((name, q) => [name, widened(flat[names.length * i + q], misfit)])) as unknown as Trend;
  return {
    trends: parts.map((_, i) => point(i)),
    curve: {
      temperatures: places.map(({ temperature }) => temperature),
      points: places.map((_, i) => point(parts.length + i)),
    },
  };
}

/**
 * Birge's ratio (10.1103/PhysRev.40.207), at least 1: how much farther the sampled free energies are from their curve than
 * their errors say. Slopes of a curve that does not hold its points are less certain by as much.
 */
function birge(points: readonly { off: number; own: Interval }[], dof: number): number {
  if (dof < 1) return 1;
  const square = points.reduce(
    (sum, { off, own }) => sum + (own.error > 0 ? ((off - own.value) / own.error) ** 2 : 0),
    0,
  );
  return Math.max(1, Math.sqrt(square / dof));
}

const widened = ({ value, error, dof, interval: [low, high] }: Interval, by: number): Interval => ({
  value,
  error: by * error,
  dof,
  interval: [value - by * (value - low), value + by * (high - value)],
});

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
