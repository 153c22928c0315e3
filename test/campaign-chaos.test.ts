/** The program itself on a real directory: killed at any moment, alone and in pairs, it ends with the same files. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { frenkel, start } from './support/cli.ts';
import { long } from './support/long.ts';
import { untilMet } from './support/met.ts';
import { begin as beginWith, lasting, runArgs as run, torment, wait } from './support/torment.ts';
import { record } from './support/trust/record.ts';
import { openTally } from './support/trust/tally.ts';

const config = 'campaign: count\njobs: 4\nslices: 40\nnumbers: 60000\nseed: 3\n';

const begin = (text = config) => beginWith(text);

let reference: Promise<string> | undefined;
/** An undisturbed run. */
async function undisturbed(text = config): Promise<string> {
  const folder = begin(text);
  const { code, stderr } = await frenkel(folder, run);
  expect(code, stderr).toBe(0);
  return folder;
}

/** Small campaigns, so that planning, claims, results and reports are hit as often as records and checkpoints are. */
const small = [
  [5, 6, 3000],
  [3, 20, 10000],
  [9, 2, 500],
].map(
  ([jobs, slices, numbers]) =>
    `campaign: count\njobs: ${jobs}\nslices: ${slices}\nnumbers: ${numbers}\nseed: ${jobs}\n`,
);

/** Kills of one campaign: begins and ends are to be hit, too. */
const MOST = 12;

describe('frenkel campaign under kill -9', () => {
  const wanted = long ? 1000 : 100;
  const tally = openTally('kills', { kills: 0, campaigns: 0 });

  it(`${wanted} times at random moments, one or two processes at a time: the report of an undisturbed run`, async () => {
    const calm = await Promise.all(small.map(async (text) => lasting(await undisturbed(text))));
    async function campaign(k: number): Promise<void> {
      const folder = begin(small[k % small.length]);
      const count = Math.min(MOST, wanted - tally.now.kills);
      const kills = await torment(folder, { count, together: 1 + (k % 4 === 3 ? 1 : 0), most: 1500, seed: 7000 + k });
      const { code, stderr } = await frenkel(folder, run);
      expect(code, stderr).toBe(0);
      expect(lasting(folder), folder).toEqual(calm[k % small.length]);
      tally.add({ kills, campaigns: 1 });
      rmSync(folder, { recursive: true });
    }
    // two at a time, numbered on from where an earlier run of the long tier ended
    let next = tally.now.campaigns;
    const worker = async () => {
      while (tally.now.kills < wanted) await campaign(next++);
    };
    await Promise.all([worker(), worker()]);
    const { kills, campaigns } = tally.now;
    record('R8.kills', `${kills} of ${campaigns} campaigns`, kills >= wanted);
    expect(kills).toBeGreaterThanOrEqual(wanted);
  }, 7_200_000);
});

describe('frenkel campaign', () => {
  it('stops at SIGINT with a checkpoint and goes on', async () => {
    reference ??= undisturbed();
    const folder = await untilMet(async () => {
      const place = begin();
      const { child, done } = start(place, ['campaign', 'run', 'c.yaml', '--workers', '1', '--checkpoint', '1000']);
      const jobs = join(place, 'runs/c/jobs');
      const first = join(jobs, 'count-0/records-1.log');
      while (!(existsSync(first) && readFileSync(first).length > 100) && child.exitCode === null) await wait(5);
      child.kill('SIGINT');
      const { code, stderr } = await done;
      // some later job, or none, where this process came late
      const left = existsSync(join(jobs, 'count-0/result.json')) ? [] : readdirSync(join(jobs, 'count-0'));
      if (left.length === 0) return undefined;
      expect([code, stderr]).toEqual([
        130,
        expect.stringMatching(/stopped with \d of 2 jobs done; the same command goes on/),
      ]);
      expect(left).toContain('checkpoint-1-0.bin');
      return place;
    });
    const status = JSON.parse((await frenkel(folder, ['campaign', 'status', 'runs/c', '--json'])).stdout);
    expect(status).toMatchObject({ complete: false, running: [], failed: {} });
    expect((await frenkel(folder, ['campaign', 'resume', 'runs/c'])).code).toBe(0);
    expect(lasting(folder)).toEqual(lasting(await reference));
  });

  it('gives up on jobs that hang, err or break the physics, and does the others', async () => {
    const faults = 'faults: {count-0: throw, count-1: physics}\n';
    const folder = begin(`campaign: count\njobs: 6\nslices: 4\nnumbers: 100\n${faults}`);
    const args = ['campaign', 'run', 'c.yaml', '--workers', '4', '--json'];
    const { code, stdout } = await frenkel(folder, args);
    expect(code).toBe(4);
    // the second half is planned from the first job, which fails
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'complete',
      planned: 3,
      finished: 1,
      failed: {
        'count-0': { kind: 'error', message: 'a bug on purpose', tries: 3 },
        'count-1': { kind: 'physics', message: 'a fault on purpose at slice 2', tries: 1 },
      },
    });
    const retried = await frenkel(folder, [...args, '--retry']);
    expect(JSON.parse(retried.stdout).failed['count-0'].tries).toBe(3);
    // where a slow machine has not begun within the time either, it is the same
    const hanging = begin('campaign: count\njobs: 2\nslices: 4\nnumbers: 100\nfaults: {count-0: hang}\n');
    const given = await frenkel(hanging, [...args, '--hang', '2']);
    expect(given.code).toBe(4);
    expect(JSON.parse(given.stdout)).toMatchObject({
      status: 'complete',
      planned: 1,
      finished: 0,
      failed: { 'count-0': { kind: 'hang', message: 'no slice was finished for 2 s', tries: 3 } },
    });
  });

  it('plans without writing, prints examples and a schema, and reports what is there', async () => {
    const folder = begin();
    const planned = await frenkel(folder, ['campaign', 'plan', 'c.yaml', '--dry-run', '--json']);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      folder: 'runs/c',
      jobs: 5,
      evaluations: 0,
      tasks: [
        { task: 'count', jobs: 4 },
        { task: 'total', jobs: 1 },
      ],
    });
    expect(readdirSync(folder)).toEqual(['c.yaml']);
    const early = await frenkel(folder, ['campaign', 'report', 'c.yaml']);
    expect([early.code, early.stderr]).toEqual([2, expect.stringMatching(/no campaign has been begun there/)]);
    await frenkel(folder, ['campaign', 'plan', 'c.yaml']);
    const partial = await frenkel(folder, ['campaign', 'report', 'runs/c', '--json']);
    expect(JSON.parse(partial.stdout)).toMatchObject({ files: ['report.json'], missing: 2 });
    const example = await frenkel(folder, ['campaign', 'example', 'count']);
    expect(example.stdout).toMatch(/^campaign: count\n/);
    expect((await frenkel(folder, ['campaign', 'example', 'cuont'])).stderr).toMatch(/did you mean count\?/);
    const schema = JSON.parse((await frenkel(folder, ['campaign', 'schema'])).stdout);
    expect(schema.oneOf.map((one: { properties: { campaign: unknown } }) => one.properties.campaign)).toContainEqual({
      type: 'string',
      const: 'count',
    });
  });

  it('refuses a changed file with the difference, and what is no campaign', async () => {
    const folder = begin();
    expect((await frenkel(folder, ['campaign', 'plan', 'c.yaml'])).code).toBe(0);
    writeFileSync(join(folder, 'c.yaml'), config.replace('slices: 40', 'slices: 41'));
    const changed = await frenkel(folder, run);
    expect([changed.code, changed.stderr]).toEqual([
      2,
      'frenkel: runs/c: holds another campaign (slices: 40 became 41); choose another directory with --out, or undo the change; longer runs that go on from these: frenkel campaign extend runs/c --steps 41\n',
    ]);
    const elsewhere = await frenkel(folder, ['campaign', 'run', 'c.yaml', '--out', '.']);
    expect(elsewhere.stderr).toMatch(/contains "(c\.yaml|runs)", which is no campaign/);
    const none = await frenkel(folder, ['campaign', 'status', 'runs']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/holds no campaign/)]);
    const late = await frenkel(folder, ['campaign', 'run', 'c.yaml', '--out', 'other', '--limit', '0 s']);
    expect(late.code).toBe(143);
  });
});
