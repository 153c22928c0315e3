import { describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { decodeState, encodeState } from '../src/data/state.ts';
import fc from './support/properties.ts';

const same = (value: unknown) => {
  expect(decodeState(encodeState(value))).toStrictEqual(value);
};

describe('state', () => {
  it('keeps every bit', () => {
    same({
      step: 7,
      numbers: [
        0,
        -0,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        0.1,
        5e-324,
        1.7976931348623157e308,
        2 ** 53,
      ],
      seed: 18446744073709551615n,
      negative: -5n,
      text: 'Å "quoted" \u0000 \ud83d\ude00',
      flags: [true, false, null, undefined],
      nested: { constructor: 1, prototype: { toString: 2 }, empty: {}, none: [] },
      x: Float64Array.of(-0, Number.NaN, 1e-310, Math.PI),
      f: Float32Array.of(1.5, -0),
      b: Uint8Array.of(1, 2, 3),
      i: Int32Array.of(-1, 2 ** 31 - 1),
      big: BigUint64Array.of(2n ** 64n - 1n),
      zero: new Float64Array(0),
    });
    for (const value of [null, undefined, 3, -0, 'x', 2n, [], {}, Int16Array.of(-3)]) same(value);
  });

  it('keeps NaN payloads and views into larger or shared buffers', () => {
    const bits = BigUint64Array.of(0x7ff8dead0000beefn, 0xfff0000000000001n, 3n);
    const decoded = decodeState(encodeState({ x: new Float64Array(bits.buffer, 8, 1) })) as { x: Float64Array };
    expect(new BigUint64Array(decoded.x.buffer)[0]).toBe(bits[1]);
    const shared = new Float64Array(new SharedArrayBuffer(32)).fill(2.5);
    expect(decodeState(encodeState(shared.subarray(1)))).toEqual(Float64Array.of(2.5, 2.5, 2.5));
  });

  it('round-trips whatever is made of plain data', () => {
    const leaf = fc.oneof(
      fc.double(),
      fc.bigInt(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.float64Array(),
      fc.uint8Array(),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('tree')),
        fc
          .dictionary(
            fc.string().filter((key) => key !== '__proto__'),
            tie('tree'),
          )
          .map((d) => ({ ...d })),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => same(value)),
      { numRuns: 200, seed: 1 },
    );
  });

  it('keeps maps with their order and the kind of their keys', () => {
    const map = new Map<unknown, unknown>([
      ['b', Float64Array.of(1)],
      [2, new Map([['__proto__', -0]])],
      ['2', [1n]],
    ]);
    const back = decodeState(encodeState({ map })) as { map: Map<unknown, unknown> };
    expect(back.map).toEqual(map);
    expect([...back.map.keys()]).toEqual(['b', 2, '2']);
  });

  it('refuses what is not plain data', () => {
    class Thing {}
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const polluted = JSON.parse('{"__proto__": {"polluted": 1}}');
    for (const value of [
      new Thing(),
      new Set(),
      new Map([[{}, 1]]),
      new Map([[Number.NaN, 1]]),
      () => 1,
      Symbol('x'),
      new Date(),
      new DataView(new ArrayBuffer(1)),
      cyclic,
      polluted,
    ]) {
      expect(() => encodeState({ value })).toThrow(TypeError);
    }
  });

  it('answers damaged bytes with an InputError or another value, never with anything else', () => {
    const bytes = encodeState({
      x: Float64Array.of(1, 2, 3),
      y: [1, -0, 5n, 'a'],
      z: { u: undefined, m: new Map([[26, 1.5]]) },
    });
    const attempt = (damaged: Uint8Array) => {
      try {
        decodeState(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    };
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeState(bytes.subarray(0, length))).toThrow(InputError);
    }
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        const copy = bytes.slice();
        copy[at] ^= flip;
        attempt(copy);
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  const forged = (header: string, extra = 0) => {
    const text = new TextEncoder().encode(header);
    const bytes = new Uint8Array(24 + Math.ceil(text.length / 8) * 8 + extra);
    bytes.set(new TextEncoder().encode('frenkel state 1\n'));
    new DataView(bytes.buffer).setUint32(16, text.length, true);
    bytes.set(text, 24);
    return bytes;
  };
  it.each([
    '["t","Float64Array",1e9]',
    '["t","Float64Array",-1]',
    '["t","Function",1]',
    '["t","__proto__",1]',
    '["o",[["__proto__",["o",[["polluted",1]]]]]]',
    '["o",[["a",1],["a",2]]]',
    '["o",[["a"]]]',
    '["o",{}]',
    '["b","1.5"]',
    '["n","7"]',
    '["x",1]',
    '[]',
    '{"a":1}',
    '["a",[{"__proto__":{"polluted":1}}]]',
    '["a"',
    `${'["a",['.repeat(5000)}${']]'.repeat(5000)}`,
    '['.repeat(1e6),
  ])('refuses the forged header %.40s', (header) => {
    expect(() => decodeState(forged(header))).toThrow(InputError);
    expect(() => decodeState(forged(header, 8))).toThrow(InputError);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
