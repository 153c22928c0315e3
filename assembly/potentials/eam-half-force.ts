/**
 * The force pass of embedded-atom potentials on a half list (assembly/potentials/eam-half.ts): for each row first the
 * geometry of its pairs, two of them in two lines, then their forces. In one loop the numbers of both would not fit into
 * registers.
 */
import { addImageMoments, chunkBegin, chunkOf, windowOf } from '../chunks';
import { madd, nmadd } from '../fma';
import { Frame } from '../frame';
import { checkNumbers, checkRange, fourAt, getF64, getI32, Line, lineAt } from '../memory';
import { BLOCK, Constants, high, linesPerPair, low, TwoKept, writeConstants } from './eam-half';

/** Slopes of the two cubics of the densities at s: Horner's scheme with its derivative. */
// @ts-ignore: decorator
@inline
function densitySlopes(a: Line, b: Line, s: v128): v128 {
  const c3 = f64x2.mul(low(a.a, b.a), s);
  const c34 = f64x2.add(c3, high(a.a, b.a));
  return madd(f64x2.add(f64x2.add(c3, c34), c34), s, low(a.b, b.b));
}

/** Slopes of the interleaved cubics of one pair of several elements. */
// @ts-ignore: decorator
@inline
function bothSlopes(line: Line, s: v128): v128 {
  const c3 = f64x2.mul(line.a, s);
  const c34 = f64x2.add(c3, line.b);
  return madd(f64x2.add(f64x2.add(c3, c34), c34), s, line.c);
}

/** Where z of several elements begins: behind the densities and the embedding. */
function zTablesOf(params: usize): usize {
  const elements = <i32>getF64(params, 0);
  const densities = 8 * elements * elements * linesPerPair(params);
  return params + (usize(8 + densities + 4 * elements * (<i32>getF64(params, 5) - 1)) << 3);
}

/** Two pairs between the passes of a row; afterwards their forces lie here, (f_x, f_y), (f_z, phi) of each. 128 bytes. */
// @ts-ignore: decorator
@unmanaged
class Two {
  dx: v128;
  dy: v128;
  dz: v128;
  perR: v128;
  p: v128;
  /** In the low words of the lanes; of several elements the line of z. */
  bin: v128;
  /** Several elements: F'_i rho_ab' + F'_j rho_ba'. */
  slopes: v128;
  unused: v128;
}
const TWO: usize = 128;
/** Bytes of two pairs in frame.kept. */
const TWO_KEPT: usize = 16;

// Sums over the pairs of the present local, for its end of them: (f_x, f_y), (f_z, Σ phi). Wasm globals: each thread has
// its own.
let ownXY: v128 = f64x2.splat(0);
let ownZW: v128 = f64x2.splat(0);

/** What the tables are asked with, of two pairs of the local at (xy, z). `single`: of the first pair, twice. */
// @ts-ignore: decorator
@inline
function measure(single: bool, x: usize, kept: usize, xy: v128, z: v128, c: Constants, to: usize): void {
  checkNumbers(kept, single ? 8 : 16);
  checkRange(to, 128);
  const pairs = changetype<TwoKept>(kept);
  const two = changetype<Two>(to);
  const xa = fourAt(x, pairs.siteA);
  const xb = single ? xa : fourAt(x, pairs.siteB);
  const da = f64x2.sub(xa.xy, xy);
  const db = f64x2.sub(xb.xy, xy);
  const dx = low(da, db);
  const dy = high(da, db);
  const dz = f64x2.sub(low(xa.zw, xb.zw), z);
  const r = f64x2.sqrt(madd(dz, dz, madd(dx, dx, f64x2.mul(dy, dy))));
  const one = c.one;
  const t = madd(r, c.perDr, one);
  const m = f64x2.pmin(f64x2.floor(t), c.bins);
  two.dx = dx;
  two.dy = dy;
  two.dz = dz;
  two.perR = f64x2.div(one, r);
  two.p = f64x2.pmin(f64x2.sub(t, m), one);
  two.bin = f64x2.add(m, c.toWord);
}

/**
 * Several elements: F'_i rho_ab' + F'_j rho_ba' of two measured pairs into their slopes, and the line of z for the bin. A
 * pass of its own, or its numbers and those of the forces would not fit into registers.
 */
// @ts-ignore: decorator
@inline
function weighSlopes(
  single: bool, f: Frame, params: usize, work: usize, row: i32, pairLines: i32, kept: usize, fpi: v128, at: usize,
): void {
  const pairs = changetype<TwoKept>(kept);
  const two = changetype<Two>(at);
  const j = pairs.siteA;
  const k = single ? j : pairs.siteB;
  const s = two.p;
  const word = two.bin;
  const binA = i32x4.extract_lane(word, 0) + row + getI32(f.types, j) * pairLines;
  const binB = single ? binA : i32x4.extract_lane(word, 2) + row + getI32(f.types, k) * pairLines;
  const a = bothSlopes(lineAt(params, binA), low(s, s));
  const b = single ? a : bothSlopes(lineAt(params, binB), high(s, s));
  two.slopes = madd(fpi, low(a, b), f64x2.mul(fpOf(work, f, j, k), high(a, b)));
  // Bins count from 1, and before the tables of z is no header.
  two.bin = i32x4.replace_lane(i32x4.splat(binA - 1), 2, binB - 1);
}

/** F' of the locals that sites j and k show. */
// @ts-ignore: decorator
@inline
function fpOf(work: usize, f: Frame, j: i32, k: i32): v128 {
  return f64x2.replace_lane(f64x2.splat(getF64(work, getI32(f.home, j))), 1, getF64(work, getI32(f.home, k)));
}

/**
 * Forces of two measured pairs: on the local at hand into its sums, minus them on the others into the window; they also
 * stay where the geometry was. `tables`: of z, of one element of all. `single`: only of the first pair.
 */
// @ts-ignore: decorator
@inline
function forcesOfTwo(
  several: bool, single: bool, f: Frame, tables: usize, work: usize, kept: usize, fpi: v128, perDr: v128, window: usize,
  at: usize,
): void {
  const pairs = changetype<TwoKept>(kept);
  const two = changetype<Two>(at);
  const word = two.bin;
  const s = two.p;
  const perR = two.perR;
  const lineA = i32x4.extract_lane(word, 0);
  const lineB = single ? lineA : i32x4.extract_lane(word, 2);
  let density = f64x2.splat(0);
  let a34 = density, b34 = density, a12 = density, b12 = density;
  if (several) {
    density = two.slopes;
    const za = fourAt(tables, lineA);
    const zb = fourAt(tables, lineB);
    a34 = za.xy;
    b34 = zb.xy;
    a12 = za.zw;
    b12 = zb.zw;
  } else {
    const a = lineAt(tables, lineA);
    const b = lineAt(tables, lineB);
    const fp = fpOf(work, f, pairs.siteA, single ? pairs.siteA : pairs.siteB);
    density = f64x2.mul(f64x2.add(fpi, fp), densitySlopes(a, b, s));
    a34 = a.c;
    b34 = b.c;
    a12 = a.d;
    b12 = b.d;
  }
  const e3 = f64x2.mul(low(a34, b34), s);
  const e34 = f64x2.add(e3, high(a34, b34));
  const d = low(a12, b12);
  const zValue = madd(madd(e34, s, d), s, high(a12, b12));
  const zSlope = madd(f64x2.add(f64x2.add(e3, e34), e34), s, d);
  const phi = f64x2.mul(zValue, perR);
  // g = (dE/dr)/r, with phi' = z'/r − phi/r.
  const inner = f64x2.mul(madd(zSlope, perR, density), perDr);
  const g = f64x2.mul(nmadd(phi, perR, inner), perR);
  const gx = f64x2.mul(g, two.dx);
  const gy = f64x2.mul(g, two.dy);
  const gz = f64x2.mul(g, two.dz);
  const axy = low(gx, gy);
  const azw = low(gz, phi);
  const toA = fourAt(window, pairs.placeA);
  toA.xy = f64x2.sub(toA.xy, axy);
  toA.zw = f64x2.sub(toA.zw, azw);
  two.dx = axy;
  two.dy = azw;
  if (single) {
    ownXY = f64x2.add(ownXY, axy);
    ownZW = f64x2.add(ownZW, azw);
    return;
  }
  const bxy = high(gx, gy);
  const bzw = high(gz, phi);
  const toB = fourAt(window, pairs.placeB);
  toB.xy = f64x2.sub(toB.xy, bxy);
  toB.zw = f64x2.sub(toB.zw, bzw);
  two.dz = bxy;
  two.perR = bzw;
  ownXY = f64x2.add(f64x2.add(ownXY, axy), bxy);
  ownZW = f64x2.add(f64x2.add(ownZW, azw), bzw);
}

// @ts-ignore: decorator
@inline
function forces(several: bool, begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const counts = work + (usize(f.n) << 3);
  const geometry = scratch + 64;
  const pairLines = linesPerPair(params);
  const rowLines = pairLines * <i32>getF64(params, 0);
  const tables = several ? zTablesOf(params) : params;
  const constants = writeConstants(scratch, params);
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const window = windowOf(f, chunk);
    memory.fill(window, 0, usize(chunk.reach) << 5);
    const from = chunkBegin(f, c);
    const to = chunkBegin(f, c + 1);
    for (let i = from; i < to; i++) {
      const xi = fourAt(x, i);
      const xy = xi.xy;
      const z = low(xi.zw, xi.zw);
      const row = several ? getI32(f.types, i) * rowLines : 0;
      const fpi = f64x2.splat(getF64(work, i));
      ownXY = f64x2.splat(0);
      ownZW = f64x2.splat(0);
      let first = f.kept + (usize(getI32(f.first, i)) << 3);
      for (let left = getI32(counts, i); left > 0; left -= BLOCK) {
        const count = min(left, BLOCK);
        const last = first + (usize(count) << 3);
        let at = geometry;
        let pairs = first;
        for (; pairs + 8 < last; pairs += TWO_KEPT, at += TWO) {
          measure(false, x, pairs, xy, z, constants, at);
          if (several) weighSlopes(false, f, params, work, row, pairLines, pairs, fpi, at);
        }
        if (pairs < last) {
          measure(true, x, pairs, xy, z, constants, at);
          if (several) weighSlopes(true, f, params, work, row, pairLines, pairs, fpi, at);
        }
        at = geometry;
        pairs = first;
        for (; pairs + 8 < last; pairs += TWO_KEPT, at += TWO) {
          forcesOfTwo(several, false, f, tables, work, pairs, fpi, constants.perDr, window, at);
        }
        if (pairs < last) forcesOfTwo(several, true, f, tables, work, pairs, fpi, constants.perDr, window, at);
        addImageMoments(f, from, first, count, geometry);
        first = last;
      }
      const own = fourAt(window, i - from);
      own.xy = f64x2.add(own.xy, ownXY);
      own.zw = f64x2.add(own.zw, f64x2.mul(ownZW, f64x2(1, -1)));
    }
  }
}

/**
 * Forces and minus twice the energies of the chunks' pairs into their windows, (f_x, f_y), (f_z, −2E) of each local; of the
 * virial only what images have more than the product of positions and forces (assembly/chunks.ts).
 */
export function eamHalfForce(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  forces(false, begin, end, frame, params, work, scratch);
}

/** The same for several elements. */
export function eamHalfForceAlloy(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  forces(true, begin, end, frame, params, work, scratch);
}
