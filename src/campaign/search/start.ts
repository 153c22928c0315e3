/** Where walks begin, and how an event displaces the atoms around a defect: functions of counter-based random numbers. */
import { defectSites } from '../../analysis/defect-inertia.ts';
import { wignerSeitz } from '../../analysis/wigner-seitz.ts';
import type { Atoms } from '../../data/atoms.ts';
import { placeDefect } from '../../data/defect-shape.ts';
import { interstitial, vacancy } from '../../data/defects.ts';
import { shortestVector } from '../../data/displacement.ts';
import { PhysicsError } from '../../data/errors.ts';
import { nearestAtom } from '../../data/image.ts';
import { defectShape } from '../../data/point-defects.ts';
import { fillGauss, fillUniform } from '../../data/rng.ts';
import type { RandomStart, SearchConfig } from './config.ts';

/** Which random numbers: none is used twice. */
export interface Draw {
  seed: number;
  /** Number of the walk. */
  walk: number;
  /** 0 is the start. */
  event: number;
}

const stepOf = ({ walk, event }: Draw): number => walk * 16_777_216 + event;
const CHOICES = 16;

/** `count` uniform numbers of (0,1), at most 16. */
export function choices(draw: Draw, count: number): Float64Array {
  const out = new Float64Array(count);
  fillUniform(out, BigInt(draw.seed), 'search', stepOf(draw));
  return out;
}

function normals(draw: Draw, length: number): Float64Array {
  const out = new Float64Array(length);
  fillGauss(out, BigInt(draw.seed), 'search', stepOf(draw), CHOICES);
  return out;
}

/** Å: a start is shaken by this, off any saddle that its symmetry makes. */
const SHAKEN = 0.03;
/** Å: nearer to an atom no interstitial is placed. */
const NEAREST = 1.2;
const TRIES = 10_000;

/** The perfect crystal with the defect at the site nearest to the middle of the cell, shaken a little. */
export function startOf(
  perfect: Atoms,
  { crystal, a }: Pick<SearchConfig, 'crystal' | 'a'>,
  defect: string | RandomStart,
  draw: Draw,
): Atoms {
  const site = nearestAtom(perfect, middle(perfect)).index;
  const atoms =
    typeof defect === 'string'
      ? placeDefect(perfect, defectShape(defect, crystal), { site, a })
      : placed(perfect, site, defect.random, draw);
  const shake = normals(draw, atoms.positions.length);
  return { ...atoms, positions: atoms.positions.map((x, k) => x + SHAKEN * shake[k]) };
}

const middle = ({ cell }: Atoms): number[] => [0, 1, 2].map((c) => (cell[c] + cell[3 + c] + cell[6 + c]) / 2);

interface Amounts {
  vacancies: number;
  interstitials: number;
  radius: number;
}

/** Random sites emptied and random points filled within a sphere. */
function placed(perfect: Atoms, site: number, { vacancies, interstitials, radius }: Amounts, draw: Draw): Atoms {
  const centre = perfect.positions.slice(3 * site, 3 * site + 3);
  const u = new Float64Array(3 * TRIES);
  fillUniform(u, BigInt(draw.seed), 'search', stepOf(draw), 1 << 24);
  let next = 0;
  const point = (): number[] => {
    for (; next < TRIES; ) {
      const p = [0, 1, 2].map((c) => radius * (2 * u[3 * next + c] - 1));
      next++;
      if (p[0] * p[0] + p[1] * p[1] + p[2] * p[2] <= radius * radius) return p.map((x, c) => centre[c] + x);
    }
    throw new PhysicsError(`no room for ${vacancies} vacancies and ${interstitials} interstitials within ${radius} Å`);
  };
  const gone = new Set<number>();
  while (gone.size < vacancies) gone.add(nearestAtom(perfect, point()).index);
  let atoms = [...gone].sort((p, q) => q - p).reduce((all, index) => vacancy(all, index), perfect);
  for (let k = 0; k < interstitials; ) {
    const p = point();
    if (nearestAtom(atoms, p).distance < NEAREST) continue;
    atoms = interstitial(atoms, perfect.numbers[site], p);
    k++;
  }
  return atoms;
}

export interface Shake {
  /** Å over all atoms, least and most. */
  displacement: readonly [number, number];
  /** Å around a defect. */
  radius: number;
}

/**
 * (n,3) Å: a random vector of atoms around one of the defects: an atom within `radius` of a defect's site, and those around
 * it up to a random distance, so that single atoms and whole shells are displaced. Undefined without a defect.
 */
export function shake(
  atoms: Atoms,
  perfect: Atoms,
  { displacement, radius }: Shake,
  draw: Draw,
): Float64Array | undefined {
  const sites = defectSites(wignerSeitz(atoms, perfect));
  if (sites.length === 0) return undefined;
  const [u, v, w, l] = choices(draw, 4);
  const shortest = shortestVector(atoms.cell, atoms.pbc);
  const around = (centre: ArrayLike<number>, reach: number): number[] => {
    const d = [0, 0, 0];
    return Array.from({ length: atoms.numbers.length }, (_, i) => i).filter((i) => {
      for (let c = 0; c < 3; c++) d[c] = atoms.positions[3 * i + c] - centre[c];
      shortest(d);
      return d[0] * d[0] + d[1] * d[1] + d[2] * d[2] <= reach * reach;
    });
  };
  const site = sites[Math.floor(u * sites.length)];
  const near = around(perfect.positions.subarray(3 * site, 3 * site + 3), radius);
  if (near.length === 0) return undefined;
  const active = near[Math.floor(v * near.length)];
  const moved = around(atoms.positions.subarray(3 * active, 3 * active + 3), w * radius);
  const gauss = normals(draw, atoms.positions.length);
  const way = new Float64Array(atoms.positions.length);
  let square = 0;
  for (const i of moved) {
    for (let c = 0; c < 3; c++) {
      way[3 * i + c] = gauss[3 * i + c];
      square += gauss[3 * i + c] ** 2;
    }
  }
  const length = displacement[0] + l * (displacement[1] - displacement[0]);
  return way.map((x) => (x * length) / Math.sqrt(square));
}
