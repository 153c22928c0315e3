/** How a kept run comes back: it goes on where it was left, or what is there of it is shown. */
import { InputError } from '../data/errors.ts';
import type { Active } from './active.ts';
import { columnNames } from './archive.ts';
import { drive, finish } from './drive.ts';
import { createFilm, framesOf } from './film.ts';
import { buffersOf } from './frames.ts';
import type { Loaded, Standing } from './kept.ts';
import { broughtUp } from './kept-format.ts';
import { activate, bring, fresh, leave } from './opening.ts';
import type { Flags, Frame, TaskName } from './protocol.ts';
import { postCurves, report } from './reports.ts';
import type { StepRun } from './runs.ts';
import { engineOf, enter, type Session } from './session-state.ts';
import { tableOf } from './start-task.ts';

/** A kept run in the state that it was left in. Throws where this build cannot go on from there. */
function restored(session: Session, { about, position }: Loaded): StepRun {
  const { task, flags, kernels, format = 1 } = about;
  if (kernels !== engineOf(session).hash) throw new InputError('it was begun with another version of the kernels');
  const run = fresh(session, task, flags);
  if (position?.saved !== undefined) run.restore(broughtUp(task, format, position.saved));
  return run;
}

/** A kept run, paused where it was left, or with its results; where it cannot go on, what is there of it. */
export async function reopen(session: Session, project: string, id: string): Promise<void> {
  const { projects, missing, post } = session;
  if (!projects) throw new InputError(missing ?? 'no runs are kept');
  await leave(session);
  const loaded = await projects.load(project, id);
  const { structure, potential, project: owner, about, position, standing, writer } = loaded;
  const { task, flags } = about;
  try {
    post({ type: 'reopened', structure, potential, task, flags, name: owner.name });
    await bring(session, { structure, potential });
    let run: StepRun;
    try {
      run = restored(session, loaded);
    } catch (error) {
      writer.close();
      return showArchive(session, loaded, (error as Error).message);
    }
    const rows = position ? position.rows.map((row) => [...row]) : [run.row()];
    const film = createFilm(position?.film, run.step());
    const active = activate(session, { task, flags, run, rows, film, writer });
    postFilm(session, framesOf(film));
    if (run.ended()) return await finish(session, 'done');
    active.result = { rows: standing?.rows ?? [], digest: standing?.digest ?? '' };
    if (run.rebuilding?.()) return rebuild(session, active, standing);
    report(session, active, 0);
    postCurves(session, run);
    enter(session, 'paused');
  } catch (error) {
    if (session.active === undefined) writer.close();
    throw error;
  }
}

function postFilm({ post }: Session, frames: Frame[]): void {
  const transfer = frames.flatMap((frame) => buffersOf(frame));
  if (frames.length > 0) post({ type: 'frames', frames, at: 'last' }, transfer);
}

/** The results that were kept, until they are computed again; then it is held, or ends. */
function rebuild(session: Session, active: Active, standing: Standing | undefined): void {
  report(session, active, 0);
  postKept(session, standing);
  active.rebuilds = true;
  enter(session, 'running');
  void drive(session);
}

function postKept({ post }: Session, standing: Standing | undefined): void {
  if (!standing || standing.rows.length === 0) return;
  const { status, rows, digest } = standing;
  post({ type: 'result', status, rows, energy: Number.NaN, digest });
}

/** Undefined where its flags are none any more. */
function optionsOf(session: Session, task: TaskName, flags: Flags): Record<string, unknown> | undefined {
  try {
    return { ...fresh(session, task, flags).options };
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** Everything that was kept of a run that cannot go on. */
function showArchive(session: Session, { about, position, standing }: Loaded, why: string): void {
  const { post } = session;
  const { task, flags, columns } = about;
  const rows = position?.rows ?? [];
  const frames = framesOf(createFilm(position?.film));
  const names = columnNames(rows, columns ?? tableOf[task]);
  session.archive = { task, why, standing, columns: names, rows, frames, saved: position?.saved };
  const options = optionsOf(session, task, flags);
  if (options) post({ type: 'begun', columns: names, options });
  const step = standing?.step ?? 0;
  post({ type: 'progress', step, rows: rows.map((row) => [...row]), perSecond: 0, says: '' });
  // copied, not given away: they are saved as a file too
  if (frames.length > 0) post({ type: 'frames', frames, at: 'last' });
  postKept(session, standing);
  enter(session, standing?.status === 'done' ? 'done' : 'stopped');
  const left = 'its table, frames and results are here, and Download all saves them with what was kept';
  const message = `This run cannot go on: ${why}; ${left}. Run begins it anew.`;
  post({ type: 'failed', kind: 'input', message, still: true, unfit: false });
}
