/**
 * The rows of the neighbour list. Sites lie in bin order, so that the candidates in one row of bins are one range of
 * sites; two at a time are measured and stored without a branch. A row of the list holds locals, then images, each
 * ascending.
 *
 * The full list has every pair twice, (i→k) and (k→i). The half list has it once: with the neighbour's local h, local i
 * owns the pair if h follows i by less than half a turn, 0 < (h − i) mod n < n/2 (at n/2 the smaller one does); of an
 * atom and its own images the pairs with lexicographically positive translations. Since locals are sorted, a chunk of
 * consecutive locals then reaches only the locals that follow it closely (assembly/chunks.ts).
 */
import { Chunk, chunkBegin, chunkOf } from './chunks';
import { Frame } from './frame';
import { getF64, getI32, getV128, setI32 } from './memory';
import { Box } from './neighbors';

/** Smallest squared distances of the present chunk, in two lanes. A wasm global: each thread has its own. */
let least: v128 = f64x2.splat(Infinity);
/** Largest (h − i) mod n of the present local's pairs (half list). */
let far: i32 = 0;
/** Room of the present range of chunks, in pairs. */
let room: i32 = 0;

/** True if i owns its pair with an image of local h. `limit`: the largest (h − i) mod n that i owns. */
// @ts-ignore: decorator
@inline
function owns(i: i32, h: i32, n: i32, limit: i32, shift: usize, k: i32): i32 {
  const turn = h - i;
  const d = turn + (n & (turn >> 31));
  if (d == 0) return positive(shift, k, i);
  const own = i32(d <= limit);
  return own;
}

/** 1 if the translation of site k relative to its local i is lexicographically positive. */
function positive(shift: usize, k: i32, i: i32): i32 {
  for (let c = 0; c < 3; c++) {
    const t = getI32(shift, 3 * k + c) - getI32(shift, 3 * i + c);
    if (t != 0) return i32(t > 0);
  }
  return 0;
}

/**
 * Stores the sites [low, high) that are closer than the reach to the point (xy, z) of local i, from pair `found` on at
 * `base`; returns the new count. `images` in a half list: only those that i owns.
 */
// @ts-ignore: decorator
@inline
function scan(
  low: i32, high: i32, x: usize, xy: v128, z: v128, reach2: v128, base: usize, found: i32,
  images: bool, f: Frame, i: i32, limit: i32, shift: usize,
): i32 {
  let nearest = least;
  for (let k = low; k < high; k += 2) {
    const last = k + 1 == high;
    const l = last ? k : k + 1;
    const a = getV128(x, 2 * k);
    const b = getV128(x, 2 * l);
    const da = f64x2.sub(a, xy);
    const db = f64x2.sub(b, xy);
    const dz = f64x2.sub(v128.shuffle<f64>(getV128(x, 2 * k + 1), getV128(x, 2 * l + 1), 0, 2), z);
    const sa = f64x2.mul(da, da);
    const sb = f64x2.mul(db, db);
    const r2 = f64x2.add(
      f64x2.add(v128.shuffle<f64>(sa, sb, 0, 2), v128.shuffle<f64>(sa, sb, 1, 3)),
      f64x2.mul(dz, dz),
    );
    let near = i64x2.bitmask(f64x2.lt(r2, reach2)) & (last ? 1 : 3);
    nearest = f64x2.pmin(nearest, r2);
    if (images) {
      if (near == 0) continue;
      const own = owns(i, getI32(f.home, k), f.n, limit, shift, k) | (owns(i, getI32(f.home, l), f.n, limit, shift, l) << 1);
      near &= own;
      if (near & 1) far = max(far, turnOf(getI32(f.home, k), i, f.n));
      if (near & 2) far = max(far, turnOf(getI32(f.home, l), i, f.n));
    }
    setI32(base, min(found, room), k);
    found += near & 1;
    setI32(base, min(found, room), l);
    found += near >> 1;
  }
  least = nearest;
  return found;
}

/** (h − i) mod n. */
// @ts-ignore: decorator
@inline
function turnOf(h: i32, i: i32, n: i32): i32 {
  const d = h - i;
  return d + (n & (d >> 31));
}

/** Pairs of local i into `base` from `found` on; returns the new count. */
// @ts-ignore: decorator
@inline
function fillRow(half: bool, b: Box, f: Frame, i: i32, bin: i32, reach2: f64, base: usize, found: i32): i32 {
  const n = f.n;
  const nx = getI32(b.bins, 0);
  const ny = getI32(b.bins, 1);
  const nz = getI32(b.bins, 2);
  const ix = bin % nx;
  const iy = (bin / nx) % ny;
  const iz = bin / (nx * ny);
  const x = f.x;
  const xy = getV128(x, 2 * i);
  const z = f64x2.splat(getF64(x, 4 * i + 2));
  const r2 = f64x2.splat(reach2);
  const rows = getI32(b.stencil, 0);
  // The last local that i owns: at exactly half a turn the smaller one owns the pair.
  const limit = n & 1 || i >= n / 2 ? (n - 1) / 2 : n / 2;
  const begin = found;
  for (let s = 0; s < rows; s++) {
    const by = iy + getI32(b.stencil, 4 * s + 1);
    const bz = iz + getI32(b.stencil, 4 * s + 2);
    if (u32(by) >= u32(ny) || u32(bz) >= u32(nz)) continue;
    const row = (bz * ny + by) * nx;
    const low = getI32(b.firstLocal, row + max(ix + getI32(b.stencil, 4 * s + 3), 0));
    const high = getI32(b.firstLocal, row + min(ix + getI32(b.stencil, 4 * s + 4), nx - 1) + 1);
    if (half) {
      if (low <= i + limit - n) {
        const before = found;
        found = scan(low, min(high, i + limit - n + 1), x, xy, z, r2, base, found, false, f, i, 0, 0);
        if (found > before) far = getI32(base, min(found, room) - 1) - i + n;
      }
      found = scan(max(low, i + 1), min(high, i + limit + 1), x, xy, z, r2, base, found, false, f, i, 0, 0);
    } else if (low <= i && i < high) {
      found = scan(low, i, x, xy, z, r2, base, found, false, f, i, 0, 0);
      found = scan(i + 1, high, x, xy, z, r2, base, found, false, f, i, 0, 0);
    } else {
      found = scan(low, high, x, xy, z, r2, base, found, false, f, i, 0, 0);
    }
  }
  if (half && found > begin && found <= room) far = max(far, getI32(base, found - 1) - i);
  if (
    ix >= getI32(b.inner, 0) && ix <= getI32(b.inner, 1) && iy >= getI32(b.inner, 2) &&
    iy <= getI32(b.inner, 3) && iz >= getI32(b.inner, 4) && iz <= getI32(b.inner, 5)
  ) return found;
  for (let s = 0; s < rows; s++) {
    const by = iy + getI32(b.stencil, 4 * s + 1);
    const bz = iz + getI32(b.stencil, 4 * s + 2);
    if (u32(by) >= u32(ny) || u32(bz) >= u32(nz)) continue;
    const row = (bz * ny + by) * nx;
    const low = n + getI32(b.firstImage, row + max(ix + getI32(b.stencil, 4 * s + 3), 0));
    const high = n + getI32(b.firstImage, row + min(ix + getI32(b.stencil, 4 * s + 4), nx - 1) + 1);
    found = scan(low, high, x, xy, z, r2, base, found, half, f, i, limit, b.shift);
  }
  return found;
}

/** More pairs than this in one chunk are not counted to the end. */
const MOST: i32 = 0x3fffffff;

// @ts-ignore: decorator
@inline
function fillChunks(half: bool, begin: i32, end: i32, box: usize, frame: usize, out: f64): void {
  const b = changetype<Box>(box);
  const f = changetype<Frame>(frame);
  let at = chunkOf(f, begin).room;
  const stop = chunkOf(f, end).room - 2;
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const first = chunkBegin(f, c);
    const last = chunkBegin(f, c + 1);
    const base = f.neighbors + (usize(at) << 2);
    room = max(stop - at, 0);
    least = f64x2.splat(Infinity);
    let smallest = Infinity;
    let found = 0;
    let reach = last - first;
    for (let i = first; i < last && found < MOST; i++) {
      setI32(f.first, i, found);
      far = 0;
      found = fillRow(half, b, f, i, getI32(b.bin, getI32(f.order, i)), out, base, found);
      reach = max(reach, i - first + far + 1);
      const here = Math.min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
      if (here < smallest) {
        smallest = here;
        chunk.leastOf = i;
      }
    }
    chunk.at = at;
    chunk.found = found;
    chunk.fits = i32(found <= room);
    chunk.reach = reach;
    chunk.least = smallest;
    at += min(found, room);
  }
}

/** Fills the full list's rows of the chunks [begin, end); reach2: address of the squared reach. */
export function fillFull(begin: i32, end: i32, frame: usize, box: usize, reach2: usize, _scratch: usize): void {
  fillChunks(false, begin, end, box, frame, getF64(reach2, 0));
}

/** The same for the half list. */
export function fillHalf(begin: i32, end: i32, frame: usize, box: usize, reach2: usize, _scratch: usize): void {
  fillChunks(true, begin, end, box, frame, getF64(reach2, 0));
}

/** After all chunks fitted: moves their pairs together and counts `first` from the list's beginning; returns the pairs. */
export function joinRows(frame: usize): i32 {
  const f = changetype<Frame>(frame);
  let base = 0;
  for (let c = 0; c < f.chunkCount; c++) {
    const chunk = chunkOf(f, c);
    if (chunk.at != base) {
      memory.copy(f.neighbors + (usize(base) << 2), f.neighbors + (usize(chunk.at) << 2), usize(chunk.found) << 2);
    }
    const last = chunkBegin(f, c + 1);
    for (let i = chunkBegin(f, c); i < last; i++) setI32(f.first, i, getI32(f.first, i) + base);
    base += chunk.found;
  }
  setI32(f.first, f.n, base);
  return base;
}
