/** The lock of a run: who gives way to whom. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Disk } from '../src/node/disk.ts';
import { WriteError, writeAtomic } from '../src/node/files.ts';
import { isAlive, lockFolder, type Owner, thisProcess } from '../src/node/lock.ts';
import { errno } from './support/errno.ts';
import { type MemoryDisk, memoryDisk } from './support/memory-disk.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a lock', () => {
  const self = thisProcess();
  const dead: Owner = { ...self, pid: 2 ** 22 + 1, start: '1' };
  const write = (disk: Disk, name: string, owner: Owner) => writeAtomic(`/r/${name}`, JSON.stringify(owner), disk);
  function folder(): MemoryDisk {
    const disk = memoryDisk();
    disk.makeFolder('/r');
    return disk;
  }

  it('gives way to a later one that is alive, not to one that is dead or unreadable', () => {
    const disk = folder();
    write(disk, 'lock.3', dead);
    // another took number 4, ended, and a third took 5 before our link
    const race = (name: string, owner: Owner | string): Disk => ({
      ...disk,
      link(from, to) {
        if (typeof owner === 'string') writeAtomic(`/r/${name}`, owner, disk);
        else write(disk, name, owner);
        disk.link(from, to);
      },
    });
    expect(() => lockFolder('/r', { disk: race('lock.5', self), owner: dead })).toThrow(
      `/r: another process is at work in this run (process ${self.pid} on ${self.host})`,
    );
    expect(disk.list('/r').sort()).toEqual(['lock.3', 'lock.5']);
    disk.remove('/r/lock.5');
    for (const later of [dead, 'x', JSON.stringify({ ...self, pid: 1.5 }), JSON.stringify({ ...self, boot: 7 })]) {
      const release = lockFolder('/r', { disk: race('lock.9', later), owner: self });
      expect(disk.list('/r')).toContain('lock.9');
      release();
      for (const name of disk.list('/r')) disk.remove(`/r/${name}`);
      write(disk, 'lock.3', dead);
    }
  });

  it('is tried for ten times', () => {
    const disk = folder();
    let tries = 0;
    const busy: Disk = {
      ...disk,
      link() {
        tries++;
        throw errno('EEXIST');
      },
    };
    expect(() => lockFolder('/r', { disk: busy })).toThrow('/r: other processes are starting the same run');
    expect([tries, disk.list('/r')]).toEqual([10, []]);
    const broken: Disk = {
      ...disk,
      link() {
        throw errno('EMLINK');
      },
    };
    expect(() => lockFolder('/r', { disk: broken })).toThrow(new WriteError('/r/lock.1', errno('EMLINK')));
  });

  it('that is gone already is released; one that cannot be removed is an error', () => {
    const disk = folder();
    const release = lockFolder('/r', { disk });
    disk.remove('/r/lock.1');
    release();
    const stuck: Disk = {
      ...disk,
      remove(path) {
        if (path.endsWith('lock.1')) throw errno('EROFS');
        disk.remove(path);
      },
    };
    expect(lockFolder('/r', { disk: stuck })).toThrow(new WriteError('/r/lock.1', errno('EROFS')));
  });

  it('of a process that may not be asked is one of a living process', () => {
    const unknown = { ...self, start: '' };
    expect(isAlive(unknown)).toBe(true);
    vi.spyOn(process, 'kill').mockImplementation(() => {
      throw errno('EPERM');
    });
    expect(isAlive(unknown)).toBe(true);
    vi.spyOn(process, 'kill').mockImplementation(() => {
      throw errno('ESRCH');
    });
    expect(isAlive(unknown)).toBe(false);
    expect(isAlive({ ...self, host: 'elsewhere', boot: 'x' })).toBe(true);
  });
});
