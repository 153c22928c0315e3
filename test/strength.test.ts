/** How strong the tests are, as it was last measured: `npm run coverage` and `npm run mutate -- --write` take minutes and more. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mutantsOf } from '../scripts/mutants.mjs';
import { record } from './support/trust/record.ts';

interface Branches {
  date: string;
  areas: Record<string, { branches: number; reached: number; share: number }>;
}
interface Mutation {
  date: string;
  scores: Record<string, { mutants: number; tried: number; killed: number; score: number; error: number }>;
}

const read = <T>(name: string): T => JSON.parse(readFileSync(`test/strength/${name}.json`, 'utf8'));
const percent = (x: number) => (100 * x).toFixed(1);

it('the lists name files that there are', () => {
  const groups = read<Record<string, string[]>>('groups');
  const named = Object.values(groups)
    .flat()
    .map((name) => name.replace('/*.ts', ''));
  expect(named.filter((name) => !existsSync(name))).toEqual([]);
});

it('branches that the tests come to', () => {
  const { date, areas } = read<Branches>('branches');
  const figures = Object.entries(areas).map(([area, { share }]) => `${area} ${percent(share)} %`);
  const met = Object.values(areas).every(({ share }) => share >= 0.95);
  record('R25.branches', `${figures.join(', ')} (${date})`, met);
  for (const { branches, reached, share } of Object.values(areas)) expect(share).toBeCloseTo(reached / branches, 4);
});

it('mutants that the tests notice', () => {
  const { date, scores } = read<Mutation>('mutation');
  const figures = Object.entries(scores).map(
    ([area, { score, error, tried }]) => `${area} ${percent(score)} ± ${percent(error)} % of ${tried}`,
  );
  const met = Object.values(scores).every(({ score }) => score >= 0.8);
  record('R25.mutation', `${figures.join(', ')} drawn (${date})`, met);
  for (const { killed, tried, score } of Object.values(scores)) expect(score).toBeCloseTo(killed / tried, 4);
});

it('mutants are small faults of a text that is still one', () => {
  const source = `import { a } from 'b';
/** Text. */
type T = 'x' | 'y';
export function f(x: number, list: string[]): boolean {
  if (x < 1 && !list.includes('x')) throw new Error(\`no \${x}\`);
  return list.some((one) => one.trim() === '') ?? x + 1 > 2;
}
`;
  const mutants = mutantsOf('a.ts', source);
  const changes = mutants.map(({ kind, before, text }) => `${kind}: ${before} → ${text}`);
  for (const change of [
    "condition: x < 1 && !list.includes('x') → true",
    "condition: x < 1 && !list.includes('x') → false",
    'comparison: < → <=',
    'comparison: < → >=',
    'logic: && → ||',
    "boolean: !list.includes('x') → list.includes('x')",
    "text: 'x' → ''",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a template
    "message: `no ${x}` → ''",
    'method: some → every',
    'method: one.trim() → one',
    'comparison: === → !==',
    "text: '' → 'a mutant was here'",
    'logic: ?? → &&',
    'arithmetic: + → -',
    'comparison: > → >=',
  ])
    expect(changes).toContain(change);
  // neither types nor names of modules
  expect(changes.filter((change) => /'[by]'/.test(change))).toEqual([]);
  expect(new Set(mutants.map(({ key }) => key)).size).toBe(mutants.length);
  for (const { start, end, before, line } of mutants) {
    expect(source.slice(start, end)).toBe(before);
    expect(source.slice(0, start).split('\n')).toHaveLength(line);
  }
  // a key stays where lines are added above
  const moved = mutantsOf('a.ts', `// one\n// two\n${source}`);
  expect(moved.map(({ key }) => key)).toEqual(mutants.map(({ key }) => key));
});
