/**
 * One set of bits: every driver ends with the same SHA-256 of all that it holds, however often it is repeated, on however
 * many threads, wherever it was stopped, and however often it was saved. FRENKEL_LONG=1: 20 repeats, 50 stops, 8 threads.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { uniform } from '../src/data/rng.ts';
import { decodeState, encodeState } from '../src/data/state.ts';
import type { Engine } from '../src/engine/engine.ts';
import { createEngine } from '../src/node/threads.ts';
import { type Driver, drivers, type Running } from './support/drivers.ts';
import { hashOf } from './support/hash.ts';
import { long } from './support/long.ts';
import { finelySplit } from './support/split.ts';
import { record } from './support/trust/record.ts';

const REPEATS = long ? 20 : 2;
const STOPS = long ? 50 : 4;
const THREADS = long ? [2, 3, 4, 8] : [2, 3, 4];

// the long tier takes minutes for each driver on a loaded machine
if (long) vi.setConfig({ testTimeout: 3_600_000, hookTimeout: 600_000 });

let engine: Engine;
let several: Engine[];
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  several = await Promise.all(THREADS.map(finelySplit));
});
afterAll(() => {
  for (const one of [engine, ...several]) one.close();
});

/** As a checkpoint travels: to bytes and back. */
const travelled = (saved: unknown): unknown => decodeState(encodeState(saved));

/** Steps from `from` to the end; saves at the steps of `stops` and every `every`; the hash of the end. */
function finish(run: Running, steps: number, from = 0, stops: readonly number[] = [], every = 0) {
  const saved = new Map<number, unknown>();
  for (let step = from; step < steps; step++) {
    if (stops.includes(step) || (every > 0 && step % every === 0)) saved.set(step, travelled(run.save()));
    run.step();
  }
  return { hash: hashOf(run.bits()), saved };
}

/** Runs on an engine and gives its memory back. */
function on<T>(where: Engine, use: () => T): T {
  const mark = where.mark();
  try {
    return use();
  } finally {
    where.release(mark);
  }
}

/** Runs of each kind whose hash was compared, and how many were different. */
const tally = { repeats: [0, 0], intervals: [0, 0], stops: [0, 0], threads: [0, 0] };

function compare(kind: keyof typeof tally, found: string, expected: string, what = ''): void {
  tally[kind][0]++;
  if (found !== expected) tally[kind][1]++;
  expect(found, what).toBe(expected);
}

afterAll(() => {
  const say = ([runs, different]: number[], what: string) =>
    [`${different} of ${runs} runs, ${drivers.length} drivers${what}`, different === 0 && runs > 0] as const;
  record('R6.repeats', ...say(tally.repeats, ''));
  record('R6.threads', ...say(tally.threads, `, ${[1, ...THREADS].join(', ')} threads`));
  record('R7.stops', ...say(tally.stops, `, ${STOPS} stops each`));
  record('R7.intervals', ...say(tally.intervals, ''));
});

describe.each(drivers)('$name', (driver: Driver) => {
  const { steps } = driver;
  const stops = Array.from({ length: STOPS }, (_, k) => Math.floor(steps * uniform(1n, 'trials', k, 0)));
  let whole: ReturnType<typeof finish>;

  beforeAll(() => {
    whole = on(engine, () => finish(driver.begin(engine), steps, 0, stops));
  });

  it('again, and saved at other intervals', () => {
    for (let k = 0; k < REPEATS; k++) {
      compare(
        'repeats',
        on(engine, () => finish(driver.begin(engine), steps).hash),
        whole.hash,
      );
    }
    const often = on(engine, () => finish(driver.begin(engine), steps, 0, [], Math.ceil(steps / 7)).hash);
    compare('intervals', often, whole.hash);
  });

  it(`stopped at ${STOPS} random steps`, () => {
    for (const [stop, saved] of whole.saved) {
      const again = on(engine, () => finish(driver.resume(engine, saved), steps, stop).hash);
      compare('stops', again, whole.hash, `after ${stop}`);
    }
  });

  it(`on ${THREADS.join(', ')} threads, and taken over by them`, () => {
    for (const other of several) {
      // the last stop: half of the work on one thread, half on many
      const [stop, saved] = [...whole.saved].reduce((a, b) => (b[0] > a[0] ? b : a));
      const found = on(other, () => finish(driver.resume(other, saved), steps, stop).hash);
      compare('threads', found, whole.hash, `${other.threads}`);
    }
    const [two] = several;
    compare(
      'threads',
      on(two, () => finish(driver.begin(two), steps).hash),
      whole.hash,
    );
  });
});
