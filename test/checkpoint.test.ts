/** Checkpoints that cannot be read, and the other one that serves. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { encodeState } from '../src/data/state.ts';
import {
  checkpointFiles,
  loadCheckpoint,
  packCheckpoint,
  saveCheckpoint,
  unpackCheckpoint,
} from '../src/node/checkpoint.ts';
import type { Disk } from '../src/node/disk.ts';
import { writeAtomic } from '../src/node/files.ts';
import { sha256 } from '../src/node/hash.ts';
import { errno } from './support/errno.ts';
import { memoryDisk } from './support/memory-disk.ts';

describe('checkpoints', () => {
  const key = 'ab'.repeat(32);
  const broken = (edit: (bytes: Uint8Array, view: DataView) => void) => {
    const bytes = packCheckpoint(3, key, encodeState({ x: 1 }));
    edit(bytes, new DataView(bytes.buffer));
    // a checksum that is right all the same
    bytes.set(Buffer.from(sha256(bytes.subarray(48)), 'hex'), 16);
    return () => unpackCheckpoint(bytes);
  };

  it('have their length, sequence and key', () => {
    expect(broken(() => {})()).toEqual({ sequence: 3, key, state: encodeState({ x: 1 }) });
    expect(broken((_, view) => view.setBigUint64(56, 7n, true))).toThrow(new InputError('has the wrong length'));
    expect(broken((bytes) => bytes.fill(0, 0, 1))).toThrow('is no checkpoint that this version can read');
    expect(() => unpackCheckpoint(packCheckpoint(3, key, new Uint8Array(0)).subarray(0, 95))).toThrow('is cut off');
    expect(unpackCheckpoint(packCheckpoint(0, key, new Uint8Array(0))).state).toHaveLength(0);
  });

  it('that cannot be read are named, and the other one serves', () => {
    const disk = memoryDisk();
    disk.makeFolder('/r');
    expect(loadCheckpoint('/r', key, disk)).toEqual({ sequence: 0, state: undefined, messages: [] });
    saveCheckpoint('/r', key, 1, { x: 1 }, disk);
    saveCheckpoint('/r', key, 2, { x: 2 }, disk);
    expect(loadCheckpoint('/r', key, disk)).toEqual({ sequence: 2, state: { x: 2 }, messages: [] });
    let failing = 'checkpoint-0.bin';
    const flaky: Disk = {
      ...disk,
      readFile(path) {
        if (path.includes(failing)) throw errno('EIO');
        return disk.readFile(path);
      },
    };
    expect(loadCheckpoint('/r', key, flaky)).toEqual({
      sequence: 1,
      state: { x: 1 },
      messages: [
        'checkpoint-0.bin /r/checkpoint-0.bin: cannot be read: the disk reported an input/output error',
        'continuing from checkpoint 1 instead',
      ],
    });
    failing = 'checkpoint-';
    expect(() => loadCheckpoint('/r', key, flaky)).toThrow(
      /^\/r: no checkpoint can be used: checkpoint-0.bin .*; checkpoint-1.bin .*Start over with --force$/,
    );
    expect(() => loadCheckpoint('/r', 'cd'.repeat(32), disk)).toThrow('checkpoint-0.bin belongs to another run');
    expect(checkpointFiles).toEqual(['checkpoint-0.bin', 'checkpoint-1.bin']);
    // a whole file around a state that is none
    writeAtomic('/r/checkpoint-0.bin', packCheckpoint(4, key, Uint8Array.of(1, 2, 3)), disk);
    expect(loadCheckpoint('/r', key, disk)).toMatchObject({ sequence: 1, state: { x: 1 } });
  });
});
