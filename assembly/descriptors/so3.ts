/**
 * The power spectrum of SO(3), p-SO(3), and its form with three bodies (MILADY's type 603):
 *
 *     c_plm = sum_n w_n g_p(r_n) Y_lm(d_n) + own_l δ_m0,      P_pl = sum_m c_plm²,      P_pql = sum_m c_plm c_qlm
 *
 * with real harmonics, whose sums over m are those of complex ones, and g = M e (radial.ts). The neighbours are summed
 * into a_klm = sum w e_k Y_lm, the matrix is applied to the sum. In reverse: dE/dP -> dE/dc -> dE/da, once per atom and
 * element of a neighbour, then for every neighbour h_lm = sum_k dE/da_klm e_k and the same with slopes.
 *
 * numbers (src/data/descriptors/so3.ts packs them): 0 channels C   1 functions e, N   2 functions g, P   3 L
 *   4 1 for all pairs p, q   5 S, (L+1)² rounded up to a multiple of 4
 *   positions: 6 weights of neighbours, C x T   7 own terms, C x T x (L+1)   8 radial table   9 M, P x N   10 table of the
 *   harmonics   and in scratch: 11 a, C x N x S   12 c, C x P x S   13 dE/dc, S   14 dE/da, T x N x S   15 h, S   16 three
 *   in a neighbour's own: 17 e, N   18 slopes, N   19 Q   20 powers   21 Y, S
 * Components: channel outer, p, (q,) l inner.
 */
import { getF64, getPair, getSplat, setF64, setPair } from '../memory';
import { addRadial, at, Block, Neighbour, neighbourAt, ownOf, skip, word } from './block';
import { harmonics, harmonicsReverse, polynomials, powers } from './harmonics';
import { radialFunctions } from './radial';

export function values(b: Block, out: usize): void {
  sumNeighbours(b);
  const L = word(b, 3);
  const P = word(b, 2);
  const stride = word(b, 5);
  const pairs = word(b, 4) != 0;
  let k = 0;
  for (let channel = 0; channel < word(b, 0); channel++) {
    const c = skip(at(b.scratch, b, 12), channel * P * stride);
    for (let p = 0; p < P; p++) {
      const last = pairs ? P : p + 1;
      for (let q = pairs ? 0 : p; q < last; q++) {
        for (let l = 0; l <= L; l++) setF64(out, k++, overM(l, skip(c, p * stride), skip(c, q * stride)));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function overM(l: i32, c: usize, d: usize): f64 {
  const last = (l + 1) * (l + 1);
  let sum = 0.0;
  for (let lm = l * l; lm < last; lm++) sum += getF64(c, lm) * getF64(d, lm);
  return sum;
}

/** a of every channel, then c. */
function sumNeighbours(b: Block): void {
  const N = word(b, 1);
  const stride = word(b, 5);
  const channels = word(b, 0);
  const a = at(b.scratch, b, 11);
  for (let k = 0; k < channels * N * stride; k += 2) setPair(a, k, f64x2.splat(0));
  for (let i = next(b, 0); i < b.count; ) {
    const j = next(b, i + 1);
    const k = next(b, j + 1);
    const l = next(b, k + 1);
    functions(b, i);
    functions(b, j);
    functions(b, k);
    functions(b, l);
    for (let channel = 0; channel < channels; channel++) add(b, channel, i, j, k, l);
    i = next(b, l + 1);
  }
  for (let channel = 0; channel < channels; channel++) rotate(b, channel);
}

/** The first neighbour from i on within the cutoff; count or more where there is none. */
function next(b: Block, i: i32): i32 {
  while (i < b.count && neighbourAt(b, i).r >= b.cutoff) i++;
  return i;
}

/** Adds four neighbours to a of a channel; of those that are none the weight is zero. */
function add(b: Block, channel: i32, i: i32, j: i32, k: i32, l: i32): void {
  const N = word(b, 1);
  const stride = word(b, 5);
  const first = ownOf(b, i);
  const second = j < b.count ? ownOf(b, j) : first;
  const third = k < b.count ? ownOf(b, k) : first;
  const fourth = l < b.count ? ownOf(b, l) : first;
  const y1 = at(first, b, 21), y2 = at(second, b, 21), y3 = at(third, b, 21), y4 = at(fourth, b, 21);
  const w1 = weight(b, channel, i), w2 = weight(b, channel, j), w3 = weight(b, channel, k), w4 = weight(b, channel, l);
  for (let f = 0; f < N; f++) {
    const e1 = f64x2.splat(w1 * getF64(at(first, b, 17), f));
    const e2 = f64x2.splat(w2 * getF64(at(second, b, 17), f));
    const e3 = f64x2.splat(w3 * getF64(at(third, b, 17), f));
    const e4 = f64x2.splat(w4 * getF64(at(fourth, b, 17), f));
    const to = skip(at(b.scratch, b, 11), (channel * N + f) * stride);
    for (let s = 0; s < stride; s += 2) {
      const half = f64x2.add(f64x2.mul(e1, getPair(y1, s)), f64x2.mul(e2, getPair(y2, s)));
      const other = f64x2.add(f64x2.mul(e3, getPair(y3, s)), f64x2.mul(e4, getPair(y4, s)));
      setPair(to, s, f64x2.add(getPair(to, s), f64x2.add(half, other)));
    }
  }
}

function weight(b: Block, channel: i32, i: i32): f64 {
  return i < b.count ? getF64(at(b.numbers, b, 6), channel * b.types + neighbourAt(b, i).type) : 0.0;
}

/** e, slopes, Q, powers and Y of one neighbour to its own. */
function functions(b: Block, i: i32): void {
  if (i >= b.count) return;
  const n = neighbourAt(b, i);
  const own = ownOf(b, i);
  const L = word(b, 3);
  const y = at(own, b, 21);
  radialFunctions(at(b.numbers, b, 8), n.r, at(own, b, 17), at(own, b, 18));
  polynomials(at(b.numbers, b, 10), n.nz, at(own, b, 19));
  powers(L, n.nx, n.ny, at(own, b, 20));
  const stride = word(b, 5);
  for (let s = (L + 1) * (L + 1); s < stride; s++) setF64(y, s, 0);
  harmonics(L, at(own, b, 19), at(own, b, 20), y);
}

/** c = M a and the own term, of one channel. */
function rotate(b: Block, channel: i32): void {
  const N = word(b, 1);
  const P = word(b, 2);
  const L = word(b, 3);
  const stride = word(b, 5);
  const centre = skip(at(b.numbers, b, 7), (channel * b.types + b.type) * (L + 1));
  const a = skip(at(b.scratch, b, 11), channel * N * stride);
  for (let p = 0; p < P; p++) {
    const m = skip(at(b.numbers, b, 9), p * N);
    const c = skip(at(b.scratch, b, 12), (channel * P + p) * stride);
    for (let s = 0; s < stride; s += 2) {
      let sum = f64x2.splat(0);
      for (let k = 0; k < N; k++) sum = f64x2.add(sum, f64x2.mul(getSplat(m, k), getPair(a, k * stride + s)));
      setPair(c, s, sum);
    }
    for (let l = 0; l <= L; l++) setF64(c, l * (l + 1), getF64(c, l * (l + 1)) + getF64(centre, l));
  }
}

export function reverse(b: Block, adjoint: usize): void {
  coefficients(b, adjoint);
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    if (n.r < b.cutoff) gradient(b, n, ownOf(b, i));
  }
}

/** dE/da for a neighbour of each element, its weights included. */
function coefficients(b: Block, adjoint: usize): void {
  const N = word(b, 1);
  const P = word(b, 2);
  const stride = word(b, 5);
  const cBar = at(b.scratch, b, 13);
  const aBar = at(b.scratch, b, 14);
  for (let k = 0; k < b.types * N * stride; k += 2) setPair(aBar, k, f64x2.splat(0));
  for (let channel = 0; channel < word(b, 0); channel++) {
    for (let p = 0; p < P; p++) {
      byCoefficient(b, channel, p, adjoint, cBar);
      for (let k = 0; k < N; k++) {
        const m = getF64(at(b.numbers, b, 9), p * N + k);
        if (m == 0.0) continue;
        for (let type = 0; type < b.types; type++) {
          const factor = f64x2.splat(m * getF64(at(b.numbers, b, 6), channel * b.types + type));
          const to = skip(aBar, (type * N + k) * stride);
          for (let s = 0; s < stride; s += 2) {
            setPair(to, s, f64x2.add(getPair(to, s), f64x2.mul(factor, getPair(cBar, s))));
          }
        }
      }
    }
  }
}

/** dE/dc_plm of one channel and p. */
function byCoefficient(b: Block, channel: i32, p: i32, adjoint: usize, cBar: usize): void {
  const P = word(b, 2);
  const w = word(b, 3) + 1;
  const stride = word(b, 5);
  const c = skip(at(b.scratch, b, 12), channel * P * stride);
  const pairs = word(b, 4) != 0;
  for (let s = 0; s < stride; s += 2) setPair(cBar, s, f64x2.splat(0));
  const last = pairs ? P : p + 1;
  for (let q = pairs ? 0 : p; q < last; q++) {
    const forth = pairs ? ((channel * P + p) * P + q) * w : (channel * P + p) * w;
    const back = pairs ? ((channel * P + q) * P + p) * w : forth;
    for (let l = 0; l < w; l++) {
      const factor = getF64(adjoint, forth + l) + getF64(adjoint, back + l);
      const end = (l + 1) * (l + 1);
      for (let lm = l * l; lm < end; lm++) {
        setF64(cBar, lm, getF64(cBar, lm) + factor * getF64(c, q * stride + lm));
      }
    }
  }
}

/** From dE/da to the gradient by d of one neighbour. */
function gradient(b: Block, n: Neighbour, own: usize): void {
  const N = word(b, 1);
  const stride = word(b, 5);
  const e = at(own, b, 17);
  const slopes = at(own, b, 18);
  const y = at(own, b, 21);
  const h = at(b.scratch, b, 15);
  const aBar = skip(at(b.scratch, b, 14), n.type * N * stride);
  let along = f64x2.splat(0);
  for (let s = 0; s < stride; s += 4) {
    let value = f64x2.splat(0), value2 = value, slope = value, slope2 = value;
    for (let k = 0; k < N; k++) {
      const bar = getPair(aBar, k * stride + s), bar2 = getPair(aBar, k * stride + s + 2);
      const f = getSplat(e, k), df = getSplat(slopes, k);
      value = f64x2.add(value, f64x2.mul(f, bar));
      value2 = f64x2.add(value2, f64x2.mul(f, bar2));
      slope = f64x2.add(slope, f64x2.mul(df, bar));
      slope2 = f64x2.add(slope2, f64x2.mul(df, bar2));
    }
    setPair(h, s, value);
    setPair(h, s + 2, value2);
    const there = f64x2.mul(slope2, getPair(y, s + 2));
    along = f64x2.add(along, f64x2.add(f64x2.mul(slope, getPair(y, s)), there));
  }
  const t = at(b.scratch, b, 16);
  harmonicsReverse(at(b.numbers, b, 10), at(own, b, 19), at(own, b, 20), h, t);
  const tx = getF64(t, 0), ty = getF64(t, 1), tz = getF64(t, 2);
  const inward = tx * n.nx + ty * n.ny + tz * n.nz;
  n.gx += n.perR * tx;
  n.gy += n.perR * ty;
  n.gz += n.perR * tz;
  addRadial(n, f64x2.extract_lane(along, 0) + f64x2.extract_lane(along, 1) - n.perR * inward);
}
