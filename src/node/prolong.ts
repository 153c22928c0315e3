/**
 * A run that is asked for more steps than it was: with all else as it was, it goes on from its newest checkpoint, and its
 * folder becomes that of a run that was asked for so many from the start.
 */
import type { Json } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { saveCheckpoint } from './checkpoint.ts';
import type { Disk } from './disk.ts';

/** Whether a run may be prolonged: always, or why not, where its course depends on the number of steps. */
export type Prolongation = 'any' | { not: string };

/** From how many steps to how many. */
export interface Growth {
  from: number;
  to: number;
}

/** What was asked for until now, and what is. */
interface Asked {
  folder: string;
  before: Json | undefined;
  now: Json;
  finished: boolean;
  sameKernels: boolean;
}

/**
 * The growth of a run of which nothing but options.steps is other; undefined where they are no numbers. Throws InputError, with
 * what to do instead, where it would shrink, or could not have the bits of a run that was longer from the start.
 */
export function growthOf(
  { folder, before, now, finished, sameKernels }: Asked,
  prolongation: Prolongation,
): Growth | undefined {
  const [from, to] = [stepsOf(before), stepsOf(now)];
  if (from === undefined || to === undefined) return undefined;
  const end = finished ? ', or start another run from its final.xyz, which has the velocities' : '';
  const refuse = (why: string) =>
    new InputError(`${why}; choose another --out, --force to start over${end}`, { file: folder });
  if (to < from)
    throw refuse(`is a run of ${from} steps, and ${to} were asked for: it can be prolonged, but not shortened`);
  if (prolongation !== 'any') throw refuse(`cannot go on from ${from} to ${to} steps: ${prolongation.not}`);
  if (!sameKernels)
    throw refuse(
      `cannot go on from ${from} to ${to} steps: the first ones were made by another version of the kernels`,
    );
  return { from, to };
}

function stepsOf(input: Json | undefined): number | undefined {
  const { steps } = Object(Object(input).options) as { steps?: Json };
  return typeof steps === 'number' ? steps : undefined;
}

/** What a user is told of it. */
export const describeGrowth = ({ from, to }: Growth, checkpoint: boolean): string =>
  `the run of ${from} steps is prolonged to ${to}${checkpoint ? '' : '; it kept no checkpoint, and is computed again from its start'}`;

/**
 * Gives the newest checkpoint to the longer run, in both generations; `begin` writes its record between them, so that a crash
 * leaves the one run or the other with a checkpoint of its own. Returns the number of the last. Throws WriteError.
 */
export function handOver(
  folder: string,
  key: string,
  { sequence, state }: { sequence: number; state: unknown },
  begin: () => void,
  disk: Disk,
): number {
  if (state === undefined) {
    begin();
    return sequence;
  }
  saveCheckpoint(folder, key, sequence + 1, state, disk);
  begin();
  saveCheckpoint(folder, key, sequence + 2, state, disk);
  return sequence + 2;
}
