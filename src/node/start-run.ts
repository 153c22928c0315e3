/** Opens the run folder of a job: what decides its numbers becomes the run's identity. */

import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import { encodeState } from '../data/state.ts';
import { extxyzChunks } from '../io/extxyz-write.ts';
import type { MdOptions } from '../tasks/dynamics.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { sha256 } from './hash.ts';
import type { Prolongation } from './prolong.ts';
import { fingerprint, plain, versions } from './run.ts';
import { openRun, type Run } from './run-folder.ts';
import type { FreeEnergyRun } from './run-free-energy.ts';
import type { MdRun } from './run-md.ts';
import type { NebRun } from './run-neb.ts';
import type { RelaxRun } from './run-relax.ts';
import type { SaddleRun } from './run-saddle.ts';
import type { ScalingRun } from './run-scaling.ts';

/** What a run folder can hold. */
export type RunJob = RelaxRun | MdRun | NebRun | SaddleRun | FreeEnergyRun | ScalingRun;

/** The hash of a structure, of numbers for each atom, or of a potential within; anything else as it is. */
function digest(value: unknown): unknown {
  if (value instanceof Float64Array) return sha256(encodeState(value));
  if (value instanceof Object && 'potential' in value)
    return { ...value, potential: fingerprint(value.potential as Potential) };
  return value instanceof Object && 'positions' in value ? fingerprint(value as Atoms) : value;
}

/** Targets that stay are those of every longer run; a ramp has its end at the last step. */
function prolongationOf({ temperature, pressure }: MdOptions): Prolongation {
  const stays = ([start, end]: [number, number]) => start === end;
  if (stays(temperature) && stays(pressure)) return 'any';
  return { not: 'its ramp ends at the last step, so the steps that are done would have had other targets' };
}

/** The structure that the run began with: whoever looks at the folder needs it to understand checkpoints. */
export const START = 'start.xyz';

/** The folder `out` of a job: new, to be resumed, or finished. Throws InputError where it holds another run. */
export function startRun(command: string, out: string, job: RunJob, force = false, disk?: Disk): Run {
  const { atoms, potential, checkpointSeconds: _, ...decisive } = job;
  const others = Object.fromEntries(Object.entries(decisive).map(([name, value]) => [name, digest(value)]));
  const input = plain({ structure: fingerprint(atoms), potential: fingerprint(potential), ...others });
  const prolongation = 'thermoEvery' in job ? prolongationOf(job.options) : undefined;
  const run = openRun({ out, force, command, input, versions: versions(), prolongation, disk });
  try {
    const missing = run.status === 'resume' && (disk ?? nodeDisk).stat(run.path(START)) === undefined;
    if (run.status === 'new' || missing) run.write(START, extxyzChunks(atoms));
  } catch (error) {
    run.close();
    throw error;
  }
  return run;
}
