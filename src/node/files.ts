/**
 * Files: reading with limits and clear errors, writing so that a crash leaves the old file or the new one, appending so
 * that what was acknowledged is on the disk. Text or bytes; names that end in .gz are compressed, and what is
 * compressed is recognised by its first bytes.
 */
import { createReadStream } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip, gunzipSync, gzipSync } from 'node:zlib';
import { InputError } from '../data/errors.ts';
import { type Disk, nodeDisk } from './disk.ts';

/** Largest file that is read whole, bytes after decompression: a string cannot be longer. */
export const mostBytes = 500 * 1024 * 1024;

/** Output that could not be written: disk full, no permission. Not the input's fault. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
  readonly path: string;
  /** ENOSPC, EACCES … */
  readonly code: string;

  constructor(path: string, cause: unknown) {
    const code = codeOf(cause);
    const reason = reasons.get(code) ?? (cause instanceof Error ? cause.message : String(cause));
    super(`${path}: cannot be written: ${reason}${code === '' ? '' : ` (${code})`}`, { cause });
    this.path = path;
    this.code = code;
  }
}

const reasons = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EISDIR', 'it is a folder; a file was expected'],
  ['ENOTDIR', 'a part of the path is a file, not a folder'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EROFS', 'the file system is read-only'],
  ['EIO', 'the disk reported an input/output error'],
  ['EEXIST', 'it exists already'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ELOOP', 'too many symbolic links'],
  ['EMFILE', 'too many open files'],
]);

export const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException)?.code ?? '');

function readError(path: string, error: unknown): InputError {
  const code = codeOf(error);
  const reason = reasons.get(code) ?? (error instanceof Error ? error.message : String(error));
  return new InputError(`cannot be read: ${reason}`, { file: path });
}

function guardPath(path: string): void {
  if (path === '' || path.includes('\0')) throw new InputError('the name of a file is empty or contains a zero byte');
}

const gzipped = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** All bytes of a file, decompressed; throws InputError with the path where it is missing, a folder, unreadable or too large. */
export function readBytes(
  path: string,
  { limit = mostBytes, disk = nodeDisk }: { limit?: number; disk?: Disk } = {},
): Uint8Array {
  guardPath(path);
  let bytes: Uint8Array;
  try {
    const found = disk.stat(path);
    if (found?.kind === 'folder') throw Object.assign(new Error(), { code: 'EISDIR' });
    if (found !== undefined && found.size > limit) throw tooLarge(path, limit);
    bytes = disk.readFile(path);
  } catch (error) {
    throw error instanceof InputError ? error : readError(path, error);
  }
  if (bytes.length > limit) throw tooLarge(path, limit);
  if (!gzipped(bytes)) return bytes;
  // real text compresses at most some 20-fold: more is a bomb
  const bound = Math.min(limit, 64 * 1024 * 1024 + 100 * bytes.length);
  try {
    return gunzipSync(bytes, { maxOutputLength: bound });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(path, bound);
    throw new InputError('the gzip data are damaged or cut off', { file: path });
  }
}

function tooLarge(path: string, limit: number): InputError {
  return new InputError(`too large: at most ${Math.round(limit / 1048576)} MiB (decompressed) are read at once`, {
    file: path,
  });
}

/** A whole text file, decompressed; throws InputError as readBytes, and where the bytes are not UTF-8. */
export function readText(path: string, options: { limit?: number; disk?: Disk } = {}): string {
  return decodeText(readBytes(path, options), path);
}

function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw notText(file);
  }
}

const notText = (file: string) => new InputError('not a text file: the bytes are not UTF-8', { file });

/** The text of a file of any size, or of standard input ('-'), in pieces, decompressed; errors as readText. */
export async function* readChunks(path: string): AsyncGenerator<string> {
  guardPath(path);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const opened: Readable[] = [];
  try {
    for await (const bytes of openStream(path, opened)) {
      const text = decoder.decode(bytes, { stream: true });
      if (text !== '') yield text;
    }
    decoder.decode();
  } catch (error) {
    const code = codeOf(error);
    if (code.startsWith('Z_')) throw new InputError('the gzip data are damaged or cut off', { file: path });
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw notText(path);
    throw readError(path, error);
  } finally {
    for (const stream of opened) stream.destroy();
  }
}

/** The decompressed bytes of a file or of standard input; streams to be closed are added to `opened`. */
function openStream(path: string, opened: Readable[]): AsyncIterable<Uint8Array> {
  if (path === '-') return process.stdin;
  const packed = gzipped(nodeDisk.readPart(path, 0, 2));
  const source = createReadStream(path, { highWaterMark: 1 << 20 });
  opened.push(source);
  if (!packed) return source;
  const gunzip = createGunzip();
  opened.push(gunzip);
  source.on('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

/** What is written: text or bytes, whole or in pieces. */
export type Content = string | Uint8Array | Iterable<string | Uint8Array>;

const toBytes = (piece: string | Uint8Array) => (typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);

const pieces = (content: Content): Iterable<string | Uint8Array> =>
  typeof content === 'string' || content instanceof Uint8Array ? [content] : content;

function writeAll(disk: Disk, descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const n = disk.write(descriptor, bytes.subarray(at));
    if (n <= 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' });
    at += n;
  }
}

let temporary = 0;

/** Removes a file that may not exist; what cannot be removed stays. */
function discard(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch {
    // the first error is the one to report
  }
}

/**
 * Writes a file so that after a crash at any moment either the old one or the new one is there, whole: a temporary file
 * in the same folder, fsync, rename, fsync of the folder. Compressed where the name ends in .gz (every piece is a member
 * of its own, so pieces should be large). Makes the folder. Throws WriteError and leaves no temporary file.
 */
export function writeAtomic(path: string, content: Content, disk: Disk = nodeDisk): void {
  guardPath(path);
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.${process.pid}.${temporary++}.tmp`);
  let descriptor: number | undefined;
  try {
    disk.makeFolder(folder);
    descriptor = disk.open(draft, 'wx');
    for (const piece of pieces(content)) {
      writeAll(disk, descriptor, path.endsWith('.gz') ? gzipSync(toBytes(piece)) : toBytes(piece));
    }
    disk.sync(descriptor);
    const done = descriptor;
    descriptor = undefined;
    disk.close(done);
    disk.rename(draft, path);
    disk.syncFolder(folder);
  } catch (error) {
    if (descriptor !== undefined) closeQuietly(disk, descriptor);
    discard(disk, draft);
    throw isErrno(error) ? new WriteError(path, error) : error;
  }
}

const isErrno = (error: unknown) => /^E[A-Z0-9]+$/.test(codeOf(error));

function closeQuietly(disk: Disk, descriptor: number): void {
  try {
    disk.close(descriptor);
  } catch {
    // the first error is the one to report
  }
}

/** A file that grows. */
export interface Appender {
  readonly path: string;
  /** Bytes in the file, all appended so far included. */
  readonly length: number;
  /** Adds text or bytes; compressed, as a gzip member of its own, where the name ends in .gz. */
  append(content: string | Uint8Array): void;
  /** Returns when all that was appended is on the disk. */
  sync(): void;
  close(): void;
}

/**
 * Opens a file for appending and cuts it to `keep` bytes first (default 0: it begins anew). Throws InputError where the file is shorter than that, WriteError where the disk refuses.
 */
export function openAppend(path: string, { keep = 0, disk = nodeDisk }: { keep?: number; disk?: Disk } = {}): Appender {
  guardPath(path);
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      throw isErrno(error) ? new WriteError(path, error) : error;
    }
  };
  let length = keep;
  const descriptor = attempt(() => {
    disk.makeFolder(dirname(path));
    const size = disk.stat(path)?.size ?? 0;
    if (size < keep)
      throw new InputError(`has ${size} bytes; the checkpoint was made when it had ${keep}`, { file: path });
    const opened = disk.open(path, 'a');
    try {
      if (size > keep) disk.truncate(path, keep);
      disk.syncFolder(dirname(path));
    } catch (error) {
      closeQuietly(disk, opened);
      throw error;
    }
    return opened;
  });
  return {
    path,
    get length() {
      return length;
    },
    append(content) {
      const bytes = path.endsWith('.gz') ? gzipSync(toBytes(content)) : toBytes(content);
      attempt(() => writeAll(disk, descriptor, bytes));
      length += bytes.length;
    },
    sync: () => attempt(() => disk.sync(descriptor)),
    close: () => attempt(() => disk.close(descriptor)),
  };
}
