/** The port to the file system, files, locks, checkpoints and run folders where the system answers as it seldom does. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { InputError } from '../src/data/errors.ts';
import { encodeState } from '../src/data/state.ts';
import {
  checkpointFiles,
  loadCheckpoint,
  packCheckpoint,
  saveCheckpoint,
  unpackCheckpoint,
} from '../src/node/checkpoint.ts';
import { type Disk, nodeDisk } from '../src/node/disk.ts';
import { createFile, removeQuietly } from '../src/node/exclusive.ts';
import { openAppend, readBytes, readChunks, WriteError, writeAtomic } from '../src/node/files.ts';
import { canonicalJson, sha256 } from '../src/node/hash.ts';
import { isAlive, lockFolder, type Owner, thisProcess } from '../src/node/lock.ts';
import { openRun, type RunSpec } from '../src/node/run-folder.ts';
import { type RunJob, startRun } from '../src/node/start-run.ts';
import { type MemoryDisk, memoryDisk } from './support/memory-disk.ts';

const root = fs.mkdtempSync(join(tmpdir(), 'frenkel-persistence-'));
afterAll(() => fs.rmSync(root, { recursive: true }));
const errno = (code: string) => Object.assign(new Error(code), { code });
const text = (disk: Disk, path: string) => new TextDecoder().decode(disk.readFile(path));

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

describe('a file', () => {
  it('that turns out larger than it was said to be is not read', () => {
    const disk = memoryDisk();
    createFile('/a', 'x'.repeat(100), disk);
    const small: Disk = { ...disk, stat: () => ({ size: 1, kind: 'file', modified: 0 }) };
    expect(() => readBytes('/a', { disk: small, limit: 99 })).toThrow('/a: too large');
    expect(readBytes('/a', { disk: small, limit: 100 })).toHaveLength(100);
  });

  it('that fails in ways of its own is still an error of one sentence', () => {
    const failing = (error: unknown): Disk => ({
      ...memoryDisk(),
      readFile() {
        throw error;
      },
    });
    const read = (error: unknown) => () => readBytes('/a', { disk: failing(error) });
    expect(read(new Error('out of order'))).toThrow(new InputError('cannot be read: out of order', { file: '/a' }));
    expect(read('out of order')).toThrow('/a: cannot be read: out of order');
    expect(read(undefined)).toThrow('/a: cannot be read: undefined');
    expect(new WriteError('/a', 'out of order').message).toBe('/a: cannot be written: out of order');
    expect(new WriteError('/a', new Error('out of order'))).toMatchObject({ path: '/a', code: '' });
    expect(new WriteError('/a', errno('EXDEV')).message).toBe('/a: cannot be written: EXDEV (EXDEV)');
  });

  it("is standard input where it is called '-'", async () => {
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([Buffer.from('é'), Buffer.from('a\n')]) as never);
    let all = '';
    for await (const chunk of readChunks('-')) all += chunk;
    expect(all).toBe('éa\n');
  });

  it('arrives whole whatever pieces it comes in', async () => {
    const bytes = Buffer.from('Å and α');
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(
      Readable.from([...bytes].map((byte) => Buffer.of(byte))) as never,
    );
    const chunks: string[] = [];
    for await (const chunk of readChunks('-')) chunks.push(chunk);
    expect(chunks.join('')).toBe('Å and α');
    expect(chunks).not.toContain('');
    // the first byte of two
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([bytes.subarray(0, 1)]) as never);
    await expect(
      (async () => {
        for await (const _ of readChunks('-'));
      })(),
    ).rejects.toThrow('-: not a text file: the bytes are not UTF-8');
  });

  it('leaves nothing open and no draft where a write fails, and hands on what is no fault of the disk', () => {
    let open = 0;
    const disk = memoryDisk();
    const counting: Disk = {
      ...disk,
      open(path, flags) {
        open++;
        return disk.open(path, flags);
      },
      close(descriptor) {
        open--;
        disk.close(descriptor);
      },
    };
    function* broken() {
      yield 'a';
      throw new TypeError('a bug');
    }
    expect(() => writeAtomic('/a', broken(), counting)).toThrow(new TypeError('a bug'));
    expect([open, disk.list('/')]).toEqual([0, []]);
    const failing: Disk = {
      ...counting,
      sync() {
        throw errno('EIO');
      },
      remove() {
        throw errno('EROFS');
      },
    };
    expect(() => writeAtomic('/a', 'x', failing)).toThrow(
      '/a: cannot be written: the disk reported an input/output error (EIO)',
    );
    expect(open).toBe(0);
  });

  it('that grows is closed where it cannot be cut', () => {
    const disk = memoryDisk();
    createFile('/a', 'abcdef', disk);
    const closed: number[] = [];
    const failing: Disk = {
      ...disk,
      truncate() {
        throw errno('EIO');
      },
      close(descriptor) {
        closed.push(descriptor);
        throw errno('EIO');
      },
    };
    expect(() => openAppend('/a', { keep: 3, disk: failing })).toThrow(WriteError);
    expect(closed).toHaveLength(1);
    expect(text(disk, '/a')).toBe('abcdef');
    // nothing to cut
    const out = openAppend('/a', { keep: 6, disk: { ...disk, truncate: failing.truncate } });
    expect([out.path, out.length]).toEqual(['/a', 6]);
    out.append('g');
    expect([out.length, text(disk, '/a')]).toEqual([7, 'abcdefg']);
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
      expect([text(disk, '/a'), disk.list('/')]).toEqual(['1', ['a']]);
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

describe('the folder of a run', () => {
  const spec = (disk: Disk, extra: Partial<RunSpec> = {}): RunSpec => ({
    out: '/r',
    command: 'md',
    input: { steps: 6, files: { a: 'x' } },
    versions: { frenkel: '0' },
    kernelHash: 'k',
    disk,
    ...extra,
  });

  it('refuses records that are none', () => {
    const disk = memoryDisk();
    openRun(spec(disk)).close();
    const whole = text(disk, '/r/run.json');
    const refuse = (content: string | Uint8Array, message: string) => {
      writeAtomic('/r/run.json', content, disk);
      expect(() => openRun(spec(disk))).toThrow(message);
      // and lets go of it
      expect(disk.list('/r')).toEqual(['run.json']);
    };
    const none = '/r/run.json: is no record of a run that this version can read; start over with --force';
    for (const bad of [
      '',
      '{',
      'null',
      '[]',
      '7',
      whole.replace('frenkel run 1', 'frenkel run 2'),
      whole.replace('"md"', '1'),
      whole.replace('"k"', 'null'),
    ])
      refuse(bad, none);
    refuse(Uint8Array.of(0xff), '/r/run.json: not a text file');
    writeAtomic('/r/run.json', whole, disk);
    openRun(spec(disk)).close();
  });

  it('says which options are others, a few of them, however deep they are', () => {
    const disk = memoryDisk();
    const run = openRun(spec(disk));
    run.save({ x: 1 });
    run.close();
    const other = (input: RunSpec['input']) => () => openRun(spec(disk, { input }));
    expect(other({ steps: 7, files: { a: 'y' }, more: [1] })).toThrow(
      'contains another run, with other options or input files (steps, files.a, more); choose',
    );
    expect(other({ steps: 6, files: null })).toThrow('(files)');
    expect(other({ steps: 6, files: { a: 'x' }, a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 })).toThrow('(a, b, c, d, e)');
    expect(() => openRun(spec(disk, { command: 'relax' }))).toThrow('contains another run, of "md"');
    const edit = (input: string) => {
      const record = JSON.parse(text(disk, '/r/run.json'));
      delete record.input;
      writeAtomic('/r/run.json', JSON.stringify(record).replace('{', `{${input}`), disk);
    };
    edit('');
    expect(other({ steps: 7 })).toThrow('with other options or input files ()');
    edit(`"input":{"steps":${'['.repeat(20_000)}${']'.repeat(20_000)}},`);
    expect(other({ steps: 7 })).toThrow(InputError);
  });

  it('is cleared where it is forced, or says why not', () => {
    const disk = memoryDisk();
    const run = openRun(spec(disk));
    run.event({ a: 1 });
    run.save({ x: 1 });
    run.close();
    const stuck: Disk = {
      ...disk,
      remove(path) {
        if (path.endsWith('events.jsonl')) throw errno('EACCES');
        disk.remove(path);
      },
    };
    expect(() => openRun(spec(stuck, { force: true }))).toThrow(new WriteError('/r/events.jsonl', errno('EACCES')));
    const again = openRun(spec(disk, { force: true, input: 7 }));
    expect([again.status, again.checkpoint, disk.list('/r').sort()]).toEqual([
      'new',
      undefined,
      ['lock.1', 'run.json'],
    ]);
    again.close();
  });

  it('cuts events back to whole lines, however long they are', () => {
    const disk = memoryDisk();
    openRun(spec(disk)).close();
    const line = `{"text":"${'x'.repeat(100_000)}"}\n`;
    const ends: [string, string][] = [
      [line, line],
      [line + line.slice(0, -1), line],
      [line.slice(0, -1), ''],
      ['', ''],
      [`${line}{`, line],
    ];
    for (const [there, kept] of ends) {
      writeAtomic('/r/events.jsonl', there, disk);
      const run = openRun(spec(disk));
      run.event({ a: 1 });
      run.close();
      expect(text(disk, '/r/events.jsonl')).toBe(`${kept}{"a":1}\n`);
    }
  });

  it('removes drafts of a killed process, but not those of locks', () => {
    const disk = memoryDisk();
    openRun(spec(disk)).close();
    for (const name of ['.run.json.7.0.tmp', '.lock.7.0.tmp', '..lock.7.0.tmp.8.0.tmp'])
      writeAtomic(`/r/${name}`, 'x', disk);
    openRun(spec(disk)).close();
    expect(disk.list('/r').sort()).toEqual(['..lock.7.0.tmp.8.0.tmp', '.lock.7.0.tmp', 'run.json']);
  });

  it('cannot be made where the disk refuses, and is the real disk by default', () => {
    const denied: Disk = {
      ...memoryDisk(),
      makeFolder() {
        throw errno('EROFS');
      },
    };
    expect(() => openRun(spec(denied))).toThrow(new WriteError('/r', errno('EROFS')));
    const out = join(root, 'run');
    const run = openRun({ ...spec(memoryDisk()), out, disk: undefined, kernelHash: undefined });
    expect(JSON.parse(run.read('run.json'))).toMatchObject({ command: 'md', finished: false });
    run.finish({ x: 1 });
    run.close();
    expect(fs.readdirSync(out)).toEqual(['run.json']);
  });

  it('hands back outputs once opened, and results once finished', () => {
    const disk = memoryDisk();
    const run = openRun(spec(disk));
    expect(run.output('log')).toBe(run.output('log'));
    run.output('log').append('abc\n');
    run.write('folder/final.xyz', 'x');
    expect([run.read('folder/final.xyz'), run.path('log'), run.folder]).toEqual(['x', '/r/log', '/r']);
    run.save({ step: 1 });
    run.output('log').append('torn');
    run.close();
    const next = openRun(spec(disk));
    expect([next.status, next.checkpoint]).toEqual(['resume', { step: 1 }]);
    expect(next.output('log').length).toBe(4);
    expect(next.output('toString').length).toBe(0);
    next.finish({ end: 1 });
    next.close();
    const last = openRun(spec(disk, { kernelHash: 'l' }));
    expect([last.status, last.result, last.messages]).toEqual([
      'finished',
      { end: 1 },
      ['these results were made by another version of the kernels'],
    ]);
    last.close();
    expect(openRun(spec(disk)).messages).toEqual([]);
  });
});

it('what decides the numbers of a job is in its record, by its hash', () => {
  const atoms = createAtoms({ numbers: Uint8Array.of(26), positions: new Float64Array(3), cell: new Float64Array(9) });
  const potential = { kernel: 'lj', params: Float64Array.of(1) };
  const job = (extra: object) => ({ atoms, potential, checkpointSeconds: 30, ...extra }) as unknown as RunJob;
  const inputOf = (extra: object) => {
    const disk = memoryDisk();
    startRun('md', '/r', job(extra), false, disk).close();
    return JSON.parse(text(disk, '/r/run.json')).input;
  };
  const bare = inputOf({});
  expect(Object.keys(bare).sort()).toEqual(['potential', 'structure']);
  expect(inputOf({ checkpointSeconds: 1 })).toEqual(bare);
  const rich = {
    weights: Float64Array.of(1, 2),
    end: atoms,
    other: { potential, steps: 3 },
    seed: 5n,
    name: 'x',
    none: null,
  };
  const found = inputOf(rich);
  expect(found).toMatchObject({
    end: bare.structure,
    other: { potential: bare.potential, steps: 3 },
    seed: '5',
    name: 'x',
    none: null,
  });
  expect(found.weights).toBe(sha256(encodeState(rich.weights)));
  expect(inputOf({ ...rich, weights: Float64Array.of(1, 3) }).weights).not.toBe(found.weights);
});

it('a run begins with its structure, or not at all', () => {
  const atoms = createAtoms({ numbers: Uint8Array.of(26), positions: new Float64Array(3), cell: new Float64Array(9) });
  const potential = { kernel: 'lj', params: Float64Array.of(1) };
  const job = { atoms, potential, checkpointSeconds: 30 } as unknown as RunJob;
  const disk = memoryDisk();
  const full: Disk = {
    ...disk,
    rename(from, to) {
      if (to.endsWith('start.xyz')) throw errno('ENOSPC');
      disk.rename(from, to);
    },
  };
  expect(() => startRun('md', '/r', job, false, full)).toThrow('/r/start.xyz: cannot be written: the disk is full');
  // nobody holds the folder
  expect(disk.list('/r')).toEqual(['run.json']);
  const run = startRun('md', '/r', job, false, disk);
  expect(run.status).toBe('resume');
  expect(text(disk, '/r/start.xyz')).toMatch(/^1\n/);
  run.close();
  writeAtomic('/r/start.xyz', 'as it was', disk);
  startRun('md', '/r', job, false, disk).close();
  expect(text(disk, '/r/start.xyz')).toBe('as it was');
});

it('JSON has one text for equal values', () => {
  expect(canonicalJson({ b: undefined, c: [{ z: 1, a: 2 }], a: 'é' } as never)).toBe('{"a":"é","c":[{"a":2,"z":1}]}');
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    expect(() => canonicalJson([{ x: bad }])).toThrow(new TypeError(`${bad} is not JSON`));
  expect(canonicalJson([null, true, -0, 1e21])).toBe('[null,true,0,1e+21]');
});
