/** What a worker does for its page: it answers requests, one after the other; what happens is in the modules beside it. */
import { version } from '../data/version.ts';
import { embeddedPotentials } from '../io/embedded.ts';
import { archiveFiles } from './archive.ts';
import { back, fail, hold, one, resume, stop } from './drive.ts';
import { filesOf } from './export.ts';
import { sortFiles } from './inputs.ts';
import { change, keep, showProjects } from './kept-runs.ts';
import { begin, bring, show } from './opening.ts';
import { openProjects } from './projects.ts';
import type { Reply, Request, TextFile } from './protocol.ts';
import { reopen } from './reopening.ts';
import { type Session, underWay } from './session-state.ts';
import { createPause } from './slices.ts';
import { createBrowserEngine } from './threads.ts';

type Requested<T extends Request['type']> = Extract<Request, { type: T }>;

/** Starts the engine, then looks for what is kept. */
async function start(session: Session, request: Requested<'start'>): Promise<void> {
  const { threads, threadUrl, ordinary, keep: keeping = true } = request;
  const { post } = session;
  const engine = await createBrowserEngine({
    threads,
    threadUrl,
    ordinary: { force: ordinary },
    notice: (text) => post({ type: 'notice', text }),
  });
  session.engine = engine;
  const memory = engine.memory.buffer instanceof ArrayBuffer ? 'ordinary' : 'shared';
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true;
  const potentials = embeddedPotentials.map(({ name, summary, citation }) => ({ name, summary, citation }));
  const { threads: running, hash } = engine;
  post({ type: 'started', threads: running, isolated, memory, hash, version, potentials });
  try {
    session.projects = keeping ? await openProjects() : undefined;
    session.missing = keeping ? undefined : 'this page was opened with ?keep=no';
  } catch (error) {
    session.missing = (error as Error).message;
  }
  await showProjects(session);
}

function files({ open, active, archive }: Session): TextFile[] {
  if (!open) return [];
  const { reference } = open.system.potential;
  const start = open.structure.atoms;
  return archive ? archiveFiles(start, reference, archive) : filesOf(start, reference, active);
}

async function save(session: Session): Promise<void> {
  const { active, phase } = session;
  if (active && underWay(session)) await keep(active, phase, true);
}

async function answer(session: Session, request: Request): Promise<void> {
  switch (request.type) {
    case 'start':
      return start(session, request);
    case 'open':
      return bring(session, { structure: request.structure, potential: request.potential });
    case 'run':
      return begin(session, request.task, request.flags);
    case 'pause':
      return hold(session);
    case 'resume':
      return resume(session);
    case 'step':
      return one(session);
    case 'stop':
      return stop(session);
    case 'back':
      return back(session);
    case 'drawn':
      session.away = Math.max(0, session.away - 1);
      return;
    case 'save':
      return save(session);
    case 'view':
      return show(session, request.file);
    case 'sort':
      return session.post({ type: 'sorted', ...sortFiles(request.files, request.end) });
    case 'export':
      return session.post({ type: 'files', files: files(session) });
    case 'projects':
      return showProjects(session);
    case 'reopen':
      return reopen(session, request.project, request.run);
    case 'rename':
    case 'remove':
      return change(session, request);
  }
}

/** Answers requests one after the other; what it has to say goes to `post`. */
export function createSession(
  post: (reply: Reply, transfer?: Transferable[]) => void,
): (request: Request) => Promise<void> {
  const session: Session = { post, pause: createPause(), phase: 'empty', turn: 0, away: 0 };
  let last: Promise<void> = Promise.resolve();
  return (request) => {
    last = last.then(() => answer(session, request)).catch((error) => fail(session, error, request.type === 'step'));
    return last;
  };
}
