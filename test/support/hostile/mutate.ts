/** Damaged texts: number k of a format is a pure function of (format, k), so that whatever is found can be made again. */
import { philox } from '../../../src/data/rng.ts';

/** Words that parsers trip over. */
const EVIL = [
  ...[
    'nan',
    'NaN',
    '-inf',
    'Infinity',
    '1e308',
    '-1e308',
    '1e400',
    '1e-320',
    '-1',
    '0',
    '-0',
    '1D+400',
    '0x10',
    '1_000',
  ],
  ...[
    '4294967296',
    '2147483648',
    '9007199254740993',
    '99999999',
    '1e9',
    '118',
    '119',
    '.',
    '+',
    '-',
    'e5',
    '1e',
    '1.5.5',
  ],
  ...[
    '',
    '\0',
    '"',
    "'",
    '{',
    '}',
    '[',
    ']',
    '=',
    ':',
    '#',
    '\\',
    '*',
    '%s',
    ',',
    '&a',
    '*a',
    '<<',
    '!!js',
    '- ',
    ';',
    '$(',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', '../../etc/passwd', '/dev/zero', 'é', '\u2028', '\ud800'],
  ...[
    '\ufeff',
    '\r',
    '\t',
    '\n',
    '\n\n',
    'Fe',
    'T',
    'F',
    'true',
    'null',
    'A'.repeat(1000),
    '('.repeat(200),
    '9'.repeat(400),
  ],
];

/** Whole numbers that depend on (stream, index) alone. */
class Draws {
  private readonly block = new Uint32Array(4);
  private readonly key: [number, number];
  private count = 0;

  constructor(stream: number, index: number) {
    this.key = [stream, index];
  }

  /** One of 0 … n − 1. */
  below(n: number): number {
    this.block.fill(0);
    this.block[0] = this.count++;
    philox(this.block, ...this.key);
    return this.block[0] % Math.max(1, n);
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

const cut = (text: string, from: number, to: number, put = '') => text.slice(0, from) + put + text.slice(to);

/** Begin and end of a random token. */
function token(text: string, draws: Draws): [number, number] {
  const at = draws.below(text.length);
  let [from, to] = [at, at];
  while (from > 0 && !/[\s=,]/.test(text[from - 1])) from--;
  while (to < text.length && !/[\s=,]/.test(text[to])) to++;
  return [from, to];
}

function lines(text: string, change: (list: string[]) => void): string {
  const list = text.split('\n');
  change(list);
  return list.join('\n');
}

type Mutator = (text: string, draws: Draws, other: string) => string;

const mutators: Mutator[] = [
  (text, draws) => text.slice(0, draws.below(text.length)),
  (text, draws) => text.slice(draws.below(Math.min(text.length, 200))),
  (text, draws) => {
    const from = draws.below(text.length);
    return cut(text, from, from + draws.below(40));
  },
  (text, draws) => {
    const from = draws.below(text.length);
    return cut(text, from, from, text.slice(from, from + draws.below(200)));
  },
  (text, draws) => {
    const at = draws.below(text.length);
    return cut(text, at, at + 1, String.fromCharCode(draws.below(draws.below(4) ? 128 : 65536)));
  },
  (text, draws) => cut(text, ...token(text, draws), draws.of(EVIL)),
  (text, draws) => cut(text, ...token(text, draws), draws.of(EVIL)),
  (text, draws) => {
    const [from, to] = token(text, draws);
    const value = Number(text.slice(from, to));
    const changed = [-value, value * 10, value + 1, value - 1, value / 3, value * 1e30, Math.round(value)];
    return Number.isNaN(value) ? text : cut(text, from, to, String(draws.of(changed)));
  },
  (text, draws) => cut(text, ...token(text, draws), text.slice(...token(text, draws))),
  (text, draws) => {
    const at = draws.below(text.length);
    return cut(text, at, at, draws.of(EVIL));
  },
  (text, draws) =>
    lines(text, (list) => {
      list.splice(draws.below(list.length), 1);
    }),
  (text, draws) =>
    lines(text, (list) => {
      const at = draws.below(list.length);
      list.splice(at, 0, list[draws.below(list.length)]);
    }),
  (text, draws) =>
    lines(text, (list) => {
      const [a, b] = [draws.below(list.length), draws.below(list.length)];
      [list[a], list[b]] = [list[b], list[a]];
    }),
  (text, draws) => text.replaceAll('\n', draws.of(['\r\n', '\r', ' ', '\n\n', ' \n'])),
  (text, draws, other) => text.slice(0, draws.below(text.length)) + other.slice(draws.below(other.length)),
];

/** Mutant `index` of a format: one of its seeds, damaged in one to four places. */
export function mutant(seeds: readonly string[], stream: number, index: number): string {
  const draws = new Draws(stream, index);
  let text = draws.of(seeds);
  const other = draws.of(seeds);
  const count = 1 + draws.below(draws.below(2) === 0 ? 1 : 4);
  for (let k = 0; k < count && text.length > 0; k++) text = draws.of(mutators)(text, draws, other);
  return text;
}
