/**
 * Programs that are to be met at work: how long a test takes to look again, nobody knows on a machine with other work, and
 * what it watches may be over by then.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './cli.ts';

const MOST = 50;

/** Tries anew until it was met in the middle: `attempt` gives undefined where it was over before. */
export async function untilMet<T>(attempt: (number: number) => Promise<T | undefined>): Promise<T> {
  for (let number = 0; number < MOST; number++) {
    const met = await attempt(number);
    if (met !== undefined) return met;
  }
  throw new Error(`it was over before it could be met, ${MOST} times`);
}

/**
 * Starts a command with a run folder once for each signal, which it gets when its log has grown by some lines, so that
 * every start begins further on than the last; then lets it end. Exit codes, the last one 0.
 */
export async function struckAndDone(
  where: string,
  line: string[],
  log: string,
  signals: NodeJS.Signals[],
): Promise<(number | null)[]> {
  const path = join(where, log);
  const size = () => (existsSync(path) ? readFileSync(path, 'utf8').length : 0);
  const seen: (number | null)[] = [];
  for (let round = 0; ; round++) {
    const { child, done } = start(where, [...line, '--checkpoint', '0', '--threads', String(1 + (round % 2))]);
    const before = size();
    const kick = setInterval(() => {
      if (round >= signals.length || size() <= before + 250) return;
      child.kill(signals[round]);
      clearInterval(kick);
    }, 2);
    const { code, stderr } = await done;
    clearInterval(kick);
    seen.push(code);
    if (code === 0) return seen;
    if (code !== null && code !== 143) throw new Error(`exit ${code}: ${stderr}`);
  }
}
