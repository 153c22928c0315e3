import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { type Disk, nodeDisk } from '../src/node/disk.ts';
import { createFile } from '../src/node/exclusive.ts';
import { codeOf, openAppend, readBytes, readChunks, readText, WriteError, writeAtomic } from '../src/node/files.ts';
import { canonicalJson, hashFile, sha256 } from '../src/node/hash.ts';
import { errno } from './support/errno.ts';
import { memoryDisk, textIn } from './support/memory-disk.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-files-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const fresh = () => {
  const folder = join(root, String(folders++));
  mkdirSync(folder);
  return folder;
};

async function chunks(path: string): Promise<string> {
  let text = '';
  for await (const chunk of readChunks(path)) text += chunk;
  return text;
}

describe('reading', () => {
  const text = 'Fe vacancy, 2.8665 Å\n'.repeat(200_000);
  it('plain and compressed, whole and in pieces', async () => {
    const folder = fresh();
    const [plain, packed] = [join(folder, 'a.xyz'), join(folder, 'a.xyz.gz')];
    writeAtomic(plain, text);
    writeAtomic(packed, [text.slice(0, 1000), text.slice(1000)]);
    expect(gunzipSync(readFileSync(packed)).toString()).toBe(text);
    for (const path of [plain, packed]) {
      expect(readText(path)).toBe(text);
      expect(await chunks(path)).toBe(text);
    }
    expect(readdirSync(folder).sort()).toEqual(['a.xyz', 'a.xyz.gz']);
    expect(hashFile(plain)).toBe(sha256(text));
  });

  it('says in one sentence what is wrong', async () => {
    const folder = fresh();
    writeFileSync(join(folder, 'binary'), Uint8Array.of(0xff, 0xfe, 0x80, 65));
    writeFileSync(join(folder, 'cut.gz'), gzipSync(text).subarray(0, 1000));
    writeFileSync(join(folder, 'bad.gz'), Uint8Array.of(0x1f, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8, 9));
    const cases: [string, string][] = [
      ['missing', 'cannot be read: there is no such file or folder'],
      ['', 'cannot be read: it is a folder; a file was expected'],
      ['binary/x', 'a part of the path is a file, not a folder'],
      ['binary', 'not a text file: the bytes are not UTF-8'],
      ['cut.gz', 'the gzip data are damaged or cut off'],
      ['bad.gz', 'the gzip data are damaged or cut off'],
    ];
    for (const [name, message] of cases) {
      const path = join(folder, name);
      expect(() => readText(path)).toThrow(InputError);
      expect(() => readText(path)).toThrow(`${path}: `);
      expect(() => readText(path)).toThrow(message);
      await expect(chunks(path)).rejects.toThrow(InputError);
      await expect(chunks(path)).rejects.toThrow(message);
    }
    expect(() => readText('a\0b')).toThrow(InputError);
    expect(() => readText('')).toThrow(InputError);
  });

  it('has limits, also for what decompresses to much more', () => {
    const folder = fresh();
    const path = join(folder, 'a');
    writeFileSync(path, 'x'.repeat(1000));
    expect(readBytes(path, { limit: 1000 })).toHaveLength(1000);
    expect(() => readBytes(path, { limit: 999 })).toThrow('too large');
    const bomb = join(folder, 'bomb.gz');
    writeFileSync(bomb, gzipSync(new Uint8Array(100_000_000)));
    expect(() => readText(bomb)).toThrow('too large');
  });
});

describe('writing', () => {
  it('replaces whole files and leaves nothing behind when it cannot', () => {
    const folder = fresh();
    const path = join(folder, 'sub', 'report.json');
    writeAtomic(path, '1');
    writeAtomic(path, '22');
    expect(readText(path)).toBe('22');
    const broken = (fail: keyof typeof nodeDisk, code: string) => ({
      ...nodeDisk,
      [fail]: () => {
        throw Object.assign(new Error('injected'), { code });
      },
    });
    for (const call of ['open', 'write', 'sync', 'close', 'rename', 'makeFolder'] as const) {
      const attempt = () => writeAtomic(path, '333', broken(call, 'ENOSPC'));
      expect(attempt).toThrow(WriteError);
      expect(attempt).toThrow(`${path}: cannot be written: the disk is full (ENOSPC)`);
      expect(readText(path)).toBe('22');
      expect(readdirSync(join(folder, 'sub'))).toEqual(['report.json']);
    }
  });

  it('goes on after short writes, and gives up when nothing is written', () => {
    const path = join(fresh(), 'a');
    writeAtomic(path, 'hello', { ...nodeDisk, write: (fd, bytes) => nodeDisk.write(fd, bytes.subarray(0, 2)) });
    expect(readText(path)).toBe('hello');
    expect(() => writeAtomic(path, 'x', { ...nodeDisk, write: () => 0 })).toThrow('the disk is full');
  });

  it('does not overwrite folders, or write into files', () => {
    const folder = fresh();
    mkdirSync(join(folder, 'd'));
    writeFileSync(join(folder, 'f'), '');
    expect(() => writeAtomic(join(folder, 'd'), 'x')).toThrow(WriteError);
    expect(() => writeAtomic(join(folder, 'f', 'g'), 'x')).toThrow(WriteError);
    expect(() => writeAtomic('', 'x')).toThrow(InputError);
  });

  it('reports missing permission', () => {
    const denied = () => {
      throw Object.assign(new Error('injected'), { code: 'EACCES' });
    };
    const path = join(fresh(), 'a');
    expect(() => writeAtomic(path, 'x', { ...nodeDisk, open: denied })).toThrow(
      `${path}: cannot be written: permission denied`,
    );
    writeFileSync(path, 'x');
    expect(() => readText(path, { disk: { ...nodeDisk, readFile: denied } })).toThrow(
      `${path}: cannot be read: permission denied`,
    );
  });
});

describe('appending', () => {
  it('cuts back to what the checkpoint knows, plain and compressed', () => {
    for (const name of ['t.xyz', 't.xyz.gz']) {
      const path = join(fresh(), name);
      const first = openAppend(path);
      first.append('one\n');
      const { length } = first;
      first.append('two\n');
      first.sync();
      first.close();
      expect(readText(path)).toBe('one\ntwo\n');
      const second = openAppend(path, { keep: length });
      expect(second.length).toBe(length);
      second.append('2\n');
      second.close();
      expect(readText(path)).toBe('one\n2\n');
      expect(() => openAppend(path, { keep: 1000 })).toThrow('the checkpoint was made when it had 1000');
    }
  });
  it('reports a full disk', () => {
    const path = join(fresh(), 't');
    const full = () => {
      throw Object.assign(new Error('injected'), { code: 'ENOSPC' });
    };
    const out = openAppend(path, { disk: { ...nodeDisk, write: full, sync: full } });
    expect(() => out.append('x')).toThrow(WriteError);
    expect(() => out.sync()).toThrow('the disk is full');
    out.close();
  });
});

describe('canonicalJson', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: 0.1 })).toBe('{"a":0.1,"b":[1,{"c":"x","d":null}]}');
    expect(() => canonicalJson(Number.NaN)).toThrow(TypeError);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
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
    expect(textIn(disk, '/a')).toBe('abcdef');
    // nothing to cut
    const out = openAppend('/a', { keep: 6, disk: { ...disk, truncate: failing.truncate } });
    expect([out.path, out.length]).toEqual(['/a', 6]);
    out.append('g');
    expect([out.length, textIn(disk, '/a')]).toEqual([7, 'abcdefg']);
  });
});

it('JSON has one text for equal values', () => {
  expect(canonicalJson({ b: undefined, c: [{ z: 1, a: 2 }], a: 'é' } as never)).toBe('{"a":"é","c":[{"a":2,"z":1}]}');
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    expect(() => canonicalJson([{ x: bad }])).toThrow(new TypeError(`${bad} is not JSON`));
  expect(canonicalJson([null, true, -0, 1e21])).toBe('[null,true,0,1e+21]');
  expect(codeOf(undefined)).toBe('');
});
