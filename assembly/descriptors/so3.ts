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
 *   4 1 for all pairs p, q   5 S, (L+1)² rounded up to an even number
 *   positions: 6 weights of neighbours, C x T   7 own terms, C x T x (L+1)   8 radial table   9 M, P x N   10 table of the
 *   harmonics   and in scratch: 11 a, C x N x S   12 c, C x P x S   13 dE/dc, S   14 dE/da, T x N x S   15 h, S   16 three
 *   in a neighbour's own: 17 e, N   18 slopes, N   19 Q   20 powers   21 Y, S
 * Components: channel outer, p, (q,) l inner.
 */
import { getF64, getPair, getSplat, setF64, setPair } from '../memory';
import { addRadial, Block, Neighbour, neighbourAt, ownOf } from './block';
import { harmonics, harmonicsReverse, polynomials, powers } from './harmonics';
import { radialFunctions } from './radial';

// @ts-ignore: decorator
@inline
function word(b: Block, i: i32): i32 {
  return <i32>getF64(b.numbers, i);
}

/** The array whose position stands at i: of the numbers, of scratch or of a neighbour's own. */
// @ts-ignore: decorator
@inline
function at(base: usize, b: Block, i: i32): usize {
  return base + ((<usize>word(b, i)) << 3);
}

// @ts-ignore: decorator
@inline
function skip(array: usize, numbers: i32): usize {
  return array + ((<usize>numbers) << 3);
}

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
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    if (n.r >= b.cutoff) continue;
    const own = ownOf(b, n);
    functions(b, n, own);
    const e = at(own, b, 17);
    const y = at(own, b, 21);
    for (let channel = 0; channel < channels; channel++) {
      const weight = getF64(at(b.numbers, b, 6), channel * b.types + n.type);
      for (let k = 0; k < N; k++) {
        const factor = f64x2.splat(weight * getF64(e, k));
        const to = skip(a, (channel * N + k) * stride);
        for (let s = 0; s < stride; s += 2) {
          setPair(to, s, f64x2.add(getPair(to, s), f64x2.mul(factor, getPair(y, s))));
        }
      }
    }
  }
  for (let channel = 0; channel < channels; channel++) rotate(b, channel);
}

/** e, slopes, Q, powers and Y of one neighbour to its own. */
function functions(b: Block, n: Neighbour, own: usize): void {
  const L = word(b, 3);
  const y = at(own, b, 21);
  radialFunctions(at(b.numbers, b, 8), n.r, at(own, b, 17), at(own, b, 18));
  polynomials(at(b.numbers, b, 10), n.nz, at(own, b, 19));
  powers(L, n.nx, n.ny, at(own, b, 20));
  setF64(y, word(b, 5) - 1, 0);
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
    if (n.r < b.cutoff) gradient(b, n, ownOf(b, n));
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
  for (let s = 0; s < stride; s += 2) {
    let value = f64x2.splat(0);
    let slope = f64x2.splat(0);
    for (let k = 0; k < N; k++) {
      const bar = getPair(aBar, k * stride + s);
      value = f64x2.add(value, f64x2.mul(getSplat(e, k), bar));
      slope = f64x2.add(slope, f64x2.mul(getSplat(slopes, k), bar));
    }
    setPair(h, s, value);
    along = f64x2.add(along, f64x2.mul(slope, getPair(y, s)));
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
