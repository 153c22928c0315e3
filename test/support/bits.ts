/**
 * What must have the same bits wherever it is computed: the ends of all drivers, one evaluation of every form of potential,
 * the functions of data/math.ts. Runs in Node (probe.ts) and in the worker of a page (probe-worker.ts).
 */
import { cos, exp, log, pow, sin } from '../../src/data/math.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { crystal } from '../../src/verify/configurations.ts';
import { noise } from '../../src/verify/subject.ts';
import { numbersOf } from '../../src/verify/threads.ts';
import { samples } from './contract/samples.ts';
import { drivers } from './drivers.ts';

/** The names of what `bitsFor` gives, in its order. */
export const bitNames = [...drivers.map(({ name }) => name), ...samples.map(({ label }) => label), 'functions'];

/** Arguments of all sizes, from the smallest to the largest; machines give what is no number other bits, so it counts as zero. */
function functions(): Float64Array {
  const u = noise(6000, 41);
  const x = u.map((mantissa, k) => mantissa * 2 ** (k < 3000 ? (k % 21) - 10 : ((k * 37) % 2040) - 1020));
  const y = Float64Array.from(x, (value, k) => [exp, log, sin, cos, pow][k % 5](value, u[(k + 1) % 6000] * 9));
  return y.map((value) => (Number.isNaN(value) ? 0 : value));
}

/** One after the other; drivers go `steps` steps at most. */
export function* bitsFor(engine: Engine, steps: number): Generator<{ name: string; bits: unknown }> {
  for (const { name, steps: most, begin } of drivers) {
    const mark = engine.mark();
    const run = begin(engine);
    for (let step = 0; step < Math.min(most, steps); step++) run.step();
    yield { name, bits: run.bits() };
    engine.release(mark);
  }
  for (const { label, potential, ...shape } of samples) {
    const mark = engine.mark();
    const atoms = crystal(shape);
    yield { name: label, bits: numbersOf(engine, atoms, potential(atoms)) };
    engine.release(mark);
  }
  yield { name: 'functions', bits: functions() };
}
