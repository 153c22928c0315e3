/** Potentials in frenkel's own JSON: what it may say, what is refused, how it is written. */
import { describe, expect, it } from 'vitest';
import type { Potential } from '../src/data/potential.ts';
import { formatNative, parseNative } from '../src/io/native.ts';
import { load, native } from './support/potential-texts.ts';
import { refused } from './support/refused.ts';

describe('JSON of frenkel', () => {
  const edit = (change: (json: Record<string, unknown>) => unknown) => {
    const json = JSON.parse(native);
    return JSON.stringify(change(json) ?? json);
  };
  const read = (text: string) => parseNative(text, { file: 'p.json' });

  it('has what it says, and defaults for the rest', () => {
    expect(read(native)).toMatchObject({ kernel: 'descriptor', cutoff: 5, species: [26], name: 'p.json' });
    expect(parseNative(native).name).toBeUndefined();
    expect(parseNative(native, { file: '/x/y\\z.json' }).name).toBe('z.json');
    const rich = read(
      edit((json) => ({
        ...json,
        name: 'n',
        reference: 'r',
        quadratic: false,
        elements: [{ symbol: 'Fe', mass: 57, coefficients: [1, 2] }],
      })),
    );
    expect(rich).toMatchObject({ name: 'n', reference: 'r', masses: [57] });
    expect(
      read(edit((json) => ({ ...json, quadratic: true, elements: [{ symbol: 'Fe', coefficients: [1, 2, 3] }] })))
        .kernel,
    ).toBe('descriptor-quadratic');
    expect(
      read(edit((json) => ({ ...json, core: ' zbl inner=1A outer=2A' }))).parts?.map(({ kernel }) => kernel),
    ).toEqual(['zbl', 'descriptor']);
  });

  it.each<[string, (json: Record<string, unknown>) => unknown, RegExp]>([
    ['a list', () => [], /potential: expected an object/],
    ['null', () => 'null', /potential: expected an object/],
    [
      'another key',
      (json) => ({ ...json, cor: 'zbl' }),
      /potential: unknown key 'cor' \(did you mean core\?\); accepted: format, /,
    ],
    ['another format', (json) => ({ ...json, format: 'x' }), /format: expected 'frenkel-potential'/],
    ['another version', (json) => ({ ...json, version: 2 }), /version: expected 1, found 2/],
    ['perhaps quadratic', (json) => ({ ...json, quadratic: 1 }), /quadratic: expected true or false/],
    ['no elements', (json) => ({ ...json, elements: [] }), /elements: expected a list of one or more/],
    ['elements that are none', (json) => ({ ...json, elements: {} }), /elements: expected a list/],
    ['an element that is none', (json) => ({ ...json, elements: [null] }), /elements\[0\]: expected an object/],
    ['a symbol that is none', (json) => ({ ...json, elements: [{ symbol: 'Qq', coefficients: [] }] }), /Qq/],
    [
      'no symbol',
      (json) => ({ ...json, elements: [{ coefficients: [] }] }),
      /elements\[0\]\.symbol: expected text, found nothing/,
    ],
    [
      'a number for a symbol',
      (json) => ({ ...json, elements: [{ symbol: 26, coefficients: [] }] }),
      /expected text, found number/,
    ],
    [
      'no coefficients',
      (json) => ({ ...json, elements: [{ symbol: 'Fe' }] }),
      /coefficients: expected a list of numbers/,
    ],
    [
      'text among them',
      (json) => ({ ...json, elements: [{ symbol: 'Fe', coefficients: [1, 'x'] }] }),
      /coefficients: number 2 is "x"/,
    ],
    ['too few', (json) => ({ ...json, elements: [{ symbol: 'Fe', coefficients: [1] }] }), /p\.json: .*2/],
    [
      'mass 0',
      (json) => ({ ...json, elements: [{ symbol: 'Fe', mass: 0, coefficients: [1, 2] }] }),
      /elements\[0\]\.mass: expected a number > 0/,
    ],
    [
      'mass 1e4',
      (json) => ({ ...json, elements: [{ symbol: 'Fe', mass: 1e4, coefficients: [1, 2] }] }),
      /mass: expected/,
    ],
    [
      'mass as text',
      (json) => ({ ...json, elements: [{ symbol: 'Fe', mass: '1', coefficients: [1, 2] }] }),
      /mass: expected/,
    ],
    ['no descriptor', (json) => ({ ...json, descriptor: undefined }), /descriptor: expected text, found nothing/],
    [
      'another core',
      (json) => ({ ...json, core: 'lj epsilon=1' }),
      /core: expected 'zbl inner=… outer=…', found 'lj epsilon=1'/,
    ],
  ])('refuses %s', (_, change, message) => {
    const text = edit(change);
    refused(() => read(text === '"null"' ? 'null' : text), message);
    expect(() => read(text === '"null"' ? 'null' : text)).toThrow(/^p\.json: /);
  });

  it('is refused where it is not JSON, and names no file where there is none', () => {
    refused(() => read('{'), /^p\.json: not JSON: /);
    refused(() => parseNative('[]'), /^potential: expected an object$/);
  });

  it('is written with masses, name and core where there are any', () => {
    const bare = parseNative(native);
    expect(formatNative(bare)).not.toMatch(/"(name|mass|core)"/);
    expect(parseNative(formatNative(bare))).toEqual(bare);
    const rich = parseNative(
      edit((json) => ({
        ...json,
        name: 'n',
        core: 'zbl inner=1A outer=2A',
        elements: [{ symbol: 'Fe', mass: 57, coefficients: [1, 2] }],
      })),
    );
    const text = formatNative(rich);
    expect(text).toContain('"mass": 57,');
    expect(text).toContain('"core": "zbl inner=1A outer=2A"');
    expect(text).toContain('"name": "n"');
    expect(parseNative(text)).toEqual(rich);
    const lj: Potential = load('lj epsilon=1eV sigma=2A cutoff=5A');
    for (const bad of [lj, { ...rich, parts: [bare, bare] }, { ...rich, parts: [lj] }])
      refused(() => formatNative(bad as Potential), 'only a potential over a descriptor, alone or with a ZBL core');
  });
});
