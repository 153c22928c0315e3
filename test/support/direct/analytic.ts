/** The analytic forms by brute force, from their formulas. */
import type { Atoms } from '../../../src/data/atoms.ts';
import type { Potential } from '../../../src/data/potential.ts';
import { directPairs } from '../../../src/verify/pairs.ts';
import type { DirectEnergy } from './index.ts';

function pairSum(atoms: Atoms, cutoff: number, phi: (za: number, zb: number, r: number) => number): DirectEnergy {
  const energies = Array.from(atoms.numbers, () => 0);
  for (const { i, j, r } of directPairs(atoms, cutoff)) {
    energies[i] += 0.5 * phi(atoms.numbers[i], atoms.numbers[j], r);
  }
  return { energies };
}

/** Recovers epsilon and sigma from the first block: the params are A = 4 eps sigma^12, B = 4 eps sigma^6, a, b. */
export function directLj(atoms: Atoms, { params, cutoff }: Potential): DirectEnergy {
  const [A, B, a, b] = params.subarray(8, 12);
  const sigma = Math.cbrt(Math.sqrt(A / B));
  const epsilon = (B * B) / (4 * A);
  const well = (r: number) => 4 * epsilon * ((sigma / r) ** 12 - (sigma / r) ** 6);
  return pairSum(atoms, cutoff, (_za, _zb, r) => well(r) + a + b * r);
}

/** From the radii alone. */
export function directZbl(atoms: Atoms, { params, cutoff }: Potential): DirectEnergy {
  const inner = params[2];
  const c = [0.02817, 0.28022, 0.50986, 0.18175];
  const d = [0.20162, 0.4029, 0.94229, 3.1998];
  return pairSum(atoms, cutoff, (za, zb, r) => {
    const a = 0.4685 / (za ** 0.23 + zb ** 0.23);
    const q = za * zb * 14.399645;
    // k-th derivative of the screened potential, by Leibniz's rule for exp(−d r/a)·(1/r).
    const bare = (x: number, k: number) =>
      c.reduce((sum, weight, m) => {
        const s = d[m] / a;
        const e = q * weight * Math.exp(-s * x);
        const terms = [e / x, -e * (s / x + 1 / x ** 2), e * (s ** 2 / x + (2 * s) / x ** 2 + 2 / x ** 3)];
        return sum + terms[k];
      }, 0);
    const tc = cutoff - inner;
    const [v0, v1, v2] = [0, 1, 2].map((k) => bare(cutoff, k));
    const A = (-3 * v1 + tc * v2) / tc ** 2;
    const B = (2 * v1 - tc * v2) / tc ** 3;
    const C = -v0 + (tc * v1) / 2 - (tc ** 2 * v2) / 12;
    const t = r - inner;
    return bare(r, 0) + C + (r > inner ? (A / 3) * t ** 3 + (B / 4) * t ** 4 : 0);
  });
}

export function directFinnisSinclair(atoms: Atoms, { params, cutoff }: Potential): DirectEnergy {
  const [, A, d, cubic, c, c0, c1, c2, B, alpha, b0] = params;
  const { energies } = pairSum(atoms, cutoff, (_za, _zb, r) => {
    const pair = r < c ? (r - c) ** 2 * (c0 + c1 * r + c2 * r * r) : 0;
    return pair + (r < b0 ? B * (b0 - r) ** 3 * Math.exp(-alpha * r) : 0);
  });
  const rho = energies.map(() => 0);
  for (const { i, r } of directPairs(atoms, d)) rho[i] += (r - d) ** 2 + cubic * (r - d) ** 3;
  return { energies: energies.map((e, i) => e - A * Math.sqrt(rho[i])) };
}

/** Positions as they are: not wrapped, no images. */
export function directEinstein(atoms: Atoms, { params }: Potential): DirectEnergy {
  const energies = Array.from(atoms.numbers, (_, i) => {
    const [k, ...site] = params.subarray(2 + 4 * i, 6 + 4 * i);
    return 0.5 * k * site.reduce((sum, x0, c) => sum + (atoms.positions[3 * i + c] - x0) ** 2, 0);
  });
  return { energies };
}

export function directHessian(atoms: Atoms, { params }: Potential): DirectEnergy {
  const [n, m] = params;
  const u = Array.from(atoms.positions, (x, k) => x - params[2 + k]);
  const start = params.subarray(2 + 3 * n);
  const column = params.subarray(3 + 4 * n);
  const blocks = column.subarray(m);
  const dense = Array.from({ length: 3 * n }, () => new Float64Array(3 * n));
  for (let i = 0; i < n; i++) {
    for (let b = start[i]; b < start[i + 1]; b++) {
      for (let c = 0; c < 9; c++) dense[3 * i + Math.floor(c / 3)][3 * column[b] + (c % 3)] = blocks[9 * b + c];
    }
  }
  const gradient = dense.map((row) => row.reduce((sum, value, k) => sum + value * u[k], 0));
  const energies = Array.from({ length: n }, (_, i) =>
    [0, 1, 2].reduce((sum, c) => sum + 0.5 * u[3 * i + c] * gradient[3 * i + c], 0),
  );
  return { energies };
}
