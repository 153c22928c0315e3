/** Threads of jobs that die again and again, in the middle of what they write: all jobs are done, once, but those that always kill. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { type CountConfig, countCampaign } from '../src/campaign/count.ts';
import type { CampaignKind } from '../src/campaign/job.ts';
import { fillUniform } from '../src/data/rng.ts';
import { createCampaign } from '../src/node/campaign-create.ts';
import type { Executor } from '../src/node/campaign-executor.ts';
import { recordOf } from '../src/node/campaign-log.ts';
import { runCampaign } from '../src/node/campaign-run.ts';
import { openStore, type Store } from '../src/node/campaign-store.ts';
import { threadExecutor } from '../src/node/campaign-threads.ts';
import { long } from './support/long.ts';
import { record } from './support/trust/record.ts';

/** In memory: this is no test of disks. */
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'frenkel-deaths-'));
afterAll(() => rmSync(root, { recursive: true }));

/** Jobs that die DEATHS times, each time further on, and jobs that die at once whenever they are begun. */
const JOBS = long ? 40 : 5;
const DEATHS = 5;
const POISON = long ? 4 : 2;
const config: CountConfig = { campaign: 'count', jobs: JOBS + POISON, slices: 50, numbers: 100, seed: 3, faults: {} };
const isPoison = (id: string) => Number(id.slice('count-'.length)) >= JOBS;
const BACKOFF = 0.02;

/**
 * The thread's own program, but that its call number `at` of fsync is its last: the process of the thread exits, or takes
 * memory until it has none left. Which and when follow from the job and the claim.
 */
const program = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { workerData } from 'node:worker_threads';
const { job, claim } = workerData;
const number = Number(job.slice('count-'.length));
const poison = number >= ${JOBS};
if (poison || claim <= ${DEATHS}) {
  const at = poison ? 1 : 12 + ((number * 7 + claim * 13) % 17);
  const real = fs.fsyncSync;
  let calls = 0;
  fs.fsyncSync = (...args) => {
    if (++calls < at) return real(...args);
    if ((number + claim) % 4 === 3) { const all = []; for (;;) all.push(new Array(1000).fill(all.length + 0.5)); }
    process.exit(3);
  };
  syncBuiltinESMExports();
}
await import(${JSON.stringify(pathToFileURL(resolve('dist/campaign-thread.js')).href)});
`;

/** The sum of a job, written separately. */
function expected(job: number): number {
  let sum = 0;
  for (let slice = 0; slice < config.slices; slice++) {
    const block = new Float64Array(config.numbers);
    fillUniform(block, BigInt(config.seed + job), 'trials', slice);
    sum += block.reduce((a, b) => a + b, 0);
  }
  return sum;
}

interface Begun {
  id: string;
  claim: number;
  at: number;
}

/** Every fifth thread is stopped from outside, once it has said so much. */
function watched(begun: Begun[], ends: string[]): Executor {
  const file = join(root, 'thread.mjs');
  writeFileSync(file, program);
  const executor = threadExecutor(file, { maxOldGenerationSizeMb: 20 });
  return (job) => {
    const number = begun.push({ id: job.job.id, claim: job.claim.number, at: performance.now() });
    let said = 0;
    const running = executor({
      ...job,
      onProgress(progress) {
        job.onProgress(progress);
        if (number % 5 === 0 && ++said === 3) running.kill({ how: 'crash', message: 'its thread was stopped' });
      },
    });
    running.done.then((outcome) => ends.push(outcome.how));
    return running;
  };
}

/** Numbers of the slices in a job's log, in order. */
function slicesIn(store: Store, id: string): unknown[] {
  const lines = readFileSync(join(store.jobFolder(id), 'records.log'), 'latin1')
    .trimEnd()
    .split('\n');
  return lines.map((line) => (recordOf(Buffer.from(line, 'latin1')) as { slice: number }).slice);
}

it(`${JOBS} jobs that are killed time and again, ${POISON} that always kill`, async () => {
  const folder = join(root, 'c');
  const campaign = { kind: 'count', config, resources: {}, source: '' };
  const store = openStore(folder, createCampaign(folder, campaign));
  const [begun, ends]: [Begun[], string[]] = [[], []];
  const end = await runCampaign(store, countCampaign as CampaignKind, {
    ...{ workers: 4, checkpointSeconds: 0, poll: 0.01, backoff: BACKOFF },
    executor: watched(begun, ends),
  });
  const deaths = ends.filter((how) => how === 'crash').length;
  expect(end).toMatchObject({ status: 'complete', planned: JOBS + POISON + 1, finished: JOBS, blocked: ['total'] });
  // nothing lost, nothing twice
  for (let k = 0; k < JOBS; k++) {
    const id = `count-${k}`;
    expect(store.result({ id, task: 'count', input: inputOf(k), needs: [] })?.result, id).toMatchObject({
      sum: expected(k),
    });
    expect(slicesIn(store, id), id).toEqual(Array.from({ length: config.slices }, (_, slice) => slice));
  }
  // three tries, each later than the last by a time that doubles
  for (let k = JOBS; k < JOBS + POISON; k++) {
    const own = begun.filter(({ id }) => id === `count-${k}`);
    expect(own.map(({ claim }) => claim)).toEqual([1, 2, 3]);
    expect(own[1].at - own[0].at).toBeGreaterThanOrEqual(1000 * BACKOFF);
    expect(own[2].at - own[1].at).toBeGreaterThanOrEqual(2000 * BACKOFF);
    expect(end.failed.get(`count-${k}`)).toMatchObject({
      kind: 'crash',
      tries: 3,
      message: expect.stringMatching(/^its thread (died|ended|was stopped)/),
    });
  }
  expect([...end.failed.keys()].every(isPoison)).toBe(true);
  const least = JOBS * DEATHS;
  record('R13.deaths', `${deaths} deaths, ${JOBS} jobs done, ${POISON} given up after 3 tries`, deaths >= least);
  expect(deaths).toBeGreaterThanOrEqual(least);
}, 1_800_000);

const inputOf = (k: number) => ({ seed: config.seed + k, slices: config.slices, numbers: config.numbers });
