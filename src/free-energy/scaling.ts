/**
 * Reversible scaling (de Koning, Antonelli, Yip, 10.1103/PhysRevLett.83.3973): U/kT is the same for λU at T0 as for U at
 * T0/λ, so that switching λ at one temperature gives F along a range of temperatures, from one known F(T0):
 *
 *   F(T)/T = [F(T0) + ∫ ⟨U⟩ dλ]/T0 − (M/2) k ln(T/T0),   λ = T0/T,   M modes
 *
 * By the virial theorem λ⟨u·∂U/∂u⟩ = M k T0, u the displacements. So half of it can be taken out of the integral:
 *
 *   F(T)/T = [F(T0) + W]/T0 − M k ln(T/T0),   W = ∫ ⟨U − ½ u·∂U/∂u⟩ dλ
 *
 * and what is left fluctuates only as far as the crystal is anharmonic. Heated and cooled at a constant rate, over and
 * over, with equilibrium in between; W is ½(W_up − W_down) of each pair.
 */
import { InputError } from '../data/errors.ts';
import { log } from '../data/math.ts';
import { boltzmann } from '../data/units.ts';
import type { SampleRecord } from './records.ts';
import type { Reference } from './reference.ts';
import type { Coupling, SamplingOptions } from './state.ts';
import { intervalOf, meanOf, varianceOf } from './statistics/interval.ts';
import type { Target } from './target.ts';

/** Pairs of ramps in a run. */
const RAMPS = 10;
/** Of the steps of half a pair: what its ramp takes, the rest is equilibrium. */
const RAMPING = 0.75;

/** Where U_ζ = ζU comes from: no reference at all, at the sites x0. */
export function nothing(x0: ArrayLike<number>, modes: number): Reference {
  const unknown = (): never => {
    throw new InputError('reversible scaling needs a free energy at its first temperature');
  };
  return {
    kind: 'potential',
    x0: Float64Array.from(x0),
    modes,
    evaluate: (_, f) => {
      f.fill(0);
      return 0;
    },
    freeEnergy: unknown,
    freeEnergyError: unknown,
  };
}

/** (nodes) K: where F is asked for, T0 and the last temperature included. */
export function scaledTemperatures({ temperature, scaleTo, nodes }: SamplingOptions): Float64Array {
  if (!(scaleTo !== undefined && scaleTo > 0 && scaleTo < Infinity && scaleTo !== temperature)) {
    throw new InputError(
      `scaling from ${temperature} K to ${scaleTo ?? 'no temperature'}; expected another one above 0`,
    );
  }
  return Float64Array.from({ length: nodes }, (_, k) => temperature + ((scaleTo - temperature) * k) / (nodes - 1));
}

/** λ for step `step` + 1, in which half, and the node of temperature that this step reaches (−1: none). */
export function rampAt(
  step: number,
  { steps, switches = RAMPS, nodes, temperature, scaleTo = temperature }: SamplingOptions,
): { lambda: number; half: number; node: number } {
  const length = Math.max(nodes, Math.floor(steps / (2 * switches)));
  // between two temperatures a whole number of steps
  const each = Math.max(1, Math.floor((RAMPING * length) / (nodes - 1)));
  const rest = Math.max(0, length - each * (nodes - 1));
  const half = Math.min(Math.floor(step / length), 2 * switches - 1);
  const done = Math.min(each * (nodes - 1), Math.max(0, step - half * length - rest + 1));
  const up = half % 2 === 0;
  const part = done / (each * (nodes - 1));
  const now = temperature + (scaleTo - temperature) * (up ? part : 1 - part);
  const reached = step - half * length < length && done > 0 && done % each === 0 ? done / each : -1;
  return { lambda: temperature / now, half, node: reached < 0 ? -1 : up ? reached : nodes - 1 - reached };
}

export const scaling: Coupling = {
  start(state, options) {
    scaledTemperatures(options);
    state.weights.fill(0);
    state.zeta = 1;
    state.own.work = 0;
    state.own.spent = 0;
    state.own.half = 0;
  },
  update(state, options, target, reference) {
    const { own } = state;
    const { lambda, half, node } = rampAt(state.step, options);
    if (half !== own.half) {
      own.work = 0;
      own.spent = 0;
    }
    own.half = half;
    const change = lambda - state.zeta;
    own.work = (own.work as number) + change * (state.deltaU - 0.5 * virialOf(target, reference));
    own.spent = (own.spent as number) + change * state.deltaU;
    state.zeta = lambda;
    if (node >= 0) {
      state.block.series ??= [];
      state.block.series.push(half, node, own.work, own.spent);
    }
  },
};

/** eV: u·∂U/∂u. */
function virialOf({ objective: { x, f } }: Target, { x0 }: Reference): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum -= (x[i] - x0[i]) * f[i];
  return sum;
}

export interface ScaledFreeEnergy {
  /** K. */
  temperature: number;
  /** eV, as F(T0) was. */
  F: number;
  /** One standard error, that of F(T0) included, and the 95 % interval. */
  error: number;
  interval: [number, number];
  /** eV: what a ramp to here loses, ½(W_up + W_down). */
  dissipation: number;
}

/** F along the temperatures, from F(T0) and the records of all replicas. Throws InputError where no pair of ramps is done. */
export function scaledFreeEnergies(
  records: readonly SampleRecord[],
  start: { F: number; error: number },
  options: SamplingOptions,
  modes: number,
): ScaledFreeEnergy[] {
  const pairs = pairsOf(records, options.nodes);
  if (pairs.length < 2) throw new InputError(`${pairs.length} pairs of ramps are done; at least 2 were expected`);
  const t0 = options.temperature;
  return Array.from(scaledTemperatures(options), (temperature, k) => {
    const works = Float64Array.from(pairs, ({ up, down }) => 0.5 * (up.work[k] - (down.work[0] - down.work[k])));
    const losses = pairs.map(({ up, down }) => 0.5 * (up.spent[k] + (down.spent[0] - down.spent[k])));
    const ratio = temperature / t0;
    const work = meanOf(works);
    const spread = varianceOf(works, work) / works.length;
    const F = ratio * (start.F + work) - modes * boltzmann * temperature * log(ratio);
    const error = ratio * Math.sqrt(spread + start.error ** 2);
    return { temperature, ...named(F, error, works.length - 1), dissipation: meanOf(losses) };
  });
}

function named(F: number, error: number, dof: number): Pick<ScaledFreeEnergy, 'F' | 'error' | 'interval'> {
  return { F, error, interval: intervalOf(F, error, dof).interval };
}

/** (nodes) ∫ U − ½ u·∂U/∂u dλ and ∫ U dλ since the beginning of the ramp. */
interface Ramp {
  work: Float64Array;
  spent: Float64Array;
  seen: number;
}

/** Ramps up, each with the one down that follows. */
function pairsOf(records: readonly SampleRecord[], nodes: number): { up: Ramp; down: Ramp }[] {
  const ramps = new Map<string, Ramp>();
  const sorted = [...records].sort((a, b) => a.replica - b.replica || a.sequence - b.sequence);
  for (const { replica, series = [] } of sorted) {
    for (let k = 0; k + 3 < series.length; k += 4) {
      const [half, node, work, spent] = series.slice(k, k + 4);
      const key = `${replica} ${half}`;
      const ramp = ramps.get(key) ?? { work: new Float64Array(nodes), spent: new Float64Array(nodes), seen: 0 };
      ramp.work[node] = work;
      ramp.spent[node] = spent;
      ramp.seen++;
      ramps.set(key, ramp);
    }
  }
  const pairs: { up: Ramp; down: Ramp }[] = [];
  for (const [key, up] of ramps) {
    const [replica, half] = key.split(' ').map(Number);
    const down = half % 2 === 0 ? ramps.get(`${replica} ${half + 1}`) : undefined;
    if (up.seen === nodes - 1 && down?.seen === nodes - 1) pairs.push({ up, down });
  }
  return pairs;
}
