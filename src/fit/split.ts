/** Who is held out: reproducible, the same share of every group, and independent of the number of threads. */
import { InputError } from '../data/errors.ts';
import { fillUniform } from '../data/rng.ts';

/** Places of each group's members in an order that the seed alone decides. */
function shuffled(groups: readonly string[], seed: bigint): number[][] {
  const draws = new Float64Array(groups.length);
  fillUniform(draws, seed, 'splits', 0);
  const members = new Map<string, number[]>();
  groups.forEach((group, k) => {
    members.set(group, [...(members.get(group) ?? []), k]);
  });
  return [...members.values()].map((list) => list.sort((a, b) => draws[a] - draws[b]));
}

/** 1 where a configuration is held out: `fraction` of each group, rounded. Throws InputError outside [0, 1). */
export function testSplit(groups: readonly string[], fraction: number, seed: bigint): Uint8Array {
  if (!(fraction >= 0 && fraction < 1)) throw new InputError(`test: expected a share of [0, 1), found ${fraction}`);
  const held = new Uint8Array(groups.length);
  for (const list of shuffled(groups, seed)) {
    for (const k of list.slice(0, Math.round(fraction * list.length))) held[k] = 1;
  }
  return held;
}

/** Number of the fold of each configuration, 0…folds − 1: each group dealt out in turn. */
export function foldsOf(groups: readonly string[], folds: number, seed: bigint): Uint8Array {
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= 100))
    throw new InputError(`folds: expected 2 to 100, found ${folds}`);
  const out = new Uint8Array(groups.length);
  let next = 0;
  for (const list of shuffled(groups, seed)) {
    for (const k of list) out[k] = next++ % folds;
  }
  return out;
}
