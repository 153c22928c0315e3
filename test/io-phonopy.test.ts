/** Files for phonopy, and the arrays of NumPy that come back. */
import { describe, expect, it } from 'vitest';
import { formatNpy, isNpy, readNpyHeader } from '../src/io/npy.ts';
import { forceConstantsText, phonopyParams } from '../src/io/phonopy.ts';
import { refused } from './support/refused.ts';
import { pair } from './support/structures.ts';

describe('arrays of NumPy', () => {
  const file = 'x';
  it('have the header of version 1, and all doubles', () => {
    const values = Float64Array.of(1, -0, Number.NaN, 1e300, 5e-324, 6);
    for (const [shape, text] of [
      [[6], '(6,)'],
      [[2, 3], '(2, 3)'],
      [[1, 2, 3], '(1, 2, 3)'],
    ] as const) {
      const bytes = formatNpy(values, shape);
      const header = new TextDecoder('latin1').decode(bytes.subarray(0, bytes.length - 48));
      expect(header).toContain(`'shape': ${text}, }`);
      expect([header.length % 64, header.at(-1), isNpy(bytes)]).toEqual([0, '\n', true]);
      expect(new Float64Array(bytes.slice(-48).buffer)).toEqual(values);
      expect(readNpyHeader(bytes)).toEqual({ type: '<f8', shape: [...shape] });
    }
    expect(() => formatNpy(values, [5])).toThrow('6 numbers do not fill an array of 5');
  });

  it('are read in versions 1 to 3, or refused', () => {
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (), }\n";
    const made = (version: number, length = text.length) => {
      const wide = version > 1 ? [length & 255, length >> 8, 0, 0] : [length & 255, length >> 8];
      return Uint8Array.from([0x93, ...Buffer.from('NUMPY'), version, 0, ...wide, ...Buffer.from(text)]);
    };
    for (const version of [1, 2, 3]) expect(readNpyHeader(made(version))).toEqual({ type: '<f4', shape: [] });
    const bad = [
      made(0),
      made(4),
      made(1, 5),
      made(1).subarray(0, 9),
      made(2).subarray(0, 11),
      made(1).with(1, 65),
      new Uint8Array(0),
    ];
    for (const bytes of bad) refused(() => readNpyHeader(bytes, file), 'x: expected the header of a .npy file');
    expect(isNpy(new Uint8Array(3))).toBe(false);
  });
});

describe('files for phonopy', () => {
  const unit = pair();
  it('have the unit cell, its repeats, and the primitive vectors as columns', () => {
    const text = phonopyParams(unit, [2, 3, 1], [0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0.25], [55.845, 183.84]);
    const rows = (name: string, count: number) => {
      const lines = text.split('\n');
      const at = lines.findIndex((line) => line.trim() === `${name}:`) + 1;
      return lines.slice(at, at + count).map((line) => (line.match(/-?\d+(\.\d+)?/g) ?? []).map(Number));
    };
    expect(rows('supercell_matrix', 3)).toEqual([
      [2, 0, 0],
      [0, 3, 0],
      [0, 0, 1],
    ]);
    expect(rows('primitive_matrix', 3)).toEqual([
      [0, 0.5, 0.5],
      [0.5, 0, 0.5],
      [0.5, 0.5, 0.25],
    ]);
    expect(rows('lattice', 3)).toEqual([
      [3, 0, 0],
      [0, 3, 0],
      [0, 0, 3],
    ]);
    expect(text).toContain(
      '- symbol: W\n    coordinates: [ 0.500000000000000, 0.416666666666667, 0.333333333333333 ]\n    mass: 183.840000000',
    );
  });

  it('have every pair of the supercell, its first index fastest', () => {
    // one atom repeated 2 × 2 × 1: copies in the order (0,0), (0,1), (1,0), (1,1), phonopy's (0,0), (1,0), (0,1), (1,1)
    const start = Int32Array.of(0, 1, 2, 3, 4);
    const column = Int32Array.of(0, 1, 2, 1);
    const blocks = Float64Array.from({ length: 36 }, (_, k) => k + 1);
    const lines = [...forceConstantsText(1, [2, 2, 1], { start, column, blocks })].join('').split('\n');
    expect(lines[0]).toBe('4 4');
    const found = new Map<string, number[]>();
    for (let at = 1; at + 3 < lines.length; at += 4)
      found.set(
        lines[at],
        lines.slice(at + 1, at + 4).flatMap((line) => line.trim().split(/\s+/).map(Number)),
      );
    const block = (k: number) => [...blocks.subarray(9 * k, 9 * k + 9)];
    const none = Array(9).fill(0);
    const expected = new Map<string, number[]>();
    for (let i = 1; i <= 4; i++) for (let j = 1; j <= 4; j++) expected.set(`${i} ${j}`, none);
    expected.set('1 1', block(0));
    expected.set('3 3', block(1));
    expected.set('2 2', block(2));
    expected.set('4 3', block(3));
    expect(found).toEqual(expected);
  });
});
