/** One evaluation of a potential on some atoms, copied out of the engine. */
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem, type System, type SystemOptions } from '../engine/system.ts';

export interface Evaluation {
  energy: number;
  energies: Float64Array;
  forces: Float64Array;
  virial: Float64Array;
}

/** Runs `use` on a system and gives its memory back. */
export function withSystem<T>(
  engine: Engine,
  atoms: Atoms,
  potential: Potential,
  use: (system: System) => T,
  options?: SystemOptions,
): T {
  const mark = engine.mark();
  try {
    return use(createSystem(engine, atoms, potential, options));
  } finally {
    engine.release(mark);
  }
}

export function evaluate(engine: Engine, atoms: Atoms, potential: Potential, options?: SystemOptions): Evaluation {
  return withSystem(
    engine,
    atoms,
    potential,
    (system) => ({
      energy: system.evaluate(),
      energies: system.energies.slice(),
      forces: system.f.slice(),
      virial: system.virial.slice(),
    }),
    options,
  );
}

export const largest = (values: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
};

/** Largest absolute difference of two arrays; Infinity where lengths differ or one is not a number. */
export function distanceOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i] - b[i]);
    if (!(d <= most)) most = Number.isNaN(d) ? Number.POSITIVE_INFINITY : d;
  }
  return most;
}

/** Sum of forces, and of torques about the origin. */
export function resultants(x: ArrayLike<number>, f: ArrayLike<number>): { force: number[]; torque: number[] } {
  const force = [0, 0, 0];
  const torque = [0, 0, 0];
  for (let i = 0; i < f.length; i += 3) {
    for (let c = 0; c < 3; c++) {
      const [a, b] = [(c + 1) % 3, (c + 2) % 3];
      force[c] += f[i + c];
      torque[c] += x[i + a] * f[i + b] - x[i + b] * f[i + a];
    }
  }
  return { force, torque };
}
