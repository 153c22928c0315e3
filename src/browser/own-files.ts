/**
 * Files of the browser's own file system (OPFS), written so that a tab closed at any moment loses the last write at most:
 * every file is two, written in turn, each a sequence number, the SHA-256 of the rest, and the rest. Workers only.
 */

/** The part of FileSystemSyncAccessHandle that is used. */
interface Access {
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

export type Folder = FileSystemDirectoryHandle;

interface Opens {
  createSyncAccessHandle(): Promise<Access>;
}

const HEAD = 8 + 32;
/** ms, and how often: Chromium on a busy machine now and then never answers, but does when it is asked again. */
const ANSWER = 4000;
const TRIES = 4;

/** Throws DOMException where the browser refuses, or never answers. */
export async function accessTo(handle: Opens, answer = ANSWER): Promise<Access> {
  const asked: Promise<Access>[] = [];
  for (let k = 0; k < TRIES; k++) {
    asked.push(handle.createSyncAccessHandle());
    let timer: number | undefined;
    const late = new Promise<undefined>((over) => {
      timer = setTimeout(over, answer);
    });
    const access = await Promise.race([Promise.any(asked), late]).catch((error: AggregateError) => {
      throw error.errors[0];
    });
    clearTimeout(timer);
    if (!access) continue;
    // one that comes later would keep the file from everybody
    for (const other of asked) void other.then((one) => one !== access && one.close()).catch(() => {});
    return access;
  }
  for (const other of asked) void other.then((one) => one.close()).catch(() => {});
  throw new DOMException('the browser does not answer', 'TimeoutError');
}

async function write(folder: Folder, name: string, at: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const handle = (await folder.getFileHandle(name, { create: true })) as FileSystemFileHandle & Opens;
  const access = await accessTo(handle);
  try {
    const done = access.write(bytes, { at });
    if (done !== bytes.length) throw new DOMException('the storage is full', 'QuotaExceededError');
    access.truncate(at + bytes.length);
    access.flush();
  } finally {
    access.close();
  }
}

/** The bytes of a file, undefined where it is missing. */
async function read(folder: Folder, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const file = await (await folder.getFileHandle(name)).getFile();
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}

const hash = async (bytes: Uint8Array<ArrayBuffer>) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

/** Sequence and content of one of the two, where it is there and whole. */
async function open(folder: Folder, name: string): Promise<{ sequence: number; content: Uint8Array<ArrayBuffer> }> {
  const bytes = await read(folder, name);
  const nothing = { sequence: 0, content: new Uint8Array() };
  if (!bytes || bytes.length < HEAD) return nothing;
  const sequence = new DataView(bytes.buffer).getFloat64(0, true);
  const content = bytes.slice(HEAD);
  const found = await hash(new Uint8Array([...bytes.subarray(0, 8), ...(await hash(content))]));
  return found.every((byte, k) => byte === bytes[8 + k]) && sequence > 0 ? { sequence, content } : nothing;
}

export interface Twin {
  /** What was last written whole; undefined where nothing was. */
  read(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  write(content: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** A file that is always there as it was before or after a write. */
export function twin(folder: Folder, name: string): Twin {
  let last: number | undefined;
  const newest = async () => {
    const [a, b] = await Promise.all([open(folder, `${name}-0`), open(folder, `${name}-1`)]);
    const best = a.sequence > b.sequence ? a : b;
    last = best.sequence;
    return best;
  };
  return {
    async read() {
      const { sequence, content } = await newest();
      return sequence > 0 ? content : undefined;
    },
    async write(content) {
      if (last === undefined) await newest();
      const sequence = (last ?? 0) + 1;
      const bytes = new Uint8Array(HEAD + content.length);
      new DataView(bytes.buffer).setFloat64(0, sequence, true);
      bytes.set(await hash(new Uint8Array([...bytes.subarray(0, 8), ...(await hash(content))])), 8);
      bytes.set(content, HEAD);
      await write(folder, `${name}-${sequence % 2}`, 0, bytes);
      last = sequence;
    },
  };
}

/** A growing file, whose length the caller keeps. */
export const bytesIn = (folder: Folder, name: string) => ({
  /** Everything from `at` on is replaced. */
  write: (at: number, bytes: Uint8Array<ArrayBuffer>) => write(folder, name, at, bytes),
  /** The first `count`; undefined where there are fewer. */
  async read(count: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = (await read(folder, name)) ?? new Uint8Array();
    return bytes.length < count ? undefined : bytes.slice(0, count);
  },
});

/** A growing file of doubles; lengths are counted in doubles. */
export function doubles(folder: Folder, name: string) {
  const file = bytesIn(folder, name);
  return {
    write: (at: number, values: ArrayLike<number>) =>
      file.write(8 * at, new Uint8Array(Float64Array.from(values).buffer)),
    async read(count: number): Promise<Float64Array | undefined> {
      const bytes = await file.read(8 * count);
      return bytes && new Float64Array(bytes.buffer);
    },
  };
}

/** Names of the folders in a folder. */
export async function foldersIn(folder: Folder): Promise<string[]> {
  const names: string[] = [];
  for await (const [name, handle] of folder.entries()) if (handle.kind === 'directory') names.push(name);
  return names.sort();
}

/** The page's own folder. Throws a sentence where the browser has none. */
export async function ownFolder(): Promise<Folder> {
  const { storage } = globalThis.navigator ?? {};
  if (!storage?.getDirectory) throw new Error('this browser gives the page no files of its own');
  try {
    const root = await storage.getDirectory();
    return await root.getDirectoryHandle('frenkel', { create: true });
  } catch (error) {
    throw new Error(`this browser gives the page no files of its own here (${(error as Error).name})`);
  }
}
