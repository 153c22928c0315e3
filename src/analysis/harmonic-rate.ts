/**
 * Rates of harmonic transition-state theory (Vineyard 1957, 10.1016/0022-3697(57)90059-8): one quadratic form at the
 * minimum and one at the saddle, whose unstable mode is the way over.
 *
 *   k(T) = ν* exp(−ΔE/k_B T)          ν* = Π ν_i(minimum) / Π' ν_i(saddle), one factor less below
 */
import type { Atoms } from '../data/atoms.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { exp, log } from '../data/math.ts';
import type { Potential } from '../data/potential.ts';
import { boltzmann, forceToAcceleration } from '../data/units.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem, type System } from '../engine/system.ts';
import { dimer } from '../methods/dimer.ts';
import { fmax } from '../methods/fmax.ts';
import { hold } from '../methods/hold.ts';
import { minimize } from '../methods/minimize.ts';
import { massesOf } from '../tasks/masses.ts';
import { freeDirections } from '../tasks/neb-input.ts';
import { type HessianOptions, hessian } from './hessian.ts';
import { squaredFrequencies } from './modes.ts';

/** Attempts per ps, THz, from the ω² (ascending, eV/(Å² amu)) of both. Throws PhysicsError for the wrong number of negative ones. */
export function vineyardPrefactor(minimum: ArrayLike<number>, saddle: ArrayLike<number>): number {
  const below = (squares: ArrayLike<number>) => Array.from(squares).filter((square) => !(square > 0)).length;
  if (below(minimum) !== 0) {
    throw new PhysicsError(`the minimum has ${below(minimum)} modes that are not stable: it is no minimum`);
  }
  if (below(saddle) !== 1) {
    throw new PhysicsError(
      `the saddle has ${below(saddle)} modes that are not stable, and one was expected: ${below(saddle) === 0 ? 'it is a minimum' : 'it is no saddle between two minima'}`,
    );
  }
  if (minimum.length !== saddle.length) {
    throw new InputError(
      `${minimum.length} modes at the minimum and ${saddle.length} at the saddle: not the same atoms`,
    );
  }
  let sum = 0;
  // by pairs, so that the sum stays small
  for (let k = 0; k < minimum.length; k++) sum += log(minimum[k]) - (k === 0 ? 0 : log(saddle[k]));
  return (exp(sum / 2) * Math.sqrt(forceToAcceleration)) / (2 * Math.PI);
}

/** 1/ps at T, K, for a barrier in eV and a prefactor in THz. */
export function harmonicRate(prefactor: number, barrier: number, temperature: number): number {
  if (!(temperature > 0 && temperature < Number.POSITIVE_INFINITY)) {
    throw new InputError(`a temperature of ${temperature} K; expected one above 0`);
  }
  return prefactor * exp(-barrier / (boltzmann * temperature));
}

export interface RateInput {
  minimum: Atoms;
  /** The same atoms in the same order. */
  saddle: Atoms;
  potential: Potential;
  /** Relax the minimum and climb to the saddle first; default true. */
  relax?: boolean;
  /** eV/Å that both have to reach, or to have; default 1e-4 relaxed, else 1e-2 is allowed. */
  fmax?: number;
  steps?: number;
  /** Å, of the neighbour list. */
  skin?: number;
  hessian?: HessianOptions;
}

export interface Stationary {
  /** eV. */
  energy: number;
  /** eV/Å. */
  fmax: number;
  /** Å, how far the atom that moved most was relaxed. */
  moved: number;
  /** ω² ascending, eV/(Å² amu), rigid motions left out. */
  squares: Float64Array;
}

export interface Rate {
  /** THz. */
  prefactor: number;
  /** eV. */
  barrier: number;
  minimum: Stationary;
  saddle: Stationary;
}

const UNRELAXED = 1e-2;

/** Throws InputError for structures that do not belong together, PhysicsError where one is not what it should be. */
export function vineyardRate(engine: Engine, input: RateInput): Rate {
  const { minimum, saddle } = input;
  const n = minimum.numbers.length;
  if (saddle.numbers.length !== n || saddle.numbers.some((z, i) => z !== minimum.numbers[i])) {
    throw new InputError('minimum and saddle do not have the same atoms in the same order');
  }
  const low = stationary(engine, minimum, input, (system) =>
    minimize(hold(system, minimum.fixed), 'lbfgs', limits(input)),
  );
  const way = saddle.positions.map((x, k) => x - minimum.positions[k]);
  const high = stationary(engine, saddle, input, (system) => {
    const free = freeDirections(saddle, input.potential);
    return minimize(dimer(hold(system, saddle.fixed), { mode: way, free }), 'lbfgs', limits(input));
  });
  return {
    prefactor: vineyardPrefactor(low.squares, high.squares),
    barrier: high.energy - low.energy,
    minimum: low,
    saddle: high,
  };
}

const limits = ({ fmax: target = 1e-4, steps = 1000 }: RateInput) => ({ fmax: target, steps });

function stationary(
  engine: Engine,
  atoms: Atoms,
  input: RateInput,
  relax: (system: System) => { status: string; reason: string },
): Stationary {
  const mark = engine.mark();
  try {
    const system = createSystem(engine, atoms, input.potential, { skin: input.skin ?? 0.5 });
    const start = system.x.slice();
    if (input.relax !== false) {
      const end = relax(system);
      if (end.status !== 'converged') throw new PhysicsError(`not converged: ${end.reason}`);
    }
    const energy = system.evaluate();
    const held = atoms.fixed;
    const rest = fmax(held ? system.f.map((f, k) => (held[k] ? 0 : f)) : system.f);
    if (rest > Math.max(UNRELAXED, input.fmax ?? 0)) {
      throw new InputError(`not a stationary point: forces up to ${rest.toExponential(2)} eV/Å; let it be relaxed`);
    }
    const found = hessian(system, input.hessian);
    const oscillator = {
      hessian: found,
      atoms: { ...atoms, positions: system.x.slice() },
      masses: massesOf(atoms, input.potential).values,
    };
    const moved = fmax(system.x.map((x, k) => x - start[k]));
    engine.release(mark);
    return { energy, fmax: rest, moved, squares: squaredFrequencies(engine, oscillator) };
  } finally {
    engine.release(mark);
  }
}
