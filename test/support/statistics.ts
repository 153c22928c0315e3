/** Distribution functions and the Kolmogorov–Smirnov test, for tests only (Math.* is allowed here). */

/** ln Γ(a), Lanczos' approximation (g = 7), 1e-14 for a > 0.5. */
export function logGamma(a: number): number {
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  const x = a - 1;
  const t = x + 7.5;
  const sum = c.slice(1).reduce((s, ck, k) => s + ck / (x + k + 1), c[0]);
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised lower incomplete gamma function P(a, x): series below a + 1, continued fraction above. */
export function gammaP(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > 1e-17 * sum; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return front * sum;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let i = 1; i < 10000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return 1 - front * h;
}

/** Distribution function of the standard normal. */
export function normalP(x: number): number {
  const half = 0.5 * gammaP(0.5, 0.5 * x * x);
  return x < 0 ? 0.5 - half : 0.5 + half;
}

export function mean(samples: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i];
  return sum / samples.length;
}

/** Standard error of the mean of a correlated series, from the means of `blocks` blocks. */
export function blockError(samples: ArrayLike<number>, blocks = 32): number {
  const size = Math.floor(samples.length / blocks);
  const means = Array.from({ length: blocks }, (_, b) =>
    mean(Array.from({ length: size }, (_, i) => samples[b * size + i])),
  );
  const m = mean(means);
  return Math.sqrt(means.reduce((s, x) => s + (x - m) ** 2, 0) / (blocks * (blocks - 1)));
}
