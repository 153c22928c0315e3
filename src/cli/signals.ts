/**
 * Signals that ask a run to checkpoint and stop: Ctrl-C, a scheduler's or an administrator's kill, a terminal that is
 * closed (Node takes SIGHUP's neglect by nohup back, so without a handler nohup would not keep a run alive either).
 */
import { EXIT } from './exit.ts';

export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const codes = new Map<NodeJS.Signals, number>([
  ['SIGINT', EXIT.sigint],
  ['SIGTERM', EXIT.sigterm],
  ['SIGHUP', EXIT.sighup],
]);

export interface Interruption {
  /** The first signal, or undefined. */
  signal(): NodeJS.Signals | undefined;
  /** The exit code of that signal; 143 where there was none. */
  code(): number;
  /** There is nothing to interrupt any more. Signals are given back, unless one came: another must not cut the last words off. */
  restore(): void;
}

const codeOf = (signal: NodeJS.Signals | undefined) => codes.get(signal ?? 'SIGTERM') ?? EXIT.sigterm;

let program = false;
/** Came when nothing was there to be interrupted. */
let late: NodeJS.Signals | undefined;

function onLate(signal: NodeJS.Signals): void {
  if (late !== undefined) process.exit(codeOf(signal));
  late = signal;
}

/**
 * For the program itself, once, as it begins: a signal that comes when a run is complete does not take its exit code
 * away. It ends what the command begins next, and a second one ends the process.
 */
export function heedLateSignals(): void {
  program = true;
}

/** Takes note of the first signal; a second one ends the process at once: what is on the disk is whole at any moment. */
export function interruption(): Interruption {
  let first = late;
  late = undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    // a closed terminal is told of twice: by the kernel and by its shell
    if (first === 'SIGHUP' && signal === 'SIGHUP') return;
    if (first !== undefined) process.exit(codeOf(signal));
    first = signal;
  };
  for (const signal of stopSignals) process.off(signal, onLate).on(signal, onSignal);
  return {
    signal: () => first,
    code: () => codeOf(first),
    restore() {
      if (first !== undefined) return;
      for (const signal of stopSignals) {
        if (program) process.on(signal, onLate);
        process.off(signal, onSignal);
      }
    },
  };
}
