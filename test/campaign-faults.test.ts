/** A campaign on a disk that fails in every way at every moment: the results are those of an undisturbed run. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type CountConfig, countCampaign } from '../src/campaign/count.ts';
import type { CampaignKind } from '../src/campaign/job.ts';
import { writeReport } from '../src/cli/campaign-report.ts';
import { createEngine, type Engine } from '../src/engine/engine.ts';
import { type CampaignRecord, createCampaign, readCampaign } from '../src/node/campaign-create.ts';
import { hereExecutor } from '../src/node/campaign-executor.ts';
import { type CampaignEnd, type CampaignOptions, runCampaign } from '../src/node/campaign-run.ts';
import { openStore } from '../src/node/campaign-store.ts';
import { WriteError } from '../src/node/files.ts';
import { type Owner, thisProcess } from '../src/node/lock.ts';
import { type MemoryDisk, memoryDisk, PowerCut } from './support/memory-disk.ts';
import { record } from './support/trust/record.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});

const config: CountConfig = { campaign: 'count', jobs: 2, slices: 3, numbers: 5, seed: 7, faults: {} };
const folder = '/campaign';
/** A process that is not there: what it claimed may be taken over. */
const gone: Owner = { ...thisProcess(), pid: 2 ** 22 + 1, start: '1' };

async function live(disk: MemoryDisk, options: Partial<CampaignOptions> = {}, count = config): Promise<CampaignEnd> {
  const record = createCampaign(
    folder,
    { kind: 'count', config: count, resources: { table: Float64Array.of(1, 2, 3) }, source: 'campaign: count\n' },
    { disk, kernelHash: 'k' },
  );
  return runCampaign(openStore(folder, record, { disk }), countCampaign, {
    workers: 1,
    executor: hereExecutor(engine),
    checkpointSeconds: 0,
    poll: 0.001,
    backoff: 0,
    owner: gone,
    ...options,
  });
}

/** Everything that is not about times and hosts. */
function outcome(disk: MemoryDisk): Record<string, string> {
  const kept = [...disk.files()].filter(([path]) =>
    /\/(campaign|job|result|failed)\.json$|\.(yaml|bin|log)$/.test(path),
  );
  return Object.fromEntries(kept.sort().map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')]));
}

const drafts = (disk: MemoryDisk) => [...disk.files().keys()].filter((path) => path.endsWith('.tmp'));

async function undisturbed() {
  const disk = memoryDisk();
  const end = await live(disk);
  expect(end).toMatchObject({ status: 'complete', planned: 3, finished: 3 });
  return { files: outcome(disk), changes: disk.changes };
}

/** States that were gone through. */
const states = { cut: 0, twice: 0, failed: 0 };

describe('a campaign on a failing disk', () => {
  it('leaves only what lasts', async () => {
    const { files } = await undisturbed();
    const names = Object.keys(files).map((path) => path.replace(/[0-9a-f]{64}/, '#'));
    const job = (id: string) =>
      ['arrays.bin', 'job.json', 'last.bin', 'records.log', 'result.json'].map((name) => `jobs/${id}/${name}`);
    expect(names).toEqual(
      [
        'campaign.json',
        'campaign.yaml',
        ...job('count-0'),
        ...job('count-1'),
        ...['job.json', 'records.log', 'result.json'].map((name) => `jobs/total/${name}`),
        'resources/#.bin',
      ].map((name) => `${folder}/${name}`),
    );
  });

  it.each(['nothing', 'names', 'all'] as const)(
    'survives a power cut at every change; of what was not synced, %s stays',
    async (kept) => {
      const { files, changes } = await undisturbed();
      for (let at = 1; at <= changes; at++) {
        const disk = memoryDisk();
        disk.fault = { at, mode: 'cut' };
        await live(disk).catch(() => undefined);
        expect(() => disk.list('/')).toThrow(PowerCut);
        const { hit } = disk;
        disk.restart(kept);
        expect((await live(disk)).status, `change ${at}: ${hit}`).toBe('complete');
        expect(outcome(disk), `change ${at}: ${hit}`).toEqual(files);
        expect(drafts(disk), `change ${at}: ${hit}`).toEqual([]);
        states.cut++;
      }
    },
  );

  it('survives a second power cut during the recovery', async () => {
    const { files, changes } = await undisturbed();
    for (let at = 3; at <= changes; at += 13) {
      for (let second = 1; second < 60; second += 5) {
        const disk = memoryDisk();
        disk.fault = { at, mode: 'cut' };
        await live(disk).catch(() => undefined);
        disk.restart('names');
        disk.fault = { at: disk.changes + second, mode: 'cut' };
        await live(disk).catch(() => undefined);
        disk.restart('nothing');
        expect((await live(disk)).status, `changes ${at} and ${second} later`).toBe('complete');
        expect(outcome(disk), `changes ${at} and ${second} later`).toEqual(files);
        states.twice++;
      }
    }
    record(
      'R9.campaign',
      `0 of ${states.cut} cuts and ${states.twice} pairs of cuts`,
      states.cut + states.twice >= 800,
    );
  });

  it.each(['EIO', 'ENOSPC'] as const)('stops in order at %s, and goes on when the disk is well again', async (mode) => {
    const { files, changes } = await undisturbed();
    for (const once of [true, false]) {
      for (let at = 1; at <= changes; at++) {
        const disk = memoryDisk();
        disk.fault = { at, mode, once };
        const first = await live(disk).catch((error) => error);
        const what = `${once ? 'once' : 'from'} change ${at}: ${disk.hit}`;
        if (first instanceof Error) expect(first, what).toBeInstanceOf(WriteError);
        else if (first.status !== 'complete')
          expect(first, what).toMatchObject({ status: 'disk', message: /cannot be written/ });
        disk.fault = undefined;
        expect((await live(disk)).status, what).toBe('complete');
        expect(outcome(disk), what).toEqual(files);
        states.failed++;
      }
    }
    record('R10.campaign', `0 of ${states.failed}`, true);
  });

  it('takes no wrong number for a right one where a write is swallowed', async () => {
    const { files, changes } = await undisturbed();
    const numbers = (all: Record<string, string>) =>
      Object.entries(all).filter(([name]) => /(result\.json|records\.log|arrays\.bin)$/.test(name));
    for (let at = 1; at <= changes; at++) {
      const disk = memoryDisk();
      disk.fault = { at, mode: 'swallow', once: true };
      const first = await live(disk).catch((error) => error);
      if (!disk.hit?.startsWith('write')) continue;
      // it was noticed at once, or the next process notices
      const end = first.status === 'complete' && first.finished === 3 ? first : await live(disk);
      expect(end, `change ${at}: ${disk.hit}`).toMatchObject({ status: 'complete', finished: 3 });
      expect(numbers(outcome(disk)), `change ${at}: ${disk.hit}`).toEqual(numbers(files));
    }
  });

  it.each(['ENOSPC', 'EIO'] as const)('%s while the report is written leaves it to be written again', async (mode) => {
    const disk = memoryDisk();
    await live(disk);
    const store = openStore(folder, readCampaign(folder, disk) as CampaignRecord, { disk });
    const before = disk.changes;
    const { files } = writeReport(store, countCampaign as CampaignKind);
    const whole = files.map((name) => disk.readFile(`${folder}/report/${name}`));
    const changes = disk.changes - before;
    expect(changes).toBeGreaterThan(3);
    for (let at = 1; at <= changes; at++) {
      const begin = disk.changes;
      disk.fault = { at: begin + at, mode };
      expect(() => writeReport(store, countCampaign as CampaignKind), `change ${at}`).toThrow(WriteError);
      disk.fault = undefined;
      // the last whole report stays
      expect(files.map((name) => disk.readFile(`${folder}/report/${name}`))).toEqual(whole);
    }
    writeReport(store, countCampaign as CampaignKind);
    expect(files.map((name) => disk.readFile(`${folder}/report/${name}`))).toEqual(whole);
  });

  it('writes again what another process swept away', async () => {
    const { files } = await undisturbed();
    const disk = memoryDisk();
    let swept = 0;
    const { rename, link } = disk;
    const sweeping =
      (act: typeof rename): typeof rename =>
      (from, to) => {
        // of root, resources and report: jobs have an owner
        if (!from.includes('/jobs/') && swept % 3 === 0) disk.remove(from);
        if (!from.includes('/jobs/')) swept++;
        act(from, to);
      };
    Object.assign(disk, { rename: sweeping(rename), link: sweeping(link) });
    expect((await live(disk)).status).toBe('complete');
    expect(swept).toBeGreaterThan(5);
    expect(outcome(disk)).toEqual(files);
  });

  it('takes writes that are cut short for what they are', async () => {
    const { files } = await undisturbed();
    const disk = memoryDisk();
    disk.fault = { at: 1, mode: 'short' };
    expect((await live(disk)).status).toBe('complete');
    expect(outcome(disk)).toEqual(files);
  });
});
