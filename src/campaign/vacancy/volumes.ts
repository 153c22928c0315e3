/**
 * Volumes are numbered: k has the lattice constant a0 (1 + k h), so that temperatures and cells share their Hessians. At
 * zero pressure a cell's volume is looked for in windows of neighbouring k; the window follows the minimum until it is
 * in its middle. What is found depends only on the states that were asked for, in their order.
 */
import { PhysicsError } from '../../data/errors.ts';
import { pow } from '../../data/math.ts';
import {
  type Anharmonic,
  type Equilibrium,
  type EquilibriumOptions,
  zeroPressure,
} from '../../free-energy/equilibrium.ts';
import { type HarmonicState, harmonicFree } from '../../free-energy/quasi-harmonic.ts';

export interface Grid {
  /** h, and the number of volumes of a fit. */
  strain: number;
  points: number;
}

export interface Settled {
  /** Middle of the last window. */
  centre: number;
  /** Where the minimum is, in units of k. */
  place: number;
  equilibrium: Equilibrium;
}

/** What is missing (the window whose states are not all known), what was found, or why there is nothing. */
export type Search = { missing: number[] } | { found: Settled } | { failed: string };

/** The minimum may be this far from the middle of its window. */
const OFF = 0.75;
/** Strains beyond which no crystal is looked for. */
const FARTHEST = 0.1;

export const windowOf = (centre: number, points: number): number[] =>
  Array.from({ length: points }, (_, i) => centre + i - (points - 1) / 2);

/** Follows the minimum from `start`, until it is within `off` steps of the middle of its window. */
export function settle(
  states: (k: number) => HarmonicState | undefined,
  grid: Grid,
  samples: readonly Anharmonic[],
  { off = OFF, ...options }: EquilibriumOptions & { start: number; off?: number },
): Search {
  const visited = new Set<number>();
  for (let centre = options.start; ; ) {
    const window = windowOf(centre, grid.points);
    const present = window.map(states).filter((state) => state !== undefined);
    if (present.length < window.length) return { missing: window };
    visited.add(centre);
    const settled = minimumIn(present, centre, grid, samples, options);
    const place = settled?.place ?? centre + downhill(present, options) * ((grid.points - 1) / 2);
    const far = (grid.points - 1) / 2;
    const next = Math.round(Math.max(centre - far, Math.min(centre + far, place)));
    if (settled && (Math.abs(place - centre) <= off || visited.has(next))) return { found: settled };
    if (visited.has(next)) return { failed: 'F(V) has no minimum that stays where it is looked for' };
    if (Math.abs(next * grid.strain) > FARTHEST) {
      return { failed: `F(V) has no minimum within ${100 * FARTHEST} % of the lattice constant at 0 K` };
    }
    centre = next;
  }
}

function minimumIn(
  states: readonly HarmonicState[],
  centre: number,
  grid: Grid,
  samples: readonly Anharmonic[],
  options: EquilibriumOptions,
): Settled | undefined {
  try {
    const equilibrium = zeroPressure(states, samples, options);
    return { centre, place: placeOf(equilibrium.volume, states, centre, grid), equilibrium };
  } catch (error) {
    if (error instanceof PhysicsError) return undefined;
    throw error;
  }
}

/** k of a volume: (V/V_c)^(1/3) = (1 + k h)/(1 + c h). */
function placeOf(volume: number, states: readonly HarmonicState[], centre: number, { strain, points }: Grid): number {
  const middle = states[(points - 1) / 2].volume;
  return (pow(volume / middle, 1 / 3) * (1 + centre * strain) - 1) / strain;
}

/** +1 where the free energy falls towards larger volumes. */
function downhill(states: readonly HarmonicState[], { temperature, quantum }: EquilibriumOptions): number {
  const of = (state: HarmonicState) => harmonicFree(state, temperature, quantum);
  return of(states[states.length - 1]) < of(states[0]) ? 1 : -1;
}
