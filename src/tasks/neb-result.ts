/** What a path between two minima answers: barriers, all minima and saddles along it, images. */
import type { Atoms } from '../data/atoms.ts';
import { type Extremum, energyAt, extrema, highest, type Profile } from '../methods/profile.ts';
import { underResolved } from '../methods/resolution.ts';
import { bandOf, forcesOf, imagesOf, type Neb, profileOfNeb } from './neb.ts';

export type Place = {
  /** Å along the path. */
  reactionCoordinate: number;
  /** eV. */
  energy: number;
  /** Number of the nearest image, from 0. */
  image: number;
};

export type Saddle = Place & {
  /** eV above the minimum before and after it. */
  barrier: number;
  reverseBarrier: number;
  /** The nearest image climbed: the saddle's energy is exact to the forces; else it is the spline's. */
  climbed: boolean;
};

export type NebResult = {
  converged: boolean;
  /** Which criterion stopped it, in words. */
  reason: string;
  /** eV: the highest point of the path above its first and its last end. */
  barrier: number;
  reverseBarrier: number;
  /** (images) eV, ends included. */
  energies: number[];
  /** (images) Å, from 0. */
  reactionCoordinate: number[];
  /** Ends included; saddle k lies between minima k and k + 1. */
  minima: Place[];
  saddles: Saddle[];
  /** Numbers of the images that climbed. */
  climbing: number[];
  /** The segment k → k + 1 that would need another image, or null. */
  coarse: number | null;
  steps: number;
  /** Of single images, the relaxation of the ends included. */
  evaluations: number;
  /** eV/Å, of the band. */
  fmax: number;
  ends: { energy: number; fmax: number; steps: number }[];
  /** How the second structure was brought into line with the first. */
  mapping: { reordered: number; wrapped: number; shift: number[] };
};

export function describeNeb(neb: Neb): NebResult {
  const { state, match } = neb;
  const profile = profileOfNeb(neb);
  const { minima, saddles } = extrema(profile);
  const top = highest(profile);
  const energies = [...profile.energies];
  const place = (at: Extremum): Place => ({
    reactionCoordinate: at.coordinate,
    energy: at.energy,
    image: nearest(profile, at.coordinate),
  });
  return {
    converged: state.outcome === 'converged',
    reason: state.reason,
    barrier: top - energies[0],
    reverseBarrier: top - energies[energies.length - 1],
    energies,
    reactionCoordinate: [...profile.coordinates],
    minima: minima.map(place),
    saddles: saddles.map((saddle, k) => {
      const found = place(saddle);
      return {
        ...found,
        barrier: saddle.energy - minima[k].energy,
        reverseBarrier: saddle.energy - minima[k + 1].energy,
        climbed: state.climbing.includes(found.image) && sitsOn(profile, found),
      };
    }),
    climbing: [...state.climbing],
    coarse: underResolved(profile, imagesOf(neb)) ?? null,
    steps: state.steps,
    evaluations: state.evaluations,
    fmax: state.minimizer.fmax,
    ends: state.ends.map(({ energy, fmax, steps }) => ({ energy, fmax, steps })),
    mapping: { reordered: match.reordered, wrapped: match.wrapped, shift: [...match.shift] },
  };
}

/** Å and eV: an image this near to a saddle of the spline is on it. */
const NEAR = { length: 0.05, energy: 1e-3 };

/** False for an image that found a dip between two humps instead. */
function sitsOn({ coordinates, energies }: Profile, { reactionCoordinate, energy, image }: Place): boolean {
  return (
    Math.abs(coordinates[image] - reactionCoordinate) < NEAR.length && Math.abs(energies[image] - energy) < NEAR.energy
  );
}

function nearest({ coordinates }: Profile, s: number): number {
  let best = 0;
  coordinates.forEach((at, k) => {
    if (Math.abs(at - s) < Math.abs(coordinates[best] - s)) best = k;
  });
  return best;
}

/** Energies, eV, at `count` + 1 equally spaced places of the path: [s, energy]. */
export function spline(profile: Profile, count: number): [number, number][] {
  const length = profile.coordinates[profile.coordinates.length - 1];
  return Array.from({ length: count + 1 }, (_, k) => {
    const s = (k / count) * length;
    return [s, energyAt(profile, s)];
  });
}

/** All images with energies and forces; positions are continuous along the path. */
export function frames(neb: Neb): Atoms[] {
  const { coordinates, energies } = profileOfNeb(neb);
  const forces = forcesOf(neb);
  return imagesOf(neb).map((positions, k) => ({
    ...neb.input.atoms,
    velocities: undefined,
    positions: positions.slice(),
    info: { image: k, reactionCoordinate: coordinates[k], energy: energies[k] },
    arrays: { forces: forces[k].slice() },
  }));
}

/** The image with the highest energy. */
export function highestImage(neb: Neb): number {
  const { energies } = bandOf(neb);
  return energies.reduce((best, energy, k) => (energy > energies[best] ? k : best), 0);
}
