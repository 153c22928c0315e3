/** Opens the run folder of a job: what decides its numbers becomes the run's identity. */

import type { Atoms } from '../data/atoms.ts';
import { fingerprint, plain, versions } from './run.ts';
import { openRun, type Run } from './run-folder.ts';
import type { MdRun } from './run-md.ts';
import type { NebRun } from './run-neb.ts';
import type { RelaxRun } from './run-relax.ts';

/** What a run folder can hold. */
export type RunJob = RelaxRun | MdRun | NebRun;

const isAtoms = (value: unknown): value is Atoms => value instanceof Object && 'positions' in value;

/** The folder `out` of a job: new, to be resumed, or finished. Throws InputError where it holds another run. */
export function startRun(command: string, out: string, job: RunJob, force = false): Run {
  const { atoms, potential, checkpointSeconds: _, ...decisive } = job;
  const others = Object.entries(decisive).filter(([, value]) => isAtoms(value));
  const prints = Object.fromEntries(others.map(([name, value]) => [name, fingerprint(value as Atoms)]));
  const input = plain({ structure: fingerprint(atoms), potential: fingerprint(potential), ...decisive, ...prints });
  return openRun({ out, force, command, input, versions: versions() });
}
