/**
 * Lennard-Jones, cut, shifted or force-shifted: phi(r) = A r^-12 − B r^-6 + a + b r for r < cutoff. The three kinds
 * differ in a and b alone (src/data/potentials/lj.ts), so the kernel knows no kinds.
 *
 * params, f64: 0 elements E   1 largest cutoff²   2…7 zero
 *   then E·E blocks [a][b] of 8: A = 4 eps sigma^12, B = 4 eps sigma^6, a, b, cutoff², and three zeros
 * scratch: f64[1].
 */
import { getF64, setF64 } from '../memory';
import { sumPairs } from './pairs';

// @ts-ignore: decorator
@unmanaged
class LennardJones {
  // @ts-ignore: decorator
  @inline
  evaluate(i: i32, j: i32, a: i32, b: i32, r: f64, work: usize, out: usize): f64 {
    const params = changetype<usize>(this);
    const block = params + ((<usize>(8 + 8 * (a * <i32>getF64(params, 0) + b))) << 3);
    const perR = 1.0 / r;
    const perR2 = perR * perR;
    const perR6 = perR2 * perR2 * perR2;
    const repulsion = getF64(block, 0) * perR6 * perR6;
    const attraction = getF64(block, 1) * perR6;
    const slope = getF64(block, 3);
    const inside = r * r < getF64(block, 4);
    setF64(out, 0, inside ? (6.0 * attraction - 12.0 * repulsion) * perR + slope : 0.0);
    return inside ? repulsion - attraction + getF64(block, 2) + slope * r : 0.0;
  }
}

export function ljForce(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  sumPairs<LennardJones>(begin, end, frame, params, work, scratch, getF64(params, 1));
}
