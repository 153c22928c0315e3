/** From dS/df of every l to dS/dr of the atoms: assembly/scattering/waves.ts has the formulas and the table. */
import { addF64, getF64, setF64 } from '../memory';
import { amplitude, at, frequency, rowAt, skip, waveAt, word } from './waves';

/** Of the rows [begin, end): dS/df of all l together and times a, in the place of l = 0. */
export function waveCombine(begin: i32, end: i32, table: usize, work: usize, _out: usize, _scratch: usize): void {
  const H = word(table, 19);
  const rows = word(table, 1) * word(table, 2);
  const size = (<usize>(rows * 2 * H)) << 3;
  for (let row = begin; row < end; row++) {
    const to = rowAt(at(work, table, 29), row, H);
    for (let q = 0; q < H; q++) {
      let re = 0.0;
      let im = 0.0;
      for (let l = 0; l <= word(table, 17); l++) {
        re += getF64(to + (<usize>l) * size, q);
        im += getF64(to + (<usize>l) * size, H + q);
      }
      const a = amplitude(row, q, table);
      setF64(to, q, a * re);
      setF64(to, H + q, a * im);
    }
  }
}

/** Adds dS/dr of the atoms [begin, end), Å⁻¹, to out, n x 3: sum of k Im(dS/df a exp(−i k r)). */
export function waveForce(begin: i32, end: i32, table: usize, work: usize, out: usize, _scratch: usize): void {
  const n1 = word(table, 1);
  const n2 = word(table, 2);
  const H = word(table, 19);
  for (let i = begin; i < end; i++) {
    const x = skip(at(work, table, 27), 0) + (<usize>i) * ((<usize>word(table, 20)) << 3);
    const y = skip(x, 2 * n1);
    const z = skip(y, 2 * n2);
    let g1 = 0.0, g2 = 0.0, g3 = 0.0;
    for (let row = 0; row < n1 * n2; row++) {
      const length = <i32>getF64(waveAt(row, table, work), 3);
      if (length == 0) continue;
      const h = row / n2;
      const k = row % n2;
      const f = rowAt(at(work, table, 29), row, H);
      const xr = getF64(x, h), xi = getF64(x, n1 + h);
      const yr = getF64(y, k), yi = getF64(y, n2 + k);
      const pr = xr * yr - xi * yi, pi = xr * yi + xi * yr;
      let sr = 0.0, si = 0.0, tr = 0.0, ti = 0.0;
      for (let q = 0; q < length; q++) {
        const zr = getF64(z, q), zi = getF64(z, H + q);
        const fr = getF64(f, q), fi = getF64(f, H + q);
        const re = fr * zr - fi * zi, im = fr * zi + fi * zr;
        sr += re;
        si += im;
        tr += <f64>q * re;
        ti += <f64>q * im;
      }
      const s = pr * si + pi * sr;
      g1 += <f64>frequency(h, n1) * s;
      g2 += <f64>frequency(k, n2) * s;
      g3 += pr * ti + pi * tr;
    }
    for (let c = 0; c < 3; c++) {
      addF64(out, 3 * i + c, g1 * getF64(table, 4 + c) + g2 * getF64(table, 7 + c) + g3 * getF64(table, 10 + c));
    }
  }
}
