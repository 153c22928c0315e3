/** Drives a claimed job to its end, or until it is to pause, and says how that went. */
import type { CampaignKind, Job, JobProgress } from '../campaign/job.ts';
import { InputError, PhysicsError } from '../data/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { type Claim, holds } from './campaign-claim.ts';
import type { Store } from './campaign-store.ts';
import { contextOf, openWork } from './campaign-work.ts';
import { codeOf, WriteError } from './files.ts';

/** How work on a claimed job ended. */
export type Outcome =
  | { how: 'done' }
  /** Checkpointed, to be gone on with. */
  | { how: 'paused' }
  /** Another process took the job over. */
  | { how: 'lost' }
  /** The same input would fail again. */
  | { how: 'physics' | 'input'; message: string }
  /** Worth another try. */
  | { how: 'error' | 'crash' | 'hang'; message: string }
  /** The directory cannot be written: not the job's fault. */
  | { how: 'disk'; message: string };

export interface Drive {
  store: Store;
  kind: CampaignKind;
  job: Job;
  /** The jobs in `job.needs`. */
  needs: ReadonlyMap<string, Job>;
  claim: Claim;
  engine: Engine;
  checkpointSeconds: number;
  /** True once the job is to checkpoint and stop. */
  pausing(): boolean;
  onMessage?(message: string): void;
}

/** Yields the progress after every slice. Never throws: every error is an outcome. */
export function* driveJob(drive: Drive): Generator<JobProgress, Outcome, void> {
  try {
    return yield* work(drive);
  } catch (error) {
    return classify(error, drive);
  }
}

function* work(drive: Drive): Generator<JobProgress, Outcome, void> {
  const { store, kind, job, needs, claim, engine } = drive;
  const task = kind.tasks.get(job.task);
  if (task === undefined) throw new InputError(`${kind.name} has no task ${JSON.stringify(job.task)}`);
  // the thread may have begun late: nothing is put into the folder of a job that another has finished
  if (!holds(claim, store.disk)) return { how: 'lost' };
  const running = openWork(store, job, claim, task, contextOf(store, job, needs, engine));
  try {
    for (const message of running.messages) drive.onMessage?.(message);
    const due = createRising(drive.checkpointSeconds);
    for (;;) {
      if (drive.pausing()) return { how: running.checkpoint() ? 'paused' : 'lost' };
      if (due() && !running.checkpoint()) return { how: 'lost' };
      const state = running.slice();
      if (state !== 'more') return { how: state };
      yield running.progress();
    }
  } finally {
    running.close();
  }
}

/**
 * True when a checkpoint is due: after 1 s, then 2, 4 … up to `seconds` apart, so that a job whose processes are killed
 * time and again gets on. When checkpoints are written never decides a number.
 */
function createRising(seconds: number): () => boolean {
  let interval = Math.min(1, seconds);
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < 1000 * interval) return false;
    last = now;
    interval = Math.min(2 * interval, seconds);
    return true;
  };
}

function classify(error: unknown, { claim, store }: Drive): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof PhysicsError) return { how: 'physics', message };
  if (error instanceof WriteError || /^E[A-Z0-9]+$/.test(codeOf(error))) {
    return stillOurs(claim, store) ? { how: 'disk', message } : { how: 'lost' };
  }
  if (error instanceof InputError) return stillOurs(claim, store) ? { how: 'input', message } : { how: 'lost' };
  return { how: 'error', message };
}

function stillOurs(claim: Claim, store: Store): boolean {
  try {
    return holds(claim, store.disk);
  } catch {
    return true;
  }
}
