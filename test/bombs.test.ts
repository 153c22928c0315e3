/** Short texts that stand for endless ones, in every format: refused at once. */
import { expect, it } from 'vitest';
import { InputError } from '../src/data/errors.ts';
import { cpuTime } from './support/cpu.ts';
import { textFormats } from './support/hostile/formats.ts';
import { recordFormats } from './support/hostile/formats-records.ts';
import { record } from './support/trust/record.ts';

const DEEP = 100_000;
const BEHIND = ' behind a file';
const times = (count: number, text: string) => text.repeat(count);
/** &a: ten words; &b: ten times *a … up to 10^9 words. */
const laughs = (open: string, close: string, comma: string) =>
  ['x', ...'abcdefgh']
    .map(
      (name, k, all) =>
        `${name}: &${name} ${open}${Array(10)
          .fill(k === 0 ? 'lol' : `*${all[k - 1]}`)
          .join(comma)}${close}`,
    )
    .join('\n');

const bombs: [string, string][] = [
  ['brackets', times(DEEP, '[')],
  ['braces', times(DEEP, '{')],
  ['closed brackets', times(DEEP, '[') + times(DEEP, ']')],
  ['closing braces', times(DEEP, '}')],
  ['closing brackets', times(DEEP, ']')],
  ['parentheses', times(DEEP, '(') + times(DEEP, ')')],
  ['objects', times(DEEP, '{"a":') + times(DEEP, '}')],
  ['lists in text', times(DEEP / 4, '[1,')],
  ['lists of lists', times(DEEP / 2, '- ')],
  // each ended the whole process: too little stack is left for a regular expression of the YAML library
  ['16,000 dashes', times(16_000, '- ')],
  ['8,000 dashes and questions', times(8_000, '- ? ')],
  ['32,000 closing braces', times(32_000, '}')],
  ['32,000 commas', `[${times(32_000, ',')}]`],
  ['16,000 questions', times(16_000, '? ')],
  ['16,000 keys', times(16_000, 'a: ')],
  ['32,000 quotes', times(32_000, '"')],
  ['10,000 anchors', times(10_000, '&a ')],
  ['10,000 lists in text', times(10_000, '[1,')],
  ['10,000 lines', times(10_000, 'a:\n')],
  ['indentation', Array.from({ length: 200 }, (_, k) => `${' '.repeat(k)}a:`).join('\n')],
  ['a billion laughs', laughs('[', ']', ',')],
  ['a billion laughs of keys', laughs('{', '}', ',')],
  ['merges', `${laughs('{', '}', ',')}\n<<: [*a, *b, *c, *d, *e, *f, *g]`],
  ['an alias of itself', 'a: &a [*a]\nb: *a'],
  ['entities', `<!DOCTYPE lolz [${times(20, '<!ENTITY a "&b;&b;&b;">')}]><a>&a;</a>`],
];
/** The same after what a file of the format begins with. */
const after = (seed: string) => bombs.map(([what, text]): [string, string] => [what + BEHIND, `${seed}\nx: ${text}\n`]);
const LIMIT = 100;

/** ms of CPU, the least of several: the first ones pay for compiling, and others have the machine, too. */
function refusal(read: (text: string) => unknown, text: string): { ms: number; message: string } {
  let message = 'was read';
  const once = () =>
    cpuTime(() => {
      try {
        read(text);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        message = error.message;
      }
    });
  let ms = once();
  for (let k = 0; k < 4 && ms > LIMIT / 5; k++) ms = Math.min(ms, once());
  return { ms, message };
}

const formats = [...textFormats, ...recordFormats];
const found: { name: string; what: string; ms: number; refused: boolean }[] = [];

it.each(formats)('$name', ({ name, seeds, read }) => {
  for (const [what, text] of [...bombs, ...after(seeds[0])]) {
    const { ms, message } = refusal((each) => read(each, 'bomb'), text);
    // behind what a file begins with it may be a comment, a name, or a table that nobody reads
    const refused = message !== 'was read' || what.endsWith(BEHIND);
    found.push({ name, what, ms, refused });
    expect.soft(refused, what).toBe(true);
    expect.soft(ms, what).toBeLessThanOrEqual(LIMIT);
  }
  const [worst] = found.toSorted((a, b) => b.ms - a.ms);
  const whole = new Set(found.map((one) => one.name)).size === formats.length;
  record(
    'R18.bombs',
    `${found.length} texts for ${formats.length} formats, the slowest ${worst.ms.toFixed(0)} ms (≤ ${LIMIT}): ${worst.name}, ${worst.what}`,
    whole && found.every(({ ms, refused }) => refused && ms <= LIMIT),
  );
});
