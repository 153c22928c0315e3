/** A hundred signals at random moments: each is obeyed within seconds, with a checkpoint, and changes no byte of what comes out. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { uniform } from '../src/data/rng.ts';
import { frenkel, program, scratch } from './support/cli.ts';
import { long } from './support/long.ts';
import { untilMet } from './support/met.ts';
import { calm, lasting, lay, type Ordeal, ordeals, strike } from './support/ordeal.ts';
import { wait } from './support/torment.ts';
import { record } from './support/trust/record.ts';

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const signals = Object.keys(codes) as (keyof typeof codes)[];
/** Of each kind of run. */
const COUNT = long ? 100 : 18;
const PROMISED_SECONDS = 5;
/** Beyond this it is not obeyed: a loaded machine takes ten times as long for anything. */
const MOST_SECONDS = 120;
const tally = { signals: 0, slowest: 0, kinds: new Set<string>() };

afterAll(() => {
  const { kinds, slowest } = tally;
  const names = [...kinds].join(', ');
  const met = tally.signals >= 100 && slowest <= PROMISED_SECONDS && kinds.size === ordeals().length;
  record('R11.hundred', `${tally.signals}, the slowest after ${slowest.toFixed(1)} s (${names})`, met);
});

/** Steps at which a run was interrupted, and went on. */
function seams({ folder }: Ordeal, where: string): [unknown, unknown][] {
  const path = join(where, folder, 'events.jsonl');
  if (!existsSync(path)) return [];
  const events = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const at = (k: number) => [events[k].stage, events[k].step];
  return events.flatMap(({ event }, k) =>
    event === 'interrupted' && k + 1 < events.length ? [[at(k), at(k + 1)] as [unknown, unknown]] : [],
  );
}

function checkpoints({ folder }: Ordeal, where: string): string[] {
  const root = join(where, folder);
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /checkpoint-[\d-]+\.bin$/.test(name),
  );
}

describe.each(ordeals())('$name', (ordeal) => {
  it.concurrent(`obeys ${COUNT} signals`, async () => {
    const seed = BigInt(500 + ordeals().findIndex(({ name }) => name === ordeal.name));
    const { files } = await calm(ordeal, scratch());
    let count = 0;
    for (let round = 0; count < COUNT; round++) {
      const where = lay(ordeal, scratch());
      for (let go = 0; ; go++) {
        const signal = signals[(count + go) % signals.length];
        const after = count < COUNT ? 400 * uniform(seed, 'trials', round, go) : 600_000;
        const blow = await strike(ordeal, where, { signal, after, threads: 1 + (go % 2) });
        if (blow === undefined) break;
        const what = `${signal} after ${after.toFixed(0)} ms: ${blow.stderr}`;
        expect(blow.code, what).toBe(codes[signal]);
        expect(blow.stderr, what).toMatch(/the same command goes on/);
        expect(blow.seconds, what).toBeLessThan(MOST_SECONDS);
        if (ordeal.folder === 'r') expect(checkpoints(ordeal, where), what).not.toEqual([]);
        count++;
        tally.signals++;
        tally.slowest = Math.max(tally.slowest, blow.seconds);
      }
      expect(lasting(ordeal, where)).toEqual(files);
      for (const [stopped, gone] of seams(ordeal, where)) expect(gone).toEqual(stopped);
      rmSync(where, { recursive: true });
    }
    tally.kinds.add(ordeal.name);
  }, 1_800_000);
});

describe('a terminal that is closed', () => {
  it('stops the run with a checkpoint, though nobody reads its progress any more', async () => {
    const [ordeal] = ordeals();
    const { files } = await calm(ordeal, scratch());
    const line = [process.execPath, program, ...ordeal.line, ...ordeal.free(1)].map((word) => `'${word}'`).join(' ');
    const where = await untilMet(async () => {
      const place = lay(ordeal, scratch());
      // a terminal of its own, whose other end is this process
      const terminal = spawn('script', ['-qec', `exec ${line}`, '/dev/null'], {
        cwd: place,
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      let shown = '';
      terminal.stdout.on('data', (piece) => {
        shown += piece;
      });
      while (!/step \d+/.test(shown) && terminal.exitCode === null) await wait(5);
      terminal.kill('SIGKILL');
      // without a word it would hold its lock for good
      while (readdirSync(join(place, 'r')).some((name) => /^lock\.\d+$/.test(name))) await wait(10);
      const done = existsSync(join(place, 'r/report.json'));
      if (!done) expect(readFileSync(join(place, 'r/events.jsonl'), 'utf8')).toContain('"interrupted"');
      return done ? undefined : place;
    });
    expect((await frenkel(where, [...ordeal.line, ...ordeal.free(2)])).code).toBe(0);
    expect(lasting(ordeal, where)).toEqual(files);
  });
});

describe('a signal that comes when a run is complete', () => {
  /** Sends this process itself a signal at its first word on stdout, when nothing is left to do, and as it exits. */
  const late = `
    const strike = () => process.kill(process.pid, process.env.STRIKE);
    const { write } = process.stdout;
    let said = false;
    const moments = {
      word() {
        process.stdout.write = (...args) => {
          if (!said) strike();
          said = true;
          return write.apply(process.stdout, args);
        };
      },
      end: () => process.once('beforeExit', strike),
      exit: () => process.once('exit', strike),
    };
    moments[process.env.MOMENT]();`;
  const strikes = ['word', 'end', 'exit'].flatMap((moment) => signals.map((signal) => [signal, moment]));

  it.each(strikes)('%s at its %s: what it says and its exit code are as if none had come', async (signal, moment) => {
    const [ordeal] = ordeals();
    const where = lay(ordeal, scratch());
    const line = ['md', 'a.xyz', '-p', 'Fe-Ackland-2004', '--steps', '2', '--threads', '1', '--json'];
    const args = ['--import', `data:text/javascript,${encodeURIComponent(late)}`, program, ...line];
    const env = { ...process.env, STRIKE: signal, MOMENT: moment };
    const { status, signal: by, stdout } = spawnSync(process.execPath, args, { cwd: where, env, encoding: 'utf8' });
    expect([status, by, JSON.parse(stdout).steps]).toEqual([0, null, 2]);
  });

  it('ends what the command begins next', async () => {
    vi.resetModules();
    const { heedLateSignals, interruption } = await import('../src/cli/signals.ts');
    const before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
    try {
      interruption().restore();
      // a library does not keep its user's signals
      for (const signal of signals) expect(process.listeners(signal)).toEqual(before.get(signal));
      heedLateSignals();
      interruption().restore();
      process.emit('SIGHUP', 'SIGHUP');
      const next = interruption();
      expect([next.signal(), next.code()]).toEqual(['SIGHUP', 129]);
    } finally {
      for (const signal of signals)
        for (const listener of process.listeners(signal))
          if (!before.get(signal)?.includes(listener)) process.off(signal, listener);
    }
  });
});
