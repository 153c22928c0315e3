/** Whether evaluations leave memory behind: of the engine's arena and of the kernels' memory. */
import type { Engine } from '../engine/engine.ts';
import { crystal } from './configurations.ts';
import { evaluate, withSystem } from './evaluate.ts';
import { noise, type Subject } from './subject.ts';

/** Evaluations until the list has settled on its skin and its room. */
const WARM = 200;

/** Bytes that `count` evaluations of moving atoms and 50 systems come and gone have added: 0 where nothing leaks. */
export function memoryGrowth(engine: Engine, subject: Subject, count = 1000): number {
  const atoms = crystal(subject);
  const potential = subject.potential(atoms);
  const outside = engine.mark();
  const inside = withSystem(engine, atoms, potential, (system) => {
    const step = (k: number) => {
      // four places in turn, farther apart than a skin: the list is built again and again
      const away = noise(atoms.positions.length, 40 + (k % 4));
      system.x.set(atoms.positions.map((x, i) => x + 0.05 * subject.distance * away[i] + (k % 4)));
      system.evaluate();
    };
    for (let k = 0; k < WARM; k++) step(k);
    const [mark, bytes] = [engine.mark(), engine.memory.buffer.byteLength];
    for (let k = 0; k < count; k++) step(k);
    return engine.mark() - mark + engine.memory.buffer.byteLength - bytes;
  });
  const bytes = engine.memory.buffer.byteLength;
  for (let k = 0; k < 50; k++) evaluate(engine, atoms, potential);
  return inside + (engine.mark() - outside) + (engine.memory.buffer.byteLength - bytes);
}
