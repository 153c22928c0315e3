/** Work on rows of 3×3 blocks: mirror images, rigid translations, held components. Block (i, index[at]) is blocks[9 at …]. */
import type { Within } from './bins.ts';

/** Place of `value` in the ascending index[begin … end), −1 where it is not. */
export function placeOf(index: Int32Array, begin: number, end: number, value: number): number {
  let [low, high] = [begin, end];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (index[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low < end && index[low] === value ? low : -1;
}

export function clearHeld(blocks: Float64Array, { start, index }: Within, fixed: ArrayLike<number>): void {
  for (let i = 0; i + 1 < start.length; i++) {
    for (let at = start[i]; at < start[i + 1]; at++) {
      for (let k = 0; k < 9; k++) {
        if (fixed[3 * i + Math.floor(k / 3)] || fixed[3 * index[at] + (k % 3)]) blocks[9 * at + k] = 0;
      }
    }
  }
}

/** H := (H + Hᵀ)/2; the largest difference before. */
export function symmetrise(blocks: Float64Array, { start, index }: Within): number {
  let largest = 0;
  for (let i = 0; i + 1 < start.length; i++) {
    for (let at = start[i]; at < start[i + 1]; at++) {
      const j = index[at];
      if (j < i) continue;
      const mirror = placeOf(index, start[j], start[j + 1], i);
      for (let c = 0; c < 3; c++) {
        for (let d = i === j ? c : 0; d < 3; d++) {
          const [here, there] = [9 * at + 3 * c + d, 9 * mirror + 3 * d + c];
          largest = Math.max(largest, Math.abs(blocks[here] - blocks[there]));
          blocks[here] = blocks[there] = (blocks[here] + blocks[there]) / 2;
        }
      }
    }
  }
  return largest;
}

/** Diagonal blocks := −(sum of the others in the row), made symmetric; the largest sum of a row before. */
export function sumRule(blocks: Float64Array, { start, index }: Within): number {
  let largest = 0;
  for (let i = 0; i + 1 < start.length; i++) {
    const sum = new Float64Array(9);
    for (let at = start[i]; at < start[i + 1]; at++) for (let k = 0; k < 9; k++) sum[k] += blocks[9 * at + k];
    const own = 9 * placeOf(index, start[i], start[i + 1], i);
    for (let k = 0; k < 9; k++) {
      largest = Math.max(largest, Math.abs(sum[k]));
      const mirror = 3 * (k % 3) + Math.floor(k / 3);
      blocks[own + k] -= (sum[k] + sum[mirror]) / 2;
    }
  }
  return largest;
}

export function distance(a: Float64Array, b: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}
