/** Dynamics on the real engine: what is conserved, to which order, and which ensembles come out. */
import { beforeEach, describe, expect, it } from 'vitest';
import { boltzmann, gpaPerPressure } from '../src/data/units.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { createSystem } from '../src/engine/system.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { dynamicsInit, dynamicsStep, type Ensemble } from '../src/methods/dynamics.ts';
import { kinetic } from '../src/methods/motion.ts';
import { pressureOf } from '../src/methods/npt.ts';
import { maxwellBoltzmann } from '../src/methods/temperature.ts';
import { verletStep } from '../src/methods/verlet.ts';
import { massesOf } from '../src/tasks/masses.ts';
import { conservation, momentum, startNve, type Warm, warm } from '../src/verify/conservation.ts';
import { kolmogorovSmirnov } from '../src/verify/distribution.ts';
import { bcc } from './support/crystals.ts';
import { long, needsLong } from './support/long.ts';
import { blockError, gammaP, mean } from './support/statistics.ts';

const lattices = { 'Fe-Ackland-2004': 2.8553, 'Fe-FS-1984': 2.8665, 'W-Wood-2017': 3.1805 };
type Name = keyof typeof lattices;

let engine: Engine;
beforeEach(async () => {
  engine = await createEngine();
});

const crystal = (name: Name, cells: number) => {
  const potential = loadEmbedded(name);
  return { potential, atoms: bcc(potential, lattices[name], cells) };
};

/** 300 K. */
function start(name: Name, cells: number): Warm {
  const { potential, atoms } = crystal(name, cells);
  return warm(engine, atoms, potential, 300);
}

describe('NVE at 300 K, 54 atoms', () => {
  // Spline tables have jumps in their second derivatives, which let the energy walk (in LAMMPS as much: 200 ps at 4 fs
  // of Fe-Ackland-2004 end with slopes of up to 3e-4 eV/atom/ns in both); smoother potentials hardly drift.
  it.each([
    { name: 'Fe-Ackland-2004', time: 10, rms: 2e-7, slope: 3e-5 },
    { name: 'Fe-FS-1984', time: 10, rms: 1e-8, slope: 1e-6 },
    { name: 'W-Wood-2017', time: 1, rms: 2e-9, slope: 2e-6 },
  ] as const)('$name, $time ps at 1 fs: scatter, drift, momentum', ({ name, time, rms, slope }) => {
    const { energy, shadow, state } = conservation(start(name, 3), 0.001, time);
    expect(energy.rms).toBeLessThan(2e-6);
    expect(shadow.rms).toBeLessThan(rms);
    expect(Math.abs(shadow.slope), `${shadow.slope} eV/atom/ns`).toBeLessThan(slope);
    // velocities of 3 Å/ps are rounded by 1e-16 each in 2e4 kicks of 54 atoms: a walk of 1e-11 amu Å/ps
    expect(momentum(state)).toBeLessThan(1e-10);
  });

  it.skipIf(!long)(
    `W-Wood-2017, 30 ps: RMS <= 2e-6 eV/atom, slope <= 1e-5 eV/atom/ns ${needsLong}`,
    () => {
      const { energy, shadow, state } = conservation(start('W-Wood-2017', 3), 0.001, 30);
      console.log(`W-Wood-2017, 54 atoms, 30 ps at 1 fs, eV/atom and ns: ${JSON.stringify({ energy, shadow })}`);
      expect(energy.rms).toBeLessThan(2e-6);
      expect(Math.abs(energy.slope)).toBeLessThan(1e-5);
      expect(Math.abs(shadow.slope)).toBeLessThan(1e-6);
      expect(momentum(state)).toBeLessThan(1e-9);
    },
    1_800_000,
  );

  it.each([
    ['Fe-Ackland-2004', 4],
    ['W-Wood-2017', 0.5],
  ] as [Name, number][])('%s: the error of the energy falls as dt² (1, 2, 4 fs)', (name, time) => {
    const begin = start(name, 3);
    const [one, two, four] = [0.001, 0.002, 0.004].map((timestep) => conservation(begin, timestep, time).energy.rms);
    for (const ratio of [two / one, four / two]) {
      expect(ratio / 4, `${one} ${two} ${four}`).toBeGreaterThan(0.75);
      expect(ratio / 4, `${one} ${two} ${four}`).toBeLessThan(1.25);
    }
  });
});

describe('NVE turned round', () => {
  it.each([
    ['Fe-Ackland-2004', 3],
    ['W-Wood-2017', 2],
  ] as [Name, number][])('%s: 1000 steps forth and 1000 back end where they began', (name, cells) => {
    const begin = start(name, cells);
    const { system, x } = begin;
    const state = startNve(begin);
    const farthest = () => system.x.reduce((most, value, i) => Math.max(most, Math.abs(value - x[i])), 0);
    const run = () => {
      for (let i = 0; i < 1000; i++) verletStep(system, state, { timestep: 0.001 });
    };
    run();
    expect(farthest()).toBeGreaterThan(0.1);
    for (let i = 0; i < x.length; i++) state.velocities[i] *= -1;
    run();
    expect(farthest()).toBeLessThan(1e-10);
  });
});

/** Samples of kinetic energy (in kT) and of pressure (GPa) of 16 Fe atoms, 2 fs. */
function sample(ensemble: Ensemble, coupling: 'iso' | 'aniso', temperature: number, pressure: number) {
  const { potential, atoms } = crystal('Fe-Ackland-2004', 2);
  const system = createSystem(engine, atoms, potential);
  const masses = massesOf(atoms, potential).values;
  const velocities = maxwellBoltzmann(masses, 2 * temperature, 1n);
  const state = dynamicsInit(ensemble, system, { masses, velocities, coupling });
  const options = {
    timestep: 0.002,
    temperature,
    friction: 10,
    seed: 1n,
    pressure: pressure / gpaPerPressure,
    relaxation: 0.05,
    cellRelaxation: 0.3,
  };
  const kinetics: number[] = [];
  const pressures: number[] = [];
  for (let i = 0; i < 40000; i++) {
    dynamicsStep(system, state, options);
    if (i < 2000) continue;
    pressures.push(pressureOf(system, state) * gpaPerPressure);
    if (i % 200 === 0) kinetics.push(kinetic(state) / (boltzmann * temperature));
  }
  return { kinetics, pressures, dof: state.dof };
}

describe('ensembles of Fe at 600 K', () => {
  it.each(['langevin', 'nhc'] as const)('%s: kinetic energy has the Gamma(dof/2) distribution', (ensemble) => {
    const { kinetics, dof } = sample(ensemble, 'iso', 600, 0);
    expect(dof).toBe(ensemble === 'langevin' ? 48 : 45);
    expect(kolmogorovSmirnov(kinetics, (k) => gammaP(dof / 2, k))).toBeGreaterThan(0.01);
  });

  it.each(['iso', 'aniso'] as const)('npt %s: the same, and the mean pressure is the target', (coupling) => {
    const { kinetics, pressures, dof } = sample('npt', coupling, 600, 1);
    expect(kolmogorovSmirnov(kinetics, (k) => gammaP(dof / 2, k))).toBeGreaterThan(0.01);
    const error = blockError(pressures);
    expect(error).toBeLessThan(0.02);
    expect(Math.abs(mean(pressures) - 1), `${mean(pressures)} ± ${error} GPa`).toBeLessThan(4 * error);
  });
});
