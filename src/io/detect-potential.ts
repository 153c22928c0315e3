/** Which format a potential's file has, by its content; the name counts for nothing. */
import { parseInteger, parseNumber } from './lines.ts';
import { isNative } from './native.ts';

export const potentialFormats = ['setfl', 'funcfl', 'snapcoeff', 'snapparam', 'snap', 'milady', 'native'] as const;
export type PotentialFormat = (typeof potentialFormats)[number];

/** Only the head of a file decides. */
const HEAD = 20_000;

export function detectPotential(text: string): PotentialFormat | undefined {
  if (isNative(text)) return 'native';
  const lines = text
    .slice(0, HEAD)
    .split('\n', 40)
    .map((line) => line.trim());
  const bare = lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
  if (bare.some((line) => /^pair_(style|coeff)\b/.test(line))) return 'snap';
  if (bare.some((line) => /^(rcutfac|twojmax)\s/.test(line))) return 'snapparam';
  const words = (line: string | undefined) => (line ?? '').split(/\s+/);
  const integer = (word: string | undefined) => parseInteger(word ?? '') !== undefined;
  const number = (word: string | undefined) => parseNumber(word ?? '', { fortran: true }) !== undefined;
  const grid = (line: string | undefined) => words(line).length >= 5 && words(line).slice(0, 5).every(number);
  const elements = words(lines[3]);
  if (integer(elements[0]) && elements.length > 1 && !number(elements[1]) && grid(lines[4])) return 'setfl';
  if (integer(words(lines[1])[0]) && number(words(lines[1])[1]) && grid(lines[2])) return 'funcfl';
  const channels = words(lines[6]);
  if (
    integer(channels[0]) &&
    (number(channels[2]) || number(channels[3])) &&
    words(lines[7]).slice(0, 3).every(integer)
  )
    return 'milady';
  const [counts, element] = [words(bare[0]), words(bare[1])];
  if (counts.length === 2 && counts.every(integer) && element.length === 3 && number(element[1]) && number(element[2]))
    return 'snapcoeff';
  return undefined;
}
