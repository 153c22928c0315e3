/**
 * The energy along a path between its images: on each segment the cubic that has the images' energies and slopes, the
 * slopes from the true forces (Henkelman, Jónsson 2000, appendix, 10.1063/1.1323224). Its minima and maxima are all
 * states of the path, found where no image sits: the highest image is not the barrier.
 *
 *   s        chord lengths added up, Å                     R(s)     the images
 *   dE/ds    −F·dR/ds, dR/ds from the parabola through three neighbours (not normalised: s is chord, not arc)
 */
import { InputError } from '../data/errors.ts';
import { distance } from './tangent.ts';

export interface PathImages {
  /** One (size) array for each image, ends included. */
  images: readonly Float64Array[];
  /** eV. */
  energies: ArrayLike<number>;
  /** (size) each, eV/Å: true forces. */
  forces: readonly Float64Array[];
}

export interface Profile {
  /** s of the images, Å, from 0. */
  coordinates: Float64Array;
  /** eV. */
  energies: Float64Array;
  /** dE/ds, eV/Å. */
  slopes: Float64Array;
}

export interface Extremum {
  /** Å. */
  coordinate: number;
  /** eV. */
  energy: number;
}

export interface Extrema {
  /** Along the path, the ends included: one more than saddles, which lie between them. */
  minima: Extremum[];
  saddles: Extremum[];
}

/** Throws InputError where fewer than two images are given or two neighbours coincide. */
export function profileOf({ images, energies, forces }: PathImages): Profile {
  const n = images.length;
  if (n < 2) throw new InputError(`a path of ${n} images; at least 2 are needed`);
  const coordinates = new Float64Array(n);
  for (let k = 1; k < n; k++) {
    const step = distance(images[k], images[k - 1]);
    if (!(step > 0)) throw new InputError(`images ${k - 1} and ${k} of the path are the same`);
    coordinates[k] = coordinates[k - 1] + step;
  }
  const slopes = Float64Array.from({ length: n }, (_, k) => -along(forces[k], images, coordinates, k));
  return { coordinates, energies: Float64Array.from(energies), slopes };
}

/** F·dR/ds at image k. */
function along(force: Float64Array, images: readonly Float64Array[], s: Float64Array, k: number): number {
  const n = images.length;
  const chord = (a: number, b: number) => {
    let sum = 0;
    for (let i = 0; i < force.length; i++) sum += force[i] * (images[b][i] - images[a][i]);
    return sum / (s[b] - s[a]);
  };
  if (n === 2) return chord(0, 1);
  const middle = Math.min(Math.max(k, 1), n - 2);
  const [back, ahead] = [chord(middle - 1, middle), chord(middle, middle + 1)];
  // derivative of the parabola through the three images, at image k
  const bend = (ahead - back) / (s[middle + 1] - s[middle - 1]);
  return back + bend * (2 * s[k] - s[middle - 1] - s[middle]);
}

/** Energy, eV, at s within [0, length]. */
export function energyAt({ coordinates, energies, slopes }: Profile, s: number): number {
  const k = segmentOf(coordinates, s);
  const h = coordinates[k + 1] - coordinates[k];
  const [a, b, c] = cubic(energies[k + 1] - energies[k], h * slopes[k], h * slopes[k + 1]);
  const t = (s - coordinates[k]) / h;
  return energies[k] + t * (a + t * (b + t * c));
}

function segmentOf(coordinates: Float64Array, s: number): number {
  let k = 0;
  while (k < coordinates.length - 2 && s >= coordinates[k + 1]) k++;
  return k;
}

/** e(t) = a t + b t² + c t³ with e(1) = rise, e'(0) = left, e'(1) = right. */
function cubic(rise: number, left: number, right: number): [number, number, number] {
  return [left, 3 * rise - 2 * left - right, left + right - 2 * rise];
}

/** Roots in (0, 1) of the derivative of a segment, ascending. */
function turns(rise: number, left: number, right: number): number[] {
  const [a, b, c] = cubic(rise, left, right);
  // a + 2 b t + 3 c t² = 0, without cancellation
  const root = b * b - 3 * a * c;
  if (!(root > 0)) return [];
  const q = -(b + (b < 0 ? -1 : 1) * Math.sqrt(root));
  return [q / (3 * c), a / q].filter((t) => t > 0 && t < 1).sort((x, y) => x - y);
}

/**
 * All minima and saddles, alternating, the ends as minima. Dips shallower than `depth`, eV, are taken for noise.
 */
export function extrema(profile: Profile, depth = 1e-4): Extrema {
  const { coordinates, energies, slopes } = profile;
  const last = coordinates.length - 1;
  const points: Extremum[] = [{ coordinate: 0, energy: energies[0] }];
  for (let k = 0; k < last; k++) {
    const h = coordinates[k + 1] - coordinates[k];
    for (const t of turns(energies[k + 1] - energies[k], h * slopes[k], h * slopes[k + 1])) {
      const coordinate = coordinates[k] + t * h;
      points.push({ coordinate, energy: energyAt(profile, coordinate) });
    }
    points.push({ coordinate: coordinates[k + 1], energy: energies[k + 1] });
  }
  return alternate(points, depth);
}

/** Turns of a polyline that stand out by more than `depth` on both sides. */
function alternate(points: Extremum[], depth: number): Extrema {
  const minima: Extremum[] = [];
  const saddles: Extremum[] = [];
  let [low, high] = [points[0], points[0]];
  let rising = true;
  for (const point of points) {
    if (!rising) {
      if (point.energy < low.energy) low = point;
      else if (point.energy > low.energy + depth) [rising, high] = [true, point];
    } else if (point.energy > high.energy) high = point;
    else if (point.energy < high.energy - depth && high.energy > low.energy + depth) {
      minima.push(low);
      saddles.push(high);
      [rising, low] = [false, point];
    } else if (point.energy < low.energy) [low, high] = [point, point];
  }
  minima.push(low);
  // an end that is as low as the lowest point next to it is that minimum
  const [first, last] = [points[0], points[points.length - 1]];
  if (first.energy <= minima[0].energy + depth) minima[0] = first;
  if (saddles.length > 0 && last.energy <= low.energy + depth) minima[minima.length - 1] = last;
  return { minima, saddles };
}

/** Highest energy on the path, eV. */
export function highest(profile: Profile): number {
  const { saddles } = extrema(profile, 0);
  const tops = [...saddles.map((saddle) => saddle.energy), ...profile.energies];
  return tops.reduce((a, b) => Math.max(a, b));
}
