/**
 * G3, angular symmetry functions of three distances: over pairs of neighbours j, k with r_jk < r_c,
 *
 *     D = (w_i w_j w_k)² sum_{j<k} 2^(1-ζ) (1 + λ cos θ)^ζ exp(-η R²) f(r_j) f(r_k) f(r_jk),   R² = r_j² + r_k² + r_jk²
 *
 * J. Behler, M. Parrinello, Phys. Rev. Lett. 98, 146401 (2007), doi:10.1103/PhysRevLett.98.146401.
 *
 * A component is a product of one of the angular functions (λ, ζ) and one of the exponentials (η), so both are made once
 * per pair. Nothing is kept per pair: reverse makes them again.
 *
 * numbers: 0 pi/r_c   1 angular functions A   2 exponentials H   3 position of -η, H made even   4 of the angular functions,
 *   A x 3: λ, ζ, 2^(1-ζ)   5 of the components, D x 2: angular function, exponential   6 of the squared factors of elements
 * scratch, positions: 7 exponentials   8 angular functions   9 their derivatives by cos   10 sums, D
 * own, 2: f and its derivative.
 */
import { cos, sin } from '../math';
import { getF64, getPair, setF64, setPair } from '../memory';
import { addRadial, Block, Neighbour, neighbourAt, ownOf } from './block';
import { expPair } from './exponential';

// @ts-ignore: decorator
@inline
function word(b: Block, i: i32): i32 {
  return <i32>getF64(b.numbers, i);
}

// @ts-ignore: decorator
@inline
function at(base: usize, b: Block, i: i32): usize {
  return base + ((<usize>word(b, i)) << 3);
}

/** The factors of a pair of neighbours: distance, cosine, and what multiplies every component. */
// @ts-ignore: decorator
@unmanaged
class Pair {
  /** k - j, Å. */
  x: f64;
  y: f64;
  z: f64;
  r: f64;
  cosine: f64;
  /** w f(r_jk) and its derivative. */
  f: f64;
  slope: f64;
}
/** f64 of a Pair, at the beginning of scratch. */
const PAIR = 8;

export function values(b: Block, out: usize): void {
  const size = b.size;
  const sums = at(b.scratch, b, 10);
  for (let k = 0; k < size; k++) setF64(sums, k, 0);
  cutoffs(b);
  const pair = changetype<Pair>(b.scratch);
  const angular = at(b.scratch, b, 8);
  const exponentials = at(b.scratch, b, 7);
  const list = at(b.numbers, b, 5);
  for (let i = 0; i < b.count; i++) {
    const j = neighbourAt(b, i);
    if (j.r >= b.cutoff) continue;
    for (let l = i + 1; l < b.count; l++) {
      const k = neighbourAt(b, l);
      if (k.r >= b.cutoff || !functions(b, j, k, pair)) continue;
      const f = pair.f * getF64(ownOf(b, j), 0) * getF64(ownOf(b, k), 0);
      for (let c = 0; c < size; c++) {
        const a = getF64(angular, <i32>getF64(list, 2 * c));
        const e = getF64(exponentials, <i32>getF64(list, 2 * c + 1));
        setF64(sums, c, getF64(sums, c) + f * a * e);
      }
    }
  }
  for (let k = 0; k < size; k++) setF64(out, k, getF64(sums, k));
}

/** f and f' of every neighbour to its own. */
function cutoffs(b: Block): void {
  const rate = getF64(b.numbers, 0);
  for (let i = 0; i < b.count; i++) {
    const n = neighbourAt(b, i);
    if (n.r >= b.cutoff) continue;
    setF64(ownOf(b, n), 0, 0.5 * (cos(rate * n.r) + 1.0));
    setF64(ownOf(b, n), 1, -0.5 * rate * sin(rate * n.r));
  }
}

/** What depends on the pair alone; false where r_jk is not within the cutoff. */
function functions(b: Block, j: Neighbour, k: Neighbour, pair: Pair): bool {
  const x = k.dx - j.dx;
  const y = k.dy - j.dy;
  const z = k.dz - j.dz;
  const r2 = x * x + y * y + z * z;
  if (r2 >= b.cutoff * b.cutoff) return false;
  const r = Math.sqrt(r2);
  const rate = getF64(b.numbers, 0);
  const factors = at(b.numbers, b, 6);
  const w = getF64(factors, b.type) * getF64(factors, j.type) * getF64(factors, k.type);
  const c = j.nx * k.nx + j.ny * k.ny + j.nz * k.nz;
  pair.x = x;
  pair.y = y;
  pair.z = z;
  pair.r = r;
  pair.cosine = c;
  pair.f = 0.5 * w * (cos(rate * r) + 1.0);
  pair.slope = -0.5 * w * rate * sin(rate * r);
  const etas = at(b.numbers, b, 3);
  const exponentials = at(b.scratch, b, 7);
  const sum = f64x2.splat(j.r * j.r + k.r * k.r + r2);
  for (let h = 0; h < word(b, 2); h += 2) setPair(exponentials, h, expPair(f64x2.mul(getPair(etas, h), sum)));
  const angles = at(b.numbers, b, 4);
  const angular = at(b.scratch, b, 8);
  const slopes = at(b.scratch, b, 9);
  for (let a = 0; a < word(b, 1); a++) {
    const lambda = getF64(angles, 3 * a);
    const base = 1.0 + lambda * c;
    const zeta = <i32>getF64(angles, 3 * a + 1);
    const below = getF64(angles, 3 * a + 2) * power(base, zeta - 1);
    setF64(angular, a, below * base);
    setF64(slopes, a, below * lambda * <f64>zeta);
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
  const pair = changetype<Pair>(b.scratch);
  for (let i = 0; i < b.count; i++) {
    const j = neighbourAt(b, i);
    if (j.r >= b.cutoff) continue;
    for (let l = i + 1; l < b.count; l++) {
      const k = neighbourAt(b, l);
      if (k.r < b.cutoff && functions(b, j, k, pair)) pairReverse(b, j, k, pair, adjoint);
    }
  }
}

function pairReverse(b: Block, j: Neighbour, k: Neighbour, pair: Pair, adjoint: usize): void {
  const angular = at(b.scratch, b, 8);
  const slopes = at(b.scratch, b, 9);
  const exponentials = at(b.scratch, b, 7);
  const etas = at(b.numbers, b, 3);
  const list = at(b.numbers, b, 5);
  let sum = 0.0;
  let byCosine = 0.0;
  let bySquare = 0.0;
  for (let c = 0; c < b.size; c++) {
    const a = <i32>getF64(list, 2 * c);
    const h = <i32>getF64(list, 2 * c + 1);
    const e = getF64(adjoint, c) * getF64(exponentials, h);
    const value = e * getF64(angular, a);
    sum += value;
    byCosine += e * getF64(slopes, a);
    bySquare += value * getF64(etas, h);
  }
  const fj = getF64(ownOf(b, j), 0);
  const fk = getF64(ownOf(b, k), 0);
  const f = pair.f * fj * fk;
  const square = 2.0 * f * bySquare;
  const bend = f * byCosine;
  addRadial(j, square * j.r + sum * pair.f * fk * getF64(ownOf(b, j), 1) - bend * pair.cosine * j.perR);
  addRadial(k, square * k.r + sum * pair.f * fj * getF64(ownOf(b, k), 1) - bend * pair.cosine * k.perR);
  const toJ = bend * j.perR;
  const toK = bend * k.perR;
  // By r_jk, towards k for k and away from it for j.
  const along = square + (sum * pair.slope * fj * fk) / pair.r;
  j.gx += toJ * k.nx - along * pair.x;
  j.gy += toJ * k.ny - along * pair.y;
  j.gz += toJ * k.nz - along * pair.z;
  k.gx += toK * j.nx + along * pair.x;
  k.gy += toK * j.ny + along * pair.y;
  k.gz += toK * j.nz + along * pair.z;
}
