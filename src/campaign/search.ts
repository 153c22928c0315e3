/**
 * A campaign that looks for configurations of defects: walks over minima by activation and relaxation, or random starts,
 * duplicates removed, and formation entropies by Hessians as labels for what learns them from positions alone
 * (Lapointe 2020, 10.1103/PhysRevMaterials.4.063802).
 */
import type { Json } from '../data/atoms.ts';
import type { CampaignKind, Job, Results } from './job.ts';
import { crystalAt } from './search/cells.ts';
import {
  cellId,
  framesName,
  type Group,
  groupsOf,
  isFile,
  type SearchConfig,
  searchSchema,
  siteCount,
} from './search/config.ts';
import { checkFrames, framesTask, gatherFrames, knownFrames } from './search/given.ts';
import { labelTask } from './search/label-task.ts';
import { type PoolResult, poolTask } from './search/pool-task.ts';
import { walkTask } from './search/walk-task.ts';
import { type LatticeInput, type LatticeResult, latticeTask } from './vacancy/lattice-task.ts';

const example = `campaign: search
potential: Fe-Ackland-2004   # an embedded name, or files
element: Fe
crystal: bcc
defects:                     # where walks begin: names, or placed at random
  - I2-110
  - V4
  - random: {interstitials: 2}
# - {file: runs/other/report/configurations.xyz, only: v4-n250-e0}   # minima, relaxed again in these cells
sizes: [5]                   # repeats of the cubic cell: 250 sites
strains: [0]                 # of the relaxed lattice constant: [-0.01, 0, 0.03]
walks: 4                     # of every defect, size and strain
events: 20                   # activations of a walk; 0: its start alone
metropolis: 0.4 eV           # k_B T of accepted moves
displacement: [0.1 A, 0.5 A] # length of the random displacement
labels: harmonic             # formation entropies; or none
seed: 1
`;

/** Configurations of one job of labels. */
const CHUNK = 10;
/** Configurations that a walk is guessed to find, for the cost. */
const GUESS = 0.3;
/** Frames that a file is guessed to have. */
const FRAMES = 20;

export const poolId = (group: Group): string => `pool-${group.id}`;
export const bulkId = (config: SearchConfig, { repeat, strain }: Group): string =>
  `label-bulk-${cellId(config, repeat, strain)}`;
export const labelIds = (group: Group, count: number): string[] =>
  Array.from({ length: Math.ceil(count / CHUNK) }, (_, k) => `label-${group.id}-${k + 1}`);

const json = (input: unknown): Json => input as Json;

function plan(config: SearchConfig, results: Results): Job[] {
  const { crystal, element, a } = config;
  const cell = { crystal, element, a, defect: 'vacancy' as const, repeat: 1 };
  const first: Job = {
    id: 'lattice',
    task: 'lattice',
    input: json({ cell, potential: 'potential' } satisfies LatticeInput),
    needs: [],
  };
  const files = config.defects.flatMap((defect, d): Job[] => {
    const id = framesName(d);
    return isFile(defect) ? [{ id, task: 'frames', input: json({ name: id }), needs: [] }] : [];
  });
  const found = results.get('lattice') as unknown as LatticeResult | undefined;
  const frames = knownFrames(config, results);
  if (!found || !frames) return [first, ...files];
  const jobs = new Map([first, ...files].map((job) => [job.id, job]));
  for (const group of groupsOf(config, frames))
    for (const job of planGroup(config, found, group, results)) jobs.set(job.id, job);
  return [...jobs.values()];
}

function planGroup(config: SearchConfig, found: LatticeResult, group: Group, results: Results): Job[] {
  const { seed, events, metropolis, ceiling, displacement, radius, most, step, labels } = config;
  const crystal = crystalAt(config, found, group.repeat, group.strain);
  const common = { crystal, seed, events, metropolis, ceiling, displacement, radius };
  const walks = group.walks.map(({ id, defect, number }): Job => {
    return { id, task: 'walk', input: json({ ...common, defect, walk: number }), needs: ['lattice'] };
  });
  const names = walks.map(({ id }) => id);
  const pool: Job = { id: poolId(group), task: 'pool', input: json({ walks: names, most }), needs: names };
  if (labels === 'none') return [...walks, pool];
  const bulk: Job = {
    id: bulkId(config, group),
    task: 'label',
    input: json({ crystal, step, from: 0, to: 1 }),
    needs: ['lattice'],
  };
  const count = (results.get(pool.id) as unknown as PoolResult | undefined)?.minima.length ?? 0;
  const chunks = labelIds(group, count).map((id, k): Job => {
    const [from, to] = [k * CHUNK, Math.min((k + 1) * CHUNK, count)];
    return { id, task: 'label', input: json({ crystal, step, pool: pool.id, from, to }), needs: [pool.id] };
  });
  return [...walks, pool, bulk, ...chunks];
}

/** As if every third event found something new. */
function foresee(config: SearchConfig): Job[] {
  const results = new Map<string, Json>([['lattice', { scale: 1, a: config.a, energy: 0 }]]);
  const [repeat] = config.sizes;
  const each = { repeat, atoms: siteCount(config, repeat) };
  for (const [d, defect] of config.defects.entries())
    if (isFile(defect)) results.set(framesName(d), json({ frames: new Array(FRAMES).fill(each) }));
  for (const group of groupsOf(config, knownFrames(config, results) ?? new Map())) {
    const count = Math.min(config.most, Math.ceil(group.walks.length * (1 + GUESS * config.events)));
    results.set(poolId(group), { minima: new Array<Json>(count).fill(null) });
  }
  return plan(config, results);
}

export const searchCampaign: CampaignKind<SearchConfig> = {
  name: 'search',
  description: 'configurations of defects by activation and relaxation, with formation entropies',
  schema: searchSchema,
  example,
  gather: (config, read) => ({
    potential: read.potential(config.potential, { overlay: config.overlay, elements: [config.element] }),
    ...gatherFrames(config, read),
  }),
  check(config, resource) {
    checkFrames(config, resource);
    return [];
  },
  plan,
  foresee,
  tasks: new Map([latticeTask, framesTask, walkTask, poolTask, labelTask].map((task) => [task.name, task])),
};
