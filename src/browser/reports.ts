/** What a page hears of a run: rows, frames, curves and, at the end, images of a path. */
import type { Active } from './active.ts';
import { shoot } from './film.ts';
import { buffersOf, frameOf } from './frames.ts';
import type { Structure } from './inputs.ts';
import type { StepRun } from './runs.ts';
import type { Session } from './session-state.ts';

/**
 * Rows since the last, and the present frame, which joins those that are kept with the run. `live`: there is more to come.
 * Whether there was a frame: a run that is prepared again has none.
 */
export function report({ post }: Session, what: Active, perSecond: number, live = false): boolean {
  const { run, rows } = what;
  if (run.rebuilding?.()) {
    post({ type: 'progress', step: run.step(), rows: rows.slice(what.sent), perSecond, says: run.says?.() ?? '' });
    what.sent = rows.length;
    return false;
  }
  const frame = what.frame(run.shown(), run.step(), !live);
  const entropies = run.values?.();
  if (entropies) frame.entropies = Float32Array.from(entropies);
  const label = run.pictured?.();
  if (label) frame.label = label;
  // where pictures have names, those between are all the same
  if (!run.pictured || label || what.film.shots.length === 0) shoot(what.film, frame);
  const says = run.says?.() ?? '';
  post({ type: 'progress', step: run.step(), rows: rows.slice(what.sent), perSecond, frame, says }, buffersOf(frame));
  what.sent = rows.length;
  return true;
}

export function postCurves({ post }: Session, run: StepRun): void {
  const curves = run.curves?.() ?? [];
  if (curves.length > 0) post({ type: 'curves', curves });
}

export function postImages({ post }: Session, structure: Structure, run: StepRun): void {
  if (!run.images || !run.ended()) return;
  const frames = run.images().map((one, k) => ({ ...frameOf(structure, one, run.step()), label: `image ${k}` }));
  post({ type: 'frames', frames, at: 'middle' });
}
