/** The directory of a campaign where something is missing, damaged, foreign, or changed by another process meanwhile. */
import { describe, expect, it } from 'vitest';
import { countCampaign } from '../src/campaign/count.ts';
import type { Job } from '../src/campaign/job.ts';
import type { Json } from '../src/data/atoms.ts';
import { InputError } from '../src/data/errors.ts';
import { encodeState } from '../src/data/state.ts';
import { type CampaignRecord, createCampaign, readCampaign, requireSameKernels } from '../src/node/campaign-create.ts';
import { formatRecord, recordOf } from '../src/node/campaign-log.ts';
import { openStore, readJob, type StoredResult, viewOf } from '../src/node/campaign-store.ts';
import type { Disk } from '../src/node/disk.ts';
import { createFile } from '../src/node/exclusive.ts';
import { WriteError, writeAtomic } from '../src/node/files.ts';
import { canonicalJson, sha256 } from '../src/node/hash.ts';
import { errno } from './support/errno.ts';
import { memoryDisk, textIn } from './support/memory-disk.ts';

const table = Float64Array.of(1, 2, 3);
const campaign = { kind: 'count', config: { jobs: 1 }, resources: { table }, source: 'campaign: count\n' };
const job: Job = { id: 'a', task: 'count', input: { seed: 1 }, needs: [] };

function begin(wrap: (disk: Disk) => Disk = (disk) => disk) {
  const disk = memoryDisk();
  const record = createCampaign('/c', campaign, { disk, kernelHash: 'k' });
  const said: string[] = [];
  const store = openStore('/c', record, { disk: wrap(disk), onMessage: (message) => said.push(message) });
  store.addJob(job);
  return { disk, record, store, said };
}

/** A finished job: two records, one array. */
function finish({ disk, store }: ReturnType<typeof begin>): StoredResult {
  const log = Buffer.concat([formatRecord(0, { x: 1 }), formatRecord(1, { x: 2 })]);
  const arrays = encodeState({ sum: Float64Array.of(7) });
  writeAtomic('/c/jobs/a/records.log', log, disk);
  writeAtomic('/c/jobs/a/arrays.bin', arrays, disk);
  const stored = { result: { sum: 3 }, records: { count: 2, sha256: sha256(log) }, arrays: sha256(arrays) };
  store.saveResult(job, stored);
  return stored;
}

describe('results', () => {
  it('come back with records and arrays', () => {
    const begun = begin();
    const stored = finish(begun);
    const { store } = begun;
    expect(store.result(job)).toEqual(stored);
    expect(store.records('a', stored)).toEqual([{ x: 1 }, { x: 2 }]);
    expect(store.arrays('a', stored)).toEqual({ sum: Float64Array.of(7) });
    expect(store.names('a').sort()).toEqual(['arrays.bin', 'job.json', 'records.log', 'result.json']);
  });

  it('need neither', () => {
    const { store } = begin();
    const none: StoredResult = { result: null, records: { count: 0, sha256: '' }, arrays: null };
    expect([store.records('a', none), store.arrays('a', none)]).toEqual([[], {}]);
  });

  it('are not those of damaged files', () => {
    const begun = begin();
    const stored = finish(begun);
    const { store, disk } = begun;
    for (const name of ['records.log', 'arrays.bin']) {
      const path = `/c/jobs/a/${name}`;
      const bytes = disk.readFile(path);
      writeAtomic(path, bytes.with(9, bytes[9] ^ 1), disk);
    }
    const bad = (name: string) => new InputError('is damaged', { file: `/c/jobs/a/${name}` });
    expect(() => store.records('a', stored)).toThrow(bad('records.log'));
    expect(() => store.arrays('a', stored)).toThrow(bad('arrays.bin'));
    // whole, but not what the result counted
    const short = formatRecord(0, { x: 1 });
    writeAtomic('/c/jobs/a/records.log', short, disk);
    const claims = { ...stored, records: { count: 2, sha256: sha256(short) } };
    expect(() => store.records('a', claims)).toThrow(bad('records.log'));
  });

  it('of another campaign or another job of the name are no results', () => {
    const begun = begin();
    finish(begun);
    const { store, said, disk, record } = begun;
    expect(store.result({ ...job, input: { seed: 2 } })).toBeUndefined();
    expect(said).toEqual(['/c/jobs/a/result.json: is damaged; the job is done again']);
    expect(openStore('/c', { ...record, key: 'other' }, { disk }).result(job)).toBeUndefined();
  });

  it('that are removed between two looks are not there; what cannot be read is an error', () => {
    let code = 'ENOENT';
    const flaky = (disk: Disk): Disk => ({
      ...disk,
      readFile(path) {
        if (path.endsWith('result.json')) throw errno(code);
        return disk.readFile(path);
      },
    });
    const begun = begin(flaky);
    finish(begun);
    expect(begun.store.result(job)).toBeUndefined();
    expect(begun.said).toEqual([]);
    code = 'EIO';
    expect(() => begun.store.result(job)).toThrow('EIO');
  });
});

describe('failures', () => {
  it('come back; damaged ones, and those of another campaign, are forgotten', () => {
    const { store, disk } = begin();
    expect(store.failure('a')).toBeUndefined();
    store.saveFailure('a', { kind: 'physics', message: 'melted', tries: 1 });
    expect(store.failure('a')).toEqual({ kind: 'physics', message: 'melted', tries: 1 });
    writeAtomic('/c/jobs/a/failed.json', textIn(disk, '/c/jobs/a/failed.json').replace('melted', 'frozen'), disk);
    expect(store.failure('a')).toBeUndefined();
    writeAtomic('/c/jobs/a/failed.json', '{', disk);
    expect(store.failure('a')).toBeUndefined();
  });
});

describe('resources', () => {
  it('are read once, and checked', () => {
    let reads = 0;
    const { store, disk, record } = begin((inner) => ({
      ...inner,
      readFile(path) {
        reads += Number(path.endsWith('.bin'));
        return inner.readFile(path);
      },
    }));
    expect([store.resource('table'), store.resource('table'), reads]).toEqual([table, table, 1]);
    expect(() => store.resource('tables')).toThrow('the campaign has no resource tables');
    expect(() => store.resource('toString')).toThrow('the campaign has no resource toString');
    const path = `/c/resources/${record.resources.table}.bin`;
    writeAtomic(path, encodeState(Float64Array.of(1, 2, 4)), disk);
    expect(() => openStore('/c', record, { disk }).resource('table')).toThrow(
      new InputError('is damaged', { file: path }),
    );
  });

  it('that a crash left damaged are written again when the campaign is begun', () => {
    const { disk, record } = begin();
    const path = `/c/resources/${record.resources.table}.bin`;
    const whole = disk.readFile(path);
    disk.remove('/c/campaign.json');
    // what a begin that was cut short leaves: no claim to be a campaign, half a resource
    for (const name of disk.list('/c/jobs/a')) disk.remove(`/c/jobs/a/${name}`);
    writeAtomic(path, whole.subarray(0, 9), disk);
    createCampaign('/c', campaign, { disk, kernelHash: 'k' });
    expect(disk.readFile(path)).toEqual(whole);
  });
});

describe('jobs', () => {
  it('have names that are folders', () => {
    const { store } = begin();
    for (const id of ['', '..', 'a/b', 'A', '.a', 'a'.repeat(101), 'a\n'])
      expect(() => store.addJob({ ...job, id }), JSON.stringify(id)).toThrow('is no name of a job');
    store.addJob({ ...job, id: 'a'.repeat(100) });
    expect(store.names('nobody')).toEqual([]);
  });

  it('are listed unless the disk refuses', () => {
    const { store } = begin((disk) => ({
      ...disk,
      list() {
        throw errno('EIO');
      },
    }));
    expect(() => store.names('a')).toThrow('EIO');
  });

  it('are written again where a crash left half of one, and refused where they differ', () => {
    const { store, disk } = begin();
    const path = '/c/jobs/a/job.json';
    const whole = textIn(disk, path);
    store.addJob(job);
    writeAtomic(path, whole.slice(0, 20), disk);
    store.addJob(job);
    expect(textIn(disk, path)).toBe(whole);
    expect(() => store.addJob({ ...job, needs: ['b'] })).toThrow('differs from what this version');
    expect(textIn(disk, path)).toBe(whole);
  });

  it('that another process writes at the same moment are one', () => {
    const { disk, store } = begin();
    // its name appears between our look and our own file
    const blind = openStore('/c', store.record, {
      disk: { ...disk, stat: (path) => (path.endsWith('job.json') ? undefined : disk.stat(path)) },
    });
    blind.addJob(job);
    expect(disk.list('/c/jobs/a')).toEqual(['job.json']);
    expect(() => blind.addJob({ ...job, task: 'other' })).toThrow('differs');
  });

  it('are read back, or refused by name', () => {
    const { store, disk } = begin();
    const path = '/c/jobs/a/job.json';
    expect(readJob(store, 'a')).toEqual(job);
    expect(() => readJob(store, 'b')).toThrow('/c/jobs/b/job.json: cannot be read: there is no such file');
    const bad: Json[] = [
      { ...job, id: 'b' },
      { ...job, task: 1 },
      { id: 'a', task: 't', needs: [] },
      { ...job, needs: 'b' },
      { ...job, needs: ['../x'] },
      { ...job, needs: [1] },
      null,
      [],
      7,
    ] as Json[];
    const texts = [
      ...bad.map((value) => JSON.stringify(value)),
      '{',
      '{"id":"a","task":"t","input":{"x":[1e999]},"needs":[]}',
      `{"id":"a","task":"t","input":${'['.repeat(20_000)}${']'.repeat(20_000)},"needs":[]}`,
    ];
    for (const each of texts) {
      writeAtomic(path, each, disk);
      expect(() => readJob(store, 'a'), each.slice(0, 80)).toThrow(new InputError('is damaged', { file: path }));
    }
  });

  it('cannot be added where the disk refuses folders', () => {
    const { store } = begin((disk) => ({
      ...disk,
      makeFolder(path) {
        if (path.endsWith('/b')) throw errno('EACCES');
        disk.makeFolder(path);
      },
    }));
    expect(() => store.addJob({ ...job, id: 'b' })).toThrow(WriteError);
  });
});

describe('the view for a report', () => {
  it('has what is done, what failed and what is neither', () => {
    const begun = begin();
    const stored = finish(begun);
    const { store, record } = begun;
    const jobs = [job, { ...job, id: 'b' }, { ...job, id: 'c' }];
    store.addJob(jobs[1]);
    store.saveFailure('b', { kind: 'hang', message: 'no slice', tries: 3 });
    // a failure that was forgiven and followed by a result does not count
    store.saveFailure('a', { kind: 'crash', message: 'gone', tries: 3 });
    const view = viewOf(store, jobs);
    expect([...view.results]).toEqual([['a', stored.result]]);
    expect([...view.failed]).toEqual([['b', { kind: 'hang', message: 'no slice', tries: 3 }]]);
    expect([view.records('a'), view.arrays('a')]).toEqual([[{ x: 1 }, { x: 2 }], { sum: Float64Array.of(7) }]);
    expect(() => view.records('b')).toThrow('job b has no result');
    expect(view.resource('table')).toEqual(table);
    expect(view.jobs).toBe(jobs);
    expect(view).toMatchObject({ kind: 'count', config: { jobs: 1 } });
    expect(view.identity).toEqual({
      config: record.key,
      resources: record.resources,
      kernels: 'k',
      version: record.version,
    });
  });
});

describe('campaign.json', () => {
  const replace = (disk: Disk, edit: (record: Record<string, unknown>) => unknown) =>
    writeAtomic('/c/campaign.json', JSON.stringify(edit(JSON.parse(textIn(disk, '/c/campaign.json')))), disk);

  it('is refused where it was edited, is damaged or none of ours', () => {
    const { disk } = begin();
    const whole = textIn(disk, '/c/campaign.json');
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const edits = [
      whole.replace('"jobs": 1', '"jobs": 2'),
      whole.replace('"jobs": 1', '"jobs": 1e999'),
      whole.replace('"jobs": 1', `"jobs": ${deep}`),
      whole.replace('frenkel campaign 1', 'frenkel campaign 2'),
      whole.replace(/"version": "[^"]*"/, '"version": 1'),
      whole.slice(0, 50),
      'null',
      '[]',
    ];
    for (const each of edits) {
      writeAtomic('/c/campaign.json', each, disk);
      expect(() => readCampaign('/c', disk), each.slice(0, 80)).toThrow(
        '/c/campaign.json: is no record of a campaign that this version can read, or was edited',
      );
    }
    writeAtomic('/c/campaign.json', Uint8Array.of(0xff, 0xfe), disk);
    expect(() => readCampaign('/c', disk)).toThrow('/c/campaign.json: not a text file');
    expect(readCampaign('/nothing', disk)).toBeUndefined();
  });

  it('may have been made by another version of the package, not of the kernels', () => {
    const { disk, record } = begin();
    replace(disk, (found) => ({ ...found, version: '0.0.1' }));
    const found = readCampaign('/c', disk) as CampaignRecord;
    expect(found).toEqual({ ...record, version: '0.0.1' });
    requireSameKernels('/c', found, 'k');
    expect(() => requireSameKernels('/c', found, 'l')).toThrow(
      '/c: this campaign was begun with another version of the kernels (frenkel 0.0.1)',
    );
    expect(() => requireSameKernels('/c', found)).toThrow('another version of the kernels');
  });

  it('is made by one of two processes that begin at the same moment', () => {
    const { disk, record } = begin();
    const blind = (path: string) => (path.startsWith('/c') ? undefined : disk.stat(path));
    let looks = 0;
    const late: Disk = { ...disk, stat: (path) => (looks++ < 2 ? blind(path) : disk.stat(path)) };
    expect(createCampaign('/c', campaign, { disk: late, kernelHash: 'k' })).toEqual(record);
    // a file system that shows old names for ever: the link alone tells
    const old: Disk = { ...disk, stat: blind };
    expect(createCampaign('/c', campaign, { disk: old, kernelHash: 'k' })).toEqual(record);
    looks = 0;
    const other = { ...campaign, config: { jobs: 5 } };
    expect(() => createCampaign('/c', other, { disk: late, kernelHash: 'k' })).toThrow(
      '/c: holds another campaign (jobs: 1 became 5)',
    );
  });

  it('is not put into what is not ours, and resources have plain names', () => {
    const disk = memoryDisk();
    disk.makeFolder('/d');
    createFile('/d/thesis.tex', 'x', disk);
    const start = (folder: string, more = {}) => createCampaign(folder, { ...campaign, ...more }, { disk });
    expect(() => start('/d')).toThrow('/d: contains "thesis.tex", which is no campaign; choose another --out');
    expect(() => start('/d/thesis.tex')).toThrow('/d/thesis.tex: is a file; a directory was expected');
    expect(() => start('/e', { resources: { '../x': table } })).toThrow('../x is no name of a resource');
    expect(disk.list('/d')).toEqual(['thesis.tex']);
  });

  it('begun and cut short, is begun again', () => {
    const disk = memoryDisk();
    disk.makeFolder('/c/resources');
    disk.makeFolder('/c/jobs');
    createFile('/c/.campaign.json.7.0.tmp', '{', disk);
    createFile('/c/campaign.yaml', 'x', disk);
    createCampaign('/c', campaign, { disk });
    expect(textIn(disk, '/c/campaign.yaml')).toBe(campaign.source);
  });

  it('has a key that depends on all that decides numbers', () => {
    const key = (more: object, kernelHash = 'k') =>
      createCampaign('/c', { ...campaign, ...more }, { disk: memoryDisk(), kernelHash }).key;
    const keys = [
      key({}),
      key({ kind: 'other' }),
      key({ config: { jobs: 2 } }),
      key({ resources: { table: table.with(0, 1.0000000000000002) } }),
      key({}, 'l'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(key({ source: 'with comments' })).toBe(keys[0]);
  });
});

it('a log has lines of its own alone', () => {
  expect(() => recordOf(new TextEncoder().encode('0 2 00000000 {}'))).toThrow('not a line of a log');
  expect(recordOf(formatRecord(3, { b: 1, a: [2] }).subarray(0, -1))).toEqual({ a: [2], b: 1 });
  expect(new TextDecoder().decode(formatRecord(12, {}))).toBe('12 2 a3a6bf43 {}\n');
});

it('jobs of the plan have keys of their own', () => {
  const { store } = begin();
  const jobs = countCampaign.plan({ ...countCampaign.schema.parse({ campaign: 'count', jobs: 8 }) }, new Map());
  const keys = new Set(jobs.map((one) => store.jobKey(one)));
  expect(keys.size).toBe(4);
  expect(store.jobKey({ ...job, needs: ['b'] })).not.toBe(store.jobKey(job));
  expect(store.jobKey(job)).toBe(
    sha256(
      canonicalJson({ campaign: store.record.key, job: { id: 'a', input: { seed: 1 }, needs: [], task: 'count' } }),
    ),
  );
});
