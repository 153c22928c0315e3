/**
 * A nudged elastic band as an objective: all images between two fixed ends move at once. Across the path an image feels
 * the true force, along it only springs to its neighbours; a climbing image feels no springs, and the true force turned
 * round along the path, so that it ends on the saddle (Henkelman, Uberuaga, Jónsson 2000, 10.1063/1.1329672).
 *
 *   f_i = F_i − (F_i·τ)τ + (k_{i+1}|R_{i+1} − R_i| − k_i|R_i − R_{i−1}|) τ          climbing: F_i − 2(F_i·τ)τ
 *
 * These forces are the gradient of nothing: minimizers must not ask the energy whether a step was good.
 */
import { InputError } from '../data/errors.ts';
import type { Objective } from '../data/objective.ts';
import { distance, improvedTangent } from './tangent.ts';

/** Energies (m) and true forces (m·size) of m images at the rows of x. Serial, or one worker for each image. */
export type EvaluateImages = (x: Float64Array, energies: Float64Array, forces: Float64Array) => void;

export interface BandEnd {
  /** (size), as the coordinates of an image. */
  x: Float64Array;
  /** eV. */
  energy: number;
}

export interface BandOptions {
  first: BandEnd;
  last: BandEnd;
  /** One per segment, eV/Å²; images + 1 of them. */
  springs: ArrayLike<number>;
  /** Numbers of the images that climb, counted from 0 at the first end. */
  climbing?: readonly number[];
  /** Cartesian directions in which a rigid translation costs nothing and is projected out. Default none. */
  free?: readonly [boolean, boolean, boolean];
}

export interface Band extends Objective {
  readonly conservative: false;
  /** Coordinates of one image. */
  readonly size: number;
  /** (images) eV, both ends included; of the last evaluate(). */
  readonly energies: Float64Array;
  /** (images − 2)·size, the true forces. */
  readonly forces: Float64Array;
  /** View of image k's coordinates, ends included. */
  image(k: number): Float64Array;
}

/** One objective after the other; each keeps its own coordinates, so each needs its own system. */
export function evaluateInTurn(objectives: readonly Objective[]): EvaluateImages {
  return (x, energies, forces) => {
    objectives.forEach((objective, k) => {
      const size = objective.x.length;
      objective.x.set(x.subarray(k * size, (k + 1) * size));
      energies[k] = objective.evaluate();
      forces.set(objective.f, k * size);
    });
  };
}

/**
 * The band whose moving images start at `x`, ((images − 2)·size), which it keeps and moves. evaluate() returns the
 * highest energy of a moving image. Throws InputError for lengths that do not fit together.
 */
export function band(x: Float64Array, evaluateImages: EvaluateImages, options: BandOptions): Band {
  const { first, last, springs, climbing = [], free = [false, false, false] } = options;
  const size = first.x.length;
  const moving = x.length / size;
  if (!(Number.isInteger(moving) && moving >= 1) || last.x.length !== size || springs.length !== moving + 1) {
    throw new InputError(
      `a band of ${x.length} coordinates between ends of ${size} and ${last.x.length} with ${springs.length} springs; expected whole images and one spring more than images`,
    );
  }
  const f = new Float64Array(x.length);
  const forces = new Float64Array(x.length);
  const energies = new Float64Array(moving + 2);
  energies[0] = first.energy;
  energies[moving + 1] = last.energy;
  const image = (k: number) => (k === 0 ? first.x : k === moving + 1 ? last.x : x.subarray((k - 1) * size, k * size));
  const tangent = new Float64Array(size);
  const evaluate = (): number => {
    evaluateImages(x, energies.subarray(1, moving + 1), forces);
    for (let k = 1; k <= moving; k++) {
      const [before, here, after] = [image(k - 1), image(k), image(k + 1)];
      improvedTangent({ before, here, after, energies: [energies[k - 1], energies[k], energies[k + 1]] }, tangent);
      const spring = springs[k] * distance(after, here) - springs[k - 1] * distance(here, before);
      const part = { force: forces.subarray((k - 1) * size, k * size), out: f.subarray((k - 1) * size, k * size) };
      nudge(part.force, tangent, climbing.includes(k) ? undefined : spring, part.out);
      still(part.out, free);
    }
    return energies.subarray(1, moving + 1).reduce((a, b) => Math.max(a, b));
  };
  return { x, f, evaluate, conservative: false, size, energies, forces, image };
}

/** The band's force of one image; without `spring` it climbs. */
function nudge(force: Float64Array, tangent: Float64Array, spring: number | undefined, out: Float64Array): void {
  let along = 0;
  for (let i = 0; i < force.length; i++) along += force[i] * tangent[i];
  const share = spring === undefined ? -2 * along : spring - along;
  for (let i = 0; i < force.length; i++) out[i] = force[i] + share * tangent[i];
}

/** Takes the mean out of (n,3) vectors in the free directions. */
export function still(vectors: Float64Array, free: readonly boolean[]): void {
  for (let c = 0; c < 3; c++) {
    if (!free[c]) continue;
    let mean = 0;
    for (let i = c; i < vectors.length; i += 3) mean += vectors[i];
    mean /= vectors.length / 3;
    for (let i = c; i < vectors.length; i += 3) vectors[i] -= mean;
  }
}
