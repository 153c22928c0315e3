/**
 * Sites of the neighbour list in O(N). Atoms are wrapped into the (reduced) cell and sorted into bins; the images that
 * lie within the reach of the cell become sites of their own, so that cells smaller than the reach, skewed cells and any
 * pbc need no special case. assembly/sites.ts sorts them, assembly/fill.ts then makes the rows; here is what both read,
 * and what keeps the sites' coordinates up to date.
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
  /** i32[n]: how many sites show each atom, itself and its images (user's order). */
  copies: usize;
  /** Equal parts that atoms, and then locals, are sorted in side by side; no part of results. */
  parts: i32;
  /** i32[parts × bins]: of each part the locals in each bin, then where its next one there goes. */
  locals: usize;
  /** i32[parts × bins]: the same of images. */
  images: usize;
  /** 24 bytes for each image, in the order of their locals. */
  drafts: usize;
  /** f64[2 parts]: what wrapAtoms found in each part; then where its drafts begin and end. */
  found: usize;
}

/** Cells away from the origin: a coordinate beyond is an error. */
export const FARTHEST: f64 = 1e9;

// @ts-ignore: decorator
@inline
export function fractional(box: Box, positions: usize, i: i32, k: i32): f64 {
  return (
    getF64(positions, 3 * i) * getF64(box.g, k) +
    getF64(positions, 3 * i + 1) * getF64(box.g, 3 + k) +
    getF64(positions, 3 * i + 2) * getF64(box.g, 6 + k)
  );
}

// @ts-ignore: decorator
@inline
export function binAlong(box: Box, s: f64, k: i32): i32 {
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
      if (!(Math.abs(s) < FARTHEST)) return i;
      if (s < low) low = s;
      if (s > high) high = s;
    }
    setF64(range, 2 * k, low);
    setF64(range, 2 * k + 1, high);
  }
  return -1;
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
