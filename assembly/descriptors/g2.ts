/**
 * G2: D_k = w_i sum_n w_n f(r) exp(-eta_k (r - R_k)²),  f = (cos(pi r/r_c) + 1)/2.
 *
 * J. Behler, M. Parrinello, Phys. Rev. Lett. 98, 146401 (2007), doi:10.1103/PhysRevLett.98.146401.
 *
 * The components are those of progressions: one R, and eta from a first one on in equal steps, as MILADY's grid has them.
 * With y = (r - R)² their exponentials are exp(-eta y) times powers of exp(-step y), all at most 1: two exponentials for a
 * progression of any length.
 *
 * numbers: 0 pi/r_c   1 progressions   2 length K, even: all have it   positions: 3 factors of the elements as neighbour and
 *   centre, T x 2   4 progressions, x 4: R, -eta, -step, 0   5 of every place in the progressions its -eta, padded ones too
 *   6 of the components their places, D      scratch, positions: 7 sums, then adjoints   8 adjoints times -eta
 * own: w f and its derivative, then the exponentials of all places.
 */
import { getF64, getPair, setF64, setPair } from '../memory';
import { addRadial, at, Block, neighbourAt, ownOf, word } from './block';
import { cutoffAt } from './cutoff';
import { expPair } from './exponential';

export function values(b: Block, out: usize): void {
  const rate = getF64(b.numbers, 0);
  const progressions = word(b, 1);
  const length = word(b, 2);
  const weights = at(b.numbers, b, 3);
  const sums = at(b.scratch, b, 7);
  memory.fill(sums, 0, (<usize>(progressions * length)) << 3);
  const centre = getF64(weights, 2 * b.type + 1);
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    if (n.r >= b.cutoff) continue;
    const own = ownOf(b, i);
    const f = f64x2.mul(f64x2.splat(centre * getF64(weights, 2 * n.type)), cutoffAt(n.r, rate));
    setPair(own, 0, f);
    const both = f64x2.splat(f64x2.extract_lane(f, 0));
    let row = at(b.numbers, b, 4);
    let to = own + 16;
    let sum = sums;
    for (let s = 0; s < progressions; s++) {
      const x = n.r - getF64(row, 0);
      const first = expPair(f64x2.mul(f64x2.splat(x * x), getPair(row, 1)));
      const ratio = f64x2.extract_lane(first, 1);
      let e = f64x2.replace_lane(first, 1, f64x2.extract_lane(first, 0) * ratio);
      const twice = f64x2.splat(ratio * ratio);
      for (let k = 0; k < length; k += 2) {
        setPair(to, k, e);
        setPair(sum, k, f64x2.add(getPair(sum, k), f64x2.mul(both, e)));
        e = f64x2.mul(e, twice);
      }
      row += 32;
      to += (<usize>length) << 3;
      sum += (<usize>length) << 3;
    }
  }
  const places = at(b.numbers, b, 6);
  for (let k = 0; k < b.size; k++) setF64(out, k, getF64(sums, <i32>getF64(places, k)));
}

export function reverse(b: Block, adjoint: usize): void {
  const progressions = word(b, 1);
  const length = word(b, 2);
  const etas = at(b.numbers, b, 5);
  const places = at(b.numbers, b, 6);
  const factors = at(b.scratch, b, 7);
  const bends = at(b.scratch, b, 8);
  const all = progressions * length;
  memory.fill(factors, 0, (<usize>all) << 3);
  for (let k = 0; k < b.size; k++) setF64(factors, <i32>getF64(places, k), getF64(adjoint, k));
  for (let k = 0; k < all; k += 2) setPair(bends, k, f64x2.mul(getPair(factors, k), getPair(etas, k)));
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    if (n.r >= b.cutoff) continue;
    const own = ownOf(b, i);
    let row = at(b.numbers, b, 4);
    let value = f64x2.splat(0);
    let bent = 0.0;
    for (let s = 0, place = 0; s < progressions; s++, row += 32) {
      let bend = f64x2.splat(0);
      for (const end = place + length; place < end; place += 2) {
        const e = getPair(own, 2 + place);
        value = f64x2.add(value, f64x2.mul(e, getPair(factors, place)));
        bend = f64x2.add(bend, f64x2.mul(e, getPair(bends, place)));
      }
      bent += (n.r - getF64(row, 0)) * (f64x2.extract_lane(bend, 0) + f64x2.extract_lane(bend, 1));
    }
    const sum = f64x2.extract_lane(value, 0) + f64x2.extract_lane(value, 1);
    addRadial(n, getF64(own, 1) * sum + 2.0 * getF64(own, 0) * bent);
  }
}
