/** Which images of a band should climb: those next to the saddles of its spline. */
import { type Extremum, extrema, type Profile } from './profile.ts';

/** None, the image next to the highest saddle, or one for each. */
export type Climb = 'none' | 'highest' | 'all';

/** Numbers of the images next to the saddles that should be climbed to. */
export function climbers(profile: Profile, which: Climb): number[] {
  const { saddles } = extrema(profile);
  if (which === 'none' || saddles.length === 0) return [];
  const byEnergy = [...saddles].sort((a, b) => b.energy - a.energy);
  const chosen = which === 'highest' ? byEnergy.slice(0, 1) : byEnergy;
  const climbing: number[] = [];
  for (const saddle of chosen) {
    const k = nearestImage(profile, saddle);
    // of neighbours only the higher climbs: the other is left to see what is between them
    if (!climbing.some((other) => Math.abs(other - k) <= 1)) climbing.push(k);
  }
  return climbing.sort((a, b) => a - b);
}

/** A moving image. */
function nearestImage({ coordinates }: Profile, { coordinate }: Extremum): number {
  let best = 1;
  for (let k = 2; k < coordinates.length - 1; k++) {
    if (Math.abs(coordinates[k] - coordinate) < Math.abs(coordinates[best] - coordinate)) best = k;
  }
  return best;
}

/** eV: humps of one height are equally good to climb. */
const SAME_HEIGHT = 1e-3;

/** True where an image should climb that does not, and its hump is higher than all that do. */
export function missesHump(profile: Profile, climbing: readonly number[], better: readonly number[]): boolean {
  if (better.length === 0 || better.join() === climbing.join()) return false;
  const climbed = climbing.map((k) => profile.energies[k]);
  const top = extrema(profile).saddles.reduce((most, saddle) => Math.max(most, saddle.energy), -Infinity);
  return climbed.length === 0 || top > Math.max(...climbed) + SAME_HEIGHT;
}
