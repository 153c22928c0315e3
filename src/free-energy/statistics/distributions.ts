/**
 * Quantiles of the normal, Student, χ² and F distributions, from the incomplete gamma and beta functions by bisection.
 * Formulae: NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov, §§ 5.11, 8.7, 8.9, 8.17.
 */
import { exp, log } from '../../data/math.ts';

/** ln Γ(x), x > 0: Stirling's series (DLMF 5.11.1) above 12, the recurrence below. */
export function logGamma(x: number): number {
  let product = 1;
  let z = x;
  while (z < 12) product *= z++;
  const s = 1 / (z * z);
  const series = (1 / 12 + s * (-1 / 360 + s * (1 / 1260 + s * (-1 / 1680 + s * (1 / 1188 - (691 / 360360) * s))))) / z;
  return (z - 0.5) * log(z) - z + 0.5 * log(2 * Math.PI) + series - log(product);
}

/** Enough terms for arguments up to 1e7. */
const TERMS = 20_000;
const TINY = 1e-300;

/** P(a, x), regularised lower incomplete gamma function: series (DLMF 8.7.1) or continued fraction (8.9.2). */
export function incompleteGamma(a: number, x: number): number {
  if (!(x > 0)) return 0;
  const front = exp(a * log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k < TERMS && term > 1e-17 * sum; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return front * sum;
  }
  let b = x + 1 - a;
  const fraction = lentz(1, b, (k) => {
    b += 2;
    return [-k * (k - a), b];
  });
  return 1 - front * fraction;
}

/** a1/(b1 + a2/(b2 + …)) by the modified method of Lentz (10.1364/AO.15.000668); `next(k)` gives a and b of term k + 1. */
function lentz(a1: number, b1: number, next: (k: number) => [number, number]): number {
  let c = 1 / TINY;
  let d = 1 / b1;
  let h = a1 * d;
  for (let k = 1; k < TERMS; k++) {
    const [a, b] = next(k);
    d = 1 / nonzero(b + a * d);
    c = nonzero(b + a / c);
    h *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return h;
}

const nonzero = (x: number) => (Math.abs(x) < TINY ? TINY : x);

/** I_x(a, b), regularised incomplete beta function: continued fraction DLMF 8.17.22. */
export function incompleteBeta(a: number, b: number, x: number): number {
  if (!(x > 0)) return 0;
  if (!(x < 1)) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front = exp(a * log(x) + b * log(1 - x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  const fraction = lentz(1, 1, (k) => {
    const m = Math.floor(k / 2);
    const numerator =
      k % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return [numerator, 1];
  });
  return front * fraction;
}

/** Where a growing function takes the value p, by doubling and bisection from [0, 1]. */
function invert(cdf: (x: number) => number, p: number): number {
  let low = 0;
  let high = 1;
  while (cdf(high) < p && high < 1e300) {
    low = high;
    high *= 2;
  }
  for (let k = 0; k < 200; k++) {
    const middle = 0.5 * (low + high);
    if (!(middle > low && middle < high)) break;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

/** Symmetric distributions: from the probability of [−x, x]. */
function symmetric(within: (x: number) => number, p: number): number {
  if (p === 0.5) return 0;
  return p > 0.5 ? invert(within, 2 * p - 1) : -invert(within, 1 - 2 * p);
}

/** Probability of a standard normal number below x. */
export function normalCdf(x: number): number {
  const within = incompleteGamma(0.5, 0.5 * x * x);
  return x > 0 ? 0.5 + 0.5 * within : 0.5 - 0.5 * within;
}

/** x below which a standard normal number lies with probability p, 0 < p < 1. */
export function normalQuantile(p: number): number {
  return symmetric((x) => incompleteGamma(0.5, 0.5 * x * x), p);
}

/** The same for Student's t with `dof` degrees of freedom (any positive number; above 1e6 the normal one). */
export function studentQuantile(p: number, dof: number): number {
  if (!(dof < 1e6)) return normalQuantile(p);
  return symmetric((x) => 1 - incompleteBeta(0.5 * dof, 0.5, dof / (dof + x * x)), p);
}

/** The same for χ² with `dof` degrees of freedom. */
export function chiSquareQuantile(p: number, dof: number): number {
  return invert((x) => incompleteGamma(0.5 * dof, 0.5 * x), p);
}

/** The same for the ratio F of two variances with `above` and `below` degrees of freedom. */
export function fisherQuantile(p: number, above: number, below: number): number {
  return invert((x) => incompleteBeta(0.5 * above, 0.5 * below, (above * x) / (above * x + below)), p);
}
