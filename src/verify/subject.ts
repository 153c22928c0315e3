/** What a check works on: a potential with atoms to place, and where its formulas change. */
import type { Atoms } from '../data/atoms.ts';
import { blocksOf } from '../data/descriptors/registry.ts';
import type { Potential } from '../data/potential.ts';
import { fillUniform } from '../data/rng.ts';
import type { Continuity } from '../engine/form.ts';
import { formOf } from '../engine/registry.ts';
import { termsOf } from '../engine/system.ts';

export interface Subject {
  /** Atomic numbers to place. */
  elements: number[];
  /** Nearest neighbours, Å. */
  distance: number;
  /** The same potential for any atoms, but for references to fixed sites. */
  potential(atoms: Atoms): Potential;
}

/** n numbers of (−1, 1) that depend on the seed alone. */
export function noise(n: number, seed: number): Float64Array {
  const out = new Float64Array(n);
  fillUniform(out, BigInt(seed), 'trials', 0);
  return out.map((u) => 2 * u - 1);
}

export function worstOf(found: Continuity[]): Continuity {
  return found.includes('none') ? 'none' : found.includes('C0') ? 'C0' : 'C1';
}

/** What the records of the potential's terms declare, the worst of them. */
export function declaredContinuity(potential: Potential): Continuity {
  return worstOf(termsOf(potential).map((term) => formOf(term.kernel).continuity(term)));
}

export function declaredSymmetric(potential: Potential): boolean {
  return termsOf(potential).every((term) => formOf(term.kernel).symmetric);
}

/** Radii of one term where its formula changes, its cutoffs last, Å. */
function termRadii({ kernel, cutoff, params, descriptor, species }: Potential): number[] {
  if (kernel === 'finnis-sinclair') return [params[10], params[4], params[2]];
  if (kernel === 'zbl') return [params[2], cutoff];
  if (descriptor && !kernel.startsWith('snap')) return blocksOf(descriptor, species).map((block) => block.cutoff);
  if (!kernel.startsWith('snap')) return [cutoff];
  const pairs = Array.from({ length: params[1] ** 2 }, (_, k) => params[7] + 8 * k);
  return pairs.flatMap((at) => {
    const [outer, inner, , , , , centre, half] = params.subarray(at, at + 8);
    return half > 0 ? [inner, centre - half, centre + half, outer] : [inner, outer];
  });
}

/** Radii where the formula of any term changes, ascending, Å. */
export function radiiOf(potential: Potential): number[] {
  const all = termsOf(potential).flatMap(termRadii);
  return [...new Set(all)].filter((r) => r > 0).sort((a, b) => a - b);
}
