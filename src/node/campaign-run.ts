/**
 * Works on a campaign until nothing is left that this process could do: plan, claim an open job for every free worker,
 * wait, again. All state is in the directory, so it may be killed at any moment, and any number of processes and hosts
 * may do the same at once.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { CampaignKind } from '../campaign/job.ts';
import { createBoard } from './campaign-board.ts';
import { beat, createObserver } from './campaign-claim.ts';
import type { CampaignEnd, CampaignOptions, Session } from './campaign-session.ts';
import type { Store } from './campaign-store.ts';
import { handleEnd, pardon, take } from './campaign-take.ts';
import { clearJob } from './campaign-work.ts';
import { sweepDrafts } from './drafts.ts';
import { codeOf, WriteError, writeAtomic } from './files.ts';
import { thisProcess } from './lock.ts';

export type { CampaignEnd, CampaignOptions, RunningJob, Snapshot } from './campaign-session.ts';

/** Runs until the campaign is complete, or this process is to stop. Throws InputError, WriteError. */
export async function runCampaign(store: Store, kind: CampaignKind, options: CampaignOptions): Promise<CampaignEnd> {
  let wake = () => {};
  const session: Session = {
    store,
    kind,
    options,
    board: createBoard(store, kind),
    observer: createObserver(options.lease ?? 120, { disk: store.disk }),
    owner: options.owner ?? thisProcess(),
    active: new Map(),
    ended: [],
    notBefore: new Map(),
    elsewhere: 0,
    halt: undefined,
    looked: Number.NEGATIVE_INFINITY,
    wait: 0,
    troubles: 0,
    wake: () => wake(),
  };
  const sleep = (seconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1000 * seconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const pulse = setInterval(() => keepAlive(session), 1000 * (options.beat ?? 10));
  try {
    session.board.refresh({ write: true });
    // what a process left that was killed while it tidied up
    for (const id of session.board.results.keys()) clearJob(store, id);
    if (options.retry) pardon(session);
    return await loop(session, sleep);
  } finally {
    clearInterval(pulse);
    for (const { running } of session.active.values()) running.kill({ how: 'lost' });
  }
}

/** Signals and ends are looked at this often, seconds. */
const TICK = 0.2;
/** Looks in a row that may fail to read the directory: a network file system may be away for a while. */
const MOST_TROUBLES = 30;

async function loop(session: Session, sleep: (seconds: number) => Promise<void>): Promise<CampaignEnd> {
  const { options, active } = session;
  let busy = performance.now();
  for (;;) {
    const ended = handleEnds(session);
    stopHanging(session);
    if (session.halt === undefined && options.stopping?.()) session.halt = { status: 'paused' };
    if (session.halt !== undefined) {
      for (const { running } of active.values()) running.pause();
      if (active.size === 0) return conclude(session, session.halt.status);
    } else if (ended.length > 0 || performance.now() - session.looked > session.wait) {
      if (look(session, ended)) return conclude(session, 'complete');
    }
    if (active.size > 0) busy = performance.now();
    else if (performance.now() - busy > 1000 * (options.idle ?? Number.POSITIVE_INFINITY))
      return conclude(session, 'idle');
    show(session);
    if (session.ended.length === 0) await sleep(Math.min(options.poll ?? 2, TICK));
  }
}

/** Plans with what is new, of the jobs that ended or of all, and takes jobs; true where nothing is left at all. */
function look(session: Session, ended: string[]): boolean {
  const { board, active, options } = session;
  const of = ended.length > 0 ? ended : undefined;
  const begin = performance.now();
  try {
    board.refresh({ write: true, of });
    fill(session);
    session.troubles = 0;
  } catch (error) {
    trouble(session, error);
    return false;
  } finally {
    if (of === undefined) {
      session.looked = performance.now();
      // on a slow file system looking must not become the work
      session.wait = Math.max(1000 * (options.poll ?? 2), 10 * (session.looked - begin));
    }
  }
  const idle = active.size === 0 && session.ended.length === 0 && board.open().length === 0;
  // the last look is one at everything
  if (idle && of !== undefined) session.wait = 0;
  return idle && of === undefined;
}

/** A directory that cannot be written stops this process in order; one that cannot be read, after a while. */
function trouble(session: Session, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof WriteError)) {
    if (!/^E[A-Z0-9]+$/.test(codeOf(error))) throw error;
    if (session.troubles++ === 0) session.options.onMessage?.(`${message}; trying again`);
    if (session.troubles < MOST_TROUBLES) return;
  }
  session.halt ??= { status: 'disk', message };
}

function conclude({ store, board, halt }: Session, status: CampaignEnd['status']): CampaignEnd {
  if (status === 'complete') {
    const { folder, disk } = store;
    sweepDrafts([folder, join(folder, 'resources'), join(folder, 'report')], disk);
  }
  return {
    status,
    planned: board.jobs.length,
    finished: board.results.size,
    failed: board.failed,
    blocked: board.waiting().blocked.map(({ id }) => id),
    message: halt?.message,
  };
}

function show({ options, active, board, elsewhere }: Session): void {
  options.onProgress?.({
    running: [...active.values()],
    planned: board.jobs.length,
    finished: board.results.size,
    failed: board.failed.size,
    elsewhere,
  });
}

/** Gives every free worker an open job. */
function fill(session: Session): void {
  const { board, active, options } = session;
  session.elsewhere = 0;
  for (const job of board.open()) {
    if (active.has(job.id)) continue;
    if (active.size >= options.workers) return;
    if ((session.notBefore.get(job.id) ?? 0) > performance.now()) continue;
    if (!take(session, job)) session.elsewhere++;
  }
}

/** The jobs that ended. */
function handleEnds(session: Session): string[] {
  const ended = session.ended.splice(0);
  for (const { id, outcome } of ended) {
    const mine = session.active.get(id);
    session.active.delete(id);
    if (mine === undefined) continue;
    try {
      handleEnd(session, session.board.job(id), mine.claim, outcome);
    } catch (error) {
      trouble(session, error);
    }
  }
  return ended.map(({ id }) => id);
}

/** Signs of life of this process's jobs, with what they show to other processes. */
function keepAlive({ active, store }: Session): void {
  for (const { id, claim, progress, running } of active.values()) {
    try {
      if (!beat(claim, store.disk)) {
        running.kill({ how: 'lost' });
        continue;
      }
      const now = new Date().toISOString();
      const note = { host: hostname(), pid: process.pid, at: now, ...progress };
      writeAtomic(join(store.jobFolder(id), 'owner.json'), `${JSON.stringify(note)}\n`, store.disk);
    } catch {
      // a full disk is noticed by the job itself, which then ends in order
    }
  }
}

function stopHanging({ active, options }: Session): void {
  const hang = options.hang ?? 1800;
  for (const { running, alive } of active.values()) {
    if (performance.now() - alive < 1000 * hang) continue;
    running.kill({ how: 'hang', message: `no slice was finished for ${hang} s` });
  }
}
