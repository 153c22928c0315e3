/**
 * Following the softest mode uphill to a saddle: a dimer, as an objective (Henkelman, Jónsson 1999, 10.1063/1.480097). At
 * every point the direction of least curvature is found from forces alone, and the force along it turned round:
 *
 *   f = F − 2(F·N)N where the curvature along N is negative, −(F·N)N before        H·v ≈ (F(x) − F(x + Δv))/Δ
 *
 * The rotation is the exact one in the plane of N and the rotational force (Heyden, Bell, Keil 2005, 10.1063/1.2104507):
 * the lower eigenvector of H in that plane, with H·N carried along, so each costs one evaluation. The forces are the gradient of nothing.
 */
import { InputError } from '../data/errors.ts';
import type { Objective } from '../data/objective.ts';
import { still } from './band.ts';
import { fmax, type MeasuredObjective } from './fmax.ts';
import { dot } from './relaxation.ts';

export interface DimerOptions {
  /** (3n) first guess of the mode, of any length. */
  mode: ArrayLike<number>;
  /** Å between the two ends. Default 0.002. */
  separation?: number;
  /** Most rotations at one point; ten times as many at the first. Default 4. */
  rotations?: number;
  /** Rotational force, eV/Å², below which the mode is good enough. Default 0.01. */
  tolerance?: number;
  /** Directions in which a rigid translation costs nothing: the mode has none. */
  free?: readonly [boolean, boolean, boolean];
}

/** What a checkpoint needs besides x. */
export interface DimerState {
  mode: Float64Array;
  f: Float64Array;
  force: Float64Array;
  curvature: number;
  /** Of the inner objective. */
  evaluations: number;
}

export interface Dimer extends MeasuredObjective {
  readonly conservative: false;
  /** (3n) unit vector. */
  readonly mode: Float64Array;
  /** −∂E/∂x at x. */
  readonly force: Float64Array;
  /** eV/Å² along the mode, at the last evaluate(). */
  curvature(): number;
  save(): DimerState;
  /** As after the evaluate() before save(); x must be set too. */
  restore(state: DimerState): void;
}

/**
 * The dimer at the present x of `inner`, which is moved about; x of the dimer is its own. `residual()` is fmax of the
 * true force, and larger than the curvature (per Å) until that is clearly negative: a minimum is no saddle, nor is a rotation. Throws InputError for a mode without length.
 */
export function dimer(inner: Objective, options: DimerOptions): Dimer {
  const { separation = 0.002, rotations = 4, tolerance = 0.01, free = [false, false, false] } = options;
  const size = inner.x.length;
  if (options.mode.length !== size)
    throw new InputError(`a mode of ${options.mode.length} numbers for ${size} coordinates`);
  const x = Float64Array.from(inner.x);
  const f = new Float64Array(size);
  const force = new Float64Array(size);
  const mode = Float64Array.from(options.mode);
  still(mode, free);
  if (!normalise(mode)) throw new InputError('the displacement has no length');
  let curvature = Number.NaN;
  let evaluations = 0;

  const evaluateAt = (direction?: Float64Array): number => {
    for (let i = 0; i < size; i++) inner.x[i] = x[i] + (direction ? separation * direction[i] : 0);
    evaluations++;
    return inner.evaluate();
  };
  /** H·v. */
  const product = (v: Float64Array): Float64Array => {
    evaluateAt(v);
    const h = force.map((component, i) => (component - inner.f[i]) / separation);
    still(h, free);
    return h;
  };
  const evaluate = (): number => {
    const first = Number.isNaN(curvature);
    const energy = evaluateAt();
    force.set(inner.f);
    curvature = soften(mode, product, { most: first ? 10 * rotations : rotations, tolerance });
    const along = dot(force, mode);
    for (let i = 0; i < size; i++) f[i] = (curvature < 0 ? force[i] - along * mode[i] : 0) - along * mode[i];
    still(f, free);
    inner.x.set(x);
    return energy;
  };
  return {
    x,
    f,
    evaluate,
    conservative: false,
    mode,
    force,
    curvature: () => curvature,
    residual: () => Math.max(fmax(force), curvature < -tolerance ? 0 : curvature + 3 * tolerance),
    save: () => ({ mode: mode.slice(), f: f.slice(), force: force.slice(), curvature, evaluations }),
    restore: (state) => {
      mode.set(state.mode);
      f.set(state.f);
      force.set(state.force);
      ({ curvature, evaluations } = state);
    },
  };
}

/** Turns the unit vector `mode` towards the softest direction of H, given by its products; returns the curvature along it. */
function soften(
  mode: Float64Array,
  product: (v: Float64Array) => Float64Array,
  { most, tolerance }: { most: number; tolerance: number },
): number {
  let h = product(mode);
  for (let k = 0; ; k++) {
    const curvature = dot(h, mode);
    const turn = h.map((component, i) => curvature * mode[i] - component);
    if (k === most || Math.sqrt(dot(turn, turn)) < tolerance || !normalise(turn)) return curvature;
    const across = product(turn);
    const [c, s] = lowest(curvature, dot(h, turn), dot(across, turn));
    for (let i = 0; i < mode.length; i++) mode[i] = c * mode[i] + s * turn[i];
    const length = Math.sqrt(dot(mode, mode));
    h = h.map((component, i) => (c * component + s * across[i]) / length);
    normalise(mode);
  }
}

/** Length 1; false where there is none. */
function normalise(v: Float64Array): boolean {
  const length = Math.sqrt(dot(v, v));
  if (!(length > 0 && length < Number.POSITIVE_INFINITY)) return false;
  for (let i = 0; i < v.length; i++) v[i] /= length;
  return true;
}

/** Components of the lower eigenvector of [[a, b], [b, d]]. */
function lowest(a: number, b: number, d: number): [number, number] {
  const half = 0.5 * (a - d);
  const lower = 0.5 * (a + d) - Math.sqrt(half * half + b * b);
  // of the two forms of the eigenvector the one without cancellation
  const [c, s] = half < 0 ? [d - lower, -b] : [-b, a - lower];
  const length = Math.sqrt(c * c + s * s);
  return length > 0 ? [c / length, s / length] : [1, 0];
}
