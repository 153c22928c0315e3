/** Point defects and random displacements: a structure in, a new structure out. */
import type { Atoms } from './atoms.ts';
import { standardMass, symbolOf } from './elements.ts';
import { InputError } from './errors.ts';
import { nearestAtom } from './image.ts';
import { type Orientation, toOriented } from './orient.ts';
import { fillGauss, fillUniform } from './rng.ts';
import { select } from './select.ts';

/** Closer than this (Å) a new atom is taken for a mistake. */
const tooClose = 0.3;

const show = (p: ArrayLike<number>) => `(${Array.from(p).join(', ')})`;

/** Index of a site: an index from 0 (checked), or the atom nearest to a Cartesian point, Å. */
function siteIndex(atoms: Atoms, site: number | ArrayLike<number>, what: string): number {
  if (typeof site !== 'number') return nearestAtom(atoms, site).index;
  const n = atoms.numbers.length;
  if (!Number.isInteger(site) || site < 0 || site >= n) {
    throw new InputError(`${what}: there is no atom ${site}; an index from 0 to ${n - 1} was expected`);
  }
  return site;
}

/** Without one atom: an index from 0, or a Cartesian point (Å) whose nearest atom is meant. */
export function vacancy(atoms: Atoms, site: number | ArrayLike<number>): Atoms {
  const gone = siteIndex(atoms, site, 'vacancy');
  const kept = Uint32Array.from({ length: atoms.numbers.length - 1 }, (_, k) => (k < gone ? k : k + 1));
  return select(atoms, kept);
}

/** With an atom more, the last: at rest, free, with its standard mass and zeros in the extra columns. */
function append(atoms: Atoms, z: number, p: readonly number[]): Atoms {
  const n = atoms.numbers.length;
  const all = select(
    atoms,
    Uint32Array.from({ length: n }, (_, k) => k),
  );
  const columns = Object.entries(all.arrays).map(([key, x]): [string, Float64Array] => {
    return [key, Float64Array.from([...x, ...new Array<number>(n === 0 ? 0 : x.length / n).fill(0)])];
  });
  return {
    ...all,
    numbers: Uint8Array.from([...all.numbers, z]),
    positions: Float64Array.from([...all.positions, ...p]),
    ...(all.velocities && { velocities: Float64Array.from([...all.velocities, 0, 0, 0]) }),
    ...(all.masses && { masses: Float64Array.from([...all.masses, standardMass(z)]) }),
    ...(all.fixed && { fixed: Uint8Array.from([...all.fixed, 0, 0, 0]) }),
    arrays: Object.fromEntries(columns),
  };
}

function finitePoint(p: ArrayLike<number>, what: string): [number, number, number] {
  if (p.length !== 3 || !Array.from(p).every(Number.isFinite)) {
    throw new InputError(`${what}: found ${show(p)}; three finite numbers were expected`);
  }
  return [p[0], p[1], p[2]];
}

/**
 * With one more atom of atomic number z at a Cartesian point (Å), the last of the list. Throws InputError where another
 * is closer than 0.3 Å.
 */
export function interstitial(atoms: Atoms, z: number, point: ArrayLike<number>): Atoms {
  symbolOf(z); // checks it
  const p = finitePoint(point, 'interstitial');
  if (atoms.numbers.length > 0) {
    const near = nearestAtom(atoms, p);
    if (near.distance < tooClose) {
      throw new InputError(`interstitial at ${show(p)}: atom ${near.index} is only ${near.distance.toFixed(3)} Å away`);
    }
  }
  return append(atoms, z, p);
}

/** Vectors from an atom to an interstitial site next to it, in units of a, along the cubic axes. */
const holes = {
  bcc: { octahedral: [0.5, 0, 0], tetrahedral: [0.5, 0.25, 0] },
  fcc: { octahedral: [0.5, 0, 0], tetrahedral: [0.25, 0.25, 0.25] },
} as const;

/** A Cartesian point, Å: the octahedral or tetrahedral site next to atom `i` of a perfect bcc or fcc crystal. */
export function interstitialSite(
  atoms: Atoms,
  i: number,
  site: { lattice: 'bcc' | 'fcc'; hole: 'octahedral' | 'tetrahedral'; a: number; orient?: Orientation },
): [number, number, number] {
  const index = siteIndex(atoms, i, 'interstitial');
  const v = toOriented(holes[site.lattice][site.hole], site.orient);
  const [x, y, z] = v.map((component, c) => atoms.positions[3 * index + c] + site.a * component);
  return [x, y, z];
}

/**
 * A dumbbell: atom `site` is moved by half the separation (Å) along a Cartesian direction of any length (for Miller
 * indices of a turned crystal: toOriented), and an atom of atomic number z (default: the same element) is added at the
 * other end, the last of the list.
 */
export function dumbbell(
  atoms: Atoms,
  site: number | ArrayLike<number>,
  { direction, separation, z }: { direction: ArrayLike<number>; separation: number; z?: number },
): Atoms {
  const index = siteIndex(atoms, site, 'dumbbell');
  const d = finitePoint(direction, 'dumbbell direction');
  const length = Math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
  if (!(length > 0)) throw new InputError('dumbbell direction: it has no length');
  if (!(separation >= tooClose && separation < 100)) {
    throw new InputError(`dumbbell: separation ${separation} Å; ${tooClose} to 100 Å was expected`);
  }
  const half = d.map((component) => (component / length) * (separation / 2));
  const centre = atoms.positions.slice(3 * index, 3 * index + 3);
  const result = append(
    atoms,
    z ?? atoms.numbers[index],
    half.map((h, c) => centre[c] - h),
  );
  for (let c = 0; c < 3; c++) result.positions[3 * index + c] = centre[c] + half[c];
  return result;
}

/**
 * Every free component of every position moved at random: normally distributed with standard deviation `sigma` (Å), or
 * uniformly within ±`amplitude` (Å). The same seed gives the same displacements everywhere.
 */
export function displace(atoms: Atoms, size: { sigma: number } | { amplitude: number }, seed: bigint): Atoms {
  const scale = 'sigma' in size ? size.sigma : size.amplitude;
  if (!(scale >= 0 && scale < 100)) throw new InputError(`displacement of ${scale} Å; 0 to 100 Å was expected`);
  const result = select(
    atoms,
    Uint32Array.from({ length: atoms.numbers.length }, (_, k) => k),
  );
  const x = result.positions;
  const draw = new Float64Array(x.length);
  if ('sigma' in size) fillGauss(draw, seed, 'displacements', 0);
  else fillUniform(draw, seed, 'displacements', 0);
  for (let k = 0; k < x.length; k++) {
    if (atoms.fixed?.[k]) continue;
    x[k] += scale * ('sigma' in size ? draw[k] : 2 * draw[k] - 1);
  }
  return result;
}
