/** A relaxation as data: options, the objective they make of a system, and a checkpoint from which it continues bit for bit. */

import { determinant } from '../data/cell.ts';
import { InputError } from '../data/errors.ts';
import type { Objective } from '../data/objective.ts';
import { barPerPressure } from '../data/units.ts';
import type { ListState } from '../engine/list.ts';
import type { System } from '../engine/system.ts';
import { hold } from '../methods/hold.ts';
import type { Minimizer, MinimizerState } from '../methods/minimize.ts';
import { type StrainedObjective, type StrainMode, strained } from '../methods/strain.ts';

export interface RelaxOptions {
  method: Minimizer;
  /** eV/Å. */
  fmax: number;
  steps: number;
  cell: 'fixed' | StrainMode;
  /** eV/Å^3. */
  pressure: number;
}

export interface RelaxCheckpoint {
  minimizer: MinimizerState;
  /** Coordinates of the objective: positions, and the strain where the cell relaxes. */
  x: Float64Array;
  /** (3,3) Å: the cell that the strain refers to. */
  reference: Float64Array;
  list: ListState;
}

/**
 * Positions alone, or with the cell's strain; held components feel no force. Throws InputError for a pressure where a
 * direction is open: the volume would be that of the vacuum.
 */
export function relaxObjective(
  system: System,
  options: RelaxOptions,
  reference?: Float64Array,
): Objective | StrainedObjective {
  const { fixed } = system.atoms;
  if (options.cell === 'fixed') return hold(system, fixed);
  if (options.pressure !== 0 && system.atoms.pbc.includes(false))
    throw new InputError('a pressure on the cell needs a structure that is periodic in all three directions');
  return strained(system, { mode: options.cell, pressure: options.pressure, fixed, reference });
}

/** Columns of log.relax: eV, eV/Å, bar, Å^3, Å. */
export const relaxColumns = ['Step', 'PotEng', 'Fmax', 'Evaluations', 'Press', 'Volume', 'Lx', 'Ly', 'Lz'] as const;

/** One row of log.relax. */
export function observeRelax(system: System, state: MinimizerState): number[] {
  const { cell, virial } = system;
  const volume = Math.abs(determinant(cell));
  const pressure = volume > 0 ? ((virial[0] + virial[1] + virial[2]) / (3 * volume)) * barPerPressure : 0;
  const length = (k: number) => Math.sqrt(cell[3 * k] ** 2 + cell[3 * k + 1] ** 2 + cell[3 * k + 2] ** 2);
  const { step, fmax, evaluations } = state;
  return [step, system.energy(), fmax, evaluations, pressure, volume, length(0), length(1), length(2)];
}

export function saveRelax(system: System, objective: Objective, minimizer: MinimizerState): RelaxCheckpoint {
  const reference = 'reference' in objective ? (objective as StrainedObjective).reference : system.cell;
  return {
    minimizer: structuredClone(minimizer),
    x: objective.x.slice(),
    reference: reference.slice(),
    list: system.listState(),
  };
}

/** The objective at the checkpoint, and the state to go on from. */
export function restoreRelax(
  system: System,
  options: RelaxOptions,
  checkpoint: RelaxCheckpoint,
): { objective: Objective; state: MinimizerState } {
  const objective = relaxObjective(system, options, checkpoint.reference);
  objective.x.set(checkpoint.x);
  system.restoreList(checkpoint.list);
  objective.evaluate();
  return { objective, state: structuredClone(checkpoint.minimizer) };
}
