/**
 * One line of progress on a terminal, a plain line every ten seconds elsewhere, or every FRENKEL_PROGRESS seconds; on
 * stderr, never in the way of data.
 */

const TERMINAL_MS = 100;
const PLAIN_SECONDS = 10;

export interface Progress {
  /** Shows the line if it is time; `text` is only called then. */
  update(text: () => string): void;
  /** Clears the terminal's line. */
  end(): void;
}

export function createProgress(quiet: boolean, stream: NodeJS.WriteStream = process.stderr): Progress {
  const plain = 1000 * (Number(process.env.FRENKEL_PROGRESS ?? PLAIN_SECONDS) || PLAIN_SECONDS);
  const interval = stream.isTTY ? TERMINAL_MS : plain;
  let last = performance.now();
  let shown = false;
  return {
    update(text) {
      const now = performance.now();
      if (quiet || now - last < interval) return;
      last = now;
      shown = true;
      const line = text();
      stream.write(stream.isTTY ? `\r\x1b[K${line.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}` : `${line}\n`);
    },
    end() {
      if (shown && stream.isTTY) stream.write('\r\x1b[K');
      shown = false;
    },
  };
}

/** Steps per second and what is left, from the wall clock of this process alone. */
export function createRate(): (done: number, left: number) => { perSecond: number; eta: string } {
  const begin = performance.now();
  let first: number | undefined;
  return (done, left) => {
    first ??= done;
    const perSecond = ((done - first) * 1000) / Math.max(1, performance.now() - begin);
    return { perSecond, eta: perSecond > 0 ? duration(left / perSecond) : '?' };
  };
}

/** 95 → "1 min 35 s". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}
