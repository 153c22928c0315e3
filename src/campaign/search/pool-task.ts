/** Minima of many walks over the same atoms, each configuration once, by rising energy. */
import type { Json } from '../../data/atoms.ts';
import type { Task, TaskContext, Work } from '../job.ts';
import { once } from '../vacancy/once.ts';
import { sameShape } from './shape.ts';
import { joined, type Kept, type WalkResult } from './walk-task.ts';

export interface PoolInput {
  /** In this order; the first of equals is kept. */
  walks: string[];
  /** Most configurations; more are thinned out evenly over the energies. */
  most: number;
}

export interface Pooled extends Kept {
  walk: string;
}

export interface PoolResult {
  /** By rising energy; row k of the array `positions` is that of number k. */
  minima: Pooled[];
  /** Before duplicates and thinning. */
  candidates: number;
  distinct: number;
}

function pool({ input: given, results, arrays }: TaskContext): Work {
  const { walks, most } = given as unknown as PoolInput;
  return once(() => {
    const distinct: { minimum: Pooled; x: Float64Array }[] = [];
    let candidates = 0;
    for (const walk of walks) {
      const { kept } = results.get(walk) as unknown as WalkResult;
      const { positions } = arrays(walk);
      const width = positions.length / Math.max(1, kept.length);
      kept.forEach((minimum, k) => {
        candidates++;
        // a perfect crystal is no configuration of a defect
        if (minimum.points === 0 || distinct.some((other) => sameShape(other.minimum, minimum))) return;
        distinct.push({ minimum: { ...minimum, walk }, x: positions.slice(k * width, (k + 1) * width) });
      });
    }
    distinct.sort((a, b) => a.minimum.energy - b.minimum.energy);
    const taken = thinned(distinct, most);
    const result: PoolResult = {
      minima: taken.map(({ minimum }) => minimum),
      candidates,
      distinct: distinct.length,
    };
    return { result: result as unknown as Json, arrays: { positions: joined(taken.map(({ x }) => x)) } };
  }, 'duplicates');
}

/** `most` of the list, evenly spread, both ends included. */
export function thinned<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  if (most === 1) return list.slice(0, 1);
  return Array.from({ length: most }, (_, k) => list[Math.round((k * (list.length - 1)) / (most - 1))]);
}

export const poolTask: Task = { name: 'pool', start: pool, restore: pool, cost: () => ({ evaluations: 0 }) };
