/**
 * What AFS needs of the neighbours, as matrices that have a column for each (afs.ts's header has numbers and arrays):
 * radial functions, harmonics and later slopes, four neighbours at a time. Neighbours beyond the cutoff are left out; up to
 * three of weight zero make their number a multiple of four.
 */
import { getF64, getPair, setF64 } from '../memory';
import { at, Block, Neighbour, neighbourAt, skip, word } from './block';
import { quadHarmonics } from './harmonics-quads';
import { multiply } from './multiply';
import { orthonormalQuad, orthonormalSlopePair } from './radial';

/** Rows of the first own array: d/r, 1/r, y = 1 - r/r_c, weight, place in the block's list of neighbours. */
const NX = 0;
const NY = 1;
const NZ = 2;
const PER_R = 3;
const RISE = 4;
const WEIGHT = 5;
const PLACE = 6;

/** Columns of all matrices, a multiple of 4. */
// @ts-ignore: decorator
@inline
export function columnsOf(b: Block): i32 {
  return <i32>getF64(at(b.scratch, b, 10), 0);
}

/** How many of them are neighbours. */
// @ts-ignore: decorator
@inline
export function neighboursOf(b: Block): i32 {
  return <i32>getF64(at(b.scratch, b, 10), 1);
}

/** The own array whose position stands at i. */
// @ts-ignore: decorator
@inline
export function matrix(b: Block, i: i32): usize {
  return b.own + ((<usize>(word(b, i) * columnsOf(b))) << 3);
}

/** The neighbour of a column. */
// @ts-ignore: decorator
@inline
export function neighbourOf(b: Block, column: i32): Neighbour {
  return neighbourAt(b, <i32>getF64(matrix(b, 16), PLACE * columnsOf(b) + column));
}

/** g, Q and Y of all neighbours. */
export function fill(b: Block): void {
  select(b);
  const n = word(b, 0);
  const columns = columnsOf(b);
  const lines = matrix(b, 16);
  const e = matrix(b, 17);
  const q = matrix(b, 19);
  const y = matrix(b, 20);
  const steps = at(b.numbers, b, 6);
  const table = at(b.numbers, b, 8);
  for (let i = 0; i < columns; i += 4) {
    const line = skip(lines, i);
    orthonormalQuad(steps, n, skip(line, RISE * columns), skip(line, WEIGHT * columns), skip(e, i), columns);
    quadHarmonics(table, line, skip(q, i), skip(y, i), columns);
  }
  const P = word(b, 1);
  multiply(columns, P, n, e, 1, columns, at(b.numbers, b, 7), P, matrix(b, 18), P);
}

/** The neighbours within the cutoff, and those that round their number up. */
function select(b: Block): void {
  let count = 0;
  for (let i = 0; i < b.count; i++) if (neighbourAt(b, i).r < b.cutoff) count++;
  const columns = (count + 3) & ~3;
  const state = at(b.scratch, b, 10);
  setF64(state, 0, <f64>columns);
  setF64(state, 1, <f64>count);
  const factors = at(b.numbers, b, 5);
  const perCutoff = 1.0 / b.cutoff;
  let line = matrix(b, 16);
  for (let i = 0; i < b.count; i++) {
    const neighbour = neighbourAt(b, i);
    if (neighbour.r >= b.cutoff) continue;
    setF64(line, NX * columns, neighbour.nx);
    setF64(line, NY * columns, neighbour.ny);
    setF64(line, NZ * columns, neighbour.nz);
    setF64(line, PER_R * columns, neighbour.perR);
    setF64(line, RISE * columns, 1.0 - neighbour.r * perCutoff);
    setF64(line, WEIGHT * columns, getF64(factors, 2 * neighbour.type));
    setF64(line, PLACE * columns, <f64>i);
    line += 8;
  }
  for (; count < columns; count++, line += 8) {
    for (let row = 0; row <= PLACE; row++) setF64(line, row * columns, row == NZ ? 1.0 : 0.0);
  }
}

/** Slopes of the g of the four neighbours from `column` on, n x 4; `e` is room for those of e. */
export function slopes(b: Block, column: i32, e: usize, to: usize): void {
  const n = word(b, 0);
  const columns = columnsOf(b);
  const line = skip(matrix(b, 16), column);
  const steps = at(b.numbers, b, 6);
  for (let i = 0; i < 4; i += 2) {
    const y = skip(line, RISE * columns + i);
    const weight = skip(line, WEIGHT * columns + i);
    orthonormalSlopePair(steps, n, 1.0 / b.cutoff, y, weight, skip(matrix(b, 17), column + i), columns, skip(e, i), 4);
  }
  // O transposed again
  multiply(n, 4, n, at(b.numbers, b, 7), 1, word(b, 1), e, 4, to, 4);
}

/**
 * Adds to two neighbours' gradients, from `column` on, four pairs: the derivative by x, y and z of the unit vector, of which
 * what is across it counts, and by the distance.
 */
export function addGradients(b: Block, column: i32, derivatives: usize): void {
  const columns = columnsOf(b);
  const line = skip(matrix(b, 16), column);
  const nx = getPair(line, NX * columns), ny = getPair(line, NY * columns), nz = getPair(line, NZ * columns);
  const perR = getPair(line, PER_R * columns);
  const tx = getPair(derivatives, 0), ty = getPair(derivatives, 2), tz = getPair(derivatives, 4);
  const inward = f64x2.add(f64x2.add(f64x2.mul(tx, nx), f64x2.mul(ty, ny)), f64x2.mul(tz, nz));
  const radial = f64x2.sub(getPair(derivatives, 6), f64x2.mul(perR, inward));
  const gx = f64x2.add(f64x2.mul(perR, tx), f64x2.mul(radial, nx));
  const gy = f64x2.add(f64x2.mul(perR, ty), f64x2.mul(radial, ny));
  const gz = f64x2.add(f64x2.mul(perR, tz), f64x2.mul(radial, nz));
  const first = neighbourOf(b, column);
  first.gx += f64x2.extract_lane(gx, 0);
  first.gy += f64x2.extract_lane(gy, 0);
  first.gz += f64x2.extract_lane(gz, 0);
  if (column + 1 >= neighboursOf(b)) return;
  const second = neighbourOf(b, column + 1);
  second.gx += f64x2.extract_lane(gx, 1);
  second.gy += f64x2.extract_lane(gy, 1);
  second.gz += f64x2.extract_lane(gz, 1);
}
