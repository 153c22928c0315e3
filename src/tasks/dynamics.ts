/**
 * A molecular-dynamics run as data: options with linear ramps, the state of its integrator, what is observed at a step,
 * and a checkpoint from which it continues with the same bits.
 */
import { determinant } from '../data/cell.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { barPerPressure } from '../data/units.ts';
import type { ListState } from '../engine/list.ts';
import type { System } from '../engine/system.ts';
import {
  type DynamicsOptions,
  type DynamicsState,
  dynamicsInit,
  dynamicsInvariant,
  dynamicsStep,
  type Ensemble,
  retarget,
} from '../methods/dynamics.ts';
import { kinetic, temperature } from '../methods/motion.ts';
import { pressureOf } from '../methods/npt.ts';
import { maxwellBoltzmann } from '../methods/temperature.ts';

export interface MdOptions {
  ensemble: Ensemble;
  steps: number;
  /** ps. */
  timestep: number;
  /** K at the first and the last step; thermostats follow the line between. NVE uses the first for its velocities. */
  temperature: [number, number];
  /** eV/Å^3 at the first and the last step. */
  pressure: [number, number];
  /** 1/ps, Langevin. */
  friction: number;
  /** ps, Nosé–Hoover and NPT thermostats. */
  relaxation: number;
  /** ps, barostat. */
  cellRelaxation: number;
  coupling: 'iso' | 'aniso';
  seed: bigint;
}

/** Everything that the next step depends on, beside the options. */
export interface MdCheckpoint {
  dynamics: DynamicsState;
  /** (n,3) Å. */
  x: Float64Array;
  /** (3,3) Å. */
  cell: Float64Array;
  list: ListState;
}

/** Columns of log.thermo, in LAMMPS's metal units: ps, K, eV, bar, Å^3. */
export const thermoColumns = [
  'Step',
  'Time',
  'Temp',
  'PotEng',
  'KinEng',
  'TotEng',
  'Econserve',
  'Press',
  'Volume',
  'Lx',
  'Ly',
  'Lz',
] as const;

/**
 * Begins a run; velocities are the structure's, else drawn from the seed at the first temperature. Throws InputError for
 * constant pressure where a direction is open: the volume would be that of the vacuum.
 */
export function startMd(system: System, masses: Float64Array, options: MdOptions): DynamicsState {
  if (options.ensemble === 'npt' && system.atoms.pbc.includes(false))
    throw new InputError('npt needs a structure that is periodic in all three directions');
  const { velocities, fixed } = system.atoms;
  const start = velocities ?? maxwellBoltzmann(masses, options.temperature[0], options.seed, { fixed });
  return dynamicsInit(options.ensemble, system, { masses, velocities: start, fixed, coupling: options.coupling });
}

/** The integrator's options at a step: targets lie on the line from the first to the last. */
export function optionsAt(options: MdOptions, step: number): DynamicsOptions {
  const t = options.steps > 0 ? Math.min(1, step / options.steps) : 0;
  const at = ([start, end]: [number, number]) => (start === end ? start : start + (end - start) * t);
  return { ...options, temperature: at(options.temperature), pressure: at(options.pressure) };
}

/** K. No solid or liquid is hotter: what is has exploded, though its numbers are finite. */
const HOTTEST = 1e7;

/** One step. Throws PhysicsError with the step when an atom is lost, the energy is not finite or the run explodes. */
export function stepMd(system: System, state: DynamicsState, options: MdOptions): void {
  try {
    const next = optionsAt(options, state.step + 1);
    retarget(system, state, optionsAt(options, state.step), next);
    dynamicsStep(system, state, next);
  } catch (error) {
    if (error instanceof PhysicsError) throw new PhysicsError(`step ${state.step + 1}: ${error.message}`);
    throw error;
  }
  const now = temperature(state);
  if (!(now <= HOTTEST)) {
    const causes = 'atoms came too close, or the time step is too long';
    throw new PhysicsError(`step ${state.step}: the temperature is ${now.toExponential(1)} K: ${causes}`);
  }
}

/** One row of log.thermo. */
export function observeMd(system: System, state: DynamicsState, options: MdOptions): number[] {
  const { cell } = system;
  const kineticEnergy = kinetic(state);
  const length = (k: number) => Math.sqrt(cell[3 * k] ** 2 + cell[3 * k + 1] ** 2 + cell[3 * k + 2] ** 2);
  const volume = Math.abs(determinant(cell));
  return [
    state.step,
    state.step * options.timestep,
    temperature(state),
    state.energy,
    kineticEnergy,
    state.energy + kineticEnergy,
    dynamicsInvariant(system, state, optionsAt(options, state.step)),
    volume > 0 ? pressureOf(system, state) * barPerPressure : 0,
    volume,
    length(0),
    length(1),
    length(2),
  ];
}

/** A copy of all that the run needs to go on. Taking it does not touch the run. */
export function saveMd(system: System, state: DynamicsState): MdCheckpoint {
  return { dynamics: structuredClone(state), x: system.x.slice(), cell: system.cell.slice(), list: system.listState() };
}

/** Puts the system where the checkpoint was taken; the next step has the bits of the run that was never stopped. */
export function restoreMd(system: System, checkpoint: MdCheckpoint): DynamicsState {
  if (checkpoint.x.length !== system.x.length) {
    throw new InputError(`the checkpoint has ${checkpoint.x.length / 3} atoms, the structure ${system.x.length / 3}`);
  }
  system.x.set(checkpoint.x);
  system.setCell(checkpoint.cell);
  system.restoreList(checkpoint.list);
  system.evaluate();
  return structuredClone(checkpoint.dynamics);
}
