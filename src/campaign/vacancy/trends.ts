/**
 * Slopes with temperature. The quasi-harmonic part is differentiated itself; what sampling adds begins with T² in a
 * classical crystal, so it is fitted by c2 T² + c3 T³ (+ c4 T⁴) through all temperatures, weighted by its errors.
 */
import { boltzmann } from '../../data/units.ts';
import { at, weightedFit } from '../../free-energy/weighted-fit.ts';
import type { VacancyConfig } from './config.ts';
import type { Gathered } from './gather.ts';
import { type Estimated, type StateNumbers, stateAt } from './state-at.ts';

/** K, of the differences. */
const STEP = 0.5;

/** k_B, eV and 1/K of the quasi-harmonic state. */
export function slopes(
  config: VacancyConfig,
  gathered: Gathered,
): { entropy: number; enthalpy: number; expansion: number } {
  const { temperature: T } = gathered;
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
const powersOf = (count: number): number[] => (count < 2 ? [2] : count < 5 ? [2, 3] : [2, 3, 4]);

/**
 * A function from the sampled states at all temperatures to, for each: entropy (k_B), enthalpy (eV), expansion (1/K),
 * F_f along the curve (eV). Linear in the states: their errors can be propagated through it.
 */
export function trendOf(
  config: VacancyConfig,
  parts: readonly { harmonic: Gathered; errors: Estimated }[],
): (states: readonly StateNumbers[]) => number[] {
  const temperatures = parts.map(({ harmonic }) => harmonic.temperature);
  const harmonic = parts.map((part) => ({
    state: stateAt(config, part.harmonic, []),
    slopes: slopes(config, part.harmonic),
  }));
  const powers = powersOf(parts.length);
  const through = (name: 'modeMatched' | 'bulkA', states: readonly StateNumbers[]) =>
    weightedFit(
      temperatures,
      states.map((state, i) => state[name] - harmonic[i].state[name]),
      parts.map(({ errors }) => errors[name].error),
      powers,
    );
  return (states) => {
    if (states.length === 0) return [];
    const [free, length] = [through('modeMatched', states), through('bulkA', states)];
    return temperatures.flatMap((T, i) => {
      const { state, slopes: own } = harmonic[i];
      const smooth = state.modeMatched + at(free, T);
      const entropy = own.entropy * boltzmann - at(free, T, true);
      const expansion = (own.expansion * state.bulkA + at(length, T, true)) / (state.bulkA + at(length, T));
      return [entropy / boltzmann, smooth + T * entropy, expansion, smooth];
    });
  };
}
