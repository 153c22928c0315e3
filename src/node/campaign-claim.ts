/**
 * One owner for a job, among any number of processes and hosts on one directory. Claims are files claim.1, claim.2 …,
 * each created by one process only; a claim lasts until claim.<n>.end is created, by its owner or by who finds it gone.
 * Its owner touches it every few seconds. It is gone where its process is (same host), or where the file's time has not
 * changed for the lease: by the finder's own monotonic clock, so clocks of hosts are never compared. The number is the
 * fence: everything an owner writes before the result carries it in the file's name (src/node/campaign-work.ts).
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Disk, nodeDisk } from './disk.ts';
import { createFile } from './exclusive.ts';
import { codeOf, WriteError } from './files.ts';
import { isAlive, type Owner, thisProcess } from './lock.ts';

/** How a claim ended without a result. 'paused' was meant; 'lost' was found by another process; 'pardon': tries begin anew. */
export type End = 'paused' | 'crash' | 'hang' | 'error' | 'lost' | 'pardon';

export interface ClaimRecord {
  number: number;
  /** Empty where the file is damaged. */
  owner: Owner | undefined;
  /** Slices of the checkpoint that the owner began from: what it is measured by. */
  from: number;
  end?: { how: End; message: string };
}

/** A claim that this process holds. */
export interface Claim {
  readonly folder: string;
  readonly number: number;
}

const endOf = (folder: string, number: number) => join(folder, `claim.${number}.end`);
const fileOf = (folder: string, number: number) => join(folder, `claim.${number}`);

function readJson(path: string, disk: Disk): Record<string, unknown> {
  try {
    return Object(JSON.parse(new TextDecoder().decode(disk.readFile(path))));
  } catch (error) {
    const code = codeOf(error);
    if (code !== '' && code !== 'ENOENT') throw error;
    return {};
  }
}

function readOwner(value: unknown): Owner | undefined {
  const { pid, host, boot, start } = Object(value);
  const texts = [host, boot, start].every((text) => typeof text === 'string');
  return Number.isSafeInteger(pid) && pid > 0 && texts ? { pid, host, boot, start } : undefined;
}

/** All claims of a job, oldest first; `names` are the files in its folder. */
export function readClaims(folder: string, names: readonly string[], disk: Disk = nodeDisk): ClaimRecord[] {
  const present = new Set(names);
  return names
    .map((name) => /^claim\.(\d{1,9})$/.exec(name))
    .filter((found) => found !== null)
    .map((found) => Number(found[1]))
    .sort((a, b) => a - b)
    .map((number) => {
      const { owner, from } = readJson(fileOf(folder, number), disk);
      const record: ClaimRecord = { number, owner: readOwner(owner), from: countOf(from) };
      if (!present.has(`claim.${number}.end`)) return record;
      const { how, message } = readJson(endOf(folder, number), disk);
      return { ...record, end: { how: (how as End | undefined) ?? 'lost', message: String(message ?? '') } };
    });
}

/** JSON may say 1e999; what is no number of slices counts as none. */
function countOf(value: unknown): number {
  const count = Number(value);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

/** Notices claims that no one keeps alive; one for each process. */
export interface Observer {
  /** Why the claim is gone, or undefined where its owner may be alive. */
  gone(folder: string, claim: ClaimRecord): string | undefined;
}

/** `lease` in seconds; `now` in ms, monotonic. */
export function createObserver(
  lease: number,
  { disk = nodeDisk, now = () => performance.now() }: { disk?: Disk; now?: () => number } = {},
): Observer {
  const seen = new Map<string, { modified: number; since: number }>();
  return {
    gone(folder, { number, owner }) {
      if (owner !== undefined && owner.host === hostname() && !isAlive(owner))
        return `process ${owner.pid} on ${owner.host} is gone`;
      const path = fileOf(folder, number);
      const modified = disk.stat(path)?.modified;
      if (modified === undefined) return undefined;
      const last = seen.get(path);
      if (last?.modified !== modified) seen.set(path, { modified, since: now() });
      else if (now() - last.since > 1000 * lease)
        return `no sign of life from process ${owner?.pid ?? '?'} on ${owner?.host ?? '?'} for ${lease} s`;
      return undefined;
    },
  };
}

/** Makes claim `number`; undefined where another process was faster. Throws WriteError. */
export function makeClaim(
  folder: string,
  { number, from, owner = thisProcess() }: { number: number; from: number; owner?: Owner },
  disk: Disk = nodeDisk,
): Claim | undefined {
  // the token tells two claims of one process apart
  const text = `${JSON.stringify({ owner, from, token: randomUUID() })}\n`;
  return createFile(fileOf(folder, number), text, disk) ? { folder, number } : undefined;
}

/** Ends a claim; false where it was ended before. Throws WriteError. */
export function endClaim({ folder, number }: Claim, how: End, message: string, disk: Disk = nodeDisk): boolean {
  return createFile(endOf(folder, number), `${JSON.stringify({ how, message, by: randomUUID() })}\n`, disk);
}

/** False once another process took the claim to be gone: its owner must write nothing more. */
export function holds({ folder, number }: Claim, disk: Disk = nodeDisk): boolean {
  return (
    disk.stat(endOf(folder, number)) === undefined &&
    disk.stat(fileOf(folder, number)) !== undefined &&
    disk.stat(fileOf(folder, number + 1)) === undefined
  );
}

/** A sign of life; false where the claim is gone. */
export function beat(claim: Claim, disk: Disk = nodeDisk): boolean {
  if (!holds(claim, disk)) return false;
  const path = fileOf(claim.folder, claim.number);
  try {
    disk.touch(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw new WriteError(path, error);
  }
}
