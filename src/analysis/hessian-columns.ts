/**
 * Central differences of forces, many coordinates. A small cell is not worth splitting: there the displaced positions are
 * evaluated on replicas, shared among the threads. All replicas have the list of the undisplaced positions, so the numbers
 * depend neither on how many there are nor on who takes which.
 */
import type { Atoms } from '../data/atoms.ts';
import { createSystem, type System } from '../engine/system.ts';
import { evaluateTogether } from '../engine/together.ts';
import type { Within } from './bins.ts';

/** Atoms from which one evaluation is split among the threads instead. */
const LARGE = 512;
/** Å of skin beyond what a displaced atom uses. */
const ROOM = 0.05;

/** Atoms that are displaced together, and along which axis. */
export interface Displacement {
  group: readonly number[];
  axis: number;
}

/** Every group along every axis. */
export const displacementsOf = (groups: readonly number[][]): Displacement[] =>
  groups.flatMap((group) => [0, 1, 2].map((axis): Displacement => ({ group, axis })));

/**
 * Rows of the displaced atoms into `blocks`: −∂f_j/∂x_a in block (a, j), from forces at ±h. `atoms`: the system's present
 * state, in which it is left. Calls `tick` after each displacement.
 */
export function differenced(
  system: System,
  atoms: Atoms,
  all: readonly Displacement[],
  within: Within,
  { h, blocks, tick }: { h: number; blocks: Float64Array; tick: () => void },
): void {
  if (atoms.numbers.length >= LARGE) {
    oneByOne(system, all, within, h, blocks, tick);
    return;
  }
  const { engine, potential } = system;
  const mark = engine.mark();
  try {
    const pairs = Array.from({ length: Math.min(engine.threads, all.length) }, () =>
      [0, 1].map(() => createSystem(engine, atoms, potential, { skin: 2 * (h + ROOM) })),
    );
    evaluateTogether(engine, pairs.flat());
    for (let from = 0; from < all.length; from += pairs.length) {
      const batch = all.slice(from, from + pairs.length);
      batch.forEach((one, k) => {
        move(pairs[k][0].x, one, h);
        move(pairs[k][1].x, one, -h);
      });
      evaluateTogether(engine, pairs.slice(0, batch.length).flat());
      batch.forEach((one, k) => {
        const [plus, minus] = pairs[k];
        take(one, plus.x, plus.f, minus.x, minus.f, within, blocks);
        for (const { x } of pairs[k]) putBack(x, one, atoms.positions);
        tick();
      });
    }
  } finally {
    engine.release(mark);
  }
}

function move(x: Float64Array, { group, axis }: Displacement, by: number): void {
  for (const a of group) x[3 * a + axis] += by;
}

function putBack(x: Float64Array, { group, axis }: Displacement, x0: ArrayLike<number>): void {
  for (const a of group) x[3 * a + axis] = x0[3 * a + axis];
}

/** The differences into the rows of the displaced atoms. */
function take(
  { group, axis }: Displacement,
  plus: ArrayLike<number>,
  above: ArrayLike<number>,
  minus: ArrayLike<number>,
  below: ArrayLike<number>,
  { start, index }: Within,
  blocks: Float64Array,
): void {
  for (const a of group) {
    const k = 3 * a + axis;
    const width = plus[k] - minus[k];
    for (let at = start[a]; at < start[a + 1]; at++) {
      const j = 3 * index[at];
      for (let d = 0; d < 3; d++) blocks[9 * at + 3 * axis + d] = (below[j + d] - above[j + d]) / width;
    }
  }
}

function oneByOne(
  system: System,
  all: readonly Displacement[],
  within: Within,
  h: number,
  blocks: Float64Array,
  tick: () => void,
): void {
  const { x, f } = system;
  const x0 = x.slice();
  const [above, plus] = [new Float64Array(f.length), new Float64Array(f.length)];
  try {
    for (const one of all) {
      move(x, one, h);
      system.evaluate();
      above.set(f);
      plus.set(x);
      putBack(x, one, x0);
      move(x, one, -h);
      system.evaluate();
      take(one, plus, above, x, f, within, blocks);
      putBack(x, one, x0);
      tick();
    }
  } finally {
    x.set(x0);
  }
}
