/**
 * Angular Fourier series, both of MILADY's kinds: with g_p radial functions and T_l Chebyshev polynomials,
 *
 *     A_pql = w/2 sum_{i != k} w_i w_k g_p(r_i) g_q(r_k) T_l(cos),      kind 1: q = p alone
 *
 * by the density of the neighbours instead of pairs of them: T_l = sum t_lλ P_λ, and by the addition theorem
 *
 *     A_pql = w/2 [ sum_λ t_lλ 4π/(2λ+1) sum_m c_pλm c_qλm  −  sum_i w_i² g_p g_q ],   c_pλm = sum_i w_i g_p(r_i) Y_λm(n_i)
 *
 * (the second term takes i = k out: T_l(1) = 1). So the cost is that of N n (L+1)² products instead of N²/2 n (L+1) and as
 * many angles: less from N = 2 (L+1) neighbours on, and all of it is products of small matrices (multiply.ts): c = Y g.
 * What is subtracted is of the size of one atom's share of the sum, so it costs no digits. In reverse: dE/dA -> dE/dc once
 * per atom (afs-adjoint.ts), then for four neighbours at a time f_p = sum dE/dc_pλm Y_λm, h_λm = sum_p dE/dc_pλm g_p.
 *
 * A. P. Bartók, R. Kondor, G. Csányi, Phys. Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115.
 *
 * numbers (src/data/descriptors/afs.ts packs them): 0 functions n   1 n rounded up to a multiple of four, P   2 L   3 kind
 *   4 S = (L+1)²   positions: 5 factors of elements as neighbour and centre, T x 2   6 radial steps (radial.ts)
 *   7 O transposed, n x P   8 table of the harmonics   9 t_lλ 4π/(2λ+1)/2, (L+1) x (L+1)
 *   in scratch: 10 columns N, neighbours   11 c, S x P   12 dE/dc, S x P   13 sums of g_p g_q, n x P (kind 1: of g_p², P)
 *   14 the adjoint of them   15 room, (5P + S) x 4 and more
 *   in own, of all neighbours: 16 lines (afs-neighbours.ts), 7 x N   17 w e, n x N   18 w g, N x P   19 Q   20 Y, S x N
 *   21 in scratch for the rows of a fit (afs-jacobian.ts)
 * Components: p, (q,) l, the last fastest.
 */
import { getF64, getPair, getSplat, setF64, setPair } from '../memory';
import { adjointOfSums, coefficients } from './afs-adjoint';
import { addGradients, columnsOf, fill, matrix, neighboursOf, slopes } from './afs-neighbours';
import { at, Block, skip, word } from './block';
import { pairHarmonicsReverse } from './harmonics-quads';
import { multiply } from './multiply';

export function values(b: Block, out: usize): void {
  const n = word(b, 0);
  const P = word(b, 1);
  const w = word(b, 2) + 1;
  fill(b);
  const columns = columnsOf(b);
  const g = matrix(b, 18);
  const c = at(b.scratch, b, 11);
  let sums = at(b.scratch, b, 13);
  multiply(word(b, 4), P, neighboursOf(b), matrix(b, 20), columns, 1, g, P, c, P);
  if (word(b, 3) == 2) {
    multiply(n, P, columns, g, 1, P, g, P, sums, P);
    for (let p = 0; p < n; p++, sums = skip(sums, P)) {
      for (let q = 0; q < P; q += 4) {
        ofPair(b, p, q);
        expand(b, skip(sums, q), min(4, n - q), skip(out, (p * n + q) * w));
      }
    }
  } else {
    sumSquares(columns, P, g, sums);
    for (let p = 0; p < P; p += 4) {
      ofOne(b, p);
      expand(b, skip(sums, p), min(4, n - p), skip(out, p * w));
    }
  }
}

/** Of every column of a matrix of P columns the sum of squares; the rows are an even number. */
function sumSquares(rows: i32, P: i32, matrix: usize, to: usize): void {
  const zero = f64x2.splat(0);
  for (let p = 0; p < P; p += 4) {
    let low = zero, high = zero, low2 = zero, high2 = zero;
    let x = skip(matrix, p);
    for (let i = 0; i < rows; i += 2) {
      low = square(low, getPair(x, 0));
      high = square(high, getPair(x, 2));
      x = skip(x, P);
      low2 = square(low2, getPair(x, 0));
      high2 = square(high2, getPair(x, 2));
      x = skip(x, P);
    }
    setPair(to, p, f64x2.add(low, low2));
    setPair(to, p + 2, f64x2.add(high, high2));
  }
}

// @ts-ignore: decorator
@inline
function square(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.mul(x, x));
}

/** sum_m c_plm² of four p from this one on, [l][4], to the room. */
function ofOne(b: Block, p: i32): void {
  const L = word(b, 2);
  const row = (<usize>word(b, 1)) << 3;
  let c = skip(at(b.scratch, b, 11), p);
  let to = at(b.scratch, b, 15);
  for (let l = 0; l <= L; l++, to += 32) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let m = -l; m <= l; m++, c += row) {
      low = square(low, getPair(c, 0));
      high = square(high, getPair(c, 2));
    }
    setPair(to, 0, low);
    setPair(to, 2, high);
  }
}

/** sum_m c_plm c_qlm of four q from this one on, [l][4], to the room. */
function ofPair(b: Block, p: i32, q: i32): void {
  const L = word(b, 2);
  const row = (<usize>word(b, 1)) << 3;
  let one = skip(at(b.scratch, b, 11), p);
  let c = skip(at(b.scratch, b, 11), q);
  let to = at(b.scratch, b, 15);
  for (let l = 0; l <= L; l++, to += 32) {
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let m = -l; m <= l; m++, c += row, one += row) {
      const factor = getSplat(one, 0);
      low = f64x2.add(low, f64x2.mul(factor, getPair(c, 0)));
      high = f64x2.add(high, f64x2.mul(factor, getPair(c, 2)));
    }
    setPair(to, 0, low);
    setPair(to, 2, high);
  }
}

/** From the sums over m in the room and those of g g to the components of up to four q, all l. */
function expand(b: Block, diagonal: usize, count: i32, out: usize): void {
  const w = word(b, 2) + 1;
  const room = at(b.scratch, b, 15);
  const centre = f64x2.splat(getF64(at(b.numbers, b, 5), 2 * b.type + 1));
  const minus = f64x2.splat(-0.5);
  let t = at(b.numbers, b, 9);
  for (let l = 0; l < w; l++, t = skip(t, w)) {
    let low = f64x2.mul(minus, getPair(diagonal, 0));
    let high = f64x2.mul(minus, getPair(diagonal, 2));
    // those of the same parity
    for (let k = l & 1; k <= l; k += 2) {
      const factor = getSplat(t, k);
      low = f64x2.add(low, f64x2.mul(factor, getPair(room, 4 * k)));
      high = f64x2.add(high, f64x2.mul(factor, getPair(room, 4 * k + 2)));
    }
    low = f64x2.mul(centre, low);
    high = f64x2.mul(centre, high);
    setF64(out, l, f64x2.extract_lane(low, 0));
    if (count > 1) setF64(out, w + l, f64x2.extract_lane(low, 1));
    if (count > 2) setF64(out, 2 * w + l, f64x2.extract_lane(high, 0));
    if (count > 3) setF64(out, 3 * w + l, f64x2.extract_lane(high, 1));
  }
}

export function reverse(b: Block, adjoint: usize): void {
  coefficients(b, adjoint);
  for (let column = 0; column < columnsOf(b); column += 4) gradients(b, column);
}

/** From dE/dc to the gradients of four neighbours. */
function gradients(b: Block, column: i32): void {
  const n = word(b, 0);
  const P = word(b, 1);
  const S = word(b, 4);
  const columns = columnsOf(b);
  const bar = at(b.scratch, b, 12);
  const dg = at(b.scratch, b, 15);
  const g = skip(dg, 4 * P);
  const byG = skip(g, 4 * P);
  const room = skip(byG, 4 * P);
  slopes(b, column, room, dg);
  transpose(P, skip(matrix(b, 18), column * P), g);
  adjointOfSums(b, g, room);
  multiply(n, 4, S, bar, 1, P, skip(matrix(b, 20), column), columns, byG, 4);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let k = 0; k < 4 * n; k += 4) {
    low = f64x2.add(low, f64x2.mul(getPair(dg, k), f64x2.add(getPair(byG, k), getPair(room, k))));
    high = f64x2.add(high, f64x2.mul(getPair(dg, k + 2), f64x2.add(getPair(byG, k + 2), getPair(room, k + 2))));
  }
  const h = skip(room, 8);
  multiply(S, 4, n, bar, P, 1, g, 4, h, 4);
  setPair(room, 6, low);
  across(b, column, h, room);
  if (column + 2 >= neighboursOf(b)) return;
  setPair(room, 6, high);
  across(b, column + 2, skip(h, 2), room);
}

/** Two neighbours: from dE/dY = h, and the derivative by the distance, the fourth of these. */
function across(b: Block, column: i32, h: usize, derivatives: usize): void {
  const line = skip(matrix(b, 16), column);
  const q = skip(matrix(b, 19), column);
  pairHarmonicsReverse(at(b.numbers, b, 8), line, q, columnsOf(b), h, derivatives);
  addGradients(b, column, derivatives);
}

/** Four rows of P numbers to P rows of four. */
function transpose(P: i32, from: usize, to: usize): void {
  for (let p = 0; p < P; p += 2, to += 64) {
    const r0 = getPair(from, p), r1 = getPair(from, P + p), r2 = getPair(from, 2 * P + p), r3 = getPair(from, 3 * P + p);
    setPair(to, 0, v128.shuffle<f64>(r0, r1, 0, 2));
    setPair(to, 2, v128.shuffle<f64>(r2, r3, 0, 2));
    setPair(to, 4, v128.shuffle<f64>(r0, r1, 1, 3));
    setPair(to, 6, v128.shuffle<f64>(r2, r3, 1, 3));
  }
}
