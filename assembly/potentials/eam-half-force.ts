/** The force pass of embedded-atom potentials on a half list (assembly/potentials/eam-half.ts). */
import { addImageMoments, chunkBegin, chunkOf, windowOf } from '../chunks';
import { Frame } from '../frame';
import { fourAt, getF64, getI32, getV128, Line, lineAt, twoI32At } from '../memory';
import { BLOCK, high, linesPerPair, low, TO_WORD, writeWeights } from './eam-half';

/** Slopes of the two cubics of the densities at s: Horner's scheme with its derivative. */
// @ts-ignore: decorator
@inline
function densitySlopes(a: Line, b: Line, s: v128): v128 {
  const c3 = f64x2.mul(low(a.a, b.a), s);
  const c34 = f64x2.add(c3, high(a.a, b.a));
  return f64x2.add(f64x2.mul(f64x2.add(f64x2.add(c3, c34), c34), s), low(a.b, b.b));
}

/** Slopes of the interleaved cubics of one pair of several elements. */
// @ts-ignore: decorator
@inline
function bothSlopes(line: Line, s: v128): v128 {
  const c3 = f64x2.mul(line.a, s);
  const c34 = f64x2.add(c3, line.b);
  return f64x2.add(f64x2.mul(f64x2.add(f64x2.add(c3, c34), c34), s), line.c);
}

/** Where z of several elements begins: behind the densities and the embedding. */
function zTablesOf(params: usize): usize {
  const elements = <i32>getF64(params, 0);
  const densities = 8 * elements * elements * linesPerPair(params);
  return params + (usize(8 + densities + 4 * elements * (<i32>getF64(params, 5) - 1)) << 3);
}

// @ts-ignore: decorator
@inline
function forces(several: bool, begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  const f = changetype<Frame>(frame);
  const x = f.x;
  const n = f.n;
  const counts = work + (usize(n) << 3);
  const pairForces = scratch + 64;
  const perDr = f64x2.splat(getF64(params, 2));
  const bins = f64x2.splat(getF64(params, 3) - 1);
  const pairLines = linesPerPair(params);
  const rowLines = pairLines * <i32>getF64(params, 0);
  const zTables = several ? zTablesOf(params) : 0;
  const minusHalf = f64x2.splat(-0.5);
  const geometry = pairForces + (BLOCK << 5);
  writeWeights(scratch);
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
      let ownXY = f64x2.splat(0);
      let ownZW = f64x2.splat(0);
      const kept = getI32(counts, i);
      const start = f.kept + (usize(getI32(f.first, i)) << 3);
      for (let p = 0; p < kept; p += BLOCK) {
        const count = min(kept - p, BLOCK);
        const pairs = start + (usize(p) << 3);
        measure(x, pairs, count, xy, z, perDr, bins, geometry);
        if (several) weighSlopes(f, params, work, row, pairLines, pairs, count, fpi, geometry);
        for (let q = 0; q < count; q += 2) {
          const single = i32(q + 1 == count);
          const pairA = twoI32At(pairs, q);
          const pairB = twoI32At(pairs, q + 1 - single);
          const at = lineAt(geometry, q);
          const more = lineAt(geometry, q + 1);
          const word = more.b;
          const s = more.a;
          const perR = at.d;
          let density = f64x2.splat(0);
          let a34 = density, b34 = density, a12 = density, b12 = density;
          if (several) {
            density = more.c;
            const za = fourAt(zTables, i32x4.extract_lane(word, 0));
            const zb = fourAt(zTables, i32x4.extract_lane(word, 2));
            a34 = za.xy;
            b34 = zb.xy;
            a12 = za.zw;
            b12 = zb.zw;
          } else {
            const a = lineAt(params, i32x4.extract_lane(word, 0));
            const b = lineAt(params, i32x4.extract_lane(word, 2));
            density = f64x2.mul(f64x2.add(fpi, fpOf(work, f, pairA.first, pairB.first)), densitySlopes(a, b, s));
            a34 = a.c;
            b34 = b.c;
            a12 = a.d;
            b12 = b.d;
          }
          const e3 = f64x2.mul(low(a34, b34), s);
          const e34 = f64x2.add(e3, high(a34, b34));
          const d = low(a12, b12);
          const zValue = f64x2.add(f64x2.mul(f64x2.add(f64x2.mul(e34, s), d), s), high(a12, b12));
          const zSlope = f64x2.add(f64x2.mul(f64x2.add(f64x2.add(e3, e34), e34), s), d);
          const phi = f64x2.mul(f64x2.mul(zValue, perR), getV128(scratch, single));
          const weighted = f64x2.mul(perR, getV128(scratch, single));
          // (dE/dr)/r, with phi' = z'/r − phi/r.
          const inner = f64x2.add(density, f64x2.mul(zSlope, perR));
          const g = f64x2.mul(f64x2.sub(f64x2.mul(inner, perDr), f64x2.mul(phi, perR)), weighted);
          const gx = f64x2.mul(g, at.a);
          const gy = f64x2.mul(g, at.b);
          const gz = f64x2.mul(g, at.c);
          // The energy goes with the opposite sign of the forces, which partners receive with a minus.
          const e = f64x2.mul(phi, minusHalf);
          const toA = fourAt(window, pairA.second);
          const toB = fourAt(window, pairB.second);
          const axy = low(gx, gy);
          const azw = low(gz, e);
          const bxy = high(gx, gy);
          const bzw = high(gz, e);
          toA.xy = f64x2.sub(toA.xy, axy);
          toA.zw = f64x2.sub(toA.zw, azw);
          toB.xy = f64x2.sub(toB.xy, bxy);
          toB.zw = f64x2.sub(toB.zw, bzw);
          ownXY = f64x2.add(f64x2.add(ownXY, axy), bxy);
          ownZW = f64x2.add(f64x2.add(ownZW, azw), bzw);
          const keep = lineAt(pairForces, q >> 1);
          keep.a = axy;
          keep.b = azw;
          keep.c = bxy;
          keep.d = bzw;
        }
        addImageMoments(f, from, pairs, count, pairForces);
      }
      const own = fourAt(window, i - from);
      own.xy = f64x2.add(own.xy, ownXY);
      own.zw = f64x2.add(own.zw, f64x2.mul(ownZW, f64x2(1, -1)));
    }
  }
}

/**
 * Forces and energies of the chunks' pairs into their windows, (f_x, f_y), (f_z, E) of each local; of the virial only
 * what images have more than the product of positions and forces (assembly/chunks.ts).
 */
export function eamHalfForce(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  forces(false, begin, end, frame, params, work, scratch);
}

/** The same for several elements. */
export function eamHalfForceAlloy(begin: i32, end: i32, frame: usize, params: usize, work: usize, scratch: usize): void {
  forces(true, begin, end, frame, params, work, scratch);
}

/** What the tables are asked with, of pairs TwoI32[count]: two lines per two pairs, dx dy dz 1/r, then p and the bin. */
// @ts-ignore: decorator
@inline
function measure(x: usize, pairs: usize, count: i32, xy: v128, z: v128, perDr: v128, bins: v128, out: usize): void {
  const one = f64x2.splat(1);
  const toWord = f64x2.splat(TO_WORD);
  for (let q = 0; q < count; q += 2) {
    const single = i32(q + 1 == count);
    const xa = fourAt(x, twoI32At(pairs, q).first);
    const xb = fourAt(x, twoI32At(pairs, q + 1 - single).first);
    const da = f64x2.sub(xa.xy, xy);
    const db = f64x2.sub(xb.xy, xy);
    const dx = low(da, db);
    const dy = high(da, db);
    const dz = f64x2.sub(low(xa.zw, xb.zw), z);
    const r = f64x2.sqrt(f64x2.add(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), f64x2.mul(dz, dz)));
    const t = f64x2.add(f64x2.mul(r, perDr), one);
    const m = f64x2.pmin(f64x2.floor(t), bins);
    const first = lineAt(out, q);
    first.a = dx;
    first.b = dy;
    first.c = dz;
    first.d = f64x2.div(one, r);
    const second = lineAt(out, q + 1);
    second.a = f64x2.pmin(f64x2.sub(t, m), one);
    second.b = f64x2.add(m, toWord);
  }
}

/**
 * Several elements: F'_i rho_ab' + F'_j rho_ba' of the measured pairs into the third number of their second line, and the
 * line of z into the second. A loop of its own, or its numbers and those of the forces would not fit into registers.
 */
// @ts-ignore: decorator
@inline
function weighSlopes(
  f: Frame, params: usize, work: usize, row: i32, pairLines: i32, pairs: usize, count: i32, fpi: v128, out: usize,
): void {
  for (let q = 0; q < count; q += 2) {
    const single = i32(q + 1 == count);
    const j = twoI32At(pairs, q).first;
    const k = twoI32At(pairs, q + 1 - single).first;
    const measured = lineAt(out, q + 1);
    const s = measured.a;
    const word = measured.b;
    const binA = i32x4.extract_lane(word, 0) + row + getI32(f.types, j) * pairLines;
    const binB = i32x4.extract_lane(word, 2) + row + getI32(f.types, k) * pairLines;
    const a = bothSlopes(lineAt(params, binA), low(s, s));
    const b = bothSlopes(lineAt(params, binB), high(s, s));
    measured.c = f64x2.add(f64x2.mul(fpi, low(a, b)), f64x2.mul(fpOf(work, f, j, k), high(a, b)));
    // Bins count from 1, and before the tables of z is no header.
    measured.b = i32x4.replace_lane(i32x4.splat(binA - 1), 2, binB - 1);
  }
}

/** F' of the locals that sites j and k show. */
// @ts-ignore: decorator
@inline
function fpOf(work: usize, f: Frame, j: i32, k: i32): v128 {
  return f64x2.replace_lane(f64x2.splat(getF64(work, getI32(f.home, j))), 1, getF64(work, getI32(f.home, k)));
}
