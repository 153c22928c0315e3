/**
 * Drafts (.name.tmp) that killed processes left in a campaign's directory. Nobody can tell those of other hosts' living
 * processes from them, so who sweeps may take a living one's, and who writes there begins again.
 */
import { join } from 'node:path';
import { type Disk, nodeDisk } from './disk.ts';
import { removeQuietly } from './exclusive.ts';
import { type Content, WriteError, writeAtomic } from './files.ts';

/** Not those of locks: a living process may be about to link one. */
const draft = /^\.(?!\.?lock\.).*\.tmp$/;
const MOST_SWEEPS = 5;

/** Removes all drafts in these folders; those that are missing have none. */
export function sweepDrafts(folders: readonly string[], disk: Disk = nodeDisk): void {
  for (const folder of folders) {
    if (disk.stat(folder)?.kind !== 'folder') continue;
    for (const name of disk.list(folder)) if (draft.test(name)) removeQuietly(join(folder, name), disk);
  }
}

/** `write` again where its draft was swept away. */
export function despiteSweeps<T>(write: () => T): T {
  for (let sweeps = 0; ; sweeps++) {
    try {
      return write();
    } catch (error) {
      if (!(error instanceof WriteError && error.code === 'ENOENT') || sweeps === MOST_SWEEPS) throw error;
    }
  }
}

/** writeAtomic among processes that sweep. Throws WriteError. */
export function writeAmongSweeps(path: string, content: Content, disk: Disk = nodeDisk): void {
  const whole = typeof content === 'string' || content instanceof Uint8Array ? content : [...content];
  despiteSweeps(() => writeAtomic(path, whole, disk));
}
