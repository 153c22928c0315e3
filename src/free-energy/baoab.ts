/**
 * Motion of all samplers: BAOAB Langevin (10.1093/amrx/abs010) with the mixed force. The centre-of-mass velocity is
 * taken out after every noise kick, so the centre of mass does not move. A step that ends beyond a wall is undone and
 * the velocities are reversed.
 */
import { exp } from '../data/math.ts';
import { fillGauss } from '../data/rng.ts';
import { boltzmann } from '../data/units.ts';
import type { Reference } from './reference.ts';
import type { SamplingOptions, SamplingState } from './state.ts';
import type { Target } from './target.ts';
import { violated } from './walls.ts';

/** Replica r draws its noise at the steps r·2^40 + 1 …, its first velocities at r·2^40. */
const REPLICA = 2 ** 40;
/** First draws of the reference; those before check the sampling. */
const START = 2 ** 40;
/** Draws of the reference beyond a wall before its sites are taken instead. */
const ATTEMPTS = 16;

/** Sets x to where the replica begins and returns its first velocities. */
export function begin(target: Target, reference: Reference, options: SamplingOptions): Float64Array {
  const { x } = target.objective;
  const { seed, replica, temperature } = options;
  target.anchor?.(reference.x0);
  x.set(reference.x0);
  for (let attempt = 0; reference.sample && attempt < ATTEMPTS; attempt++) {
    reference.sample(seed, START + ATTEMPTS * replica + attempt, temperature, x);
    if (beyond(target, reference) < 0) break;
    x.set(reference.x0);
  }
  const velocities = new Float64Array(x.length);
  fillGauss(velocities, seed, 'sampling', replica * REPLICA);
  for (let i = 0; i < velocities.length; i++) {
    velocities[i] *= Math.sqrt(boltzmann * temperature * target.mobility[i]);
  }
  removeDrift(target, velocities);
  return velocities;
}

/** Evaluates both potentials at the present x. */
export function evaluateBoth({ objective }: Target, reference: Reference, state: SamplingState): void {
  state.energy = objective.evaluate();
  state.reference = reference.evaluate(objective.x, state.referenceForce);
  state.deltaU = state.energy - state.reference;
}

/** v += a dt/2 with the mixed force. */
export function kick({ mobility }: Target, { velocities, force }: SamplingState, { timestep }: SamplingOptions): void {
  const half = 0.5 * timestep;
  for (let i = 0; i < force.length; i++) velocities[i] += half * mobility[i] * force[i];
}

/** Half a kick, a drift with noise in its middle, the evaluation. Returns the atom that met its wall, or −1. */
export function move(target: Target, reference: Reference, state: SamplingState, options: SamplingOptions): number {
  const { x } = target.objective;
  const { velocities, before } = state;
  const half = 0.5 * options.timestep;
  before.set(x);
  kick(target, state, options);
  for (let i = 0; i < x.length; i++) x[i] += half * velocities[i];
  stir(target, state, options);
  for (let i = 0; i < x.length; i++) x[i] += half * velocities[i];
  const atom = beyond(target, reference);
  if (atom >= 0) {
    x.set(before);
    for (let i = 0; i < velocities.length; i++) velocities[i] = -velocities[i];
    return atom;
  }
  evaluateBoth(target, reference, state);
  return -1;
}

function stir(target: Target, state: SamplingState, options: SamplingOptions): void {
  const { friction, timestep, temperature, seed, replica } = options;
  const { velocities, noise: gauss } = state;
  const { mobility } = target;
  const keep = exp(-friction * timestep);
  const spread = (1 - keep * keep) * boltzmann * temperature;
  fillGauss(gauss, seed, 'sampling', replica * REPLICA + state.step + 1);
  for (let i = 0; i < velocities.length; i++) {
    velocities[i] = keep * velocities[i] + Math.sqrt(spread * mobility[i]) * gauss[i];
  }
  removeDrift(target, velocities);
}

/** Takes out the velocity of the centre of mass, where it does not move. */
export function removeDrift({ invariant, masses }: Target, velocities: Float64Array): void {
  if (!invariant) return;
  for (let c = 0; c < 3; c++) {
    let [momentum, mass] = [0, 0];
    for (let i = c; i < velocities.length; i += 3) {
      momentum += masses[i] * velocities[i];
      mass += masses[i];
    }
    for (let i = c; i < velocities.length; i += 3) velocities[i] -= momentum / mass;
  }
}

/** The atom beyond a wall, or −1. The centre of mass is where it was: the displacement needs no correction. */
function beyond({ objective: { x }, walls }: Target, { x0 }: Reference): number {
  if (!walls) return -1;
  const plane = violated(walls, x, x0);
  return plane < 0 ? -1 : walls.atom[plane];
}
