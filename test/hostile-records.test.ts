/**
 * Damaged data of fits, and damaged records that runs and campaigns keep of themselves: as in hostile-fuzz.test.ts and
 * hostile-files.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { changed, universal } from './support/hostile/evil.ts';
import { specificRecords } from './support/hostile/evil-records.ts';
import { recordFormats, tolerantFormats } from './support/hostile/formats-records.ts';
import { mutant } from './support/hostile/mutate.ts';
import { watch } from './support/hostile/watch.ts';
import { long } from './support/long.ts';
import { record } from './support/trust/record.ts';

const COUNT = Number(process.env.FRENKEL_MUTANTS ?? (long ? 100_000 : 10_000));
const all = [...recordFormats, ...tolerantFormats].map((format, k) => ({ ...format, stream: 100 + k }));
const found = { formats: 0, complaints: 0 };

describe(`${COUNT} mutants`, () => {
  it.each(all)(
    '$name',
    ({ name, seeds, read, stream }) => {
      const { accepted, refused, slowest, complaints } = watch(
        COUNT,
        (index) => mutant(seeds, stream, index),
        (text) => read(text, 'mutant'),
      );
      console.log(`${name}: ${accepted} accepted, ${refused} refused, slowest ${slowest.toFixed(1)} ms`);
      found.formats++;
      found.complaints += complaints.length;
      record(
        'R16.records',
        `${found.complaints} (${found.formats} formats × ${COUNT})`,
        found.complaints === 0 && found.formats === all.length,
      );
      expect(
        complaints.map(({ index, what, text }) => `${index}: ${what}\n${JSON.stringify(text.slice(0, 1500))}`),
      ).toEqual([]);
      expect(Reflect.get({}, 'polluted')).toBeUndefined();
    },
    1_800_000,
  );

  it.each(all)('$name: its seeds are read', ({ seeds, read }) => {
    for (const seed of seeds) expect(() => read(seed, 'seed')).not.toThrow();
  });
});

describe.each(recordFormats)('$name', ({ name, seeds, read }) => {
  const evil = [
    ...universal.map(([what, text]) => ({ what, text })),
    ...(specificRecords.get(name) ?? []).map(([what, change]) => ({ what, text: changed(seeds[0], change) })),
  ];

  it(`refuses ${evil.length} evil files by name`, () => {
    expect(evil.length).toBeGreaterThanOrEqual(25);
    for (const { what, text } of evil) {
      expect(text === seeds[0], `${what}: nothing was changed`).toBe(false);
      let caught: unknown;
      try {
        read(text, 'evil.file');
      } catch (error) {
        caught = error;
      }
      expect.soft(caught, what).toBeInstanceOf(InputError);
      expect.soft(String(caught), what).toContain('evil.file');
      expect.soft(String(caught).length, what).toBeLessThan(2000);
    }
    const { complaints } = watch(
      evil.length,
      (i) => evil[i].text,
      (text) => read(text, 'evil.file'),
    );
    expect(complaints.map(({ index, what }) => `${evil[index].what}: ${what}`)).toEqual([]);
  });
});
