/**
 * Vibrational entropy without a Hessian, in time proportional to the number of atoms: tr ln(ħω) by random ±1 vectors and
 * Lanczos quadrature (Ubaru, Chen, Saad 2017, 10.1137/16M1104974), each product with the Hessian a difference of two
 * forces. Bulk and defect share the vectors on common sites, so that the noise of the crystal far away cancels; sites near
 * the defect, which differ most, are traced exactly by unit vectors.
 */
import type { Atoms } from '../data/atoms.ts';
import { shortestVector } from '../data/displacement.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { log } from '../data/math.ts';
import type { CellObjective } from '../data/objective.ts';
import type { Potential } from '../data/potential.ts';
import { fillUniform } from '../data/rng.ts';
import { boltzmann, forceToAcceleration, hbar } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { requireExact } from '../engine/exact.ts';
import { createSystem } from '../engine/system.ts';
import { hold } from '../methods/hold.ts';
import { massesOf } from '../tasks/masses.ts';
import { nearestFinder } from './bins.ts';
import { type Apply, lanczos } from './lanczos.ts';
import { settle } from './settle.ts';
import { dot, subtract, zeroModes } from './zero-modes.ts';

export interface StochasticOptions {
  /** Random vectors; the error falls with the square root of their number. */
  vectors?: number;
  /** Applications of the Hessian for each vector; more for larger cells, whose softest modes are softer. */
  moments?: number;
  /** Å: the largest displacement of the differences. */
  step?: number;
  seed?: bigint;
  relax?: boolean;
  progress?(done: number, total: number): void;
}

/** Σ ln(ħω/1 eV) of one structure, one estimate for each vector. */
export interface StochasticVibrations {
  atoms: number;
  modes: number;
  /** (vectors) */
  sums: Float64Array;
  /** eV/Å, where the differences were taken. */
  fmax: number;
  evaluations: number;
}

export interface Estimated {
  value: number;
  /** One standard error. */
  error: number;
}

/** Weight of a node that rounding made; unit vectors have 1 in all. */
const NOISE = 1e-11;

export const stochasticDefaults = { vectors: 64, moments: 60, step: 1e-3, seed: 1n };

/** Mean and its standard error. */
export function estimated(values: ArrayLike<number>): Estimated {
  const n = values.length;
  let [mean, square] = [0, 0];
  for (let k = 0; k < n; k++) mean += values[k] / n;
  for (let k = 0; k < n; k++) square += (values[k] - mean) ** 2;
  return { value: mean, error: Math.sqrt(square / (n - 1) / n) };
}

export interface Shared {
  /** (n) the number under which each atom draws its signs; default its own. */
  sites?: ArrayLike<number>;
  /** Numbers of sites whose atoms are traced exactly. */
  exact?: ReadonlySet<number>;
}

/**
 * Throws InputError for a start that is no
 * minimum, PhysicsError for a saddle.
 */
export function stochasticVibrations(
  engine: Engine,
  atoms: Atoms,
  potential: Potential,
  options: StochasticOptions & Shared = {},
): StochasticVibrations {
  const { vectors, moments, step, seed } = { ...stochasticDefaults, ...options };
  requireExact(engine, 'an entropy');
  if (!(vectors >= 2)) throw new InputError(`${vectors} random vectors: at least 2 tell an error`);
  const mark = engine.mark();
  try {
    const system = createSystem(engine, atoms, potential, { skin: 0.1 });
    const objective = hold(system, atoms.fixed);
    const fmax = settle(system, options.relax ?? false);
    const masses = massesOf(atoms, potential).values;
    const at: Atoms = { ...atoms, positions: system.x.slice() };
    const n = atoms.numbers.length;
    const zero = zeroModes({ hessian: { invariant: !atoms.fixed?.some(Boolean), n }, atoms: at, masses });
    const held = atoms.fixed?.reduce((sum, f) => sum + Number(f !== 0), 0) ?? 0;
    const apply = differences(objective, masses, step, zero, atoms.fixed);
    const v = new Float64Array(3 * n);
    const sums = new Float64Array(vectors);
    const sites = options.sites ?? Array.from({ length: n }, (_, i) => i);
    const isExact = (k: number) => options.exact?.has(sites[(k - (k % 3)) / 3]) ?? false;
    const near = Array.from(v.keys()).filter((k) => isExact(k) && !atoms.fixed?.[k]);
    let evaluations = 0;
    /** vᵀ P ln(ħω) P v. */
    const trace = (): number => {
      for (const mode of zero) subtract(v, dot(v, mode), mode);
      const { nodes, weights } = lanczos(engine, apply, v, moments);
      evaluations += 2 * moments;
      let sum = 0;
      nodes.forEach((square, j) => {
        if (weights[j] < NOISE) return;
        if (!(square > 0)) throw saddle(square);
        sum += weights[j] * log(hbar * Math.sqrt(square * forceToAcceleration));
      });
      return sum;
    };
    let certain = 0;
    near.forEach((k, done) => {
      v.fill(0);
      v[k] = 1;
      certain += trace();
      options.progress?.(done + 1, near.length + vectors);
    });
    for (let k = 0; k < vectors; k++) {
      signs(v, sites, seed, k);
      for (let i = 0; i < v.length; i++) if (atoms.fixed?.[i] || isExact(i)) v[i] = 0;
      sums[k] = certain + trace();
      options.progress?.(near.length + k + 1, near.length + vectors);
    }
    return { atoms: n, modes: 3 * n - held - zero.length, sums, fmax, evaluations };
  } finally {
    engine.release(mark);
  }
}

const saddle = (square: number) =>
  new PhysicsError(
    `a direction has ω² = ${square.toExponential(3)} eV/(Å² amu), expected above 0: not a minimum, or the differences of forces are too rough (another --step)`,
  );

/** A = P M^(−1/2) H M^(−1/2) P by central differences of forces. */
function differences(
  objective: CellObjective,
  masses: ArrayLike<number>,
  step: number,
  zero: readonly Float64Array[],
  fixed?: ArrayLike<number>,
): Apply {
  const { x, f } = objective;
  const origin = x.slice();
  const forward = new Float64Array(x.length);
  const inverseRoot = Float64Array.from(x, (_, k) => (fixed?.[k] ? 0 : 1 / Math.sqrt(masses[(k - (k % 3)) / 3])));
  return (v, out) => {
    let largest = 0;
    for (let k = 0; k < v.length; k++) largest = Math.max(largest, Math.abs(v[k] * inverseRoot[k]));
    const h = step / largest;
    for (let k = 0; k < v.length; k++) x[k] = origin[k] + h * v[k] * inverseRoot[k];
    objective.evaluate();
    forward.set(f);
    for (let k = 0; k < v.length; k++) x[k] = origin[k] - h * v[k] * inverseRoot[k];
    objective.evaluate();
    for (let k = 0; k < v.length; k++) out[k] = ((f[k] - forward[k]) * inverseRoot[k]) / (2 * h);
    x.set(origin);
    for (const mode of zero) subtract(out, dot(out, mode), mode);
  };
}

/** Fills v with ±1, a function of (seed, vector, site, axis). */
function signs(v: Float64Array, sites: ArrayLike<number>, seed: bigint, vector: number): void {
  let most = 0;
  for (let i = 0; i < sites.length; i++) most = Math.max(most, sites[i]);
  const draws = new Float64Array(3 * (most + 1));
  fillUniform(draws, seed, 'signs', vector);
  for (let k = 0; k < v.length; k++) v[k] = draws[3 * sites[(k - (k % 3)) / 3] + (k % 3)] < 0.5 ? -1 : 1;
}

/**
 * (n) for each atom of the defect the site of the bulk that it is nearest to, each given once, others new numbers; and the
 * sites within `radius` (Å) of empty ones and of atoms without one.
 */
export function sharedSites(defect: Atoms, bulk: Atoms, radius: number): Required<Shared> {
  const find = nearestFinder(bulk, 2.5);
  const n = defect.numbers.length;
  const found = Array.from({ length: n }, (_, i) => ({ i, ...find(defect.positions.subarray(3 * i, 3 * i + 3)) }));
  const sites = new Int32Array(n).fill(-1);
  const taken = new Set<number>();
  for (const { i, atom } of found.sort((a, b) => a.distance - b.distance || a.i - b.i)) {
    if (taken.has(atom)) continue;
    taken.add(atom);
    sites[i] = atom;
  }
  let next = bulk.numbers.length;
  const centers: Float64Array[] = [];
  for (let i = 0; i < n; i++) {
    if (sites[i] >= 0) continue;
    sites[i] = next++;
    centers.push(defect.positions.subarray(3 * i, 3 * i + 3));
  }
  for (let j = 0; j < bulk.numbers.length; j++) {
    if (!taken.has(j)) centers.push(bulk.positions.subarray(3 * j, 3 * j + 3));
  }
  const exact = new Set<number>();
  for (let site = bulk.numbers.length; site < next; site++) exact.add(site);
  const shortest = shortestVector(bulk.cell, bulk.pbc);
  for (let j = 0; j < bulk.numbers.length; j++) {
    for (const center of centers) {
      const d = [0, 1, 2].map((c) => bulk.positions[3 * j + c] - center[c]);
      shortest(d);
      if (d[0] * d[0] + d[1] * d[1] + d[2] * d[2] <= radius * radius) exact.add(j);
    }
  }
  return { sites, exact };
}

/** Both conventions of src/analysis/entropy.ts, k_B; vectors shared, so errors are those of the differences. */
export function stochasticFormation(defect: StochasticVibrations, bulk: StochasticVibrations) {
  const of = (ratio: number) => estimated(defect.sums.map((sum, k) => ratio * bulk.sums[k] - sum));
  return { asPublished: of(defect.atoms / bulk.atoms), modeMatched: of(defect.modes / bulk.modes) };
}

/** k_B, classical at temperature T (K): M [ln(k_B T/1 eV) + 1] − Σ ln(ħω/1 eV). */
export function stochasticClassical({ sums, modes }: StochasticVibrations, temperature: number): Estimated {
  const { value, error } = estimated(sums);
  return { value: modes * (log(boltzmann * temperature) + 1) - value, error };
}
