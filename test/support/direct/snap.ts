/**
 * SNAP by brute force: whole planes, complex numbers as pairs, MILADY's two-branch recurrence with its square roots,
 * Clebsch–Gordan coefficients by summing factorials, and every component by its full quadruple sum. Nothing of
 * src/data/bispectrum-plan.ts or assembly/ is used; only the settings are read from a potential's params.
 */
import type { Atoms } from '../../../src/data/atoms.ts';
import type { Potential } from '../../../src/data/potential.ts';
import { type DirectPair, directPairs } from '../../../src/verify/pairs.ts';
import type { DirectEnergy } from './index.ts';

/** [row][column] → [re, im], rows m and columns m' ascending. */
export type Matrix = [number, number][][];

const times = ([a, b]: number[], [c, d]: number[]): [number, number] => [a * c - b * d, a * d + b * c];

/** U^0…U^J of the Cayley–Klein parameters a, b (spec §3.3). */
export function directU(J: number, a: [number, number], b: [number, number]): Matrix[] {
  const levels: Matrix[] = [[[[1, 0]]]];
  const conj = ([re, im]: [number, number]): [number, number] => [re, -im];
  for (let j = 1; j <= J; j++) {
    const below = (m: number, mm: number): [number, number] =>
      levels[j - 1][(m + j - 1) / 2]?.[(mm + j - 1) / 2] ?? [0, 0];
    const level: Matrix = [];
    for (let m = -j; m <= j; m += 2) {
      const row: [number, number][] = [];
      for (let mm = -j; mm <= j; mm += 2) {
        const first = mm !== -j;
        const x = first ? times(a, below(m - 1, mm - 1)) : times(conj(a), below(m + 1, -j + 1));
        const y = first ? times(b, below(m + 1, mm - 1)) : times(conj(b), below(m - 1, -j + 1));
        const p = Math.sqrt((first ? j + m : j - m) / (first ? j + mm : 2 * j));
        const q = Math.sqrt((first ? j - m : j + m) / (first ? j + mm : 2 * j)) * (first ? 1 : -1);
        row.push([p * x[0] + q * y[0], p * x[1] + q * y[1]]);
      }
      level.push(row);
    }
    levels.push(level);
  }
  return levels;
}

const fact = (n: number): number => (n <= 1 ? 1 : n * fact(n - 1));

/** Racah's formula, doubled arguments. */
export function directCG(l1: number, m1: number, l2: number, m2: number, l: number, m: number): number {
  if (m1 + m2 !== m || Math.abs(m) > l || l > l1 + l2 || l < Math.abs(l1 - l2)) return 0;
  let sum = 0;
  for (let k = 0; k <= 60; k++) {
    const parts = [
      k,
      (l1 + l2 - l) / 2 - k,
      (l1 - m1) / 2 - k,
      (l2 + m2) / 2 - k,
      (l - l2 + m1) / 2 + k,
      (l - l1 - m2) / 2 + k,
    ];
    if (parts.every((n) => n >= 0)) sum += (-1) ** k / parts.reduce((product, n) => product * fact(n), 1);
  }
  const half = (n: number) => fact(n / 2);
  const triangle = (half(l1 + l2 - l) * half(l1 - l2 + l) * half(-l1 + l2 + l)) / half(l1 + l2 + l + 2);
  const states = half(l1 + m1) * half(l1 - m1) * half(l2 + m2) * half(l2 - m2) * half(l + m) * half(l - m);
  return Math.sqrt((l + 1) * triangle * states) * sum;
}

/** Σ Re U3^l* C C U1^l1 U2^l2 over everything. */
export function directComponent(l1: number, l2: number, l: number, U1: Matrix[], U2: Matrix[], U3: Matrix[]): number {
  let sum = 0;
  const c = (m1: number, m2: number) => coefficient(l1, m1, l2, m2, l);
  for (let m1 = -l1; m1 <= l1; m1 += 2) {
    for (let m2 = -l2; m2 <= l2; m2 += 2) {
      if (c(m1, m2) === 0) continue;
      for (let k1 = -l1; k1 <= l1; k1 += 2) {
        for (let k2 = -l2; k2 <= l2; k2 += 2) {
          const weight = c(m1, m2) * c(k1, k2);
          if (weight === 0) continue;
          const x = times(U1[l1][(l1 + m1) / 2][(l1 + k1) / 2], U2[l2][(l2 + m2) / 2][(l2 + k2) / 2]);
          const u = U3[l][(l + m1 + m2) / 2][(l + k1 + k2) / 2];
          sum += weight * (u[0] * x[0] + u[1] * x[1]);
        }
      }
    }
  }
  return sum;
}

const known = new Map<string, number>();
function coefficient(l1: number, m1: number, l2: number, m2: number, l: number): number {
  const key = `${l1},${m1},${l2},${m2},${l}`;
  let value = known.get(key);
  if (value === undefined) {
    value = directCG(l1, m1, l2, m2, l, m1 + m2);
    known.set(key, value);
  }
  return value;
}

/** The published order of the components (spec §3.6). */
export function directTriples(J: number, diagonal: boolean): [number, number, number][] {
  const list: [number, number, number][] = [];
  for (let l1 = 0; l1 <= J; l1++) {
    if (diagonal) for (let l = 0; l <= Math.min(J, 2 * l1); l += 2) list.push([l1, l1, l]);
    else
      for (let l2 = 0; l2 <= l1; l2++)
        for (let l = l1 - l2; l <= Math.min(J, l1 + l2); l += 2) if (l >= l1) list.push([l1, l2, l]);
  }
  return list;
}

/** f, and U of one neighbour, from a row of the table of pairs: cutoff, inner, angle, rate, f0, f1, S, D. */
function neighbour(J: number, { d, r }: DirectPair, row: ArrayLike<number>): { f: number; U: Matrix[] } {
  const [, inner, angle, rate, f0, f1, S, D] = Array.from(row);
  const t = angle * (r - inner);
  let f = f0 + f1 * Math.cos(rate * Math.max(0, r - inner));
  if (D > 0 && r <= S - D) f = 0;
  else if (D > 0 && r < S + D) f *= 0.5 * (1 - Math.cos(0.5 * Math.PI * (1 + (r - S) / D)));
  const s = Math.sin(t) / r;
  return { f, U: directU(J, [Math.cos(t), -s * d[2]], [s * d[1], -s * d[0]]) };
}

export interface DirectSnap extends DirectEnergy {
  /** [atom][component]. */
  descriptors: number[][];
}

/** Sums the potential that `params` describe. `diagonal` need not be given where the momenta in params tell. */
export function directSnap(atoms: Atoms, { params, species, cutoff, kernel }: Potential): DirectSnap {
  const [J, T, channels, D] = params;
  const n3 = channels ** 3;
  const firstJ = (k: number) => params[params[11] + params[16] + 3 * k];
  const full = directTriples(J, false);
  const isFull = full.length * n3 === D && full.every(([, , l], k) => firstJ(k) === l);
  const list = isFull ? full : directTriples(J, true);
  const type = Array.from(atoms.numbers, (z) => species.indexOf(z));
  const densities = type.map((t) =>
    Array.from({ length: channels }, (_, c) =>
      scaled(directU(J, [1, 0], [0, 0]), params[params[9] + t * channels + c]),
    ),
  );
  for (const pair of directPairs(atoms, cutoff)) {
    const [ti, tj] = [type[pair.i], type[pair.j]];
    const at = params[7] + 8 * (ti * T + tj);
    if (pair.r >= params[at]) continue;
    const { f, U } = neighbour(J, pair, params.subarray(at, at + 8));
    const [weight, channel] = params.subarray(params[8] + 2 * tj);
    addScaled(densities[pair.i][channel], U, weight * f);
  }
  const descriptors = densities.map((U, i) => {
    const b: number[] = [];
    for (let e = 0; e < n3; e++) {
      const [e1, e2, e3] = [Math.floor(e / channels ** 2), Math.floor(e / channels) % channels, e % channels];
      for (const [l1, l2, l] of list) b.push(directComponent(l1, l2, l, U[e1], U[e2], U[e3]));
    }
    return b.map((value, k) => params[params[13] + k] * value - params[params[14] + type[i] * D + k]);
  });
  const energies = descriptors.map((b, i) => {
    const beta = params[18] + type[i] * (1 + D);
    let e = params[beta];
    b.forEach((value, k) => {
      e += params[beta + 1 + k] * value;
      if (kernel !== 'snap-quadratic') return;
      const row = params[19] + (type[i] * D + k) * D;
      b.forEach((other, l) => {
        e += 0.5 * params[row + l] * value * other;
      });
    });
    return e;
  });
  return { energies, descriptors };
}

function scaled(U: Matrix[], factor: number): Matrix[] {
  return U.map((level) => level.map((row) => row.map(([re, im]) => [factor * re, factor * im] as [number, number])));
}

function addScaled(to: Matrix[], from: Matrix[], factor: number): void {
  from.forEach((level, j) => {
    level.forEach((row, m) => {
      row.forEach(([re, im], k) => {
        to[j][m][k][0] += factor * re;
        to[j][m][k][1] += factor * im;
      });
    });
  });
}
