/** The text of a file that the user dropped: decompressed, bounded, UTF-8, with the messages of the command line. */
import { InputError } from '../data/errors.ts';

const MEBI = 2 ** 20;
/** Larger files are refused before they are read: a tab has little memory. */
const MOST_BYTES = 256 * MEBI;

/** What a File of a browser is made of. */
export interface FileLike {
  name: string;
  size: number;
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  slice(from: number, to: number): Blob;
}

const tooLarge = (file: string, limit: number) =>
  new InputError(`too large: at most ${Math.round(limit / MEBI)} MiB (decompressed) are read at once`, { file });

/** Reads a file, gunzipped where it begins as gzip does. Throws InputError where it is too large, damaged or no text. */
export async function readTextFile(file: FileLike, limit = MOST_BYTES): Promise<string> {
  if (file.size > limit) throw tooLarge(file.name, limit);
  const head = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  // real text compresses at most some 20-fold: more is a bomb
  const bound = packed ? Math.min(limit, 64 * MEBI + 100 * file.size) : limit;
  const stream = packed ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const reader = stream.getReader();
  let [text, size] = ['', 0];
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new InputError('the gzip data are damaged or cut off', { file: file.name });
    });
    try {
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
    } catch {
      throw new InputError('not a text file: the bytes are not UTF-8', { file: file.name });
    }
    size += value.length;
    if (size > bound) {
      await reader.cancel();
      throw tooLarge(file.name, bound);
    }
  }
}
