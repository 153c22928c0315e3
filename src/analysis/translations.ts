/**
 * The translations that map a crystal onto itself: atoms that they carry into each other have the same surroundings, so
 * that what is known of one is known of all. A defect leaves none.
 */
import type { Atoms } from '../data/atoms.ts';
import { locator } from './bins.ts';

export interface Translations {
  /** (n): the first atom that a translation carries to atom i; i itself where there is none. */
  representative: Int32Array;
  /** The atom at x + (x_to − x_from), −1 where there is none. */
  carry(atom: number, from: number, to: number): number;
}

/** Positions of equal atoms agree to this, Å. */
const TOLERANCE = 1e-5;

/** Tries the vectors from one atom of the rarest element to the others of it. */
export function translations(atoms: Atoms): Translations {
  const { numbers, positions: x } = atoms;
  const n = numbers.length;
  const find = locator(atoms, TOLERANCE);
  const carry = (atom: number, from: number, to: number) =>
    find([0, 1, 2].map((c) => x[3 * atom + c] + x[3 * to + c] - x[3 * from + c]));
  const representative = Int32Array.from({ length: n }, (_, i) => i);
  const root = (i: number): number => {
    let r = i;
    while (representative[r] !== r) r = representative[r];
    return r;
  };
  const unite = (i: number, j: number) => {
    const [a, b] = [root(i), root(j)];
    representative[Math.max(a, b)] = Math.min(a, b);
  };
  const candidates = rarest(numbers);
  const base = candidates[0];
  for (const to of candidates.slice(1)) {
    if (root(to) === root(base)) continue;
    const image = new Int32Array(n);
    let maps = true;
    for (let i = 0; i < n && maps; i++) {
      image[i] = carry(i, base, to);
      maps = image[i] >= 0 && numbers[image[i]] === numbers[i];
    }
    if (maps) for (let i = 0; i < n; i++) unite(i, image[i]);
  }
  for (let i = 0; i < n; i++) representative[i] = root(i);
  return { representative, carry };
}

/** The atoms of the element that has the fewest. */
function rarest(numbers: Uint8Array): number[] {
  const byElement = new Map<number, number[]>();
  numbers.forEach((z, i) => {
    const list = byElement.get(z);
    if (list) list.push(i);
    else byElement.set(z, [i]);
  });
  return [...byElement.values()].reduce((fewest, list) => (list.length < fewest.length ? list : fewest));
}
