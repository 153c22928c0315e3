/**
 * Sorts atoms and images into bins: wrapAtoms, startLocals, placeLocals, draftImages, startImages, placeImages, one after
 * the other. It is a counting sort in parts that threads share: each part counts what it has in every bin, the counts of
 * all become starts, bin after bin and in it part after part, and each part puts its own there. So locals lie in the order
 * of their bins and in it in the user's, images in the order of their bins and in it of their locals, whatever the parts.
 */
import { Frame } from './frame';
import { checkNumbers, getBoth, getF64, getI32, getSplat, setF64, setI32 } from './memory';
import { binAlong, Box, FARTHEST, fractional } from './neighbors';

/** First of `count` things in part p; of part p + 1 the end. */
// @ts-ignore: decorator
@inline
function partBegin(b: Box, count: i32, p: i32): i32 {
  return i32((i64(count) * i64(p)) / i64(b.parts));
}

// @ts-ignore: decorator
@inline
function binCount(b: Box): i32 {
  return getI32(b.bins, 0) * getI32(b.bins, 1) * getI32(b.bins, 2);
}

/** Part p's row of counts, cleared where it begins to count. */
// @ts-ignore: decorator
@inline
function countsOf(counts: usize, p: i32, bins: i32): usize {
  return counts + ((usize(p) * usize(bins)) << 2);
}

// What wrapTwo says of two atoms, in the lanes. Wasm globals: each thread has its own.
/** Their bins, and how many sites show them. */
let bins: v128 = i32x4.splat(0);
let copies: v128 = f64x2.splat(1);
/** False where a coordinate is not a number or too far away. */
let finite: v128 = i64x2.splat(-1);

/** Wraps the atoms i and j along direction k, which goes before the ones below it in the number of the bin. */
// @ts-ignore: decorator
@inline
function wrapTwo(b: Box, i: i32, j: i32, k: i32, x: v128, y: v128, z: v128): void {
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  const xy = f64x2.add(f64x2.mul(x, getSplat(b.g, k)), f64x2.mul(y, getSplat(b.g, 3 + k)));
  const raw = f64x2.add(xy, f64x2.mul(z, getSplat(b.g, 6 + k)));
  finite = v128.and(finite, f64x2.lt(f64x2.abs(raw), f64x2.splat(FARTHEST)));
  const periodic = f64x2.ne(getSplat(b.periodic, k), zero);
  const down = v128.and(f64x2.neg(f64x2.floor(raw)), periodic);
  // −1e-17 − floor(−1e-17) rounds to 1
  const over = v128.and(f64x2.ge(f64x2.add(raw, down), one), periodic);
  const turns = f64x2.sub(down, v128.and(over, one));
  const s = f64x2.add(raw, turns);
  const whole = i32x4.trunc_sat_f64x2_s_zero(turns);
  setI32(b.wrap, 3 * i + k, i32x4.extract_lane(whole, 0));
  setI32(b.wrap, 3 * j + k, i32x4.extract_lane(whole, 1));
  const shell = getSplat(b.shell, k);
  const first = f64x2.ceil(f64x2.sub(f64x2.neg(shell), s));
  const behind = f64x2.ceil(f64x2.sub(f64x2.add(one, shell), s));
  copies = f64x2.mul(copies, v128.bitselect(f64x2.sub(behind, first), one, periodic));
  const along = f64x2.mul(f64x2.sub(s, getSplat(b.low, k)), getSplat(b.perUnit, k));
  const count = getI32(b.bins, k);
  const bin = f64x2.pmin(f64x2.pmax(zero, along), f64x2.splat(f64(count - 1)));
  bins = i32x4.add(i32x4.mul(bins, i32x4.splat(count)), i32x4.trunc_sat_f64x2_s_zero(bin));
}

/**
 * Wraps and bins the atoms of the parts [begin, end), and counts them in their bins. For each part two numbers to
 * Box.found: how many images the shell needs, and the first atom that is not finite, or −1.
 */
export function wrapAtoms(begin: i32, end: i32, frame: usize, box: usize, _a: usize, _scratch: usize): void {
  const b = changetype<Box>(box);
  const f = changetype<Frame>(frame);
  for (let p = begin; p < end; p++) {
    const last = partBegin(b, f.n, p + 1);
    const counts = countsOf(b.locals, p, binCount(b));
    memory.fill(counts, 0, usize(binCount(b)) << 2);
    let images = 0.0;
    let lost = -1;
    for (let i = partBegin(b, f.n, p); i < last; i += 2) {
      const j = min(i + 1, last - 1);
      const atomA = f.positions + usize(i) * 24;
      const atomB = f.positions + usize(j) * 24;
      const x = getBoth(atomA, atomB, 0);
      const y = getBoth(atomA, atomB, 1);
      const z = getBoth(atomA, atomB, 2);
      bins = i32x4.splat(0);
      copies = f64x2.splat(1);
      finite = i64x2.splat(-1);
      wrapTwo(b, i, j, 2, x, y, z);
      wrapTwo(b, i, j, 1, x, y, z);
      wrapTwo(b, i, j, 0, x, y, z);
      if (!i64x2.all_true(finite) && lost < 0) lost = i64x2.extract_lane(finite, 0) ? j : i;
      const whole = i32x4.trunc_sat_f64x2_s_zero(copies);
      addAtom(b, counts, i, i32x4.extract_lane(bins, 0), i32x4.extract_lane(whole, 0));
      images += f64x2.extract_lane(copies, 0) - 1;
      if (j == i) break;
      addAtom(b, counts, j, i32x4.extract_lane(bins, 1), i32x4.extract_lane(whole, 1));
      images += f64x2.extract_lane(copies, 1) - 1;
    }
    setF64(b.found, 2 * p, images);
    setF64(b.found, 2 * p + 1, f64(lost));
  }
}

// @ts-ignore: decorator
@inline
function addAtom(b: Box, counts: usize, i: i32, bin: i32, sites: i32): void {
  setI32(b.bin, i, bin);
  setI32(b.copies, i, sites);
  setI32(counts, bin, getI32(counts, bin) + 1);
}

/** Turns counts of parts and bins into starts; those of the bins, and the end, also to `starts`. */
function startParts(b: Box, counts: usize, starts: usize): void {
  const bins = binCount(b);
  let next = 0;
  for (let c = 0; c < bins; c++) {
    setI32(starts, c, next);
    for (let p = 0, at = c; p < b.parts; p++, at += bins) {
      const here = getI32(counts, at);
      setI32(counts, at, next);
      next += here;
    }
  }
  setI32(starts, bins, next);
}

/** Where the locals of every bin and part begin; one call for all. */
export function startLocals(_begin: i32, _end: i32, _frame: usize, box: usize, _a: usize, _scratch: usize): void {
  const b = changetype<Box>(box);
  startParts(b, b.locals, b.firstLocal);
}

/** The same of images. */
export function startImages(_begin: i32, _end: i32, _frame: usize, box: usize, _a: usize, _scratch: usize): void {
  const b = changetype<Box>(box);
  startParts(b, b.images, b.firstImage);
}

/** Puts the atoms of the parts [begin, end) in bin order. */
export function placeLocals(begin: i32, end: i32, frame: usize, box: usize, _a: usize, _scratch: usize): void {
  const b = changetype<Box>(box);
  const f = changetype<Frame>(frame);
  for (let p = begin; p < end; p++) {
    const next = countsOf(b.locals, p, binCount(b));
    const last = partBegin(b, f.n, p + 1);
    for (let i = partBegin(b, f.n, p); i < last; i++) {
      const bin = getI32(b.bin, i);
      const k = getI32(next, bin);
      setI32(next, bin, k + 1);
      setI32(f.order, k, i);
      setI32(f.home, k, k);
      setI32(b.origin, k, i);
      for (let c = 0; c < 3; c++) setI32(b.shift, 3 * k + c, getI32(b.wrap, 3 * i + c));
    }
  }
}

/** First and last image along direction k of an atom at s, in the lanes 0 and 1. */
// @ts-ignore: decorator
@inline
function imagesAlong(b: Box, s: f64, k: i32): v128 {
  if (getF64(b.periodic, k) == 0) return i32x4.splat(0);
  const shell = getF64(b.shell, k);
  const ends = f64x2.ceil(f64x2.sub(f64x2(-shell, 1 + shell), f64x2.splat(s)));
  return i32x4.sub(i32x4.trunc_sat_f64x2_s_zero(ends), i32x4(0, 1, 0, 0));
}

/** An image before its place is known. */
// @ts-ignore: decorator
@unmanaged
class Draft {
  bin: i32;
  home: i32;
  origin: i32;
  x: i32;
  y: i32;
  z: i32;
}
/** Bytes of it (src/engine/sites.ts). */
const DRAFT: usize = 24;

/** Drafts every image of local k at `draft` and counts it in its bin; returns where the next draft goes. */
// @ts-ignore: decorator
@inline
function draftLocal(b: Box, f: Frame, counts: usize, k: i32, i: i32, draft: usize): usize {
  const w0 = getI32(b.wrap, 3 * i);
  const w1 = getI32(b.wrap, 3 * i + 1);
  const w2 = getI32(b.wrap, 3 * i + 2);
  const s0 = fractional(b, f.positions, i, 0) + f64(w0);
  const s1 = fractional(b, f.positions, i, 1) + f64(w1);
  const s2 = fractional(b, f.positions, i, 2) + f64(w2);
  const xs = imagesAlong(b, s0, 0);
  const ys = imagesAlong(b, s1, 1);
  const zs = imagesAlong(b, s2, 2);
  const nx = getI32(b.bins, 0);
  const ny = getI32(b.bins, 1);
  for (let z = i32x4.extract_lane(zs, 0); z <= i32x4.extract_lane(zs, 1); z++) {
    const bz = binAlong(b, s2 + f64(z), 2) * ny;
    for (let y = i32x4.extract_lane(ys, 0); y <= i32x4.extract_lane(ys, 1); y++) {
      const by = (bz + binAlong(b, s1 + f64(y), 1)) * nx;
      for (let x = i32x4.extract_lane(xs, 0); x <= i32x4.extract_lane(xs, 1); x++) {
        if ((x | y | z) == 0) continue;
        const bin = by + binAlong(b, s0 + f64(x), 0);
        setI32(counts, bin, getI32(counts, bin) + 1);
        checkNumbers(draft, DRAFT);
        const image = changetype<Draft>(draft);
        image.bin = bin;
        image.home = k;
        image.origin = i;
        image.x = x + w0;
        image.y = y + w1;
        image.z = z + w2;
        draft += DRAFT;
      }
    }
  }
  return draft;
}

/** Where the drafts of part p begin: behind those of all locals before. */
function draftsOf(b: Box, n: i32, p: i32): usize {
  const first = partBegin(b, n, p);
  let images = 0;
  for (let k = 0; k < first; k++) images += getI32(b.copies, getI32(b.origin, k)) - 1;
  return b.drafts + usize(images) * DRAFT;
}

/** Drafts the images of the locals of the parts [begin, end) and counts them in their bins. */
export function draftImages(begin: i32, end: i32, frame: usize, box: usize, _a: usize, _scratch: usize): void {
  const b = changetype<Box>(box);
  const f = changetype<Frame>(frame);
  for (let p = begin; p < end; p++) {
    const counts = countsOf(b.images, p, binCount(b));
    memory.fill(counts, 0, usize(binCount(b)) << 2);
    const last = partBegin(b, f.n, p + 1);
    let draft = draftsOf(b, f.n, p);
    setF64(b.found, 2 * p, f64(draft));
    for (let k = partBegin(b, f.n, p); k < last; k++) {
      const i = getI32(b.origin, k);
      if (getI32(b.copies, i) > 1) draft = draftLocal(b, f, counts, k, i, draft);
    }
    setF64(b.found, 2 * p + 1, f64(draft));
  }
}

/** Puts the images of the parts [begin, end) in bin order, behind the locals. */
export function placeImages(begin: i32, end: i32, frame: usize, box: usize, _a: usize, _scratch: usize): void {
  const b = changetype<Box>(box);
  const f = changetype<Frame>(frame);
  for (let p = begin; p < end; p++) {
    const next = countsOf(b.images, p, binCount(b));
    const stop = usize(getF64(b.found, 2 * p + 1));
    for (let draft = usize(getF64(b.found, 2 * p)); draft < stop; draft += DRAFT) {
      checkNumbers(draft, DRAFT);
      const image = changetype<Draft>(draft);
      const at = getI32(next, image.bin);
      setI32(next, image.bin, at + 1);
      const site = f.n + at;
      setI32(f.home, site, image.home);
      setI32(b.origin, site, image.origin);
      setI32(b.shift, 3 * site, image.x);
      setI32(b.shift, 3 * site + 1, image.y);
      setI32(b.shift, 3 * site + 2, image.z);
    }
  }
}
