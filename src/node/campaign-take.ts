/** Getting jobs and giving them back: claims, tries, failures. */
import { join } from 'node:path';
import type { Job, JobFailure } from '../campaign/job.ts';
import { type Claim, type ClaimRecord, type End, endClaim, makeClaim, readClaims } from './campaign-claim.ts';
import type { Outcome } from './campaign-drive.ts';
import type { Session } from './campaign-session.ts';
import { badEnds, judge } from './campaign-tries.ts';
import { clearJob, slicesOf } from './campaign-work.ts';
import { removeQuietly } from './exclusive.ts';

/** Claims a job and starts it; false where another process has it or it is over. */
export function take(session: Session, job: Job): boolean {
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

/** What the end of a job means for its claim. Throws WriteError. */
export function handleEnd(session: Session, job: Job, claim: Claim, outcome: Outcome): void {
  const { store, options, notBefore } = session;
  // a sign of life may have come after the job had tidied up
  if (outcome.how === 'done') removeQuietly(join(claim.folder, 'owner.json'), store.disk);
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
export function pardon({ store, board }: Session): void {
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
