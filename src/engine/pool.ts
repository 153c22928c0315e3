/** Threads on one shared memory: a dispatch writes the stages, wakes the threads, works, and waits for them. */
import { ThreadError } from '../data/errors.ts';
import type { Kernels } from './instance.ts';
import {
  ARRIVED,
  CONTROL_WORDS,
  DONE,
  FAILED,
  fail,
  GENERATION,
  MOST_STAGES,
  nextGeneration,
  runLists,
  runStages,
  type Stage,
  type ThreadStart,
  waitDone,
  writeLists,
  writeStages,
} from './thread.ts';

/**
 * Starts one thread that calls serve(start); returns how to end it, and whether it ended by itself: `ended` may need the
 * event loop to know, `gone` looks, and is asked while this thread waits for that one.
 */
export type SpawnThread = (start: ThreadStart) => { terminate(): void; ended?(): boolean; gone?(): boolean };

export interface Pool {
  /** One dispatch: the stages on `parts` threads, this one among them. True if a stage said stop. */
  run(stages: readonly Stage[], parts: number): boolean;
  /** Every list in order, one thread each at a time. */
  runLists(lists: readonly (readonly Stage[])[], parts: number): void;
  close(): void;
}

/** Of a machine that has much else to do; threads that end are noticed at once. */
const START_TIMEOUT_MS = 60_000;

export async function createPool(
  spawn: SpawnThread,
  helpers: number,
  start: Pick<ThreadStart, 'module' | 'memory'>,
  kernels: Kernels,
): Promise<Pool> {
  const buffer = new SharedArrayBuffer(4 * CONTROL_WORDS);
  const control = new Int32Array(buffer);
  const threads = Array.from({ length: helpers }, (_, i) => spawn({ ...start, control: buffer, rank: i + 1 }));
  await started(control, threads);
  const calls = Object.keys(kernels)
    .sort()
    .map((name) => kernels[name]);
  let generation = 0;
  let broken: Error | undefined;
  /** Throws, once and for all, where a thread has ended: the work that it took with it comes from nobody else. */
  const demand = (gone: number): void => {
    if (gone < 0) return;
    broken = new ThreadError(`thread ${gone + 1} of the engine has ended by itself; start the run again`);
    fail(control, gone + 1);
    for (const thread of threads) thread.terminate();
    throw broken;
  };
  const watch = () => demand(threads.findIndex((thread) => thread.ended?.() || thread.gone?.()));
  /** What the control words say, in all threads and in this one. */
  const dispatch = (parts: number, here: () => boolean): boolean => {
    if (broken) throw broken;
    demand(threads.findIndex((thread) => thread.ended?.()));
    Atomics.store(control, DONE, 0);
    Atomics.store(control, ARRIVED, 0);
    generation = nextGeneration(generation, parts);
    Atomics.store(control, GENERATION, generation);
    Atomics.notify(control, GENERATION);
    let stopped = false;
    try {
      stopped = here();
    } catch (error) {
      if (broken) throw broken;
      fail(control, -1);
      // Also after a trap here: the next dispatch must find all threads idle.
      waitDone(control, parts - 1, watch);
      Atomics.store(control, FAILED, 0);
      throw error;
    }
    waitDone(control, parts - 1, watch);
    const failed = Atomics.exchange(control, FAILED, 0);
    // the same kind of error as from a trap in this thread
    if (failed !== 0) throw new WebAssembly.RuntimeError(`in thread ${failed}`);
    return stopped;
  };
  const run = (stages: readonly Stage[], parts: number): boolean => {
    if (stages.length > MOST_STAGES)
      return run(stages.slice(0, MOST_STAGES), parts) || run(stages.slice(MOST_STAGES), parts);
    writeStages(control, stages);
    return dispatch(parts, () => runStages(calls, 0, parts, control, watch));
  };
  return {
    run,
    runLists(lists, parts) {
      for (let from = 0; from < lists.length; ) {
        const to = writeLists(control, lists, from);
        if (to === from) throw new Error(`a list of ${lists[from].length} kernel calls is too long`);
        from = to;
        dispatch(parts, () => {
          runLists(calls, control);
          return false;
        });
      }
    },
    close() {
      Atomics.store(control, GENERATION, -1);
      Atomics.notify(control, GENERATION);
      for (const thread of threads) thread.terminate();
    },
  };
}

async function started(control: Int32Array, threads: readonly ReturnType<SpawnThread>[]): Promise<void> {
  const begin = performance.now();
  while (Atomics.load(control, DONE) < threads.length) {
    const gone = threads.findIndex((thread) => thread.ended?.());
    const late = performance.now() - begin > START_TIMEOUT_MS;
    if (gone >= 0 || late) {
      for (const thread of threads) thread.terminate();
      throw new Error(
        late ? 'threads did not start within 60 s' : `thread ${gone + 1} of the engine ended as it started`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
