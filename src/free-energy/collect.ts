/** From the steps to records: adds up what a block of steps says. */
import { PhysicsError } from '../data/errors.ts';
import { boltzmann } from '../data/units.ts';
import type { OpenBlock, SampleRecord } from './records.ts';
import type { Reference } from './reference.ts';
import type { SamplingOptions, SamplingState } from './state.ts';
import type { Target } from './target.ts';

export function openBlock(nodes: number, first: number): OpenBlock {
  return {
    first,
    num: new Float64Array(nodes),
    den: new Float64Array(nodes),
    square: new Float64Array(nodes),
    zeta: 0,
    kinetic: 0,
    reflections: 0,
    reflectedStep: -1,
    reflectedAtom: -1,
  };
}

/** K. No crystal is hotter: what is has exploded, though walls may hold its atoms and its numbers are finite. */
const HOTTEST = 1e7;

/**
 * Adds the state after a step to the open block; closes it at a multiple of blockSteps, and at the last step. Throws
 * PhysicsError where the atoms are hotter than anything.
 */
export function collect(
  state: SamplingState,
  target: Target,
  reference: Reference,
  options: SamplingOptions,
  reflectedAtom: number,
): void {
  const { block, weights, deltaU } = state;
  const heat = twiceKinetic(target, state);
  const now = heat / (state.velocities.length * boltzmann);
  if (!(now <= HOTTEST)) {
    const causes = 'atoms came too close, or the time step is too long';
    throw new PhysicsError(`the temperature is ${now.toExponential(1)} K: ${causes}`);
  }
  for (let k = 0; k < weights.length; k++) {
    const part = weights[k] * deltaU;
    block.num[k] += part;
    block.den[k] += weights[k];
    block.square[k] += part * deltaU;
  }
  block.zeta += state.zeta;
  block.kinetic += heat;
  if (reflectedAtom >= 0) {
    if (block.reflections++ === 0) {
      block.reflectedStep = state.step;
      block.reflectedAtom = reflectedAtom;
    }
  }
  if (state.step % options.blockSteps !== 0 && state.step !== options.steps) return;
  state.records.push(close(state, target, reference, options));
  state.block = openBlock(weights.length, state.step + 1);
}

function close(state: SamplingState, target: Target, reference: Reference, options: SamplingOptions): SampleRecord {
  const { num, den, square, ...rest } = state.block;
  const far = farthest(target.objective.x, reference.x0);
  return {
    kind: 'sampling',
    replica: options.replica,
    sequence: state.sequence++,
    ...rest,
    last: state.step,
    num: Array.from(num),
    den: Array.from(den),
    square: Array.from(square),
    ...far,
  };
}

function farthest(x: Float64Array, x0: Float64Array): { displacement: number; displacedAtom: number } {
  let [most, displacedAtom] = [0, 0];
  for (let i = 0; i < x.length; i += 3) {
    let square = 0;
    for (let k = i; k < Math.min(i + 3, x.length); k++) square += (x[k] - x0[k]) ** 2;
    if (square > most) [most, displacedAtom] = [square, i / 3];
  }
  return { displacement: Math.sqrt(most), displacedAtom };
}

export function twiceKinetic({ mobility }: Target, { velocities }: SamplingState): number {
  let sum = 0;
  for (let i = 0; i < velocities.length; i++) {
    if (mobility[i] !== 0) sum += (velocities[i] * velocities[i]) / mobility[i];
  }
  return sum;
}
