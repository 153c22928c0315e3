/** Small facts of a structure in words, shared by the commands that show one. */
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';

/** Atoms of each element in the order of appearance. */
export function elementCounts(atoms: Atoms): Record<string, number> {
  const counts = new Map<number, number>();
  for (const z of atoms.numbers) counts.set(z, (counts.get(z) ?? 0) + 1);
  return Object.fromEntries([...counts].map(([z, count]) => [symbolOf(z), count]));
}

/** "Fe 249, He 1". */
export function composition(atoms: Atoms): string {
  return Object.entries(elementCounts(atoms))
    .map(([symbol, count]) => `${symbol} ${count}`)
    .join(', ');
}

/** (n,3) or (3,3) numbers as nested rows. */
export function rowsOf(values: ArrayLike<number>): number[][] {
  return Array.from({ length: values.length / 3 }, (_, i) => [values[3 * i], values[3 * i + 1], values[3 * i + 2]]);
}
