/**
 * Bundled and run by other versions of Node, `probe.mjs <steps> <threads> …`: a hash of everything in bits.ts for each
 * number of threads, one line each.
 */
import { bitsFor } from './bits.ts';
import { hashOf } from './hash.ts';
import { finelySplit } from './split.ts';

const [steps, ...threads] = process.argv.slice(2).map(Number);
for (const count of threads) {
  const engine = await finelySplit(count);
  for (const { name, bits } of bitsFor(engine, steps)) console.log(`${name}, ${engine.threads}: ${hashOf(bits)}`);
  engine.close();
}
