/**
 * What a thread does: wait for a generation number, run the stages that the control words name, count itself done. Either
 * all threads share the stages, each its ranges, with a barrier where a stage asks for one; or there are lists of stages,
 * and a thread takes whole lists until none is left. It needs no message and no event loop after its start.
 */
import { instantiate, type KernelCall } from './instance.ts';

export interface ThreadStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** The control words, on a buffer of their own. */
  control: SharedArrayBuffer;
  /** 1…threads−1; 0 is the caller. */
  rank: number;
}

/**
 * Indices of the control words (i32), each on a cache line of its own: a counter of dispatches times RANKS plus the number
 * of threads that take part, threads that have left the dispatch, arrivals at its barriers, how many threads sleep there,
 * the rank that failed, and the next list that nobody has taken.
 */
export const GENERATION = 0;
export const DONE = 16;
export const ARRIVED = 32;
export const SLEEPING = 48;
export const FAILED = 64;
export const NEXT = 80;
/** Lists of stages, 0 if all threads share the stages; stages in all; then the stages, then of every list where it ends. */
export const LISTS = 96;
export const LENGTH = 97;
const STAGES = 112;
/**
 * Words of one stage: kernel, items, mode, bytes between the threads' scratch blocks, four arguments, and a bit for each of
 * MOST_SINGLE items that a thread has taken.
 */
const STAGE_WORDS = 10;
const TAKEN = 8;
export const MOST_SINGLE = 64;
export const MOST_STAGES = 3600;
const ENDS = STAGES + STAGE_WORDS * MOST_STAGES;
export const CONTROL_WORDS = ENDS + MOST_STAGES;
/** More than ranks can be. */
export const RANKS = 1024;
const GENERATIONS = 0x3fffffff / RANKS;

/** The next value of the GENERATION word. */
export function nextGeneration(now: number, parts: number): number {
  return ((Math.floor(now / RANKS) + 1) % Math.floor(GENERATIONS)) * RANKS + parts;
}

/**
 * Bits of a stage's mode: all threads wait after it; every thread calls it on everything, and stops if it says so; its
 * items, MOST_SINGLE at most, are taken one by one.
 */
export const WAIT = 1;
export const EVERY = 2;
export const SINGLE = 4;

/** One kernel over [0, count): its number in the sorted names for the threads, itself for the caller. */
export interface Stage {
  index: number;
  call: KernelCall;
  count: number;
  mode: number;
  stride: number;
  args: [number, number, number, number];
}

/** Into the control words, from stage `place` on; returns how many there are now. */
export function writeStages(control: Int32Array, stages: readonly Stage[], place = 0): number {
  let at = STAGES + STAGE_WORDS * place;
  for (const { index, count, mode, stride, args } of stages) {
    control[at] = index;
    control[at + 1] = count;
    control[at + 2] = mode;
    control[at + 3] = stride;
    for (let k = 0; k < 4; k++) control[at + 4 + k] = args[k];
    control[at + TAKEN] = 0;
    control[at + TAKEN + 1] = 0;
    at += STAGE_WORDS;
  }
  control[LISTS] = 0;
  control[LENGTH] = place + stages.length;
  return control[LENGTH];
}

/** As many lists, from number `from` on, as there is room for; returns the first that was left. */
export function writeLists(control: Int32Array, lists: readonly (readonly Stage[])[], from: number): number {
  let count = 0;
  let to = from;
  for (; to < lists.length && count + lists[to].length <= MOST_STAGES; to++) {
    count = writeStages(control, lists[to], count);
    control[ENDS + to - from] = count;
  }
  control[LISTS] = to - from;
  Atomics.store(control, NEXT, 0);
  return to;
}

/** The range of `rank` among `parts` for `count` items begins here; that of rank + 1 where it ends. */
export function rangeBegin(rank: number, parts: number, count: number): number {
  return Math.floor((count * rank) / parts);
}

/** Called every second or so of a long wait; throws where nobody will come. */
export type Watch = () => void;

/** True if a stage said stop. A thread that fails makes the others leave at their next barrier. */
export function runStages(
  calls: readonly KernelCall[],
  rank: number,
  parts: number,
  control: Int32Array,
  watch?: Watch,
): boolean {
  const length = control[LENGTH];
  let barriers = 0;
  for (let s = 0, at = STAGES; s < length; s++, at += STAGE_WORDS) {
    const call = calls[control[at]];
    const mode = control[at + 2];
    const scratch = control[at + 7] + rank * control[at + 3];
    if (mode & EVERY) {
      if (call(0, control[at + 1], control[at + 4], control[at + 5], control[at + 6], scratch) !== 0) return true;
    } else if (mode & SINGLE) {
      takeSingle(call, control, at, rangeBegin(rank, parts, control[at + 1]), scratch);
    } else {
      const begin = rangeBegin(rank, parts, control[at + 1]);
      const end = rangeBegin(rank + 1, parts, control[at + 1]);
      if (end > begin) call(begin, end, control[at + 4], control[at + 5], control[at + 6], scratch);
    }
    if (mode & WAIT && !arrive(control, ++barriers * parts, watch)) return false;
  }
  return false;
}

/**
 * Items of a stage until all are taken: a thread begins with its own share, so that it meets what it had in the last
 * stage, and then helps where others are late. Who takes which is no part of results.
 */
function takeSingle(call: KernelCall, control: Int32Array, at: number, own: number, scratch: number): void {
  const count = control[at + 1];
  for (let k = 0; k < count; k++) {
    const item = (own + k) % count;
    const bit = 1 << (item & 31);
    if (Atomics.or(control, at + TAKEN + (item >> 5), bit) & bit) continue;
    call(item, item + 1, control[at + 4], control[at + 5], control[at + 6], scratch);
  }
}

/** Takes one list after the other; a stage that says stop ends its list. */
export function runLists(calls: readonly KernelCall[], control: Int32Array): void {
  for (;;) {
    const taken = Atomics.add(control, NEXT, 1);
    if (taken >= control[LISTS]) return;
    const end = STAGES + STAGE_WORDS * control[ENDS + taken];
    let at = STAGES + (taken > 0 ? STAGE_WORDS * control[ENDS + taken - 1] : 0);
    for (; at < end; at += STAGE_WORDS) {
      const call = calls[control[at]];
      const said = call(0, control[at + 1], control[at + 4], control[at + 5], control[at + 6], control[at + 7]);
      if (control[at + 2] & EVERY && said !== 0) break;
    }
  }
}

const MOST_SPINS = 1 << 17;
const FEWEST_SPINS = 1 << 8;
/** After so many waits in vain it is tried as long as at first: threads that all sleep are late for each other for ever. */
const RETRY = 64;

/** How long to spin in vain: less where it was in vain, as it is with more threads than free cores. Never part of results. */
const patience = { barrier: MOST_SPINS, dispatch: MOST_SPINS };
let inVain = 0;

function adapt(spins: number, succeeded: boolean): number {
  if (succeeded) return Math.min(MOST_SPINS, 2 * spins);
  return ++inVain % RETRY === 0 ? MOST_SPINS : Math.max(FEWEST_SPINS, spins >> 1);
}

/** Spins until the word differs from `value`; false if that took too long. */
function spin(control: Int32Array, word: number, value: number, place: keyof typeof patience): boolean {
  const most = patience[place];
  let left = most;
  while (left > 0 && Atomics.load(control, word) === value) left--;
  patience[place] = adapt(most, left > 0);
  return left > 0;
}

/** Sleeps of at most NAP_MS each between two looks of a watch. */
const NAP_MS = 100;
const NAPS = 10;

/** Waits until `target` arrivals were counted; false if a thread has failed. */
function arrive(control: Int32Array, target: number, watch?: Watch): boolean {
  let naps = 0;
  let arrived = Atomics.add(control, ARRIVED, 1) + 1;
  if (arrived === target && Atomics.load(control, SLEEPING) > 0) Atomics.notify(control, ARRIVED);
  for (; arrived < target && Atomics.load(control, FAILED) === 0; arrived = Atomics.load(control, ARRIVED)) {
    if (spin(control, ARRIVED, arrived, 'barrier')) continue;
    Atomics.add(control, SLEEPING, 1);
    Atomics.wait(control as Int32Array<SharedArrayBuffer>, ARRIVED, arrived, NAP_MS);
    Atomics.sub(control, SLEEPING, 1);
    if (++naps % NAPS === 0) watch?.();
  }
  return Atomics.load(control, FAILED) === 0;
}

/** Lets the threads that wait at a barrier go: this one will not come. */
export function fail(control: Int32Array, rank: number): void {
  Atomics.store(control, FAILED, rank);
  Atomics.notify(control, ARRIVED);
}

/** Waits until the helpers have left the dispatch. */
export function waitDone(control: Int32Array, helpers: number, watch?: Watch): void {
  let naps = 0;
  for (let done = Atomics.load(control, DONE); done < helpers; done = Atomics.load(control, DONE)) {
    if (spin(control, DONE, done, 'barrier')) continue;
    Atomics.wait(control as Int32Array<SharedArrayBuffer>, DONE, done, NAP_MS);
    if (++naps % NAPS === 0) watch?.();
  }
}

/** Serves until the generation becomes negative. */
export function serve({ module, memory, control: buffer, rank }: ThreadStart): void {
  const control = new Int32Array(buffer);
  const kernels = instantiate(module, memory);
  const calls = Object.keys(kernels)
    .sort()
    .map((name) => kernels[name]);
  Atomics.add(control, DONE, 1);
  Atomics.notify(control, DONE);
  for (let seen = 0; ; ) {
    if (!spin(control, GENERATION, seen, 'dispatch')) Atomics.wait(control, GENERATION, seen);
    const generation = Atomics.load(control, GENERATION);
    if (generation === seen) continue;
    if (generation < 0) return;
    seen = generation;
    const parts = generation % RANKS;
    if (rank >= parts) continue;
    try {
      if (control[LISTS] > 0) runLists(calls, control);
      else runStages(calls, rank, parts, control);
    } catch {
      fail(control, rank);
    }
    if (Atomics.add(control, DONE, 1) + 2 === parts) Atomics.notify(control, DONE);
  }
}
