/** How strong the tests are, as it was last measured: `npm run coverage` and `npm run mutate -- --write` take minutes and more. */
import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { mutantsOf } from '../scripts/mutants.mjs';
import { pieceOf, withProbes } from '../scripts/probes.mjs';
import { drawSample, type Summary, summarize, wilson } from '../scripts/sample.mjs';
import { record } from './support/trust/record.ts';

interface Branches {
  date: string;
  areas: Record<string, { branches: number; reached: number; share: number }>;
}
interface Mutation {
  samples: ({ date: string; seed: number; commit: string } & Summary)[];
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
  const { samples } = read<Mutation>('mutation');
  const { date, seed, scores } = samples[samples.length - 1];
  const figures = Object.entries(scores).map(
    ([area, { score, interval, tried }]) =>
      `${area} ${percent(score)} % (${interval.map(percent).join('–')}) of ${tried}`,
  );
  const met = Object.values(scores).every(({ score }) => score >= 0.8);
  record('R25.mutation', `${figures.join(', ')} drawn, seed ${seed}, none tried again (${date})`, met);
  const all = samples.flatMap((sample) => Object.values(sample.scores));
  for (const { killed, tried, score, interval } of all) {
    expect(score).toBeCloseTo(killed / tried, 4);
    expect(interval).toEqual(wilson(killed, tried));
  }
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

it('probes: which piece a mutant lies in, in a text that means the same', () => {
  const source = `const limit = 3;
export const isSmall = (x: number) => x < limit;
export function f(x: number, most = limit + 1): string[] {
  if (isSmall(x)) return ['small'];
  for (let i = 0; i < 2; i++) x += i;
  const seen: string[] = [];
  if (x > most && seen.length === 0) {
    seen.push(x > 10 ? 'large' : 'middle');
  } else seen.push('none');
  return seen;
}
`;
  const { text, pieces } = withProbes('a.ts', source);
  type Probed = { f: (x: number, most?: number) => string[]; isSmall: (x: number) => boolean };
  const run = (some: string, probe?: (file: string, piece: number) => void): Probed => {
    const { outputText } = ts.transpileModule(some, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    const exports = {} as Probed;
    new Function('exports', 'globalThis', outputText)(exports, { frenkelProbe: probe });
    return exports;
  };
  const seen = new Set<number>();
  const probed = run(text, (_, piece) => seen.add(piece));
  const plain = run(source);
  expect([...seen].map((k) => source.slice(pieces[k].start, pieces[k].end))).toEqual([
    'const limit = 3;',
    'export const isSmall = (x: number) => x < limit;',
  ]);
  for (const [x, most] of [[1], [3], [5], [20], [5, 9], [20, 9]]) expect(probed.f(x, most)).toEqual(plain.f(x, most));
  // which mutants can be noticed by f(20) alone
  seen.clear();
  probed.f(20);
  const reached = mutantsOf('a.ts', source)
    .filter((mutant) => seen.has(pieceOf(pieces, mutant) ?? -1))
    .map(({ before, text: to }) => `${before} → ${to}`);
  expect(reached).toEqual(expect.arrayContaining(['< → <=', '+ → -', "'large' → ''", '> → >=', 'isSmall(x) → true']));
  for (const change of ["'middle' → ''", "'none' → ''", "'small' → ''"]) expect(reached).not.toContain(change);
});

it('a sample is a function of its seed, fair to every file, and its interval that of Wilson', () => {
  const line = (k: number) => `x${k} < 1;`;
  const sources = [40, 100, 60].map((lines) => Array.from({ length: lines }, (_, k) => line(k)).join('\n'));
  const all = sources.flatMap((source, k) =>
    mutantsOf(`${k}.ts`, source).map((mutant) => ({ ...mutant, area: 'one', file: `${k}.ts` })),
  );
  const drawn = drawSample(all, 20, '5');
  expect(drawn).toHaveLength(20);
  expect(new Set(drawn.map(({ key }) => key)).size).toBe(20);
  expect(drawSample([...all].reverse(), 20, '5')).toEqual(drawn);
  expect(drawSample(all, 20, '6')).not.toEqual(drawn);
  for (const [k, share] of [4, 10, 6].entries()) {
    const own = drawn.filter(({ file }) => file === `${k}.ts`).length;
    expect(Math.abs(own - share)).toBeLessThanOrEqual(1);
  }
  // the first ones, where it was stopped, are from everywhere, too
  expect(new Set(drawn.slice(0, 10).map(({ file }) => file)).size).toBe(3);

  const answers = Object.fromEntries(drawn.map(({ key }, k) => [key, { how: k < 15 ? 'killed' : 'survived' }]));
  const { scores, survivors } = summarize(drawn, answers, { [drawn[19].key]: 'the same' });
  expect(scores.one).toMatchObject({ mutants: all.length, tried: 20, killed: 15, score: 0.75 });
  expect(scores.one.faultsAlone).toMatchObject({ tried: 19, killed: 15, score: 0.7895 });
  expect(survivors).toHaveLength(5);
  expect(survivors.filter((one) => one.endsWith('(survived): the same'))).toHaveLength(1);
  // both ends p solve |15/20 − p| = z √(p (1 − p) / 20)
  for (const p of scores.one.interval) expect(Math.abs(0.75 - p) / Math.sqrt((p * (1 - p)) / 20)).toBeCloseTo(1.96, 2);
  expect(wilson(0, 10)[0]).toBe(0);
  expect(wilson(10, 10)[1]).toBe(1);
});
