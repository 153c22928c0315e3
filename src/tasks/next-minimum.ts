/**
 * From one minimum to the next: an activation to a saddle nearby, then down both its sides. Only where one side is the
 * minimum of the start, the other one is its neighbour; every event is a function of its input alone.
 */
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem, type System } from '../engine/system.ts';
import { type ArtOptions, activate } from '../methods/art.ts';
import { still } from '../methods/band.ts';
import { minimize } from '../methods/minimize.ts';
import { distance } from '../methods/tangent.ts';
import { freeDirections } from './neb-input.ts';

export interface EscapeInput {
  /** A minimum. */
  atoms: Atoms;
  /** (3n) Å, which the search begins with. */
  displacement: ArrayLike<number>;
  potential: Potential;
  options?: Omit<ArtOptions, 'free'>;
}

export interface Minimum {
  /** (3n) Å. */
  x: Float64Array;
  /** eV. */
  energy: number;
  /** eV/Å. */
  fmax: number;
}

export interface Escape {
  /** Undefined where a neighbour was found, else why not. */
  failed?: string;
  /** Of forces, all together. */
  evaluations: number;
  /** eV above the start, eV/Å² along the mode; where a saddle was found. */
  saddle?: { barrier: number; curvature: number; fmax: number };
  /** The minimum on the other side. */
  minimum?: Minimum;
}

/** Å along the mode, from the saddle down each side. */
const ASIDE = 0.2;
/** Å over all coordinates, and eV: nearer than this two minima are one. */
const SAME = 0.2;
const SAME_ENERGY = 2e-3;
/** eV/Å. */
export const RELAXED = 1e-4;
const STEPS = 2000;
/** Å: the list is made anew for every event, so its history decides no bit. */
const SKIN = 0.5;

export function nextMinimum(engine: Engine, input: EscapeInput): Escape {
  const { atoms, displacement, potential, options = {} } = input;
  const mark = engine.mark();
  try {
    const free = freeDirections(atoms, potential);
    const system = createSystem(engine, atoms, potential, { skin: SKIN });
    const energy = system.evaluate();
    const start = system.x.slice();
    const saddle = activate(engine, system, displacement, { ...options, free });
    if (saddle.failed !== undefined) return { failed: saddle.failed, evaluations: saddle.evaluations + 1 };
    let evaluations = saddle.evaluations + 1;
    const sides = [1, -1].map((sign): Minimum => {
      for (let k = 0; k < start.length; k++) system.x[k] = saddle.x[k] + sign * ASIDE * saddle.mode[k];
      const end = minimize(system, 'lbfgs', { fmax: RELAXED, steps: STEPS });
      evaluations += end.evaluations;
      return { x: system.x.slice(), energy: end.energy, fmax: end.fmax };
    });
    const { curvature, fmax } = saddle;
    const found = { evaluations, saddle: { barrier: saddle.energy - energy, curvature, fmax } };
    if (sides.some((side) => !(side.fmax <= RELAXED))) return { ...found, failed: 'a way down did not end' };
    const back = sides.map((side) => isSame(side, { x: start, energy }, free));
    if (back[0] === back[1])
      return {
        ...found,
        failed: back[0] ? 'both sides of the saddle are the start' : 'the saddle is not of the start',
      };
    return { ...found, minimum: sides[back[0] ? 1 : 0] };
  } finally {
    engine.release(mark);
  }
}

/** Relaxed from where the atoms are; undefined where they do not come to rest. */
export function relaxed(engine: Engine, atoms: Atoms, potential: Potential): Minimum | undefined {
  const mark = engine.mark();
  try {
    const system: System = createSystem(engine, atoms, potential, { skin: SKIN });
    const end = minimize(system, 'lbfgs', { fmax: RELAXED, steps: STEPS });
    return end.fmax <= RELAXED ? { x: system.x.slice(), energy: end.energy, fmax: end.fmax } : undefined;
  } finally {
    engine.release(mark);
  }
}

function isSame(a: Minimum, b: Omit<Minimum, 'fmax'>, free: readonly boolean[]): boolean {
  const apart = a.x.map((x, k) => x - b.x[k]);
  still(apart, free);
  return distance(apart, new Float64Array(apart.length)) < SAME && Math.abs(a.energy - b.energy) < SAME_ENERGY;
}
