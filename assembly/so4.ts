/**
 * Hyperspherical functions of SO(4) for two neighbours at a time, and their reverse mode. A SIMD lane is a central atom:
 * each lane works on a neighbour of its own atom, and no number ever passes from lane to lane.
 *
 * With row s = (j+m)/2 and column k = (j+m')/2 the matrices of a rotation with Cayley-Klein parameters (a, b) are
 *
 *     U^j[k][s] = sqrt(s!(j-s)! / (k!(j-k)!)) V^j[k][s],     V^j[k][s] = a* V^(j-1)[k][s] - b* V^(j-1)[k][s-1],
 *
 * so the recurrence needs no square roots: they are applied once per atom, to the sum over neighbours. Only the
 * columns k <= j/2 are kept; V^j[j-k][j-s] = (-1)^(k-s) V^j[k][s]* gives the rest.
 *
 * A "tower" holds the levels 0..J one after the other. Level j has ceil(j/2)+1 columns of j+1 rows: all that level
 * j+1 asks for, so an odd level ends with the mirror image of its last column. A complex number is two vectors, real and
 * imaginary part of both lanes.
 */

import { getV128, setV128 } from './memory';

/** Vectors of a slot: what the neighbours of both lanes share with the recurrence (index in units of 16 bytes). */
export const A_RE = 0;
export const A_IM = 1;
export const B_RE = 2;
export const B_IM = 3;
/** Adjoints of a and b, and the energy's derivative by the common factor of all V. */
export const A_RE_BAR = 4;
export const A_IM_BAR = 5;
export const B_RE_BAR = 6;
export const B_IM_BAR = 7;
export const FACTOR_BAR = 8;

/** Elements of level j of a tower. */
// @ts-ignore: decorator
@inline
export function levelSize(j: i32): i32 {
  return (((j + 1) >> 1) + 1) * (j + 1);
}

/** Elements of level j in half-plane order: columns k < j/2 and, for even j, the middle column down to its middle. */
// @ts-ignore: decorator
@inline
export function halfSize(j: i32): i32 {
  return ((j + 1) * (j + 1) + 1) >> 1;
}

/** Fills the tower v from a and b of the slot. */
export function rise(J: i32, slot: usize, v: usize): void {
  const ar = getV128(slot, A_RE);
  const ai = getV128(slot, A_IM);
  const br = getV128(slot, B_RE);
  const bi = getV128(slot, B_IM);
  const zero = f64x2.splat(0);
  setV128(v, 0, f64x2.splat(1));
  setV128(v, 1, zero);
  if (J == 0) return;
  // level 1: a*, -b*, and the mirror column b, a
  setV128(v, 2, ar);
  setV128(v, 3, f64x2.neg(ai));
  setV128(v, 4, f64x2.neg(br));
  setV128(v, 5, bi);
  setV128(v, 6, br);
  setV128(v, 7, bi);
  setV128(v, 8, ar);
  setV128(v, 9, ai);
  let x = v + 32;
  let y = v + 160;
  for (let j = 2; j <= J; j++) {
    for (let k = 0; k <= j >> 1; k++) {
      let pr = zero;
      let pi = zero;
      for (let s = 0; s < j; s++) {
        const xr = getV128(x, 0);
        const xi = getV128(x, 1);
        setV128(
          y,
          0,
          f64x2.sub(
            f64x2.add(f64x2.mul(ar, xr), f64x2.mul(ai, xi)),
            f64x2.add(f64x2.mul(br, pr), f64x2.mul(bi, pi)),
          ),
        );
        setV128(
          y,
          1,
          f64x2.sub(
            f64x2.sub(f64x2.mul(ar, xi), f64x2.mul(ai, xr)),
            f64x2.sub(f64x2.mul(br, pi), f64x2.mul(bi, pr)),
          ),
        );
        pr = xr;
        pi = xi;
        x += 32;
        y += 32;
      }
      setV128(y, 0, f64x2.neg(f64x2.add(f64x2.mul(br, pr), f64x2.mul(bi, pi))));
      setV128(y, 1, f64x2.sub(f64x2.mul(bi, pr), f64x2.mul(br, pi)));
      y += 32;
    }
    if ((j & 1) != 0 && j < J) y = mirror(j, y);
  }
}

/** Writes the mirror image of the column that ends at y, of odd level j, behind it. */
export function mirror(j: i32, y: usize): usize {
  let source = y - 32;
  let odd = ((j + 1) >> 1) & 1;
  for (let s = 0; s <= j; s++) {
    const re = getV128(source, 0);
    const im = getV128(source, 1);
    setV128(y, 0, odd ? f64x2.neg(re) : re);
    setV128(y, 1, odd ? im : f64x2.neg(im));
    odd ^= 1;
    source -= 32;
    y += 32;
  }
  return y;
}

/** density += weight V, half plane of every level; `factor` is where the weights stand. */
export function accumulate(J: i32, factor: usize, v: usize, density: usize): void {
  const weight = getV128(factor, 0);
  let level = v;
  let to = density;
  for (let j = 0; j <= J; j++) {
    const n = 2 * halfSize(j);
    for (let i = 0; i < n; i += 2) {
      setV128(to, i, f64x2.add(getV128(to, i), f64x2.mul(weight, getV128(level, i))));
      setV128(to, i + 1, f64x2.add(getV128(to, i + 1), f64x2.mul(weight, getV128(level, i + 1))));
    }
    level += (<usize>levelSize(j)) << 5;
    to += (<usize>n) << 4;
  }
}

/**
 * Reverse mode: from g = dE/dV* and the values v (towers) to the adjoints of a and b, written to the slot. bar is room
 * for a tower. The factor's is Re bar of level 0: every V is linear in the first.
 */
export function descend(J: i32, slot: usize, v: usize, g: usize, bar: usize): void {
  const ar = getV128(slot, A_RE);
  const ai = getV128(slot, A_IM);
  const br = getV128(slot, B_RE);
  const bi = getV128(slot, B_IM);
  let at = 0;
  for (let j = 0; j < J; j++) at += levelSize(j);
  let car = f64x2.splat(0);
  let cai = f64x2.splat(0);
  let cbr = f64x2.splat(0);
  let cbi = f64x2.splat(0);
  // nothing comes to the top level from above
  let from = g;
  for (let j = J; j > 1; j--) {
    const below = at - levelSize(j - 1);
    let y = from + ((<usize>at) << 5);
    let x = v + ((<usize>below) << 5);
    let z = bar + ((<usize>below) << 5);
    let h = g + ((<usize>below) << 5);
    for (let k = 0; k <= j >> 1; k++) {
      let yr = getV128(y, 0);
      let yi = getV128(y, 1);
      for (let s = 0; s < j; s++) {
        y += 32;
        const nr = getV128(y, 0);
        const ni = getV128(y, 1);
        const xr = getV128(x, 0);
        const xi = getV128(x, 1);
        // bar x = g + a bar y[s] - b bar y[s+1]
        setV128(
          z,
          0,
          f64x2.add(
            f64x2.add(getV128(h, 0), f64x2.sub(f64x2.mul(ar, yr), f64x2.mul(ai, yi))),
            f64x2.sub(f64x2.mul(bi, ni), f64x2.mul(br, nr)),
          ),
        );
        setV128(
          z,
          1,
          f64x2.sub(
            f64x2.add(getV128(h, 1), f64x2.add(f64x2.mul(ar, yi), f64x2.mul(ai, yr))),
            f64x2.add(f64x2.mul(br, ni), f64x2.mul(bi, nr)),
          ),
        );
        // bar a += bar y[s]* x,  bar b -= bar y[s+1]* x
        car = f64x2.add(car, f64x2.add(f64x2.mul(yr, xr), f64x2.mul(yi, xi)));
        cai = f64x2.add(cai, f64x2.sub(f64x2.mul(yr, xi), f64x2.mul(yi, xr)));
        cbr = f64x2.sub(cbr, f64x2.add(f64x2.mul(nr, xr), f64x2.mul(ni, xi)));
        cbi = f64x2.sub(cbi, f64x2.sub(f64x2.mul(nr, xi), f64x2.mul(ni, xr)));
        yr = nr;
        yi = ni;
        x += 32;
        z += 32;
        h += 32;
      }
      y += 32;
    }
    if ((j & 1) == 0) fold(j - 1, z);
    at = below;
    from = bar;
  }
  let factor = getV128(g, 0);
  if (J > 0) {
    // level 1 comes from V = 1
    const yr = getV128(from, 2), yi = getV128(from, 3), nr = getV128(from, 4), ni = getV128(from, 5);
    car = f64x2.add(car, yr);
    cai = f64x2.sub(cai, yi);
    cbr = f64x2.sub(cbr, nr);
    cbi = f64x2.add(cbi, ni);
    const byA = f64x2.sub(f64x2.mul(ar, yr), f64x2.mul(ai, yi));
    factor = f64x2.add(f64x2.add(factor, byA), f64x2.sub(f64x2.mul(bi, ni), f64x2.mul(br, nr)));
  }
  setV128(slot, A_RE_BAR, car);
  setV128(slot, A_IM_BAR, cai);
  setV128(slot, B_RE_BAR, cbr);
  setV128(slot, B_IM_BAR, cbi);
  setV128(slot, FACTOR_BAR, factor);
}

/** Adjoint of mirror: adds the mirror column, which ends at `end`, of odd level j to the column that it came from. */
function fold(j: i32, end: usize): void {
  let from = end - ((<usize>(j + 1)) << 5);
  let to = from - 32;
  let odd = ((j + 1) >> 1) & 1;
  for (let s = 0; s <= j; s++) {
    const re = getV128(from, 0);
    const im = getV128(from, 1);
    setV128(to, 0, odd ? f64x2.sub(getV128(to, 0), re) : f64x2.add(getV128(to, 0), re));
    setV128(to, 1, odd ? f64x2.add(getV128(to, 1), im) : f64x2.sub(getV128(to, 1), im));
    odd ^= 1;
    from += 32;
    to -= 32;
  }
}
