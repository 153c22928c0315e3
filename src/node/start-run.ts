/** Opens the run folder of a job: what decides its numbers becomes the run's identity. */

import { fingerprint, plain, versions } from './run.ts';
import { openRun, type Run } from './run-folder.ts';
import type { MdRun } from './run-md.ts';
import type { RelaxRun } from './run-relax.ts';

/** The folder `out` for a relaxation or a dynamics run: new, to be resumed, or finished. Throws InputError where it holds another run. */
export function startRun(command: string, out: string, job: RelaxRun | MdRun, force = false): Run {
  const { atoms, potential, checkpointSeconds: _, ...decisive } = job;
  const input = plain({ structure: fingerprint(atoms), potential: fingerprint(potential), ...decisive });
  return openRun({ out, force, command, input, versions: versions() });
}
