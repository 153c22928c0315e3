/**
 * Damaged files of every text format: each is read, or refused with an error for people; none crashes the program, hangs
 * it, fills its memory or leaves a number that is not one. FRENKEL_LONG=1 reads ten times as many.
 */
import { describe, expect, it } from 'vitest';
import { type TextFormat, textFormats } from './support/hostile/formats.ts';
import { mutant } from './support/hostile/mutate.ts';
import { watch } from './support/hostile/watch.ts';
import { long } from './support/long.ts';
import { record } from './support/trust/record.ts';

const COUNT = Number(process.env.FRENKEL_MUTANTS ?? (long ? 100_000 : 10_000));

const tally = { formats: 0, complaints: 0 };

function fuzz({ name, seeds, read }: TextFormat, stream: number) {
  const outcome = watch(
    COUNT,
    (index) => mutant(seeds, stream, index),
    (text) => read(text, 'mutant'),
  );
  const { accepted, refused, slowest, complaints } = outcome;
  tally.formats++;
  tally.complaints += complaints.length;
  record(
    'R16.mutants',
    `${tally.complaints} (${tally.formats} formats × ${COUNT})`,
    tally.complaints === 0 && tally.formats === textFormats.length,
  );
  console.log(`${name}: ${accepted} accepted, ${refused} refused, slowest ${slowest.toFixed(1)} ms`);
  return complaints.map(({ index, what, text }) => `${index}: ${what}\n${JSON.stringify(text.slice(0, 1500))}`);
}

describe(`${COUNT} mutants`, () => {
  it.each(textFormats.map((format, stream) => ({ ...format, stream })))(
    '$name',
    (format) => {
      expect(fuzz(format, format.stream + 1)).toEqual([]);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    },
    1_800_000,
  );

  it.each(textFormats)('$name: its seeds are read', ({ seeds, read }) => {
    for (const seed of seeds) expect(() => read(seed, 'seed')).not.toThrow();
  });
});
