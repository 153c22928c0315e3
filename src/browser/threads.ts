/**
 * An engine in a web worker: its threads are workers of their own on shared memory where the page is cross-origin
 * isolated; elsewhere it has one thread, with the same bits, and says why.
 */
import { InputError } from '../data/errors.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import type { SpawnThread } from '../engine/pool.ts';
import { threadSource } from '../generated/thread.ts';

export interface BrowserEngineOptions {
  /** Default: one per core where the page is cross-origin isolated, else 1. */
  threads?: number;
  /**
   * Address of a script that holds `threadScript`, for pages whose policy refuses workers from blob: addresses. Default:
   * the script is embedded.
   */
  threadUrl?: string | URL;
  debug?: boolean;
  fast?: boolean;
  /** Bytes of ordinary memory where the browser refuses shared memory; default 1 GiB. `true` in `force` takes it always. */
  ordinary?: { bytes?: number; force?: boolean };
  /** Told once, in a sentence for users, where fewer threads start than were asked for. */
  notice?: (text: string) => void;
}

/** What a thread's script does: it waits for one message, then serves the engine. */
export const threadScript = `${threadSource}\nself.onmessage = ({ data }) => frenkelThread.serve(data);\n`;

const MOST_THREADS = 64;
const ORDINARY = 2 ** 30;

const ONE_THREAD =
  'One thread: this page is not cross-origin isolated, so the browser gives it no shared memory between threads. The numbers are the same.';
const MAIN_THREAD =
  "One thread: the engine runs on the page's own thread, which must not wait. The numbers are the same.";

/** True of a worker: only there a thread may wait for others. */
export const inWorker = (): boolean => typeof document === 'undefined';

const isolated = (): boolean => (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;

function sharedMemoryWorks(): boolean {
  try {
    return !(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer instanceof ArrayBuffer);
  } catch {
    return false;
  }
}

function spawner(url?: string | URL): { spawn: SpawnThread; done(): void } {
  const own =
    url === undefined ? URL.createObjectURL(new Blob([threadScript], { type: 'text/javascript' })) : undefined;
  return {
    spawn(start) {
      const worker = new Worker(own ?? (url as string | URL));
      let ended = false;
      worker.addEventListener('error', () => {
        ended = true;
      });
      worker.postMessage(start);
      return { terminate: () => worker.terminate(), ended: () => ended };
    },
    done: () => {
      if (own !== undefined) URL.revokeObjectURL(own);
    },
  };
}

/** How many threads an engine gets here, and why not more. */
export function threadsHere(wanted?: number): { threads: number; notice?: string } {
  const cores = Math.max(1, Math.min(MOST_THREADS, globalThis.navigator?.hardwareConcurrency ?? 1));
  const threads = wanted ?? cores;
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS))
    throw new InputError(`threads: found ${threads}; 1 to ${MOST_THREADS} was expected`);
  if (threads > 1 && !isolated()) return { threads: 1, notice: ONE_THREAD };
  if (threads > 1 && !inWorker()) return { threads: 1, notice: MAIN_THREAD };
  return { threads };
}

/** Starts an engine; call it in a worker. Results do not depend on the threads. Throws InputError for a wrong number of them. */
export async function createBrowserEngine(options: BrowserEngineOptions = {}): Promise<Engine> {
  const { debug, fast, ordinary = {} } = options;
  const { threads, notice } = threadsHere(options.threads);
  if (notice !== undefined) options.notice?.(notice);
  if (ordinary.force || !sharedMemoryWorks())
    return createEngine({ debug, fast, ordinary: ordinary.bytes ?? ORDINARY });
  if (threads === 1) return createEngine({ debug, fast });
  const { spawn, done } = spawner(options.threadUrl);
  try {
    return await createEngine({ threads, debug, fast, spawn });
  } finally {
    done();
  }
}
