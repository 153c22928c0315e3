/**
 * Constant pressure and temperature: the barostat of Martyna, Tobias, Klein (1994, 10.1063/1.467468) with Nosé–Hoover
 * chains on particles and cell, integrated after Martyna, Tuckerman, Tobias, Klein (1996, 10.1080/00268979600100761).
 * Time-reversible. Three rates ν stretch the cell along x, y, z: one rate for all ('iso') or one each ('aniso').
 *
 *   dx/dt = v + ν x                      x and the rows of the cell stretch alike, about the origin
 *   dv/dt = f/m − (ν + Σν/dof) v − ξ v
 *   M dν/dt = Σ m v² + W − P V + 2K/dof   per axis; 'iso' takes the mean over the axes; M = (dof + 3) kT τ² / 3
 *
 * The volume and the two ways to change the shape at constant volume have a chain each. One chain for all three, or one
 * for each axis, holds their sums alone, and what the volume has too much, the shape may lack for 100 ps: in a crystal
 * these motions of the cell are harmonic, and hardly speak to each other.
 *
 * It samples exp(−(H + PV)/kT) dV ('iso'), or dLx dLy dLz ('aniso'): a perfect gas with total momentum zero has
 * ⟨V⟩ = N kT/P. Tilted cells keep their tilt in proportion. Held components ride with the cell.
 */
import { determinant } from '../data/cell.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import { exp } from '../data/math.ts';
import type { CellObjective } from '../data/objective.ts';
import { boltzmann, kineticToEnergy } from '../data/units.ts';
import { type Bath, type Chain, chain, chainEnergy, chainMove } from './chain.ts';
import { kinetic, type Motion, motion, type Particles, requireFinite, requirePositive } from './motion.ts';
import { particleBath, scaleVelocities } from './nose-hoover.ts';

export interface NptOptions {
  /** ps. */
  timestep: number;
  /** K, at this step. */
  temperature: number;
  /** eV/Å^3, at this step. */
  pressure: number;
  /** ps, default 0.1: how fast the thermostat answers. */
  relaxation?: number;
  /** ps, default 1: how fast the cell answers. */
  cellRelaxation?: number;
}

export interface NptState extends Motion {
  kind: 'npt';
  coupling: 'iso' | 'aniso';
  chain: Chain;
  /** (3) 1/ps: ν along x, y, z; all the same for 'iso'. */
  rates: Float64Array;
  /** Of the volume, and for 'aniso' of the two changes of shape. */
  cellChains: Chain[];
  /** eV that changes of the targets have brought in (src/methods/dynamics.ts). */
  work: number;
}

export interface NptInitOptions extends Particles {
  /** Default 'iso'. */
  coupling?: 'iso' | 'aniso';
  /** Default 3. */
  chainLength?: number;
}

/** Throws InputError for a cell without volume or where nothing can move. */
export function nptInit(objective: CellObjective, options: NptInitOptions): NptState {
  const volume = volumeOf(objective);
  if (!(volume > 0)) throw new InputError(`constant pressure needs a cell with a volume; found ${volume} Å^3`);
  const { coupling = 'iso' } = options;
  const state = motion(objective, options, true);
  if (!(state.dof > 0)) throw new InputError('a thermostat needs at least one degree of freedom');
  return {
    kind: 'npt',
    ...state,
    coupling,
    chain: chain(options.chainLength),
    rates: new Float64Array(3),
    cellChains: Array.from({ length: coupling === 'iso' ? 1 : 3 }, () => chain(options.chainLength)),
    work: 0,
  };
}

export function nptStep(objective: CellObjective, state: NptState, options: NptOptions): NptState {
  requireFinite('timestep', options.timestep);
  requireFinite('pressure', options.pressure);
  const half = 0.5 * options.timestep;
  moveBaths(state, options, half);
  kickCell(objective, state, options, half);
  kickDragged(objective, state, half);
  driftStretched(objective, state, options.timestep);
  state.energy = objective.evaluate();
  kickDragged(objective, state, half);
  kickCell(objective, state, options, half);
  moveBaths(state, options, half);
  state.step++;
  return state;
}

/** Energy of particles, cell and chains less the work of the targets, eV; conserved. */
export function nptInvariant(objective: CellObjective, state: NptState, options: NptOptions): number {
  const particles = state.energy + kinetic(state) + chainEnergy(state.chain, particleBath(state, options));
  const cell = options.pressure * volumeOf(objective) + cellKinetic(state, options);
  const bath = cellBath(options);
  const chains = state.cellChains.reduce((sum, one) => sum + chainEnergy(one, bath), 0);
  return particles + cell + chains - state.work;
}

/** Instantaneous pressure (2K + tr W)/3V, eV/Å^3. */
export function pressureOf(objective: CellObjective, state: Motion): number {
  const { virial } = objective;
  return (2 * kinetic(state) + virial[0] + virial[1] + virial[2]) / (3 * volumeOf(objective));
}

function volumeOf(objective: CellObjective): number {
  return Math.abs(determinant(objective.cell));
}

function cellBath({ temperature, cellRelaxation = 1 }: NptOptions): Bath {
  requirePositive('cellRelaxation', cellRelaxation);
  return { kT: boltzmann * temperature, dof: 1, relaxation: cellRelaxation };
}

/** M, eV ps². */
function cellMass({ dof }: NptState, { temperature, cellRelaxation = 1 }: NptOptions): number {
  return ((dof + 3) / 3) * boltzmann * temperature * cellRelaxation * cellRelaxation;
}

/** Rates of the volume and of the two changes of shape: an orthogonal map of ν. */
function modesOf([x, y, z]: ArrayLike<number> & Iterable<number>): number[] {
  return [(x + y + z) / Math.sqrt(3), (x - y) / Math.sqrt(2), (x + y - 2 * z) / Math.sqrt(6)];
}

function ratesOf([volume, shape, other]: number[]): number[] {
  const [a, b, c] = [volume / Math.sqrt(3), shape / Math.sqrt(2), other / Math.sqrt(6)];
  return [a + b + c, a - b + c, a - 2 * c];
}

function cellKinetic(state: NptState, options: NptOptions): number {
  const [x, y, z] = state.rates;
  return 0.5 * cellMass(state, options) * (x * x + y * y + z * z);
}

function moveBaths(state: NptState, options: NptOptions, dt: number): void {
  scaleVelocities(state, chainMove(state.chain, particleBath(state, options), kinetic(state), dt));
  const bath = cellBath(options);
  const { rates, cellChains } = state;
  if (state.coupling === 'iso') {
    const factor = chainMove(cellChains[0], bath, cellKinetic(state, options), dt);
    for (let k = 0; k < 3; k++) rates[k] *= factor;
    return;
  }
  const half = 0.5 * cellMass(state, options);
  const modes = modesOf(rates);
  for (let k = 0; k < 3; k++) modes[k] *= chainMove(cellChains[k], bath, half * modes[k] * modes[k], dt);
  rates.set(ratesOf(modes));
}

/** ν += drive/M·dt at fixed x and v. */
function kickCell(objective: CellObjective, state: NptState, options: NptOptions, dt: number): void {
  const { velocities, masses, rates, dof } = state;
  const drive = [0, 0, 0];
  for (let i = 0; i < velocities.length; i++) drive[i % 3] += masses[(i - (i % 3)) / 3] * velocities[i] * velocities[i];
  const twice = (drive[0] + drive[1] + drive[2]) * kineticToEnergy;
  const work = options.pressure * volumeOf(objective);
  for (let k = 0; k < 3; k++) drive[k] = drive[k] * kineticToEnergy + objective.virial[k] - work + twice / dof;
  if (state.coupling === 'iso') drive.fill((drive[0] + drive[1] + drive[2]) / 3);
  const mass = cellMass(state, options);
  for (let k = 0; k < 3; k++) rates[k] += (drive[k] / mass) * dt;
}

/** dv/dt = f/m − α v, solved exactly at fixed f. */
function kickDragged(objective: CellObjective, state: NptState, dt: number): void {
  const { velocities, mobility, rates, dof } = state;
  const trace = (rates[0] + rates[1] + rates[2]) / dof;
  for (let k = 0; k < 3; k++) {
    const decay = exp(-0.5 * (rates[k] + trace) * dt);
    const push = dt * decay * sinhc(0.5 * (rates[k] + trace) * dt);
    for (let i = k; i < velocities.length; i += 3) {
      velocities[i] = velocities[i] * decay * decay + push * mobility[i] * objective.f[i];
    }
  }
}

/** dx/dt = v + ν x and the same stretch of the cell, solved exactly at fixed v. Throws PhysicsError on a wild cell. */
function driftStretched(objective: CellObjective, { velocities, rates }: NptState, dt: number): void {
  const cell = Float64Array.from(objective.cell);
  for (let k = 0; k < 3; k++) {
    if (!(Math.abs(rates[k] * dt) < 0.1)) {
      throw new PhysicsError(
        `the cell changes by ${(100 * rates[k] * dt).toPrecision(3)} % in one step; use a shorter timestep or a longer cell relaxation`,
      );
    }
    const stretch = exp(0.5 * rates[k] * dt);
    const push = dt * stretch * sinhc(0.5 * rates[k] * dt);
    for (let i = k; i < velocities.length; i += 3)
      objective.x[i] = objective.x[i] * stretch * stretch + push * velocities[i];
    for (let i = k; i < 9; i += 3) cell[i] *= stretch * stretch;
  }
  objective.setCell(cell);
}

/** sinh(u)/u. */
function sinhc(u: number): number {
  if (Math.abs(u) > 0.1) return (exp(u) - exp(-u)) / (2 * u);
  const s = u * u;
  return 1 + (s / 6) * (1 + (s / 20) * (1 + (s / 42) * (1 + s / 72)));
}
