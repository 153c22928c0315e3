/** docs/trust-table.md from what the tests recorded. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promises } from './promises.ts';
import { type Found, recordsFolder } from './record.ts';

function read(id: string): Found | undefined {
  const path = join(recordsFolder, `${id}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The page, and how many parts are not what was promised. */
export function trustTable(): { text: string; short: string[] } {
  const short: string[] = [];
  const builds = new Set<string>();
  const rows = promises.flatMap(({ row, title, parts }) =>
    parts.map(({ id, what, gap }, k) => {
      const found = gap === undefined ? read(id) : undefined;
      if (found) builds.add(found.kernels);
      const met = found?.met === true;
      if (!met) short.push(id);
      const figure = found?.figure ?? gap ?? 'not run';
      const cells = [
        k === 0 ? `${row} ${title}` : '',
        what,
        figure,
        found?.tier ?? '',
        met ? 'yes' : '**falls short**',
      ];
      return `| ${cells.map(cell).join(' | ')} |`;
    }),
  );
  const text = `# What was promised, and what the suite found

Written by the tests themselves (\`FRENKEL_TRUST=1 npx vitest run\`, with \`FRENKEL_LONG=1\` the long tier): each leaves its figure in
build/trust. Kernels ${[...builds].join(', ')}. What the rows mean, and how they are tested: [trust.md](trust.md).

| promise | what is measured | found | tier | kept |
|---|---|---|---|---|
${rows.join('\n')}

${rows.length - short.length} of ${rows.length} are kept.
`;
  return { text, short };
}
