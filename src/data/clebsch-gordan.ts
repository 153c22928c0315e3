/** Clebsch–Gordan coefficients, Condon–Shortley phase, all arguments doubled (2 = angular momentum 1). */

const factorials = [1];
for (let n = 1; n <= 64; n++) factorials.push(factorials[n - 1] * n);

function factorial(n: number): number {
  return factorials[n];
}

function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return value;
}

/**
 * C(l1 m1 l2 m2 | l m1+m2) by Racah's formula with its sum written in binomials: whole numbers below 2^53 for doubled
 * momenta up to 20, so the sum is exact and only square root and quotient round.
 */
export function clebschGordan(l1: number, m1: number, l2: number, m2: number, l: number): number {
  const m = m1 + m2;
  if (Math.abs(m1) > l1 || Math.abs(m2) > l2 || Math.abs(m) > l) return 0;
  const a = (l1 + l2 - l) / 2;
  const b = (l1 - l2 + l) / 2;
  const c = (-l1 + l2 + l) / 2;
  if (a < 0 || b < 0 || c < 0) return 0;
  let sum = 0;
  for (let k = 0; k <= a; k++) {
    const term = choose(a, k) * choose(b, (l1 - m1) / 2 - k) * choose(c, (l2 + m2) / 2 - k);
    sum += k % 2 === 0 ? term : -term;
  }
  const up = [l1 + m1, l1 - m1, l2 + m2, l2 - m2, l + m, l - m].map((n) => factorial(n / 2));
  const down = [factorial((l1 + l2 + l) / 2 + 1), factorial(a), factorial(b), factorial(c)];
  const ratio = ((up[0] * up[1]) / down[1]) * ((up[2] * up[3]) / down[2]) * ((up[4] * up[5]) / down[3] / down[0]);
  return sum * Math.sqrt((l + 1) * ratio);
}
