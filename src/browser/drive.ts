/**
 * A run going on: in slices of some milliseconds, so that pause, stop and step are heard, with the last good state kept
 * for when the physics fails, and the run itself for when the tab is closed.
 */
import { InputError, PhysicsError } from '../data/errors.ts';
import { advance, farthest, goBack, goodOf, rebuilt } from './active.ts';
import { digestOf } from './digest.ts';
import { keep, keepGood, showProjects } from './kept-runs.ts';
import { UnfitError } from './open.ts';
import type { Phase } from './protocol.ts';
import { postCurves, postImages, report } from './reports.ts';
import { enter, type Session, underWay } from './session-state.ts';
import { createShutter, KEEP, SOON } from './slices.ts';

/** Says what went wrong; `during` a run it fails, and can go back. */
export function fail(session: Session, error: unknown, during: boolean): void {
  const active = during ? session.active : undefined;
  const kind = error instanceof InputError ? 'input' : error instanceof PhysicsError ? 'physics' : 'bug';
  let message = error instanceof Error ? error.message : String(error);
  const place = active ? { step: active.run.step(), good: active.good.step } : {};
  if (active && !/\batoms? \d/.test(message)) message += farthest(active);
  const still = session.open !== undefined;
  session.post({ type: 'failed', kind, message, ...place, still, unfit: error instanceof UnfitError });
  if (!active) return;
  enter(session, 'failed');
  void keepGood(active);
}

/** Ends the run, with its results so far. */
export async function finish(session: Session, next: Phase): Promise<void> {
  const { open, active, post } = session;
  if (!open || !active) return;
  session.phase = next;
  const { run, rows } = active;
  if (run.rebuilding?.()) return enter(session, next);
  const last = rows[rows.length - 1];
  if (last?.[0] !== run.step()) rows.push(run.row());
  report(session, active, 0);
  postCurves(session, run);
  const { status, rows: table } = run.result(rows);
  postImages(session, open.structure, run);
  const digest = await digestOf(run.bits());
  active.result = { rows: table, digest };
  post({ type: 'result', status, rows: table, energy: run.energy(), digest, figures: run.figures?.() });
  enter(session, next);
  await keep(active, next, true);
  await showProjects(session);
}

/** Goes on until the run ends, fails, or is held. */
export async function drive(session: Session): Promise<void> {
  const mine = session.turn;
  const begun = performance.now();
  let [kept, counted] = [begun, { at: begun, step: session.active?.run.step() ?? 0 }];
  let speed = 0;
  let due = begun + SOON;
  const shutter = createShutter();
  session.away = 0;
  try {
    while (session.turn === mine && session.phase === 'running' && session.active && session.open) {
      const { active } = session;
      const { run } = active;
      const end = shutter.end(performance.now());
      let now = 0;
      while (!run.ended() && now < end && !rebuilt(active)) {
        advance(active);
        now = performance.now();
      }
      if (now - counted.at > 500) {
        speed = (1000 * (run.step() - counted.step)) / (now - counted.at);
        counted = { at: now, step: run.step() };
        postCurves(session, run);
      }
      if (run.ended()) return await finish(session, 'done');
      if (rebuilt(active)) return await hold(session);
      if (shutter.due(now, session.away)) {
        if (report(session, active, speed, true)) session.away++;
        shutter.taken(now, performance.now());
      }
      if (now - kept >= KEEP) {
        active.good = goodOf(run, active.rows);
        kept = now;
      }
      if (active.keeper && now >= due) {
        void keep(active, 'running');
        due = now + active.keeper.interval();
      }
      await session.pause();
    }
  } catch (error) {
    if (session.turn === mine) fail(session, error, true);
  }
}

export async function hold(session: Session): Promise<void> {
  const { active, phase } = session;
  if (phase !== 'running' || !active) return;
  // where it is, before it is said to be held there
  session.phase = 'paused';
  report(session, active, 0);
  enter(session, 'paused');
  await keep(active, 'paused', true);
}

export function resume(session: Session): void {
  if (session.phase !== 'paused') return;
  if (session.active) session.active.rebuilds = false;
  enter(session, 'running');
  session.turn++;
  void drive(session);
}

/** One step, then held again. */
export async function one(session: Session): Promise<void> {
  const { active, phase } = session;
  if (phase !== 'paused' || !active) return;
  advance(active);
  if (active.run.ended()) await finish(session, 'done');
  else report(session, active, 0);
}

export async function stop(session: Session): Promise<void> {
  if (!underWay(session)) return;
  session.turn++;
  await finish(session, 'stopped');
}

/** To the last good state after a failure. */
export function back(session: Session): void {
  const { active, phase } = session;
  if (phase !== 'failed' || !active) return;
  goBack(active);
  active.sent = Math.min(active.sent, active.rows.length);
  report(session, active, 0);
  enter(session, 'paused');
}
