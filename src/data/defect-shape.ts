/**
 * A point defect as sites that lose their atom and points that gain one, in units of the lattice constant along the
 * cubic axes and relative to one site; and how such a shape is put into a crystal of any orientation.
 */
import type { Atoms } from './atoms.ts';
import { interstitial } from './defects.ts';
import { InputError } from './errors.ts';
import { nearestAtom } from './image.ts';
import { type Orientation, toOriented } from './orient.ts';
import { select } from './select.ts';

/** In units of a, cubic axes. */
export type Vector = readonly [number, number, number];

export interface DefectShape {
  /** Sites that become empty. */
  remove: readonly Vector[];
  /** Where atoms are added. */
  add: readonly Vector[];
}

/** Added less removed: positive for interstitial clusters. */
export const extraAtoms = ({ add, remove }: DefectShape): number => add.length - remove.length;

/** Shapes side by side; sites that both empty are emptied once, points that both fill are filled once. */
export function union(shapes: readonly DefectShape[]): DefectShape {
  const once = (points: readonly Vector[]): Vector[] => [...new Map(points.map((p) => [keyOf(p), p])).values()];
  return { remove: once(shapes.flatMap((s) => s.remove)), add: once(shapes.flatMap((s) => s.add)) };
}

/** Same for points that are equal to 1e-4 a. */
export const keyOf = (p: Vector): string => p.map((c) => Math.round(c * 1e4) + 0).join();

export const plus = (p: Vector, q: Vector, scale = 1): Vector => [
  p[0] + scale * q[0],
  p[1] + scale * q[1],
  p[2] + scale * q[2],
];

export const dot = (p: Vector, q: Vector): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];

export interface Placement {
  /** The atom that the shape refers to, from 0. */
  site: number;
  /** Å. */
  a: number;
  orient?: Orientation;
  /** Atomic number of what is added; default that of `site`. */
  z?: number;
}

/** Å: farther from a site an atom does not sit on it. */
const ON_SITE = 0.1;

/**
 * The crystal with the defect: what is left in its order, then what was added. Throws InputError where a site has no
 * atom (no such crystal, or the defect meets its own image) and where atoms end closer than 0.3 Å.
 */
export function placeDefect(crystal: Atoms, shape: DefectShape, { site, a, orient, z }: Placement): Atoms {
  const n = crystal.numbers.length;
  if (!Number.isInteger(site) || site < 0 || site >= n) {
    throw new InputError(`defect: there is no atom ${site}; an index from 0 to ${n - 1} was expected`);
  }
  const centre = crystal.positions.subarray(3 * site, 3 * site + 3);
  const point = (p: Vector) => toOriented(p, orient).map((c, k) => centre[k] + a * c);
  const gone = new Set<number>();
  for (const p of shape.remove) {
    const { index, distance } = nearestAtom(crystal, point(p));
    if (distance > ON_SITE || gone.has(index)) {
      const what = gone.has(index)
        ? 'it meets its own periodic image'
        : `no atom is at a (${p.join(', ')}) from atom ${site}`;
      throw new InputError(`defect: ${what}; a larger or a perfect crystal was expected`);
    }
    gone.add(index);
  }
  const left = Uint32Array.from({ length: n }, (_, i) => i).filter((i) => !gone.has(i));
  let result = select(crystal, left);
  for (const p of shape.add) result = interstitial(result, z ?? crystal.numbers[site], point(p));
  return result;
}
