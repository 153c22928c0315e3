/** What a search has found: configurations with their entropies and formation energies, and the crystals they refer to. */
import { formationEntropy } from '../../analysis/entropy.ts';
import type { Atoms, Json } from '../../data/atoms.ts';
import type { CampaignView } from '../job.ts';
import { bulkId, labelIds, poolId } from '../search.ts';
import type { LatticeResult } from '../vacancy/lattice-task.ts';
import { crystalAt, perfectOf } from './cells.ts';
import { cellId, type Group, groupsOf, type SearchConfig } from './config.ts';
import { knownFrames } from './given.ts';
import type { Label, LabelResult } from './label-task.ts';
import type { Pooled, PoolResult } from './pool-task.ts';

export interface FoundConfiguration {
  /** 'v4-n250-e0'. */
  group: string;
  minimum: Pooled;
  /** eV; where the energy of the crystal is known. */
  formationEnergy?: number;
  /** k_B: mode matched, and as published. */
  entropy?: number;
  published?: number;
  /** Why there is no entropy, where a Hessian was made. */
  failed?: string;
  positions: Float64Array;
}

export interface FoundGroup {
  id: string;
  /** Name of the perfect crystal: 'n250-e0'. */
  crystal: string;
  perfect: Atoms;
  candidates: number;
  distinct: number;
  configurations: FoundConfiguration[];
}

/** All groups whose duplicates were removed, in the plan's order. */
export function foundGroups(view: CampaignView): FoundGroup[] {
  const config = view.config as SearchConfig;
  const lattice = view.results.get('lattice') as unknown as LatticeResult | undefined;
  const frames = knownFrames(config, view.results);
  if (!lattice || !frames) return [];
  return groupsOf(config, frames).flatMap((group): FoundGroup[] => {
    const pool = view.results.get(poolId(group)) as unknown as PoolResult | undefined;
    if (!pool) return [];
    const { repeat, strain, id } = group;
    return [
      {
        id,
        crystal: cellId(config, repeat, strain),
        perfect: perfectOf(crystalAt(config, lattice, repeat, strain)),
        candidates: pool.candidates,
        distinct: pool.distinct,
        configurations: configurationsOf(view, config, group, pool),
      },
    ];
  });
}

function configurationsOf(
  view: CampaignView,
  config: SearchConfig,
  group: Group,
  pool: PoolResult,
): FoundConfiguration[] {
  const count = pool.minima.length;
  const rows = view.arrays(poolId(group)).positions;
  const width = rows.length / Math.max(1, count);
  const bulk = view.results.get(bulkId(config, group)) as unknown as LabelResult | undefined;
  const perfect = bulk && oscillators(bulk.atoms, bulk.labels[0]);
  const found = pool.minima.map((minimum, k): FoundConfiguration => {
    const positions = rows.slice(k * width, (k + 1) * width);
    const each = bulk?.labels[0].energy === undefined ? undefined : bulk.labels[0].energy / bulk.atoms;
    const formation = each === undefined ? {} : { formationEnergy: minimum.energy - (width / 3) * each };
    return { group: group.id, minimum, positions, ...formation };
  });
  for (const id of labelIds(group, count)) {
    const result = view.results.get(id) as unknown as LabelResult | undefined;
    if (!result) continue;
    const relaxed = view.arrays(id).positions;
    result.labels.forEach((label, k) => {
      const one = found[label.number];
      const own = oscillators(result.atoms, label);
      if (label.failed !== undefined) one.failed = label.failed;
      if (!own || !perfect) return;
      const { modeMatched, asPublished } = formationEntropy(own, perfect);
      Object.assign(one, { entropy: modeMatched, published: asPublished });
      one.positions = relaxed.slice(k * width, (k + 1) * width);
    });
  }
  return found;
}

function oscillators(atoms: number, { sum, modes }: Label): { atoms: number; sum: number; modes: number } | undefined {
  return sum === undefined || modes === undefined ? undefined : { atoms, sum, modes };
}

/**
 * One perfect crystal for each cell (reference=ID), then every configuration (bulk=ID), as `frenkel entropy learn` reads
 * them: config_type is the group.
 */
export function* datasetFrames(groups: readonly FoundGroup[]): Generator<Atoms> {
  const crystals = new Map(groups.map((group) => [group.crystal, group]));
  for (const [id, { perfect }] of crystals) yield { ...perfect, info: { config_type: 'bulk', reference: id } };
  for (const { crystal, perfect, configurations } of groups) {
    for (const one of configurations) {
      const info: Record<string, Json> = {
        config_type: one.group,
        bulk: crystal,
        energy: one.minimum.energy,
        ...(one.formationEnergy === undefined ? {} : { formation_energy: one.formationEnergy }),
        ...(one.entropy === undefined ? {} : { formation_entropy: one.entropy }),
        ...(one.published === undefined ? {} : { formation_entropy_published: one.published }),
      };
      const numbers = new Uint8Array(one.positions.length / 3).fill(perfect.numbers[0]);
      yield { ...perfect, numbers, positions: one.positions, info };
    }
  }
}
