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
  /** Gives the signals back, unless one came: another one must not cut the last words off. */
  restore(): void;
}

/** Takes note of the first signal; a second one ends the process at once: what is on the disk is whole at any moment. */
export function interruption(): Interruption {
  let first: NodeJS.Signals | undefined;
  const code = (signal = first) => codes.get(signal ?? 'SIGTERM') ?? EXIT.sigterm;
  const onSignal = (signal: NodeJS.Signals) => {
    // a closed terminal is told of twice: by the kernel and by its shell
    if (first === 'SIGHUP' && signal === 'SIGHUP') return;
    if (first !== undefined) process.exit(code(signal));
    first = signal;
  };
  for (const signal of stopSignals) process.on(signal, onSignal);
  return {
    signal: () => first,
    code: () => code(),
    restore() {
      if (first === undefined) for (const signal of stopSignals) process.off(signal, onSignal);
    },
  };
}
