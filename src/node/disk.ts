/**
 * The narrow port to the file system: every change of a file goes through these calls, so that a test can make the
 * k-th of them fail. Synchronous, because a checkpoint is.
 */
import * as fs from 'node:fs';
import { makeFolder } from './make-folder.ts';

export interface Disk {
  /** A descriptor: 'wx' creates and refuses what exists, 'a' appends and creates, but follows no link, 'r' reads. Throws errno errors. */
  open(path: string, flags: 'r' | 'wx' | 'a'): number;
  /** Number of bytes written, possibly fewer than given. */
  write(descriptor: number, bytes: Uint8Array): number;
  sync(descriptor: number): void;
  close(descriptor: number): void;
  truncate(path: string, length: number): void;
  rename(from: string, to: string): void;
  /** A second name for a file; throws EEXIST where `to` exists. */
  link(from: string, to: string): void;
  remove(path: string): void;
  makeFolder(path: string): void;
  /** Makes renames and new names in this folder durable. */
  syncFolder(path: string): void;
  readFile(path: string): Uint8Array;
  /** At most `length` bytes from `start` on. */
  readPart(path: string, start: number, length: number): Uint8Array;
  list(path: string): string[];
  /** Undefined where nothing is. `modified` is the file system's own time, ms: to be compared with itself only. */
  stat(path: string): { size: number; kind: 'file' | 'folder' | 'other'; modified: number } | undefined;
  /** Changes the time of modification to now. Throws ENOENT where nothing is. */
  touch(path: string): void;
}

function syncFolder(path: string): void {
  // Windows cannot open folders, and some file systems cannot sync them; the rename itself is then all there is
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(descriptor);
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

function readPart(path: string, start: number, length: number): Uint8Array {
  const descriptor = fs.openSync(path, 'r');
  try {
    const part = new Uint8Array(Math.max(0, Math.min(length, fs.fstatSync(descriptor).size - start)));
    let got = 0;
    while (got < part.length) {
      const n = fs.readSync(descriptor, part, got, part.length - got, start + got);
      if (n === 0) break;
      got += n;
    }
    return part.subarray(0, got);
  } finally {
    fs.closeSync(descriptor);
  }
}

const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = fs.constants;
/** Not through a link that somebody left where a file grows; Windows has no such flag. */
const appending = O_APPEND | O_CREAT | O_WRONLY | (O_NOFOLLOW ?? 0);

/** The real file system. */
export const nodeDisk: Disk = {
  open: (path, flags) => fs.openSync(path, flags === 'a' ? appending : flags),
  write: (descriptor, bytes) => fs.writeSync(descriptor, bytes),
  sync: fs.fsyncSync,
  close: fs.closeSync,
  truncate: fs.truncateSync,
  rename: fs.renameSync,
  link: fs.linkSync,
  remove: fs.unlinkSync,
  makeFolder,
  syncFolder,
  readFile: (path) => fs.readFileSync(path),
  readPart,
  list: (path) => fs.readdirSync(path),
  stat(path) {
    const found = fs.statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
    return { size: found.size, kind, modified: found.mtimeMs };
  },
  touch(path) {
    const now = new Date();
    fs.utimesSync(path, now, now);
  },
};
