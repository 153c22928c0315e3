/** What the drivers of long runs share: hooks of the caller, and a pause for signals between steps. */
import type { Atoms, Json } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import { encodeState } from '../data/state.ts';
import { version } from '../data/version.ts';
import { kernelHash } from '../generated/kernels.ts';
import { sha256 } from './hash.ts';

export interface RunHooks {
  /** Called after every step with the step and what there is to see. */
  progress?(step: number, line: () => string): void;
  /** Told a sentence that the user should read. */
  say?(message: string): void;
  /** True once the run should checkpoint and stop. */
  stopping?(): boolean;
}

/** How a driver ended; 'interrupted' has a checkpoint to go on from. */
export type RunEnd<T> = { status: 'interrupted' } | { status: 'finished'; result: T };

export const versions = (): Record<string, string> => ({ frenkel: version, node: process.version });

/** SHA-256 of what decides the numbers of a structure or a potential, whatever file it came from. */
export function fingerprint(value: Atoms | Potential): string {
  return sha256(encodeState({ ...value }));
}

/** Versions, kernels and sources for report.json. */
export function provenance(potential: Potential): Record<string, Json> {
  return {
    versions: versions(),
    kernels: kernelHash,
    potential: {
      name: potential.name ?? potential.kernel,
      reference: potential.reference,
      sha256: fingerprint(potential),
    },
  };
}

/** Options as JSON: bigint as decimal text. */
export function plain(options: object): Json {
  return JSON.parse(JSON.stringify(options, (_, value) => (typeof value === 'bigint' ? value.toString() : value)));
}

const SLICE_MS = 20;

/** Lets signals and timers in every few milliseconds of a long synchronous loop. */
export function createBreather(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < SLICE_MS) return undefined;
    last = now;
    return new Promise((resolve) => setImmediate(resolve));
  };
}

/** True every `seconds` of wall-clock time: when checkpoints are written never decides a number. */
export function createTimer(seconds: number): () => boolean {
  let last = performance.now();
  return () => {
    const now = performance.now();
    if (now - last < 1000 * seconds) return false;
    last = now;
    return true;
  };
}
