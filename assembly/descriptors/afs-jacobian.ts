/**
 * AFS's rows of a fit: dD/dd of every neighbour by forward mode (afs.ts has numbers and arrays),
 *
 *     d(sum_m c_p c_q)/dd = c_q . d(g_p Y)/dd + c_p . d(g_q Y)/dd.
 *
 * in scratch from 21 on: slopes of the g of four neighbours, n x 4; derivatives of their Y by x, y, z, 3 x S x 4; what c
 * makes of one's Y and of these, (L+1) x 4 x P
 */
import { addF64, getF64, getPair, getSplat, setF64, setPair } from '../memory';
import { columnsOf, matrix, neighbourOf, neighboursOf, slopes } from './afs-neighbours';
import { at, Block, Neighbour, skip, word } from './block';
import { pairHarmonicSlopes } from './harmonics-quads';

/** `columns` in all, those of this block from `first` on; to: f64[pairs][3][columns]. */
export function jacobian(b: Block, to: usize, columns: i32, first: i32): void {
  const S = word(b, 4);
  const dg = at(b.scratch, b, 21);
  const dy = skip(dg, 4 * word(b, 1));
  const sums = skip(dy, 12 * S);
  const all = columnsOf(b);
  const q = matrix(b, 19);
  const lines = matrix(b, 16);
  for (let group = 0; group < all; group += 4) {
    slopes(b, group, sums, dg);
    for (let i = 0; i < 4; i += 2) {
      const column = group + i;
      pairHarmonicSlopes(at(b.numbers, b, 8), skip(lines, column), skip(q, column), all, skip(dy, i), S);
    }
    for (let i = 0; i < min(4, neighboursOf(b) - group); i++) {
      const neighbour = neighbourOf(b, group + i);
      const row = skip(to + ((<usize>neighbour.pair * <usize>(3 * columns)) << 3), first);
      contract(b, neighbour, skip(matrix(b, 20), group + i), skip(dy, i), sums);
      const g = skip(matrix(b, 18), (group + i) * word(b, 1));
      direction(b, g, skip(dg, i), sums, neighbour.nx, 1, row);
      direction(b, g, skip(dg, i), sums, neighbour.ny, 2, skip(row, columns));
      direction(b, g, skip(dg, i), sums, neighbour.nz, 3, skip(row, 2 * columns));
    }
  }
}

/** Of every l and p: sum_m c Y, and of the gradient of that on the sphere, by d, the three components. */
function contract(b: Block, neighbour: Neighbour, y: usize, dy: usize, to: usize): void {
  const P = word(b, 1);
  const S = word(b, 4);
  const w = word(b, 2) + 1;
  const columns = columnsOf(b);
  const zero = f64x2.splat(0);
  const perR = f64x2.splat(neighbour.perR);
  const nx = f64x2.splat(neighbour.nx), ny = f64x2.splat(neighbour.ny), nz = f64x2.splat(neighbour.nz);
  for (let p = 0; p < P; p += 2) {
    let c = skip(at(b.scratch, b, 11), p);
    let out = skip(to, p);
    for (let l = 0, lm = 0; l < w; l++) {
      let value = zero, x = zero, yy = zero, z = zero;
      for (let m = -l; m <= l; m++, lm++) {
        const f = getPair(c, 0);
        value = f64x2.add(value, f64x2.mul(f, getSplat(y, lm * columns)));
        x = f64x2.add(x, f64x2.mul(f, getSplat(dy, 4 * lm)));
        yy = f64x2.add(yy, f64x2.mul(f, getSplat(dy, 4 * (S + lm))));
        z = f64x2.add(z, f64x2.mul(f, getSplat(dy, 4 * (2 * S + lm))));
        c = skip(c, P);
      }
      const along = f64x2.add(f64x2.add(f64x2.mul(x, nx), f64x2.mul(yy, ny)), f64x2.mul(z, nz));
      setPair(out, 0, value);
      setPair(out, P, f64x2.mul(perR, f64x2.sub(x, f64x2.mul(along, nx))));
      setPair(out, 2 * P, f64x2.mul(perR, f64x2.sub(yy, f64x2.mul(along, ny))));
      setPair(out, 3 * P, f64x2.mul(perR, f64x2.sub(z, f64x2.mul(along, nz))));
      out = skip(out, 4 * P);
    }
  }
}

/** Derivatives of all components by coordinate 1, 2 or 3; n: that of the unit vector. */
function direction(b: Block, g: usize, dg: usize, sums: usize, n: f64, axis: i32, to: usize): void {
  const count = word(b, 0);
  const P = word(b, 1);
  const w = word(b, 2) + 1;
  const centre = getF64(at(b.numbers, b, 5), 2 * b.type + 1);
  const expansion = at(b.numbers, b, 9);
  const pairs = word(b, 3) == 2;
  for (let p = 0; p < count; p++) {
    const last = pairs ? count : p + 1;
    for (let q = pairs ? 0 : p; q < last; q++, to = skip(to, w)) {
      const gp = centre * getF64(g, p), gq = centre * getF64(g, q);
      const sp = centre * n * getF64(dg, 4 * p), sq = centre * n * getF64(dg, 4 * q);
      const diagonal = -0.5 * (getF64(g, p) * sq + getF64(g, q) * sp);
      for (let l = 0; l < w; l++) setF64(to, l, diagonal);
      for (let l = 0; l < w; l++) {
        const values = skip(sums, 4 * l * P);
        const slopes = skip(values, axis * P);
        const ofP = sq * getF64(values, p) + gq * getF64(slopes, p);
        const change = sp * getF64(values, q) + gp * getF64(slopes, q) + ofP;
        for (let j = l; j < w; j += 2) addF64(to, j, getF64(expansion, j * w + l) * change);
      }
    }
  }
}
