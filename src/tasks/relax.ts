/** A relaxation as data: options, the objective they make of a system, and a checkpoint from which it continues bit for bit. */

import type { Objective } from '../data/objective.ts';
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

/** Positions alone, or with the cell's strain; held components feel no force. */
export function relaxObjective(
  system: System,
  options: RelaxOptions,
  reference?: Float64Array,
): Objective | StrainedObjective {
  const { fixed } = system.atoms;
  if (options.cell === 'fixed') return hold(system, fixed);
  return strained(system, { mode: options.cell, pressure: options.pressure, fixed, reference });
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
