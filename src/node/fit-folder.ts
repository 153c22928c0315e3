/**
 * A fit in its folder: locked, its matrices kept as they grow, its files written when all are there, report.json last. So a
 * folder with a report is whole, and the same command on one without goes on.
 */
import { join } from 'node:path';
import { InputError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { FitConfig } from '../fit/config.ts';
import { checkpointFiles } from './checkpoint.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { sweepDrafts } from './drafts.ts';
import { WriteError } from './files.ts';
import { lockFolder } from './lock.ts';
import { type FitRun, type RunFitHooks, runFit, writeFit } from './run-fit.ts';

export interface FitFolderOptions extends Omit<RunFitHooks, 'matrices'> {
  folder: string;
  /** Fits anew over what is there; its matrices serve again. */
  force?: boolean;
  /** Least seconds between two writes of the matrices. */
  seconds: number;
  disk?: Disk;
}

/** Fits and writes. Throws InputError where a fit is there, or another process at work; WriteError. */
export function fitInFolder(
  engine: Engine,
  config: FitConfig,
  { folder, force = false, seconds, disk = nodeDisk, ...hooks }: FitFolderOptions,
): FitRun {
  const report = join(folder, 'report.json');
  change(folder, () => disk.makeFolder(folder));
  const release = lockFolder(folder, { disk });
  try {
    const old = disk.stat(report) !== undefined;
    if (old && !force)
      throw new InputError('has a fit already: give --force to overwrite it, or another --out', { file: folder });
    if (!force) refuseForeign(folder, disk);
    sweepDrafts([folder], disk);
    const run = runFit(engine, config, { ...hooks, matrices: { folder, seconds, disk } });
    // the old report must not vouch for a mixture of old and new files
    if (old)
      change(report, () => {
        disk.remove(report);
        disk.syncFolder(folder);
      });
    writeFit(folder, run, disk);
    return run;
  } finally {
    release();
  }
}

/** What a fit writes under names that somebody else's potential may have. */
const results =
  /\.(snapcoeff|snapparam|snap|pot|uncertainty\.json)$|^(metrics\.md|lambda\.svg|(parity|learning)[\w-]*\.\w+)$/;

/** Throws InputError where there are such files, but no matrices of a fit that was begun here. */
function refuseForeign(folder: string, disk: Disk): void {
  const names = disk.list(folder);
  if (names.some((name) => (checkpointFiles as readonly string[]).includes(name))) return;
  const foreign = names.find((name) => results.test(name));
  if (foreign === undefined) return;
  throw new InputError(
    `contains ${JSON.stringify(foreign)} of no fit that was begun here: give --force to overwrite it, or another --out`,
    { file: folder },
  );
}

function change(path: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    throw new WriteError(path, error);
  }
}
