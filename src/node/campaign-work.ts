/**
 * A claimed job at work, slice by slice. All that its owner writes before the result carries the claim's number in its
 * name: records-<claim>.log, checkpoint-<claim>-<0|1>.bin. Its predecessors' files are read first, whatever state a
 * crash left them in: all whole records, the newest whole checkpoint. Records that are computed again must come out
 * equal and are not written twice. The end is records.log, arrays.bin, result.json, in this order, each atomically; a
 * late owner can at worst write the same bytes again.
 */
import { join } from 'node:path';
import type { Job, JobProgress, Task, TaskContext, Work } from '../campaign/job.ts';
import { InputError } from '../data/errors.ts';
import { decodeState, encodeState } from '../data/state.ts';
import type { Engine } from '../engine/engine.ts';
import { type Claim, holds } from './campaign-claim.ts';
import { differs, formatRecord, mergeLog } from './campaign-log.ts';
import type { Store, StoredResult } from './campaign-store.ts';
import { packCheckpoint, unpackCheckpoint } from './checkpoint.ts';
import { removeQuietly } from './exclusive.ts';
import { type Appender, openAppend, readBytes, WriteError, writeAtomic } from './files.ts';
import { hashFile, sha256 } from './hash.ts';

export const checkpointName = /^checkpoint-(\d{1,9})-([01])\.bin$/;
const logName = /^records-(\d{1,9})\.log$|^records\.log$/;
/** The state at the end of a run that a longer one could go on from, a checkpoint whose number is that of the records. */
export const LAST = 'last.bin';
const MOST = 2 ** 31;

/** What a checkpoint holds. */
export interface Saved {
  /** Records in the log when it was made. */
  records: number;
  /** Seconds of work so far. */
  seconds: number;
  state: unknown;
}

interface Found {
  slices: number;
  saved: Saved | undefined;
  messages: string[];
}

/** A job at work. */
export interface JobWork {
  /** Sentences about damaged files. */
  readonly messages: readonly string[];
  /** Slices done, over all owners. */
  readonly slices: number;
  /** One slice; 'done' once the result is stored, 'lost' where another process took the job over. */
  slice(): 'more' | 'done' | 'lost';
  /** False where the claim is lost. Throws WriteError. */
  checkpoint(): boolean;
  progress(): JobProgress;
  close(): void;
}

/** Records of all logs of a job, without newlines, in order. */
export function readRecords(store: Store, folder: string, names: readonly string[]): Uint8Array[] {
  const lines: Uint8Array[] = [];
  const logs = names.filter((name) => logName.test(name));
  // shorter ones may end where longer ones go on: two passes find everything, in whatever order they are
  for (const name of [...logs, ...logs]) {
    try {
      mergeLog(lines, readBytes(join(folder, name), { disk: store.disk, limit: MOST }), join(folder, name));
    } catch (error) {
      // its owner has just finished and tidied up
      if (store.disk.stat(join(folder, name)) !== undefined) throw error;
    }
  }
  return lines;
}

/** The newest whole checkpoint whose records are all there. */
export function readCheckpoint(
  store: Store,
  job: Job,
  folder: string,
  names: readonly string[],
  records: number,
  isOne = (name: string) => checkpointName.test(name),
): Found {
  const key = store.jobKey(job);
  const found: Found = { slices: 0, saved: undefined, messages: [] };
  for (const name of names.filter(isOne)) {
    const path = join(folder, name);
    try {
      const checkpoint = unpackCheckpoint(readBytes(path, { limit: MOST, disk: store.disk }));
      if (checkpoint.key !== key) throw new InputError('belongs to another job');
      if (checkpoint.sequence <= found.slices) continue;
      const saved = decodeState(checkpoint.state) as Saved;
      if (saved.records > records) throw new InputError('is ahead of the records');
      Object.assign(found, { slices: checkpoint.sequence, saved });
    } catch (error) {
      if (store.disk.stat(path) !== undefined) found.messages.push(`${path}: ${(error as Error).message}`);
    }
  }
  if (found.messages.length > 0) found.messages.push(`${job.id} goes on from slice ${found.slices}`);
  return found;
}

/** Slices of the newest checkpoint: by this the owners of a job are measured. */
export function slicesOf(store: Store, job: Job, names: readonly string[]): number {
  const folder = store.jobFolder(job.id);
  if (!names.some((name) => checkpointName.test(name))) return 0;
  return readCheckpoint(store, job, folder, names, Number.POSITIVE_INFINITY).slices;
}

/** What a task of this job sees. Throws where a result that it needs is missing. */
export function contextOf(store: Store, job: Job, needed: ReadonlyMap<string, Job>, engine: Engine): TaskContext {
  const stored = new Map<string, StoredResult>();
  for (const [id, need] of needed) {
    const result = store.result(need);
    if (result === undefined) throw new InputError(`job ${id} has no result, and ${job.id} needs it`);
    stored.set(id, result);
  }
  const of = (id: string) => {
    const found = stored.get(id);
    if (found === undefined) throw new Error(`job ${job.id} does not need ${id}`);
    return found;
  };
  return {
    engine,
    input: job.input,
    results: new Map([...stored].map(([id, { result }]) => [id, result])),
    arrays: (id) => store.arrays(id, of(id)),
    records: (id) => store.records(id, of(id)),
    resource: (name) => store.resource(name),
  };
}

/** Begins or resumes a claimed job. Throws WriteError, InputError, and what the task throws. */
export function openWork(store: Store, job: Job, claim: Claim, task: Task, context: TaskContext): JobWork {
  const { disk } = store;
  const folder = store.jobFolder(job.id);
  const names = store.names(job.id);
  const recorded = readRecords(store, folder, names);
  const { saved, slices: first, messages } = readCheckpoint(store, job, folder, names, recorded.length);
  const path = join(folder, `records-${claim.number}.log`);
  writeAtomic(path, withNewlines(recorded), disk);
  const log = openAppend(path, { keep: disk.stat(path)?.size ?? 0, disk });
  try {
    const work = saved === undefined ? task.start(context) : task.restore(context, saved.state);
    tidy(store, folder, names, claim, logName);
    const lasts = task.continues !== undefined;
    return makeWork({ store, job, claim, folder, log, recorded, work, messages, first, saved, lasts });
  } catch (error) {
    log.close();
    throw error;
  }
}

export function* withNewlines(lines: readonly Uint8Array[]): Iterable<Uint8Array> {
  const newline = Uint8Array.of(10);
  for (const line of lines) {
    yield line;
    yield newline;
  }
}

/** Removes files of earlier claims. */
function tidy(store: Store, folder: string, names: readonly string[], claim: Claim, pattern: RegExp): void {
  for (const name of names) {
    const number = pattern.exec(name)?.[1];
    if (number !== undefined && Number(number) < claim.number) removeQuietly(join(folder, name), store.disk);
  }
}

interface Parts {
  store: Store;
  job: Job;
  claim: Claim;
  folder: string;
  log: Appender;
  recorded: Uint8Array[];
  work: Work;
  messages: string[];
  first: number;
  saved: Saved | undefined;
  /** Whether the state at the end is kept. */
  lasts: boolean;
}

function makeWork({ store, job, claim, folder, log, recorded, work, messages, first, saved, lasts }: Parts): JobWork {
  const { disk } = store;
  const begin = performance.now();
  const seconds = () => (saved?.seconds ?? 0) + (performance.now() - begin) / 1000;
  let slices = first;
  let records = saved?.records ?? 0;
  let known = recorded.length;
  let generation = 0;
  let open = true;
  const close = () => {
    if (open) log.close();
    open = false;
  };
  const append = () => {
    let added = false;
    for (const record of work.takeRecords()) {
      const line = formatRecord(records, record);
      if (records < known) {
        if (Buffer.compare(line.subarray(0, -1), recorded[records]) !== 0) throw differs(records, log.path);
      } else {
        log.append(line);
        added = true;
      }
      records++;
    }
    if (added) log.sync();
    if (records >= known) [recorded.length, known] = [0, 0];
  };
  return {
    messages,
    get slices() {
      return slices;
    },
    slice() {
      const more = work.advance();
      if (!holds(claim, disk)) return 'lost';
      append();
      slices++;
      if (more) return 'more';
      close();
      if (records < known)
        throw new InputError(`ended after ${records} records; ${known} were there`, { file: log.path });
      if (lasts) saveLast(store, job, { records, seconds: 0, state: work.save() });
      conclude({ store, job, folder, claim, work, records }, { seconds: seconds(), slices });
      return 'done';
    },
    checkpoint() {
      if (!holds(claim, disk)) return false;
      const state: Saved = { records, seconds: seconds(), state: work.save() };
      const bytes = packCheckpoint(slices, store.jobKey(job), encodeState(state));
      writeAtomic(join(folder, `checkpoint-${claim.number}-${generation++ % 2}.bin`), bytes, disk);
      // from the second one on the predecessors' are not needed as the older generation
      if (generation === 2) tidy(store, folder, store.names(job.id), claim, checkpointName);
      return true;
    },
    progress: () => work.progress(),
    close,
  };
}

interface Ended {
  store: Store;
  job: Job;
  folder: string;
  claim: Claim;
  work: Work;
  records: number;
}

/** Stores the result; the job's other files are then not needed any more. */
function conclude(
  { store, job, folder, claim, work, records }: Ended,
  timing: { seconds: number; slices: number },
): void {
  const { disk } = store;
  const log = join(folder, 'records.log');
  requireRecords(store, join(folder, `records-${claim.number}.log`), records);
  rename(store, join(folder, `records-${claim.number}.log`), log, folder);
  const arrays = work.arrays?.();
  const bytes = arrays === undefined ? undefined : encodeState(arrays);
  if (bytes !== undefined) writeArrays(join(folder, 'arrays.bin'), bytes, store);
  writeAtomic(join(folder, 'timing.json'), `${JSON.stringify(timing)}\n`, disk);
  store.saveResult(job, {
    result: work.result(),
    records: { count: records, sha256: hashFile(log, disk) },
    arrays: bytes === undefined ? null : sha256(bytes),
  });
  clearJob(store, job.id);
}

/** Throws WriteError where the log does not hold what was appended: a disk that swallowed a write, or someone else's hand. */
function requireRecords({ disk }: Store, path: string, count: number): void {
  const lines: Uint8Array[] = [];
  mergeLog(lines, readBytes(path, { disk, limit: MOST }), path);
  if (lines.length !== count) throw new WriteError(path, new Error(`it holds ${lines.length} of ${count} records`));
}

/** Other jobs need them, and would fail for good where the disk had swallowed a part. */
export function writeArrays(path: string, bytes: Uint8Array, { disk }: Store): void {
  writeAtomic(path, bytes, disk);
  if (hashFile(path, disk) !== sha256(bytes))
    throw new WriteError(path, new Error('it does not hold what was written'));
}

function rename({ disk }: Store, from: string, to: string, folder: string): void {
  try {
    disk.rename(from, to);
    disk.syncFolder(folder);
  } catch (error) {
    throw new WriteError(to, error);
  }
}

/** Its bytes tell nothing of times, slices or interruptions. */
export function saveLast(store: Store, job: Job, state: Saved): void {
  const bytes = packCheckpoint(Math.max(1, state.records), store.jobKey(job), encodeState(state));
  writeAtomic(join(store.jobFolder(job.id), LAST), bytes, store.disk);
}

const lasting = /^(job|result|failed|timing)\.json$|^records\.log$|^(arrays|last)\.bin$/;

/** Removes what a finished job does not need. Who claims it now looks for the result once more, and finds it. */
export function clearJob(store: Store, id: string): void {
  const folder = store.jobFolder(id);
  for (const name of store.names(id)) if (!lasting.test(name)) removeQuietly(join(folder, name), store.disk);
}
