/** Plans of assembly/scattering/fourier.ts, and lengths that it can transform. */
import { cos, sin } from './math.ts';

const RADICES = 16;

/** The least product of twos, threes and fives that is n or more. */
export function smoothLength(n: number): number {
  for (let length = Math.max(1, Math.ceil(n)); ; length++) if (radicesOf(length)) return length;
}

function radicesOf(n: number): number[] | undefined {
  const radices: number[] = [];
  let rest = n;
  for (const radix of [5, 3, 4, 2]) {
    for (; rest % radix === 0; rest /= radix) radices.push(radix);
  }
  return rest === 1 ? radices : undefined;
}

/** Length, number of passes, radices, roots of one. */
export function fourierPlan(n: number): Float64Array {
  const radices = radicesOf(n);
  if (!radices || radices.length > RADICES) throw new Error(`no Fourier transform of length ${n}`);
  const plan = new Float64Array(2 + RADICES + 2 * n);
  plan.set([n, radices.length, ...radices]);
  for (let t = 0; t < n; t++) {
    // an eighth of a turn at most: exact where the turn is a quarter
    const [c, s] = root(t, n);
    plan.set([c, s], 2 + RADICES + 2 * t);
  }
  return plan;
}

/** exp(2πi t/n), by the octant that t/n lies in. */
function root(t: number, n: number): [number, number] {
  if (8 * t > 4 * n) {
    const [c, s] = root(n - t, n);
    return [c, -s];
  }
  if (8 * t > 2 * n) {
    const [c, s] = root2(4 * t - n, 4 * n);
    return [-s, c];
  }
  return root2(4 * t, 4 * n);
}

/** exp(2πi t/n) for t up to a quarter of n. */
function root2(t: number, n: number): [number, number] {
  if (8 * t > n) {
    const angle = (2 * Math.PI * (n / 4 - t)) / n;
    return [sin(angle), cos(angle)];
  }
  const angle = (2 * Math.PI * t) / n;
  return [cos(angle), sin(angle)];
}
