/** Crystals at temperature on the real engine, and what a run on from there conserves. */
import { type Drift, drift } from '../analysis/drift.ts';
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem, type System } from '../engine/system.ts';
import { langevinInit, langevinStep } from '../methods/langevin.ts';
import { maxwellBoltzmann, removeMomentum } from '../methods/temperature.ts';
import { type VerletState, verletInit, verletInvariant, verletStep } from '../methods/verlet.ts';
import { massesOf } from '../tasks/masses.ts';

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
  /** Total energy: RMS about its straight line, eV per atom, and slope, eV per atom and ns. */
  energy: Drift;
  /**
   * The same of the energy that velocity Verlet conserves to fourth order: the first shows drift only beyond the
   * scatter of its own second-order ripple.
   */
  shadow: Drift;
  state: VerletState;
}

/** `time` ps of NVE from the warm start. */
export function conservation(start: Warm, timestep: number, time: number): Conservation {
  const { system } = start;
  const n = start.masses.length;
  const state = startNve(start);
  const [times, energies, shadows]: number[][] = [[], [], []];
  const steps = Math.round(time / timestep);
  let before = system.f.slice();
  while (state.step < steps) {
    const now = system.f.slice();
    const velocities = state.velocities.slice();
    const energy = verletInvariant(system, state);
    verletStep(system, state, { timestep });
    const ripple = shadowTerm({ before, now, after: system.f, velocities, mobility: state.mobility, timestep });
    before = now;
    if (state.step === 1) continue;
    times.push(((state.step - 1) * timestep) / 1000);
    energies.push(energy / n);
    shadows.push((energy + ripple) / n);
  }
  return { energy: drift(times, energies), shadow: drift(times, shadows), state };
}

/**
 * dt² (v·V''·v / 12 − F·F/24m), eV: the leading difference of the conserved energy of velocity Verlet and H (Hairer,
 * Lubich, Wanner 2003, 10.1017/S0962492902000144), with V''·v = −dF/dt from the forces one step before and after.
 */
function shadowTerm(at: {
  before: Float64Array;
  now: Float64Array;
  after: Float64Array;
  velocities: Float64Array;
  mobility: Float64Array;
  timestep: number;
}): number {
  const { before, now, after, velocities, mobility, timestep } = at;
  let sum = 0;
  for (let i = 0; i < now.length; i++) {
    sum -= (velocities[i] * (after[i] - before[i])) / (24 * timestep) + (mobility[i] * now[i] * now[i]) / 24;
  }
  return sum * timestep * timestep;
}

/** Length of the total momentum, amu Å/ps. */
export function momentum({ masses, velocities }: VerletState): number {
  const p = [0, 1, 2].map((c) => masses.reduce((sum, m, i) => sum + m * velocities[3 * i + c], 0));
  return Math.sqrt(p[0] ** 2 + p[1] ** 2 + p[2] ** 2);
}
