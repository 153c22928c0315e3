/** What a crash, a disk or a hand may do to the files of a campaign: noticed, said, and computed again. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countCampaign } from '../src/campaign/count.ts';
import type { CampaignKind } from '../src/campaign/job.ts';
import { InputError } from '../src/data/errors.ts';
import { uniform } from '../src/data/rng.ts';
import { createBoard } from '../src/node/campaign-board.ts';
import { formatRecord, mergeLog, recordOf } from '../src/node/campaign-log.ts';
import { abandoned, change, config, expected, openCount, totalOf, work } from './support/count-store.ts';
import { memoryDisk } from './support/memory-disk.ts';

describe('damage', () => {
  it('of the newest checkpoint falls back to the one before, anywhere in the file', async () => {
    const size = abandoned(3).disk.readFile('/c/jobs/count-0/checkpoint-1-0.bin').length;
    for (let at = 0; at < size; at += 7) {
      const { disk, store } = abandoned(3);
      const said: string[] = [];
      change(disk, '/c/jobs/count-0/checkpoint-1-0.bin', (bytes) => bytes.with(at, bytes[at] ^ (1 << (at % 8))));
      await work(store, { onMessage: (message) => said.push(message) });
      expect(said.join('\n'), String(at)).toMatch(/checkpoint-1-0\.bin: is .*\ncount-0 goes on from slice 2/s);
      expect(totalOf(store), String(at)).toMatchObject({ total: expected(config) });
    }
  });

  it('of all checkpoints begins the job anew, and says so', async () => {
    const { disk, store, folder } = abandoned(3);
    const said: string[] = [];
    for (const name of ['checkpoint-1-0.bin', 'checkpoint-1-1.bin'])
      change(disk, join(folder, name), (bytes) => bytes.subarray(0, 50));
    await work(store, { onMessage: (message) => said.push(message) });
    expect(said.join('\n')).toMatch(/checkpoint-1-0\.bin: is cut off/);
    expect(said.join('\n')).toMatch(/count-0 goes on from slice 0/);
    expect(totalOf(store)).toMatchObject({ total: expected(config), records: expected(config) });
  });

  it("of another job's checkpoint is noticed", async () => {
    const { disk, store, folder, begun } = abandoned(2);
    begun.close();
    const foreign = disk.readFile(join(folder, 'checkpoint-1-1.bin'));
    disk.makeFolder('/c/jobs/count-1');
    createBoard(store, countCampaign as CampaignKind).refresh({ write: true });
    const descriptor = disk.open('/c/jobs/count-1/checkpoint-1-0.bin', 'wx');
    disk.write(descriptor, foreign);
    disk.close(descriptor);
    const said: string[] = [];
    await work(store, { onMessage: (message) => said.push(message) });
    expect(said.join('\n')).toMatch(/count-1\/checkpoint-1-0\.bin: belongs to another job/);
    expect(totalOf(store)).toMatchObject({ total: expected(config) });
  });

  it('of the log, torn or flipped anywhere, loses nothing that cannot be computed again', async () => {
    const size = abandoned(3).disk.readFile('/c/jobs/count-0/records-1.log').length;
    for (let at = 0; at < size; at += 5) {
      for (const edit of [
        (bytes: Uint8Array) => bytes.subarray(0, at),
        (bytes: Uint8Array) => bytes.with(at, bytes[at] ^ 1),
      ]) {
        const { disk, store } = abandoned(3);
        change(disk, '/c/jobs/count-0/records-1.log', edit);
        await work(store);
        expect(totalOf(store), String(at)).toMatchObject({ total: expected(config), records: expected(config) });
      }
    }
  });

  it('of a result makes the job open again', async () => {
    const disk = memoryDisk();
    const said: string[] = [];
    const store = openCount(disk, {}, said);
    await work(store);
    change(disk, '/c/jobs/count-1/result.json', (bytes) => bytes.with(30, bytes[30] ^ 1));
    change(disk, '/c/jobs/total/result.json', (bytes) => bytes.subarray(0, 0));
    await work(store);
    expect(said.join('\n')).toMatch(/count-1\/result\.json: is damaged; the job is done again/);
    expect(totalOf(store)).toMatchObject({ total: expected(config) });
  });

  it('of a machine: a record that comes out otherwise stops the job', async () => {
    const { disk, store, folder } = abandoned(3);
    for (const name of ['checkpoint-1-0.bin', 'checkpoint-1-1.bin']) disk.remove(join(folder, name));
    change(disk, join(folder, 'records-1.log'), () => formatRecord(0, { slice: 0, part: 1 }));
    const { failed } = await work(store);
    expect(failed.get('count-0')).toMatchObject({ kind: 'input', message: expect.stringMatching(/not reproducible/) });
  });

  it('of a task: NaN in a result is an error', async () => {
    const bad: CampaignKind = {
      ...(countCampaign as CampaignKind),
      tasks: new Map([
        ...countCampaign.tasks,
        [
          'count',
          {
            name: 'count',
            start: () => ({
              advance: () => false,
              takeRecords: () => [],
              save: () => null,
              progress: () => ({ done: 0, total: 1, text: '' }),
              result: () => Number.NaN,
            }),
            restore: () => expect.fail('no checkpoint'),
          },
        ],
      ]),
    };
    const { failed } = await work(openCount(memoryDisk()), {}, bad);
    expect(failed.get('count-0')).toEqual({ kind: 'error', message: 'NaN is not JSON', tries: 3 });
  });
});

describe('a log', () => {
  const text = (lines: Uint8Array[]) => lines.map((line) => JSON.stringify(recordOf(line)));
  const log = (...records: [number, number][]) => Buffer.concat(records.map(([k, x]) => formatRecord(k, { x })));

  it('merges by number and refuses contradictions', () => {
    const lines: Uint8Array[] = [];
    mergeLog(lines, log([0, 1], [1, 2]), 'a');
    mergeLog(lines, log([0, 1], [1, 2], [2, 3], [4, 5]), 'b');
    expect(text(lines)).toEqual(['{"x":1}', '{"x":2}', '{"x":3}']);
    expect(() => mergeLog(lines, log([0, 1], [1, 7]), 'c')).toThrow(
      new InputError(
        'record 1 differs from what was recorded before: the computation is not reproducible on this machine',
        { file: 'c', line: 2 },
      ),
    );
    expect(() => formatRecord(0, { x: Number.NaN })).toThrow('NaN is not JSON');
  });

  it('notices every flipped bit', () => {
    const bytes = formatRecord(0, { slice: 3, text: 'ü' });
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const lines: Uint8Array[] = [];
      mergeLog(lines, bytes.with(bit >> 3, bytes[bit >> 3] ^ (1 << (bit & 7))), 'a');
      // of the newline too: a line without its end is torn
      expect(lines.map(recordOf), String(bit)).toEqual([]);
    }
  });

  it('survives any bytes', () => {
    for (let k = 0; k < 300; k++) {
      const noise = Uint8Array.from({ length: 80 }, (_, i) => 256 * uniform(5n, 'trials', k, i));
      const lines: Uint8Array[] = [];
      mergeLog(lines, Buffer.concat([log([0, 1]), noise]), 'a');
      expect(lines).toHaveLength(1);
    }
  });
});
