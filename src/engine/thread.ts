/**
 * What a thread does: wait for a generation number, call the kernel that the control words name on its range, or whole
 * lists of calls until none is left, count itself done. It needs no message and no event loop after its start.
 */
import { instantiate, type KernelCall, type Kernels } from './instance.ts';

export interface ThreadStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** The control words, on a buffer of their own. */
  control: SharedArrayBuffer;
  /** 1…threads−1; 0 is the caller. */
  rank: number;
}

/** Indices of the control words (i32); GENERATION and DONE lie on cache lines of their own. */
export const GENERATION = 0;
export const DONE = 16;
export const FAILED = 32;
export const KERNEL = 48;
export const COUNT = 49;
export const PARTS = 50;
export const STRIDE = 51;
export const ARGUMENTS = 52;
/** The next list that nobody has taken, on a cache line of its own. */
export const NEXT = 64;
/** Lists of calls: where each begins (one more than lists), counted from here, then CALL_WORDS for each call. */
export const LISTS = 128;
export const LIST_WORDS = 32768;
export const CONTROL_WORDS = LISTS + LIST_WORDS;

/** In the place of a kernel's number: lists of calls. */
export const LISTED = -1;
/** A kernel's number and its arguments. */
export const CALL_WORDS = 8;

/** The range of `rank` among `parts` for `count` items. */
export function rangeOf(rank: number, parts: number, count: number): [number, number] {
  return [Math.floor((count * rank) / parts), Math.floor((count * (rank + 1)) / parts)];
}

/** Calls one kernel on the range of this rank. */
export function callKernel(kernels: Kernels, name: string, rank: number, control: Int32Array): void {
  const [begin, end] = rangeOf(rank, control[PARTS], control[COUNT]);
  const [frame, params, work, scratch] = control.subarray(ARGUMENTS, ARGUMENTS + 4);
  if (end > begin) kernels[name](begin, end, frame, params, work, scratch + rank * control[STRIDE]);
}

/** Takes one list after the other and calls its kernels in order. */
export function callLists(calls: readonly KernelCall[], control: Int32Array): void {
  const count = control[COUNT];
  for (;;) {
    const taken = Atomics.add(control, NEXT, 1);
    if (taken >= count) return;
    const end = LISTS + control[LISTS + taken + 1];
    for (let at = LISTS + control[LISTS + taken]; at < end; at += CALL_WORDS) {
      const [kernel, ...args] = control.subarray(at, at + CALL_WORDS);
      calls[kernel](...args);
    }
  }
}

const SPINS = 20000;

/** Serves until the generation becomes negative. */
export function serve({ module, memory, control: buffer, rank }: ThreadStart): void {
  const control = new Int32Array(buffer);
  const kernels = instantiate(module, memory);
  const names = Object.keys(kernels).sort();
  const calls = names.map((name) => kernels[name]);
  Atomics.add(control, DONE, 1);
  Atomics.notify(control, DONE);
  for (let seen = 0; ; ) {
    for (let i = 0; i < SPINS && Atomics.load(control, GENERATION) === seen; i++);
    Atomics.wait(control, GENERATION, seen);
    const generation = Atomics.load(control, GENERATION);
    if (generation === seen) continue;
    if (generation < 0) return;
    seen = generation;
    try {
      if (control[KERNEL] === LISTED) callLists(calls, control);
      else callKernel(kernels, names[control[KERNEL]], rank, control);
    } catch {
      Atomics.store(control, FAILED, rank);
    }
    Atomics.add(control, DONE, 1);
    Atomics.notify(control, DONE);
  }
}
