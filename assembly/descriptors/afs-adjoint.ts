/**
 * AFS in reverse, what an atom does once (afs.ts): from dE/dA to dE/dc, and to the adjoint of the sums over neighbours of
 * g_p g_q, minus half the sum of dE/dA over l. Four q (of kind 1: four p) at a time.
 */
import { getF64, getPair, getSplat, setF64, setPair } from '../memory';
import { at, Block, skip, word } from './block';
import { multiply } from './multiply';

export function coefficients(b: Block, adjoint: usize): void {
  const n = word(b, 0);
  const P = word(b, 1);
  const w = word(b, 2) + 1;
  const pairs = word(b, 3) == 2;
  const size = (<usize>(word(b, 4) * P)) << 3;
  const c = at(b.scratch, b, 11);
  const bar = at(b.scratch, b, 12);
  const sums = at(b.scratch, b, 14);
  if (pairs) memory.fill(bar, 0, size);
  for (let q = 0; q < P; q += 4) {
    const lanes = min(4, n - q);
    if (!pairs) {
      const from = skip(adjoint, q * w);
      gather(b, lanes, from, w, from, w);
      sumOverL(b, skip(sums, q));
      toDensity(b, q);
      continue;
    }
    for (let p = 0; p < n; p++) {
      gather(b, lanes, skip(adjoint, (p * n + q) * w), w, skip(adjoint, (q * n + p) * w), n * w);
      sumOverL(b, skip(sums, p * P + q));
      toDensities(b, p, q);
    }
  }
}

/** w times dE/dA_pq + dE/dA_qp, [l][4], to the room; those of other q stand a step apart. */
function gather(b: Block, lanes: i32, forth: usize, step: i32, back: usize, stepBack: i32): void {
  const w = word(b, 2) + 1;
  const room = at(b.scratch, b, 15);
  const centre = getF64(at(b.numbers, b, 5), 2 * b.type + 1);
  for (let lane = 0; lane < 4; lane++) {
    for (let l = 0; l < w; l++) {
      const sum = lane < lanes ? getF64(forth, l) + getF64(back, l) : 0.0;
      setF64(room, 4 * l + lane, centre * sum);
    }
    forth = skip(forth, step);
    back = skip(back, stepBack);
  }
}

function sumOverL(b: Block, to: usize): void {
  const w = word(b, 2) + 1;
  const room = at(b.scratch, b, 15);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let l = 0; l < w; l++) {
    low = f64x2.add(low, getPair(room, 4 * l));
    high = f64x2.add(high, getPair(room, 4 * l + 2));
  }
  setPair(to, 0, f64x2.mul(f64x2.splat(-0.5), low));
  setPair(to, 2, f64x2.mul(f64x2.splat(-0.5), high));
}

/** sum_j t_jl dE/dA_j: two of the four q, from `from` = the room on. */
// @ts-ignore: decorator
@inline
function byLegendre(t: usize, w: i32, l: i32, from: usize): v128 {
  let sum = f64x2.splat(0);
  for (let j = l; j < w; j += 2) sum = f64x2.add(sum, f64x2.mul(getSplat(t, j * w + l), getPair(from, 4 * j)));
  return sum;
}

/** Kind 1: dE/dc of four p from this one on. */
function toDensity(b: Block, p: i32): void {
  const P = word(b, 1);
  const w = word(b, 2) + 1;
  const t = at(b.numbers, b, 9);
  const room = at(b.scratch, b, 15);
  let c = skip(at(b.scratch, b, 11), p);
  let bar = skip(at(b.scratch, b, 12), p);
  for (let l = 0; l < w; l++) {
    const low = byLegendre(t, w, l, room);
    const high = byLegendre(t, w, l, skip(room, 2));
    for (let m = -l; m <= l; m++) {
      setPair(bar, 0, f64x2.mul(low, getPair(c, 0)));
      setPair(bar, 2, f64x2.mul(high, getPair(c, 2)));
      c = skip(c, P);
      bar = skip(bar, P);
    }
  }
}

/** Kind 2: adds to dE/dc of four q what comes with this p. */
function toDensities(b: Block, p: i32, q: i32): void {
  const P = word(b, 1);
  const w = word(b, 2) + 1;
  const t = at(b.numbers, b, 9);
  const room = at(b.scratch, b, 15);
  let c = skip(at(b.scratch, b, 11), p);
  let bar = skip(at(b.scratch, b, 12), q);
  for (let l = 0; l < w; l++) {
    const low = byLegendre(t, w, l, room);
    const high = byLegendre(t, w, l, skip(room, 2));
    for (let m = -l; m <= l; m++) {
      const factor = getSplat(c, 0);
      setPair(bar, 0, f64x2.add(getPair(bar, 0), f64x2.mul(low, factor)));
      setPair(bar, 2, f64x2.add(getPair(bar, 2), f64x2.mul(high, factor)));
      c = skip(c, P);
      bar = skip(bar, P);
    }
  }
}

/** Of the sums of g_p g_q to dE/dg of four neighbours, n x 4, from their g, P x 4. */
export function adjointOfSums(b: Block, g: usize, to: usize): void {
  const n = word(b, 0);
  const sums = at(b.scratch, b, 14);
  if (word(b, 3) == 2) {
    multiply(n, 4, n, sums, word(b, 1), 1, g, 4, to, 4);
    return;
  }
  for (let p = 0; p < n; p++) {
    const factor = getSplat(sums, p);
    setPair(to, 4 * p, f64x2.mul(factor, getPair(g, 4 * p)));
    setPair(to, 4 * p + 2, f64x2.mul(factor, getPair(g, 4 * p + 2)));
  }
}
