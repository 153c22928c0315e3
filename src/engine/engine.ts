/** One set of kernels, the one allocator of its memory, and its threads. */
import { decodeBase64 } from '../data/base64.ts';
import { debug, kernelHash, release } from '../generated/kernels.ts';
import { type Arena, allocate, MAX_PAGES } from './arena.ts';
import { instantiate, type Kernels } from './instance.ts';
import { createPool, type ListedCall, type Pool, type SpawnThread } from './pool.ts';

/** A place in the arena to return to. */
export type Mark = number;

export interface Engine {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly threads: number;
  /** SHA-256 of the kernels' bytes, hex. */
  readonly hash: string;
  /** Address of `bytes` new bytes; not cleared. */
  bytes(count: number): number;
  /** A new array in kernel memory, zeroed. */
  f64(length: number): Float64Array;
  i32(length: number): Int32Array;
  u8(length: number): Uint8Array;
  mark(): Mark;
  /** Gives back everything allocated since the mark. Systems made since then must not be used again. */
  release(mark: Mark): void;
  /**
   * Calls kernel(begin, end, ...args) over [0, count), split among the threads where every one gets `grain` items or
   * more. The fourth argument is the base of the threads' scratch blocks, `stride` bytes each.
   */
  run(kernel: string, count: number, args: [number, number, number, number], split?: Split): void;
  /** Calls the kernels of every list in order; lists, which must not touch each other's memory, are shared among the threads. */
  runLists(lists: readonly (readonly ListedCall[])[]): void;
  /** Stops the threads. */
  close(): void;
}

export interface Split {
  stride?: number;
  grain?: number;
}

export interface EngineOptions {
  /** Default 1. More needs `spawn`. */
  threads?: number;
  /** How this platform starts a thread (src/node/threads.ts). */
  spawn?: SpawnThread;
  /** Bounds-checked kernels. */
  debug?: boolean;
}

/** Items per thread from which splitting a pass of some ns per item pays. */
const GRAIN = 2048;

const compiled = new Map<boolean, WebAssembly.Module>();

function kernelModule(checked: boolean): WebAssembly.Module {
  const known = compiled.get(checked);
  if (known) return known;
  const module = new WebAssembly.Module(decodeBase64(checked ? debug : release));
  compiled.set(checked, module);
  return module;
}

/** Starts an engine. Results do not depend on `threads`: the same bits with any number. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const module = kernelModule(options.debug ?? false);
  const memory = new WebAssembly.Memory({ initial: 16, maximum: MAX_PAGES, shared: true });
  const kernels = instantiate(module, memory);
  const arena: Arena = { memory, top: kernels.heapBase() };
  const threads = Math.max(1, options.threads ?? 1);
  const pool: Pool | undefined =
    threads > 1 && options.spawn ? await createPool(options.spawn, threads - 1, { module, memory }) : undefined;
  const bytes = (count: number) => allocate(arena, count);
  // The address first: allocating may grow the memory, and only a new `buffer` shows the growth.
  const view = <T>(size: number, length: number, make: (buffer: ArrayBufferLike, at: number) => T): T => {
    const at = bytes(size * length);
    return make(memory.buffer, at);
  };
  return {
    kernels,
    memory,
    threads: pool ? threads : 1,
    hash: kernelHash,
    bytes,
    f64: (length) => view(8, length, (buffer, at) => new Float64Array(buffer, at, length).fill(0)),
    i32: (length) => view(4, length, (buffer, at) => new Int32Array(buffer, at, length).fill(0)),
    u8: (length) => view(1, length, (buffer, at) => new Uint8Array(buffer, at, length).fill(0)),
    mark: () => arena.top,
    release: (mark) => {
      arena.top = mark;
    },
    run: (kernel, count, args, split) => {
      if (pool && count >= threads * (split?.grain ?? GRAIN))
        pool.run(kernels, kernel, count, args, split?.stride ?? 0);
      else kernels[kernel](0, count, ...args);
    },
    runLists: (lists) => {
      if (pool && lists.length > 1) pool.runLists(kernels, lists);
      else for (const list of lists) for (const { kernel, args } of list) kernels[kernel](...args);
    },
    close: () => pool?.close(),
  };
}
