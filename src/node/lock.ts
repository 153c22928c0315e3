/**
 * One process at a time in a run folder. Locks are files lock.1, lock.2 …; the highest number whose owner lives holds
 * the folder. A lock is made by link(), so it appears whole and only one process can make each number; who takes over
 * from a dead owner makes the next number, and who then sees a higher one, or a living one, steps back. The owner is a
 * process id with the boot id and its start time, so a reused id is not mistaken for the owner.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../data/errors.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { codeOf, WriteError, writeAtomic } from './files.ts';

/** Who holds a lock. */
export interface Owner {
  pid: number;
  host: string;
  /** Changes with every boot; empty where the system does not tell. */
  boot: string;
  /** Clock ticks from boot to the start of the process; empty where the system does not tell. */
  start: string;
}

function readSystem(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** Field 22 of /proc/PID/stat; the name before it may contain spaces and parentheses. */
function startTime(pid: number): string {
  return (
    readSystem(`/proc/${pid}/stat`)
      .replace(/^.*\)\s*/s, '')
      .split(' ')[19] ?? ''
  );
}

const bootId = () => readSystem('/proc/sys/kernel/random/boot_id');

export function thisProcess(): Owner {
  return { pid: process.pid, host: hostname(), boot: bootId(), start: startTime(process.pid) };
}

/** True unless the owner is certainly gone: on another host nobody can tell. */
export function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  if (owner.boot !== bootId()) return false;
  if (owner.start !== '') return startTime(owner.pid) === owner.start;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function readOwner(disk: Disk, path: string): Owner | undefined {
  try {
    const { pid, host, boot, start } = JSON.parse(new TextDecoder().decode(disk.readFile(path)));
    const texts = [host, boot, start].every((text) => typeof text === 'string');
    return Number.isSafeInteger(pid) && pid > 0 && texts ? { pid, host, boot, start } : undefined;
  } catch {
    // removed since it was listed, or no lock of ours
    return undefined;
  }
}

const lockName = /^lock\.(\d{1,9})$/;

function locks(disk: Disk, folder: string): { number: number; owner: Owner | undefined }[] {
  return disk
    .list(folder)
    .map((name) => lockName.exec(name))
    .filter((found) => found !== null)
    .map((found) => ({ number: Number(found[1]), owner: readOwner(disk, join(folder, found[0])) }))
    .sort((a, b) => b.number - a.number);
}

function remove(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw new WriteError(path, error);
  }
}

function busy(folder: string, owner: Owner): InputError {
  const elsewhere =
    owner.host === hostname() ? '' : `; if it is certainly not running any more, remove the files lock.* in ${folder}`;
  return new InputError(`another process is at work in this run (process ${owner.pid} on ${owner.host})${elsewhere}`, {
    file: folder,
  });
}

let drafts = 0;

/** Makes lock.<number>; false where another process was faster. */
function claim(disk: Disk, folder: string, number: number, owner: Owner): boolean {
  const draft = join(folder, `.lock.${owner.pid}.${drafts++}.tmp`);
  writeAtomic(draft, JSON.stringify(owner), disk);
  try {
    disk.link(draft, join(folder, `lock.${number}`));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new WriteError(join(folder, `lock.${number}`), error);
  } finally {
    remove(disk, draft);
  }
}

/** Locks an existing folder and returns the release; throws InputError where a living process holds it. */
export function lockFolder(
  folder: string,
  { disk = nodeDisk, owner = thisProcess() }: { disk?: Disk; owner?: Owner } = {},
): () => void {
  for (let attempt = 0; attempt < 10; attempt++) {
    const present = locks(disk, folder);
    const holder = present.find((lock) => lock.owner !== undefined && isAlive(lock.owner))?.owner;
    if (holder !== undefined) throw busy(folder, holder);
    const number = (present[0]?.number ?? 0) + 1;
    if (!claim(disk, folder, number, owner)) continue;
    const mine = join(folder, `lock.${number}`);
    const rival = locks(disk, folder).find(
      (lock) => lock.number > number && lock.owner !== undefined && isAlive(lock.owner),
    );
    if (rival?.owner !== undefined) {
      remove(disk, mine);
      throw busy(folder, rival.owner);
    }
    for (const lock of locks(disk, folder)) if (lock.number < number) remove(disk, join(folder, `lock.${lock.number}`));
    return () => remove(disk, mine);
  }
  throw new InputError('other processes are starting the same run', { file: folder });
}
