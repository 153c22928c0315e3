/**
 * Vacancy clusters of bcc and fcc: grown site by site, each time where most first and second neighbours are empty
 * already (compact), or filled shell after shell around one site.
 */
import type { Vector } from './defect-shape.ts';
import { dot, keyOf, plus } from './defect-shape.ts';
import { InputError } from './errors.ts';

export type CubicLattice = 'bcc' | 'fcc';

/** All sites within `reach` a of the origin, nearest first; of one shell in descending order of x, y, z. */
export function sitesWithin(lattice: CubicLattice, reach: number): Vector[] {
  const most = Math.ceil(2 * reach);
  const sites: Vector[] = [];
  for (let i = -most; i <= most; i++) {
    for (let j = -most; j <= most; j++) {
      for (let k = -most; k <= most; k++) {
        const even = (n: number) => n % 2 === 0;
        const there = lattice === 'bcc' ? even(i) === even(j) && even(j) === even(k) : even(i + j + k);
        if (there && i * i + j * j + k * k <= 4 * reach * reach + 1e-9) sites.push([i / 2, j / 2, k / 2]);
      }
    }
  }
  return sites.sort((p, q) => dot(p, p) - dot(q, q) || q[0] - p[0] || q[1] - p[1] || q[2] - p[2]);
}

/** Squared distances of the first shells, a². */
export function shells(lattice: CubicLattice, count: number): number[] {
  const squares = sitesWithin(lattice, 4).map((p) => dot(p, p));
  return [...new Set(squares)].slice(1, count + 1);
}

const between = (p: Vector, q: Vector): number => dot(plus(p, q, -1), plus(p, q, -1));

export interface Compactness {
  /** Squared distance of two sites, a². */
  squared: (p: Vector, q: Vector) => number;
  /** Up to this squared distance two sites are neighbours, a². */
  bond: number;
  /** Narrows the choice. */
  allowed: (site: Vector, chosen: readonly Vector[]) => boolean;
}

/**
 * n sites, the origin first: each next one has the most neighbours (first and second, unless told otherwise) among those
 * before it, of equals the one with the least sum of squared distances to them.
 */
export function compactSites(lattice: CubicLattice, n: number, how: Partial<Compactness> = {}): Vector[] {
  const { squared = between, bond = shells(lattice, 2)[1], allowed = () => true } = how;
  const chosen: Vector[] = [[0, 0, 0]];
  const near = sitesWithin(lattice, 1).slice(1);
  while (chosen.length < n) {
    const taken = new Set(chosen.map(keyOf));
    const candidates = new Map(chosen.flatMap((p) => near.map((d) => [keyOf(plus(p, d)), plus(p, d)] as const)));
    let best: { site: Vector; bonds: number; spread: number } | undefined;
    for (const [key, site] of candidates) {
      if (taken.has(key) || !allowed(site, chosen)) continue;
      const squares = chosen.map((p) => squared(p, site));
      const bonds = squares.filter((d) => d <= bond + 1e-9).length;
      const spread = squares.reduce((sum, d) => sum + d, 0);
      const better = !best || bonds > best.bonds || (bonds === best.bonds && spread < best.spread - 1e-9);
      if (better) best = { site, bonds, spread };
    }
    if (!best) throw new InputError(`no place for site ${chosen.length + 1} of a cluster of ${n}`);
    chosen.push(best.site);
  }
  return chosen;
}

/** n sites around the origin, shell after shell. */
export function shellSites(lattice: CubicLattice, n: number): Vector[] {
  let reach = 1;
  while (sitesWithin(lattice, reach).length < n) reach += 1;
  return sitesWithin(lattice, reach).slice(0, n);
}

/** Two sites that are neighbours number `shell`, from 1. */
export function pairOfSites(lattice: CubicLattice, shell: number): Vector[] {
  const square = shells(lattice, shell)[shell - 1];
  const partner = sitesWithin(lattice, 4).find((p) => Math.abs(dot(p, p) - square) < 1e-9);
  if (partner === undefined) throw new InputError(`divacancy: there is no shell ${shell}`);
  return [[0, 0, 0], partner];
}
