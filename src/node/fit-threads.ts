/**
 * Candidates of a search for weights, measured by several threads. The search itself is one thread that waits: everything is
 * posted or lies in shared memory, and candidates are taken one by one, so who measures which does not matter.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CandidateTask, ShareCandidates } from '../fit/candidates.ts';
import { isClosed } from './threads.ts';

/** 32-bit words that the threads share. */
export const ROUND = 0;
export const NEXT = 1;
export const COUNT = 2;
export const FINISHED = 3;
export const FAILED = 4;
/** From here on, of every thread: a file that it holds open, which Node closes with it. */
export const HELD = 5;

/** What a thread is told. */
export interface FitThreadStart {
  task: CandidateTask;
  number: number;
  control: Int32Array;
  /** Numbers of a candidate. */
  width: number;
  candidates: Float64Array;
  scores: Float64Array;
}

/** Candidates of a generation, at most: as many as the configuration may ask for. */
const MOST = 1024;
const LOOK_MS = 1000;
/** Looks after which a thread that has not begun counts as dead. */
const PATIENCE = 120;

/** The bundle of src/node/fit-thread.ts, beside this file or in the folder above. */
function threadFile(): string {
  for (const place of ['./fit-thread.js', '../fit-thread.js']) {
    const path = fileURLToPath(new URL(place, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new Error('fit-thread.js is missing from the installation');
}

/** Holds a file open before anything else, and says where the program cannot be read. */
const begin = (file: string) => `
const { control, number } = require('node:worker_threads').workerData;
Atomics.store(control, ${HELD} + number, require('node:fs').openSync(process.execPath, 'r'));
import(${JSON.stringify(pathToFileURL(file).href)}).catch(() => {
  Atomics.store(control, ${FAILED}, 1);
  Atomics.notify(control, ${FINISHED});
});`;

/** Takes candidates until none are left. */
export function drain(
  { control, width, candidates, scores }: Omit<FitThreadStart, 'task' | 'number'>,
  score: (x: Float64Array) => number,
): void {
  for (let k = Atomics.add(control, NEXT, 1); k < Atomics.load(control, COUNT); k = Atomics.add(control, NEXT, 1))
    scores[k] = score(candidates.slice(k * width, (k + 1) * width));
}

/** `threads` measure, this one among them. `close` ends the others. */
export function candidateThreads(threads: number, file?: string): { share: ShareCandidates; close(): void } {
  const workers: Worker[] = [];
  const share: ShareCandidates = (task, { bounds, score }) => {
    const others = threads - 1;
    const shared = (bytes: number) => new SharedArrayBuffer(bytes);
    const width = Math.max(1, bounds.length);
    const room = {
      control: new Int32Array(shared(4 * (HELD + others))).fill(-1, HELD),
      width,
      candidates: new Float64Array(shared(8 * MOST * width)),
      scores: new Float64Array(shared(8 * MOST)),
    };
    for (let number = 0; number < others; number++) {
      const workerData: FitThreadStart = { task, number, ...room };
      const worker = new Worker(begin(file ?? threadFile()), { eval: true, workerData, execArgv: [] });
      // what went wrong is seen in the shared words: nobody listens while a search runs
      worker.on('error', () => {});
      worker.unref();
      workers.push(worker);
    }
    return (all) => {
      const found: number[] = [];
      for (let from = 0; from < all.length; from += MOST)
        found.push(...measureRound(room, all.slice(from, from + MOST), others, score));
      return found;
    };
  };
  return { share, close: () => workers.splice(0).forEach((worker) => void worker.terminate()) };
}

type Room = Omit<FitThreadStart, 'task' | 'number'>;

function measureRound(room: Room, all: Float64Array[], others: number, score: (x: Float64Array) => number): number[] {
  const { control, candidates, scores, width } = room;
  for (const [k, x] of all.entries()) candidates.set(x, k * width);
  // nobody looks at these words between two rounds: all have finished
  Atomics.store(control, COUNT, all.length);
  Atomics.store(control, NEXT, 0);
  Atomics.store(control, FINISHED, 0);
  Atomics.add(control, ROUND, 1);
  Atomics.notify(control, ROUND);
  drain(room, score);
  for (let looks = 0; ; looks++) {
    if (Atomics.load(control, FAILED) > 0) throw new Error('a thread of the search for weights failed');
    const finished = Atomics.load(control, FINISHED);
    if (finished === others) return Array.from(scores.subarray(0, all.length));
    Atomics.wait(control, FINISHED, finished, LOOK_MS);
    for (let number = 0; number < others; number++) {
      const held = Atomics.load(control, HELD + number);
      if (held < 0 ? looks > PATIENCE : isClosed(held)) throw new Error('a thread of the search for weights has ended');
    }
  }
}
