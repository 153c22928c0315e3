/** How much work a kill costs at the default interval of checkpoints, by a clock that the test moves. */
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { Job } from '../src/campaign/job.ts';
import { uniform } from '../src/data/rng.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { loadEmbedded } from '../src/io/embedded.ts';
import { makeClaim } from '../src/node/campaign-claim.ts';
import { driveJob } from '../src/node/campaign-drive.ts';
import { slicesOf } from '../src/node/campaign-work.ts';
import { runMd } from '../src/node/run-md.ts';
import { startRun } from '../src/node/start-run.ts';
import { frenkel } from './support/commands.ts';
import { kindOf, open } from './support/count-campaign.ts';
import { bcc } from './support/crystals.ts';
import { memoryDisk } from './support/memory-disk.ts';
import { record } from './support/trust/record.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterEach(() => vi.restoreAllMocks());

/** s that may be lost. */
const LIMIT = 60;
const KILLS = 300;

/** Seconds, moved by the test. */
function ownClock(): { now: number } {
  const clock = { now: 0 };
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 * clock.now);
  return clock;
}

const draw = (kill: number, k: number) => uniform(11n, 'trials', kill, k);
/** s from the begin of a process to its kill: many early ones. */
const life = (kill: number) => 400 * draw(kill, 0) ** 2;

/** Nothing comes after it. */
class Killed extends Error {}

const commands = ['md', 'relax', 'neb', 'saddle', 'free-energy', 'scaling', 'fit', 'campaign run'];
const interval = 30;

it('checkpoints are half a minute apart, where nobody says otherwise', async () => {
  for (const command of commands) {
    const { out } = await frenkel(...command.split(' '), '--help');
    const found = /--checkpoint <seconds>[^(]*\(default: (\d+)\)/.exec(out.replaceAll(/\s+/g, ' '))?.[1];
    expect(Number(found), command).toBe(command === 'fit' ? 10 : interval);
  }
});

/** s lost by each kill of a job whose slices take 0.2 to 2 s; of every third process at a change of its disk. */
function jobs(checkpointSeconds: number): number[] {
  const clock = ownClock();
  const { disk, store } = open();
  const job: Job = { id: 'one', task: 'one', input: null, needs: [] };
  store.addJob(job);
  const lost: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const begin = clock.now;
    const end = begin + life(kill);
    const first = slicesOf(store, job, store.names(job.id));
    const done = [begin];
    const kind = kindOf([job], () => ({
      advance() {
        const next = clock.now + 0.2 + 1.8 * draw(kill, done.length);
        clock.now = Math.min(next, end);
        if (next >= end) throw new Killed();
        done.push(next);
        return true;
      },
    }));
    const claim = makeClaim(store.jobFolder('one'), { number: kill + 1, from: 0 }, disk);
    if (claim === undefined) throw new Error('no claim');
    if (kill % 3 === 0) disk.fault = { at: disk.changes + 1 + Math.floor(40 * draw(kill, 1)), mode: 'cut' };
    const steps = driveJob({
      store,
      kind,
      job,
      needs: new Map(),
      claim,
      engine,
      checkpointSeconds,
      pausing: () => false,
    });
    try {
      while (!steps.next().done);
    } catch {
      // the disk is gone: what it has already is what a killed process leaves
    }
    disk.restart('all');
    lost.push(clock.now - done[slicesOf(store, job, store.names('one')) - first]);
  }
  return lost;
}

/** s lost by each kill of a run whose steps take 0.01 to 5 s. */
async function runs(checkpointSeconds: number, kills: number): Promise<number[]> {
  const clock = ownClock();
  const potential = loadEmbedded('Fe-Ackland-2004');
  const options = {
    ...{ ensemble: 'nve' as const, steps: 1e9, timestep: 0.001, friction: 5, seed: 1n },
    ...{ temperature: [300, 300] as [number, number], pressure: [0, 0] as [number, number] },
    ...{ relaxation: 0.05, cellRelaxation: 0.3 },
  };
  const md = {
    atoms: bcc(potential, 2.87, 2),
    potential,
    options,
    thermoEvery: 1e9,
    dumpEvery: 0,
    trajectory: 't.xyz',
  };
  const disk = memoryDisk();
  const begun = () => startRun('md', '/r', { ...md, checkpointSeconds } as never, false, disk);
  const stepOf = (run: ReturnType<typeof begun>) =>
    (run.checkpoint as { dynamics: { step: number } } | undefined)?.dynamics.step ?? 0;
  const lost: number[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const mark = engine.mark();
    const run = begun();
    const first = stepOf(run);
    const done = [clock.now];
    const end = clock.now + life(kill);
    // nobody hears of what comes after: the process is gone with its lock
    const progress = () => {
      done.push(clock.now);
      const next = clock.now + 0.01 + 5 * draw(kill, done.length) ** 3;
      clock.now = Math.min(next, end);
      if (next >= end) throw new Killed();
    };
    await expect(runMd(engine, { ...md, checkpointSeconds } as never, run, { progress })).rejects.toThrow(Killed);
    for (const path of disk.files().keys()) if (/\/lock\.\d+$/.test(path)) disk.remove(path);
    engine.release(mark);
    const again = begun();
    lost.push(clock.now - done[stepOf(again) - first]);
    for (const path of disk.files().keys()) if (/\/lock\.\d+$/.test(path)) disk.remove(path);
  }
  return lost;
}

it(`${KILLS} kills of jobs and 100 of runs cost ${LIMIT} s of work each at most`, async () => {
  const ofJobs = jobs(interval);
  vi.restoreAllMocks();
  const ofRuns = await runs(interval, 100);
  const worst = Math.max(...ofJobs, ...ofRuns);
  record(
    'R8.lost',
    `${worst.toFixed(0)} s, ${ofJobs.length + ofRuns.length} kills (a clock of the test's)`,
    worst <= LIMIT,
  );
  expect([...ofJobs, ...ofRuns].every((seconds) => seconds >= 0)).toBe(true);
  expect(worst).toBeLessThanOrEqual(LIMIT);
  // the interval it is that limits them: something was at stake
  expect(worst).toBeGreaterThan(0.8 * interval);
  vi.restoreAllMocks();
  expect(Math.max(...jobs(4 * interval))).toBeGreaterThan(LIMIT);
});
