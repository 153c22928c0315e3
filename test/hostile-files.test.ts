/** Files made by hand to do harm: every one is refused, soon, with its name and what was expected; nothing is polluted. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { decodeState, encodeState } from '../src/data/state.ts';
import { packCheckpoint, unpackCheckpoint } from '../src/node/checkpoint.ts';
import { cpuTime } from './support/cpu.ts';
import { changed, specific, universal } from './support/hostile/evil.ts';
import { textFormats } from './support/hostile/formats.ts';
import { watch } from './support/hostile/watch.ts';
import { record } from './support/trust/record.ts';

/** Of one text: the message it was refused with. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'was read';
}

describe.each(textFormats)('$name', ({ name, seeds, read }) => {
  const evil = [
    ...universal.map(([what, text]) => ({ what, text })),
    ...(specific.get(name) ?? []).map(([what, change]) => ({ what, text: changed(seeds[0], change) })),
  ];

  it(`refuses ${evil.length} evil files by name, within 2 s each`, () => {
    expect(evil.length).toBeGreaterThanOrEqual(25);
    for (const { what, text } of evil) {
      expect(text === seeds[0], `${what}: nothing was changed`).toBe(false);
      const message = refusal(() => read(text, 'evil.file'));
      expect.soft(message, what).not.toBe('was read');
      expect.soft(message.length, what).toBeLessThan(2000);
      if (name !== 'inline') expect.soft(message, what).toContain('evil.file');
    }
    const { complaints } = watch(
      evil.length,
      (i) => evil[i].text,
      (text) => read(text, 'evil.file'),
    );
    expect(complaints.map(({ index, what }) => `${evil[index].what}: ${what}`)).toEqual([]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('takes time in proportion to the size', () => {
    // eight times the lines: squared it would be 64
    const longest = [...seeds].sort((a, b) => b.length - a.length)[0];
    const time = (n: number) => {
      const text = longest + '\n# 1 2 3 4 5 6 7 8'.repeat(n);
      return cpuTime(() => refusal(() => read(text, 'evil.file')));
    };
    time(1000);
    const [one, eight] = [4000, 32_000].map((n) => Math.min(time(n), time(n), time(n)));
    expect(eight, `${one} ms, ${eight} ms`).toBeLessThan(30 * Math.max(one, 5));
  });
});

describe('states and checkpoints', () => {
  const state = { step: 7, x: Float64Array.of(1, 2, 3), list: { cell: new Float64Array(9), name: 'a' }, seed: 12n };
  const bytes = encodeState(state);
  const damaged = (source: Uint8Array, index: number): Uint8Array => {
    const copy = source.slice(0, index % 7 === 0 ? (index * 31) % source.length : undefined);
    for (let k = 0; k <= index % 3 && copy.length > 0; k++) {
      const at = (index * 7919 + k * 104_729) % copy.length;
      copy[at] ^= 1 + ((index * 13 + k * 5) % 255);
    }
    return copy;
  };

  it('10,000 damaged states are decoded or refused', () => {
    const outcome = watch(10_000, String, (index) => {
      try {
        decodeState(damaged(bytes, Number(index)));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    });
    expect(outcome.complaints).toEqual([]);
  });

  it('10,000 damaged checkpoints are all refused', () => {
    const whole = packCheckpoint(3, 'ab'.repeat(32), bytes);
    expect(unpackCheckpoint(whole).sequence).toBe(3);
    const refused = Array.from({ length: 10_000 }, (_, i) => refusal(() => unpackCheckpoint(damaged(whole, i + 1))));
    const read = refused.filter((message) => message === 'was read');
    record('R12.flips', `${refused.length - read.length} of ${refused.length}`, read.length === 0);
    expect(read).toEqual([]);
  });
});
