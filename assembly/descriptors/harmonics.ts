/**
 * Real spherical harmonics of a unit vector and the derivative of a sum of them. With u = (x, y, z),
 *
 *     Y_lm = Q_lm(z) c_m,  Y_l,-m = Q_lm(z) s_m,   c_m + i s_m = (x + i y)^m,
 *
 * orthonormal. Q_lm are polynomials by a recurrence in l that is stable on [−1, 1], with no sines and no poles, and
 * dQ_lm/dz = sqrt((l−m)(l+m+1)) Q_l,m+1 (over sqrt(2) for m = 0). Order: l outer, then m = −l…l; index l² + l + m.
 *
 * table, f64: 0 L   1… Q_mm, L + 1; then (L+1)² rows [l][m] of 3: factors of z Q_(l−1)m and of Q_(l−2)m, and of dQ/dz
 */
import { getF64, setF64 } from '../memory';

/** Q_lm for 0 <= m <= l <= L, at [l (L+1) + m]. */
export function polynomials(table: usize, z: f64, q: usize): void {
  const L = <i32>getF64(table, 0);
  const w = L + 1;
  const rows = table + ((<usize>(1 + w)) << 3);
  for (let m = 0; m <= L; m++) {
    let before = 0.0;
    let value = getF64(table, 1 + m);
    setF64(q, m * w + m, value);
    for (let l = m + 1; l <= L; l++) {
      const row = 3 * (l * w + m);
      const next = getF64(rows, row) * z * value - getF64(rows, row + 1) * before;
      setF64(q, l * w + m, next);
      before = value;
      value = next;
    }
  }
}

/** c_m and s_m for m = 0…L, alternately. */
export function powers(L: i32, x: f64, y: f64, out: usize): void {
  let c = 1.0;
  let s = 0.0;
  for (let m = 0; m <= L; m++) {
    setF64(out, 2 * m, c);
    setF64(out, 2 * m + 1, s);
    const next = c * x - s * y;
    s = c * y + s * x;
    c = next;
  }
}

/** The (L+1)² harmonics from Q and the powers. */
export function harmonics(L: i32, q: usize, cs: usize, out: usize): void {
  for (let l = 0; l <= L; l++) {
    const at = l * (l + 1);
    const row = l * (L + 1);
    setF64(out, at, getF64(q, row));
    for (let m = 1; m <= l; m++) {
      const value = getF64(q, row + m);
      setF64(out, at + m, value * getF64(cs, 2 * m));
      setF64(out, at - m, value * getF64(cs, 2 * m + 1));
    }
  }
}

/**
 * The derivative of Σ h_lm Y_lm(u) by x, y and z as if they were independent, to out[0…2]: its part across u is the
 * gradient on the sphere.
 */
export function harmonicsReverse(table: usize, q: usize, cs: usize, h: usize, out: usize): void {
  const L = <i32>getF64(table, 0);
  const w = L + 1;
  const rows = table + ((<usize>(1 + w)) << 3);
  let gx = 0.0;
  let gy = 0.0;
  let gz = 0.0;
  for (let m = 0; m <= L; m++) {
    let cBar = 0.0;
    let sBar = 0.0;
    let dc = 0.0;
    let ds = 0.0;
    for (let l = m; l <= L; l++) {
      const at = l * (l + 1);
      const value = getF64(q, l * w + m);
      const slope = m < l ? getF64(rows, 3 * (l * w + m) + 2) * getF64(q, l * w + m + 1) : 0.0;
      const hc = getF64(h, at + m);
      cBar += hc * value;
      dc += hc * slope;
      if (m == 0) continue;
      const hs = getF64(h, at - m);
      sBar += hs * value;
      ds += hs * slope;
    }
    gz += dc * getF64(cs, 2 * m) + ds * getF64(cs, 2 * m + 1);
    if (m == 0) continue;
    const c = getF64(cs, 2 * m - 2);
    const s = getF64(cs, 2 * m - 1);
    const f = <f64>m;
    gx += f * (cBar * c + sBar * s);
    gy += f * (sBar * c - cBar * s);
  }
  setF64(out, 0, gx);
  setF64(out, 1, gy);
  setF64(out, 2, gz);
}
