/** Threads on one shared memory: a dispatch writes the control words, wakes the threads, works, and waits for them. */
import type { Kernels } from './instance.ts';
import {
  ARGUMENTS,
  CALL_WORDS,
  CONTROL_WORDS,
  COUNT,
  callKernel,
  callLists,
  DONE,
  FAILED,
  GENERATION,
  KERNEL,
  LIST_WORDS,
  LISTED,
  LISTS,
  NEXT,
  PARTS,
  STRIDE,
  type ThreadStart,
} from './thread.ts';

/** Starts one thread that calls serve(start); returns how to end it, and whether it ended by itself. */
export type SpawnThread = (start: ThreadStart) => { terminate(): void; ended?(): boolean };

/** One call of a kernel: all its arguments, the range included. */
export interface ListedCall {
  kernel: string;
  args: readonly number[];
}

export interface Pool {
  run(kernels: Kernels, kernel: string, count: number, args: number[], stride: number): void;
  /** Every list in order, one thread each at a time. */
  runLists(kernels: Kernels, lists: readonly (readonly ListedCall[])[]): void;
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
  const indexOf = (kernels: Kernels, kernel: string): number => {
    indices ??= new Map(
      Object.keys(kernels)
        .sort()
        .map((name, i) => [name, i]),
    );
    const found = indices.get(kernel);
    if (found === undefined) throw new Error(`there is no kernel ${kernel}`);
    return found;
  };
  let generation = 0;
  /** What the control words say, in all threads and in this one. */
  const dispatch = (what: string, here: () => void) => {
    const gone = threads.findIndex((thread) => thread.ended?.());
    if (gone >= 0) throw new Error(`thread ${gone + 1} of the engine has ended by itself; start the run again`);
    Atomics.store(control, DONE, 0);
    generation = (generation + 1) & 0x3fffffff;
    Atomics.store(control, GENERATION, generation);
    Atomics.notify(control, GENERATION);
    try {
      here();
    } finally {
      // Also after a trap here: the next dispatch must find all threads idle.
      waitFor(control, helpers);
    }
    const failed = Atomics.exchange(control, FAILED, 0);
    // the same kind of error as from a trap in this thread
    if (failed !== 0) throw new WebAssembly.RuntimeError(`${what} in thread ${failed}`);
  };
  return {
    run(kernels, kernel, count, args, stride) {
      control[KERNEL] = indexOf(kernels, kernel);
      control[COUNT] = count;
      control[PARTS] = helpers + 1;
      control[STRIDE] = stride;
      control.set(
        args.map((a) => a | 0),
        ARGUMENTS,
      );
      dispatch(kernel, () => callKernel(kernels, kernel, 0, control));
    },
    runLists(kernels, lists) {
      const calls = Object.keys(kernels)
        .sort()
        .map((name) => kernels[name]);
      for (let from = 0; from < lists.length; ) {
        from = writeLists(control, lists, from, (kernel) => indexOf(kernels, kernel));
        dispatch('a kernel', () => callLists(calls, control));
      }
    },
    close() {
      Atomics.store(control, GENERATION, -1);
      Atomics.notify(control, GENERATION);
      for (const thread of threads) thread.terminate();
    },
  };
}

/** Writes as many lists as there is room for; the number of the first that was left. */
function writeLists(
  control: Int32Array,
  lists: readonly (readonly ListedCall[])[],
  from: number,
  indexOf: (kernel: string) => number,
): number {
  let [to, words] = [from, 1];
  for (; to < lists.length; to++) {
    const more = 1 + CALL_WORDS * lists[to].length;
    if (words + more > LIST_WORDS) break;
    words += more;
  }
  if (to === from) throw new Error(`a list of ${lists[from].length} kernel calls is too long`);
  let at = to - from + 1;
  for (let k = from; k < to; k++) {
    control[LISTS + k - from] = at;
    for (const { kernel, args } of lists[k]) {
      control[LISTS + at] = indexOf(kernel);
      args.forEach((arg, i) => {
        control[LISTS + at + 1 + i] = arg | 0;
      });
      at += CALL_WORDS;
    }
  }
  control[LISTS + to - from] = at;
  control[KERNEL] = LISTED;
  control[COUNT] = to - from;
  Atomics.store(control, NEXT, 0);
  return to;
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
