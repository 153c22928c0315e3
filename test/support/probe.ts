/** Bundled and run by other versions of Node: the hash of every driver's end, on one thread and two, one line each. */
import { createEngine } from '../../src/node/threads.ts';
import { drivers, hashOf } from './drivers.ts';
import { finelySplit } from './split.ts';

for (const engine of [await createEngine({ threads: 1 }), await finelySplit(2)]) {
  for (const { name, steps, begin } of drivers) {
    const mark = engine.mark();
    const run = begin(engine);
    for (let step = 0; step < Math.min(steps, 200); step++) run.step();
    console.log(`${name}, ${engine.threads}: ${hashOf(run.bits())}`);
    engine.release(mark);
  }
  engine.close();
}
