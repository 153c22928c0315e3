/**
 * Out of a minimum to a saddle nearby: the activation–relaxation technique (ART nouveau; Barkema, Mousseau 1996,
 * 10.1103/PhysRevLett.77.4358; Malek, Mousseau 2000, 10.1103/PhysRevE.62.7723). After a random displacement the
 * configuration is pushed out of its basin while the forces across the push are relaxed a little: along the displacement at
 * first (in a basin the softest direction is a long sound wave), along the softest direction, found anew at every step, as
 * soon as its curvature is negative. Once that is so for good, the force along it is turned round and everything converges
 * to the saddle. Forces are all that is asked for; the same start gives the same bits.
 */
import { InputError } from '../data/errors.ts';
import type { Objective } from '../data/objective.ts';
import type { Engine } from '../engine/engine.ts';
import { still } from './band.ts';
import { dimer } from './dimer.ts';
import { fmax } from './fmax.ts';
import { criterion, minimizerInit, minimizerStep } from './minimize.ts';
import { dot } from './relaxation.ts';
import { forceProduct, softest } from './softest.ts';

export interface ArtOptions {
  /** Products of the Hessian for each softest direction. Default 12. */
  vectors?: number;
  /** Å at each step of the activation. Default 0.1. */
  push?: number;
  /** Steps down the force across it, each time. Default 4. */
  across?: number;
  /**
   * eV/Å²: below this the configuration has left its basin. Default −0.4: saddles of interstitials in iron have −0.2 to
   * −1.5, and with −1 every other search goes on into the next basin.
   */
  escaped?: number;
  /** Steps in a row below that. Default 1. */
  patience?: number;
  /** Most steps of the activation. Default 60. */
  steps?: number;
  /** eV/Å at the saddle. Default 0.01. */
  fmax?: number;
  /** Most steps of the convergence. Default 300. */
  saddleSteps?: number;
  /** eV above the minimum: higher up the search is given up. Default 8. */
  ceiling?: number;
  /** Directions in which a rigid translation costs nothing. Default none. */
  free?: readonly [boolean, boolean, boolean];
}

export interface ArtSaddle {
  /** Undefined where a saddle was found, else why not. */
  failed?: string;
  /** (3n) Å. */
  x: Float64Array;
  /** eV. */
  energy: number;
  /** eV/Å. */
  fmax: number;
  /** eV/Å² along the mode. */
  curvature: number;
  /** (3n) unit vector, away from where the search began. */
  mode: Float64Array;
  /** Of forces. */
  evaluations: number;
}

const defaults: Required<ArtOptions> = {
  vectors: 12,
  push: 0.1,
  across: 4,
  escaped: -0.4,
  patience: 1,
  steps: 60,
  fmax: 0.01,
  saddleSteps: 300,
  ceiling: 8,
  free: [false, false, false],
};

/** Å: of differences of forces. */
const STEP = 0.005;
/** eV/Å²: about the stiffness of a metal, for steps across. */
const STIFF = 25;
/** Å: no atom moves farther in a step across, or in one of the convergence. */
const FARTHEST = 0.1;

/**
 * From the present x of `inner`, a minimum, displaced by `start` (3n, Å). x of `inner` ends elsewhere. Throws InputError
 * for a displacement without length.
 */
export function activate(
  engine: Engine,
  inner: Objective,
  start: ArrayLike<number>,
  options: ArtOptions = {},
): ArtSaddle {
  const settings = { ...defaults, ...options };
  const { free } = settings;
  const minimum = inner.x.slice();
  const way = Float64Array.from(start);
  still(way, free);
  if (way.length !== minimum.length || !(dot(way, way) > 0))
    throw new InputError('an activation needs a displacement that moves an atom');
  const climb = leave(engine, inner, minimum, way, settings);
  if (!('base' in climb)) return climb;
  const search = dimer(inner, { mode: climb.mode, free });
  const state = minimizerInit(search, 'lbfgs');
  const { fmax: goal, saddleSteps: steps, ceiling } = settings;
  let end = criterion(state, { fmax: goal, steps });
  while (!end && state.energy < climb.base + ceiling) {
    minimizerStep(search, state, { maxStep: FARTHEST });
    end = criterion(state, { fmax: goal, steps });
  }
  const { mode } = search;
  const outward = dot(
    mode,
    search.x.map((x, k) => x - minimum[k]),
  );
  return {
    ...(end?.status === 'converged' ? {} : { failed: end ? end.reason : 'climbed too high' }),
    x: search.x.slice(),
    energy: state.energy,
    fmax: state.fmax,
    curvature: search.curvature(),
    mode: mode.map((m) => (outward < 0 ? -m : m)),
    evaluations: climb.evaluations + search.save().evaluations,
  };
}

interface Left {
  mode: Float64Array;
  /** eV, of the minimum. */
  base: number;
  evaluations: number;
}

/** Out of the basin: pushes along the softest direction until its curvature is negative for good. */
function leave(
  engine: Engine,
  inner: Objective,
  minimum: Float64Array,
  way: Float64Array,
  settings: Required<ArtOptions>,
): Left | ArtSaddle {
  const { vectors, push, across, escaped, patience, steps, ceiling, free } = settings;
  const base = inner.evaluate();
  let evaluations = 1;
  const x = minimum.map((m, k) => m + way[k]);
  const unit = Math.sqrt(dot(way, way));
  for (let k = 0; k < way.length; k++) way[k] /= unit;
  let direction: Float64Array = way;
  let lead = way;
  let energy = base;
  let curvature = Number.NaN;
  for (let step = 0, below = 0; step < steps; step++) {
    for (let k = 0; k < across; k++) {
      energy = at(inner, x);
      slide(x, inner.f, direction, free);
    }
    energy = at(inner, x);
    const product = forceProduct(inner, { force: inner.f.slice(), step: STEP, free });
    const found = softest(engine, product, lead, vectors);
    evaluations += across + 1 + vectors;
    curvature = found.value;
    // softest() keeps to the side of the last direction: outwards
    lead = found.vector;
    still(lead, free);
    direction = curvature < 0 ? lead : way;
    below = curvature < escaped ? below + 1 : 0;
    if (below >= patience) {
      inner.x.set(x);
      return { mode: direction, base, evaluations };
    }
    if (energy > base + ceiling) break;
    for (let k = 0; k < x.length; k++) x[k] += push * direction[k];
  }
  const failed = energy > base + ceiling ? 'climbed too high' : 'found no way out of the basin';
  return { failed, x, energy, fmax: fmax(inner.f), curvature, mode: direction, evaluations };
}

function at(inner: Objective, x: Float64Array): number {
  inner.x.set(x);
  return inner.evaluate();
}

/** A step along the force, but for its part along `direction`. */
function slide(x: Float64Array, force: Float64Array, direction: Float64Array, free: readonly boolean[]): void {
  const along = dot(force, direction) / dot(direction, direction);
  const move = force.map((f, k) => (f - along * direction[k]) / STIFF);
  still(move, free);
  const shrink = Math.min(1, FARTHEST / fmax(move));
  for (let k = 0; k < x.length; k++) x[k] += shrink * move[k];
}
