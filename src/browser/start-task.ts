/** Every task that a page runs, by its name. */
import { createSystem } from '../engine/system.ts';
import { thermoColumns } from '../tasks/dynamics.ts';
import { relaxColumns } from '../tasks/relax.ts';
import { startEntropy } from './entropy-run.ts';
import { freeEnergyColumns, startFreeEnergy } from './free-energy-run.ts';
import type { Open } from './open.ts';
import { pathColumns, startPath } from './path-run.ts';
import { startPhonons } from './phonon-run.ts';
import type { Flags, TaskName } from './protocol.ts';
import { type StepRun, startRun } from './runs.ts';
import { stagedColumns } from './staged-run.ts';

/** Columns of the table of each task. */
export const tableOf: Record<TaskName, readonly string[]> = {
  relax: relaxColumns,
  md: thermoColumns,
  neb: pathColumns,
  phonons: stagedColumns,
  entropy: stagedColumns,
  'free-energy': freeEnergyColumns,
};

/** Begins a task on a fresh system, so that a second run begins as the first did. Throws InputError. */
export function startTask(open: Open, task: TaskName, flags: Flags): { open: Open; run: StepRun } {
  const { structure, mark } = open;
  const { engine, potential } = open.system;
  engine.release(mark);
  const system = createSystem(engine, structure.atoms, potential);
  const next = { ...open, system };
  const { atoms, last, perfect } = structure;
  switch (task) {
    case 'neb':
      return { open: next, run: startPath({ engine, atoms, last, potential }, flags) };
    case 'phonons':
      return { open: next, run: startPhonons(engine, system, flags) };
    case 'entropy':
      return { open: next, run: startEntropy(engine, system, perfect, flags) };
    case 'free-energy':
      return { open: next, run: startFreeEnergy(engine, { system, atoms, potential }, flags) };
    default:
      return { open: next, run: startRun(system, task, flags, open.perfectEnergy) };
  }
}
