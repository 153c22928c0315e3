/** Displacements that a saddle search starts with: towards another structure, of single atoms, or random. */
import type { Atoms } from './atoms.ts';
import { shortestVector } from './displacement.ts';
import { InputError } from './errors.ts';
import { type MatchOptions, matchEnds } from './match.ts';
import { fillGauss } from './rng.ts';

/** (n,3) Å: `fraction` of the way to another structure, by nearest images and in the order of `atoms`. */
export function towards(atoms: Atoms, other: Atoms, fraction: number, options: MatchOptions = {}): Float64Array {
  const { positions } = matchEnds(atoms, other, options).atoms;
  return positions.map((x, k) => fraction * (x - atoms.positions[k]));
}

/** (n,3) Å: atom `index` moves by `vector`. */
export function pushOne(atoms: Atoms, index: number, vector: ArrayLike<number>): Float64Array {
  const way = new Float64Array(atoms.positions.length);
  if (!(Number.isInteger(index) && index >= 0 && index < atoms.numbers.length)) {
    throw new InputError(`there is no atom ${index}; an index from 0 to ${atoms.numbers.length - 1} was expected`);
  }
  way.set(Array.from(vector).slice(0, 3), 3 * index);
  return way;
}

/**
 * (n,3) Å: Gaussian numbers of standard deviation `sigma`, counter-based by `seed`; only of atoms within `radius` of a
 * Cartesian point where both are given. Throws InputError where no atom is there.
 */
export function pushRandomly(
  atoms: Atoms,
  sigma: number,
  seed: bigint,
  { centre, radius = Number.POSITIVE_INFINITY }: { centre?: ArrayLike<number>; radius?: number } = {},
): Float64Array {
  const way = new Float64Array(atoms.positions.length);
  fillGauss(way, seed, 'displacements', 0);
  const shortest = centre && shortestVector(atoms.cell, atoms.pbc);
  const d = new Float64Array(3);
  let moved = 0;
  for (let i = 0; i < atoms.numbers.length; i++) {
    let near = true;
    if (centre && shortest) {
      for (let c = 0; c < 3; c++) d[c] = atoms.positions[3 * i + c] - centre[c];
      shortest(d);
      near = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] <= radius * radius;
    }
    moved += Number(near);
    for (let c = 0; c < 3; c++) way[3 * i + c] *= near ? sigma : 0;
  }
  if (moved === 0) throw new InputError(`no atom lies within ${radius} Å of (${Array.from(centre ?? []).join(', ')})`);
  return way;
}
