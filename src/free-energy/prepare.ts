/**
 * From a structure at a minimum to what is sampled: Hessian, walls, harmonic free energy, and the reference asked for.
 * A structure that is no minimum is refused, or relaxed on request.
 */
import { denseHessian, type Hessian, hessianInParts } from '../analysis/hessian.ts';
import { denseBytes } from '../analysis/modes.ts';
import { settling } from '../analysis/settle.ts';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { atOnce, inHundredths } from '../data/in-parts.ts';
import type { Potential } from '../data/potential.ts';
import { boltzmann } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { requireExact } from '../engine/exact.ts';
import { createSystem, type System } from '../engine/system.ts';
import { massesOf } from '../tasks/masses.ts';
import { einsteinReference } from './einstein.ts';
import { type HarmonicInput, harmonicInParts } from './harmonic.ts';
import { type KnownFreeEnergy, potentialReference } from './potential-reference.ts';
import type { Reference } from './reference.ts';
import { systemTarget, type Target } from './target.ts';
import { type Walls, wallsOf } from './walls.ts';

export type ReferenceChoice =
  | { kind: 'harmonic' }
  /** k: eV/Å², one for all atoms; default: of each element, from the mean square displacements of the harmonic crystal. */
  | { kind: 'einstein'; k?: number }
  | { kind: 'potential'; potential: Potential; known?: KnownFreeEnergy };

export interface PrepareOptions {
  reference: ReferenceChoice;
  /** Relax the atoms in their cell first. */
  relax?: boolean;
  /** K: the neighbour list then reaches so far that vibrations of this temperature hardly ever need a new one. */
  temperature?: number;
  /** Å, the list's extra reach; default: from the temperature. */
  skin?: number;
  /** Å, of the Hessian's differences; default 1e-3. */
  step?: number;
  /** Keep atoms in the Wigner–Seitz cells of their sites; default true. */
  walls?: boolean;
}

export interface Prepared {
  system: System;
  target: Target;
  reference: Reference;
  /** Target and reference again, in memory of their own: for another replica beside the first. */
  another(): { target: Target; reference: Reference };
  /** Whose free energy is the harmonic part of every result. */
  harmonic: Reference;
  /** eV, at the minimum. */
  energy: number;
  /** eV/Å, what is left of the forces there. */
  fmax: number;
  /** (n) amu. */
  masses: Float64Array;
  /** Force evaluations that this took. */
  evaluations: number;
}

/** Dense matrices in kernel memory at a time, and the bytes that they may take. */
const MATRICES = 5;
const MOST = 3.5 * 2 ** 30;

/** Throws InputError for a start that is no minimum, PhysicsError for a saddle, naming its mode. */
export const prepare = (engine: Engine, atoms: Atoms, potential: Potential, options: PrepareOptions): Prepared =>
  atOnce(preparing(engine, atoms, potential, options));

/** prepare() in parts that say what they do; between them engine memory stays taken. */
export function* preparing(
  engine: Engine,
  atoms: Atoms,
  potential: Potential,
  options: PrepareOptions,
): Generator<string, Prepared> {
  requireExact(engine, 'a free energy');
  const needed = denseBytes(3 * atoms.numbers.length, MATRICES);
  if (needed > MOST) {
    throw new InputError(
      `the modes of ${atoms.numbers.length} atoms need ${(needed / 2 ** 30).toFixed(1)} GiB of kernel memory, of 4: use a smaller cell`,
    );
  }
  const first = createSystem(engine, atoms, potential);
  const masses = massesOf(atoms, potential).values;
  const rest = yield* settling(first, options.relax ?? false);
  const energy = first.evaluate();
  const minimum: Atoms = { ...atoms, positions: first.x.slice() };
  const found = yield* curvature(first, options.step);
  yield 'modes 0 %';
  const mark = engine.mark();
  const dense = denseHessian({ ...found, free: Int32Array.from({ length: first.x.length }, (_, k) => k) });
  engine.release(mark);
  const input: HarmonicInput = {
    x0: minimum.positions,
    energy,
    hessian: dense,
    masses: Float64Array.from({ length: 3 * masses.length }, (_, k) => masses[(k - (k % 3)) / 3]),
    fixed: atoms.fixed,
    invariant: found.invariant,
  };
  if (found.invariant && !atoms.pbc.some((periodic) => periodic)) {
    throw new InputError('a cluster may turn freely, which no harmonic reference knows; use a periodic cell');
  }
  const harmonic = yield* inHundredths('modes', harmonicInParts(engine, input));
  const skin = options.skin ?? skinAt(harmonic, masses.length, options.temperature ?? 0);
  const system = createSystem(engine, minimum, potential, { skin });
  const walls: Walls | undefined = options.walls === false ? undefined : wallsOf(minimum);
  const at = { harmonic, minimum, masses, energy, invariant: found.invariant };
  const make = (own: System) => {
    // the list is made at the sites, so that displacements count from there
    own.evaluate();
    return {
      target: { ...systemTarget(own, masses, walls), invariant: found.invariant },
      reference: choose(engine, { ...options, skin }, at),
    };
  };
  return {
    system,
    ...make(system),
    another: () => make(createSystem(engine, minimum, potential, { skin })),
    harmonic,
    energy,
    fmax: rest,
    masses,
    evaluations: found.evaluations,
  };
}

function* curvature(system: System, step: number | undefined): Generator<string, Hessian> {
  const parts = hessianInParts(system, undefined, { step });
  for (let k = 0; k < parts.total; k++) {
    yield `${k} of ${parts.total} displacements`;
    parts.advance(k, k + 1);
  }
  return parts.result();
}

/** Displacements, in standard deviations of the softest direction, that the list allows for, and its limits, Å. */
const FAR = 5.5;
const SKIN = [0.5, 1.2];

function skinAt({ variance }: Reference, n: number, temperature: number): number {
  let most = 0;
  for (let i = 0; i < n; i++) for (const axis of AXES) most = Math.max(most, variance?.(i, axis) ?? 0);
  const far = FAR * Math.sqrt(boltzmann * temperature * most);
  return Math.min(SKIN[1], Math.max(SKIN[0], 2 * far));
}

const AXES = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

interface Minimum {
  harmonic: Reference;
  minimum: Atoms;
  masses: Float64Array;
  energy: number;
  invariant: boolean;
}

function choose(engine: Engine, { reference, skin }: PrepareOptions, at: Minimum): Reference {
  const { harmonic, minimum, masses, energy } = at;
  if (reference.kind === 'harmonic') return harmonic;
  if (reference.kind === 'einstein') {
    if (!at.invariant) throw new InputError('the Einstein reference needs all atoms free; use the harmonic one');
    const stiffness = reference.k === undefined ? fittedStiffness(harmonic, minimum.numbers) : undefined;
    return einsteinReference({
      x0: minimum.positions,
      energy,
      masses,
      stiffness: stiffness ?? new Float64Array(masses.length).fill(reference.k ?? 0),
    });
  }
  const system = createSystem(engine, minimum, reference.potential, { skin });
  return potentialReference(system, minimum.positions, harmonic.modes, reference.known);
}

/** (n) eV/Å²: of each element the k whose mean square displacement is that of the harmonic crystal. */
export function fittedStiffness({ variance }: Reference, numbers: Uint8Array): Float64Array {
  const sums = new Map<number, { count: number; square: number }>();
  numbers.forEach((z, i) => {
    const sum = sums.get(z) ?? { count: 0, square: 0 };
    sum.count += 3;
    for (const axis of AXES) sum.square += variance?.(i, axis) ?? 0;
    sums.set(z, sum);
  });
  return Float64Array.from(numbers, (z) => {
    const { count, square } = sums.get(z) ?? { count: 0, square: 0 };
    return count / square;
  });
}
