/**
 * Slopes with temperature. The quasi-harmonic part is differentiated itself. What sampling adds begins with T² in a
 * classical crystal, but with T where the Hessian of a tabulated potential sees the curvature of its splines at 1e-3 Å and
 * atoms that move farther see another one: c1 T + c2 T² (+ c3 T³) through all temperatures, weighted by its errors.
 */
import { boltzmann } from '../../data/units.ts';
import { at, weightedFit } from '../../free-energy/weighted-fit.ts';
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

/**
 * A function from the sampled states at all temperatures of `parts` to the curve through them at all `places`. Linear in
 * the states, so that their errors can be propagated through it.
 */
export function trendOf(
  config: VacancyConfig,
  parts: readonly { harmonic: Gathered; errors: Estimated }[],
  places: readonly Place[],
): (states: readonly StateNumbers[]) => TrendPoint[] {
  const temperatures = parts.map(({ harmonic }) => harmonic.temperature);
  const harmonic = parts.map((part) => stateAt(config, part.harmonic, []));
  const points = places.map(({ temperature, gathered }) => ({
    temperature,
    state: stateAt(config, gathered, [], temperature),
    own: slopes(config, gathered, temperature),
  }));
  const powers = powersOf(parts.length);
  const through = (name: 'modeMatched' | 'bulkA', states: readonly StateNumbers[]) =>
    weightedFit(
      temperatures,
      states.map((state, i) => state[name] - harmonic[i][name]),
      parts.map(({ errors }) => errors[name].error),
      powers,
    );
  return (states) => {
    if (states.length === 0) return [];
    const [more, longer] = [through('modeMatched', states), through('bulkA', states)];
    return points.map(({ temperature: T, state, own }) => {
      const free = state.modeMatched + at(more, T);
      const entropy = own.entropy * boltzmann - at(more, T, true);
      const a = state.bulkA + at(longer, T);
      return {
        entropy: entropy / boltzmann,
        enthalpy: free + T * entropy,
        expansion: (own.expansion * state.bulkA + at(longer, T, true)) / a,
        free,
        a,
      };
    });
  };
}
