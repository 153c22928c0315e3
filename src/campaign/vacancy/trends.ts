/**
 * Slopes with temperature: c1 T + c2 T² (+ c3 T³) through all temperatures, either through what sampling adds to the
 * quasi-harmonic values, which are differentiated themselves, or through the whole, from the value at 0 K. The first is
 * better where the quasi-harmonic part is smooth. Where the second derivatives of a potential have kinks along the volume,
 * it has them along the temperature, and its slope is that of no sampled crystal. The points decide: the curve that is
 * closer to them is taken. How far they still are from it counts as an error of every point (excessScatter): else the
 * coldest points, by far the sharpest, would decide about the slopes at the hottest.
 */
import { boltzmann } from '../../data/units.ts';
import { at, excessScatter, type LeastSquares, weightedFit, withExcess } from '../../free-energy/weighted-fit.ts';
import type { VacancyConfig } from './config.ts';
import type { Gathered } from './gather.ts';
import type { Place } from './places.ts';
import { type Estimated, type StateNumbers, stateAt } from './state-at.ts';

/** K, of the differences. */
const STEP = 0.5;

/** k_B, eV and 1/K of the quasi-harmonic state. */
export function slopes(
  config: VacancyConfig,
  gathered: Gathered,
  T = gathered.temperature,
): { entropy: number; enthalpy: number; expansion: number } {
  const h = Math.min(STEP, T / 4);
  const [low, middle, high] = [T - h, T, T + h].map((t) => stateAt(config, gathered, [], t));
  const slope = (name: keyof StateNumbers) => (high[name] - low[name]) / (2 * h);
  const entropy = -slope('modeMatched');
  return {
    entropy: entropy / boltzmann,
    enthalpy: middle.modeMatched + T * entropy,
    expansion: slope('bulkA') / middle.bulkA,
  };
}

/** Powers of T that so many temperatures can tell apart. */
export const powersOf = (count: number): number[] => (count < 2 ? [2] : count < 4 ? [1, 2] : [1, 2, 3]);

/** At one place: k_B, eV, 1/K, eV, Å. */
export interface TrendPoint {
  entropy: number;
  enthalpy: number;
  expansion: number;
  free: number;
  a: number;
}

/** Values at all temperatures, K, with their errors, and the quasi-harmonic ones. */
export interface Series {
  temperatures: readonly number[];
  values: readonly number[];
  errors: readonly number[];
  harmonic: readonly number[];
  /** The value at 0 K; undefined where the whole is no polynomial from there. */
  origin?: number;
}

/** The kind of curve and its weights, fixed by the points; then linear in them. */
export interface Curvature {
  /** Added to the quasi-harmonic curve, or to the value at 0 K. */
  whole: boolean;
  /** Standard deviation of the points about it beyond their errors. */
  excess: number;
  fit(values: readonly number[]): LeastSquares;
}

/** The curve that needs the least excess. */
export function curvature({ temperatures, values, errors, harmonic, origin }: Series): Curvature {
  const powers = powersOf(temperatures.length);
  const about = (whole: boolean, base: readonly number[]): Curvature => {
    const above = (all: readonly number[]) => all.map((value, i) => value - base[i]);
    const excess = excessScatter(temperatures, above(values), errors, powers);
    const weights = withExcess(errors, excess);
    return { whole, excess, fit: (all) => weightedFit(temperatures, above(all), weights, powers) };
  };
  const added = about(false, harmonic);
  if (origin === undefined || added.excess === 0) return added;
  const from = about(
    true,
    temperatures.map(() => origin),
  );
  return from.excess < added.excess ? from : added;
}

type Quantity = 'modeMatched' | 'bulkA';

export interface Trends {
  /** From the sampled states at all temperatures to the curve through them at all places; linear, so that errors propagate. */
  through(states: readonly StateNumbers[]): TrendPoint[];
  /** How far the points are from the curve, beyond their errors: eV, Å. */
  excess: Record<Quantity, number>;
}

/** `origins`: at 0 K, where they are known and the crystal is classical. */
export function trendsOf(
  config: VacancyConfig,
  parts: readonly { harmonic: Gathered; errors: Estimated }[],
  places: readonly Place[],
  origins: { [name in Quantity]?: number },
): Trends {
  const temperatures = parts.map(({ harmonic }) => harmonic.temperature);
  const harmonic = parts.map((part) => stateAt(config, part.harmonic, []));
  const points = places.map(({ temperature, gathered }) => ({
    temperature,
    state: stateAt(config, gathered, [], temperature),
    own: slopes(config, gathered, temperature),
  }));
  const curveOf = (name: Quantity): Curvature =>
    curvature({
      temperatures,
      values: parts.map(({ errors }) => errors[name].value),
      errors: parts.map(({ errors }) => errors[name].error),
      harmonic: harmonic.map((state) => state[name]),
      origin: config.quantum ? undefined : origins[name],
    });
  const [free, edge] = [curveOf('modeMatched'), curveOf('bulkA')];
  const through = (states: readonly StateNumbers[]) => {
    const [more, longer] = [
      free.fit(states.map((state) => state.modeMatched)),
      edge.fit(states.map((state) => state.bulkA)),
    ];
    return points.map(({ temperature: T, state, own }) => {
      const start = free.whole ? (origins.modeMatched ?? 0) : state.modeMatched;
      const entropy = (free.whole ? 0 : own.entropy * boltzmann) - at(more, T, true);
      const a = (edge.whole ? (origins.bulkA ?? 0) : state.bulkA) + at(longer, T);
      const growth = (edge.whole ? 0 : own.expansion * state.bulkA) + at(longer, T, true);
      return {
        entropy: entropy / boltzmann,
        enthalpy: start + at(more, T) + T * entropy,
        expansion: growth / a,
        free: start + at(more, T),
        a,
      };
    });
  };
  return { through, excess: { modeMatched: free.excess, bulkA: edge.excess } };
}
