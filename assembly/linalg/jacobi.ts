/**
 * One-sided Jacobi rotations (Golub & Van Loan, Matrix Computations, §8.6.3): pairs of rows are rotated until all are
 * orthogonal to each other; their lengths are then singular values. Rows go by blocks that stay in the cache; blocks are
 * paired as in a tournament, so that tasks share no row and bits do not depend on who does them.
 */
import { getF64, getI32, setF64, setI32 } from '../memory';
import { dot, rotate } from './vector';

/** Sums of so many squares lose no digits; an update that leaves less than this share of one is made anew. */
const KEPT: f64 = 0.1;

/** ‖row‖² of the rows [begin, end); rows that are nothing become zero. Arguments as of jacobiBlocks. */
export function jacobiSquares(begin: i32, end: i32, words: usize, squares: usize, limits: usize, _d: usize): void {
  const rows = <usize>getI32(words, 0);
  const stride = getI32(words, 1);
  const n = getI32(words, 2);
  for (let i = begin; i < end; i++) {
    const row = rows + ((<usize>(i * stride)) << 3);
    let square = dot(n, row, row);
    if (square < getF64(limits, 1)) {
      square = 0;
      memory.fill(row, 0, (<usize>getI32(words, 3)) << 3);
    }
    setF64(squares, i, square);
  }
}

/**
 * Tasks [begin, end): task t rotates the rows of block pairs[2t] against those of pairs[2t + 1] (−1: nothing), and with
 * `within` the pairs of each of the two; counts[t] becomes how many rotations there were.
 * words: rows, their stride (numbers), n numbers that are multiplied, width numbers that are rotated, number of rows, rows
 * of a block, pairs, counts, within; limits: cosines that pass, squares that are nothing.
 */
export function jacobiBlocks(begin: i32, end: i32, words: usize, squares: usize, limits: usize, _d: usize): void {
  const total = getI32(words, 4);
  const block = getI32(words, 5);
  const pairs = <usize>getI32(words, 6);
  const counts = <usize>getI32(words, 7);
  const within = getI32(words, 8) != 0;
  const limit = getF64(limits, 0);
  for (let t = begin; t < end; t++) {
    const a = getI32(pairs, 2 * t);
    const b = getI32(pairs, 2 * t + 1);
    let count = 0;
    if (within && a >= 0) count += triangle(words, squares, limit, a * block, min(total, (a + 1) * block));
    if (within && b >= 0) count += triangle(words, squares, limit, b * block, min(total, (b + 1) * block));
    if (a >= 0 && b >= 0) {
      const last = min(total, (b + 1) * block);
      for (let p = a * block; p < min(total, (a + 1) * block); p++) {
        for (let q = b * block; q < last; q++) count += turn(words, squares, limit, p, q);
      }
    }
    setI32(counts, t, count);
  }
}

function triangle(words: usize, squares: usize, limit: f64, from: i32, to: i32): i32 {
  let count = 0;
  for (let p = from; p < to; p++) {
    for (let q = p + 1; q < to; q++) count += turn(words, squares, limit, p, q);
  }
  return count;
}

/** Makes two rows orthogonal; 0 where they are. */
function turn(words: usize, squares: usize, limit: f64, p: i32, q: i32): i32 {
  const rows = <usize>getI32(words, 0);
  const stride = getI32(words, 1);
  const n = getI32(words, 2);
  const x = rows + ((<usize>(p * stride)) << 3);
  const y = rows + ((<usize>(q * stride)) << 3);
  const alpha = getF64(squares, p);
  const beta = getF64(squares, q);
  const gamma = dot(n, x, y);
  if (Math.abs(gamma) <= limit * Math.sqrt(alpha) * Math.sqrt(beta) || gamma == 0) return 0;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = (zeta >= 0 ? 1.0 : -1.0) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  rotate(getI32(words, 3), x, y, c, -c * t);
  const first = alpha - t * gamma;
  const second = beta + t * gamma;
  setF64(squares, p, first > KEPT * alpha ? first : dot(n, x, x));
  setF64(squares, q, second > KEPT * beta ? second : dot(n, y, y));
  return 1;
}
