/**
 * y = A v, A symmetric and packed: only the lower triangle, read once and in order. Rows go by fours; of each four, a
 * pair of columns is one cache line, (row, column), (row, column + 1) of the first row, the second … The 4 × 4 on the
 * diagonal is stored whole. n is a multiple of 4; the order of every sum is fixed by n alone.
 */
import { addF64, getPair, getSplat, lineAt, setPair } from '../memory';

export function symmetricTimes(n: i32, packed: usize, v: usize, y: usize): void {
  memory.fill(y, 0, (<usize>n) << 3);
  let line = 0;
  for (let i = 0; i < n; i += 4) {
    const v0 = getSplat(v, i);
    const v1 = getSplat(v, i + 1);
    const v2 = getSplat(v, i + 2);
    const v3 = getSplat(v, i + 3);
    let s0 = f64x2.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let j = 0; j < i; j += 2) {
      const a = lineAt(packed, line++);
      const x = getPair(v, j);
      s0 = f64x2.add(s0, f64x2.mul(a.a, x));
      s1 = f64x2.add(s1, f64x2.mul(a.b, x));
      s2 = f64x2.add(s2, f64x2.mul(a.c, x));
      s3 = f64x2.add(s3, f64x2.mul(a.d, x));
      const left = f64x2.add(f64x2.mul(a.a, v0), f64x2.mul(a.b, v1));
      const right = f64x2.add(f64x2.mul(a.c, v2), f64x2.mul(a.d, v3));
      setPair(y, j, f64x2.add(getPair(y, j), f64x2.add(left, right)));
    }
    for (let j = i; j < i + 4; j += 2) {
      const a = lineAt(packed, line++);
      const x = getPair(v, j);
      s0 = f64x2.add(s0, f64x2.mul(a.a, x));
      s1 = f64x2.add(s1, f64x2.mul(a.b, x));
      s2 = f64x2.add(s2, f64x2.mul(a.c, x));
      s3 = f64x2.add(s3, f64x2.mul(a.d, x));
    }
    addF64(y, i, f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1));
    addF64(y, i + 1, f64x2.extract_lane(s1, 0) + f64x2.extract_lane(s1, 1));
    addF64(y, i + 2, f64x2.extract_lane(s2, 0) + f64x2.extract_lane(s2, 1));
    addF64(y, i + 3, f64x2.extract_lane(s3, 0) + f64x2.extract_lane(s3, 1));
  }
}
