/** The folder of a run: its record, its files, and what its job decides. */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createAtoms } from '../src/data/atoms.ts';
import { InputError } from '../src/data/errors.ts';
import { encodeState } from '../src/data/state.ts';
import type { Disk } from '../src/node/disk.ts';
import { WriteError, writeAtomic } from '../src/node/files.ts';
import { sha256 } from '../src/node/hash.ts';
import { openRun, type RunSpec } from '../src/node/run-folder.ts';
import { type RunJob, startRun } from '../src/node/start-run.ts';
import { errno } from './support/errno.ts';
import { memoryDisk, textIn } from './support/memory-disk.ts';

const root = fs.mkdtempSync(join(tmpdir(), 'frenkel-record-'));
afterAll(() => fs.rmSync(root, { recursive: true }));

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
    const whole = textIn(disk, '/r/run.json');
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
      const record = JSON.parse(textIn(disk, '/r/run.json'));
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
      expect(textIn(disk, '/r/events.jsonl')).toBe(`${kept}{"a":1}\n`);
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
    return JSON.parse(textIn(disk, '/r/run.json')).input;
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
  expect(textIn(disk, '/r/start.xyz')).toMatch(/^1\n/);
  run.close();
  writeAtomic('/r/start.xyz', 'as it was', disk);
  startRun('md', '/r', job, false, disk).close();
  expect(textIn(disk, '/r/start.xyz')).toBe('as it was');
});
