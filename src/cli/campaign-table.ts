/** What a running campaign shows: a table that is redrawn on a terminal, a plain line now and then elsewhere. */
import type { RunningJob, Snapshot } from '../node/campaign-run.ts';
import { duration } from './progress.ts';

const TERMINAL_MS = 250;
const PLAIN_MS = 30_000;

export interface CampaignTable {
  update(snapshot: Snapshot): void;
  /** A line above the table. */
  message(text: string): void;
  end(): void;
}

/** Seconds that a job of this process has left, at its own pace; undefined while nobody can tell. */
export function secondsLeft({ progress, since, from }: RunningJob, now: number): number | undefined {
  const made = progress.done - from;
  if (made <= 0 || progress.total <= progress.done) return undefined;
  return ((progress.total - progress.done) / made) * ((now - since) / 1000);
}

function percent({ done, total }: { done: number; total: number }): string {
  return total > 0 ? `${Math.floor((100 * done) / total)} %`.padStart(5) : '    –';
}

function summary({ planned, finished, failed, running, elsewhere }: Snapshot): string {
  const parts = [`${finished} of ${planned} jobs done`, `${running.length} running`];
  if (elsewhere > 0) parts.push(`${elsewhere} at other processes`);
  if (failed > 0) parts.push(`${failed} failed`);
  return parts.join(', ');
}

function rows(snapshot: Snapshot, now: number): string[] {
  const width = Math.max(3, ...snapshot.running.map(({ id }) => id.length));
  return snapshot.running.map((job) => {
    const left = secondsLeft(job, now);
    const eta = left === undefined ? '' : duration(left);
    return `${job.id.padEnd(width)}  ${percent(job.progress)}  ${eta.padStart(12)}  ${job.progress.text}`;
  });
}

export function createTable(quiet: boolean, stream: NodeJS.WriteStream = process.stderr): CampaignTable {
  const terminal = stream.isTTY === true && !quiet;
  let drawn = 0;
  let last = Number.NEGATIVE_INFINITY;
  const erase = () => {
    if (drawn > 0) stream.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  return {
    update(snapshot) {
      const now = performance.now();
      if (quiet || now - last < (terminal ? TERMINAL_MS : PLAIN_MS)) return;
      last = now;
      const lines = [...rows(snapshot, now), summary(snapshot)];
      if (!terminal) {
        stream.write(`${lines.join('\n')}\n`);
        return;
      }
      const shown = lines.slice(-Math.max(2, (stream.rows || 24) - 2));
      erase();
      const width = Math.max(20, (stream.columns || 80) - 1);
      stream.write(shown.map((line) => `${line.slice(0, width)}\n`).join(''));
      drawn = shown.length;
    },
    message(text) {
      erase();
      last = Number.NEGATIVE_INFINITY;
      stream.write(`frenkel: ${text}\n`);
    },
    end: erase,
  };
}
