/** Runs each claimed job in a thread of its own: nothing that it does stops the others, and it can be stopped. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { JobProgress } from '../campaign/job.ts';
import type { Outcome } from './campaign-drive.ts';
import type { Executor } from './campaign-executor.ts';
import type { ThreadLimits } from './threads.ts';

/** What a thread is told. */
export interface ThreadStart {
  folder: string;
  job: string;
  claim: number;
  checkpointSeconds: number;
  /** One 32-bit word, 1 once the job is to pause. */
  flag: SharedArrayBuffer;
}

/** What a thread says. */
export type ThreadMessage = { progress: JobProgress } | { message: string } | { outcome: Outcome };

/** The bundle of src/node/campaign-thread.ts, beside this file or in the folder above. */
function threadFile(): string {
  for (const place of ['./campaign-thread.js', '../campaign-thread.js']) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new Error('campaign-thread.js is missing from the installation');
}

/** Runs jobs in threads. `file`: the thread's program, by default that of this installation. */
export function threadExecutor(file: string = threadFile(), resourceLimits?: ThreadLimits): Executor {
  return ({ store, job, claim, checkpointSeconds, onProgress, onMessage }) => {
    const flag = new SharedArrayBuffer(4);
    const workerData: ThreadStart = {
      folder: store.folder,
      job: job.id,
      claim: claim.number,
      checkpointSeconds,
      flag,
    };
    const worker = new Worker(file, { workerData, execArgv: [], resourceLimits });
    let settle: (outcome: Outcome) => void = () => {};
    const done = new Promise<Outcome>((resolve) => {
      settle = resolve;
    });
    worker.on('message', (message: ThreadMessage) => {
      if ('progress' in message) onProgress(message.progress);
      else if ('message' in message) onMessage(message.message);
      else settle(message.outcome);
    });
    worker.on('error', (error) => settle({ how: 'crash', message: `its thread died: ${error.message}` }));
    worker.on('exit', (code) => settle({ how: 'crash', message: `its thread ended with code ${code}` }));
    return {
      done,
      pause: () => void Atomics.store(new Int32Array(flag), 0, 1),
      kill(outcome) {
        settle(outcome);
        void worker.terminate();
      },
    };
  };
}
