/**
 * G2: D_k = w_i sum_n w_n f(r) exp(-eta_k (r - R_k)²),  f = (cos(pi r/r_c) + 1)/2.
 *
 * J. Behler, M. Parrinello, Phys. Rev. Lett. 98, 146401 (2007), doi:10.1103/PhysRevLett.98.146401.
 *
 * The components are those of progressions: one R, and eta from a first one on in equal steps, as MILADY's grid has them.
 * With y = (r - R)² their exponentials are exp(-eta y) times powers of q = exp(-step y), all at most 1: two exponentials for a
 * progression of any length. Two neighbours stand in the lanes of a vector. Values are sums of powers, up to ten of them in
 * registers over all neighbours; in reverse a neighbour has the polynomial sum_k adjoint_k q^k and its derivative, by Horner's
 * rule, even and odd powers apart, so that half as many steps wait for each other.
 *
 * Where all have the same eta and R in equal steps h, exp(-eta (r - R - h)²) is exp(-eta (r - R)²) times a factor that itself
 * shrinks by exp(-2 eta h²) from one to the next: four exponentials in all.
 *
 * numbers: 0 pi/r_c   1 progressions   2 length K: all have it   positions: 3 factors of the elements as neighbour and
 *   centre, T x 2   4 progressions, x 4: R, -eta, -step, 0   5 of the components their places in the progressions, D
 *   in scratch: 6 sums, of all places   7 adjoints, the same   8 h, 0: exponentials of every progression by themselves
 *   9, 10 exp(-2 eta h²), exp(-2 step h²)   11 in scratch: the places, i32
 * own, rows of all neighbours, their number rounded up to a multiple of four (w f = 0 there and beyond the cutoff): r, w f,
 *   its derivative, powers, factors of the next first exponential and q, then of every progression these two.
 */
import { getF64, getI32, getPair, getSplat, setF64, setI32, setPair } from '../memory';
import { addRadial, at, Block, neighbourAt, skip, word } from './block';
import { cutoffPair } from './cutoff';
import { expPair } from './exponential';

const R = 0;
const F = 1;
const POWERS = 3;
const FACTORS = 4;
const FIRST = 6;

// @ts-ignore: decorator
@inline
function columnsOf(b: Block): i32 {
  return (b.count + 3) & ~3;
}

// @ts-ignore: decorator
@inline
function rowOf(b: Block, i: i32): usize {
  return skip(b.own, i * columnsOf(b));
}

/** Once for all atoms. */
export function prepare(b: Block): void {
  const places = at(b.scratch, b, 11);
  for (let k = 0; k < b.size; k++) setI32(places, k, <i32>getF64(at(b.numbers, b, 5), k));
}

export function values(b: Block, out: usize): void {
  const sums = at(b.scratch, b, 6);
  const length = word(b, 2);
  distances(b);
  for (let s = 0; s < word(b, 1); s++) {
    if (s > 0 && getF64(b.numbers, 8) > 0.0) climb(b, s);
    else exponentials(b, s);
    addPowers(columnsOf(b), rowOf(b, POWERS), rowOf(b, FIRST + 2 * s + 1), length, skip(sums, s * length));
  }
  const places = at(b.scratch, b, 11);
  for (let k = 0; k < b.size; k++) setF64(out, k, getF64(sums, getI32(places, k)));
}

/** r, w f and its derivative. */
function distances(b: Block): void {
  const columns = columnsOf(b);
  const rate = getF64(b.numbers, 0);
  const weights = at(b.numbers, b, 3);
  const centre = getF64(weights, 2 * b.type + 1);
  let r = rowOf(b, R);
  const f = rowOf(b, F);
  const end = r + ((<usize>columns) << 3);
  let to = f;
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    const there = n.r < b.cutoff;
    setF64(r, i, there ? n.r : 0.0);
    setF64(f, i, there ? centre * getF64(weights, 2 * n.type) : 0.0);
  }
  for (let i = b.count; i < columns; i++) {
    setF64(r, i, 0);
    setF64(f, i, 0);
  }
  for (; r < end; r += 16, to += 16) cutoffPair(getPair(r, 0), rate, getPair(to, 0), to, columns);
}

/** First exponential and q of a progression, and w f times the first as the first of the powers. */
function exponentials(b: Block, s: i32): void {
  const columns = columnsOf(b);
  const numbers = skip(at(b.numbers, b, 4), 4 * s);
  const shift = getSplat(numbers, 0), eta = getSplat(numbers, 1), step = getSplat(numbers, 2);
  let r = rowOf(b, R);
  let f = rowOf(b, F);
  let powers = rowOf(b, POWERS);
  const end = skip(r, columns);
  for (let to = rowOf(b, FIRST + 2 * s); r < end; to += 16) {
    const x = f64x2.sub(getPair(r, 0), shift);
    const y = f64x2.mul(x, x);
    const e = expPair(f64x2.mul(y, eta));
    setPair(to, 0, e);
    setPair(powers, 0, f64x2.mul(e, getPair(f, 0)));
    setPair(to, columns, expPair(f64x2.mul(y, step)));
    r += 16;
    f += 16;
    powers += 16;
  }
}

/** What the first exponentials of the second progression are over those of the first. */
function factorsOfNext(b: Block): void {
  const columns = columnsOf(b);
  const numbers = at(b.numbers, b, 4);
  const shift = getSplat(numbers, 0), h = getSplat(b.numbers, 8);
  const eta = f64x2.mul(h, getSplat(numbers, 1)), step = f64x2.mul(h, getSplat(numbers, 2));
  let r = rowOf(b, R);
  const end = skip(r, columns);
  for (let to = rowOf(b, FACTORS); r < end; r += 16, to += 16) {
    const x = f64x2.sub(getPair(r, 0), shift);
    const rise = f64x2.sub(h, f64x2.add(x, x));
    setPair(to, 0, expPair(f64x2.mul(rise, eta)));
    setPair(to, columns, expPair(f64x2.mul(rise, step)));
  }
}

/** A progression's exponentials from those of the one before. */
function climb(b: Block, s: i32): void {
  const columns = columnsOf(b);
  const shrink = getSplat(b.numbers, 9), shrinkQ = getSplat(b.numbers, 10);
  if (s == 1) factorsOfNext(b);
  let f = rowOf(b, F);
  let powers = rowOf(b, POWERS);
  let factors = rowOf(b, FACTORS);
  let to = rowOf(b, FIRST + 2 * s);
  const end = skip(f, columns);
  for (let before = rowOf(b, FIRST + 2 * s - 2); f < end; before += 16) {
    const factor = getPair(factors, 0), factorQ = getPair(factors, columns);
    const e = f64x2.mul(getPair(before, 0), factor);
    setPair(to, 0, e);
    setPair(powers, 0, f64x2.mul(e, getPair(f, 0)));
    setPair(to, columns, f64x2.mul(getPair(before, columns), factorQ));
    setPair(factors, 0, f64x2.mul(factor, shrink));
    setPair(factors, columns, f64x2.mul(factorQ, shrinkQ));
    f += 16;
    powers += 16;
    factors += 16;
    to += 16;
  }
}

/** Sums over the columns of `length` powers, each the one before times q. */
function addPowers(columns: i32, powers: usize, q: usize, length: i32, sums: usize): void {
  let left = length;
  for (; left > 9; left -= 10, sums += 80) ten(10, columns, powers, q, sums);
  for (; left > 4; left -= 5, sums += 40) ten(5, columns, powers, q, sums);
  if (left == 4) ten(4, columns, powers, q, sums);
  else if (left == 3) ten(3, columns, powers, q, sums);
  else if (left == 2) ten(2, columns, powers, q, sums);
  else if (left == 1) ten(1, columns, powers, q, sums);
}

/** Of up to ten: `terms` is a constant wherever this is inlined. Leaves the next powers. */
// @ts-ignore: decorator
@inline
function ten(terms: i32, columns: i32, powers: usize, q: usize, sums: usize): void {
  const zero = f64x2.splat(0);
  let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero, s8 = zero, s9 = zero;
  for (const end = skip(powers, columns); powers < end; powers += 16, q += 16) {
    let e = getPair(powers, 0);
    const ratio = getPair(q, 0);
    s0 = f64x2.add(s0, e), e = f64x2.mul(e, ratio);
    if (terms > 1) s1 = f64x2.add(s1, e), e = f64x2.mul(e, ratio);
    if (terms > 2) s2 = f64x2.add(s2, e), e = f64x2.mul(e, ratio);
    if (terms > 3) s3 = f64x2.add(s3, e), e = f64x2.mul(e, ratio);
    if (terms > 4) s4 = f64x2.add(s4, e), e = f64x2.mul(e, ratio);
    if (terms > 5) s5 = f64x2.add(s5, e), e = f64x2.mul(e, ratio);
    if (terms > 6) s6 = f64x2.add(s6, e), e = f64x2.mul(e, ratio);
    if (terms > 7) s7 = f64x2.add(s7, e), e = f64x2.mul(e, ratio);
    if (terms > 8) s8 = f64x2.add(s8, e), e = f64x2.mul(e, ratio);
    if (terms > 9) s9 = f64x2.add(s9, e), e = f64x2.mul(e, ratio);
    setPair(powers, 0, e);
  }
  setF64(sums, 0, both(s0));
  if (terms > 1) setF64(sums, 1, both(s1));
  if (terms > 2) setF64(sums, 2, both(s2));
  if (terms > 3) setF64(sums, 3, both(s3));
  if (terms > 4) setF64(sums, 4, both(s4));
  if (terms > 5) setF64(sums, 5, both(s5));
  if (terms > 6) setF64(sums, 6, both(s6));
  if (terms > 7) setF64(sums, 7, both(s7));
  if (terms > 8) setF64(sums, 8, both(s8));
  if (terms > 9) setF64(sums, 9, both(s9));
}

// @ts-ignore: decorator
@inline
function both(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

export function reverse(b: Block, adjoint: usize): void {
  const adjoints = at(b.scratch, b, 7);
  const places = at(b.scratch, b, 11);
  memory.fill(adjoints, 0, (<usize>(word(b, 1) * word(b, 2))) << 3);
  for (let k = 0; k < b.size; k++) setF64(adjoints, getI32(places, k), getF64(adjoint, k));
  for (let i = 0; i < b.count; i += 4) slopes(b, i, adjoints);
}

/** dE/dr of four neighbours, to their gradients. */
function slopes(b: Block, i: i32, adjoints: usize): void {
  const progressions = word(b, 1);
  const length = word(b, 2);
  const columns = columnsOf(b);
  const r = skip(rowOf(b, R), i);
  const zero = f64x2.splat(0);
  let row = skip(rowOf(b, FIRST), i);
  let numbers = at(b.numbers, b, 4);
  let value = zero, value2 = zero, bent = zero, bent2 = zero;
  for (let s = 0; s < progressions; s++) {
    const q = getPair(row, columns), q2 = getPair(row, columns + 2);
    const u = f64x2.mul(q, q), u2 = f64x2.mul(q2, q2);
    let even = zero, even2 = zero, dEven = zero, dEven2 = zero;
    let odd = zero, odd2 = zero, dOdd = zero, dOdd2 = zero;
    let a = skip(adjoints, length - 2);
    if (length & 1) {
      even = getSplat(a, 1);
      even2 = even;
      a -= 8;
    }
    for (; a >= adjoints; a -= 16) {
      const a0 = getSplat(a, 0), a1 = getSplat(a, 1);
      dEven = f64x2.add(f64x2.mul(dEven, u), even);
      dEven2 = f64x2.add(f64x2.mul(dEven2, u2), even2);
      dOdd = f64x2.add(f64x2.mul(dOdd, u), odd);
      dOdd2 = f64x2.add(f64x2.mul(dOdd2, u2), odd2);
      even = f64x2.add(f64x2.mul(even, u), a0);
      even2 = f64x2.add(f64x2.mul(even2, u2), a0);
      odd = f64x2.add(f64x2.mul(odd, u), a1);
      odd2 = f64x2.add(f64x2.mul(odd2, u2), a1);
    }
    odd = f64x2.mul(q, odd);
    odd2 = f64x2.mul(q2, odd2);
    const sum = f64x2.add(even, odd), sum2 = f64x2.add(even2, odd2);
    // q d/dq of both
    const twice = f64x2.add(u, u), twice2 = f64x2.add(u2, u2);
    const slope = f64x2.add(odd, f64x2.mul(twice, f64x2.add(dEven, f64x2.mul(q, dOdd))));
    const slope2 = f64x2.add(odd2, f64x2.mul(twice2, f64x2.add(dEven2, f64x2.mul(q2, dOdd2))));
    const shift = getSplat(numbers, 0), eta = getSplat(numbers, 1), step = getSplat(numbers, 2);
    const first = getPair(row, 0), first2 = getPair(row, 2);
    const x = f64x2.mul(f64x2.sub(getPair(r, 0), shift), first);
    const x2 = f64x2.mul(f64x2.sub(getPair(r, 2), shift), first2);
    value = f64x2.add(value, f64x2.mul(first, sum));
    value2 = f64x2.add(value2, f64x2.mul(first2, sum2));
    bent = f64x2.add(bent, f64x2.mul(x, f64x2.add(f64x2.mul(eta, sum), f64x2.mul(step, slope))));
    bent2 = f64x2.add(bent2, f64x2.mul(x2, f64x2.add(f64x2.mul(eta, sum2), f64x2.mul(step, slope2))));
    adjoints = skip(adjoints, length);
    row = skip(row, 2 * columns);
    numbers += 32;
  }
  const f = skip(rowOf(b, F), i);
  add(b, i, slopeOf(f, columns, value, bent));
  if (i + 2 < b.count) add(b, i + 2, slopeOf(skip(f, 2), columns, value2, bent2));
}

// @ts-ignore: decorator
@inline
function slopeOf(f: usize, columns: i32, value: v128, bent: v128): v128 {
  return f64x2.add(f64x2.mul(getPair(f, columns), value), f64x2.mul(f64x2.splat(2), f64x2.mul(getPair(f, 0), bent)));
}

// @ts-ignore: decorator
@inline
function add(b: Block, i: i32, slope: v128): void {
  addRadial(neighbourAt(b, i), f64x2.extract_lane(slope, 0));
  if (i + 1 < b.count) addRadial(neighbourAt(b, i + 1), f64x2.extract_lane(slope, 1));
}
