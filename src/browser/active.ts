/** A run that goes on: its table, and the last good state to go back to. */
import type { Film } from './film.ts';
import type { createFramer } from './frames.ts';
import type { Keeper } from './keeper.ts';
import type { Flags, ResultRow, TaskName } from './protocol.ts';
import type { StepRun } from './runs.ts';

export interface Active {
  task: TaskName;
  flags: Flags;
  run: StepRun;
  /** All rows of the table so far. */
  rows: number[][];
  sent: number;
  frame: ReturnType<typeof createFramer>;
  /** Its frames, to be kept with it. */
  film: Film;
  good: Good;
  keeper?: Keeper;
  /** To be held as soon as it is prepared again. */
  rebuilds?: boolean;
  /** The table of results, once the run has ended. */
  result: { rows: ResultRow[]; digest: string };
}

interface Good {
  saved: unknown;
  /** (n,3) Å. */
  x: Float64Array;
  step: number;
  /** Length of the table there. */
  rows: number;
}

export const goodOf = (run: StepRun, rows: readonly number[][]): Good => ({
  saved: run.save(),
  x: run.shown().x.slice(),
  step: run.step(),
  rows: rows.length,
});

export function advance({ run, rows }: Active): void {
  const rebuilding = run.rebuilding?.() ?? false;
  run.advance();
  // its present row is there already
  if (!rebuilding && run.due()) rows.push(run.row());
}

/** It is prepared again, and nobody asked for more. */
export const rebuilt = ({ run, rebuilds }: Active): boolean => rebuilds === true && !run.rebuilding?.();

export function goBack({ run, good, ...active }: Active): void {
  run.restore(good.saved);
  active.rows.length = good.rows;
}

/** For a failure that names no atom: the one that went farthest since the last good state, or has no position any more. */
export function farthest({ run, good }: Active): string {
  const { x } = run.shown();
  let [most, atom] = [0, -1];
  for (let i = 0; i < x.length / 3; i++) {
    const d = [0, 1, 2].map((c) => x[3 * i + c] - good.x[3 * i + c]);
    const moved = Math.sqrt(d[0] ** 2 + d[1] ** 2 + d[2] ** 2);
    if (Number.isFinite(moved) && moved <= most) continue;
    [most, atom] = [moved, i];
    if (!Number.isFinite(moved)) break;
  }
  if (atom < 0) return '';
  const how = Number.isFinite(most) ? `moved ${most.toFixed(1)} Å since step ${good.step}` : 'has no position any more';
  return `; atom ${atom} (counted from 0) ${how}`;
}
