/**
 * Endurance, where FRENKEL_SOAK says for how many hours: runs of every kind are begun, killed, interrupted, begun again with
 * other numbers of threads, and run out of disk, round after round, with nobody's help. What comes out is compared with
 * the files of runs that were left alone. build/soak.log tells what happened; a soak that is stopped goes on counting.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { uniform } from '../src/data/rng.ts';
import { frenkel, scratch } from './support/cli.ts';
import { calm, lasting, lay, type Ordeal, ordeals, strike } from './support/ordeal.ts';
import { record } from './support/trust/record.ts';
import { openTally } from './support/trust/tally.ts';

const hours = Number(process.env.FRENKEL_SOAK ?? 0);
const PROMISED = 24 * 60;
/** MB of the small disk, which runs of all kinds fit on. */
const DISK = 8;
const blows = ['SIGKILL', 'SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'full', 'full'] as const;
const LOG = 'build/soak.log';

const mount = hours > 0 ? mkdtempSync(join(tmpdir(), 'frenkel-soak-')) : '';
const small = hours > 0 && spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}m`, 'tmpfs', mount]).status === 0;
afterAll(() => {
  if (small) execFileSync('umount', ['--lazy', mount]);
  if (mount !== '') rmSync(mount, { recursive: true, force: true });
});

const tally = openTally(
  'soak',
  { seconds: 0, rounds: 0, starts: 0, kills: 0, signals: 0, full: 0, differences: 0, troubles: 0 },
  true,
);

function say(text: string): void {
  mkdirSync('build', { recursive: true });
  appendFileSync(LOG, `${new Date().toISOString()} ${text}\n`);
}

function leave(pace: string): void {
  const { seconds, rounds, starts, kills, signals, full, differences, troubles } = tally.now;
  const minutes = Math.floor(seconds / 60);
  const what = `${kills} kills, ${signals} signals, ${full} full disks, ${starts} starts of ${rounds} runs`;
  const found = `${differences} differences, ${troubles} times a hand was needed${pace}`;
  const short = minutes < PROMISED ? ` of ${PROMISED}` : '';
  record('R26.soak', `${minutes}${short} min: ${what}: ${found}`, minutes >= PROMISED && differences + troubles === 0);
}

/** Leaves so little room that the next write may fail. */
function fill(where: string, kilobytes: number): void {
  const { bavail, bsize } = statfsSync(where);
  writeFileSync(join(where, 'ballast'), new Uint8Array(Math.max(0, bavail * bsize - 1024 * kilobytes)));
}

/** One run from its beginning to its end, under blows. */
async function round(ordeal: Ordeal, where: string, number: number): Promise<void> {
  const draw = (go: number, what: number) => uniform(26n, 'trials', number, 8 * go + what);
  for (let go = 0; go < 200; go++) {
    const blow = blows[Math.floor(blows.length * draw(go, 0))];
    const threads = 1 + Math.floor(3 * draw(go, 1));
    const after = 1500 * draw(go, 2) ** 2;
    const checkpoint = draw(go, 4) < 0.6 ? 0 : 1;
    tally.add({ starts: 1 });
    if (blow === 'full' && small) {
      fill(where, 64 * draw(go, 3));
      const { code, stderr } = await frenkel(where, [...ordeal.line, ...ordeal.free(threads, checkpoint)]);
      rmSync(join(where, 'ballast'));
      say(`${ordeal.name} ${number}.${go} full disk: exit ${code}`);
      if (code === 0) return;
      tally.add({ full: 1 });
      expect(stderr).toMatch(/the disk is full \(ENOSPC\)/);
      continue;
    }
    const signal = blow === 'full' ? 'SIGTERM' : blow;
    const struck = await strike(ordeal, where, { signal, after, threads, checkpoint });
    say(
      `${ordeal.name} ${number}.${go} ${struck ? `${signal} after ${after.toFixed(0)} ms, ${threads} threads` : 'done'}`,
    );
    if (struck === undefined) return;
    tally.add(signal === 'SIGKILL' ? { kills: 1 } : { signals: 1 });
    if (signal !== 'SIGKILL') expect(struck.stderr).toMatch(/the same command goes on/);
  }
  throw new Error('200 starts were not enough');
}

describe.skipIf(!(hours > 0))('endurance (needs FRENKEL_SOAK=hours)', () => {
  it(
    `${hours} h of kills, signals, full disks, other threads: no difference`,
    async () => {
      const kinds = ordeals();
      const references = new Map<string, Record<string, string>>();
      const speeds: number[] = [];
      for (const kind of kinds) {
        const begin = performance.now();
        references.set(kind.name, (await calm(kind, scratch())).files);
        say(`${kind.name} left alone: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
      }
      const end = performance.now() + 3600e3 * hours;
      while (performance.now() < end) {
        const number = tally.now.rounds;
        const kind = kinds[number % kinds.length];
        const begin = performance.now();
        const where = small ? mkdtempSync(join(mount, 'run-')) : scratch();
        try {
          await round(kind, lay(kind, where), number);
          // finished: the same command says so and changes nothing
          const { code, stderr } = await frenkel(where, [...kind.line, ...kind.free(1)]);
          if (code !== 0) throw new Error(`exit ${code}: ${stderr}`);
          const same = JSON.stringify(lasting(kind, where)) === JSON.stringify(references.get(kind.name));
          if (!same) say(`${kind.name} ${number} DIFFERS: ${where}`);
          tally.add({ differences: same ? 0 : 1 });
        } catch (error) {
          say(`${kind.name} ${number} TROUBLE: ${error instanceof Error ? error.message : error}`);
          tally.add({ troubles: 1 });
        }
        rmSync(where, { recursive: true, force: true });
        speeds.push((performance.now() - begin) / 1000);
        tally.add({ seconds: speeds[speeds.length - 1], rounds: 1 });
        leave('');
      }
      const { differences, troubles } = tally.now;
      expect(existsSync(LOG)).toBe(true);
      expect([differences, troubles]).toEqual([0, 0]);
    },
    3600e3 * hours + 600e3,
  );
});
