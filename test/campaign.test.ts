/** Campaigns from their begin to their end: shared, paused, on disks that falter, in threads that die; and when tries are over. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClaimRecord } from '../src/node/campaign-claim.ts';
import { createCampaign, readCampaign } from '../src/node/campaign-create.ts';
import type { Snapshot } from '../src/node/campaign-run.ts';
import { threadExecutor } from '../src/node/campaign-threads.ts';
import { judge } from '../src/node/campaign-tries.ts';
import { type Disk, nodeDisk } from '../src/node/disk.ts';
import { createFile } from '../src/node/exclusive.ts';
import { config, expected, openCount, root, totalOf, work } from './support/count-store.ts';
import { memoryDisk } from './support/memory-disk.ts';

let programs = 0;

describe('a campaign', () => {
  it('runs what the plan asks for, with results, arrays and records of the needs', async () => {
    const store = openCount(nodeDisk);
    const end = await work(store);
    expect(end).toMatchObject({ status: 'complete', planned: 3, finished: 3, blocked: [] });
    const total = expected(config);
    expect(totalOf(store)).toEqual({ total, arrays: total, records: total });
    const again = await work(store, { executor: () => expect.fail('nothing is left to do') });
    expect(again.finished).toBe(3);
  });

  it('is shared by several at once', async () => {
    const store = openCount(nodeDisk, { jobs: 6 });
    const ends = await Promise.all([1, 2, 3].map(() => work(store)));
    for (const end of ends) expect(end).toMatchObject({ status: 'complete', finished: 7 });
    expect(totalOf(store)).toMatchObject({ total: expected({ ...config, jobs: 6 }) });
  });

  it('pauses and goes on, however often', async () => {
    const store = openCount(memoryDisk());
    for (let round = 0; ; round++) {
      let slices = 0;
      // told of a job before its first slice, too
      const onProgress = ({ running }: Snapshot) => {
        slices += running.filter(({ progress }) => progress.total > 0).length;
      };
      const end = await work(store, { workers: 1, stopping: () => slices > 0, onProgress });
      if (end.status === 'complete') break;
      expect(round).toBeLessThan(100);
    }
    expect(totalOf(store)).toMatchObject({ total: expected(config) });
  });

  it('waits for a directory that cannot be read for a while, and stops in order where it stays so', async () => {
    const disk = memoryDisk();
    let broken = 0;
    const flaky: Disk = {
      ...disk,
      list(path) {
        if (broken-- > 0) throw Object.assign(new Error('ESTALE'), { code: 'ESTALE' });
        return disk.list(path);
      },
    };
    const store = openCount(flaky);
    const said: string[] = [];
    broken = 5;
    const first = await work(store, { onMessage: (message) => said.push(message) });
    expect([first.status, said]).toEqual(['complete', ['ESTALE; trying again']]);
    const again = openCount(Object.assign(flaky, memoryDisk(), { list: flaky.list }));
    broken = Number.POSITIVE_INFINITY;
    expect(await work(again)).toMatchObject({ status: 'disk', message: 'ESTALE' });
  });

  it('keeps the plan honest: a job that changes is refused', async () => {
    const store = openCount(memoryDisk());
    store.addJob({ id: 'count-0', task: 'count', input: { seed: 99 }, needs: [] });
    await expect(work(store)).rejects.toThrow('/c/jobs/count-0/job.json: differs from what this version');
  });

  it('is one configuration and one version of the kernels', () => {
    const disk = memoryDisk();
    openCount(disk);
    expect(() => openCount(disk, { jobs: 3 })).toThrow('/c: holds another campaign (jobs: 2 became 3)');
    const campaign = { kind: 'count', config, resources: { a: 1 }, source: '' };
    expect(() => createCampaign('/c', campaign, { disk, kernelHash: 'k' })).toThrow(
      /resources\.a: nothing became "[0-9a-f]/,
    );
    const same = { ...campaign, resources: {} };
    expect(() => createCampaign('/c', same, { disk, kernelHash: 'other' })).toThrow('another version of the kernels');
    createFile('/c/x', 'x', disk);
    disk.remove('/c/campaign.json');
    createFile('/c/campaign.json', '{"schema":"frenkel campaign 1"}', disk);
    expect(() => readCampaign('/c', disk)).toThrow('/c/campaign.json: is no record of a campaign');
  });
});

describe('a thread', () => {
  const program = (text: string) => {
    const file = join(root, `thread-${programs++}.mjs`);
    writeFileSync(file, text);
    return file;
  };

  it.each([
    ['exits', 'process.exit(3);', /^its thread ended with code 3$/],
    ['throws', "throw new Error('no luck');", /^its thread died: no luck$/],
    [
      'runs out of memory',
      'const all = []; for (;;) all.push(new Array(1000).fill(0.5));',
      /^its thread died: .*memory/,
    ],
  ])('that %s is a try, and the third one the last', async (_, text, message) => {
    const store = openCount(nodeDisk);
    const resourceLimits = { maxOldGenerationSizeMb: 20 };
    const { status, failed } = await work(store, { executor: threadExecutor(program(text), resourceLimits) });
    expect(status).toBe('complete');
    expect(failed.get('count-0')).toEqual({ kind: 'crash', message: expect.stringMatching(message), tries: 3 });
  });

  it('that hangs is stopped', async () => {
    const store = openCount(nodeDisk);
    const { failed } = await work(store, { executor: threadExecutor(program('for (;;);')), hang: 0.05 });
    expect(failed.get('count-0')).toMatchObject({ kind: 'hang', tries: 3 });
  });
});

describe('tries', () => {
  const claim = (number: number, how: string, from = 0): ClaimRecord =>
    ({ number, owner: undefined, from, end: { how, message: `${how} ${number}` } }) as ClaimRecord;
  const judged = (...hows: string[]) =>
    judge(
      hows.map((how, i) => claim(i + 1, how)),
      0,
    );

  it('three that were seen to go wrong, thirty that vanished, without progress', () => {
    expect(judged('crash', 'error')).toBeUndefined();
    expect(judged('crash', 'paused', 'error', 'lost', 'hang')).toEqual({ kind: 'hang', message: 'hang 5', tries: 4 });
    expect(judged(...Array(29).fill('lost'))).toBeUndefined();
    expect(judged(...Array(30).fill('lost'))).toMatchObject({ kind: 'lost', tries: 30 });
    expect(judged('crash', 'crash', 'pardon', 'crash', 'crash')).toBeUndefined();
    expect(judge([claim(1, 'crash', 0), claim(2, 'crash', 4), claim(3, 'crash', 4)], 4)).toBeUndefined();
    expect(judge([claim(1, 'crash', 0), claim(2, 'crash', 0), claim(3, 'crash', 0)], 4)).toBeUndefined();
  });
});
