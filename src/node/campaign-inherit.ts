/** What a job of one campaign gives to a job of another: its result, or its records and the state that a longer run goes on from. */
import { join } from 'node:path';
import type { Job } from '../campaign/job.ts';
import { encodeState } from '../data/state.ts';
import type { Store } from './campaign-store.ts';
import {
  checkpointName,
  LAST,
  readCheckpoint,
  readRecords,
  type Saved,
  saveLast,
  withNewlines,
} from './campaign-work.ts';
import { packCheckpoint } from './checkpoint.ts';
import { readBytes, readText, writeAtomic } from './files.ts';
import { sha256 } from './hash.ts';

/** As an owner before the first would have left them. */
export const legacy = { records: 'records-0.log', checkpoint: 'checkpoint-0-0.bin' };

/** A job and the campaign that it is of. */
export interface Place {
  store: Store;
  job: Job;
}

const pathIn = ({ store, job }: Place, name: string) => join(store.jobFolder(job.id), name);

/**
 * Gives a job the records and the newest state of the same or a shorter one, with `ended` that at its end too; nothing where there
 * is no state. Throws WriteError.
 */
export function passState(from: Place, to: Place, ended: boolean): void {
  const { store, job } = from;
  const names = store.names(job.id);
  const folder = store.jobFolder(job.id);
  const isOne = (name: string) => checkpointName.test(name) || (ended && name === LAST);
  const found = attempt(() => {
    const lines = readRecords(store, folder, names);
    return { lines, ...readCheckpoint(store, job, folder, names, lines.length, isOne) };
  });
  if (found?.saved === undefined) return;
  const state: Saved = { ...found.saved, seconds: Math.max(found.saved.seconds, secondsOf(from)) };
  const { disk } = to.store;
  writeAtomic(pathIn(to, legacy.records), withNewlines(found.lines.slice(0, state.records)), disk);
  const bytes = packCheckpoint(found.slices, to.store.jobKey(to.job), encodeState(state));
  writeAtomic(pathIn(to, legacy.checkpoint), bytes, disk);
}

/** Copies the result of the same job, written last; false where it is missing or damaged. Throws WriteError. */
export function passResult(from: Place, to: Place): boolean {
  const { store, job } = from;
  const found = attempt(() => {
    const stored = store.result(job);
    if (stored === undefined) return undefined;
    const records = whole(from, 'records.log', stored.records.sha256);
    const arrays = stored.arrays === null ? undefined : whole(from, 'arrays.bin', stored.arrays);
    return { stored, records, arrays };
  });
  if (found === undefined) return false;
  const { stored, records, arrays } = found;
  const { disk } = to.store;
  writeAtomic(pathIn(to, 'records.log'), records, disk);
  if (arrays) writeAtomic(pathIn(to, 'arrays.bin'), arrays, disk);
  const folder = store.jobFolder(job.id);
  const { saved } = readCheckpoint(
    store,
    job,
    folder,
    store.names(job.id),
    stored.records.count,
    (name) => name === LAST,
  );
  if (saved) saveLast(to.store, to.job, saved);
  const timing = attempt(() => timingOf(from));
  if (timing !== undefined) writeAtomic(pathIn(to, 'timing.json'), timing, disk);
  to.store.saveResult(to.job, stored);
  return true;
}

/** Bytes of a file, held to their hash. */
function whole(from: Place, name: string, hash: string): Uint8Array {
  const bytes = readBytes(pathIn(from, name), { limit: 2 ** 31, disk: from.store.disk });
  if (sha256(bytes) !== hash) throw new Error(`${name} is damaged`);
  return bytes;
}

/** Undefined where another campaign's files cannot be read: what they would have told is computed. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const timingOf = (place: Place) => readText(pathIn(place, 'timing.json'), { disk: place.store.disk, limit: 1 << 16 });

/** Seconds of work that a finished job took. */
function secondsOf(place: Place): number {
  const { seconds } = Object(attempt(() => JSON.parse(timingOf(place))));
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}
