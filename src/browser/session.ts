/**
 * What a worker does for its page: it opens a structure with a potential, runs a task in slices of some milliseconds so
 * that pause, stop and step are heard, posts rows and frames, keeps the last good state for when the physics fails, and
 * the run itself for when the tab is closed.
 */
import { InputError, PhysicsError } from '../data/errors.ts';
import { version } from '../data/version.ts';
import type { Engine } from '../engine/engine.ts';
import { embeddedPotentials } from '../io/embedded.ts';
import { type Active, advance, farthest, goBack, goodOf } from './active.ts';
import { digestOf } from './digest.ts';
import { filesOf } from './export.ts';
import { buffersOf, createFramer, frameOf } from './frames.ts';
import { type Structure, sortFiles } from './inputs.ts';
import { createKeeper } from './keeper.ts';
import { describeOpen, type Open, openInputs } from './open.ts';
import { type Inputs, openProjects, type Projects, type Writer } from './projects.ts';
import type { Flags, Phase, Reply, Request, TaskName, TextFile } from './protocol.ts';
import type { StepRun } from './runs.ts';
import { createPause, FRAME, KEEP, SHARE, SLICE, SOON } from './slices.ts';
import { startTask } from './start-task.ts';
import { createBrowserEngine } from './threads.ts';
import { viewFile } from './view-file.ts';

type Post = (reply: Reply, transfer?: Transferable[]) => void;

/** Answers requests one after the other; what it has to say goes to `post`. */
export function createSession(post: Post): (request: Request) => Promise<void> {
  const pause = createPause();
  let engine: Engine | undefined;
  let projects: Projects | undefined;
  let missing: string | undefined;
  let open: Open | undefined;
  let active: Active | undefined;
  let phase: Phase = 'empty';
  /** Counted up to end the loop of an earlier run. */
  let turn = 0;

  const enter = (next: Phase) => {
    phase = next;
    post({ type: 'phase', phase, ...(active ? { task: active.task, total: active.run.total } : {}) });
  };

  const started = (): Engine => {
    if (!engine) throw new Error('a session begins with start');
    return engine;
  };

  const start = async (request: Extract<Request, { type: 'start' }>): Promise<void> => {
    const { threads, threadUrl, ordinary, keep = true } = request;
    engine = await createBrowserEngine({
      threads,
      threadUrl,
      ordinary: { force: ordinary },
      notice: (text) => post({ type: 'notice', text }),
    });
    const memory = engine.memory.buffer instanceof ArrayBuffer ? 'ordinary' : 'shared';
    const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
    const potentials = embeddedPotentials.map(({ name, summary, citation }) => ({ name, summary, citation }));
    const { threads: running, hash } = engine;
    post({ type: 'started', threads: running, isolated, memory, hash, version, potentials });
    try {
      projects = keep ? await openProjects() : undefined;
      missing = keep ? undefined : 'this page was opened with ?keep=no';
    } catch (error) {
      missing = (error as Error).message;
    }
    await showProjects();
  };

  const showProjects = async () => {
    const all = (await projects?.list()) ?? [];
    const mine = active?.keeper?.run;
    for (const { runs } of all) for (const run of runs) run.elsewhere &&= run.id !== mine;
    post({ type: 'projects', projects: all, ...(missing ? { missing } : {}) });
  };

  /** Ends what runs, and lets go of it. */
  const leave = async (): Promise<void> => {
    turn++;
    const left = active;
    active = undefined;
    if (!left) return;
    if (phase === 'running' || phase === 'paused') await keep(left, 'paused', true);
    left.run.close?.();
    await left.keeper?.close();
  };

  const bring = async (inputs: Inputs): Promise<void> => {
    const on = started();
    open = await openInputs(on, inputs, async () => {
      await leave();
      if (open) on.release(open.mark);
      open = undefined;
      phase = 'empty';
    });
    const opened = describeOpen(open);
    // copied, not given away: its sites are looked at again
    post(opened);
    enter('ready');
  };

  const fresh = (task: TaskName, flags: Flags): StepRun => {
    if (!open) throw new InputError('no structure is open');
    const begun = startTask(open, task, flags);
    open = begun.open;
    return begun.run;
  };

  const activate = (task: TaskName, flags: Flags, run: StepRun, rows: number[][], writer?: Writer): Active => {
    if (!open) throw new InputError('no structure is open');
    const keeper = writer && createKeeper(writer, (step, problem) => post({ type: 'saved', step, problem }));
    const result = { rows: [], digest: '' };
    const frame = createFramer(open.structure, open.frame);
    active = { task, flags, run, rows, sent: 0, frame, good: goodOf(run, rows), keeper, result };
    post({ type: 'begun', columns: [...run.columns], options: { ...run.options } });
    return active;
  };

  const begin = async (task: TaskName, flags: Flags): Promise<void> => {
    await leave();
    phase = 'ready';
    const run = fresh(task, flags);
    const rows = run.due() ? [run.row()] : [];
    const now = activate(task, flags, run, rows, await writerFor(task, flags, run));
    await keep(now, 'running');
    enter('running');
    void loop(turn);
    void showProjects();
  };

  const writerFor = async (task: TaskName, flags: Flags, run: StepRun): Promise<Writer | undefined> => {
    if (!projects || !open) return undefined;
    const { inputs, structure, system } = open;
    const { title, atoms } = structure;
    const potential = system.potential.name ?? system.potential.kernel;
    const about = { name: title, title, potential, atoms: atoms.numbers.length };
    try {
      return await projects.begin(inputs, about, { task, flags, total: run.total, kernels: started().hash });
    } catch (error) {
      post({ type: 'saved', step: 0, problem: `This run is not kept: ${(error as Error).message}` });
      return undefined;
    }
  };

  const keep = async (what: Active, status: Phase, always = false): Promise<void> => {
    const { run, rows, result, keeper } = what;
    const position = () => ({ saved: run.save(), rows });
    await keeper?.keep({ status, step: run.step(), ...result }, position, always);
  };

  const reopen = async (project: string, id: string): Promise<void> => {
    if (!projects) throw new InputError(missing ?? 'no runs are kept');
    await leave();
    const { structure, potential, project: owner, about, position, writer } = await projects.load(project, id);
    const { task, flags } = about;
    try {
      post({ type: 'reopened', structure, potential, task, flags, name: owner.name });
      await bring({ structure, potential });
      if (about.kernels !== started().hash)
        throw new InputError('this run was begun with another version of the kernels, and cannot go on with this one');
      const run = fresh(task, flags);
      if (position?.saved !== undefined) run.restore(position.saved);
      activate(task, flags, run, position ? position.rows.map((row) => [...row]) : [run.row()], writer);
    } catch (error) {
      writer.close();
      throw error;
    }
    if (!active || !open) return;
    if (active.run.ended()) return finish('done');
    report(active, 0);
    postCurves(active.run);
    enter('paused');
  };

  const fail = (error: unknown, during: boolean): void => {
    const kind = error instanceof InputError ? 'input' : error instanceof PhysicsError ? 'physics' : 'bug';
    let message = error instanceof Error ? error.message : String(error);
    const place = during && active ? { step: active.run.step(), good: active.good.step } : {};
    if (during && active && !/\batoms? \d/.test(message)) message += farthest(active);
    post({ type: 'failed', kind, message, ...place });
    if (!during || !active) return;
    enter('failed');
    const { keeper, good, rows, result } = active;
    const position = () => ({ saved: good.saved, rows: rows.slice(0, good.rows) });
    void keeper?.keep({ status: 'failed', step: good.step, ...result }, position, true);
  };

  const finish = async (next: Phase): Promise<void> => {
    if (!open || !active) return;
    phase = next;
    const mine = active;
    const { run, rows } = mine;
    const last = rows[rows.length - 1];
    if (last?.[0] !== run.step()) rows.push(run.row());
    report(mine, 0);
    postCurves(run);
    const { status, rows: table } = run.result(rows);
    postImages(open.structure, run);
    const digest = await digestOf(run.bits());
    mine.result = { rows: table, digest };
    post({ type: 'result', status, rows: table, energy: run.energy(), digest, figures: run.figures?.() });
    enter(next);
    await keep(mine, next, true);
    await showProjects();
  };

  const postImages = (structure: Structure, run: StepRun): void => {
    if (!run.images || !run.ended()) return;
    const frames = run.images().map((one, k) => ({ ...frameOf(structure, one, run.step()), label: `image ${k}` }));
    post({ type: 'frames', frames, at: 'middle' });
  };

  const postCurves = (run: StepRun): void => {
    const curves = run.curves?.() ?? [];
    if (curves.length > 0) post({ type: 'curves', curves });
  };

  const report = (what: Active, perSecond: number, live = false): void => {
    const { run, rows } = what;
    const frame = what.frame(run.shown(), run.step(), !live);
    const entropies = run.values?.();
    if (entropies) frame.entropies = Float32Array.from(entropies);
    const says = run.says?.() ?? '';
    post({ type: 'progress', step: run.step(), rows: rows.slice(what.sent), perSecond, frame, says }, buffersOf(frame));
    what.sent = rows.length;
  };

  const loop = async (mine: number): Promise<void> => {
    const begun = performance.now();
    let [drawn, kept, counted] = [0, begun, { at: begun, step: active?.run.step() ?? 0 }];
    let speed = 0;
    let interval = FRAME;
    let due = begun + SOON;
    try {
      while (turn === mine && phase === 'running' && active && open) {
        const { run } = active;
        const slice = performance.now();
        while (!run.ended() && performance.now() - slice < SLICE) advance(active);
        const now = performance.now();
        if (now - counted.at > 500) {
          speed = (1000 * (run.step() - counted.step)) / (now - counted.at);
          counted = { at: now, step: run.step() };
          postCurves(run);
        }
        if (run.ended()) return await finish('done');
        if (now - drawn >= interval) {
          report(active, speed, true);
          drawn = performance.now();
          interval = Math.max(FRAME, SHARE * (drawn - now));
        }
        if (now - kept >= KEEP) {
          active.good = goodOf(run, active.rows);
          kept = now;
        }
        if (active.keeper && now >= due) {
          void keep(active, 'running');
          due = now + active.keeper.interval();
        }
        await pause();
      }
    } catch (error) {
      if (turn === mine) fail(error, true);
    }
  };

  const back = (): void => {
    if (!active || !open || phase !== 'failed') return;
    goBack(active);
    active.sent = Math.min(active.sent, active.rows.length);
    report(active, 0);
    enter('paused');
  };

  const one = async (): Promise<void> => {
    if (!active || !open || phase !== 'paused') return;
    advance(active);
    if (active.run.ended()) await finish('done');
    else report(active, 0);
  };

  const hold = async (): Promise<void> => {
    if (phase !== 'running' || !active || !open) return;
    enter('paused');
    report(active, 0);
    await keep(active, 'paused', true);
  };

  const show = async (file: TextFile): Promise<void> => {
    const { opened, frames } = viewFile(file);
    await leave();
    post(opened);
    post(
      { type: 'frames', frames, at: 'last' },
      frames.flatMap((frame) => buffersOf(frame)),
    );
  };

  const change = async (request: Extract<Request, { type: 'rename' | 'remove' }>): Promise<void> => {
    const { type, project } = request;
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
    await showProjects();
  };

  const answer = async (request: Request): Promise<void> => {
    switch (request.type) {
      case 'start':
        return start(request);
      case 'open':
        return bring({ structure: request.structure, potential: request.potential });
      case 'run':
        return begin(request.task, request.flags);
      case 'pause':
        return hold();
      case 'resume':
        if (phase === 'paused') {
          enter('running');
          void loop(++turn);
        }
        return;
      case 'step':
        return one();
      case 'stop':
        if (phase === 'running' || phase === 'paused') {
          turn++;
          await finish('stopped');
        }
        return;
      case 'back':
        return back();
      case 'save':
        if (active && (phase === 'running' || phase === 'paused')) await keep(active, phase, true);
        return;
      case 'view':
        return show(request.file);
      case 'sort':
        return post({ type: 'sorted', ...sortFiles(request.files) });
      case 'export':
        return post({
          type: 'files',
          files: open ? filesOf(open.structure.atoms, open.system.potential.reference, active) : [],
        });
      case 'projects':
        return showProjects();
      case 'reopen':
        return reopen(request.project, request.run);
      case 'rename':
      case 'remove':
        return change(request);
    }
  };

  let last: Promise<void> = Promise.resolve();
  return (request) => {
    last = last.then(() => answer(request)).catch((error) => fail(error, request.type === 'step'));
    return last;
  };
}
