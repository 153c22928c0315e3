/**
 * Keeps a run in the browser's own files while it goes on: a copy of the state is taken between two steps and written
 * beside the computation, one write at a time; a write that fails is told once and never stops the run.
 */
import type { Position, Standing, Writer } from './kept.ts';

export interface Keeper {
  readonly project: string;
  readonly run: string;
  /** Takes the state now, unless a write is on its way; `always`: after that one. */
  keep(standing: Standing, position: () => Position, always?: boolean): Promise<void>;
  /** Milliseconds after a write until the next is due. */
  interval(): number;
  /** Nothing is written any more; resolves when the last write is done. */
  close(): Promise<void>;
}

/** ms between writes, and how much longer than a write takes. */
const EVERY = 1000;
const SHARE = 10;

export function createKeeper(writer: Writer, tell: (step: number, problem?: string) => void): Keeper {
  let busy: Promise<void> | undefined;
  let interval = EVERY;
  let failed = false;
  const write = async (standing: Standing, position: Position) => {
    const begun = performance.now();
    try {
      await writer.save(standing, position);
      failed = false;
      tell(standing.step);
    } catch (error) {
      if (!failed) tell(standing.step, problemOf(error));
      failed = true;
    }
    interval = Math.max(EVERY, SHARE * (performance.now() - begun));
  };
  return {
    project: writer.project,
    run: writer.run,
    async keep(standing, position, always = false) {
      if (busy && !always) return;
      const copy = { ...position() };
      copy.rows = copy.rows.slice();
      while (busy) await busy;
      busy = write(standing, copy).finally(() => {
        busy = undefined;
      });
      await busy;
    },
    interval: () => interval,
    async close() {
      while (busy) await busy;
      writer.close();
    },
  };
}

function problemOf(error: unknown): string {
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  const why = full ? 'the storage of this browser is full' : String((error as Error).message ?? error);
  return `This run is not kept: ${why}. It goes on; Download all saves its files.`;
}
