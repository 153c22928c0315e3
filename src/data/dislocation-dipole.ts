/**
 * Two opposite dislocations along z in a cell that repeats in the plane: the displacements of all images added up. That
 * sum converges up to a linear function, which is measured between cell faces and taken off (Cai, Bulatov, Chang, Li, Yip
 * 2003, 10.1080/0141861021000051109); then the cell takes up the plastic strain, so that no mean stress is left.
 */
import { angle } from './angle.ts';
import { InputError } from './errors.ts';
import type { DislocationField } from './stroh.ts';

export type Point = readonly [number, number];

export interface DipoleSpec {
  /** Of the first dislocation; the second has the opposite Burgers vector. */
  field: DislocationField;
  first: Point;
  second: Point;
  /** Periods in the plane, Å, right-handed. */
  periods: readonly [Point, Point];
  /** Images on every side; default 16. */
  images?: number;
}

export interface Dipole {
  /**
   * (3) Å at (x, y): jumps by the Burgers vector across the line between the two dislocations; from one period to the
   * next it changes by `tilt`.
   */
  displacement(x: number, y: number): Float64Array;
  /** (3) Å each: what the two periods gain so that the mean stress vanishes. */
  tilt: [Float64Array, Float64Array];
}

/** Throws InputError for dislocations at one place and periods without area. */
export function dipole({ field, first, second, periods, images = 16 }: DipoleSpec): Dipole {
  const [[ax, ay], [bx, by]] = periods;
  const area = ax * by - ay * bx;
  const way = [second[0] - first[0], second[1] - first[1]];
  const length = Math.sqrt(way[0] ** 2 + way[1] ** 2);
  if (!(area > 0)) throw new InputError('the periods of a dislocation dipole have no area, or are left-handed');
  if (!(length > 0)) throw new InputError('the two dislocations of a dipole are at one place');
  // angles are counted from the direction against `way`: both cuts run along it and cancel beyond the second
  const [c, s] = [-way[0] / length, -way[1] / length];
  const sum = (x: number, y: number): Float64Array => {
    const out = new Float64Array(3);
    for (let i = -images; i <= images; i++) {
      for (let j = -images; j <= images; j++) {
        const [px, py] = [x - i * ax - j * bx, y - i * ay - j * by];
        const [dx, dy] = [px - first[0], py - first[1]];
        // the same side of the line for both, so that no rounding sets them on different branches
        const [along, beside] = [dx * c + dy * s, dy * c - dx * s];
        field.add(dx, dy, angle(along, beside), 1, out);
        field.add(px - second[0], py - second[1], angle(along + length, beside), -1, out);
      }
    }
    return out;
  };
  const centre = [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2];
  const across = (px: number, py: number) => {
    const [before, after] = [sum(centre[0] - px / 2, centre[1] - py / 2), sum(centre[0] + px / 2, centre[1] + py / 2)];
    return after.map((value, k) => value - before[k]);
  };
  const spurious = [across(ax, ay), across(bx, by)];
  // the jump across the cut, −b to the left of `way`, spread over the area with the sign turned
  const tilt = periods.map(([x, y]) => field.burgers.map((b) => (b * (way[1] * x - way[0] * y)) / area));
  return {
    tilt: [tilt[0], tilt[1]],
    displacement: (x, y) => {
      const [dx, dy] = [x - centre[0], y - centre[1]];
      const [p, q] = [(dx * by - dy * bx) / area, (ax * dy - ay * dx) / area];
      // the sum is best near its centre: elsewhere the cell's image of the point
      const [m, n] = [Math.round(p), Math.round(q)];
      const u = sum(x - m * ax - n * bx, y - m * ay - n * by);
      return u.map(
        (value, k) => value + p * tilt[0][k] + q * tilt[1][k] - (p - m) * spurious[0][k] - (q - n) * spurious[1][k],
      );
    },
  };
}
