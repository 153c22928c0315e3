/** Engines that split every pass, however short, so that few atoms keep all threads busy. */
import type { Atoms } from '../../../src/data/atoms.ts';
import type { Potential } from '../../../src/data/potential.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { createEngine } from '../../../src/node/threads.ts';
import { evaluate } from './evaluate.ts';

export async function finelySplit(threads: number): Promise<Engine> {
  const engine = await createEngine({ threads });
  return {
    ...engine,
    run: (kernel, count, args, split) => engine.run(kernel, count, args, { ...split, grain: 1 }),
    runAll: (stages, items) => engine.runAll(stages, items, 0),
  };
}

/** Every number of one evaluation, to be compared bit by bit. */
export function numbersOf(engine: Engine, atoms: Atoms, potential: Potential): Float64Array {
  const { energy, energies, forces, virial } = evaluate(engine, atoms, potential);
  return Float64Array.of(energy, ...energies, ...forces, ...virial);
}
