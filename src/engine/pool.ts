/** Threads on one shared memory: a dispatch writes the control words, wakes the threads, works, and waits for them. */
import type { Kernels } from './instance.ts';
import {
  ARGUMENTS,
  CONTROL_WORDS,
  COUNT,
  callKernel,
  DONE,
  FAILED,
  GENERATION,
  KERNEL,
  PARTS,
  STRIDE,
  type ThreadStart,
} from './thread.ts';

/** Starts one thread that calls serve(start); returns how to end it. */
export type SpawnThread = (start: ThreadStart) => { terminate(): void };

export interface Pool {
  run(kernels: Kernels, kernel: string, count: number, args: number[], stride: number): void;
  close(): void;
}

const SPINS = 20000;
const START_TIMEOUT_MS = 10000;

export async function createPool(
  spawn: SpawnThread,
  helpers: number,
  start: Pick<ThreadStart, 'module' | 'memory'>,
): Promise<Pool> {
  const buffer = new SharedArrayBuffer(4 * CONTROL_WORDS);
  const control = new Int32Array(buffer);
  const threads = Array.from({ length: helpers }, (_, i) => spawn({ ...start, control: buffer, rank: i + 1 }));
  await started(control, helpers);
  let indices: Map<string, number> | undefined;
  let generation = 0;
  return {
    run(kernels, kernel, count, args, stride) {
      indices ??= new Map(
        Object.keys(kernels)
          .sort()
          .map((name, i) => [name, i]),
      );
      control[KERNEL] = indices.get(kernel) ?? -1;
      control[COUNT] = count;
      control[PARTS] = helpers + 1;
      control[STRIDE] = stride;
      control.set(
        args.map((a) => a | 0),
        ARGUMENTS,
      );
      Atomics.store(control, DONE, 0);
      generation = (generation + 1) & 0x3fffffff;
      Atomics.store(control, GENERATION, generation);
      Atomics.notify(control, GENERATION);
      try {
        callKernel(kernels, kernel, 0, control);
      } finally {
        // Also after a trap here: the next dispatch must find all threads idle.
        waitFor(control, helpers);
      }
      const failed = Atomics.exchange(control, FAILED, 0);
      // the same kind of error as from a trap in this thread
      if (failed !== 0) throw new WebAssembly.RuntimeError(`${kernel} in thread ${failed}`);
    },
    close() {
      Atomics.store(control, GENERATION, -1);
      Atomics.notify(control, GENERATION);
      for (const thread of threads) thread.terminate();
    },
  };
}

/** Spins, then sleeps; a main thread that may not sleep (browsers) goes on spinning. */
function waitFor(control: Int32Array<SharedArrayBuffer>, helpers: number): void {
  for (let spins = 0; ; spins++) {
    const done = Atomics.load(control, DONE);
    if (done === helpers) return;
    if (spins > SPINS) Atomics.wait(control, DONE, done, 100);
  }
}

async function started(control: Int32Array, helpers: number): Promise<void> {
  const begin = performance.now();
  while (Atomics.load(control, DONE) < helpers) {
    if (performance.now() - begin > START_TIMEOUT_MS) throw new Error('threads did not start within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
