/**
 * G3, angular symmetry functions of three distances: over pairs of neighbours j, k with r_jk < r_c,
 *
 *     D = (w_i w_j w_k)² sum_{j<k} 2^(1-ζ) (1 + λ cos θ)^ζ exp(-η R²) f(r_j) f(r_k) f(r_jk),   R² = r_j² + r_k² + r_jk²
 *
 * J. Behler, M. Parrinello, Phys. Rev. Lett. 98, 146401 (2007), doi:10.1103/PhysRevLett.98.146401.
 *
 * A component is a product of one of the angular functions (λ, ζ) and one of the exponentials (η): all products are
 * summed, the components are picked at the end. Nothing is kept per pair: reverse makes the functions again.
 *
 * numbers: 0 pi/r_c   1 angular functions A   2 exponentials H made even   positions: 3 -η, H   4 of the angular functions,
 *   A x 3: λ, ζ, 2^(1-ζ)   5 of the components their product, D   6 of the elements w²
 * scratch, positions: 7 exponentials, H   8 angular functions, A   9 their derivatives by cos, A   10 products, A x H
 * own, 2: f and its derivative.
 */
import { getF64, getPair, getSplat, setF64, setPair } from '../memory';
import { addRadial, at, Block, Neighbour, neighbourAt, ownOf, word } from './block';
import { cutoffAt } from './cutoff';
import { expPair } from './exponential';

/** What a pair of neighbours has beside the functions; at the beginning of scratch. */
// @ts-ignore: decorator
@unmanaged
class Pair {
  /** k - j, Å. */
  x: f64;
  y: f64;
  z: f64;
  r: f64;
  cosine: f64;
  /** (w_i w_j w_k)² f(r_jk) and its derivative. */
  f: f64;
  slope: f64;
}

export function values(b: Block, out: usize): void {
  const angles = word(b, 1);
  const width = word(b, 2);
  const sums = at(b.scratch, b, 10);
  memory.fill(sums, 0, (<usize>(angles * width)) << 3);
  cutoffs(b);
  const pair = changetype<Pair>(b.scratch);
  const angular = at(b.scratch, b, 8);
  const exponentials = at(b.scratch, b, 7);
  for (let i = 0; i < b.count; i++) {
    const j = neighbourAt(b, i);
    if (j.r >= b.cutoff) continue;
    for (let l = i + 1; l < b.count; l++) {
      const k = neighbourAt(b, l);
      if (k.r >= b.cutoff || !functions(b, j, k, pair)) continue;
      const f = f64x2.splat(pair.f * getF64(ownOf(b, i), 0) * getF64(ownOf(b, l), 0));
      let row = sums;
      for (let a = 0; a < angles; a++) {
        const factor = f64x2.mul(f, getSplat(angular, a));
        for (let h = 0; h < width; h += 2) {
          setPair(row, h, f64x2.add(getPair(row, h), f64x2.mul(factor, getPair(exponentials, h))));
        }
        row += (<usize>width) << 3;
      }
    }
  }
  const list = at(b.numbers, b, 5);
  for (let c = 0; c < b.size; c++) setF64(out, c, getF64(sums, <i32>getF64(list, c)));
}

/** f and f' of every neighbour to its own. */
function cutoffs(b: Block): void {
  const rate = getF64(b.numbers, 0);
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    if (n.r < b.cutoff) setPair(ownOf(b, i), 0, cutoffAt(n.r, rate));
  }
}

/** Everything that depends on the pair alone; false where r_jk is not within the cutoff. */
function functions(b: Block, j: Neighbour, k: Neighbour, pair: Pair): bool {
  const x = k.dx - j.dx;
  const y = k.dy - j.dy;
  const z = k.dz - j.dz;
  const r2 = x * x + y * y + z * z;
  if (r2 >= b.cutoff * b.cutoff) return false;
  const r = Math.sqrt(r2);
  const factors = at(b.numbers, b, 6);
  const w = getF64(factors, b.type) * getF64(factors, j.type) * getF64(factors, k.type);
  const c = j.nx * k.nx + j.ny * k.ny + j.nz * k.nz;
  const f = f64x2.mul(f64x2.splat(w), cutoffAt(r, getF64(b.numbers, 0)));
  pair.x = x;
  pair.y = y;
  pair.z = z;
  pair.r = r;
  pair.cosine = c;
  pair.f = f64x2.extract_lane(f, 0);
  pair.slope = f64x2.extract_lane(f, 1);
  const etas = at(b.numbers, b, 3);
  const exponentials = at(b.scratch, b, 7);
  const sum = f64x2.splat(j.r * j.r + k.r * k.r + r2);
  const width = word(b, 2);
  for (let h = 0; h < width; h += 2) setPair(exponentials, h, expPair(f64x2.mul(getPair(etas, h), sum)));
  let angle = at(b.numbers, b, 4);
  const angular = at(b.scratch, b, 8);
  const slopes = at(b.scratch, b, 9);
  const count = word(b, 1);
  for (let a = 0; a < count; a++, angle += 24) {
    const lambda = getF64(angle, 0);
    const zeta = getF64(angle, 1);
    const base = 1.0 + lambda * c;
    const below = getF64(angle, 2) * power(base, <i32>zeta - 1);
    setF64(angular, a, below * base);
    setF64(slopes, a, below * lambda * zeta);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function power(base: f64, n: i32): f64 {
  let result = 1.0;
  for (; n > 0; n >>= 1) {
    if ((n & 1) != 0) result *= base;
    base *= base;
  }
  return result;
}

export function reverse(b: Block, adjoint: usize): void {
  const products = at(b.scratch, b, 10);
  memory.fill(products, 0, (<usize>(word(b, 1) * word(b, 2))) << 3);
  const list = at(b.numbers, b, 5);
  // two components may be the same
  for (let c = 0; c < b.size; c++) {
    const k = <i32>getF64(list, c);
    setF64(products, k, getF64(products, k) + getF64(adjoint, c));
  }
  const pair = changetype<Pair>(b.scratch);
  for (let i = 0; i < b.count; i++) {
    const j = neighbourAt(b, i);
    if (j.r >= b.cutoff) continue;
    for (let l = i + 1; l < b.count; l++) {
      const k = neighbourAt(b, l);
      if (k.r >= b.cutoff || !functions(b, j, k, pair)) continue;
      pairReverse(b, j, k, getPair(ownOf(b, i), 0), getPair(ownOf(b, l), 0), pair, products);
    }
  }
}

/** ofJ, ofK: f and its derivative of both neighbours. */
function pairReverse(
  b: Block, j: Neighbour, k: Neighbour, ofJ: v128, ofK: v128, pair: Pair, products: usize,
): void {
  const angular = at(b.scratch, b, 8);
  const slopes = at(b.scratch, b, 9);
  const exponentials = at(b.scratch, b, 7);
  const etas = at(b.numbers, b, 3);
  const angles = word(b, 1);
  const width = word(b, 2);
  let sum = 0.0;
  let byCosine = 0.0;
  let bySquare = 0.0;
  for (let a = 0; a < angles; a++) {
    let value = f64x2.splat(0);
    let bent = f64x2.splat(0);
    for (let h = 0; h < width; h += 2) {
      const e = f64x2.mul(getPair(products, h), getPair(exponentials, h));
      value = f64x2.add(value, e);
      bent = f64x2.add(bent, f64x2.mul(e, getPair(etas, h)));
    }
    const v = f64x2.extract_lane(value, 0) + f64x2.extract_lane(value, 1);
    sum += getF64(angular, a) * v;
    byCosine += getF64(slopes, a) * v;
    bySquare += getF64(angular, a) * (f64x2.extract_lane(bent, 0) + f64x2.extract_lane(bent, 1));
    products += (<usize>width) << 3;
  }
  const fj = f64x2.extract_lane(ofJ, 0);
  const fk = f64x2.extract_lane(ofK, 0);
  const f = pair.f * fj * fk;
  const square = 2.0 * f * bySquare;
  const bend = f * byCosine;
  addRadial(j, square * j.r + sum * pair.f * fk * f64x2.extract_lane(ofJ, 1) - bend * pair.cosine * j.perR);
  addRadial(k, square * k.r + sum * pair.f * fj * f64x2.extract_lane(ofK, 1) - bend * pair.cosine * k.perR);
  const toJ = bend * j.perR;
  const toK = bend * k.perR;
  // by r_jk: towards k for k, away from it for j
  const along = square + (sum * pair.slope * fj * fk) / pair.r;
  j.gx += toJ * k.nx - along * pair.x;
  j.gy += toJ * k.ny - along * pair.y;
  j.gz += toJ * k.nz - along * pair.z;
  k.gx += toK * j.nx + along * pair.x;
  k.gy += toK * j.ny + along * pair.y;
  k.gz += toK * j.nz + along * pair.z;
}
