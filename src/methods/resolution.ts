/**
 * Where a path has too few images: a segment over which the energy changes much, at whose end the path bends sharply,
 * or in which the spline turns far from any image. Two humps next to each other need an image between them: at both of
 * them the slope is zero, and the spline would not see the minimum.
 */
import { energyAt, extrema, type Profile } from './profile.ts';

/** Of the energy range of the path, within one segment. */
const MOST_ENERGY = 0.4;
/** 1 − cos of the angle between two segments: 60°. */
const MOST_BEND = 0.5;
/** Share of a segment between a turn of the spline and the nearest image. */
const MOST_AWAY = 0.25;
const SAMPLES = 8;

/** The segment k → k + 1 that needs an image most, or undefined where none does. */
export function underResolved(profile: Profile, images: readonly Float64Array[]): number | undefined {
  const { coordinates, energies } = profile;
  const range = energies.reduce((a, b) => Math.max(a, b)) - energies.reduce((a, b) => Math.min(a, b));
  const unseen = unseenTurns(profile);
  let [worst, gap] = [-1, 1];
  for (let k = 0; k < images.length - 1; k++) {
    const rise = range > 0 ? variation(profile, k) / (MOST_ENERGY * range) : 0;
    // a bend belongs to the longer of its two segments
    const length = coordinates[k + 1] - coordinates[k];
    const left = k > 0 && length >= coordinates[k] - coordinates[k - 1] ? bend(images, k) : 0;
    const right = k + 2 < images.length && length >= coordinates[k + 2] - coordinates[k + 1] ? bend(images, k + 1) : 0;
    const need = Math.max(rise, left / MOST_BEND, right / MOST_BEND, unseen[k]);
    if (need > gap) [worst, gap] = [k, need];
  }
  return worst < 0 ? undefined : worst;
}

/** For each segment how much an extremum in it needs an image: above 1 it does. */
function unseenTurns(profile: Profile): Float64Array {
  const { coordinates } = profile;
  const need = new Float64Array(coordinates.length - 1);
  const { minima, saddles } = extrema(profile);
  const nearest: number[] = [];
  for (const { coordinate } of [...saddles, ...minima.slice(1, -1)]) {
    let k = 0;
    while (k < need.length - 1 && coordinate >= coordinates[k + 1]) k++;
    const t = (coordinate - coordinates[k]) / (coordinates[k + 1] - coordinates[k]);
    need[k] = Math.max(need[k], Math.min(t, 1 - t) / MOST_AWAY);
    if (nearest.length < saddles.length) nearest.push(t < 0.5 ? k : k + 1);
  }
  nearest.slice(1).forEach((k, i) => {
    if (k === nearest[i] + 1) need[nearest[i]] = 2;
  });
  return need;
}

/** Highest less lowest energy in segment k, eV. */
function variation(profile: Profile, k: number): number {
  const { coordinates } = profile;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i <= SAMPLES; i++) {
    const energy = energyAt(profile, coordinates[k] + (i / SAMPLES) * (coordinates[k + 1] - coordinates[k]));
    low = Math.min(low, energy);
    high = Math.max(high, energy);
  }
  return high - low;
}

/** 1 − cos of the angle by which the path turns at image k. */
function bend(images: readonly Float64Array[], k: number): number {
  let [product, back, ahead] = [0, 0, 0];
  for (let i = 0; i < images[k].length; i++) {
    const u = images[k][i] - images[k - 1][i];
    const v = images[k + 1][i] - images[k][i];
    product += u * v;
    back += u * u;
    ahead += v * v;
  }
  return 1 - product / Math.sqrt(back * ahead);
}

export interface Chain {
  /** ((images − 2)·size). */
  x: Float64Array;
  /** eV/Å², one per segment. */
  springs: Float64Array;
}

/**
 * The chain with an image half-way along segment k. The springs of the halves are twice as stiff, so that what was added
 * stays where it is needed.
 */
export function insertImage({ x, springs }: Chain, images: readonly Float64Array[], k: number): Chain {
  const size = images[0].length;
  const middle = images[k].map((value, i) => 0.5 * (value + images[k + 1][i]));
  const grown = new Float64Array(x.length + size);
  grown.set(x.subarray(0, k * size));
  grown.set(middle, k * size);
  grown.set(x.subarray(k * size), (k + 1) * size);
  const stiff = [...springs];
  stiff.splice(k, 1, 2 * springs[k], 2 * springs[k]);
  return { x: grown, springs: Float64Array.from(stiff) };
}
