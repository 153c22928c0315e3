/** What a user installs: made of these sources alone, again with the same bytes, without scripts, and it runs. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { kernelHash } from '../src/generated/kernels.ts';
import { scratch } from './support/cli.ts';
import { record } from './support/trust/record.ts';

interface Locked {
  dev?: boolean;
  hasInstallScript?: boolean;
  integrity?: string;
}

const npm = (folder: string, ...args: string[]) =>
  execFileSync('npm', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

it('no dependency runs a script when it is installed; all of them are locked by their bytes', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, Locked> };
  const all = Object.entries(packages).filter(([path]) => path !== '');
  const unlocked = all.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-'));
  expect(unlocked.map(([path]) => path)).toEqual([]);
  const scripts = all.filter(([, { hasInstallScript, dev }]) => hasInstallScript && !dev).map(([path]) => path);
  const used = all.filter(([, { dev }]) => !dev).length;
  record('R19.scripts', `${scripts.length} of ${used}`, scripts.length === 0);
  expect(scripts).toEqual([]);
});

it('another build of the kernels, in another folder, has the same bytes', () => {
  const folder = scratch();
  for (const name of ['assembly', 'asconfig.json', 'scripts', 'package.json']) {
    cpSync(name, join(folder, name), { recursive: true, filter: (path) => !path.endsWith('assembly/generated') });
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'build'));
  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, stdio: 'ignore' });
  run('scripts/generate-so4.mjs');
  run('node_modules/assemblyscript/bin/asc.js', 'assembly/index.ts', '--target', 'release');
  const hash = createHash('sha256')
    .update(readFileSync(join(folder, 'build/release.wasm')))
    .digest('hex');
  record('R19.wasm', `${hash.slice(0, 16)}, ${kernelHash.slice(0, 16)}`, hash === kernelHash);
  expect(hash).toBe(kernelHash);
}, 600_000);

it('the packed tarball, installed without scripts, runs', () => {
  expect(existsSync('dist/cli.js'), 'npm run build first').toBe(true);
  const folder = scratch();
  const [{ filename, files, unpackedSize }] = JSON.parse(
    npm('.', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  ) as { filename: string; unpackedSize: number; files: { path: string }[] }[];
  const foreign = files.filter(
    ({ path }) => !/^(dist|docs|examples)\/|^(README\.md|LICENSE|package\.json)$/.test(path),
  );
  expect(foreign).toEqual([]);
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', `./${filename}`);
  const cli = join(folder, 'node_modules/.bin/frenkel');
  const said = execFileSync(cli, ['--version'], { encoding: 'utf8' });
  expect(said).toBe(`${JSON.parse(readFileSync('package.json', 'utf8')).version} (kernels ${kernelHash})\n`);
  execFileSync(cli, ['build', 'bcc', '--element', 'Fe', '-a', '2.8553 A', '-o', 'fe.xyz'], { cwd: folder });
  const answer = execFileSync(cli, ['energy', 'fe.xyz', '-p', 'Fe-Ackland-2004', '--json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(JSON.parse(answer).frames[0].energy).toBeCloseTo(-8.025965, 5);
  const count = readdirSync(join(folder, 'node_modules')).length;
  record('R19.package', `${files.length} files, ${(unpackedSize / 2 ** 20).toFixed(1)} MiB, ${count} packages`, true);
}, 600_000);

it('has a bill of materials', () => {
  const text = npm('.', 'sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev');
  writeFileSync('build/sbom.json', text);
  const { components } = JSON.parse(text) as {
    components: { name: string; licenses?: unknown[]; hashes?: unknown[] }[];
  };
  const unknown = components.filter(({ licenses = [], hashes = [] }) => licenses.length === 0 || hashes.length === 0);
  record('R19.sbom', `${components.length}, all with licence and hash (build/sbom.json)`, unknown.length === 0);
  expect(unknown.map(({ name }) => name)).toEqual([]);
});
