/** Records of finished campaigns, computed again from their jobs alone by engines that know nothing of the campaign. */
import { expect, it } from 'vitest';
import { parseCampaign } from '../src/campaign/config.ts';
import type { Job } from '../src/campaign/job.ts';
import { campaignKinds } from '../src/campaign/kinds.ts';
import type { Json } from '../src/data/atoms.ts';
import { uniform } from '../src/data/rng.ts';
import { createEngine } from '../src/engine/engine.ts';
import { createCampaign, readCampaign } from '../src/node/campaign-create.ts';
import { hereExecutor } from '../src/node/campaign-executor.ts';
import { formatRecord } from '../src/node/campaign-log.ts';
import { runCampaign } from '../src/node/campaign-run.ts';
import { openStore, readJob, type Store } from '../src/node/campaign-store.ts';
import { contextOf } from '../src/node/campaign-work.ts';
import type { Disk } from '../src/node/disk.ts';
import { readPotentialFile } from '../src/node/load.ts';
import { memoryDisk } from './support/memory-disk.ts';
import { record } from './support/trust/record.ts';

const texts = [
  'campaign: count\njobs: 12\nslices: 500\nnumbers: 20\nseed: 5\n',
  'campaign: vacancy\npotential: Fe-Ackland-2004\nelement: Fe\nsizes: [2]\ntemperatures: [300 K]\nreplicas: 1\nsteps: 1000\nseed: 3\n',
];
const SHARE = 0.01;
const nothing = () => expect.fail('no structure is needed');

async function finished(text: string): Promise<Disk> {
  const { kind, config } = parseCampaign(text, 'c.yaml', campaignKinds);
  const potential = (what: string | string[], options = {}) => readPotentialFile(what, { ...options, species: [26] });
  const resources = kind.gather(config, { potential, structure: nothing, structures: nothing });
  const disk = memoryDisk();
  const store = openStore('/c', createCampaign('/c', { kind: kind.name, config, resources, source: text }, { disk }), {
    disk,
  });
  const engine = await createEngine();
  const quick = { workers: 1, checkpointSeconds: 0, poll: 0.001 };
  const end = await runCampaign(store, kind, { ...quick, executor: hereExecutor(engine) });
  expect(end).toMatchObject({ status: 'complete', finished: end.planned });
  engine.close();
  return disk;
}

/** What the directory says, to who finds it. */
function found(disk: Disk): Store {
  const said = readCampaign('/c', disk);
  if (said === undefined) throw new Error('no campaign');
  return openStore('/c', said, { disk });
}

/** Lines of a job's log. */
const linesOf = (disk: Disk, id: string): string[] =>
  new TextDecoder()
    .decode(disk.readFile(`/c/jobs/${id}/records.log`))
    .trimEnd()
    .split('\n')
    .filter(Boolean);

/** Line `number` of a job's log, from its job.json, the resources and the results that it needs; `input`: another one. */
async function again(store: Store, id: string, number: number, input?: Json): Promise<string> {
  const said = readJob(store, id);
  const job: Job = input === undefined ? said : { ...said, input };
  const task = campaignKinds.get(store.record.kind)?.tasks.get(job.task);
  if (task === undefined) throw new Error(`no task ${job.task}`);
  const engine = await createEngine();
  const needs = new Map(job.needs.map((need) => [need, readJob(store, need)]));
  const work = task.start(contextOf(store, job, needs, engine));
  const made: Json[] = [];
  for (let more = true; more && made.length <= number; ) {
    more = work.advance();
    made.push(...work.takeRecords());
  }
  engine.close();
  return new TextDecoder().decode(formatRecord(number, made[number])).trimEnd();
}

it('one record of a hundred has the same bytes again', async () => {
  const counts = { records: 0, drawn: 0, differ: 0 };
  for (const text of texts) {
    const disk = await finished(text);
    const store = found(disk);
    expect(store.record).toMatchObject({
      kernelHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      version: expect.any(String),
    });
    const records = disk
      .list('/c/jobs')
      .flatMap((id) => linesOf(disk, id).map((line, number) => ({ id, line, number })));
    const drawn = records.filter((_, k) => uniform(9n, 'trials', k, 0) < SHARE);
    for (const { id, line, number } of drawn) if ((await again(store, id, number)) !== line) counts.differ++;
    counts.records += records.length;
    counts.drawn += drawn.length;
    // another seed is another record
    const [{ id, line, number }] = drawn;
    const { input } = readJob(store, id) as unknown as { input: { seed: number } };
    expect(await again(store, id, number, { ...input, seed: input.seed + 1 })).not.toBe(line);
    // each result is sealed with the campaign's identity and its job: kernels, potential, configuration, input
    const job = readJob(store, id);
    expect(store.result(job)).toBeDefined();
    expect(store.result({ ...job, input: { ...input, seed: input.seed + 1 } })).toBeUndefined();
    const others = openStore('/c', { ...store.record, key: '0'.repeat(64) }, { disk });
    expect(others.result(job)).toBeUndefined();
  }
  record(
    'R24.recomputed',
    `${counts.differ} of ${counts.drawn}, drawn of ${counts.records}`,
    counts.differ === 0 && counts.drawn >= 0.8 * SHARE * counts.records,
  );
  expect(counts.differ).toBe(0);
  expect(counts.drawn).toBeGreaterThan(0.8 * SHARE * counts.records);
});
