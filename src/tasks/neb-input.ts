/** What a path between two minima is asked for: options, and the ends, brought into line with each other and checked. */
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { type Match, matchEnds } from '../data/match.ts';
import type { Potential } from '../data/potential.ts';
import { formOf } from '../engine/registry.ts';
import { termsOf } from '../engine/system.ts';
import type { Climb } from '../methods/climbing.ts';
import type { Interpolation } from '../methods/path.ts';

export interface NebOptions {
  /** Ends included, at the beginning. */
  images: number;
  /** Images are added up to this number where the path is coarse. */
  maxImages: number;
  method: 'fire' | 'lbfgs';
  /** eV/Å. */
  fmax: number;
  /** Most steps of the band, and of each end. */
  steps: number;
  /** eV/Å². */
  spring: number;
  interpolate: Interpolation;
  /** Which images climb: none, the highest, or one for each hump. */
  climb: Climb;
  /** eV/Å: images climb, and are added, once fmax is below. */
  climbBelow: number;
  relaxEnds: boolean;
  /** Does not look for permuted atoms. */
  keepOrder: boolean;
}

/** What defines the task. */
export interface NebInput {
  atoms: Atoms;
  last: Atoms;
  potential: Potential;
  options: NebOptions;
  /** Å. */
  skin?: number;
}

/** Å over all coordinates: ends nearer than this are one minimum. */
export const SAME_END = 0.05;

/** Directions in which nothing holds the atoms in place. */
export function freeDirections(atoms: Atoms, potential: Potential): [boolean, boolean, boolean] {
  const symmetric = termsOf(potential).every((term) => formOf(term.kernel).symmetric);
  const free = (c: number) => symmetric && !atoms.fixed?.some((held, k) => held !== 0 && k % 3 === c);
  return [free(0), free(1), free(2)];
}

/** Held components are where they are: both ends must agree on them. */
function checkHeld({ atoms }: NebInput, match: Match): void {
  const { fixed } = atoms;
  if (!fixed) return;
  const k = fixed.findIndex((held, i) => held !== 0 && Math.abs(match.atoms.positions[i] - atoms.positions[i]) > 1e-3);
  if (k < 0) return;
  const d = (match.atoms.positions[k] - atoms.positions[k]).toFixed(3);
  throw new InputError(
    `${'xyz'[k % 3]} of atom ${Math.floor(k / 3)} (counted from 0) is held, but differs by ${d} Å between the ends`,
  );
}

/** The second end in terms of the first. Throws InputError where no path can lead from one to the other. */
export function matchNeb(input: NebInput): Match {
  const { atoms, potential, options } = input;
  if (options.images < 3) throw new InputError(`${options.images} images; at least 3 are needed, the ends included`);
  if (!(options.spring > 0)) throw new InputError(`the spring constant is ${options.spring}; it must be positive`);
  const free = freeDirections(atoms, potential);
  const match = matchEnds(atoms, input.last, { keepOrder: options.keepOrder, free });
  if (match.distance < SAME_END) throw sameEnds(match.reordered > 0);
  checkHeld(input, match);
  return match;
}

/** How the second end was brought into line with the first, in words; '' where nothing had to be done. */
export function describeMatch({ reordered, wrapped, shift }: Pick<Match, 'reordered' | 'wrapped' | 'shift'>): string {
  const length = Math.sqrt(shift.reduce((sum, x) => sum + x * x, 0));
  return [
    ...(reordered > 0 ? [`${reordered} atoms reordered`] : []),
    ...(wrapped > 0 ? [`${wrapped} atoms moved to their nearest image`] : []),
    ...(length > 0.01 ? [`a rigid shift of ${length.toFixed(3)} Å removed`] : []),
  ].join(', ');
}

/** No path leads from a minimum to itself. */
export function sameEnds(reordered: boolean): InputError {
  return new InputError(
    `the two ends are the same structure${reordered ? ' with its atoms in another order (--keep-order keeps it, for an exchange of atoms)' : ''}: there is no path between them`,
  );
}
