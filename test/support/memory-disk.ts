/**
 * A file system in memory with a power switch. It knows what was synced: after a power cut a file has the bytes of its
 * last sync and a folder the names of its last syncFolder, or, as real file systems may have written more, some or all
 * of what came since. The k-th change can fail, be cut short, be swallowed, or cut the power.
 */
import { dirname } from 'node:path';
import type { Disk } from '../../src/node/disk.ts';

interface File {
  bytes: Uint8Array;
  synced: Uint8Array;
  modified: number;
}

/** The power is cut: thrown by every call from then on. */
export class PowerCut extends Error {}

/** `once`: only the k-th change; else all from then on. */
export type Fault = { at: number; mode: 'EIO' | 'ENOSPC' | 'short' | 'swallow' | 'cut'; once?: boolean };

export interface MemoryDisk extends Disk {
  /** Changes so far. */
  readonly changes: number;
  /** What failed: name of the call and path. */
  readonly hit: string | undefined;
  fault: Fault | undefined;
  /** Power back on. `kept`: how much of what was not synced survived. */
  restart(kept: 'nothing' | 'names' | 'all'): void;
  files(): Map<string, Uint8Array>;
}

const failure = (code: string, path: string) => Object.assign(new Error(`${code}: ${path}`), { code });

export function memoryDisk(): MemoryDisk {
  let names = new Map<string, File>();
  let durable = new Map<string, File>();
  const folders = new Set<string>(['/']);
  const open = new Map<number, { path: string; file: File }>();
  let descriptors = 3;
  let clock = 0;
  let cut = false;
  const state = { changes: 0, hit: undefined as string | undefined, fault: undefined as Fault | undefined };

  const alive = () => {
    if (cut) throw new PowerCut('the power is cut');
  };
  /** Counts a change; true where it is to be swallowed, 'short' where a write is to be cut short. */
  const change = (call: string, path: string): false | 'short' | 'swallow' => {
    alive();
    const number = ++state.changes;
    const { fault } = state;
    if (fault === undefined || number < fault.at || (fault.once && number > fault.at)) return false;
    state.hit ??= `${call} ${path}`;
    if (fault.mode === 'cut') {
      cut = true;
      throw new PowerCut('the power is cut');
    }
    if (fault.mode === 'short' || fault.mode === 'swallow') return call === 'write' ? fault.mode : false;
    throw failure(fault.mode, path);
  };
  const get = (path: string): File => {
    alive();
    const file = names.get(path);
    if (file === undefined) throw failure(folders.has(path) ? 'EISDIR' : 'ENOENT', path);
    return file;
  };
  const handle = (descriptor: number) => {
    alive();
    const found = open.get(descriptor);
    if (found === undefined) throw failure('EBADF', String(descriptor));
    return found;
  };
  const inside = (folder: string) => [...names.keys()].filter((path) => dirname(path) === folder);

  const disk: Disk = {
    open(path, flags) {
      if (flags !== 'r') change('open', path);
      if (!folders.has(dirname(path))) throw failure('ENOENT', path);
      if (flags === 'wx' && names.has(path)) throw failure('EEXIST', path);
      if (flags === 'r' || names.has(path)) get(path);
      else names.set(path, { bytes: new Uint8Array(0), synced: new Uint8Array(0), modified: clock++ });
      open.set(++descriptors, { path, file: get(path) });
      return descriptors;
    },
    write(descriptor, bytes) {
      const { path, file } = handle(descriptor);
      const fault = change('write', path);
      if (fault === 'swallow') return bytes.length;
      const part = fault === 'short' ? bytes.subarray(0, Math.ceil(bytes.length / 2)) : bytes;
      const grown = new Uint8Array(file.bytes.length + part.length);
      grown.set(file.bytes);
      grown.set(part, file.bytes.length);
      Object.assign(file, { bytes: grown, modified: clock++ });
      return part.length;
    },
    sync(descriptor) {
      const { path, file } = handle(descriptor);
      change('sync', path);
      file.synced = file.bytes;
    },
    close: (descriptor) => {
      handle(descriptor);
      open.delete(descriptor);
    },
    truncate(path, length) {
      change('truncate', path);
      const file = get(path);
      file.bytes = file.bytes.slice(0, length);
    },
    rename(from, to) {
      change('rename', to);
      names.set(to, get(from));
      names.delete(from);
    },
    link(from, to) {
      change('link', to);
      if (names.has(to)) throw failure('EEXIST', to);
      names.set(to, get(from));
    },
    remove(path) {
      change('remove', path);
      get(path);
      names.delete(path);
    },
    makeFolder(path) {
      change('makeFolder', path);
      for (let at = path; !folders.has(at); at = dirname(at)) folders.add(at);
    },
    syncFolder(path) {
      change('syncFolder', path);
      for (const name of [...durable.keys()]) if (dirname(name) === path && !names.has(name)) durable.delete(name);
      for (const name of inside(path)) durable.set(name, get(name));
    },
    touch(path) {
      change('touch', path);
      get(path).modified = clock++;
    },
    readFile: (path) => get(path).bytes.slice(),
    readPart: (path, start, length) => get(path).bytes.slice(start, start + length),
    list(path) {
      alive();
      if (!folders.has(path)) throw failure('ENOENT', path);
      const below = [...folders].filter((folder) => folder !== path && dirname(folder) === path);
      return [...inside(path), ...below].map((name) => name.slice(path.length).replace(/^\//, ''));
    },
    stat(path) {
      alive();
      if (folders.has(path)) return { size: 0, kind: 'folder', modified: 0 };
      const file = names.get(path);
      return file && { size: file.bytes.length, kind: 'file', modified: file.modified };
    },
  };
  return {
    ...disk,
    get changes() {
      return state.changes;
    },
    get hit() {
      return state.hit;
    },
    get fault() {
      return state.fault;
    },
    set fault(fault) {
      state.fault = fault;
      state.hit = undefined;
    },
    restart(kept: 'nothing' | 'names' | 'all') {
      cut = false;
      state.fault = undefined;
      open.clear();
      if (kept === 'nothing') names = new Map(durable);
      for (const file of names.values()) if (kept !== 'all') file.bytes = file.synced;
      durable = new Map(names);
      for (const file of names.values()) file.synced = file.bytes;
    },
    files: () => new Map([...names].map(([path, { bytes }]) => [path, bytes])),
  };
}

/** The text of a file of such a disk. */
export const textIn = (disk: Disk, path: string) => new TextDecoder().decode(disk.readFile(path));
