/**
 * Forward mode beside so4.ts's `rise`: the derivative of the tower V along one direction,
 *
 *     V^j[k][s] = a* V^(j-1)[k][s] - b* V^(j-1)[k][s-1],
 *     V'^j[k][s] = a'* V^(j-1)[k][s] + a* V'^(j-1)[k][s] - b'* V^(j-1)[k][s-1] - b* V'^(j-1)[k][s-1].
 *
 * Reverse mode has one sweep per output; the derivatives of all components of a bispectrum share these three.
 */
import { getV128, setV128 } from './memory';
import { A_IM, A_RE, B_IM, B_RE, mirror } from './so4';

/** Fills the tower dv from a and b of the slot, their derivatives (four vectors at `tangent`), and the tower v. */
export function riseTangent(J: i32, slot: usize, tangent: usize, v: usize, dv: usize): void {
  const ar = getV128(slot, A_RE);
  const ai = getV128(slot, A_IM);
  const br = getV128(slot, B_RE);
  const bi = getV128(slot, B_IM);
  const dar = getV128(tangent, A_RE);
  const dai = getV128(tangent, A_IM);
  const dbr = getV128(tangent, B_RE);
  const dbi = getV128(tangent, B_IM);
  const zero = f64x2.splat(0);
  setV128(dv, 0, zero);
  setV128(dv, 1, zero);
  let x = v;
  let dx = dv;
  let y = dv + 32;
  for (let j = 1; j <= J; j++) {
    for (let k = 0; k <= j >> 1; k++) {
      // What the element before leaves for this one: - b'* V - b* V'.
      let pr = zero;
      let pi = zero;
      for (let s = 0; s < j; s++) {
        const xr = getV128(x, 0);
        const xi = getV128(x, 1);
        const tr = getV128(dx, 0);
        const ti = getV128(dx, 1);
        setV128(y, 0, f64x2.add(pr, f64x2.add(realOf(dar, dai, xr, xi), realOf(ar, ai, tr, ti))));
        setV128(y, 1, f64x2.add(pi, f64x2.add(imagOf(dar, dai, xr, xi), imagOf(ar, ai, tr, ti))));
        pr = f64x2.neg(f64x2.add(realOf(dbr, dbi, xr, xi), realOf(br, bi, tr, ti)));
        pi = f64x2.neg(f64x2.add(imagOf(dbr, dbi, xr, xi), imagOf(br, bi, tr, ti)));
        x += 32;
        dx += 32;
        y += 32;
      }
      setV128(y, 0, pr);
      setV128(y, 1, pi);
      y += 32;
    }
    if ((j & 1) != 0 && j < J) y = mirror(j, y);
  }
}

/** Re c* x. */
// @ts-ignore: decorator
@inline
function realOf(cr: v128, ci: v128, xr: v128, xi: v128): v128 {
  return f64x2.add(f64x2.mul(cr, xr), f64x2.mul(ci, xi));
}

/** Im c* x. */
// @ts-ignore: decorator
@inline
function imagOf(cr: v128, ci: v128, xr: v128, xi: v128): v128 {
  return f64x2.sub(f64x2.mul(cr, xi), f64x2.mul(ci, xr));
}
