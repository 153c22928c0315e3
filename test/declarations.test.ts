import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = 'dist/types';

describe.skipIf(!existsSync(folder))('declarations (needs npm run build)', () => {
  it('say nothing of Node: a project without @types/node compiles against them', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.d.ts') && !name.startsWith('cli'), // which is no part of the library
    );
    expect(files.length).toBeGreaterThan(300);
    const node = /from 'node:|import\('node:|\bNodeJS\.|\bBuffer\b/;
    expect(files.filter((name) => node.test(readFileSync(join(folder, name), 'utf8')))).toEqual([]);
  });
});
