/** One set of kernels, the one allocator of its memory, and its threads. */
import { decodeBase64 } from '../data/base64.ts';
import { InputError } from '../data/errors.ts';
import { debug, kernelHash, release } from '../generated/kernels.ts';
import { type Arena, allocate, MAX_PAGES, PAGE } from './arena.ts';
import { instantiate, type Kernels } from './instance.ts';
import { createPool, type Pool, type SpawnThread } from './pool.ts';
import { EVERY, MOST_SINGLE, SINGLE, type Stage, WAIT } from './thread.ts';
import { unshared } from './unshared.ts';

export type { Stage } from './thread.ts';

/** A place in the arena to return to. */
export type Mark = number;

export interface Engine {
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly threads: number;
  /** SHA-256 of the kernels' bytes, hex. */
  readonly hash: string;
  /** True of the fast kernels (EngineOptions). */
  readonly fast: boolean;
  /** Address of `bytes` new bytes; not cleared. */
  bytes(count: number): number;
  /** A new array in kernel memory, zeroed. */
  f64(length: number): Float64Array;
  i32(length: number): Int32Array;
  u8(length: number): Uint8Array;
  /**
   * Address of a copy of numbers that nobody changes (a potential's): one copy for all that ask as long as it lasts, so that
   * images and replicas share their tables in the cache.
   */
  constant(numbers: Float64Array): number;
  mark(): Mark;
  /** Gives back everything allocated since the mark. Systems made since then must not be used again. */
  release(mark: Mark): void;
  /**
   * Calls kernel(begin, end, ...args) over [0, count), split among the threads where every one gets `grain` items or
   * more. The fourth argument is the base of the threads' scratch blocks, `stride` bytes each.
   */
  run(kernel: string, count: number, args: [number, number, number, number], split?: Split): void;
  /** A stage for runAll: kernel(begin, end, ...args) over [0, count). */
  stage(kernel: string, count: number, args: [number, number, number, number], how?: How): Stage;
  /**
   * Runs stages in one dispatch, split among the threads where `items` are `grain` or more for each. True if a stage that
   * may stop the others did.
   */
  runAll(stages: readonly Stage[], items: number, grain: number): boolean;
  /**
   * Runs the stages of every list in order, each by one thread; lists, which must not touch each other's memory, are
   * shared among the threads. A stage that says stop ends its list.
   */
  runLists(lists: readonly (readonly Stage[])[]): void;
  /** Stops the threads. */
  close(): void;
}

export interface Split {
  stride?: number;
  grain?: number;
}

export interface How {
  /** Bytes between the threads' scratch blocks, whose base is the fourth argument. */
  stride?: number;
  /** Default true: no thread goes on before all have done their share. */
  wait?: boolean;
  /** Every thread calls the kernel on all items; where it returns other than 0, what follows is left out. */
  every?: boolean;
  /** Threads take items one by one until none are left (where they are many, equal shares as by default). */
  single?: boolean;
}

export interface EngineOptions {
  /** Default 1. More needs `spawn`. */
  threads?: number;
  /** How this platform starts a thread (src/node/threads.ts). */
  spawn?: SpawnThread;
  /** Bounds-checked kernels. */
  debug?: boolean;
  /**
   * Kernels with fused multiply-adds (relaxed SIMD) and, for linear SNAP, a part in f32: forces to some 1e-7 (measure it
   * with fastError), and other bits on other machines. For dynamics; not for derivatives of forces, paths or free energies.
   */
  fast?: boolean;
  /**
   * Ordinary memory of so many bytes in place of shared memory, for platforms that have none: it is taken at once, cannot
   * grow, and allows one thread. The same bits.
   */
  ordinary?: number;
}

/** Items per thread from which splitting a pass of some ns per item pays. */
const GRAIN = 2048;

type Target = 'release' | 'debug' | 'fast';

const compiled = new Map<string, { module: WebAssembly.Module; hash: string }>();

async function kernelModule(target: Target, ordinary: boolean): Promise<{ module: WebAssembly.Module; hash: string }> {
  const known = compiled.get(`${target} ${ordinary}`);
  if (known) return known;
  // The fast kernels are loaded only on request.
  const { text, hash } =
    target === 'fast'
      ? await import('../generated/kernels-fast.ts').then(({ fast, fastHash }) => ({ text: fast, hash: fastHash }))
      : { text: target === 'debug' ? debug : release, hash: kernelHash };
  const bytes = decodeBase64(text);
  if (target === 'fast' && !WebAssembly.validate(bytes))
    throw new InputError('the fast kernels need relaxed SIMD, which this JavaScript engine does not have');
  const made = { module: new WebAssembly.Module(ordinary ? unshared(bytes) : bytes), hash };
  compiled.set(`${target} ${ordinary}`, made);
  return made;
}

function runAlone(stages: readonly Stage[], names: readonly string[]): boolean {
  let s = 0;
  try {
    for (; s < stages.length; s++) {
      const { call, count, args, mode } = stages[s];
      const result = call(0, count, args[0], args[1], args[2], args[3]);
      if (mode & EVERY && result !== 0) return true;
    }
  } catch (error) {
    if (error instanceof Error) error.message += ` in ${names[stages[s].index]}`;
    throw error;
  }
  return false;
}

const sharedMemory = () => new WebAssembly.Memory({ initial: 16, maximum: MAX_PAGES, shared: true });

function ordinaryMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.max(16, Math.min(MAX_PAGES, Math.ceil(bytes / PAGE)));
  return new WebAssembly.Memory({ initial: pages, maximum: pages });
}

/** Starts an engine. Results do not depend on `threads`: the same bits with any number. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { fast = false, ordinary } = options;
  const { module, hash } = await kernelModule(
    options.debug ? 'debug' : fast ? 'fast' : 'release',
    ordinary !== undefined,
  );
  const memory = ordinary === undefined ? sharedMemory() : ordinaryMemory(ordinary);
  const kernels = instantiate(module, memory);
  const arena: Arena = { memory, top: kernels.heapBase() };
  const threads = ordinary === undefined ? Math.max(1, options.threads ?? 1) : 1;
  const pool: Pool | undefined =
    threads > 1 && options.spawn
      ? await createPool(options.spawn, threads - 1, { module, memory }, kernels)
      : undefined;
  const names = Object.keys(kernels).sort();
  const indices = new Map(names.map((name, i) => [name, i]));
  const stage: Engine['stage'] = (
    kernel,
    count,
    args,
    { stride = 0, wait = true, every = false, single = false } = {},
  ) => ({
    index: indices.get(kernel) ?? -1,
    call: kernels[kernel],
    count,
    mode: (wait ? WAIT : 0) | (every ? EVERY : 0) | (single && count <= MOST_SINGLE ? SINGLE : 0),
    stride,
    args,
  });
  const bytes = (count: number) => allocate(arena, count);
  // The address first: allocating may grow the memory, and only a new `buffer` shows the growth.
  const view = <T>(size: number, length: number, make: (buffer: ArrayBufferLike, at: number) => T): T => {
    const at = bytes(size * length);
    return make(memory.buffer, at);
  };
  const f64 = (length: number) => view(8, length, (buffer, at) => new Float64Array(buffer, at, length));
  const constants = new Map<Float64Array, number>();
  return {
    kernels,
    memory,
    threads: pool ? threads : 1,
    hash,
    fast: fast && !options.debug,
    bytes,
    f64: (length) => f64(length).fill(0),
    i32: (length) => view(4, length, (buffer, at) => new Int32Array(buffer, at, length).fill(0)),
    u8: (length) => view(1, length, (buffer, at) => new Uint8Array(buffer, at, length).fill(0)),
    constant: (numbers) => {
      const known = constants.get(numbers);
      if (known !== undefined) return known;
      const copy = f64(numbers.length);
      copy.set(numbers);
      constants.set(numbers, copy.byteOffset);
      return copy.byteOffset;
    },
    mark: () => arena.top,
    release: (mark) => {
      arena.top = mark;
      for (const [numbers, at] of constants) if (at >= mark) constants.delete(numbers);
    },
    run: (kernel, count, args, split) => {
      if (pool && count >= threads * (split?.grain ?? GRAIN))
        pool.run([stage(kernel, count, args, { stride: split?.stride, wait: false })], threads);
      else kernels[kernel](0, count, ...args);
    },
    stage,
    runAll: (stages, items, grain) => {
      if (pool && items >= threads * grain) return pool.run(stages, threads);
      return runAlone(stages, names);
    },
    runLists: (lists) => {
      if (pool && lists.length > 1) pool.runLists(lists, Math.min(threads, lists.length));
      else for (const list of lists) runAlone(list, names);
    },
    close: () => pool?.close(),
  };
}
