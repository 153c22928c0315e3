/**
 * The radial functions of AFS and p-SO(3): g = S^(−1/2) φ, φ_p = sqrt((2p+5)/r_c^(2p+5)) (r_c − r)^(p+2), p = 1…n, with S
 * their overlaps, by a way that keeps all digits for any n. S is a Hilbert-like matrix (least eigenvalue 2e-31 for
 * n = 20), so neither S^(−1/2) nor sums over φ may be formed in doubles. Instead g = O e: e_k = y³ P_k(y)/sqrt(r_c),
 * y = 1 − r/r_c, with P_k orthonormal on [0,1] with weight y⁶ (Jacobi (0,6), a stable recurrence), S = L Lᵀ, e = L⁻¹ φ, and
 * O = S^(−1/2) L the orthogonal factor of L's polar decomposition, made once in whole numbers.
 *
 * A. P. Bartók, R. Kondor, G. Csányi, Phys. Rev. B 87, 184115 (2013), doi:10.1103/PhysRevB.87.184115.
 */

/** Most functions that a basis may have. */
export const MAX_RADIAL = 32;

export interface RadialBasis {
  /** P_(k+1) = ((y − a_k) P_k − b_k P_(k−1)) / b_(k+1), P_0 = sqrt(7); b_0 = 0: a has n numbers, b n + 1. */
  a: Float64Array;
  b: Float64Array;
  /** O, (n, n): g_p = Σ_k O[p][k] e_k. */
  rotation: Float64Array;
}

const made = new Map<number, RadialBasis>();

/** The basis of n functions, 1 ≤ n ≤ MAX_RADIAL. */
export function radialBasis(n: number): RadialBasis {
  const known = made.get(n);
  if (known) return known;
  const a = Float64Array.from({ length: n }, (_, k) => 0.5 * (1 + 36 / ((2 * k + 6) * (2 * k + 8))));
  const b = Float64Array.from(
    { length: n + 1 },
    (_, k) => (k * (k + 6)) / ((2 * k + 6) * Math.sqrt((2 * k + 7) * (2 * k + 5))),
  );
  const basis = { a, b, rotation: polarFactor(overlapFactor(n)) };
  made.set(n, basis);
  return basis;
}

/** Numbers in units of 2^−BITS. The largest inverse is 1e16 for n = 20 and 1e25 for n = 32, the digits beyond that serve. */
const BITS = 384n;
const ONE = 1n << BITS;
const times = (x: bigint, y: bigint): bigint => (x * y) >> BITS;
const over = (x: bigint, y: bigint): bigint => (x << BITS) / y;

/** Floor of the root of a number in these units. */
function root(x: bigint): bigint {
  const square = x << BITS;
  let r = 1n << BigInt((square.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (r + square / r) >> 1n;
    if (next >= r) return r;
    r = next;
  }
}

/** L, rows p, columns k: ∫ φ_p e_k = sqrt((2p+5)(2k+7)) (p−1)!/(p−1−k)! (p+5)!/(p+6+k)!. */
function overlapFactor(n: number): bigint[][] {
  return Array.from({ length: n }, (_, row) => {
    const p = row + 1;
    return Array.from({ length: n }, (_, k) => {
      let value = root(BigInt((2 * p + 5) * (2 * k + 7)) << BITS);
      for (let i = 0; i < k; i++) value = (value * BigInt(p - 1 - i)) / BigInt(p + 6 + i);
      return value / BigInt(p + 6 + k);
    });
  });
}

/** The orthogonal factor of X by Newton's iteration, X ← ½(s X + (s X)^(−T)), scaled by s while it is far away (Higham). */
function polarFactor(start: bigint[][]): Float64Array {
  const n = start.length;
  let x = start;
  const near = ONE >> 100n;
  for (let step = 0; step < 100; step++) {
    const inverse = invert(x);
    const scale = root(over(root(sumSquares(inverse)), root(sumSquares(x))));
    let change = 0n;
    const next = x.map((row, i) => row.map((value, j) => (times(value, scale) + over(inverse[j][i], scale)) >> 1n));
    next.forEach((row, i) => {
      row.forEach((value, j) => {
        const by = value > x[i][j] ? value - x[i][j] : x[i][j] - value;
        if (by > change) change = by;
      });
    });
    x = next;
    if (change < near) break;
  }
  return Float64Array.from({ length: n * n }, (_, i) => toNumber(x[Math.floor(i / n)][i % n]));
}

function sumSquares(x: bigint[][]): bigint {
  return x.reduce((sum, row) => row.reduce((s, value) => s + times(value, value), sum), 0n);
}

/** Gauss–Jordan with the largest pivot of each column. */
function invert(matrix: bigint[][]): bigint[][] {
  const n = matrix.length;
  const size = (value: bigint) => (value < 0n ? -value : value);
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? ONE : 0n))]);
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (size(rows[i][k]) > size(rows[best][k])) best = i;
    [rows[k], rows[best]] = [rows[best], rows[k]];
    const pivot = rows[k][k];
    rows[k] = rows[k].map((value) => over(value, pivot));
    rows.forEach((row, i) => {
      const factor = row[k];
      if (i === k || factor === 0n) return;
      rows[i] = row.map((value, j) => value - times(factor, rows[k][j]));
    });
  }
  return rows.map((row) => row.slice(n));
}

/** Of a number not above 2: the last bits of the fraction are cut, what remains is exact in the quotient. */
function toNumber(x: bigint): number {
  return Number(x >> (BITS - 80n)) / 2 ** 80;
}

/** assembly/descriptors/radial.ts's table of these functions for a cutoff in Å. */
export function orthonormalTable(n: number, cutoff: number): number[] {
  const { a, b } = radialBasis(n);
  return [n, 0, cutoff, Math.sqrt(7 / cutoff), ...a, ...b];
}

/** Its steps for more distances at a time: √(7/r_c), then of every k a_k, 1/b_(k+1), b_k/b_(k+1). */
export function orthonormalSteps(n: number, cutoff: number): number[] {
  const { a, b } = radialBasis(n);
  const steps = Array.from({ length: n }, (_, k) => [a[k], 1 / b[k + 1], b[k] / b[k + 1]]);
  return [Math.sqrt(7 / cutoff), ...steps.flat()];
}

/** assembly/descriptors/radial.ts's table of n Chebyshev functions: f, and (1 − T_k) f/2 for k = 1…n−1. */
export function chebyshevTable(n: number, cutoff: number): number[] {
  return [n, 1, cutoff, 0];
}
