/** The runs of a session in the browser's own files: written while they go on, listed, renamed and deleted. */
import type { Active } from './active.ts';
import { copyOf } from './film.ts';
import type { Writer } from './kept.ts';
import { FORMAT } from './kept-format.ts';
import type { Flags, Phase, Request, TaskName } from './protocol.ts';
import type { StepRun } from './runs.ts';
import { engineOf, type Session } from './session-state.ts';

export async function showProjects({ projects, active, missing, post }: Session): Promise<void> {
  const all = (await projects?.list()) ?? [];
  const mine = active?.keeper?.run;
  for (const { runs } of all)
    for (const run of runs) {
      run.here = run.id === mine;
      run.elsewhere &&= !run.here;
    }
  post({ type: 'projects', projects: all, ...(missing ? { missing } : {}) });
}

/** Where a new run is written; undefined, and said once, where it cannot be. */
export async function writerFor(
  session: Session,
  task: TaskName,
  flags: Flags,
  run: StepRun,
): Promise<Writer | undefined> {
  const { projects, open, post } = session;
  if (!projects || !open) return undefined;
  const { inputs, structure, system } = open;
  const { title, atoms } = structure;
  const potential = system.potential.name ?? system.potential.kernel;
  const about = { name: title, title, potential, atoms: atoms.numbers.length };
  try {
    const { total, columns } = run;
    const kernels = engineOf(session).hash;
    return await projects.begin(inputs, about, { task, flags, total, kernels, format: FORMAT, columns: [...columns] });
  } catch (error) {
    post({ type: 'saved', step: 0, problem: `This run is not kept: ${(error as Error).message}` });
    return undefined;
  }
}

/** Keeps a run as it is now; `always`: also where a write is on its way. */
export async function keep(what: Active, status: Phase, always = false): Promise<void> {
  const { run, rows, result, keeper, film } = what;
  // there is nothing new, and what is there says more
  if (run.rebuilding?.()) return;
  const position = () => ({ saved: run.save(), rows, film: copyOf(film) });
  await keeper?.keep({ status, step: run.step(), ...result }, position, always);
}

/** Keeps the last good state of a run that failed. */
export async function keepGood({ good, rows, result, keeper, film }: Active): Promise<void> {
  const position = () => ({ saved: good.saved, rows: rows.slice(0, good.rows), film: copyOf(film) });
  await keeper?.keep({ status: 'failed', step: good.step, ...result }, position, true);
}

export async function change(
  session: Session,
  request: Extract<Request, { type: 'rename' | 'remove' }>,
): Promise<void> {
  const { type, project } = request;
  const { projects, active } = session;
  if (type === 'rename') await projects?.rename(project, request.name);
  else {
    const { keeper } = active ?? {};
    // what runs goes on, but is not kept any more
    if (active && keeper?.project === project && (request.run ?? keeper.run) === keeper.run) {
      active.keeper = undefined;
      await keeper.close();
    }
    await projects?.remove(project, request.run);
  }
  await showProjects(session);
}
