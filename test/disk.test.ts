/** The port to the file system where the system answers as it seldom does, and files that must not exist yet. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { type Disk, nodeDisk } from '../src/node/disk.ts';
import { createFile, removeQuietly } from '../src/node/exclusive.ts';
import { WriteError, writeAtomic } from '../src/node/files.ts';
import { errno } from './support/errno.ts';
import { memoryDisk, textIn } from './support/memory-disk.ts';

const root = fs.mkdtempSync(join(tmpdir(), 'frenkel-disk-'));
afterAll(() => fs.rmSync(root, { recursive: true }));

/** Node's own fs with one call of ours. */
function withCall(name: 'fsyncSync' | 'closeSync' | 'readSync', call: (...args: never[]) => unknown): void {
  vi.spyOn(fs, name).mockImplementation(call as never);
  syncBuiltinESMExports();
}
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

describe('the real file system', () => {
  it('need not be able to sync folders', () => {
    let answer = '';
    let closed = 0;
    const close = fs.closeSync;
    withCall('fsyncSync', () => {
      throw errno(answer);
    });
    withCall('closeSync', (descriptor: number) => {
      closed++;
      close(descriptor);
    });
    for (answer of ['EINVAL', 'ENOTSUP', 'EISDIR']) nodeDisk.syncFolder(root);
    withCall('fsyncSync', () => {
      throw new Error('no code');
    });
    expect(() => nodeDisk.syncFolder(root)).toThrow('no code');
    withCall('fsyncSync', () => {
      throw errno(answer);
    });
    for (answer of ['EIO', 'ENOSPC', '']) expect(() => nodeDisk.syncFolder(root)).toThrow(answer);
    expect(closed).toBe(7);
    expect(() => nodeDisk.syncFolder(join(root, 'missing'))).toThrow('ENOENT');
  });

  it('of Windows cannot open them', () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    nodeDisk.syncFolder(join(root, 'missing'));
  });

  it('may shorten a file while it is read', () => {
    const path = join(root, 'shrinking');
    fs.writeFileSync(path, 'abcdefgh');
    const read = fs.readSync as unknown as (...args: unknown[]) => number;
    let calls = 0;
    withCall('readSync', ((fd: number, buffer: Uint8Array, offset: number, _: number, position: number) =>
      calls++ < 2 ? read(fd, buffer, offset, 2, position) : 0) as never);
    expect(Buffer.from(nodeDisk.readPart(path, 1, 6)).toString()).toBe('bcde');
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    expect(Buffer.from(nodeDisk.readPart(path, 1, 6)).toString()).toBe('bcdefg');
    expect(Buffer.from(nodeDisk.readPart(path, 6, 6)).toString()).toBe('gh');
    expect(nodeDisk.readPart(path, 9, 6)).toHaveLength(0);
  });

  it('knows files, folders and others', () => {
    const path = join(root, 'file');
    fs.writeFileSync(path, 'abc');
    expect(nodeDisk.stat(path)).toMatchObject({ kind: 'file', size: 3 });
    expect(nodeDisk.stat(root)?.kind).toBe('folder');
    expect(nodeDisk.stat('/dev/null')?.kind).toBe('other');
    expect(nodeDisk.stat(join(root, 'missing'))).toBeUndefined();
    fs.utimesSync(path, 1, 1);
    nodeDisk.touch(path);
    expect(nodeDisk.stat(path)?.modified).toBeGreaterThan(1e12);
    expect(() => nodeDisk.touch(join(root, 'missing'))).toThrow('ENOENT');
  });
});

describe('a file that must not exist yet', () => {
  const linkless = (disk: Disk, code: string): Disk => ({
    ...disk,
    link() {
      throw errno(code);
    },
  });

  it('is created without links, or refused', () => {
    for (const code of ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']) {
      const disk = memoryDisk();
      expect(createFile('/a', '1', linkless(disk, code)), code).toBe(true);
      expect(createFile('/a', '2', linkless(disk, code)), code).toBe(false);
      expect([textIn(disk, '/a'), disk.list('/')]).toEqual(['1', ['a']]);
    }
    const disk = memoryDisk();
    expect(() => createFile('/a', '1', linkless(disk, 'EIO'))).toThrow(new WriteError('/a', errno('EIO')));
    expect(disk.list('/')).toEqual([]);
    const closed: Disk = {
      ...linkless(disk, 'EPERM'),
      open(path, flags) {
        if (path === '/a') throw errno('EACCES');
        return disk.open(path, flags);
      },
    };
    expect(() => createFile('/a', '1', closed)).toThrow(new WriteError('/a', errno('EACCES')));
  });

  it('is there where its name is, though the answer was another', () => {
    const disk = memoryDisk();
    const forgetful = (content: string): Disk => ({
      ...disk,
      link(_, to) {
        if (disk.stat(to) === undefined) writeAtomic(to, content, disk);
        throw errno('EEXIST');
      },
    });
    expect(createFile('/a', 'mine', forgetful('mine'))).toBe(true);
    expect(createFile('/b', 'mine', forgetful('yours'))).toBe(false);
    expect(createFile('/c', 'mine', forgetful('mine too'))).toBe(false);
  });

  it('is not there for certain before its folder is synced', () => {
    const disk = memoryDisk();
    let linked = false;
    const failing: Disk = {
      ...disk,
      link(from, to) {
        linked = true;
        disk.link(from, to);
      },
      syncFolder(path) {
        if (linked) throw errno('EIO');
        disk.syncFolder(path);
      },
    };
    expect(() => createFile('/a', '1', failing)).toThrow(new WriteError('/', errno('EIO')));
    removeQuietly('/nothing', disk);
  });
});
