/** How something comes to be open in a session, and how a run begins. */
import { InputError } from '../data/errors.ts';
import { type Active, goodOf } from './active.ts';
import { drive } from './drive.ts';
import { createFilm, type Film } from './film.ts';
import { buffersOf, createFramer } from './frames.ts';
import { createKeeper } from './keeper.ts';
import type { Inputs, Writer } from './kept.ts';
import { keep, showProjects, writerFor } from './kept-runs.ts';
import { describeOpen, openInputs } from './open.ts';
import type { Flags, TaskName, TextFile } from './protocol.ts';
import { report } from './reports.ts';
import type { StepRun } from './runs.ts';
import { engineOf, enter, type Session, underWay } from './session-state.ts';
import { startTask } from './start-task.ts';
import { viewFile } from './view-file.ts';

/** Ends what runs, and lets go of it. */
export async function leave(session: Session): Promise<void> {
  session.turn++;
  const { active: left } = session;
  session.active = undefined;
  session.archive = undefined;
  if (!left) return;
  if (underWay(session)) await keep(left, 'paused', true);
  left.run.close?.();
  await left.keeper?.close();
}

/** Opens a structure with a potential in place of what is open. */
export async function bring(session: Session, inputs: Inputs): Promise<void> {
  const on = engineOf(session);
  session.open = await openInputs(on, inputs, async () => {
    await leave(session);
    if (session.open) on.release(session.open.mark);
    session.open = undefined;
    session.phase = 'empty';
  });
  // copied, not given away: its sites are looked at again
  session.post(describeOpen(session.open));
  enter(session, 'ready');
}

/** A run from its beginning, on a fresh system. */
export function fresh(session: Session, task: TaskName, flags: Flags): StepRun {
  if (!session.open) throw new InputError('no structure is open');
  const begun = startTask(session.open, task, flags);
  session.open = begun.open;
  return begun.run;
}

interface Beginning {
  task: TaskName;
  flags: Flags;
  run: StepRun;
  rows: number[][];
  film: Film;
  writer?: Writer;
}

/** Makes it the run of the session, and tells the page. */
export function activate(session: Session, { writer, ...beginning }: Beginning): Active {
  const { open, post } = session;
  if (!open) throw new InputError('no structure is open');
  const { run, rows } = beginning;
  const keeper = writer && createKeeper(writer, (step, problem) => post({ type: 'saved', step, problem }));
  const result = { rows: [], digest: '' };
  const frame = createFramer(open.structure, open.frame);
  const active = { ...beginning, sent: 0, frame, good: goodOf(run, rows), keeper, result };
  session.active = active;
  post({ type: 'begun', columns: [...run.columns], options: { ...run.options } });
  return active;
}

export async function begin(session: Session, task: TaskName, flags: Flags): Promise<void> {
  await leave(session);
  session.phase = 'ready';
  const run = fresh(session, task, flags);
  const rows = run.due() ? [run.row()] : [];
  const writer = await writerFor(session, task, flags, run);
  const now = activate(session, { task, flags, run, rows, film: createFilm(), writer });
  report(session, now, 0, true);
  await keep(now, 'running');
  enter(session, 'running');
  void drive(session);
  void showProjects(session);
}

/** Shows a file of structures, without a potential. */
export async function show(session: Session, file: TextFile): Promise<void> {
  const { opened, frames } = viewFile(file);
  await leave(session);
  session.post(opened);
  session.post(
    { type: 'frames', frames, at: 'last' },
    frames.flatMap((frame) => buffersOf(frame)),
  );
}
