/** Where claimed jobs run: in threads of their own (campaign-threads.ts), or between the events of this one. */
import type { CampaignKind, Job, JobProgress } from '../campaign/job.ts';
import type { Engine } from '../engine/engine.ts';
import type { Claim } from './campaign-claim.ts';
import { driveJob, type Outcome } from './campaign-drive.ts';
import type { Store } from './campaign-store.ts';

export interface ExecutorJob {
  store: Store;
  kind: CampaignKind;
  job: Job;
  needs: ReadonlyMap<string, Job>;
  claim: Claim;
  checkpointSeconds: number;
  onProgress(progress: JobProgress): void;
  onMessage(message: string): void;
}

export interface Running {
  /** Never rejects. */
  done: Promise<Outcome>;
  /** Asks the job to checkpoint and stop after its slice. */
  pause(): void;
  /** Stops it at once, without a checkpoint; `done` resolves with `outcome`. */
  kill(outcome: Outcome): void;
}

export type Executor = (job: ExecutorJob) => Running;

/** Runs jobs between the events of this thread, all with one engine. A slice that hangs, hangs everything. */
export function hereExecutor(engine: Engine): Executor {
  return (job) => {
    let pausing = false;
    let killed: Outcome | undefined;
    const run = async (): Promise<Outcome> => {
      const steps = driveJob({ ...job, engine, pausing: () => pausing });
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (killed !== undefined) return killed;
        const step = steps.next();
        if (step.done) return step.value;
        job.onProgress(step.value);
      }
    };
    return {
      done: run(),
      pause() {
        pausing = true;
      },
      kill(outcome) {
        killed = outcome;
      },
    };
  };
}
