/** What a command makes goes to a file that must be new, or to standard output. */
import { existsSync } from 'node:fs';
import { InputError } from '../data/errors.ts';
import { writeAtomic } from '../node/files.ts';
import { print } from './output.ts';

/** True where a path (or its absence) means standard output. */
export const isStdout = (path: string | undefined): boolean => path === undefined || path === '-';

/** Throws InputError where the file exists, unless forced: to be called before anything is computed. */
export function refuseExisting(path: string | undefined, force = false): void {
  if (path === undefined || isStdout(path) || force || !existsSync(path)) return;
  throw new InputError('exists already: give --force to overwrite it, or another name', { file: path });
}

/** Characters that are written at once: each piece of a .gz file is compressed by itself. */
const PIECE = 65536;

function* joined(content: Iterable<string>): Generator<string> {
  let pieces: string[] = [];
  let size = 0;
  for (const piece of content) {
    pieces.push(piece);
    size += piece.length;
    if (size < PIECE) continue;
    yield pieces.join('');
    pieces = [];
    size = 0;
  }
  yield pieces.join('');
}

/** Writes text in pieces, or bytes; the file whole or not at all, compressed where its name ends in .gz. */
export async function save(
  path: string | undefined,
  content: Iterable<string> | Uint8Array,
  force?: boolean,
): Promise<void> {
  if (path !== undefined && !isStdout(path)) {
    refuseExisting(path, force);
    writeAtomic(path, content instanceof Uint8Array ? content : joined(content));
  } else if (content instanceof Uint8Array) process.stdout.write(content);
  else await print(joined(content));
}
