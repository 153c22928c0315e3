// What the strength of the tests is measured on: test/strength/groups.json, its patterns spelt out.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const { tests, ...areas } = JSON.parse(readFileSync('test/strength/groups.json', 'utf8'));

function expand(pattern) {
  if (!pattern.endsWith('/*.ts')) return [pattern];
  const folder = dirname(pattern);
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  return names.sort().map((name) => `${folder}/${name}`);
}

/** Every file with its area. */
export const files = Object.entries(areas).flatMap(([area, patterns]) =>
  patterns.flatMap(expand).map((file) => ({ area, file })),
);
