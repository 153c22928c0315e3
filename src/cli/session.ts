/** The frame of a command with a run folder: signals, progress, resuming, and what to say at the end. */
import { basename } from 'node:path';
import type { Atoms } from '../data/atoms.ts';
import type { Engine } from '../engine/engine.ts';
import { fingerprint, type RunEnd, type RunHooks } from '../node/run.ts';
import type { Run } from '../node/run-folder.ts';
import { type RunJob, startRun } from '../node/start-run.ts';
import { createEngine } from '../node/threads.ts';
import { Exit } from './exit.ts';
import { createProgress, createRate } from './progress.ts';
import { type Interruption, interruption } from './signals.ts';

export interface SessionOptions {
  command: string;
  /** The structure's name, for the default folder. */
  name: string;
  job: RunJob;
  out?: string;
  force?: boolean;
  threads?: number;
  fast?: boolean;
}

/** runs/<command>-<name>, the name without folders and suffixes; what came through a pipe is named by its content. */
export function defaultFolder(command: string, name: string, atoms: Atoms): string {
  const stem = basename(name)
    .replace(/\.gz$/, '')
    .replace(/\.[^.]+$/, '')
    .replace(/[^\w.-]+/g, '_');
  return `runs/${command}-${stem === '' || stem === '-' ? `stdin-${fingerprint(atoms).slice(0, 8)}` : stem}`;
}

/**
 * Opens the folder, runs or resumes `drive`, and returns its result; a finished run gives its result again. Interrupted,
 * it says how to go on and exits with 129 (SIGHUP), 130 (SIGINT) or 143 (SIGTERM).
 */
export async function session<T>(
  options: SessionOptions,
  drive: (engine: Engine, run: Run, hooks: RunHooks) => Promise<RunEnd<T>>,
): Promise<{ result: T; folder: string; again: boolean }> {
  const folder = options.out ?? defaultFolder(options.command, options.name, options.job.atoms);
  const stop = interruption();
  const run = startRun(options.command, folder, options.job, options.force);
  try {
    for (const message of run.messages) process.stderr.write(`frenkel: ${message}\n`);
    if (run.status === 'finished') return { result: run.result as T, folder, again: true };
    if (run.checkpoint !== undefined) process.stderr.write(`frenkel: resuming ${folder}\n`);
    const end = await driveWithSignals(options, run, stop, drive);
    if (end.status === 'finished') return { result: end.result, folder, again: false };
    process.stderr.write(`frenkel: interrupted; a checkpoint is in ${folder}, the same command goes on\n`);
    throw new Exit(stop.code());
  } finally {
    run.close();
    stop.restore();
  }
}

async function driveWithSignals<T>(
  options: SessionOptions,
  run: Run,
  stop: Interruption,
  drive: (engine: Engine, run: Run, hooks: RunHooks) => Promise<RunEnd<T>>,
): Promise<RunEnd<T>> {
  const engine = await createEngine({ threads: options.threads, fast: options.fast });
  const progress = createProgress(false);
  const { steps } = options.job.options;
  const picoseconds = 'timestep' in options.job.options ? options.job.options.timestep : undefined;
  const rate = createRate();
  try {
    return await drive(engine, run, {
      say: (message) => process.stderr.write(`frenkel: ${message}\n`),
      stopping: () => stop.signal() !== undefined,
      progress: (step, line) => {
        const { perSecond, eta } = rate(step, steps - step);
        progress.update(() =>
          picoseconds === undefined
            ? `${line()}  ${perSecond.toFixed(1)} steps/s`
            : `${line()}  ${(perSecond * picoseconds * 86.4).toPrecision(3)} ns/day  ETA ${eta}`,
        );
      },
    });
  } finally {
    progress.end();
    engine.close();
  }
}
