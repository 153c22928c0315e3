/** A campaign run in memory, job after job, by one engine each: what the runner does, without files. */

import type { Arrays, CampaignKind, CampaignView, Job, TaskContext } from '../../src/campaign/job.ts';
import type { Atoms, Json } from '../../src/data/atoms.ts';
import type { Potential } from '../../src/data/potential.ts';
import { decodeState, encodeState } from '../../src/data/state.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { readPotentialFile } from '../../src/node/load.ts';

export interface Finished {
  jobs: Job[];
  results: Map<string, Json>;
  arrays: Map<string, Arrays>;
  records: Map<string, Json[]>;
  failed: CampaignView['failed'];
  view: CampaignView;
}

export interface Options {
  /** Structures by path. */
  structures?: Record<string, Atoms>;
  /** All frames of a file, by path. */
  frames?: Record<string, Atoms[]>;
  /** Saves, forgets and restores a work after so many slices. */
  interrupt?: number;
  onJob?: (job: Job) => void;
}

// biome-ignore lint/suspicious/noExplicitAny: any kind, whatever its configuration
export async function runCampaign(kind: CampaignKind<any>, file: unknown, options: Options = {}): Promise<Finished> {
  const config = kind.schema.parse(file);
  const resources = kind.gather(config, {
    potential: (what, { overlay } = {}): Potential => readPotentialFile(what, { overlay, species: [26] }),
    structure: (path) => options.structures?.[path] as Atoms,
    structures: (path) => options.frames?.[path] ?? [],
  });
  const resource = (name: string) => {
    if (!Object.hasOwn(resources, name)) throw new Error(`no resource ${name}`);
    return resources[name];
  };
  const results = new Map<string, Json>();
  const arrays = new Map<string, Arrays>();
  const records = new Map<string, Json[]>();
  const failed = new Map<string, { kind: 'physics'; message: string; tries: number }>();
  let jobs: Job[] = [];
  for (;;) {
    const next = kind.plan(config, results);
    const ids = new Set(next.map((job) => job.id));
    for (const job of jobs) if (!ids.has(job.id)) throw new Error(`${job.id} is no longer planned`);
    jobs = next;
    const job = jobs.find(
      ({ id, needs }) => !results.has(id) && !failed.has(id) && needs.every((need) => results.has(need)),
    );
    if (!job) break;
    options.onJob?.(job);
    const engine = await createEngine();
    const context: TaskContext = {
      engine,
      input: job.input,
      results: new Map(job.needs.map((id) => [id, results.get(id) as Json])),
      arrays: (id) => arrays.get(id) ?? {},
      records: (id) => records.get(id) ?? [],
      resource,
    };
    const task = kind.tasks.get(job.task);
    if (!task) throw new Error(`no task ${job.task}`);
    try {
      let work = task.start(context);
      const log: Json[] = [];
      for (let slice = 1; ; slice++) {
        const more = work.advance();
        log.push(...(JSON.parse(JSON.stringify(work.takeRecords())) as Json[]));
        if (!more) break;
        if (options.interrupt && slice % options.interrupt === 0) {
          const state = decodeState(encodeState(work.save()));
          work = task.restore({ ...context, engine: await createEngine() }, state);
        }
      }
      results.set(job.id, JSON.parse(JSON.stringify(work.result())) as Json);
      arrays.set(job.id, work.arrays?.() ?? {});
      records.set(job.id, log);
    } catch (error) {
      if ((error as Error).name !== 'PhysicsError') throw error;
      failed.set(job.id, { kind: 'physics', message: (error as Error).message, tries: 1 });
    }
  }
  const view: CampaignView = {
    kind: kind.name,
    config,
    jobs,
    results,
    failed,
    arrays: (id) => arrays.get(id) ?? {},
    records: (id) => records.get(id) ?? [],
    resource,
    identity: { config: 'c0', resources: { potential: 'p0' }, kernels: 'k0', version: '0' },
  };
  return { jobs, results, arrays, records, failed, view };
}
