/**
 * Creating a file that must not exist yet, whole and by one process only, also on network file systems: a draft, fsync,
 * and a hard link, which fails where the name is taken. A lost answer of the server can make a link that succeeded look
 * like a failure; so what counts is whose content is there.
 */
import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { type Disk, nodeDisk } from './disk.ts';
import { codeOf, WriteError, writeAtomic } from './files.ts';

/** File systems without hard links. */
const noLinks = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** True where the file was created with this text, false where it was there before. Throws WriteError. */
export function createFile(path: string, text: string, disk: Disk = nodeDisk): boolean {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  writeAtomic(draft, text, disk);
  try {
    disk.link(draft, path);
  } catch (error) {
    const code = codeOf(error);
    if (noLinks.has(code)) return openExclusively(path, text, disk);
    if (code !== 'EEXIST') throw new WriteError(path, error);
    if (!same(disk.readFile(path), new TextEncoder().encode(text))) return false;
  } finally {
    removeQuietly(draft, disk);
  }
  syncFolder(path, disk);
  return true;
}

/** Second best: exclusive, but for a moment an empty file is seen. */
function openExclusively(path: string, text: string, disk: Disk): boolean {
  let descriptor: number;
  try {
    descriptor = disk.open(path, 'wx');
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new WriteError(path, error);
  }
  disk.close(descriptor);
  writeAtomic(path, text, disk);
  return true;
}

function syncFolder(path: string, disk: Disk): void {
  try {
    disk.syncFolder(dirname(path));
  } catch (error) {
    throw new WriteError(dirname(path), error);
  }
}

/** Removes a file that may be gone; what cannot be removed stays. */
export function removeQuietly(path: string, disk: Disk = nodeDisk): void {
  try {
    disk.remove(path);
  } catch {
    // tidiness alone
  }
}
