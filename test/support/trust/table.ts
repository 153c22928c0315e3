/** docs/trust-table.md from what the tests recorded. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { promises } from './promises.ts';
import { kernels, type Published, publishedFile, readFound, readPublished } from './record.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** What was found so far, here and on the page. */
export function gatherFound(): Published {
  const before = readPublished();
  const entries = promises
    .flatMap(({ parts }) => parts)
    .filter(({ gap }) => gap === undefined)
    .map(({ id }) => [id, readFound(id, before)] as const)
    .filter(([, found]) => found !== undefined);
  return { kernels, found: Object.fromEntries(entries) as Published['found'] };
}

/** The page, and how many parts are not what was promised. */
export function trustTable(published: Published): { text: string; short: string[] } {
  const short: string[] = [];
  const rows = promises.flatMap(({ row, title, parts }) =>
    parts.map(({ id, what, gap }, k) => {
      const found = gap === undefined && Object.hasOwn(published.found, id) ? published.found[id] : undefined;
      const met = found?.met === true;
      if (!met) short.push(id);
      const older = found && !found.kernels.startsWith(published.kernels) ? `, ${found.kernels.slice(0, 8)}` : '';
      const cells = [
        k === 0 ? `${row} ${title}` : '',
        what,
        found?.figure ?? gap ?? 'not run',
        found ? `${found.tier}${older}` : '',
        met ? 'yes' : '**falls short**',
      ];
      return `| ${cells.map(cell).join(' | ')} |`;
    }),
  );
  const text = `# What was promised, and what the suite found

Written by the tests themselves (\`FRENKEL_TRUST=1 npx vitest run\`, with \`FRENKEL_LONG=1\` the long tier); those that do not run
leave their rows as they are. Kernels ${published.kernels}; of rows with another name theirs was measured. What the rows mean, and
how they are tested: [trust.md](trust.md).

| promise | what is measured | found | tier | kept |
|---|---|---|---|---|
${rows.join('\n')}

${rows.length - short.length} of ${rows.length} are kept.
`;
  return { text, short };
}

/** build/trust.md; where asked for, also the page and what it is made of. */
export function writeTable(publish: boolean): void {
  const published = gatherFound();
  const { text } = trustTable(published);
  mkdirSync('build', { recursive: true });
  writeFileSync('build/trust.md', text);
  if (!publish) return;
  writeFileSync('docs/trust-table.md', text);
  writeFileSync(publishedFile, `${JSON.stringify(published, null, 1)}\n`);
}
