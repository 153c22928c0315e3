/** One job, one owner: claims, those that are gone, and owners that come late. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countCampaign } from '../src/campaign/count.ts';
import type { CampaignKind } from '../src/campaign/job.ts';
import {
  beat,
  type ClaimRecord,
  createObserver,
  endClaim,
  holds,
  makeClaim,
  readClaims,
} from '../src/node/campaign-claim.ts';
import { driveJob } from '../src/node/campaign-drive.ts';
import { openStore } from '../src/node/campaign-store.ts';
import type { Disk } from '../src/node/disk.ts';
import { createFile } from '../src/node/exclusive.ts';
import type { Owner } from '../src/node/lock.ts';
import { gone } from './support/count-campaign.ts';
import { abandoned, config, createCampaignOwner, engine, expected, totalOf, work } from './support/count-store.ts';
import { memoryDisk } from './support/memory-disk.ts';

describe('one job, one owner', () => {
  it('a late owner notices before it writes, and its successor is not disturbed', async () => {
    const { disk, store, claim, begun, folder } = abandoned(2);
    const other = createCampaignOwner(store);
    // the successor takes over, goes on for a slice, and the late one awakes
    endClaim(claim, 'lost', 'asleep', disk);
    const next = makeClaim(folder, { number: 2, from: 2, owner: gone }, disk);
    if (next === undefined) throw new Error('no claim');
    const successor = other(next);
    expect(successor.slices).toBe(2);
    expect(successor.slice()).toBe('more');
    const before = disk.files();
    expect(begun.slice()).toBe('lost');
    expect(begun.checkpoint()).toBe(false);
    expect(disk.files()).toEqual(before);
    while (successor.slice() === 'more');
    expect(begun.slice()).toBe('lost');
    await work(store);
    expect(totalOf(store)).toMatchObject({ total: expected(config), records: expected(config) });
  });

  it('even a late owner that does not notice can do no harm', async () => {
    const { disk, store, job, claim, folder } = abandoned(2);
    // three owners in turn, each sure that it is the only one: a network file system that shows them old names
    const blind = (path: string) =>
      /claim\.\d+\.end$|claim\.[234]$/.test(path) ? undefined : disk.stat(path.replace(/claim\.\d$/, 'claim.1'));
    const open = (number: number) =>
      driveJob({
        store: openStore(store.folder, store.record, {
          disk: {
            ...disk,
            stat: (path) =>
              path === join(folder, `claim.${number}`) ? disk.stat(join(folder, 'job.json')) : blind(path),
          },
        }),
        kind: countCampaign as CampaignKind,
        job,
        needs: new Map(),
        claim: { folder, number },
        engine,
        checkpointSeconds: 0,
        pausing: () => false,
      });
    const ends = [claim.number, 2, 3].map(open);
    const outcomes = new Map<number, unknown>();
    for (let turn = 0; turn < 30; turn++) {
      ends.forEach((owner, i) => {
        const { done, value } = owner.next();
        if (done && !outcomes.has(i)) outcomes.set(i, value);
      });
    }
    expect(outcomes.size).toBe(3);
    expect([...outcomes.values()]).toContainEqual({ how: 'done' });
    await work(store);
    expect(totalOf(store)).toMatchObject({ total: expected(config), records: expected(config) });
  });

  it('a claim is made once', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    const made = Array.from({ length: 20 }, () => makeClaim('/j', { number: 1, from: 0 }, disk));
    expect(made.filter((claim) => claim !== undefined)).toHaveLength(1);
    const [claim] = made;
    if (claim === undefined) throw new Error('the first one');
    expect(holds(claim, disk)).toBe(true);
    expect([endClaim(claim, 'paused', '', disk), endClaim(claim, 'lost', '', disk)]).toEqual([true, false]);
    expect([holds(claim, disk), beat(claim, disk)]).toEqual([false, false]);
    expect(readClaims('/j', disk.list('/j'), disk)).toMatchObject([{ number: 1, from: 0, end: { how: 'paused' } }]);
  });

  it('works where the file system has no links, or where their answer got lost', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    const linkless: Disk = {
      ...disk,
      link: () => {
        throw Object.assign(new Error(), { code: 'EPERM' });
      },
    };
    expect([createFile('/j/a', '1', linkless), createFile('/j/a', '2', linkless)]).toEqual([true, false]);
    const forgetful: Disk = {
      ...disk,
      link(from, to) {
        disk.link(from, to);
        throw Object.assign(new Error(), { code: 'EEXIST' });
      },
    };
    expect(createFile('/j/b', '1', forgetful)).toBe(true);
    expect(Buffer.from(disk.readFile('/j/b')).toString()).toBe('1');
    expect(disk.list('/j').sort()).toEqual(['a', 'b']);
  });

  it('a claim is gone with its process, or after the lease without a sign of life', () => {
    const disk = memoryDisk();
    disk.makeFolder('/j');
    let now = 0;
    const observer = createObserver(120, { disk, now: () => now });
    const record = (owner: Owner): ClaimRecord => ({ number: 1, owner, from: 0 });
    makeClaim('/j', { number: 1, from: 0 }, disk);
    expect(observer.gone('/j', record(gone))).toBe(`process ${gone.pid} on ${hostname()} is gone`);
    const far = record({ ...gone, host: 'elsewhere' });
    for (now = 0; now <= 120_000; now += 10_000) expect(observer.gone('/j', far)).toBeUndefined();
    beat({ folder: '/j', number: 1 }, disk);
    for (; now <= 250_000; now += 10_000) expect(observer.gone('/j', far)).toBeUndefined();
    expect(observer.gone('/j', far)).toMatch(/no sign of life from process \d+ on elsewhere for 120 s/);
  });
});
