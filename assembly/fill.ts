/**
 * The rows of the neighbour list. Sites lie in bin order, so that the candidates in one row of bins are one range of
 * sites. The locals of one bin share their candidates: these are copied side by side (x, y, z and the site in arrays of
 * their own), locals, then images, each ascending; then two at a time are measured and stored without a branch. So is
 * the order in a row of the list.
 *
 * The full list has every pair twice, (i→k) and (k→i). The half list has it once: with the neighbour's local h, local i
 * owns the pair if h follows i by less than half a turn, 0 < (h − i) mod n < n/2 (at n/2 the smaller one does); of an
 * atom and its own images the pairs with lexicographically positive translations. Since locals are sorted, a chunk of
 * consecutive locals then reaches only the locals that follow it closely (assembly/chunks.ts).
 */
import { chunkBegin, chunkOf, placeOf } from './chunks';
import { Frame } from './frame';
import { fourAt, getF64, getI32, getPair, setF64, setI32, setPair } from './memory';
import { Box } from './neighbors';

/** Candidates that are copied at a time; the locals of a bin with more are taken one by one. */
const MOST_CANDIDATES: i32 = 1024;
/** Room for one more, which the second lane reads. */
const ROOM: usize = 1024 + 2;

// What follows is state of one chunk's fill. Wasm globals: each thread has its own.
/** Smallest squared distances, in two lanes. */
let least: v128 = f64x2.splat(Infinity);
/** Largest (h − i) mod n of the present local's pairs (half list); of those that were chosen, in the lanes. */
let far: i32 = 0;
let farther: v128 = i32x4.splat(0);
/** Room for pairs in the present range of chunks, and whether it has sufficed. */
let room: i32 = 0;
let fits: i32 = 1;
/** Candidates copied so far, and of these the locals. */
let copied: i32 = 0;
let copiedLocals: i32 = 0;
/** Place of local i among the candidates is i + ownPlace. */
let ownPlace: i32 = 0;

/**
 * Appends the sites [low, high) to the candidates, two at a time: an odd last one brings what lies behind it, which is
 * written over or not looked at. `images`: their locals are others.
 */
// @ts-ignore: decorator
@inline
function copySites(f: Frame, low: i32, high: i32, candidates: usize, images: bool): void {
  let at = candidates + (usize(copied) << 3);
  let numbers = candidates + 24 * ROOM + (usize(copied) << 2);
  for (let k = low; k < high; k += 2, at += 16, numbers += 8) {
    const a = fourAt(f.x, k);
    const b = fourAt(f.x, k + 1);
    const axy = a.xy;
    const bxy = b.xy;
    setPair(at, 0, v128.shuffle<f64>(axy, bxy, 0, 2));
    setPair(at + 8 * ROOM, 0, v128.shuffle<f64>(axy, bxy, 1, 3));
    setPair(at + 16 * ROOM, 0, v128.shuffle<f64>(a.zw, b.zw, 0, 2));
    setI32(numbers, 0, k);
    setI32(numbers, 1, k + 1);
    setI32(numbers + 4 * ROOM, 0, images ? getI32(f.home, k) : k);
    setI32(numbers + 4 * ROOM, 1, images ? getI32(f.home, k + 1) : k + 1);
  }
  copied += max(high - low, 0);
}

/**
 * Which of the candidates c and c + 1 local i owns: those with 0 < (h − i) mod n <= limit, and images of its own that are
 * positive. `near`: lanes of those within reach.
 */
// @ts-ignore: decorator
@inline
function chosen(near: v128, c: i32, i: i32, n: i32, limit: i32, candidates: usize, shift: usize): i32 {
  const homes = v128.load64_zero(candidates + 28 * ROOM + (usize(c) << 2));
  // (h − i − 1) mod n: of the local itself n − 1
  const d = i32x4.sub(homes, i32x4.splat(i + 1));
  const turn = i32x4.add(d, v128.and(i32x4.shr_s(d, 31), i32x4.splat(n)));
  const within = v128.shuffle<i32>(near, near, 0, 2, 0, 2);
  const accepted = v128.and(within, i32x4.lt_s(turn, i32x4.splat(limit)));
  farther = i32x4.max_s(farther, v128.and(i32x4.add(turn, i32x4.splat(1)), accepted));
  let found = i32x4.bitmask(accepted) & 3;
  const itself = i32x4.bitmask(v128.and(within, i32x4.eq(turn, i32x4.splat(n - 1)))) & 3;
  if (itself) {
    const sites = candidates + 24 * ROOM;
    if (itself & 1) found |= positive(shift, getI32(sites, c), i);
    if (itself & 2) found |= positive(shift, getI32(sites, c + 1), i) << 1;
  }
  return found;
}

/** 1 if the translation of site k relative to its local i is lexicographically positive. */
function positive(shift: usize, k: i32, i: i32): i32 {
  for (let c = 0; c < 3; c++) {
    const t = getI32(shift, 3 * k + c) - getI32(shift, 3 * i + c);
    if (t != 0) return i32(t > 0);
  }
  return 0;
}

/** Squared distances of candidates c and c + 1 from (x, y, z). */
// @ts-ignore: decorator
@inline
function distances2(candidates: usize, c: i32, x: v128, y: v128, z: v128): v128 {
  const dx = f64x2.sub(x, getPair(candidates, c));
  const dy = f64x2.sub(y, getPair(candidates + 8 * ROOM, c));
  const dz = f64x2.sub(z, getPair(candidates + 16 * ROOM, c));
  return f64x2.add(f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)), f64x2.mul(dz, dz));
}

/**
 * Stores at `out` those of the candidates [low, high) that are closer than the reach to local i; returns how many. One
 * more place may be overwritten. `choose`: only those that i owns.
 */
// @ts-ignore: decorator
@inline
function scan(
  low: i32, high: i32, f: Frame, i: i32, reach2: v128, candidates: usize, out: usize,
  choose: bool, limit: i32, shift: usize,
): i32 {
  const x = f64x2.splat(getF64(f.x, 4 * i));
  const y = f64x2.splat(getF64(f.x, 4 * i + 1));
  const z = f64x2.splat(getF64(f.x, 4 * i + 2));
  const sites = candidates + 24 * ROOM;
  let nearest = least;
  let found = 0;
  for (let c = low; c < high; c += 2) {
    let r2 = distances2(candidates, c, x, y, z);
    if (c + 1 == high) r2 = f64x2.replace_lane(r2, 1, Infinity);
    const within = f64x2.lt(r2, reach2);
    const near = choose ? chosen(within, c, i, f.n, limit, candidates, shift) : i64x2.bitmask(within);
    nearest = f64x2.pmin(nearest, r2);
    const k = getI32(sites, c);
    const l = getI32(sites, c + 1);
    setI32(out, found, k);
    found += near & 1;
    setI32(out, found, l);
    found += near >> 1;
  }
  least = nearest;
  return found;
}

/** One row of the stencil around bin (ix, iy, iz), as a range of sites. Wasm globals, see above. */
let rowBegin: i32 = 0;
let rowEnd: i32 = 0;

// @ts-ignore: decorator
@inline
function findRow(b: Box, s: i32, ix: i32, iy: i32, iz: i32, starts: usize, base: i32): void {
  const at = 4 + 4 * s;
  const nx = getI32(b.bins, 0);
  const ny = getI32(b.bins, 1);
  const by = iy + getI32(b.stencil, at);
  const bz = iz + getI32(b.stencil, at + 1);
  rowBegin = 0;
  rowEnd = 0;
  if (u32(by) >= u32(ny) || u32(bz) >= u32(getI32(b.bins, 2))) return;
  const row = (bz * ny + by) * nx;
  rowBegin = base + getI32(starts, row + max(ix + getI32(b.stencil, at + 2), 0));
  rowEnd = base + getI32(starts, row + min(ix + getI32(b.stencil, at + 3), nx - 1) + 1);
}

/** True if no image is within reach of bin (ix, iy, iz). */
// @ts-ignore: decorator
@inline
function isInner(b: Box, ix: i32, iy: i32, iz: i32): bool {
  return (
    ix >= getI32(b.inner, 0) && ix <= getI32(b.inner, 1) && iy >= getI32(b.inner, 2) &&
    iy <= getI32(b.inner, 3) && iz >= getI32(b.inner, 4) && iz <= getI32(b.inner, 5)
  );
}

/** The last (h − i) mod n of pairs that local i owns: at exactly half a turn the smaller local does. */
// @ts-ignore: decorator
@inline
function limitOf(i: i32, n: i32): i32 {
  return n & 1 || i >= n / 2 ? (n - 1) / 2 : n / 2;
}

/**
 * Copies the candidates of the locals [begin, end), which share bin (ix, iy, iz); false if they are too many. For the
 * half list locals before `begin` are left out where no local is close by going round.
 */
function copyCandidates(half: bool, b: Box, f: Frame, begin: i32, end: i32, ix: i32, iy: i32, iz: i32, candidates: usize): bool {
  const rows = getI32(b.stencil, 0);
  const own = getI32(b.stencil, 1);
  const lowest = getI32(b.firstLocal, max(iz + getI32(b.stencil, 5), 0) * getI32(b.bins, 1) * getI32(b.bins, 0));
  const above = half && lowest > end - 1 + limitOf(end - 1, f.n) - f.n;
  copied = 0;
  for (let s = above ? own : 0; s < rows; s++) {
    findRow(b, s, ix, iy, iz, b.firstLocal, 0);
    if (s == own) {
      if (above) rowBegin = begin;
      ownPlace = copied - rowBegin;
    }
    if (copied + rowEnd - rowBegin > MOST_CANDIDATES) return false;
    copySites(f, rowBegin, rowEnd, candidates, false);
  }
  copiedLocals = copied;
  if (isInner(b, ix, iy, iz)) return true;
  for (let s = 0; s < rows; s++) {
    findRow(b, s, ix, iy, iz, b.firstImage, f.n);
    if (copied + rowEnd - rowBegin > MOST_CANDIDATES) return false;
    copySites(f, rowBegin, rowEnd, candidates, true);
  }
  return true;
}

/** The row of local i from the copied candidates to `out`; returns its length. */
// @ts-ignore: decorator
@inline
function fillRow(half: bool, f: Frame, i: i32, reach2: v128, candidates: usize, out: usize, shift: usize): i32 {
  const place = i + ownPlace;
  if (!half) {
    const before = scan(0, place, f, i, reach2, candidates, out, false, 0, shift);
    return before + scan(place + 1, copied, f, i, reach2, candidates, out + (usize(before) << 2), false, 0, shift);
  }
  const limit = limitOf(i, f.n);
  const sites = candidates + 24 * ROOM;
  const turned = getI32(sites, 0) <= i + limit - f.n || getI32(sites, copiedLocals - 1) > i + limit;
  // Going round: all candidates but i itself may be owned. Else the locals after i, and some of the images.
  const found = turned
    ? scan(0, place, f, i, reach2, candidates, out, true, limit, shift)
    : scan(place + 1, copiedLocals, f, i, reach2, candidates, out, false, 0, shift);
  if (!turned && found > 0) far = getI32(out, found - 1) - i;
  const rest = turned ? place + 1 : copiedLocals;
  if (rest == copied) return found;
  return found + scan(rest, copied, f, i, reach2, candidates, out + (usize(found) << 2), true, limit, shift);
}

/** The row of local i where its candidates are more than can be copied at a time; returns its length. */
function fillLongRow(
  half: bool, b: Box, f: Frame, i: i32, ix: i32, iy: i32, iz: i32, reach2: v128, candidates: usize, base: usize, from: i32,
): i32 {
  let found = from;
  for (let s = 0; s < 2 * getI32(b.stencil, 0); s++) {
    const images = s >= getI32(b.stencil, 0);
    if (images) findRow(b, s - getI32(b.stencil, 0), ix, iy, iz, b.firstImage, f.n);
    else findRow(b, s, ix, iy, iz, b.firstLocal, 0);
    for (let low = rowBegin, high = 0; low < rowEnd; low = high) {
      high = min(low + MOST_CANDIDATES, rowEnd);
      copied = 0;
      copySites(f, low, min(high, max(low, i)), candidates, true);
      copySites(f, max(low, min(high, i + 1)), high, candidates, true);
      found += scan(0, copied, f, i, reach2, candidates, outOf(base, found, candidates), half, limitOf(i, f.n), b.shift);
    }
  }
  return found - from;
}

/** Where the next pairs go: behind the `found` ones at `base` if all candidates have room there, else where nobody looks. */
// @ts-ignore: decorator
@inline
function outOf(base: usize, found: i32, candidates: usize): usize {
  if (found + copied <= room) return base + (usize(found) << 2);
  fits = 0;
  return candidates + 32 * ROOM;
}

/** More pairs than this in one chunk are not counted to the end. */
const MOST: i32 = 0x3fffffff;

// @ts-ignore: decorator
@inline
function fillChunks(half: bool, begin: i32, end: i32, frame: usize, box: usize, reach: f64, candidates: usize): void {
  const b = changetype<Box>(box);
  const f = changetype<Frame>(frame);
  const nx = getI32(b.bins, 0);
  const ny = getI32(b.bins, 1);
  const reach2 = f64x2.splat(reach * reach);
  let at = chunkOf(f, begin).room;
  const stop = chunkOf(f, end).room - 2;
  for (let c = begin; c < end; c++) {
    const chunk = chunkOf(f, c);
    const first = chunkBegin(f, c);
    const last = chunkBegin(f, c + 1);
    const base = f.neighbors + (usize(at) << 2);
    room = max(stop - at, 0);
    fits = 1;
    let smallest = Infinity;
    let found = 0;
    let reached = last - first;
    for (let group = first, next = 0; group < last && found < MOST; group = next) {
      const bin = getI32(b.bin, getI32(f.order, group));
      next = min(last, getI32(b.firstLocal, bin + 1));
      const ix = bin % nx;
      const iy = (bin / nx) % ny;
      const iz = bin / (nx * ny);
      const short = copyCandidates(half, b, f, group, next, ix, iy, iz, candidates);
      for (let i = group; i < next; i++) {
        setI32(f.first, i, found);
        far = 0;
        farther = i32x4.splat(0);
        least = f64x2.splat(Infinity);
        if (short) found += fillRow(half, f, i, reach2, candidates, outOf(base, found, candidates), b.shift);
        else found += fillLongRow(half, b, f, i, ix, iy, iz, reach2, candidates, base, found);
        far = max(far, max(i32x4.extract_lane(farther, 0), i32x4.extract_lane(farther, 1)));
        reached = max(reached, i - first + far + 1);
        const here = Math.min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1));
        if (here >= smallest) continue;
        smallest = here;
        chunk.leastOf = i;
      }
    }
    chunk.at = at;
    chunk.found = found;
    chunk.fits = fits;
    chunk.reach = reached;
    chunk.least = smallest;
    at += fits ? found : 0;
  }
}

/** Fills the full list's rows of the chunks [begin, end); `reach`: address of the reach, Å; scratch: candidateBytes(). */
export function fillFull(begin: i32, end: i32, frame: usize, box: usize, reach: usize, scratch: usize): void {
  fillChunks(false, begin, end, frame, box, getF64(reach, 0), scratch);
}

/** The same for the half list. */
export function fillHalf(begin: i32, end: i32, frame: usize, box: usize, reach: usize, scratch: usize): void {
  fillChunks(true, begin, end, frame, box, getF64(reach, 0), scratch);
}

/** Bytes of scratch that one thread needs to fill rows. */
export function candidateBytes(): usize {
  return 36 * ROOM;
}

/** After all chunks of a full list fitted: moves their pairs together and counts `first` from the list's beginning; returns the pairs. */
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
  // Kernels that take two at a time look beyond the last.
  setI32(f.neighbors, base, 0);
  return base;
}
