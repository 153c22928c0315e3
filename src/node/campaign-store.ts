/**
 * The directory of a campaign: plain files, each written so that a crash leaves the old one, the new one or none.
 *
 *   campaign.json           kind, configuration, SHA-256 of the resources and kernels: the identity, never changed
 *   campaign.yaml           the file as it was given
 *   resources/<sha256>.bin  potentials and structures (src/data/state.ts)
 *   jobs/<id>/              job.json; claims, logs and checkpoints while it runs; result.json, records.log, arrays.bin
 *
 * Times and hosts are in timing.json, owner.json and claims alone, so everything else is the same on every machine.
 */
import { join } from 'node:path';
import type { Arrays, CampaignView, Job, JobFailure } from '../campaign/job.ts';
import type { Json } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { decodeState } from '../data/state.ts';
import type { CampaignRecord } from './campaign-create.ts';
import { mergeLog, recordOf } from './campaign-log.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { createFile } from './exclusive.ts';
import { codeOf, readBytes, readText, WriteError, writeAtomic } from './files.ts';
import { canonicalJson, sha256 } from './hash.ts';

/** What result.json says. */
export interface StoredResult {
  result: Json;
  records: { count: number; sha256: string };
  /** SHA-256 of arrays.bin, null where there is none. */
  arrays: string | null;
}

export interface Store {
  readonly folder: string;
  readonly disk: Disk;
  readonly record: CampaignRecord;
  jobFolder(id: string): string;
  /** What checkpoints and results of this job carry: SHA-256 of the campaign's identity and the job. */
  jobKey(job: Job): string;
  /** Writes job.json where it is missing. Throws InputError where another job of this name is there. */
  addJob(job: Job): void;
  /** Names of the files in a job's folder; none where it is missing. */
  names(id: string): string[];
  /** The result of a job, or undefined where it is missing or damaged (told once to `onMessage`). */
  result(job: Job): StoredResult | undefined;
  saveResult(job: Job, result: StoredResult): void;
  failure(id: string): JobFailure | undefined;
  saveFailure(id: string, failure: JobFailure): void;
  arrays(id: string, stored: StoredResult): Arrays;
  records(id: string, stored: StoredResult): Json[];
  resource(name: string): unknown;
}

/** Largest file of a job that is read, bytes. */
const MOST = 2 ** 31;

/** The store of a directory whose campaign.json was read. */
export function openStore(
  folder: string,
  record: CampaignRecord,
  { disk = nodeDisk, onMessage = () => {} }: { disk?: Disk; onMessage?: (message: string) => void } = {},
): Store {
  const jobFolder = (id: string) => join(folder, 'jobs', id);
  const jobKey = (job: Job) =>
    sha256(
      canonicalJson({ campaign: record.key, job: { id: job.id, task: job.task, input: job.input, needs: job.needs } }),
    );
  const resources = new Map<string, unknown>();
  const read = (id: string, name: string) => readBytes(join(jobFolder(id), name), { disk, limit: MOST });
  const checked = (id: string, name: string, hash: string) => {
    const bytes = read(id, name);
    if (sha256(bytes) !== hash) throw damaged(join(jobFolder(id), name));
    return bytes;
  };
  return {
    folder,
    disk,
    record,
    jobFolder,
    jobKey,
    addJob: (job) => addJob(jobFolder(job.id), job, disk),
    names: (id) => list(jobFolder(id), disk),
    result(job) {
      const path = join(jobFolder(job.id), 'result.json');
      const found = readSealed<StoredResult>(path, jobKey(job), disk);
      if (found === 'damaged') onMessage(`${path}: is damaged; the job is done again`);
      return found === 'damaged' ? undefined : found;
    },
    saveResult(job, result) {
      writeAtomic(join(jobFolder(job.id), 'result.json'), seal(jobKey(job), { ...result }), disk);
    },
    failure(id) {
      const found = readSealed<JobFailure>(join(jobFolder(id), 'failed.json'), record.key, disk);
      return found === 'damaged' ? undefined : found;
    },
    saveFailure(id, failure) {
      writeAtomic(join(jobFolder(id), 'failed.json'), seal(record.key, { ...failure }), disk);
    },
    arrays: (id, { arrays }) => (arrays === null ? {} : (decodeState(checked(id, 'arrays.bin', arrays)) as Arrays)),
    records(id, { records }) {
      const lines: Uint8Array[] = [];
      if (records.count > 0) mergeLog(lines, checked(id, 'records.log', records.sha256), id);
      if (lines.length !== records.count) throw damaged(join(jobFolder(id), 'records.log'));
      return lines.map(recordOf);
    },
    resource(name) {
      if (!Object.hasOwn(record.resources, name)) throw new Error(`the campaign has no resource ${name}`);
      if (!resources.has(name)) {
        const path = join(folder, 'resources', `${record.resources[name]}.bin`);
        const bytes = readBytes(path, { disk, limit: MOST });
        if (sha256(bytes) !== record.resources[name]) throw damaged(path);
        resources.set(name, decodeState(bytes));
      }
      return resources.get(name);
    },
  };
}

const damaged = (file: string) => new InputError('is damaged', { file });

function list(folder: string, disk: Disk): string[] {
  try {
    return disk.list(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

const jobName = /^[a-z0-9][a-z0-9._-]{0,99}$/;

function addJob(folder: string, job: Job, disk: Disk): void {
  if (!jobName.test(job.id)) throw new Error(`${JSON.stringify(job.id)} is no name of a job`);
  const path = join(folder, 'job.json');
  const { id, task, input, needs } = job;
  const text = `${canonicalJson({ id, task, input, needs })}\n`;
  if (disk.stat(path) === undefined) {
    // as names of folders are not durable by themselves
    makeFolder(folder, disk);
    if (createFile(path, text, disk)) return;
  }
  const found = new TextDecoder().decode(disk.readFile(path));
  if (found === text) return;
  if (parses(found)) {
    throw new InputError(
      'differs from what this version of frenkel plans; go on with the version that the campaign was begun with',
      { file: path },
    );
  }
  writeAtomic(path, text, disk);
}

/** The job of this name as it was written. Throws InputError where it cannot be read. */
export function readJob(store: Store, id: string): Job {
  const path = join(store.jobFolder(id), 'job.json');
  const text = readText(path, { disk: store.disk, limit: MOST });
  const found = parse(text);
  if (found === undefined || found.id !== id) throw damaged(path);
  return found;
}

/** Undefined for what is no JSON, no job, or lists that are 10,000 deep. */
function parse(text: string): Job | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return isJob(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isJob(found: unknown): found is Job {
  const { id, task, input, needs } = Object(found) as { [key: string]: Json | undefined };
  if ([id, task].some((text) => typeof text !== 'string') || input === undefined || !Array.isArray(needs)) return false;
  return needs.every((need) => typeof need === 'string' && jobName.test(need)) && allFinite(input);
}

/** JSON may say 1e999. */
function allFinite(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || typeof value !== 'object' || Object.values(value).every(allFinite);
}

function makeFolder(folder: string, disk: Disk): void {
  try {
    disk.makeFolder(folder);
    disk.syncFolder(join(folder, '..'));
  } catch (error) {
    throw new WriteError(folder, error);
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON with the key of what it belongs to and a checksum over everything. */
function seal(key: string, content: object): string {
  const body = { key, ...content } as { [key: string]: Json };
  return `${JSON.stringify({ ...body, sha256: sha256(canonicalJson(body)) })}\n`;
}

function readSealed<T>(path: string, key: string, disk: Disk): T | 'damaged' | undefined {
  if (disk.stat(path) === undefined) return undefined;
  try {
    const { sha256: sum, ...body } = JSON.parse(new TextDecoder().decode(disk.readFile(path))) as {
      [key: string]: Json;
    };
    if (sum !== sha256(canonicalJson(body)) || body.key !== key) return 'damaged';
    const { key: _, ...content } = body;
    return content as T;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) !== '') throw error;
    return 'damaged';
  }
}

/** The campaign as a report sees it. */
export function viewOf(store: Store, jobs: readonly Job[]): CampaignView {
  const stored = new Map<string, StoredResult>();
  const failed = new Map<string, JobFailure>();
  for (const job of jobs) {
    const result = store.result(job);
    const failure = result === undefined ? store.failure(job.id) : undefined;
    if (result !== undefined) stored.set(job.id, result);
    if (failure !== undefined) failed.set(job.id, failure);
  }
  const of = (id: string) => {
    const found = stored.get(id);
    if (found === undefined) throw new Error(`job ${id} has no result`);
    return found;
  };
  const { kind, config, key, resources, kernelHash, version } = store.record;
  return {
    kind,
    config,
    jobs,
    results: new Map([...stored].map(([id, { result }]) => [id, result])),
    failed,
    arrays: (id) => store.arrays(id, of(id)),
    records: (id) => store.records(id, of(id)),
    resource: (name) => store.resource(name),
    identity: { config: key, resources, kernels: kernelHash, version },
  };
}
