/**
 * When a job has had its tries. A try is an owner that ended badly without getting the job any further than it was:
 * three of them whose own process saw the crash, the hang or the error. Where whole processes vanish (kill -9, power,
 * a preempted node) the job is rarely the reason: thirty, as processes that are killed at random moments can vanish a
 * dozen times in a row before a job's first slice is done.
 */
import type { JobFailure } from '../campaign/job.ts';
import type { ClaimRecord } from './campaign-claim.ts';

export const MOST_TRIES = 3;
export const MOST_LOST = 30;

/** Bad ends in a row without progress; `from`: slices of the checkpoint that the next owner would begin from. */
export function badEnds(claims: readonly ClaimRecord[], from: number): ClaimRecord[] {
  const bad: ClaimRecord[] = [];
  for (const claim of [...claims].reverse()) {
    const how = claim.end?.how;
    if (how === 'pardon' || (how !== 'paused' && claim.from !== from)) break;
    if (how !== undefined && how !== 'paused') bad.push(claim);
  }
  return bad;
}

/** The failure of a job that has had its tries; undefined where it may be tried again. */
export function judge(claims: readonly ClaimRecord[], from: number): JobFailure | undefined {
  const bad = badEnds(claims, from);
  const seen = bad.find(({ end }) => end?.how !== 'lost');
  const tries = bad.filter(({ end }) => end?.how !== 'lost').length;
  if (tries < MOST_TRIES && bad.length < MOST_LOST) return undefined;
  const end = (tries >= MOST_TRIES ? seen : bad[0])?.end;
  const kind = end?.how === 'crash' || end?.how === 'hang' || end?.how === 'error' ? end.how : 'lost';
  return { kind, message: end?.message ?? '', tries: bad.length };
}
