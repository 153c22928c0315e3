import { describe, expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { LineReader, parseInteger, parseNumber } from '../src/io/lines.ts';
import { unknownElement } from '../src/io/species.ts';
import { parseThermo } from '../src/io/thermo.ts';
import fc from './support/properties.ts';
import { refused } from './support/refused.ts';

describe('strict numbers', () => {
  it('refuses what is not a finite decimal number', () => {
    const wrong = ['', ' ', '+', '-', '.', '-.', 'nan', 'NaN', 'inf', '-Infinity', '1e400', '-1e999999999999', '0x10'];
    wrong.push(
      '1_000',
      '1e',
      '1e+',
      '1.2.3',
      '1,5',
      '1d3',
      '--1',
      '1 2',
      '1e5.0',
      '٣',
      'e5',
      '1f',
      '0b1',
      '1e1e1',
      '1n',
    );
    for (const text of wrong) expect(parseNumber(text), text).toBeUndefined();
  });

  it('reads what C and Fortran write', () => {
    const right: [string, number][] = [
      ['1', 1],
      ['+1.5', 1.5],
      ['.5', 0.5],
      ['5.', 5],
      ['-0', -0],
      ['-0.0e5', -0],
      ['1E+05', 1e5],
      ['00012.50', 12.5],
      ['1e-400', 0],
      ['123456789012345678901234567890', 1.2345678901234568e29],
      ['0.000000000000000000000000000012345', 1.2345e-29],
      ['9007199254740993', 9007199254740992],
    ];
    for (const [text, value] of right) expect(parseNumber(text), text).toBe(value);
    expect(parseNumber('-1.5D-03', { fortran: true })).toBe(-1.5e-3);
    expect(parseNumber('1.5d3', { fortran: true })).toBe(1500);
  });

  it('is the correctly rounded double for any text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 1, max: 17 }), (x, digits) => {
        for (const text of [String(x), x.toExponential(), x.toPrecision(digits), x.toExponential(digits - 1)]) {
          const value = Number(text); // the largest doubles, rounded up, are out of range
          expect(parseNumber(text)).toBe(Number.isFinite(value) ? value : undefined);
        }
      }),
    );
  });

  it('integers are digits only and exact', () => {
    for (const text of ['1.0', '1e3', '', '9007199254740993', '99999999999999999999', '0x1']) {
      expect(parseInteger(text), text).toBeUndefined();
    }
    expect(parseInteger('-17')).toBe(-17);
  });
});

describe('lines', () => {
  it('strips a byte-order mark and CRLF, keeps line numbers, sees the last line without an end', () => {
    const lines = new LineReader('\ufeff1 2\r\n\r\n# only\r\nabc def # note\r\n3', { comment: '#' });
    lines.need('a');
    expect([lines.number('x'), lines.number('y'), lines.hasToken(), lines.line]).toEqual([1, 2, false, 1]);
    lines.needFilled('b');
    expect([lines.line, lines.word('w'), lines.rest(), lines.comment()]).toEqual([4, 'abc', 'def', 'note']);
    expect(lines.whole()).toBe('abc def # note');
    expect(lines.next()).toBe(true);
    expect(lines.integer('z')).toBe(3);
    expect(lines.next()).toBe(false);
  });

  it('names file and line in every error', () => {
    const lines = new LineReader('1 x\n', { file: 'a.txt' });
    lines.need('a');
    lines.number('first');
    expect(() => lines.number('second')).toThrow('a.txt:1: expected second (a finite number), found "x"');
    expect(() => lines.word('third')).toThrow('a.txt:1: expected third, found the end of the line');
    expect(() => lines.need('more')).toThrow('a.txt:1: expected more, found the end of the file');
    expect(() => new LineReader('').need('more')).toThrow('1: expected more, found the end of the file');
    const one = new LineReader('5 6').need('a');
    expect(() => one.integer('n', 6)).toThrow('1: expected n (an integer at least 6), found "5"');
    expect(() => one.finish('n')).toThrow('1: expected nothing after n, found "6"');
  });

  it('reads numbers over many lines and refuses counts that cannot fit', () => {
    const lines = new LineReader('1 2\n3\n\n4 5').need('a');
    expect([...lines.numbers(5, 'table')]).toEqual([1, 2, 3, 4, 5]);
    expect(() => new LineReader('1 2 3').need('a').numbers(1e12, 'table')).toThrow(InputError);
    expect(() => new LineReader('1 23456\n7').need('a').numbers(4, 'table')).toThrow('end of the file after 3');
    expect([...new LineReader('1 2 3').need('a').numbers(3, 'table')]).toEqual([1, 2, 3]);
  });
});

describe('a log of thermodynamic data', () => {
  const file = 'x';
  it('has a line of names', () => {
    refused(() => parseThermo('1 2 3\n', file), 'no line of column names that begins with Step');
  });
});

it('words that are no elements are named', () => {
  expect(unknownElement('Qq', { file: 'x', line: 2 }).message).toMatch(/^x:2: .*Qq/);
  expect(unknownElement('12', { file: 'x' }).message).toBe('x: expected a chemical symbol such as Fe, found "12"');
  // by chance an element after all: what was expected is said all the same
  expect(unknownElement('Fe', { file: 'x' }).message).toContain('expected a chemical symbol');
});
