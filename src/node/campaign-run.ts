/**
 * Works on a campaign until nothing is left that this process could do: plan, claim an open job for every free worker,
 * wait, again. All state is in the directory, so it may be killed at any moment, and any number of processes and hosts
 * may do the same at once.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { CampaignKind, Job, JobFailure, JobProgress } from '../campaign/job.ts';
import { type Board, createBoard } from './campaign-board.ts';
import {
  beat,
  type Claim,
  type ClaimRecord,
  createObserver,
  type End,
  endClaim,
  makeClaim,
  type Observer,
  readClaims,
} from './campaign-claim.ts';
import type { Outcome } from './campaign-drive.ts';
import type { Executor, Running } from './campaign-executor.ts';
import type { Store } from './campaign-store.ts';
import { badEnds, judge } from './campaign-tries.ts';
import { clearJob, slicesOf } from './campaign-work.ts';
import { removeQuietly } from './exclusive.ts';
import { WriteError, writeAtomic } from './files.ts';
import { type Owner, thisProcess } from './lock.ts';

export interface CampaignOptions {
  /** Jobs at a time. */
  workers: number;
  executor: Executor;
  /** Seconds between checkpoints of a job. Default 30. */
  checkpointSeconds?: number;
  /** Seconds without a sign of life after which a job of another host is taken over. Default 120. */
  lease?: number;
  /** Seconds without a finished slice after which a job of this process is stopped. Default 1800. */
  hang?: number;
  /** Seconds between looks at what other processes do, and between signs of life. Defaults 2 and 10. */
  poll?: number;
  beat?: number;
  /** First waiting time after a failed try, seconds; doubles. Default 1. */
  backoff?: number;
  /** Seconds without a job for this process, while others work on theirs, after which it ends. Default: never. */
  idle?: number;
  /** Tries of failed jobs begin anew. */
  retry?: boolean;
  /** Who this process is, for its claims. */
  owner?: Owner;
  /** True once all jobs are to checkpoint and stop. */
  stopping?(): boolean;
  onMessage?(message: string): void;
  onProgress?(snapshot: Snapshot): void;
}

/** A job of this process. */
export interface RunningJob {
  id: string;
  progress: JobProgress;
  /** performance.now() at its begin, and how far it was then. */
  since: number;
  from: number;
}

export interface Snapshot {
  running: RunningJob[];
  planned: number;
  finished: number;
  failed: number;
  /** Open jobs that other processes hold. */
  elsewhere: number;
}

export interface CampaignEnd {
  /** 'complete': nothing is left to do, though jobs may have failed; 'idle': only for others. */
  status: 'complete' | 'idle' | 'paused' | 'disk';
  planned: number;
  finished: number;
  failed: ReadonlyMap<string, JobFailure>;
  blocked: string[];
  /** With 'disk': why the directory cannot be written. */
  message?: string;
}

interface Active extends RunningJob {
  claim: Claim;
  running: Running;
  /** performance.now() of the last finished slice. */
  alive: number;
}

interface Session {
  store: Store;
  kind: CampaignKind;
  options: CampaignOptions;
  board: Board;
  observer: Observer;
  owner: Owner;
  active: Map<string, Active>;
  /** Ended jobs whose end was not handled yet. */
  ended: { id: string; outcome: Outcome }[];
  notBefore: Map<string, number>;
  elsewhere: number;
  halt: { status: 'paused' | 'disk'; message?: string } | undefined;
  wake(): void;
}

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

async function loop(session: Session, sleep: (seconds: number) => Promise<void>): Promise<CampaignEnd> {
  const { options, board, active } = session;
  const poll = options.poll ?? 2;
  let looked = Number.NEGATIVE_INFINITY;
  let wait = 0;
  let busy = performance.now();
  for (;;) {
    const handled = handleEnds(session);
    stopHanging(session);
    if (session.halt === undefined && options.stopping?.()) session.halt = { status: 'paused' };
    if (session.halt !== undefined) {
      for (const { running } of active.values()) running.pause();
      if (active.size === 0) return conclude(session, session.halt.status);
    } else if (handled.length > 0 || performance.now() - looked > wait) {
      const of = handled.length > 0 ? handled : undefined;
      const begin = performance.now();
      board.refresh({ write: true, of });
      fill(session);
      const idle = active.size === 0 && session.ended.length === 0 && board.open().length === 0;
      if (idle && of === undefined) return conclude(session, 'complete');
      if (of === undefined) {
        looked = performance.now();
        // on a slow file system looking must not become the work
        wait = Math.max(1000 * poll, 10 * (looked - begin));
      } else if (idle) wait = 0;
    }
    if (active.size > 0) busy = performance.now();
    else if (performance.now() - busy > 1000 * (options.idle ?? Number.POSITIVE_INFINITY))
      return conclude(session, 'idle');
    show(session);
    if (session.ended.length === 0) await sleep(Math.min(poll, TICK));
  }
}

function conclude({ board, halt }: Session, status: CampaignEnd['status']): CampaignEnd {
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

/** Claims a job and starts it; false where another process has it or it is over. */
function take(session: Session, job: Job): boolean {
  const { store, owner } = session;
  const folder = store.jobFolder(job.id);
  const names = store.names(job.id);
  const claims = readClaims(folder, names, store.disk);
  const last = claims.at(-1);
  if (last !== undefined && last.end === undefined && !endIfGone(session, job, last)) return false;
  const from = slicesOf(store, job, names);
  const failure = judge(claims, from);
  if (failure !== undefined) {
    fail(session, job, failure);
    return false;
  }
  const claim = makeClaim(folder, { number: (last?.number ?? 0) + 1, from, owner }, store.disk);
  if (claim === undefined) return false;
  if (store.result(job) !== undefined || store.failure(job.id) !== undefined) {
    // it was finished since we looked
    if (store.result(job) !== undefined) clearJob(store, job.id);
    else endClaim(claim, 'paused', '', store.disk);
    return false;
  }
  start(session, job, claim);
  return true;
}

function endIfGone({ observer, store, options }: Session, job: Job, last: ClaimRecord): boolean {
  const folder = store.jobFolder(job.id);
  const reason = observer.gone(folder, last);
  if (reason === undefined || !endClaim({ folder, number: last.number }, 'lost', reason, store.disk)) return false;
  last.end = { how: 'lost', message: reason };
  options.onMessage?.(`${job.id}: taken over: ${reason}`);
  return true;
}

function start(session: Session, job: Job, claim: Claim): void {
  const { store, kind, options, board, active } = session;
  const now = performance.now();
  const running = options.executor({
    store,
    kind,
    job,
    needs: new Map(job.needs.map((id) => [id, board.job(id)])),
    claim,
    checkpointSeconds: options.checkpointSeconds ?? 30,
    onProgress(progress) {
      const mine = active.get(job.id);
      if (mine === undefined) return;
      if (mine.progress.total === 0) Object.assign(mine, { from: progress.done, since: performance.now() });
      Object.assign(mine, { progress, alive: performance.now() });
    },
    onMessage: (message) => options.onMessage?.(message),
  });
  const progress = { done: 0, total: 0, text: 'starting' };
  active.set(job.id, { id: job.id, claim, running, progress, since: now, from: 0, alive: now });
  running.done.then((outcome) => {
    session.ended.push({ id: job.id, outcome });
    session.wake();
  });
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
      if (!(error instanceof WriteError)) throw error;
      session.halt ??= { status: 'disk', message: error.message };
    }
  }
  return ended.map(({ id }) => id);
}

function handleEnd(session: Session, job: Job, claim: Claim, outcome: Outcome): void {
  const { store, options, notBefore } = session;
  if (outcome.how === 'done' || outcome.how === 'lost') return;
  if (outcome.how === 'disk') session.halt ??= { status: 'disk', message: outcome.message };
  if (outcome.how === 'physics' || outcome.how === 'input') {
    fail(session, job, { kind: outcome.how, message: outcome.message, tries: 1 });
    return;
  }
  const how: End = outcome.how === 'disk' ? 'paused' : outcome.how;
  const message = 'message' in outcome ? outcome.message : '';
  if (!endClaim(claim, how, message, store.disk) || how === 'paused') return;
  const names = store.names(job.id);
  const from = slicesOf(store, job, names);
  const claims = readClaims(claim.folder, names, store.disk);
  const failure = judge(claims, from);
  if (failure !== undefined) {
    fail(session, job, failure);
    return;
  }
  const tries = badEnds(claims, from).length;
  notBefore.set(job.id, performance.now() + 1000 * (options.backoff ?? 1) * 2 ** Math.max(0, tries - 1));
  options.onMessage?.(`${job.id}: ${message}; it is tried again`);
}

function fail({ store, options }: Session, job: Job, failure: JobFailure): void {
  store.saveFailure(job.id, failure);
  options.onMessage?.(`${job.id}: failed: ${failure.message}`);
}

/** Failed jobs may be tried again. */
function pardon({ store, board }: Session): void {
  for (const id of board.failed.keys()) {
    const folder = store.jobFolder(id);
    const last = readClaims(folder, store.names(id), store.disk).at(-1);
    if (last !== undefined && last.end === undefined)
      endClaim({ folder, number: last.number }, 'pardon', '', store.disk);
    const claim = makeClaim(folder, { number: (last?.number ?? 0) + 1, from: 0 }, store.disk);
    if (claim !== undefined) endClaim(claim, 'pardon', '', store.disk);
    removeQuietly(join(folder, 'failed.json'), store.disk);
  }
  board.refresh({ write: true });
}

/** Signs of life of this process's jobs, with what they show to other processes. */
function keepAlive({ active, store }: Session): void {
  for (const { id, claim, progress, running } of active.values()) {
    try {
      if (!beat(claim, store.disk)) running.kill({ how: 'lost' });
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
