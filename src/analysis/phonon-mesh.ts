/**
 * Phonons on a mesh: density of states (Gaussians of one width) and the thermal properties of the quantum harmonic
 * crystal. The points are the middles of the parts of the Brillouin zone (Monkhorst and Pack, 10.1103/PhysRevB.13.5188):
 * Γ, where the entropy has its logarithmic singularity, lies between them; a mesh that leaves out the translations at Γ
 * misses 3/points of the modes. Of the symmetries only ν(q) = ν(−q) is used.
 */

import { transformRows } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';
import { atOnce } from '../data/in-parts.ts';
import { exp } from '../data/math.ts';
import { boltzmann, planck } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { quantumThermal, type Thermal } from './entropy.ts';
import { frequencies, type Phonons, reciprocal } from './phonons.ts';

export interface MeshFrequencies {
  counts: readonly [number, number, number];
  /** (points, 3 sites) THz, ascending at each point, imaginary ones negative. */
  values: Float64Array;
  /** q points. */
  points: number;
  /** Frequencies of a point. */
  branches: number;
}

/** Frequencies at q = ((i + ½)/n1, (j + ½)/n2, (k + ½)/n3) in fractions of the reciprocal vectors of the primitive cell. */
export const meshFrequencies = (
  engine: Engine,
  crystal: Phonons,
  counts: readonly [number, number, number],
  progress?: (done: number, total: number) => void,
): MeshFrequencies => atOnce(meshInParts(engine, crystal, counts, progress));

/** Points between two parts. */
const PART = 16;

/** meshFrequencies() some points at a time. */
export function* meshInParts(
  engine: Engine,
  crystal: Phonons,
  counts: readonly [number, number, number],
  progress?: (done: number, total: number) => void,
): Generator<string, MeshFrequencies> {
  const [a, b, c] = counts;
  const points = a * b * c;
  if (!counts.every((n) => Number.isInteger(n) && n >= 1) || !(points * crystal.sites <= 1e8)) {
    throw new InputError(`a mesh of ${counts.join(' × ')}; expected whole numbers from 1, and fewer than 1e8 points`);
  }
  const basis = reciprocal(crystal.primitive);
  const branches = 3 * crystal.sites;
  const values = new Float64Array(points * branches);
  for (let p = 0; p < points; p++) {
    if (p % PART === 0) yield `${p} of ${points} wave vectors`;
    const n = [Math.floor(p / (b * c)), Math.floor(p / c) % b, p % c];
    const opposite = n.map((k, axis) => counts[axis] - 1 - k);
    const mirror = (opposite[0] * b + opposite[1]) * c + opposite[2];
    if (mirror < p) {
      values.copyWithin(p * branches, mirror * branches, (mirror + 1) * branches);
      continue;
    }
    // the points around Γ: shorter phases, the same frequencies
    const s = n.map((k, axis) => (2 * k >= counts[axis] ? k + 0.5 - counts[axis] : k + 0.5) / counts[axis]);
    values.set(frequencies(engine, crystal, transformRows(s, basis)), p * branches);
    if (p % 256 === 0) progress?.(p, points);
  }
  return { counts, values, points, branches };
}

export interface DensityOfStates {
  /** THz, equally spaced. */
  frequency: Float64Array;
  /** States per THz and primitive cell; its integral is 3 per atom. */
  density: Float64Array;
  /** THz, standard deviation of the Gaussians. */
  width: number;
}

/** Gaussians reach so many widths. */
const REACH = 5;

/** Sum of a Gaussian for each frequency; `width` THz, default a hundredth of the range, more on meshes below 40. */
export function densityOfStates(
  { counts, values, points }: MeshFrequencies,
  options: { width?: number; samples?: number } = {},
): DensityOfStates {
  const { samples = 401 } = options;
  let [low, high] = [0, 0];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const width = options.width ?? Math.max((high - low) * Math.max(0.01, 0.4 / Math.min(...counts)), 1e-6);
  if (!(width > 0 && width < Number.POSITIVE_INFINITY))
    throw new InputError(`a width of ${width} THz; expected one above 0`);
  const [from, to] = [low - REACH * width, high + REACH * width];
  const step = (to - from) / (samples - 1);
  const frequency = Float64Array.from({ length: samples }, (_, k) => from + k * step);
  const density = new Float64Array(samples);
  const height = 1 / (Math.sqrt(2 * Math.PI) * width * points);
  for (const value of values) {
    const first = Math.max(0, Math.ceil((value - REACH * width - from) / step));
    const last = Math.min(samples - 1, Math.floor((value + REACH * width - from) / step));
    for (let k = first; k <= last; k++) density[k] += height * exp(-(((frequency[k] - value) / width) ** 2) / 2);
  }
  return { frequency, density, width };
}

export interface CrystalThermal extends Thermal {
  /** K. */
  temperature: number;
  /** k_B, at constant volume. */
  heatCapacity: number;
}

/** THz: slower ones are translations, of a crystal that glides freely. */
const STILL = 1e-4;

/**
 * Energy, free energy (eV), entropy and heat capacity (k_B) of a primitive cell, quantum harmonic, zero-point energy
 * included. Imaginary modes are left out: count them first.
 */
export function crystalThermal({ values, points }: MeshFrequencies, temperatures: ArrayLike<number>): CrystalThermal[] {
  const quanta = values.filter((value) => value > STILL).map((value) => planck * value);
  return Array.from(temperatures, (temperature) => {
    const { energy, entropy, free } = quantumThermal(quanta, temperature);
    return {
      temperature,
      energy: energy / points,
      entropy: entropy / points,
      free: free / points,
      heatCapacity: heatCapacity(quanta, temperature) / points,
    };
  });
}

/** Σ y² e^y/(e^y − 1)², y = hν/kT. */
function heatCapacity(quanta: Float64Array, temperature: number): number {
  let sum = 0;
  for (const quantum of quanta) {
    const y = quantum / (boltzmann * temperature);
    if (!(y < 690)) continue;
    const rest = exp(-y);
    sum += y < 1e-4 ? 1 - (y * y) / 12 : (y * y * rest) / (1 - rest) ** 2;
  }
  return sum;
}

/** Modes that are imaginary by more than rounding, of all points. */
export const imaginaryModes = ({ values }: MeshFrequencies): number =>
  values.reduce((count, value) => count + (value < -STILL ? 1 : 0), 0);

/** The highest frequency of a mesh and of bands, THz: often at a special point, which lies between those of the mesh. */
export const highest = (parts: readonly Float64Array[]): number =>
  parts.reduce((most, values) => values.reduce((a, b) => Math.max(a, b), most), 0);
