/**
 * Analytic Finnis–Sinclair potential of one element, with an optional Ackland–Thetford core:
 * E_i = ½ Σ_j V(r_ij) − A √rho_i,  rho_i = Σ_j (r−d)² + (beta/d)(r−d)³ for r < d,
 * V = (r−c)² (c0 + c1 r + c2 r²) for r < c,  plus B (b0−r)³ exp(−alpha r) for r < b0.
 *
 * params, f64: 0 cutoff² (the larger of c, d)   1 A   2 d   3 beta/d   4 c   5 c0   6 c1   7 c2   8 B   9 alpha   10 b0
 * work: f64[n], −A / (2 √rho) of each local. scratch: f64[1].
 */
import { Frame } from '../frame';
import { exp } from '../math';
import { addF64, getF64, getI32, setF64 } from '../memory';
import { sumPairs } from './pairs';

/** Sums the densities; adds −A√rho to the energies of the locals and keeps its derivative in work (0 for a lone atom). */
export function finnisSinclairDensity(
  begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize,
): void {
  const fr = changetype<Frame>(frame);
  const x = fr.x;
  const A = getF64(params, 1);
  const d = getF64(params, 2);
  const cubic = getF64(params, 3);
  for (let i = begin; i < end; i++) {
    const xi = getF64(x, 4 * i);
    const yi = getF64(x, 4 * i + 1);
    const zi = getF64(x, 4 * i + 2);
    const last = getI32(fr.first, i + 1);
    let rho = 0.0;
    for (let k = getI32(fr.first, i); k < last; k++) {
      const j = getI32(fr.neighbors, k);
      const dx = getF64(x, 4 * j) - xi;
      const dy = getF64(x, 4 * j + 1) - yi;
      const dz = getF64(x, 4 * j + 2) - zi;
      const r2 = dx * dx + dy * dy + dz * dz;
      if (r2 >= d * d) continue;
      const s = Math.sqrt(r2) - d;
      rho += s * s * (1.0 + cubic * s);
    }
    const root = Math.sqrt(rho);
    addF64(fr.energy, i, -A * root);
    setF64(work, i, root > 0.0 ? -0.5 * A / root : 0.0);
  }
}

// @ts-ignore: decorator
@unmanaged
class FinnisSinclair {
  // @ts-ignore: decorator
  @inline
  evaluate(i: i32, j: i32, a: i32, b: i32, r: f64, work: usize, out: usize): f64 {
    const params = changetype<usize>(this);
    let energy = 0.0;
    let derivative = 0.0;
    const s = r - getF64(params, 2);
    if (s < 0.0) {
      derivative = (getF64(work, i) + getF64(work, j)) * s * (2.0 + 3.0 * getF64(params, 3) * s);
    }
    const t = r - getF64(params, 4);
    if (t < 0.0) {
      const c1 = getF64(params, 6), c2 = getF64(params, 7);
      const q = getF64(params, 5) + (c1 + c2 * r) * r;
      energy += t * t * q;
      derivative += t * (2.0 * q + t * (c1 + 2.0 * c2 * r));
    }
    const u = getF64(params, 10) - r;
    if (u > 0.0) {
      const alpha = getF64(params, 9);
      const core = getF64(params, 8) * u * u * exp(-alpha * r);
      energy += core * u;
      derivative -= core * (3.0 + alpha * u);
    }
    setF64(out, 0, derivative);
    return energy;
  }
}

/** Adds the pair energies, the forces and the virials of the locals. */
export function finnisSinclairForce(
  begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize,
): void {
  sumPairs<FinnisSinclair>(begin, end, frame, params, work, scratch, getF64(params, 0));
}
