/**
 * Fourier transforms of grids of complex numbers, two grids at a time: a number is two vectors, real and imaginary part,
 * and a lane is a grid. Stockham's algorithm with radices 4, 2, 3, 5 along each axis: a pass reads one buffer and writes
 * the other, and a last digit never depends on how many threads there are.
 *
 * A plan of an axis, f64: 0 length n   1 passes   2… radices, 16 places   then exp(2 pi i t/n), n pairs.
 */
import { getF64, getV128, setV128 } from '../memory';

const RADICES = 16;

/** Both grids (n1, n2, n3), sum over exp(sign 2 pi i …), no factor. Returns the buffer, a or b, that has the result. */
export function transform(plan1: usize, plan2: usize, plan3: usize, sign: f64, a: usize, b: usize): usize {
  const n1 = <i32>getF64(plan1, 0);
  const n2 = <i32>getF64(plan2, 0);
  const n3 = <i32>getF64(plan3, 0);
  const first = along(plan3, n1 * n2, 1, sign, a, b);
  const second = along(plan2, n1, n3, sign, first, first == a ? b : a);
  return along(plan1, 1, n2 * n3, sign, second, second == a ? b : a);
}

/** One axis of an array (outer, n, inner). */
function along(plan: usize, outer: i32, inner: i32, sign: f64, from: usize, to: usize): usize {
  const length = <i32>getF64(plan, 0);
  const passes = <i32>getF64(plan, 1);
  const roots = plan + 8 * (2 + RADICES);
  const block = (<usize>(length * inner)) << 5;
  for (let o = 0; o < outer; o++) {
    let x = from + (<usize>o) * block;
    let y = to + (<usize>o) * block;
    let n = length;
    let s = inner;
    for (let p = 0; p < passes; p++) {
      const radix = <i32>getF64(plan, 2 + p);
      if (radix == 4) pass4(n, s, length / n, roots, sign, x, y);
      else if (radix == 2) pass2(n, s, length / n, roots, sign, x, y);
      else if (radix == 3) pass3(n, s, length / n, roots, sign, x, y);
      else pass5(n, s, length / n, roots, sign, x, y);
      n /= radix;
      s *= radix;
      const z = x;
      x = y;
      y = z;
    }
  }
  return (passes & 1) != 0 ? to : from;
}

/** Stores (re, im) times exp(sign 2 pi i t/n) at element i of y. */
// @ts-ignore: decorator
@inline
function put(y: usize, i: i32, re: v128, im: v128, c: v128, s: v128): void {
  setV128(y, 2 * i, f64x2.sub(f64x2.mul(re, c), f64x2.mul(im, s)));
  setV128(y, 2 * i + 1, f64x2.add(f64x2.mul(re, s), f64x2.mul(im, c)));
}

// @ts-ignore: decorator
@inline
function cosine(roots: usize, t: i32): v128 {
  return f64x2.splat(getF64(roots, 2 * t));
}

// @ts-ignore: decorator
@inline
function sine(roots: usize, t: i32, sign: f64): v128 {
  return f64x2.splat(sign * getF64(roots, 2 * t + 1));
}

function pass2(n: i32, s: i32, step: i32, roots: usize, sign: f64, x: usize, y: usize): void {
  const m = n / 2;
  for (let p = 0; p < m; p++) {
    const c = cosine(roots, p * step);
    const d = sine(roots, p * step, sign);
    for (let q = 0; q < s; q++) {
      const i = 2 * (q + s * p);
      const j = i + 2 * s * m;
      const ar = getV128(x, i), ai = getV128(x, i + 1);
      const br = getV128(x, j), bi = getV128(x, j + 1);
      const o = q + s * 2 * p;
      setV128(y, 2 * o, f64x2.add(ar, br));
      setV128(y, 2 * o + 1, f64x2.add(ai, bi));
      put(y, o + s, f64x2.sub(ar, br), f64x2.sub(ai, bi), c, d);
    }
  }
}

function pass4(n: i32, s: i32, step: i32, roots: usize, sign: f64, x: usize, y: usize): void {
  const m = n / 4;
  const turn = f64x2.splat(sign);
  for (let p = 0; p < m; p++) {
    const c1 = cosine(roots, p * step), s1 = sine(roots, p * step, sign);
    const c2 = cosine(roots, 2 * p * step), s2 = sine(roots, 2 * p * step, sign);
    const c3 = cosine(roots, 3 * p * step), s3 = sine(roots, 3 * p * step, sign);
    for (let q = 0; q < s; q++) {
      const i = 2 * (q + s * p);
      const far = 2 * s * m;
      const ar = getV128(x, i), ai = getV128(x, i + 1);
      const br = getV128(x, i + far), bi = getV128(x, i + far + 1);
      const cr = getV128(x, i + 2 * far), ci = getV128(x, i + 2 * far + 1);
      const dr = getV128(x, i + 3 * far), di = getV128(x, i + 3 * far + 1);
      const evenR = f64x2.add(ar, cr), evenI = f64x2.add(ai, ci);
      const oddR = f64x2.add(br, dr), oddI = f64x2.add(bi, di);
      const diffR = f64x2.sub(ar, cr), diffI = f64x2.sub(ai, ci);
      // sign i (b − d)
      const turnR = f64x2.mul(turn, f64x2.sub(di, bi));
      const turnI = f64x2.mul(turn, f64x2.sub(br, dr));
      const o = q + s * 4 * p;
      setV128(y, 2 * o, f64x2.add(evenR, oddR));
      setV128(y, 2 * o + 1, f64x2.add(evenI, oddI));
      put(y, o + s, f64x2.add(diffR, turnR), f64x2.add(diffI, turnI), c1, s1);
      put(y, o + 2 * s, f64x2.sub(evenR, oddR), f64x2.sub(evenI, oddI), c2, s2);
      put(y, o + 3 * s, f64x2.sub(diffR, turnR), f64x2.sub(diffI, turnI), c3, s3);
    }
  }
}

function pass3(n: i32, s: i32, step: i32, roots: usize, sign: f64, x: usize, y: usize): void {
  const m = n / 3;
  const half = f64x2.splat(0.5);
  const height = f64x2.splat(sign * 0.8660254037844386);
  for (let p = 0; p < m; p++) {
    const c1 = cosine(roots, p * step), s1 = sine(roots, p * step, sign);
    const c2 = cosine(roots, 2 * p * step), s2 = sine(roots, 2 * p * step, sign);
    for (let q = 0; q < s; q++) {
      const i = 2 * (q + s * p);
      const far = 2 * s * m;
      const ar = getV128(x, i), ai = getV128(x, i + 1);
      const br = getV128(x, i + far), bi = getV128(x, i + far + 1);
      const cr = getV128(x, i + 2 * far), ci = getV128(x, i + 2 * far + 1);
      const sumR = f64x2.add(br, cr), sumI = f64x2.add(bi, ci);
      const midR = f64x2.sub(ar, f64x2.mul(half, sumR)), midI = f64x2.sub(ai, f64x2.mul(half, sumI));
      const turnR = f64x2.mul(height, f64x2.sub(ci, bi)), turnI = f64x2.mul(height, f64x2.sub(br, cr));
      const o = q + s * 3 * p;
      setV128(y, 2 * o, f64x2.add(ar, sumR));
      setV128(y, 2 * o + 1, f64x2.add(ai, sumI));
      put(y, o + s, f64x2.add(midR, turnR), f64x2.add(midI, turnI), c1, s1);
      put(y, o + 2 * s, f64x2.sub(midR, turnR), f64x2.sub(midI, turnI), c2, s2);
    }
  }
}

function pass5(n: i32, s: i32, step: i32, roots: usize, sign: f64, x: usize, y: usize): void {
  const m = n / 5;
  const c1 = f64x2.splat(0.30901699437494745);
  const c2 = f64x2.splat(-0.8090169943749475);
  const s1 = f64x2.splat(sign * 0.9510565162951535);
  const s2 = f64x2.splat(sign * 0.5877852522924731);
  for (let p = 0; p < m; p++) {
    const t = p * step;
    for (let q = 0; q < s; q++) {
      const i = 2 * (q + s * p);
      const far = 2 * s * m;
      const ar = getV128(x, i), ai = getV128(x, i + 1);
      const br = getV128(x, i + far), bi = getV128(x, i + far + 1);
      const cr = getV128(x, i + 2 * far), ci = getV128(x, i + 2 * far + 1);
      const dr = getV128(x, i + 3 * far), di = getV128(x, i + 3 * far + 1);
      const er = getV128(x, i + 4 * far), ei = getV128(x, i + 4 * far + 1);
      const beR = f64x2.add(br, er), beI = f64x2.add(bi, ei);
      const cdR = f64x2.add(cr, dr), cdI = f64x2.add(ci, di);
      const outR = f64x2.sub(br, er), outI = f64x2.sub(bi, ei);
      const inR = f64x2.sub(cr, dr), inI = f64x2.sub(ci, di);
      const oneR = f64x2.add(ar, f64x2.add(f64x2.mul(c1, beR), f64x2.mul(c2, cdR)));
      const oneI = f64x2.add(ai, f64x2.add(f64x2.mul(c1, beI), f64x2.mul(c2, cdI)));
      const twoR = f64x2.add(ar, f64x2.add(f64x2.mul(c2, beR), f64x2.mul(c1, cdR)));
      const twoI = f64x2.add(ai, f64x2.add(f64x2.mul(c2, beI), f64x2.mul(c1, cdI)));
      // i times these: (−im, re)
      const upR = f64x2.add(f64x2.mul(s1, outR), f64x2.mul(s2, inR));
      const upI = f64x2.add(f64x2.mul(s1, outI), f64x2.mul(s2, inI));
      const lowR = f64x2.sub(f64x2.mul(s2, outR), f64x2.mul(s1, inR));
      const lowI = f64x2.sub(f64x2.mul(s2, outI), f64x2.mul(s1, inI));
      const o = q + s * 5 * p;
      setV128(y, 2 * o, f64x2.add(ar, f64x2.add(beR, cdR)));
      setV128(y, 2 * o + 1, f64x2.add(ai, f64x2.add(beI, cdI)));
      put(y, o + s, f64x2.sub(oneR, upI), f64x2.add(oneI, upR), cosine(roots, t), sine(roots, t, sign));
      put(y, o + 2 * s, f64x2.sub(twoR, lowI), f64x2.add(twoI, lowR), cosine(roots, 2 * t), sine(roots, 2 * t, sign));
      put(y, o + 3 * s, f64x2.add(twoR, lowI), f64x2.sub(twoI, lowR), cosine(roots, 3 * t), sine(roots, 3 * t, sign));
      put(y, o + 4 * s, f64x2.add(oneR, upI), f64x2.sub(oneI, upR), cosine(roots, 4 * t), sine(roots, 4 * t, sign));
    }
  }
}
