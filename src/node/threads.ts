/** Threads of an engine in Node: worker_threads that run the embedded source of src/engine/thread.ts. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { createEngine as createWith, type Engine } from '../engine/engine.ts';
import type { SpawnThread } from '../engine/pool.ts';
import { threadSource } from '../generated/thread.ts';

export const spawnThread: SpawnThread = (start) => {
  const code = `${threadSource}\nfrenkelThread.serve(require('node:worker_threads').workerData);`;
  // no flags of this process: after `node --input-type=module -e …` the code would be taken for a module
  const worker = new Worker(code, { eval: true, workerData: start, execArgv: [] });
  worker.unref();
  return { terminate: () => void worker.terminate() };
};

/** Starts an engine with `threads` threads, by default one per core. */
export function createEngine({
  threads = availableParallelism(),
  debug,
}: {
  threads?: number;
  debug?: boolean;
} = {}): Promise<Engine> {
  return createWith({ threads, debug, spawn: spawnThread });
}
