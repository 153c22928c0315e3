/**
 * From configurations to reduced systems, in one pass: which part every row belongs to (a fold; for searches and learning
 * curves also a step, a group, a kind), and how it goes on where an earlier pass was stopped.
 */

import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { type Accumulator, createAccumulator, type Kept, type Reduced } from './accumulate.ts';
import type { Designer } from './design.ts';
import { countRows, type Kind, kinds, rowsOf } from './rows.ts';
import type { Sample } from './samples.ts';

/** Where a row goes: the name of a part, and the weight there; undefined leaves out. */
export type Place = (sample: Sample, k: number, kind: Kind) => { part: string; weight: number } | undefined;

/** Blocks that are done, by the name of the part: what a stopped pass goes on from. */
export type Progress = Map<string, Kept>;

export interface GatherOptions {
  reference?: Potential;
  normal?: boolean;
  from?: Progress;
  /** After each block, and at the end: `kept` copies what is done. */
  onBlock?: (kept: () => Progress, complete: boolean) => void;
  /** After each configuration. */
  progress?: (done: number, total: number) => void;
}

/** Number of rows of every part, in the order of their first row. */
export function countParts(samples: readonly Sample[], place: Place): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [k, sample] of samples.entries()) {
    for (const kind of kinds) {
      const rows = countRows(sample, kind);
      const to = rows === 0 ? undefined : place(sample, k, kind);
      if (to && to.weight !== 0) counts.set(to.part, (counts.get(to.part) ?? 0) + rows);
    }
  }
  return counts;
}

/** The systems of all parts that have rows. Throws InputError with the name of a configuration. */
export function gather(
  engine: Engine,
  samples: readonly Sample[],
  designer: Designer,
  place: Place,
  options: GatherOptions,
): Map<string, Reduced> {
  const { reference, normal, from, onBlock, progress } = options;
  const parts = new Map<string, Accumulator>();
  const kept = (): Progress => new Map([...parts].map(([name, part]) => [name, part.kept()]));
  for (const name of countParts(samples, place).keys()) {
    const tell = { onBlock: () => onBlock?.(kept, false) };
    parts.set(name, createAccumulator(engine, designer.columns, { normal, from: from?.get(name), ...tell }));
  }
  for (const [k, sample] of samples.entries()) {
    addSample(engine, sample, designer, reference, (kind) => {
      const to = place(sample, k, kind);
      const accumulator = to && to.weight !== 0 ? parts.get(to.part) : undefined;
      return accumulator && { to: accumulator, weight: to?.weight ?? 0 };
    });
    progress?.(k + 1, samples.length);
  }
  const systems = new Map([...parts].map(([name, part]) => [name, part.finish()]));
  onBlock?.(kept, true);
  return systems;
}

function addSample(
  engine: Engine,
  sample: Sample,
  designer: Designer,
  reference: Potential | undefined,
  place: (kind: Kind) => { to: Accumulator; weight: number } | undefined,
): void {
  const due = kinds.flatMap((kind) => {
    const count = countRows(sample, kind);
    const where = count === 0 ? undefined : place(kind);
    return where === undefined || where.to.skip(count) ? [] : [{ kind, ...where }];
  });
  if (due.length === 0) return;
  const rows = rowsOf(engine, sample, designer, reference);
  for (const { kind, to, weight } of due)
    rows.each(kind, (row, at, target, unit) => to.add(row, at, target, weight * unit));
}
