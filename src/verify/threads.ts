/** The same numbers from engines that split their work otherwise. */
import type { Atoms } from '../data/atoms.ts';
import type { Potential } from '../data/potential.ts';
import type { Engine } from '../engine/engine.ts';
import { evaluate } from './evaluate.ts';

/** The engine, with every pass split among its threads, however short: few atoms keep them all busy. */
export function finely(engine: Engine): Engine {
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
