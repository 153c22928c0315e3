/**
 * Where the kernel keeps U^j(m, m') of the whole plane: all j of one (m, m') side by side, because the cubic form
 * (cubic.ts) couples them all with each other. m is the row, m' the column, both doubled and of j's parity. With chemistry
 * there is a plane for the neighbours of each element, a "channel", one after the other; behind each is the place of one
 * element that nobody reads.
 */

export interface Pair {
  m: number;
  mm: number;
  channel: number;
  /** Place of the smallest j, and how many j = max(|m|, |m'|), + 2, … <= J there are. */
  start: number;
  count: number;
}

export interface Plane {
  pairs: Pair[];
  /** Index in pairs. */
  pairOf(m: number, mm: number, channel: number): number;
  /** Index of (−m, −m') of the same channel. */
  negativeOf(pair: number): number;
  /** Place of U^j(m, m'). */
  at(j: number, m: number, mm: number, channel: number): number;
  channels: number;
  /** Number of elements of one channel. */
  size: number;
  /** From one channel to the next. */
  stride: number;
}

/** Elements of the whole plane: Σ (j+1)², j <= J. */
export function planeSize(J: number): number {
  return ((J + 1) * (J + 2) * (2 * J + 3)) / 6;
}

export function makePlane(J: number, channels: number): Plane {
  const pairs: Pair[] = [];
  const index = new Int32Array((2 * J + 1) * (2 * J + 1));
  const size = planeSize(J);
  const stride = size + 1;
  for (let channel = 0; channel < channels; channel++) {
    let start = channel * stride;
    for (let m = -J; m <= J; m++) {
      for (let mm = -J; mm <= J; mm++) {
        if ((m - mm) % 2 !== 0) continue;
        const count = 1 + ((J - Math.max(Math.abs(m), Math.abs(mm))) >> 1);
        if (channel === 0) index[(m + J) * (2 * J + 1) + mm + J] = pairs.length;
        pairs.push({ m, mm, channel, start, count });
        start += count;
      }
    }
  }
  const perChannel = pairs.length / channels;
  const pairOf = (m: number, mm: number, channel: number) =>
    channel * perChannel + index[(m + J) * (2 * J + 1) + mm + J];
  // The pairs of a channel are symmetric about the middle one.
  const negativeOf = (pair: number) => (2 * pairs[pair].channel + 1) * perChannel - 1 - pair;
  const at = (j: number, m: number, mm: number, channel: number) =>
    pairs[pairOf(m, mm, channel)].start + (j - Math.max(Math.abs(m), Math.abs(mm))) / 2;
  return { pairs, pairOf, negativeOf, at, channels, size, stride };
}
