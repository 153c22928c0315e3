/** A process at work on a campaign: what it was asked for, what it knows, and what it shows. */
import type { CampaignKind, JobFailure, JobProgress } from '../campaign/job.ts';
import type { Board } from './campaign-board.ts';
import type { Claim, Observer } from './campaign-claim.ts';
import type { Outcome } from './campaign-drive.ts';
import type { Executor, Running } from './campaign-executor.ts';
import type { Store } from './campaign-store.ts';
import type { Owner } from './lock.ts';

export interface CampaignOptions {
  /** Jobs at a time. */
  workers: number;
  executor: Executor;
  /** Seconds between checkpoints of a job. Default 30. */
  checkpointSeconds?: number;
  /** Seconds without a sign of life after which a job of another host is taken over. Default 120. */
  lease?: number;
  /** Seconds without a finished slice after which a job of this process is stopped. Default 1800. */
  hang?: number;
  /** Seconds between looks at what other processes do, and between signs of life. Defaults 2 and 10. */
  poll?: number;
  beat?: number;
  /** First waiting time after a failed try, seconds; doubles. Default 1. */
  backoff?: number;
  /** Seconds without a job for this process, while others work on theirs, after which it ends. Default: never. */
  idle?: number;
  /** Tries of failed jobs begin anew. */
  retry?: boolean;
  /** Who this process is, for its claims. */
  owner?: Owner;
  /** True once all jobs are to checkpoint and stop. */
  stopping?(): boolean;
  onMessage?(message: string): void;
  onProgress?(snapshot: Snapshot): void;
}

/** A job of this process. */
export interface RunningJob {
  id: string;
  progress: JobProgress;
  /** performance.now() at its begin, and how far it was then. */
  since: number;
  from: number;
}

export interface Snapshot {
  running: RunningJob[];
  planned: number;
  finished: number;
  failed: number;
  /** Open jobs that other processes hold. */
  elsewhere: number;
}

export interface CampaignEnd {
  /** 'complete': nothing is left to do, though jobs may have failed; 'idle': only for others. */
  status: 'complete' | 'idle' | 'paused' | 'disk';
  planned: number;
  finished: number;
  failed: ReadonlyMap<string, JobFailure>;
  blocked: string[];
  /** With 'disk': why the directory cannot be written. */
  message?: string;
}

export interface Active extends RunningJob {
  claim: Claim;
  running: Running;
  /** performance.now() of the last finished slice. */
  alive: number;
}

export interface Session {
  store: Store;
  kind: CampaignKind;
  options: CampaignOptions;
  board: Board;
  observer: Observer;
  owner: Owner;
  active: Map<string, Active>;
  /** Ended jobs whose end was not handled yet. */
  ended: { id: string; outcome: Outcome }[];
  notBefore: Map<string, number>;
  elsewhere: number;
  /** performance.now() of the last look at everything, and how long until the next. */
  looked: number;
  wait: number;
  /** Looks in a row that could not read. */
  troubles: number;
  halt: { status: 'paused' | 'disk'; message?: string } | undefined;
  wake(): void;
}
