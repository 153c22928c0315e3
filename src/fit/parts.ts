/**
 * A training set in parts that can be put together again: unweighted systems of every group and kind, of what is fitted and
 * of what is held out. Any weights, and any errors (root mean square), then cost one triangle and one solution.
 */
import type { Engine } from '../engine/engine.ts';
import { loss, merge, type Reduced } from './accumulate.ts';
import type { Place } from './gather.ts';
import { type Kind, kinds, type Weights } from './rows.ts';

/** Weights by group; every group has some. */
export type GroupWeights = ReadonlyMap<string, Weights>;

const nameOf = (held: boolean, step: number, group: string, kind: Kind) => `${held ? 'held' : step} ${kind} ${group}`;

/** Every group and kind apart, rows with weight 1; `steps`: to which step of a learning curve a configuration belongs. */
export function apart(held: Uint8Array, steps?: ArrayLike<number>): Place {
  return ({ group }, k, kind) => ({ part: nameOf(held[k] === 1, steps?.[k] ?? 0, group, kind), weight: 1 });
}

/** Root mean square errors of coefficients on parts, by kind: of all groups, and of each. */
export type PartErrors = Map<string, Partial<Record<Kind, number>>>;

export interface Parts {
  readonly groups: string[];
  /** True where something is held out. */
  readonly held: boolean;
  /** The training system of weights; of steps up to `until`. Undefined where no row has a weight. */
  combine(weights: GroupWeights, until?: number): Reduced | undefined;
  errors(coefficients: ArrayLike<number>, of: 'fitted' | 'held'): PartErrors;
}

/** The systems that `apart` made. */
export function createParts(engine: Engine, systems: ReadonlyMap<string, Reduced>): Parts {
  const all = [...systems].map(([name, system]) => {
    const [step, kind, ...group] = name.split(' ');
    return { step, kind: kind as Kind, group: group.join(' '), system };
  });
  return {
    groups: [...new Set(all.map(({ group }) => group))],
    held: all.some(({ step }) => step === 'held'),
    combine: (weights, until = Number.POSITIVE_INFINITY) => {
      const chosen = all.flatMap(({ step, kind, group, system }) => {
        const weight = step === 'held' || Number(step) > until ? 0 : (weights.get(group)?.[kind] ?? 0);
        return weight === 0 ? [] : [{ system, weight }];
      });
      if (chosen.length === 0) return undefined;
      return merge(
        engine,
        chosen.map(({ system }) => system),
        chosen.map(({ weight }) => weight),
      );
    },
    errors: (coefficients, of) => {
      const sums = new Map<string, Map<Kind, { square: number; rows: number }>>();
      for (const { step, kind, group, system } of all) {
        if ((step === 'held') !== (of === 'held')) continue;
        const square = loss(system, coefficients);
        for (const name of ['all', group]) {
          const known = sums.get(name) ?? new Map<Kind, { square: number; rows: number }>();
          sums.set(name, known);
          const before = known.get(kind) ?? { square: 0, rows: 0 };
          known.set(kind, { square: before.square + square, rows: before.rows + system.rows });
        }
      }
      return new Map(
        [...sums].map(([name, known]) => [
          name,
          Object.fromEntries(
            kinds.flatMap((kind) => {
              const sum = known.get(kind);
              return sum ? [[kind, Math.sqrt(sum.square / sum.rows)]] : [];
            }),
          ),
        ]),
      );
    },
  };
}
