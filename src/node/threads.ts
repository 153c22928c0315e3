/** Threads of an engine in Node: worker_threads that run the embedded source of src/engine/thread.ts. */
import { fstatSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { InputError } from '../data/errors.ts';
import { createEngine as createWith, type Engine } from '../engine/engine.ts';
import type { SpawnThread } from '../engine/pool.ts';
import { threadSource } from '../generated/thread.ts';

/**
 * What tells a thread that waits, and has no event loop meanwhile, that a worker has ended: every worker holds a file open,
 * which Node closes with it.
 */
const HELD = process.execPath;
const HOLD = `
const { start, held, path } = require('node:worker_threads').workerData;
Atomics.store(held, 0, require('node:fs').openSync(path, 'r'));`;

/** Whether a file that another thread holds open is closed: Node closes it with the thread. */
export function isClosed(descriptor: number): boolean {
  if (descriptor < 0) return false;
  try {
    const [there, own] = [fstatSync(descriptor), statSync(HELD)];
    return there.ino !== own.ino || there.dev !== own.dev;
  } catch {
    return true;
  }
}

/** What a thread may use: Node's resourceLimits, spelled out, so that our declarations compile without Node's. */
export interface ThreadLimits {
  maxOldGenerationSizeMb?: number;
  maxYoungGenerationSizeMb?: number;
  codeRangeSizeMb?: number;
  stackSizeMb?: number;
}

/** Starts threads that run `source`, which defines frenkelThread. */
export const spawnWith =
  (source: string, resourceLimits?: ThreadLimits): SpawnThread =>
  (start) => {
    const code = `${HOLD}\n${source}\nfrenkelThread.serve(start);`;
    const held = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
    // no flags of this process: after `node --input-type=module -e …` the code would be taken for a module
    const workerData = { start, held, path: HELD };
    const worker = new Worker(code, { eval: true, workerData, execArgv: [], resourceLimits });
    worker.unref();
    let ended = false;
    // the engine tells; unheard, it would end the process
    worker.on('error', () => {
      ended = true;
    });
    worker.on('exit', () => {
      ended = true;
    });
    return {
      terminate: () => void worker.terminate(),
      ended: () => ended,
      gone: () => isClosed(Atomics.load(held, 0)),
    };
  };

export const spawnThread = spawnWith(threadSource);

/** Each thread is a JavaScript engine of its own, some 10 MB. */
const MOST_THREADS = 256;

/** Smallest module with an instruction of relaxed SIMD: f32x4.relaxed_madd. */
const RELAXED = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65,
  0, 253, 17, 253, 133, 2, 11,
]);

/** Node 20 has relaxed SIMD behind a flag of V8. */
function allowRelaxedSimd(): void {
  if (!WebAssembly.validate(RELAXED)) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/** Starts an engine with `threads` threads, by default one per core, 256 at most. Throws InputError for more. */
export async function createEngine({
  threads = Math.min(MOST_THREADS, availableParallelism()),
  debug,
  fast,
}: {
  threads?: number;
  debug?: boolean;
  fast?: boolean;
} = {}): Promise<Engine> {
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS))
    throw new InputError(`threads: found ${threads}; 1 to ${MOST_THREADS} was expected`);
  if (fast) allowRelaxedSimd();
  return createWith({ threads, debug, fast, spawn: spawnThread });
}
