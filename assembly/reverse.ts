/** Which pair of a full list is the same pair seen from its other end. */
import { Frame } from './frame';
import { getI32, setI32 } from './memory';

/** Index of the first pair in [low, high) of an ascending row whose site is not below `site`. */
// @ts-ignore: decorator
@inline
function lowerBound(neighbors: usize, low: i32, high: i32, site: i32): i32 {
  while (low < high) {
    const middle = (low + high) >>> 1;
    const below = getI32(neighbors, middle) < site;
    low = below ? middle + 1 : low;
    high = below ? high : middle;
  }
  return low;
}

/** For every pair of the locals [begin, end): the index of the same pair in the neighbour's own row, −1 where it has none. */
export function pairReverse(begin: i32, end: i32, frame: usize, shift: usize, _work: usize, _scratch: usize): void {
  const f = changetype<Frame>(frame);
  for (let i = begin; i < end; i++) {
    const last = getI32(f.first, i + 1);
    for (let p = getI32(f.first, i); p < last; p++) {
      const k = getI32(f.neighbors, p);
      const h = getI32(f.home, k);
      const low = getI32(f.first, h);
      const high = getI32(f.first, h + 1);
      const q = lowerBound(f.neighbors, low, high, k == h ? i : f.n);
      setI32(f.reverse, p, k == h ? q : imageOf(f, shift, i, k, h, q, high));
    }
  }
}

/** The pair in [low, high) of local h with the image of i that is to h as i is to h's image k; −1 if there is none. */
function imageOf(f: Frame, shift: usize, i: i32, k: i32, h: i32, low: i32, high: i32): i32 {
  const tx = getI32(shift, 3 * k) - getI32(shift, 3 * h);
  const ty = getI32(shift, 3 * k + 1) - getI32(shift, 3 * h + 1);
  const tz = getI32(shift, 3 * k + 2) - getI32(shift, 3 * h + 2);
  for (let q = low; q < high; q++) {
    const site = getI32(f.neighbors, q);
    if (getI32(f.home, site) != i) continue;
    if (
      getI32(shift, 3 * site) - getI32(shift, 3 * i) == -tx &&
      getI32(shift, 3 * site + 1) - getI32(shift, 3 * i + 1) == -ty &&
      getI32(shift, 3 * site + 2) - getI32(shift, 3 * i + 2) == -tz
    ) return q;
  }
  return -1;
}
