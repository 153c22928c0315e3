/**
 * A campaign that looks for configurations of defects: walks over minima by activation and relaxation, or random starts,
 * duplicates removed, and formation entropies by Hessians as labels for what learns them from positions alone
 * (Lapointe 2020, 10.1103/PhysRevMaterials.4.063802).
 */
import type { Json } from '../data/atoms.ts';
import type { CampaignKind, Job, Results } from './job.ts';
import { crystalAt } from './search/cells.ts';
import { cellId, type Group, groupsOf, type SearchConfig, searchSchema } from './search/config.ts';
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
  const found = results.get('lattice') as unknown as LatticeResult | undefined;
  if (!found) return [first];
  const jobs = new Map([[first.id, first]]);
  for (const group of groupsOf(config))
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
  for (const group of groupsOf(config)) {
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
  }),
  plan,
  foresee,
  tasks: new Map([latticeTask, walkTask, poolTask, labelTask].map((task) => [task.name, task])),
};
