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
 *   6 of the components their places, D      scratch, positions: 7 sums   8 adjoints, of every pair of places
 *   two and the same times -eta
 * own: w f and its derivative (zeros beyond the cutoff), then of every progression its first exponential and the ratio.
 */
import { getF64, getPair, getSplat, setF64, setPair } from '../memory';
import { addRadial, at, Block, Neighbour, neighbourAt, ownOf, word } from './block';
import { cutoffAt } from './cutoff';
import { expPair } from './exponential';

export function values(b: Block, out: usize): void {
  const sums = at(b.scratch, b, 7);
  const progressions = word(b, 1);
  const half = word(b, 2) >> 1;
  memory.fill(sums, 0, (<usize>(progressions * half)) << 4);
  cutoffs(b);
  exponentials(b);
  for (let i = 0; i < b.count; i += 2) {
    // the last of an odd number goes with itself, once as nothing
    const both = i + 1 < b.count;
    addPowers(ownOf(b, i), ownOf(b, both ? i + 1 : i), both ? 1.0 : 0.0, progressions, half, sums);
  }
  const places = at(b.numbers, b, 6);
  for (let k = 0; k < b.size; k++) setF64(out, k, getF64(sums, <i32>getF64(places, k)));
}

/** w f and its derivative of all neighbours; zeros beyond the cutoff. */
function cutoffs(b: Block): void {
  const rate = getF64(b.numbers, 0);
  const weights = at(b.numbers, b, 3);
  const centre = getF64(weights, 2 * b.type + 1);
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    const weight = n.r < b.cutoff ? centre * getF64(weights, 2 * n.type) : 0.0;
    setPair(ownOf(b, i), 0, f64x2.mul(f64x2.splat(weight), cutoffAt(n.r < b.cutoff ? n.r : 0.0, rate)));
  }
}

/** The first exponential and the ratio of every progression: all neighbours in a short loop, many of them in flight. */
function exponentials(b: Block): void {
  const progressions = word(b, 1);
  let row = at(b.numbers, b, 4);
  for (let s = 0; s < progressions; s++, row += 32) {
    const shift = getF64(row, 0);
    const rates = getPair(row, 1);
    const place = 2 + 2 * s;
    for (let i = 0; i < b.count; i++) {
      const x = neighbourAt(b, i).r - shift;
      setPair(ownOf(b, i), place, expPair(f64x2.mul(f64x2.splat(x * x), rates)));
    }
  }
}

/** The first two of a progression, from the first one and the ratio. */
// @ts-ignore: decorator
@inline
function firstTwo(pair: v128): v128 {
  const first = f64x2.extract_lane(pair, 0);
  return f64x2.replace_lane(pair, 1, first * f64x2.extract_lane(pair, 1));
}

/** The square of the ratio, twice. */
// @ts-ignore: decorator
@inline
function square(pair: v128): v128 {
  const ratio = f64x2.extract_lane(pair, 1);
  return f64x2.splat(ratio * ratio);
}

/** All exponentials of two neighbours, times w f, to the sums; those of the second times `factor`. */
function addPowers(own: usize, other: usize, factor: f64, progressions: i32, half: i32, sums: usize): void {
  const f = getSplat(own, 0);
  const g = f64x2.mul(getSplat(other, 0), f64x2.splat(factor));
  for (let s = 0; s < progressions; s++) {
    own += 16;
    other += 16;
    const twice = square(getPair(own, 0)), twice2 = square(getPair(other, 0));
    let e = f64x2.mul(f, firstTwo(getPair(own, 0)));
    let e2 = f64x2.mul(g, firstTwo(getPair(other, 0)));
    for (let k = 0; k < half; k++) {
      setPair(sums, 0, f64x2.add(getPair(sums, 0), f64x2.add(e, e2)));
      e = f64x2.mul(e, twice);
      e2 = f64x2.mul(e2, twice2);
      sums += 16;
    }
  }
}

export function reverse(b: Block, adjoint: usize): void {
  const progressions = word(b, 1);
  const half = word(b, 2) >> 1;
  const places = at(b.numbers, b, 6);
  // of two places the adjoints, then these times -eta
  const factors = at(b.scratch, b, 8);
  const all = 2 * progressions * half;
  memory.fill(factors, 0, (<usize>all) << 4);
  for (let k = 0; k < b.size; k++) {
    const place = <i32>getF64(places, k);
    setF64(factors, 2 * place - (place & 1), getF64(adjoint, k));
  }
  const etas = at(b.numbers, b, 5);
  for (let k = 0; k < all; k += 2) setPair(factors, 2 * k + 2, f64x2.mul(getPair(factors, 2 * k), getPair(etas, k)));
  for (let i = 0; i < b.count; i++) slope(neighbourAt(b, i), ownOf(b, i), progressions, half, at(b.numbers, b, 4), factors);
}

function slope(n: Neighbour, own: usize, progressions: i32, half: i32, row: usize, factors: usize): void {
  const f = getF64(own, 0);
  const df = getF64(own, 1);
  const zero = f64x2.splat(0);
  let value = zero;
  let bent = zero;
  for (let s = 0; s < progressions; s++, row += 32) {
    own += 16;
    const twice = square(getPair(own, 0));
    let e = firstTwo(getPair(own, 0));
    let sum = zero;
    let bend = zero;
    for (let k = 0; k < half; k++) {
      sum = f64x2.add(sum, f64x2.mul(e, getPair(factors, 0)));
      bend = f64x2.add(bend, f64x2.mul(e, getPair(factors, 2)));
      e = f64x2.mul(e, twice);
      factors += 32;
    }
    value = f64x2.add(value, sum);
    bent = f64x2.add(bent, f64x2.mul(f64x2.splat(n.r - getF64(row, 0)), bend));
  }
  const bends = f64x2.extract_lane(bent, 0) + f64x2.extract_lane(bent, 1);
  addRadial(n, df * (f64x2.extract_lane(value, 0) + f64x2.extract_lane(value, 1)) + 2.0 * f * bends);
}
