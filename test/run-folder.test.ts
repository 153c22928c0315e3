import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { checkpointFiles, loadCheckpoint, saveCheckpoint, unpackCheckpoint } from '../src/node/checkpoint.ts';
import { type Disk, nodeDisk } from '../src/node/disk.ts';
import { WriteError } from '../src/node/files.ts';
import { isAlive, lockFolder, type Owner, thisProcess } from '../src/node/lock.ts';
import { openRun, type Run, type RunSpec } from '../src/node/run-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'frenkel-run-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
const fresh = () => join(root, String(folders++));

/** The real disk without the waiting for it. */
const disk: Disk = { ...nodeDisk, sync: () => {}, syncFolder: () => {} };

const spec = (out: string, extra: Partial<RunSpec> = {}): RunSpec => ({
  out,
  command: 'md',
  input: { steps: 6, seed: 1, files: { 'a.xyz': 'abc' } },
  versions: { frenkel: '0.0.0' },
  kernelHash: 'k1',
  disk,
  ...extra,
});

/** A small computation: 6 steps, a line per step and a checkpoint after every second; x depends on its whole past. */
function compute(run: Run): void {
  let { step, x } = (run.checkpoint ?? { step: 0, x: Float64Array.of(0.3) }) as { step: number; x: Float64Array };
  const trajectory = run.output('trajectory.xyz');
  const log = run.output('log.thermo.gz');
  while (step < 6) {
    x[0] = 3.7 * x[0] * (1 - x[0]);
    step++;
    trajectory.append(`${step} ${x[0]}\n`);
    log.append(`${step}\n`);
    if (step % 2 === 0) run.save({ step, x: x.slice() });
  }
  run.write('final.xyz', `${x[0]}\n`);
  run.finish({ exit: 0, step });
}

const products = (out: string) =>
  ['trajectory.xyz', 'log.thermo.gz', 'final.xyz', 'run.json'].map((name) =>
    readFileSync(join(out, name)).toString('latin1'),
  );

const dead: Owner = { ...thisProcess(), pid: 2 ** 22 + 1, start: '1' };

/** Locks of a killed process: theirs is another process that is gone. */
function killOwner(out: string): void {
  for (const name of readdirSync(out)) if (/^lock\.\d/.test(name)) writeFileSync(join(out, name), JSON.stringify(dead));
}

describe('openRun', () => {
  it('knows new, unfinished and finished runs', () => {
    const out = fresh();
    const first = openRun(spec(out));
    expect([first.status, first.checkpoint, first.result]).toEqual(['new', undefined, undefined]);
    first.event({ kind: 'begin' });
    first.save({ step: 1, x: Float64Array.of(0.5) });
    first.event({ kind: 'checkpoint', step: 1 });
    first.close();
    writeFileSync(join(out, 'events.jsonl'), '{"kind":"tor', { flag: 'a' });
    const second = openRun(spec(out));
    expect([second.status, second.messages]).toEqual(['resume', []]);
    expect(second.checkpoint).toEqual({ step: 1, x: Float64Array.of(0.5) });
    second.event({ kind: 'resume' });
    compute(second);
    second.close();
    const events = readFileSync(join(out, 'events.jsonl'), 'utf8').trim().split('\n');
    expect(events.map((line) => JSON.parse(line).kind)).toEqual(['begin', 'checkpoint', 'resume']);
    const third = openRun(spec(out));
    expect([third.status, third.result]).toEqual(['finished', { exit: 0, step: 6 }]);
    third.close();
    const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
    expect(record).toMatchObject({
      command: 'md',
      kernelHash: 'k1',
      versions: { frenkel: '0.0.0' },
      input: { seed: 1 },
    });
    expect(readdirSync(out).filter((name) => name.startsWith('lock') || name.startsWith('.'))).toEqual([]);
  });

  it('does not care about the order of the options', () => {
    const out = fresh();
    openRun(spec(out)).close();
    const again = openRun(spec(out, { input: { files: { 'a.xyz': 'abc' }, seed: 1, steps: 6 } }));
    expect(again.status).toBe('resume');
    again.close();
  });

  it('refuses what belongs to something else, unless forced', () => {
    const out = fresh();
    const first = openRun(spec(out));
    compute(first);
    first.close();
    const refusals: [Partial<RunSpec>, string][] = [
      [{ input: { steps: 7 } }, 'contains another run, with other options or input files (steps, seed, files)'],
      [{ input: { steps: 7 } }, 'to go on from its end, start another run from its final.xyz'],
      [{ command: 'relax' }, 'contains another run, of "md"'],
    ];
    for (const [change, message] of refusals) {
      expect(() => openRun(spec(out, change))).toThrow(InputError);
      expect(() => openRun(spec(out, change))).toThrow(message);
    }
    const newer = openRun(spec(out, { kernelHash: 'k2' }));
    expect([newer.status, newer.messages]).toEqual([
      'finished',
      ['these results were made by another version of the kernels'],
    ]);
    newer.close();
    const forced = openRun(spec(out, { command: 'relax', force: true }));
    expect([forced.status, forced.checkpoint]).toEqual(['new', undefined]);
    forced.close();
    expect(() => openRun(spec(out, { command: 'relax', kernelHash: 'k2' }))).toThrow('another version of the kernels');

    const foreign = fresh();
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.tex'), 'precious');
    expect(() => openRun(spec(foreign))).toThrow('contains "thesis.tex", which is no run');
    openRun(spec(foreign, { force: true })).close();
    expect(readFileSync(join(foreign, 'thesis.tex'), 'utf8')).toBe('precious');

    for (const text of ['', 'null', '[]', '{"schema":"frenkel run 1"}', '{"schema"']) {
      writeFileSync(join(out, 'run.json'), text);
      expect(() => openRun(spec(out))).toThrow('no record of a run');
    }
    const file = fresh();
    writeFileSync(file, '');
    expect(() => openRun(spec(file))).toThrow(WriteError);
  });

  it('takes the folder of a command that failed before it had begun', () => {
    const out = fresh();
    openRun(spec(out)).close();
    const corrected = openRun(spec(out, { input: { steps: 7 } }));
    expect([corrected.status, corrected.checkpoint]).toEqual(['new', undefined]);
    corrected.event({ kind: 'begin' });
    corrected.close();
    expect(() => openRun(spec(out))).toThrow('contains another run');
  });

  it('has no outputs outside its folder', () => {
    const run = openRun(spec(fresh()));
    for (const name of ['../x', '/etc/x', 'a/../../x', '', '.', 'a//b', 'a\0b'])
      expect(() => run.path(name)).toThrow('no name');
    expect(run.path('figures/energy.svg')).toBe(join(run.folder, 'figures/energy.svg'));
    run.close();
  });
});

describe('a fault at every single change of the disk', () => {
  const calls = [
    'open',
    'write',
    'sync',
    'close',
    'truncate',
    'rename',
    'link',
    'remove',
    'makeFolder',
    'syncFolder',
  ] as const;

  /** The k-th change fails; with `crash` it is done half or not at all and nothing works any more, as after kill -9. */
  function faulty(k: number, mode: 'error' | 'crash' | 'half'): { disk: Disk; count: () => number } {
    let count = 0;
    const fault = (call: string) => Object.assign(new Error(`fault in ${call}`), { code: 'EIO' });
    const wrapped = Object.fromEntries(
      calls.map((call) => [
        call,
        (...args: never[]) => {
          count++;
          if (count < k || (mode === 'error' && count > k)) return (disk[call] as (...a: never[]) => unknown)(...args);
          if (count === k && mode === 'half' && call === 'write') {
            const [descriptor, bytes] = args as unknown as [number, Uint8Array];
            disk.write(descriptor, bytes.subarray(0, bytes.length >> 1));
          }
          throw fault(call);
        },
      ]),
    );
    return { disk: { ...disk, ...wrapped } as Disk, count: () => count };
  }

  const reference = fresh();
  const whole = openRun(spec(reference));
  compute(whole);
  whole.close();

  it.each(['error', 'crash', 'half'] as const)('%s: resuming gives the same files', (mode) => {
    let k = 1;
    let failures = 0;
    for (; k < 1000; k++) {
      const out = fresh();
      const broken = faulty(k, mode);
      let run: Run | undefined;
      try {
        run = openRun(spec(out, { disk: broken.disk }));
        compute(run);
        run.close();
      } catch (error) {
        failures++;
        expect(error).toBeInstanceOf(WriteError);
        expect((error as Error).message).toContain('EIO');
        if (mode === 'error') {
          try {
            run?.close();
          } catch {
            // closing may fail for the same reason
          }
        }
      }
      if (broken.count() < k) break;
      mkdirSync(out, { recursive: true });
      killOwner(out);
      const again = openRun(spec(out));
      if (again.status !== 'finished') compute(again);
      again.close();
      expect(products(out)).toEqual(products(reference));
      expect(again.messages).toEqual([]);
      rmSync(out, { recursive: true });
    }
    // every fault was noticed, but for those in removing what is no longer needed
    expect(k).toBeGreaterThan(60);
    expect(failures).toBe(k - 1);
  });
});

describe('checkpoints', () => {
  const key = 'ab'.repeat(32);
  const two = () => {
    const folder = fresh();
    saveCheckpoint(folder, key, 1, { step: 10, x: Float64Array.of(1) }, disk);
    saveCheckpoint(folder, key, 2, { step: 20, x: Float64Array.of(2) }, disk);
    return folder;
  };
  it('come back, the newest first', () => {
    expect(loadCheckpoint(two(), key)).toEqual({
      sequence: 2,
      state: { step: 20, x: Float64Array.of(2) },
      messages: [],
    });
    mkdirSync(join(root, 'none'));
    expect(loadCheckpoint(join(root, 'none'), key)).toEqual({ sequence: 0, state: undefined, messages: [] });
  });

  it('every flipped bit and every truncation is noticed, and the older generation serves', () => {
    const folder = two();
    const [newest] = checkpointFiles;
    const path = join(folder, newest);
    const good = readFileSync(path);
    for (let bit = 0; bit < 8 * good.length; bit++) {
      const bad = Uint8Array.from(good);
      bad[bit >> 3] ^= 1 << (bit & 7);
      expect(() => unpackCheckpoint(bad)).toThrow(InputError);
    }
    for (let length = 0; length < good.length; length++) {
      expect(() => unpackCheckpoint(good.subarray(0, length))).toThrow(InputError);
    }
    expect(() => unpackCheckpoint(Buffer.concat([good, Buffer.of(0)]))).toThrow(InputError);
    for (const bad of [good.subarray(0, 50), Buffer.alloc(0), Buffer.from('hello'), Buffer.concat([good, good])]) {
      writeFileSync(path, bad);
      const loaded = loadCheckpoint(folder, key);
      expect(loaded).toMatchObject({ sequence: 1, state: { step: 10 } });
      expect(loaded.messages.join('; ')).toMatch(/^checkpoint-0\.bin .*; continuing from checkpoint 1 instead$/);
    }
  });

  it('of other runs are not used', () => {
    const folder = two();
    expect(() => loadCheckpoint(folder, 'cd'.repeat(32))).toThrow('belongs to another run');
    expect(() => loadCheckpoint(folder, 'cd'.repeat(32))).toThrow('Start over with --force');
  });
});

describe('locks', () => {
  const folder = () => {
    const path = fresh();
    mkdirSync(path);
    return path;
  };
  it('keep others out while the owner lives, and are gone after', () => {
    const path = folder();
    const release = lockFolder(path);
    expect(() => lockFolder(path)).toThrow(`another process is at work in this run (process ${process.pid}`);
    release();
    expect(readdirSync(path)).toEqual([]);
    lockFolder(path)();
  });
  it('of the dead are taken over', () => {
    const self = thisProcess();
    expect(isAlive(self)).toBe(true);
    const gone: Owner[] = [dead, { ...self, boot: 'earlier' }, { ...self, pid: 2 ** 22 + 5, start: '' }];
    if (self.start !== '') gone.push({ ...self, start: '1' });
    for (const owner of gone) {
      expect(isAlive(owner)).toBe(false);
      const path = folder();
      writeFileSync(join(path, 'lock.7'), JSON.stringify(owner));
      const release = lockFolder(path);
      expect(readdirSync(path)).toEqual(['lock.8']);
      release();
    }
  });
  it('of other hosts are respected', () => {
    const path = folder();
    writeFileSync(join(path, 'lock.1'), JSON.stringify({ ...dead, host: 'elsewhere' }));
    expect(() => lockFolder(path)).toThrow('remove the files lock.*');
  });
  it('that nobody can read are taken over', () => {
    for (const text of ['', '{}', 'null', '{"pid":-1,"host":"a","boot":"","start":""}']) {
      const path = folder();
      writeFileSync(join(path, 'lock.1'), text);
      lockFolder(path)();
      expect(readdirSync(path)).toEqual([]);
    }
  });
  it('go to one of two that take over at the same moment', () => {
    const path = folder();
    writeFileSync(join(path, 'lock.3'), JSON.stringify(dead));
    // the rival takes over between our look and our claim
    let rival: (() => void) | undefined;
    const slow: Disk = {
      ...nodeDisk,
      link(from, to) {
        rival ??= lockFolder(path);
        nodeDisk.link(from, to);
      },
    };
    expect(() => lockFolder(path, { disk: slow })).toThrow('another process');
    expect(readdirSync(path)).toEqual(['lock.4']);
    rival?.();
  });
});
