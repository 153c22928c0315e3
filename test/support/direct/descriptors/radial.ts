/**
 * g = S^(−1/2) φ of AFS and p-SO(3) straight from its definition, in whole numbers of 2^−BITS: the Denman–Beavers iteration
 * for the root of S, powers of r_c − r, no orthonormal basis.
 */
const BITS = 320n;
const ONE = 1n << BITS;
const times = (x: bigint, y: bigint) => (x * y) >> BITS;
const over = (x: bigint, y: bigint) => (x << BITS) / y;

function rootOf(x: bigint): bigint {
  let low = 0n;
  let high = (x > ONE ? x : ONE) + 1n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle * middle <= x << BITS) low = middle;
    else high = middle;
  }
  return low;
}

type Matrix = bigint[][];

function inverse(matrix: Matrix): Matrix {
  const a = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? ONE : 0n))]);
  a.forEach((row, k) => {
    const scaled = row.map((value) => over(value, row[k]));
    a[k] = scaled;
    a.forEach((other, i) => {
      if (i !== k) a[i] = other.map((value, j) => value - times(other[k], scaled[j]));
    });
  });
  return a.map((row) => row.slice(matrix.length));
}

const made = new Map<number, Matrix>();

/** S^(−1/2), n × n. */
function inverseRoot(n: number): Matrix {
  const known = made.get(n);
  if (known) return known;
  const S = Array.from({ length: n }, (_, p) =>
    Array.from({ length: n }, (_, q) => rootOf(BigInt((2 * p + 7) * (2 * q + 7)) << BITS) / BigInt(p + q + 7)),
  );
  let y: Matrix = S;
  let z: Matrix = S.map((row, i) => row.map((_, j) => (i === j ? ONE : 0n)));
  const mean = (a: Matrix, b: Matrix) => a.map((row, i) => row.map((value, j) => (value + b[i][j]) >> 1n));
  for (let step = 0; step < 80; step++) [y, z] = [mean(y, inverse(z)), mean(z, inverse(y))];
  made.set(n, z);
  return z;
}

/** Exact: a number is a whole number over a power of two. */
function fixed(x: number): bigint {
  let value = x;
  let bits = 0n;
  for (; !Number.isInteger(value); bits++) value *= 2;
  return (BigInt(value) << BITS) >> bits;
}

/** The n functions at r < cutoff. */
export function directRadial(n: number, cutoff: number, r: number): number[] {
  const y = over(fixed(cutoff) - fixed(r), fixed(cutoff));
  let power = times(y, y);
  const phi = Array.from({ length: n }, (_, p) => {
    power = times(power, y);
    return times(rootOf(over(BigInt(2 * p + 7) << BITS, fixed(cutoff))), power);
  });
  return inverseRoot(n).map((row) => {
    const sum = row.reduce((total, value, q) => total + times(value, phi[q]), 0n);
    return Number(sum >> (BITS - 120n)) / 2 ** 120;
  });
}

/** MILADY's second kind: nothing, f, then f (1 − T_k)/2 by T_k(cos t) = cos k t. */
export function directChebyshevRadial(n: number, cutoff: number, r: number): number[] {
  const f = 0.5 * (1 + Math.cos((Math.PI * r) / cutoff));
  const angle = Math.acos((2 * r) / cutoff - 1);
  return [0, f, ...Array.from({ length: n - 1 }, (_, k) => 0.5 * f * (1 - Math.cos((k + 1) * angle)))];
}
