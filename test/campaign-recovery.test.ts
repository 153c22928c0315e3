/** How long a campaign of ten thousand jobs takes to be taken up again after its processes were killed. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type CountConfig, countCampaign } from '../src/campaign/count.ts';
import type { CampaignKind } from '../src/campaign/job.ts';
import { statusOf } from '../src/cli/campaign-status.ts';
import { makeClaim } from '../src/node/campaign-claim.ts';
import { createCampaign } from '../src/node/campaign-create.ts';
import { runCampaign } from '../src/node/campaign-run.ts';
import { openStore, type Store } from '../src/node/campaign-store.ts';
import { type Disk, nodeDisk } from '../src/node/disk.ts';
import { type Owner, thisProcess } from '../src/node/lock.ts';
import { recordMost } from './support/trust/record.ts';

const JOBS = 10_000;
const DONE = 7_000;
const HELD = 8;
const kind = countCampaign as CampaignKind;
const config: CountConfig = { campaign: 'count', jobs: JOBS - 1, slices: 1, numbers: 1, seed: 7, faults: {} };
/** In memory, as what a killed process has written still is. */
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'frenkel-recovery-'));
afterAll(() => rmSync(root, { recursive: true }));

/** The directory need not outlive a lost power. */
const quick: Disk = { ...nodeDisk, sync() {}, syncFolder() {} };
const killed: Owner = { ...thisProcess(), pid: 2 ** 22 + 1, start: '1' };

/** The first jobs are done, the next are held by a process that was killed, the last wait for all. */
function left(): Store {
  const campaign = { kind: 'count', config: { ...config }, resources: {}, source: '' };
  const store = openStore(root, createCampaign(root, campaign, { disk: quick, kernelHash: 'k' }), { disk: quick });
  const jobs = kind.plan(config, new Map([['count-0', null]]));
  expect(jobs.length).toBe(JOBS);
  for (const [k, job] of jobs.entries()) {
    store.addJob(job);
    const folder = store.jobFolder(job.id);
    if (k < DONE) {
      writeFileSync(join(folder, 'timing.json'), '{}\n');
      writeFileSync(join(folder, 'records.log'), '');
      const records = { count: 1, sha256: job.id.padEnd(64, '0') };
      store.saveResult(job, { result: { sum: k, first: k }, records, arrays: null });
    } else if (k < DONE + HELD) makeClaim(folder, { number: 1, from: 0, owner: killed }, quick);
  }
  return openStore(root, store.record, { disk: nodeDisk });
}

/** CPU seconds of this process: a machine that is busy with other things does not count. */
function cpu(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

it('ten thousand jobs: what is done is known, and the next are at work again', async () => {
  const store = left();
  const asked = process.cpuUsage();
  const status = statusOf(store, kind);
  const looking = cpu(asked);
  expect(status).toMatchObject({ planned: JOBS, finished: DONE, waiting: 1 });
  expect(status.running.length).toBe(HELD);

  const begun = process.cpuUsage();
  let recovering = Number.NaN;
  const taken: string[] = [];
  const end = await runCampaign(store, kind, {
    workers: HELD,
    stopping: () => taken.length > 0,
    executor({ job }) {
      taken.push(job.id);
      if (taken.length === HELD) recovering = cpu(begun);
      return { done: Promise.resolve({ how: 'paused' as const }), pause() {}, kill() {} };
    },
  });
  expect(end).toMatchObject({ status: 'paused', planned: JOBS, finished: DONE });
  // those of the process that was killed first
  expect(taken).toEqual(Array.from({ length: HELD }, (_, k) => `count-${DONE + k}`));
  recordMost('R8.recovery', Math.max(looking, recovering), 2, 's of CPU');
});
