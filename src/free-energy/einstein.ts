/**
 * The Einstein reference U0 + ½ Σ k_i |u_i|², u the displacement less its centre-of-mass shift, one stiffness per atom.
 * With the centre of mass held the product of the 3N − 3 frequencies stays exact: Π λ_i · Σ (m_i/M)(m_i/k_i) for each
 * axis, λ_i = k_i/m_i (a diagonal matrix with one direction projected off).
 */
import { InputError } from '../data/errors.ts';
import { log } from '../data/math.ts';
import { fillGauss } from '../data/rng.ts';
import { boltzmann, forceToAcceleration, hbar } from '../data/units.ts';
import { classicalFree } from './harmonic.ts';
import type { Reference } from './reference.ts';

export interface EinsteinInput {
  /** (n,3) Å. */
  x0: ArrayLike<number>;
  /** U0, eV. */
  energy: number;
  /** (n) eV/Å², above 0. */
  stiffness: ArrayLike<number>;
  /** (n) amu. */
  masses: ArrayLike<number>;
}

/** Throws InputError for a stiffness or a mass that is not positive. */
export function einsteinReference({ energy, ...input }: EinsteinInput): Reference {
  const x0 = Float64Array.from(input.x0);
  const k = Float64Array.from(input.stiffness);
  const m = Float64Array.from(input.masses);
  const n = x0.length / 3;
  if (k.length !== n || m.length !== n) throw new InputError(`einstein: ${k.length} stiffnesses for ${n} atoms`);
  for (let i = 0; i < n; i++) {
    if (!(k[i] > 0 && k[i] < Infinity && m[i] > 0)) {
      throw new InputError(`einstein: atom ${i + 1} has the stiffness ${k[i]} eV/Å²; expected one above 0`);
    }
  }
  const mass = m.reduce((sum, value) => sum + value, 0);
  const centre = (u: ArrayLike<number>, c: number, weight: Float64Array) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += weight[i] * u[3 * i + c];
    return sum;
  };
  // Σ m²/k: how far a draw without the constraint moves the centre of mass
  const spread = m.reduce((sum, value, i) => sum + (value * value) / k[i], 0);
  const sumLog = 3 * logFrequencies(k, m, mass, spread);
  const u = new Float64Array(3 * n);
  return {
    kind: 'einstein',
    x0,
    modes: 3 * n - 3,
    evaluate(x, f) {
      for (let i = 0; i < 3 * n; i++) u[i] = x[i] - x0[i];
      let sum = 0;
      for (let c = 0; c < 3; c++) {
        const shift = centre(u, c, m) / mass;
        let total = 0;
        for (let i = 0; i < n; i++) {
          const at = 3 * i + c;
          const own = u[at] - shift;
          sum += k[i] * own * own;
          f[at] = -k[i] * own;
          total += f[at];
        }
        // the shift feels all atoms
        for (let i = 0; i < n; i++) f[3 * i + c] -= (m[i] / mass) * total;
      }
      return energy + 0.5 * sum;
    },
    freeEnergy: (temperature) => classicalFree(energy, sumLog, 3 * n - 3, temperature),
    freeEnergyError: () => 0,
    sample(seed, index, temperature, out) {
      const kT = boltzmann * temperature;
      fillGauss(out, seed, 'reference', index);
      for (let i = 0; i < 3 * n; i++) out[i] *= Math.sqrt(kT / k[(i - (i % 3)) / 3]);
      for (let c = 0; c < 3; c++) {
        const shift = centre(out, c, m) / spread;
        for (let i = 0; i < n; i++) out[3 * i + c] += x0[3 * i + c] - (m[i] / k[i]) * shift;
      }
    },
    // less by the constraint of the centre of mass
    variance: (atom) => 1 / k[atom] - (m[atom] / k[atom]) ** 2 / spread,
  };
}

/** Σ ln(ħω/1 eV) of the N − 1 modes along one axis. */
function logFrequencies(k: Float64Array, m: Float64Array, mass: number, spread: number): number {
  let sum = 0.5 * log(spread / mass);
  for (let i = 0; i < k.length; i++) sum += 0.5 * log(k[i] / m[i]);
  return sum + (k.length - 1) * log(hbar * Math.sqrt(forceToAcceleration));
}
