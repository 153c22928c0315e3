/**
 * Sites of the neighbour list in O(N). Atoms are wrapped into the (reduced) cell and sorted into bins; the images that
 * lie within the reach of the cell become sites of their own, so that cells smaller than the reach, skewed cells and any
 * pbc need no special case. assembly/fill.ts then makes the rows.
 */
import { Frame } from './frame';
import { getF64, getI32, getPair, setF64, setI32, setV128 } from './memory';

/** The host's description of the cell and the bins (src/engine/box.ts, same order). */
// @ts-ignore: decorator
@unmanaged
export class Box {
  /** f64[9]: rows are the reduced periodic vectors, completed by unit vectors where not periodic. */
  h: usize;
  /** f64[9]: inverse of h; fractional coordinates are s = x·g. */
  g: usize;
  /** f64[3]: 1 where periodic, else 0. */
  periodic: usize;
  /** f64[3]: width of the shell of images, in fractional units. */
  shell: usize;
  /** f64[3]: lower corner of the binned region, fractional. */
  low: usize;
  /** f64[3]: bins per fractional unit. */
  perUnit: usize;
  /** i32[3]: number of bins. */
  bins: usize;
  /** i32[6]: first and last bin per direction from which no bin with images is within reach. */
  inner: usize;
  /** i32[3n]: cell translation that wraps each atom (user's order). */
  wrap: usize;
  /** i32[n]: bin of each atom (user's order). */
  bin: usize;
  /** i32[bins+1]: first local of each bin. */
  firstLocal: usize;
  /** i32[bins+1]: first image of each bin, counted from n. */
  firstImage: usize;
  /** i32[m]: the user's atom that a site shows. */
  origin: usize;
  /** i32[3m]: the site is its atom plus this many rows of h. */
  shift: usize;
  /** i32[4 + 4 rows]: number of rows of bins within reach, the bin's own row; from 4 on of each its offsets y, z and its lowest and highest x. */
  stencil: usize;
}

// @ts-ignore: decorator
@inline
function fractional(box: Box, positions: usize, i: i32, k: i32): f64 {
  return (
    getF64(positions, 3 * i) * getF64(box.g, k) +
    getF64(positions, 3 * i + 1) * getF64(box.g, 3 + k) +
    getF64(positions, 3 * i + 2) * getF64(box.g, 6 + k)
  );
}

// @ts-ignore: decorator
@inline
function binAlong(box: Box, s: f64, k: i32): i32 {
  const b = (s - getF64(box.low, k)) * getF64(box.perUnit, k);
  const last = getI32(box.bins, k) - 1;
  return b >= f64(last) ? last : b > 0 ? i32(b) : 0;
}

/** Lower and upper fractional coordinates of all atoms into range f64[6]; returns −1, or the first atom that is not finite. */
export function extent(n: i32, positions: usize, box: usize, range: usize): i32 {
  const b = changetype<Box>(box);
  for (let k = 0; k < 3; k++) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < n; i++) {
      const s = fractional(b, positions, i, k);
      if (!(Math.abs(s) < 1e9)) return i;
      if (s < low) low = s;
      if (s > high) high = s;
    }
    setF64(range, 2 * k, low);
    setF64(range, 2 * k + 1, high);
  }
  return -1;
}

/** Wraps and bins the atoms; returns how many images the shell needs. firstLocal gets the counts, shifted by one bin. */
export function wrapAtoms(n: i32, positions: usize, box: usize): i32 {
  const b = changetype<Box>(box);
  const nx = getI32(b.bins, 0);
  const ny = getI32(b.bins, 1);
  memory.fill(b.firstLocal, 0, (usize(nx * ny * getI32(b.bins, 2)) + 1) << 2);
  let images: i64 = 0;
  for (let i = 0; i < n; i++) {
    let bin = 0;
    let copies: i64 = 1;
    for (let k = 2; k >= 0; k--) {
      const raw = fractional(b, positions, i, k);
      let s = raw;
      let wrap = 0;
      if (getF64(b.periodic, k) != 0) {
        wrap = -i32(Math.floor(raw));
        // −1e-17 − floor(−1e-17) rounds to 1
        if (raw + f64(wrap) >= 1) wrap--;
        s = raw + f64(wrap);
        copies *= i64(lastImage(b, s, k) - firstImage(b, s, k) + 1);
      }
      setI32(b.wrap, 3 * i + k, wrap);
      bin = bin * getI32(b.bins, k) + binAlong(b, s, k);
    }
    setI32(b.bin, i, bin);
    setI32(b.firstLocal, bin + 1, getI32(b.firstLocal, bin + 1) + 1);
    images += copies - 1;
  }
  return images > 0x3fffffff ? -1 : i32(images);
}

// @ts-ignore: decorator
@inline
function firstImage(box: Box, s: f64, k: i32): i32 {
  return i32(Math.ceil(-getF64(box.shell, k) - s));
}

// @ts-ignore: decorator
@inline
function lastImage(box: Box, s: f64, k: i32): i32 {
  return i32(Math.ceil(1 + getF64(box.shell, k) - s)) - 1;
}

/** Turns counts shifted by one bin into starts. */
function accumulate(starts: usize, bins: i32): void {
  for (let c = 0; c < bins; c++) setI32(starts, c + 1, getI32(starts, c + 1) + getI32(starts, c));
}

/** Puts the locals in bin order, in the user's order within a bin. */
function placeLocals(n: i32, b: Box, frame: Frame, bins: i32): void {
  accumulate(b.firstLocal, bins);
  for (let i = 0; i < n; i++) {
    const bin = getI32(b.bin, i);
    const k = getI32(b.firstLocal, bin);
    setI32(b.firstLocal, bin, k + 1);
    setI32(frame.order, k, i);
    setI32(frame.home, k, k);
    setI32(b.origin, k, i);
    for (let c = 0; c < 3; c++) setI32(b.shift, 3 * k + c, getI32(b.wrap, 3 * i + c));
  }
  restoreStarts(b.firstLocal, bins);
}

/** Undoes the advance that filling made: start of bin c+1 has become the start of bin c. */
function restoreStarts(starts: usize, bins: i32): void {
  for (let c = bins; c > 0; c--) setI32(starts, c, getI32(starts, c - 1));
  setI32(starts, 0, 0);
}

/** Visits every image of local k; counts it (place = false) or stores it. */
// @ts-ignore: decorator
@inline
function visitImages(b: Box, frame: Frame, n: i32, k: i32, place: bool): void {
  const i = getI32(b.origin, k);
  const s0 = fractional(b, frame.positions, i, 0) + f64(getI32(b.wrap, 3 * i));
  const s1 = fractional(b, frame.positions, i, 1) + f64(getI32(b.wrap, 3 * i + 1));
  const s2 = fractional(b, frame.positions, i, 2) + f64(getI32(b.wrap, 3 * i + 2));
  const px = getF64(b.periodic, 0) != 0;
  const py = getF64(b.periodic, 1) != 0;
  const pz = getF64(b.periodic, 2) != 0;
  const x0 = px ? firstImage(b, s0, 0) : 0;
  const x1 = px ? lastImage(b, s0, 0) : 0;
  const y0 = py ? firstImage(b, s1, 1) : 0;
  const y1 = py ? lastImage(b, s1, 1) : 0;
  const z0 = pz ? firstImage(b, s2, 2) : 0;
  const z1 = pz ? lastImage(b, s2, 2) : 0;
  const nx = getI32(b.bins, 0);
  const ny = getI32(b.bins, 1);
  for (let z = z0; z <= z1; z++) {
    const bz = binAlong(b, s2 + f64(z), 2) * ny;
    for (let y = y0; y <= y1; y++) {
      const by = (bz + binAlong(b, s1 + f64(y), 1)) * nx;
      for (let x = x0; x <= x1; x++) {
        if (x == 0 && y == 0 && z == 0) continue;
        const bin = by + binAlong(b, s0 + f64(x), 0);
        if (!place) {
          setI32(b.firstImage, bin + 1, getI32(b.firstImage, bin + 1) + 1);
          continue;
        }
        const at = getI32(b.firstImage, bin);
        setI32(b.firstImage, bin, at + 1);
        const site = n + at;
        setI32(frame.home, site, k);
        setI32(b.origin, site, i);
        setI32(b.shift, 3 * site, x + getI32(b.wrap, 3 * i));
        setI32(b.shift, 3 * site + 1, y + getI32(b.wrap, 3 * i + 1));
        setI32(b.shift, 3 * site + 2, z + getI32(b.wrap, 3 * i + 2));
      }
    }
  }
}

/** After wrapAtoms, with room for n + images sites: sorts locals and images into their bins. */
export function placeSites(box: usize, frame: usize): void {
  const b = changetype<Box>(box);
  const f = changetype<Frame>(frame);
  const n = f.n;
  const bins = getI32(b.bins, 0) * getI32(b.bins, 1) * getI32(b.bins, 2);
  placeLocals(n, b, f, bins);
  memory.fill(b.firstImage, 0, (usize(bins) + 1) << 2);
  for (let k = 0; k < n; k++) visitImages(b, f, n, k, false);
  accumulate(b.firstImage, bins);
  for (let k = 0; k < n; k++) visitImages(b, f, n, k, true);
  restoreStarts(b.firstImage, bins);
}

/** Coordinates of the sites [begin, end) from the user's positions and the rows of h. */
export function updateSites(begin: i32, end: i32, frame: usize, h: usize, origin: usize, shift: usize): void {
  const f = changetype<Frame>(frame);
  const ha = getPair(h, 0);
  const hb = getPair(h, 3);
  const hc = getPair(h, 6);
  const za = getF64(h, 2);
  const zb = getF64(h, 5);
  const zc = getF64(h, 8);
  for (let k = begin; k < end; k++) {
    const i = 3 * getI32(origin, k);
    const a = f64(getI32(shift, 3 * k));
    const b = f64(getI32(shift, 3 * k + 1));
    const c = f64(getI32(shift, 3 * k + 2));
    const offset = f64x2.add(
      f64x2.add(f64x2.mul(f64x2.splat(a), ha), f64x2.mul(f64x2.splat(b), hb)),
      f64x2.mul(f64x2.splat(c), hc),
    );
    setV128(f.x, 2 * k, f64x2.add(getPair(f.positions, i), offset));
    setF64(f.x, 4 * k + 2, getF64(f.positions, i + 2) + (a * za + b * zb + c * zc));
  }
}

/** Element indices of the sites: table i32[256] from atomic number to index in the potential's species. */
export function updateTypes(m: i32, types: usize, origin: usize, numbers: usize, table: usize): void {
  for (let k = 0; k < m; k++) {
    setI32(types, k, getI32(table, <i32>load<u8>(numbers + <usize>getI32(origin, k))));
  }
}

/**
 * What decides whether the list still holds (src/engine/list.ts, same order). Threads put the largest into `moved2` one
 * after the other; floats that are not negative are in the order of their bits.
 */
// @ts-ignore: decorator
@unmanaged
export class Check {
  /** Å²: squared displacement at which the list is void. */
  limit2: f64;
  /** Å²: largest so far; infinite where a position is not a number. */
  moved2: f64;
}

const BACK: usize = 16;

/**
 * Largest squared distance between the atoms [begin, end), mapped back by the 3×3 matrix that follows the record (x·back),
 * and `reference`, into the record.
 */
export function displacement(begin: i32, end: i32, check: usize, positions: usize, reference: usize, _scratch: usize): void {
  const back = check + BACK;
  const ba = getPair(back, 0);
  const bb = getPair(back, 3);
  const bc = getPair(back, 6);
  const za = getF64(back, 2);
  const zb = getF64(back, 5);
  const zc = getF64(back, 8);
  let largest = 0.0;
  for (let i = 3 * begin; i < 3 * end; i += 3) {
    const x = getF64(positions, i);
    const y = getF64(positions, i + 1);
    const z = getF64(positions, i + 2);
    const mapped = f64x2.add(
      f64x2.add(f64x2.mul(f64x2.splat(x), ba), f64x2.mul(f64x2.splat(y), bb)),
      f64x2.mul(f64x2.splat(z), bc),
    );
    const d = f64x2.sub(mapped, getPair(reference, i));
    const s = f64x2.mul(d, d);
    const dz = x * za + y * zb + z * zc - getF64(reference, i + 2);
    const r2 = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1) + dz * dz;
    if (!(r2 <= largest)) largest = r2 == r2 ? r2 : Infinity;
  }
  raise(check + offsetof<Check>('moved2'), reinterpret<i64>(largest));
}

/** The larger of the number at `at` and `bits` to `at`. */
function raise(at: usize, bits: i64): void {
  let now = atomic.load<i64>(at);
  while (now < bits) {
    const found = atomic.cmpxchg<i64>(at, now, bits);
    if (found == now) return;
    now = found;
  }
}

/** 1 if the atoms have moved so far that the list is void, after `displacement` of all. */
export function outrun(_begin: i32, _end: i32, check: usize, _positions: usize, _reference: usize, _scratch: usize): i32 {
  const c = changetype<Check>(check);
  return i32(!(c.moved2 < c.limit2));
}
