/**
 * Where the kernel keeps U^j(m, m') of the whole plane: all j of one (m, m') side by side, because the cubic form
 * (cubic.ts) couples them all with each other. m is the row, m' the column, both doubled and of j's parity.
 */

export interface Pair {
  m: number;
  mm: number;
  /** Place of the smallest j, and how many j = max(|m|, |m'|), + 2, … <= J there are. */
  start: number;
  count: number;
}

export interface Plane {
  pairs: Pair[];
  /** Index in pairs. */
  pairOf(m: number, mm: number): number;
  /** Place of U^j(m, m'). */
  at(j: number, m: number, mm: number): number;
  /** Number of elements. */
  size: number;
}

export function makePlane(J: number): Plane {
  const pairs: Pair[] = [];
  const index = new Int32Array((2 * J + 1) * (2 * J + 1));
  const pairOf = (m: number, mm: number) => index[(m + J) * (2 * J + 1) + mm + J];
  let size = 0;
  for (let m = -J; m <= J; m++) {
    for (let mm = -J; mm <= J; mm++) {
      if ((m - mm) % 2 !== 0) continue;
      const count = 1 + ((J - Math.max(Math.abs(m), Math.abs(mm))) >> 1);
      index[(m + J) * (2 * J + 1) + mm + J] = pairs.length;
      pairs.push({ m, mm, start: size, count });
      size += count;
    }
  }
  const at = (j: number, m: number, mm: number) =>
    pairs[pairOf(m, mm)].start + (j - Math.max(Math.abs(m), Math.abs(mm))) / 2;
  return { pairs, pairOf, at, size };
}
