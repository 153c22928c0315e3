/**
 * Ziegler–Biersack–Littmark screened nuclear repulsion with LAMMPS's switching: phi = V(r) + S(r),
 * V = Σ_k C_k exp(−K_k r) / r;  S = C below the inner radius, C + t³(A/3 + B t/4) above it, t = r − inner,
 * so that phi, phi' and phi'' vanish at the cutoff.
 *
 * params, f64: 0 elements E   1 cutoff²   2 inner radius   3…7 zero
 *   then E·E blocks [a][b] of 16: C_1…C_4 (eV Å), K_1…K_4 (1/Å), A, B, C, and five zeros
 * scratch: f64[1].
 */
import { getF64, setF64 } from '../memory';
import { exp } from '../math';
import { sumPairs } from './pairs';

// @ts-ignore: decorator
@unmanaged
class Zbl {
  // @ts-ignore: decorator
  @inline
  evaluate(i: i32, j: i32, a: i32, b: i32, r: f64, work: usize, out: usize): f64 {
    const params = changetype<usize>(this);
    const block = params + ((<usize>(8 + 16 * (a * <i32>getF64(params, 0) + b))) << 3);
    const k1 = getF64(block, 4), k2 = getF64(block, 5), k3 = getF64(block, 6), k4 = getF64(block, 7);
    const e1 = getF64(block, 0) * exp(-k1 * r);
    const e2 = getF64(block, 1) * exp(-k2 * r);
    const e3 = getF64(block, 2) * exp(-k3 * r);
    const e4 = getF64(block, 3) * exp(-k4 * r);
    const perR = 1.0 / r;
    const v = (e1 + e2 + e3 + e4) * perR;
    const t = max(0.0, r - getF64(params, 2));
    const sa = getF64(block, 8), sb = getF64(block, 9);
    const t2 = t * t;
    setF64(out, 0, t2 * (sa + sb * t) - (v + k1 * e1 + k2 * e2 + k3 * e3 + k4 * e4) * perR);
    return v + getF64(block, 10) + t2 * t * (sa / 3.0 + 0.25 * sb * t);
  }
}

export function zblForce(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  sumPairs<Zbl>(begin, end, frame, params, work, scratch, getF64(params, 1));
}
