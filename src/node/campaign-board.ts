/**
 * What is planned, done, failed and open in a campaign: the plan repeated with the results that are there. Any process
 * finds the same at any time from the directory alone.
 */
import type { CampaignKind, Job, JobFailure } from '../campaign/job.ts';
import type { Json } from '../data/atoms.ts';
import { createHeir } from './campaign-extend.ts';
import type { Store } from './campaign-store.ts';

export interface Board {
  readonly jobs: readonly Job[];
  readonly results: ReadonlyMap<string, Json>;
  readonly failed: ReadonlyMap<string, JobFailure>;
  /** Looks for new results and failures, of some jobs or of all, and plans again; `write`: new jobs get their folders. */
  refresh(options?: { write?: boolean; of?: readonly string[] }): void;
  job(id: string): Job;
  /** Jobs without a result or failure whose needs are done, in the plan's order. */
  open(): Job[];
  /** Jobs that wait for others, and those that a failed one keeps from ever beginning. */
  waiting(): { waiting: Job[]; blocked: Job[] };
}

export function createBoard(store: Store, kind: CampaignKind): Board {
  const results = new Map<string, Json>();
  const failed = new Map<string, JobFailure>();
  let jobs: Job[] = [];
  let byId = new Map<string, Job>();
  const written = new Set<string>();
  let heir: ReturnType<typeof createHeir> | undefined;
  const look = (among: readonly Job[]): boolean => {
    let found = false;
    for (const job of among) {
      if (results.has(job.id)) continue;
      const stored = store.result(job);
      const failure = stored === undefined ? store.failure(job.id) : undefined;
      if (stored !== undefined) {
        results.set(job.id, stored.result);
        found = true;
      }
      if (failure === undefined) failed.delete(job.id);
      else failed.set(job.id, failure);
    }
    return found;
  };
  const plan = (write: boolean) => {
    jobs = kind.plan(store.record.config, results);
    byId = new Map(jobs.map((job) => [job.id, job]));
    if (byId.size < jobs.length) throw new Error('the plan has two jobs of one name');
    if (!write) return;
    heir ??= createHeir(store, kind);
    for (const job of jobs) {
      if (written.has(job.id)) continue;
      store.addJob(job);
      heir(job, jobOf);
      written.add(job.id);
    }
  };
  const jobOf = (id: string) => {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`no job ${id} is planned`);
    return found;
  };
  const unfinished = () => jobs.filter(({ id }) => !results.has(id) && !failed.has(id));
  return {
    get jobs() {
      return jobs;
    },
    results,
    failed,
    refresh({ write = false, of } = {}) {
      if (of !== undefined) look(of.flatMap((id) => byId.get(id) ?? []));
      do plan(write);
      while (of === undefined && look(jobs));
    },
    job: jobOf,
    open: () => unfinished().filter(({ needs }) => needs.every((id) => results.has(id))),
    waiting() {
      const blocked = new Set<string>(failed.keys());
      const parts: { waiting: Job[]; blocked: Job[] } = { waiting: [], blocked: [] };
      for (const job of unfinished()) {
        if (job.needs.every((id) => results.has(id))) continue;
        const never = job.needs.some((id) => blocked.has(id));
        if (never) blocked.add(job.id);
        parts[never ? 'blocked' : 'waiting'].push(job);
      }
      return parts;
    },
  };
}
