/** What a campaign's directory says about its state, without changing anything. */
import { join } from 'node:path';
import type { CampaignKind, JobFailure, JobProgress } from '../campaign/job.ts';
import { type Board, createBoard } from '../node/campaign-board.ts';
import { readClaims } from '../node/campaign-claim.ts';
import type { Store } from '../node/campaign-store.ts';

export interface HeldJob {
  id: string;
  host: string;
  pid: number;
  /** ISO 8601, by the host's clock; empty while it starts. */
  at: string;
  progress: JobProgress | undefined;
}

export interface CampaignStatus {
  folder: string;
  kind: string;
  /** Nothing is left to do. */
  complete: boolean;
  planned: number;
  finished: number;
  /** Claimed by a process that did not give them back; it may be gone. */
  running: HeldJob[];
  open: string[];
  waiting: number;
  blocked: string[];
  failed: Record<string, JobFailure>;
}

function readOwner(store: Store, id: string): Partial<HeldJob> & Partial<JobProgress> {
  try {
    return Object(JSON.parse(new TextDecoder().decode(store.disk.readFile(join(store.jobFolder(id), 'owner.json')))));
  } catch {
    return {};
  }
}

function held(store: Store, id: string): HeldJob | undefined {
  const last = readClaims(store.jobFolder(id), store.names(id), store.disk).at(-1);
  if (last === undefined || last.end !== undefined) return undefined;
  const { at, done, total, text } = readOwner(store, id);
  const progress = done === undefined || total === undefined ? undefined : { done, total, text: text ?? '' };
  return { id, host: last.owner?.host ?? '?', pid: last.owner?.pid ?? 0, at: at ?? '', progress };
}

export function statusOf(store: Store, kind: CampaignKind, board: Board = createBoard(store, kind)): CampaignStatus {
  board.refresh();
  const running: HeldJob[] = [];
  const open: string[] = [];
  for (const { id } of board.open()) {
    const holder = held(store, id);
    if (holder === undefined) open.push(id);
    else running.push(holder);
  }
  const { waiting, blocked } = board.waiting();
  return {
    folder: store.folder,
    kind: kind.name,
    complete: running.length + open.length === 0,
    planned: board.jobs.length,
    finished: board.results.size,
    running,
    open,
    waiting: waiting.length,
    blocked: blocked.map(({ id }) => id),
    failed: Object.fromEntries(board.failed),
  };
}

/** Lines for people. */
export function describeStatus(status: CampaignStatus): string {
  const { folder, kind, planned, finished, running, open, waiting, blocked, failed } = status;
  const failures = Object.entries(failed);
  const counts = [
    `${finished} of ${planned} planned jobs done`,
    `${running.length} running`,
    `${open.length} open`,
    `${waiting} waiting`,
    ...(failures.length > 0 ? [`${failures.length} failed`] : []),
    ...(blocked.length > 0 ? [`${blocked.length} blocked by failed ones`] : []),
  ];
  const at = ({ id, host, pid, progress, at }: HeldJob) =>
    `  ${id}  ${progress === undefined ? '' : `${progress.done} of ${progress.total}  ${progress.text}  `}on ${host}, process ${pid}${at === '' ? '' : `, last seen ${at}`}`;
  return [
    `${folder}: ${kind} campaign, ${status.complete ? 'nothing left to do' : 'not finished'}`,
    `  ${counts.join(', ')}`,
    ...running.map(at),
    ...failures.map(
      ([id, { message, tries }]) => `  ${id} failed${tries > 1 ? ` after ${tries} tries` : ''}: ${message}`,
    ),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
