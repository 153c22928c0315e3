/**
 * A campaign with longer runs that goes on from one with shorter ones. It has a directory of its own and is, by its identity
 * and every byte of its results, the one that was planned so long from the start; extends.json only says where there
 * is something to take over: results of jobs that are the same, and for runs that became longer the records and the state at
 * their end, as if an owner before the first (claim 0) had left them. What is not there is computed.
 */
import { join } from 'node:path';
import type { CampaignKind, Job } from '../campaign/job.ts';
import type { Json } from '../data/atoms.ts';
import { type CampaignRecord, readCampaign } from './campaign-create.ts';
import { legacy, passResult, passState } from './campaign-inherit.ts';
import { openStore, readJob, type Store } from './campaign-store.ts';
import type { Disk } from './disk.ts';
import { readText } from './files.ts';
import { canonicalJson } from './hash.ts';

/** The file in the directory of an extended campaign. */
export const EXTENDS = 'extends.json';

/** Its content; `from` is relative to the campaign's directory. */
export const formatExtends = (from: string): string => `${JSON.stringify({ from })}\n`;

/** The directory that this campaign goes on from, undefined where it began by itself. */
function sourceOf(folder: string, disk: Disk): string | undefined {
  const path = join(folder, EXTENDS);
  if (disk.stat(path) === undefined) return undefined;
  const { from } = Object(JSON.parse(readText(path, { disk, limit: 1 << 16 })));
  return typeof from === 'string' ? join(folder, from) : undefined;
}

/** Whether numbers of the one are numbers of the other, where their jobs are the same. */
const related = (a: CampaignRecord, b: CampaignRecord): boolean =>
  a.kind === b.kind && a.kernelHash === b.kernelHash && canonicalJson(a.resources) === canonicalJson(b.resources);

/** The store of the campaign that this one goes on from; undefined where there is none, or none of use any more. */
function openSource(store: Store): Store | undefined {
  try {
    const folder = sourceOf(store.folder, store.disk);
    if (folder === undefined || store.disk.stat(folder)?.kind !== 'folder') return undefined;
    const record = readCampaign(folder, store.disk);
    return record && related(record, store.record) ? openStore(folder, record, { disk: store.disk }) : undefined;
  } catch {
    // a fault of that directory is none of this campaign
    return undefined;
  }
}

/** Names in the folder of a job that somebody has begun, or that has taken something over. */
const begun = /^(claim\.|checkpoint-|result\.json$|failed\.json$)/;

/**
 * Takes over what there is for a new job, before anyone begins it; `jobOf` knows the plan. Several processes may do so at once:
 * they write the same records, and of the states the newest counts.
 */
export function createHeir(store: Store, kind: CampaignKind): (job: Job, jobOf: (id: string) => Job) => void {
  const source = openSource(store);
  if (source === undefined) return () => {};
  const old = (id: string): Job | undefined => {
    try {
      return source.names(id).includes('job.json') ? readJob(source, id) : undefined;
    } catch {
      return undefined;
    }
  };
  const known = new Map<string, boolean>();
  return (job, jobOf) => {
    const same = (id: string): boolean => {
      const found = known.get(id) ?? (isSame(jobOf(id), old(id)) && jobOf(id).needs.every(same));
      known.set(id, found);
      return found;
    };
    if (store.names(job.id).some((name) => begun.test(name))) return;
    const before = old(job.id);
    if (before === undefined || before.task !== job.task || !job.needs.every(same)) return;
    const [from, to] = [
      { store: source, job: before },
      { store, job },
    ];
    if (isSame(job, before)) {
      if (!passResult(from, to)) passState(from, to, false);
    } else if (kind.tasks.get(job.task)?.continues?.(before.input, job.input)) {
      passState(from, to, true);
    }
  };
}

const content = ({ id, task, input, needs }: Job): Json => ({ id, task, input, needs });
const isSame = (job: Job, before: Job | undefined): boolean =>
  before !== undefined && canonicalJson(content(job)) === canonicalJson(content(before));

/** Of a plan: results that were taken over, and runs that will go on from where they were. */
export function inheritance(store: Store, jobs: readonly Job[]): { results: number; runs: number } {
  const count = (has: (names: string[]) => boolean) => jobs.filter(({ id }) => has(store.names(id))).length;
  return {
    results: count((names) => names.includes('result.json')),
    runs: count((names) => !names.includes('result.json') && names.includes(legacy.checkpoint)),
  };
}
