/**
 * Products of Householder reflectors as one matrix (Bischof & Van Loan, 10.1137/0908009; compact form of Schreiber &
 * Van Loan, 10.1137/0910005):
 *
 *     H_0 H_1 … H_{k−1} = 1 − Vᵀ T V,    H_j = 1 − tau_j v_j v_jᵀ,    v_j the rows of V, T upper triangular
 *     T_jj = tau_j,    T_{0…j−1, j} = −tau_j T (V v_j)_{0…j−1}
 *
 * and the panels of a QR factorisation, A = Q R, on transposed columns, so that everything is contiguous.
 */
import { getF64, getI32, setF64 } from '../memory';
import { axpy, dot, scale } from './vector';

/** T (k × k) from gram = V Vᵀ (k × k) and tau (k). */
export function triangularFactor(k: i32, gram: usize, tau: usize, t: usize): void {
  memory.fill(t, 0, (<usize>(k * k)) << 3);
  for (let j = 0; j < k; j++) {
    const tauJ = getF64(tau, j);
    for (let i = 0; i < j; i++) {
      let sum = 0.0;
      for (let l = i; l < j; l++) sum += getF64(t, i * k + l) * getF64(gram, l * k + j);
      setF64(t, i * k + j, -tauJ * sum);
    }
    setF64(t, j * k + j, tauJ);
  }
}

/**
 * Reflectors of a panel: row j of `rows` (k × m, k <= m, `stride` elements apart) is column j of the panel. Row j
 * becomes v_j with its 1 at j and zeros before; the upper triangle of the panel, R, goes to r (row stride `rRow`).
 */
export function reflectPanel(k: i32, m: i32, rows: usize, stride: i32, tau: usize, r: usize, rRow: i32): void {
  for (let j = 0; j < k; j++) {
    const row = rows + ((<usize>(j * stride)) << 3);
    const v = row + ((<usize>j) << 3);
    for (let i = 0; i < j; i++) setF64(r, i * rRow + j, getF64(row, i));
    memory.fill(row, 0, (<usize>j) << 3);
    const tauJ = columnReflector(v, m - j, r + ((<usize>(j * rRow + j)) << 3));
    setF64(tau, j, tauJ);
    for (let i = j + 1; i < k; i++) {
      const other = rows + ((<usize>(i * stride + j)) << 3);
      axpy(m - j, -tauJ * dot(m - j, v, other), v, other);
    }
  }
}

/** v (v_0 = 1) in place of x; the signed norm to out; returns tau. */
function columnReflector(x: usize, n: i32, out: usize): f64 {
  const alpha = getF64(x, 0);
  const rest = dot(n - 1, x + 8, x + 8);
  setF64(x, 0, 1);
  setF64(out, 0, alpha);
  if (rest < 1e-280) {
    memory.fill(x + 8, 0, (<usize>(n - 1)) << 3);
    return 0;
  }
  const norm = Math.sqrt(alpha * alpha + rest);
  const beta = alpha >= 0 ? -norm : norm;
  scale(n - 1, 1 / (alpha - beta), x + 8);
  setF64(out, 0, beta);
  return (beta - alpha) / beta;
}

/** to (columns × to row stride) = the transpose of rows [begin, end) of from; words: from's row stride, to's, columns. */
export function transposePart(begin: i32, end: i32, from: usize, to: usize, words: usize, _scratch: usize): void {
  const fromRow = getI32(words, 0);
  const toRow = getI32(words, 1);
  const columns = getI32(words, 2);
  for (let i = begin; i < end; i++) {
    for (let j = 0; j < columns; j++) setF64(to, j * toRow + i, getF64(from, i * fromRow + j));
  }
}
