/** EAM by brute force. From the params it takes the tables' knots alone; slopes and Hermite cubics are its own. */
import type { Atoms } from '../../../src/data/atoms.ts';
import type { Potential } from '../../../src/data/potential.ts';
import { directPairs } from '../../../src/verify/pairs.ts';
import type { DirectEnergy } from './index.ts';

/** Knots f(0), f(h), … of a table whose lines of c3 c4 d f start at `start`. */
export function knotsOf(params: Float64Array, start: number, stride: number, knots: number): number[] {
  const f = Array.from({ length: knots - 1 }, (_, m) => params[start + m * stride + 3]);
  const last = start + (knots - 2) * stride;
  return [...f, params[last] + params[last + 1] + params[last + 2] + params[last + 3]];
}

/** Slope per knot by the rules of spec/lammps.md, knots counted from 1. */
function slopeAt(f: number[], m: number): number {
  const n = f.length;
  const at = (k: number) => f[k - 1];
  if (m === 1) return at(2) - at(1);
  if (m === n) return at(n) - at(n - 1);
  if (m === 2) return (at(3) - at(1)) / 2;
  if (m === n - 1) return (at(n) - at(n - 2)) / 2;
  return (at(m - 2) - at(m + 2) + 8 * (at(m + 1) - at(m - 1))) / 12;
}

/** Value and slope per knot at t knots from the first, in Hermite's basis. */
export function interpolate(f: number[], t: number): [number, number] {
  const m = Math.max(1, Math.min(Math.floor(t) + 1, f.length - 1));
  const p = Math.min(t + 1 - m, 1);
  const [f0, f1, d0, d1] = [f[m - 1], f[m], slopeAt(f, m), slopeAt(f, m + 1)];
  const value =
    (1 + 2 * p) * (1 - p) ** 2 * f0 + p * (1 - p) ** 2 * d0 + p * p * (3 - 2 * p) * f1 + p * p * (p - 1) * d1;
  const slope = 6 * p * (p - 1) * (f0 - f1) + (1 - p) * (1 - 3 * p) * d0 + p * (3 * p - 2) * d1;
  return [value, slope];
}

export function directEam(atoms: Atoms, { params, cutoff, species }: Potential): DirectEnergy {
  const [E, , perDr, nr, perDrho, nrho, rhoMax] = params;
  const pair = (a: number, b: number, part: number) => knotsOf(params, 8 + (a * E + b) * (nr - 1) * 8 + part, 8, nr);
  const all = species.map((_, a) => species.map((_, b) => ({ rho: pair(a, b, 0), z: pair(a, b, 4) })));
  const type = Array.from(atoms.numbers, (z) => species.indexOf(z));
  const rho = type.map(() => 0);
  const energies = type.map(() => 0);
  for (const { i, j, r } of directPairs(atoms, cutoff)) {
    const tables = all[type[i]][type[j]];
    rho[i] += interpolate(tables.rho, r * perDr)[0];
    energies[i] += (0.5 * interpolate(tables.z, r * perDr)[0]) / r;
  }
  rho.forEach((density, i) => {
    const f = knotsOf(params, 8 + E * E * (nr - 1) * 8 + type[i] * (nrho - 1) * 4, 4, nrho);
    const [value, slope] = interpolate(f, density * perDrho);
    energies[i] += value + (density > rhoMax ? slope * perDrho * (density - rhoMax) : 0);
  });
  return { energies };
}
