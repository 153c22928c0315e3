/**
 * G2: D_k = w_i sum_n w_n f(r) exp(-eta_k (r - R_k)²),  f = (cos(pi r/r_c) + 1)/2.
 *
 * J. Behler, M. Parrinello, Phys. Rev. Lett. 98, 146401 (2007), doi:10.1103/PhysRevLett.98.146401.
 *
 * numbers: pi/r_c, then of every element the factor as a neighbour and as the centre, then of the components -eta and R,
 * each of both padded to an even number K.
 * own, 2 + K: w f and its derivative, exponentials.
 */
import { getF64, getPair, setF64, setPair } from '../memory';
import { addRadial, Block, neighbourAt, ownOf } from './block';
import { cutoffAt } from './cutoff';
import { expPair } from './exponential';

export function values(b: Block, out: usize): void {
  const size = b.size;
  const even = (size + 1) & ~1;
  const rate = getF64(b.numbers, 0);
  const weights = b.numbers + 8;
  const etas = weights + ((<usize>(2 * b.types)) << 3);
  const shifts = etas + ((<usize>even) << 3);
  const sums = b.scratch;
  for (let k = 0; k < even; k += 2) setPair(sums, k, f64x2.splat(0));
  const centre = getF64(weights, 2 * b.type + 1);
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    if (n.r >= b.cutoff) continue;
    const own = ownOf(b, n);
    const w = centre * getF64(weights, 2 * n.type);
    const f = f64x2.mul(f64x2.splat(w), cutoffAt(n.r, rate));
    setPair(own, 0, f);
    const both = f64x2.splat(f64x2.extract_lane(f, 0));
    const r = f64x2.splat(n.r);
    for (let k = 0; k < even; k += 2) {
      const x = f64x2.sub(r, getPair(shifts, k));
      const e = expPair(f64x2.mul(getPair(etas, k), f64x2.mul(x, x)));
      setPair(own, 2 + k, e);
      setPair(sums, k, f64x2.add(getPair(sums, k), f64x2.mul(both, e)));
    }
  }
  for (let k = 0; k < size; k++) setF64(out, k, getF64(sums, k));
}

export function reverse(b: Block, adjoint: usize): void {
  const size = b.size;
  const even = (size + 1) & ~1;
  const etas = b.numbers + 8 + ((<usize>(2 * b.types)) << 3);
  const shifts = etas + ((<usize>even) << 3);
  const factors = b.scratch;
  setF64(factors, even - 1, 0);
  for (let k = 0; k < size; k++) setF64(factors, k, getF64(adjoint, k));
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    if (n.r >= b.cutoff) continue;
    const own = ownOf(b, n);
    const f = getF64(own, 0);
    const df = getF64(own, 1);
    const slope = f64x2.splat(df);
    const twice = f64x2.splat(2.0 * f);
    const r = f64x2.splat(n.r);
    let sum = f64x2.splat(0);
    for (let k = 0; k < even; k += 2) {
      const bend = f64x2.mul(twice, f64x2.mul(getPair(etas, k), f64x2.sub(r, getPair(shifts, k))));
      const change = f64x2.mul(getPair(own, 2 + k), f64x2.add(slope, bend));
      sum = f64x2.add(sum, f64x2.mul(getPair(factors, k), change));
    }
    addRadial(n, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
  }
}
