/** Crystals at temperature on the real engine, and what a run on from there conserves. */
import { drift } from '../../src/analysis/drift.ts';
import type { Atoms } from '../../src/data/atoms.ts';
import type { Potential } from '../../src/data/potential.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createSystem, type System } from '../../src/engine/system.ts';
import { langevinInit, langevinStep } from '../../src/methods/langevin.ts';
import { maxwellBoltzmann, removeMomentum } from '../../src/methods/temperature.ts';
import { type VerletState, verletInit, verletInvariant, verletStep } from '../../src/methods/verlet.ts';
import { massesOf } from '../../src/tasks/masses.ts';

/** A structure with its velocities, equilibrated, and the system it sits in. */
export interface Warm {
  system: System;
  masses: Float64Array;
  x: Float64Array;
  /** Total momentum zero. */
  velocities: Float64Array;
}

/**
 * A perfect crystal after 0.8 ps of Langevin dynamics (5 /ps, 2 fs) from velocities at twice the temperature, half of
 * which the springs take at once.
 */
export function warm(engine: Engine, atoms: Atoms, potential: Potential, temperature: number, seed = 1n): Warm {
  const system = createSystem(engine, atoms, potential);
  const masses = massesOf(atoms, potential).values;
  const start = maxwellBoltzmann(masses, 2 * temperature, seed);
  const state = langevinInit(system, { masses, velocities: start });
  for (let i = 0; i < 400; i++) langevinStep(system, state, { timestep: 0.002, temperature, friction: 5, seed });
  removeMomentum(masses, state.velocities);
  return { system, masses, x: system.x.slice(), velocities: state.velocities };
}

/** NVE from the warm start. */
export function startNve({ system, masses, x, velocities }: Warm): VerletState {
  system.x.set(x);
  return verletInit(system, { masses, velocities });
}

export interface Conservation {
  /** eV per atom, about the straight line. */
  rms: number;
  /** eV per atom and ns. */
  slope: number;
  state: VerletState;
}

/** Total energy of `time` ps of NVE from the warm start. */
export function conservation(start: Warm, timestep: number, time: number): Conservation {
  const n = start.masses.length;
  const state = startNve(start);
  const [times, energies]: [number[], number[]] = [[], []];
  const steps = Math.round(time / timestep);
  while (state.step < steps) {
    verletStep(start.system, state, { timestep });
    times.push((state.step * timestep) / 1000);
    energies.push(verletInvariant(start.system, state) / n);
  }
  const { rms, slope } = drift(times, energies);
  return { rms, slope, state };
}

/** Length of the total momentum, amu Å/ps. */
export function momentum({ masses, velocities }: VerletState): number {
  const p = [0, 1, 2].map((c) => masses.reduce((sum, m, i) => sum + m * velocities[3 * i + c], 0));
  return Math.sqrt(p[0] ** 2 + p[1] ** 2 + p[2] ** 2);
}
